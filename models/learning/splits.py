"""Which rows are learned from and tested on, and which questions lie in the domain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import ELEMENTS, Compositions
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import element_fractions

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


def grouped_folds(compositions: Compositions) -> tuple[Fold, ...]:
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
    return folds_of_groups(compositions.chemical_system, learnable_rows(compositions))


def folds_of_groups(
    groups: NDArray[Any], learnable: NDArray[np.bool_] | None = None, folds: int = FOLDS
) -> tuple[Fold, ...]:
    """Keep whole groups of rows together.

    Parameters
    ----------
    groups : NDArray
        Group of each row, shape (n,).
    learnable : NDArray[np.bool_], optional
        Rows that may be learned from, shape (n,); all if left out.
    folds : int
        How many.

    Returns
    -------
    tuple of (train, test)
        Numbers of rows; every row is tested once. Fewer where there are fewer groups; none where
        there is only one.
    """
    names, place = np.unique(groups, return_inverse=True)
    folds = min(folds, len(names))
    if folds < 2:
        return ()
    fold = np.random.default_rng(SEED).permutation(len(names))[place] % folds
    may = np.ones(len(groups), dtype=bool) if learnable is None else learnable
    split = (((fold != k) & may, fold == k) for k in range(folds))
    return tuple((np.flatnonzero(train), np.flatnonzero(test)) for train, test in split)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """How rows are divided to test a model on what it has not seen.

    Attributes
    ----------
    name : str
        Its key on a card.
    doc : str
        What it is, in words.
    folds : tuple of (train, test)
        Numbers of rows.
    parts : mapping of str to (str, NDArray[np.bool_])
        Rows that are judged by themselves as well: key → words, and a mask of shape (n,).
    left_out : str
        Element that no training part holds; empty if there is none.
    """

    name: str
    doc: str
    folds: tuple[Fold, ...]
    parts: Mapping[str, tuple[str, NDArray[np.bool_]]] = field(default_factory=dict)
    left_out: str = ""


SYSTEMS, GROUPS, RANDOM, WITHOUT = "systems", "groups", "random", "without"
"""Splits that a user may ask for; the last with an element behind it: ``without Li``."""

TAKEN = f"take {SYSTEMS}, {GROUPS} (with a column of them), {RANDOM}, or {WITHOUT} Li (any element)"


def check_split(name: object) -> str:
    """Return the name of a split as cards have it.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> check_split("systems"), check_split("without  Li")
    ('systems', 'without Li')
    """
    if name in (SYSTEMS, GROUPS, RANDOM):
        return str(name)
    if isinstance(name, str) and left_out_element(plain := " ".join(name.split())):
        return plain
    raise InputError("split", name, TAKEN)


def left_out_element(name: str) -> str:
    """Return the element that a split leaves out of all training; empty if it does not.

    Examples
    --------
    >>> left_out_element("without Li"), left_out_element("without Xx"), left_out_element("random")
    ('Li', '', '')
    """
    match = re.fullmatch(rf"{WITHOUT} ([A-Z][a-z]?)", name)
    return match[1] if match and match[1] in ELEMENTS else ""


def make_split(
    name: str, compositions: Compositions, groups: NDArray[np.str_] | None = None
) -> Split:
    """Divide rows by a split of a name.

    Parameters
    ----------
    name : str
        ``matbench`` and ``grouped`` of the embedded models, or as :func:`check_split` gives it.
    compositions : Compositions
        Shape (n,).
    groups : NDArray[np.str_], optional
        The user's own groups, shape (n,).

    Raises
    ------
    InputError
        If the rows are of one group alone, there are no groups, or none holds the element.
    """
    n, systems = len(compositions), compositions.chemical_system
    if name in (MATBENCH, RANDOM):
        doc = _MATBENCH if name == MATBENCH else _RANDOM
        return Split(name, doc, matbench_folds(n))
    if name == GROUPED:
        folds = _some(grouped_folds(compositions), "chemical system")
        words = "the sodium compounds of the grouped split"
        part = {"sodium": (words, compositions.contains("Na"))}
        left_out = "" if learnable_rows(compositions).all() else "Na"
        return Split(name, _GROUPED, folds, part, left_out)
    if name == GROUPS:
        if groups is None:
            raise InputError("split", name, "needs a column of groups; name it: group_column")
        return Split(name, _GROUPS, _some(folds_of_groups(groups), "group"))
    element = left_out_element(name)
    if not element:
        return Split(name, _SYSTEMS, _some(folds_of_groups(systems), "chemical system"))
    holds = compositions.contains(element)
    if not 0 < int(holds.sum()) < n:
        some = "every" if holds.any() else "no"
        raise InputError("split", name, f"{some} composition holds {element}; {TAKEN}")
    doc = f"{_SYSTEMS}; no compound of {element} in any training part"
    part = {f"with {element}": (f"the compounds of {element} of that split", holds)}
    folds = _some(folds_of_groups(systems, ~holds), "chemical system")
    return Split(name, doc, folds, part, element)


MATBENCH, GROUPED = "matbench", "grouped"
"""Splits of the embedded models."""

_MATBENCH = "5 random folds of rows, KFold(5, shuffle=True, random_state=18012019)"
_GROUPED = "5 folds of whole chemical systems; no sodium compound in any training part"
_RANDOM = "5 random folds of rows; what is alike may stand on both sides"
_SYSTEMS = "5 folds of whole chemical systems"
_GROUPS = "5 folds of whole groups, of a column of the data"


def _some(folds: tuple[Fold, ...], what: str) -> tuple[Fold, ...]:
    if not folds:
        raise InputError("data", "all rows", f"are of one {what}; {TAKEN}")
    return folds


def measured_folds(folds: Sequence[Fold], censored: NDArray[np.bool_]) -> tuple[Fold, ...]:
    """Leave rows whose value is a bound out of the tests: nobody knows what they are.

    Parameters
    ----------
    folds : sequence of (train, test)
        Numbers of rows.
    censored : NDArray[np.bool_]
        Whether the value of a row is a bound, shape (n,).
    """
    kept = ((train, test[~censored[test]]) for train, test in folds)
    return tuple((train, test) for train, test in kept if len(test))


def learnable_rows(compositions: Compositions) -> NDArray[np.bool_]:
    """Find which rows a grouped split may learn from, shape (n,)."""
    sodium = compositions.contains("Na")
    if 2 * int(sodium.sum()) >= len(compositions):
        return np.ones(len(compositions), dtype=bool)
    return ~sodium


def leaks(compositions: Compositions, fold: Fold) -> tuple[str, ...]:
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
