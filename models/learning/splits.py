"""Which rows are learned from and tested on, and which questions lie in the domain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions
from maiscreen.descriptors.composition.features import element_fractions

if TYPE_CHECKING:
    from maiscreen.candidates.chemistry.formula import Compositions


Rows = NDArray[np.intp]
Fold = tuple[Rows, Rows]

FOLDS = 5

SEED = 18012019
"""Seed of matbench's folds; A. Dunn et al., npj Comput. Mater. 6, 138 (2020)."""


def matbench_folds(rows: int) -> tuple[Fold, ...]:
    """Split as matbench does: ``KFold(5, shuffle=True, random_state=18012019)``.

    Polymorphs of one composition may stand on both sides; peers are measured like this.

    Parameters
    ----------
    rows : int
        Number of rows, at least 2.

    Returns
    -------
    tuple of (train, test)
        Numbers of rows.
    """
    from sklearn.model_selection import KFold

    folds = KFold(min(FOLDS, rows), shuffle=True, random_state=SEED)
    return tuple(folds.split(np.arange(rows)))


def grouped_folds(compositions: "Compositions") -> tuple[Fold, ...]:
    """Keep whole chemical systems, and all sodium compounds, out of training.

    What a screen of unknown interphases asks for: a system is tested by a model that has seen no
    compound of the same elements, and no compound of sodium at all. Where at least half of the
    rows hold sodium, sodium is treated as any other element.

    Parameters
    ----------
    compositions : Compositions
        Shape (n,).

    Returns
    -------
    tuple of (train, test)
        Numbers of rows; every row is tested once. Fewer than five where there are fewer systems;
        none where there is only one.
    """
    systems, place = np.unique(compositions.chemical_system, return_inverse=True)
    folds = min(FOLDS, len(systems))
    if folds < 2:
        return ()
    order = np.random.default_rng(SEED).permutation(len(systems))
    fold = order[place] % folds
    learnable = learnable_rows(compositions)
    split = (((fold != k) & learnable, fold == k) for k in range(folds))
    return tuple((np.flatnonzero(train), np.flatnonzero(test)) for train, test in split)


def learnable_rows(compositions: "Compositions") -> NDArray[np.bool_]:
    """Find which rows a grouped split may learn from, shape (n,)."""
    sodium = compositions.contains("Na")
    if 2 * int(sodium.sum()) >= len(compositions):
        return np.ones(len(compositions), dtype=bool)
    return ~sodium


def leaks(compositions: "Compositions", fold: Fold) -> tuple[str, ...]:
    """Name the compositions that stand on both sides of a split.

    Parameters
    ----------
    compositions : Compositions
        Shape (n,).
    fold : tuple of Rows
        Train and test.

    Returns
    -------
    tuple of str
        Reduced formulas, sorted.
    """
    train, test = (compositions.key[rows] for rows in fold)
    return tuple(np.intersect1d(train, test).tolist())


FEWEST = 5
"""Compounds from which an element counts as seen [judgement]."""


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """What a model was trained on.

    An element that was never seen is what makes a prediction hard: with all compounds of sodium
    held out, errors of their moduli are half as large again. A pair of elements that never stood
    in one compound makes little difference (docs/models.md), so it is no part of the domain.

    Attributes
    ----------
    counts : NDArray[np.int64]
        How many different compositions of the training hold each element, by atomic number less
        one, shape (118,).
    """

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, compositions: Compositions) -> "Domain":
        """Count the elements in the compositions of a training."""
        _, first = np.unique(compositions.key, return_index=True)
        present = element_fractions(compositions.take(first)) > 0
        return cls(present.sum(axis=0).astype(np.int64))

    @property
    def elements(self) -> int:
        """Number of elements that count as seen."""
        return int((self.counts >= FEWEST).sum())

    def holds(self, compositions: Compositions) -> NDArray[np.bool_]:
        """Return whether all elements of a composition were seen, shape (n,)."""
        seen = self.counts[compositions.element] >= FEWEST
        return np.logical_and.reduceat(seen, compositions.start[:-1])
