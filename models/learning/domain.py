"""The domain of a model: which elements it has seen, in how many compounds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions
from maiscreen.descriptors.composition.features import element_fractions

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
        """Tell whether all elements of a composition were seen, shape (n,)."""
        seen = self.counts[compositions.element] >= FEWEST
        return np.logical_and.reduceat(seen, compositions.start[:-1])
