"""Features of a composition: Magpie's statistics and others, for arrays of compositions at once.

Compositions are taken in blocks of equally many elements, so that a block is a dense array that
fits the cache: no loop goes over compositions.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.formula import Compositions, compositions, parsed
from maiscreen.candidates.formula_text import ELEMENTS
from maiscreen.descriptors.element_tables import MAGPIE, magpie_table

__all__ = [
    "ELEMENT_LABELS",
    "FEATURE_LABELS",
    "MAGPIE_LABELS",
    "Compositions",
    "compositions",
    "element_fractions",
    "extras",
    "features",
    "magpie",
    "parsed",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STATISTICS = ("minimum", "maximum", "range", "mean", "avg_dev", "mode")
"""Magpie's statistics over the elements of a composition, in matminer's order."""

MAGPIE_LABELS = tuple(f"MagpieData {s} {p}" for p in MAGPIE for s in STATISTICS)
"""Columns of :func:`magpie`, as matminer names them."""

ELEMENT_LABELS = tuple(f"{symbol} fraction" for symbol in ELEMENTS)
"""Columns of :func:`element_fractions`."""

NORMS = (2, 3, 5, 7, 10)
"""Powers of the norms of the stoichiometry, beside the number of elements (the 0-norm)."""

ORBITALS = ("s", "p", "d", "f")

EXTRA_LABELS = (
    "0-norm",
    *(f"{p}-norm" for p in NORMS),
    *(f"frac {o} valence electrons" for o in ORBITALS),
    "max ionic char",
    "avg ionic char",
)
"""Columns of :func:`extras`, as matminer names them."""

FEATURE_LABELS = MAGPIE_LABELS + EXTRA_LABELS
"""Columns of :func:`features`."""

_CACHED_VALUES = 1 << 15
"""Values of one property array of a block: 256 KiB, so that a few of them stay in the cache."""


def magpie(c: Compositions) -> Floats:
    """Give Magpie's statistics of the properties of the elements.

    Returns
    -------
    Floats
        Shape (n, 132), columns as :data:`MAGPIE_LABELS`: what matminer's
        ``ElementProperty.from_preset("magpie")`` gives. ``mean`` and ``avg_dev`` are weighted by
        the atomic fractions; ``mode`` is the property of the commonest element, the least of them
        where several are equally common.

    Examples
    --------
    >>> magpie(compositions(["NaSn"]))[0, :6].tolist()  # atomic numbers 11 and 50
    [11.0, 50.0, 39.0, 30.5, 19.5, 11.0]
    """
    return statistics(c, magpie_table())


def statistics(c: Compositions, table: Floats) -> Floats:
    """Give the six :data:`STATISTICS` of any properties of the elements.

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
    for rows, element, fraction in _blocks(c, width):
        out[rows] = _block_statistics(table, element, fraction)
    return out.reshape(len(c), width * len(STATISTICS))


def _blocks(c: Compositions, width: int) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Go through the compositions with k elements, in blocks: rows (r,), then arrays (k, r)."""
    counts = np.diff(c.start)
    for k in np.unique(counts).tolist():
        members = np.flatnonzero(counts == k)
        size = max(_CACHED_VALUES // (k * width), 64)
        for begin in range(0, len(members), size):
            rows = members[begin : begin + size]
            entry = c.start[rows] + np.arange(k)[:, np.newaxis]
            yield rows, c.element[entry], c.fraction[entry]


def _block_statistics(table: Floats, element: Integers, fraction: Floats) -> Floats:
    """Statistics of r compositions with k elements each, shape (r, p, 6)."""
    values = table.take(element, axis=0)
    weight = fraction[:, :, np.newaxis]
    common = np.isclose(fraction, fraction.max(axis=0))[:, :, np.newaxis]
    out = np.empty((*values.shape[1:], len(STATISTICS)))
    low, high = values.min(axis=0), values.max(axis=0)
    mean = (values * weight).sum(axis=0)
    out[..., 0], out[..., 1], out[..., 2], out[..., 3] = low, high, high - low, mean
    out[..., 5] = np.where(common, values, np.inf).min(axis=0)
    out[..., 4] = (np.abs(values - mean) * weight).sum(axis=0)
    return out


def element_fractions(c: Compositions) -> Floats:
    """Give the atomic fraction of every element, shape (n, 118), by atomic number."""
    out = np.zeros((len(c), len(ELEMENTS)))
    out[c.row, c.element] = c.fraction
    return out


def extras(c: Compositions) -> Floats:
    """Give norms of the stoichiometry, valence orbital fractions and ionic characters.

    Returns
    -------
    Floats
        Shape (n, 12), columns as :data:`EXTRA_LABELS`: matminer's ``Stoichiometry``,
        ``ValenceOrbital(props=["frac"])`` and ``IonProperty`` on Magpie's electronegativities
        (ionic character of a pair: 1 - exp(-(Xa - Xb)²/4), Pauling; the average is over pairs,
        weighted by the product of their fractions).
    """
    return np.concatenate([norms(c), valence_fractions(c), ionic_characters(c)], axis=1)


def norms(c: Compositions) -> Floats:
    """Give the number of elements and the :data:`NORMS` of the atomic fractions, shape (n, 6)."""
    sums = [np.bincount(c.row, c.fraction**p, len(c)) ** (1 / p) for p in NORMS]
    return np.stack([np.diff(c.start).astype(np.float64), *sums], axis=1)


def valence_fractions(c: Compositions) -> Floats:
    """Give the share of s, p, d and f electrons among the valence electrons, shape (n, 4)."""
    names = (*(f"N{o}Valence" for o in ORBITALS), "NValence")
    electrons = magpie_table()[:, [MAGPIE.index(n) for n in names]][c.element]
    sums = [np.bincount(c.row, c.fraction * electrons[:, k], len(c)) for k in range(5)]
    return np.stack([s / sums[4] for s in sums[:4]], axis=1)


def ionic_characters(c: Compositions) -> Floats:
    """Give the largest and the average ionic character of the pairs of elements, shape (n, 2)."""
    negativity = magpie_table()[:, MAGPIE.index("Electronegativity")]
    out = np.empty((len(c), 2))
    for rows, element, fraction in _blocks(c, 22):
        x = negativity[element]
        character = 1 - np.exp(-0.25 * (x[:, np.newaxis] - x) ** 2)
        out[rows, 0] = character.max(axis=(0, 1))
        out[rows, 1] = np.einsum("ir,jr,ijr->r", fraction, fraction, character) / 2
    return out


def features(c: Compositions) -> Floats:
    """Give the features of the learned models, shape (n, 144), columns :data:`FEATURE_LABELS`."""
    return np.concatenate([magpie(c), extras(c)], axis=1)
