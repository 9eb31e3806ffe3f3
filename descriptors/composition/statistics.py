"""Statistics over the elements of a composition, for arrays of compositions at once.

Compositions are taken in blocks of equally many elements, so that a block is a dense array that
fits the cache: no loop goes over compositions.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STATISTICS = ("minimum", "maximum", "range", "mean", "avg_dev", "mode")
"""Magpie's statistics over the elements of a composition, in matminer's order."""

_CACHED_VALUES = 1 << 15
"""Values of one property array of a block: 256 KiB, so that a few of them stay in the cache."""


def statistics(c: Compositions, table: Floats) -> Floats:
    """Give the six :data:`STATISTICS` of any properties of the elements.

    ``mean`` and ``avg_dev`` (the mean absolute deviation) are weighted by the atomic fractions;
    ``mode`` is the property of the commonest element, the least where several are as common.

    Parameters
    ----------
    c : Compositions
        n of them.
    table : Floats
        Properties of the elements, shape (118, p), without NaN.

    Returns
    -------
    Floats
        Shape (n, 6 p), the statistics of the first property first.
    """
    width = table.shape[1]
    out = np.empty((len(c), width, len(STATISTICS)))
    for rows, element, fraction in blocks(c, width):
        out[rows] = _block_statistics(table, element, fraction)
    return out.reshape(len(c), width * len(STATISTICS))


def _block_statistics(table: Floats, element: Integers, fraction: Floats) -> Floats:
    """Statistics of r compositions with k elements each, shape (r, p, 6)."""
    values = table.take(element, axis=0)
    weight = fraction[:, :, np.newaxis]
    common = np.isclose(fraction, fraction.max(axis=0))[:, :, np.newaxis]
    out = np.empty((*values.shape[1:], len(STATISTICS)))
    low, high = values.min(axis=0), values.max(axis=0)
    mean = summed(values * weight)
    out[..., 0], out[..., 1], out[..., 2], out[..., 3] = low, high, high - low, mean
    out[..., 4] = summed(np.abs(values - mean) * weight)
    out[..., 5] = np.where(common, values, np.inf).min(axis=0)
    return out


def blocks(c: Compositions, width: int) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Go through compositions in blocks, all of a block with the same number k of elements.

    Parameters
    ----------
    c : Compositions
        n of them.
    width : int
        Values that the caller keeps for each element.

    Yields
    ------
    tuple
        Places in ``c``, shape (r,); elements (Z - 1) and fractions, shape (k, r).
    """
    counts = np.diff(c.start)
    for k in np.unique(counts).tolist():
        members = np.flatnonzero(counts == k)
        size = max(_CACHED_VALUES // (k * width), 64)
        for begin in range(0, len(members), size):
            rows = members[begin : begin + size]
            entry = c.start[rows] + np.arange(k)[:, np.newaxis]
            yield rows, c.element[entry], c.fraction[entry]


def means(c: Compositions, table: Floats) -> Floats:
    """Give the means of properties, weighted by the atomic fractions, shape (n, p).

    Parameters
    ----------
    c : Compositions
        n of them.
    table : Floats
        Properties of the elements, shape (118, p).
    """
    out = np.empty((len(c), table.shape[1]))
    for rows, element, fraction in blocks(c, table.shape[1]):
        out[rows] = summed(fraction[:, :, np.newaxis] * table.take(element, axis=0))
    return out


def summed(terms: Floats) -> Floats:
    """Sum over the first axis, one term after another.

    ``sum`` and ``einsum`` choose an order by the shape, and ``einsum`` fuses products into sums
    where the processor can: so one composition would have other last bits than the same among many,
    and trees split between such values.

    Parameters
    ----------
    terms : Floats
        Shape (k, ...), k at least 1.

    Examples
    --------
    >>> summed(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [4.0, 6.0]
    """
    total: Floats = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


def pair_sums(c: Compositions, table: Floats) -> Floats:
    """Give Σ fᵢ fⱼ (xᵢ - xⱼ)² over the pairs of elements of each property, shape (n, p).

    That is the variance under the weights f: the form of Pauling's and Miedema's enthalpies of
    formation in differences of electronegativity and electron density.
    """
    centred = table - table.mean(axis=0)  # against cancellation
    first, second = means(c, centred), means(c, centred**2)
    return np.maximum(second - first**2, 0.0)
