"""The domain of a model: which pairs of elements it has seen in one compound, and how often."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.composition import Compositions, element_fractions


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """What a model was trained on, as pairs of elements.

    Attributes
    ----------
    pairs : NDArray[np.int64]
        How many different compositions of the training hold both elements, shape (118, 118), by
        atomic number less one; on the diagonal how many hold the element.
    """

    pairs: NDArray[np.int64]

    @classmethod
    def of(cls, compositions: Compositions) -> "Domain":
        """Count the pairs of elements in the compositions of a training."""
        _, first = np.unique(compositions.key, return_index=True)
        present = (element_fractions(compositions.take(first)) > 0).astype(np.float64)
        # Counts stay far below 2^53: floats are exact and have a fast product.
        return cls((present.T @ present).astype(np.int64))

    def support(self, compositions: Compositions) -> NDArray[np.int64]:
        """Count the training compounds that hold the least known pair of each composition.

        Returns
        -------
        NDArray[np.int64]
            Shape (n,). 0: two of its elements never stood in one compound of the training, or
            one of them stood in none at all.
        """
        row, element = compositions.row, compositions.element
        least = self.pairs[element, element]
        most = int(np.diff(compositions.start).max(initial=1))
        for step in range(1, most):
            # The entry `step` places on, where it belongs to the same composition.
            here = np.flatnonzero(row[:-step] == row[step:])
            least[here] = np.minimum(least[here], self.pairs[element[here], element[here + step]])
        return np.minimum.reduceat(least, compositions.start[:-1])
