"""Features of compositions for the learned models: Magpie's statistics and what goes with them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions
from maiscreen.descriptors.composition import composition_extras as extra
from maiscreen.descriptors.composition.composition_extras import ELEMENT_LABELS, element_fractions
from maiscreen.descriptors.composition.element_tables import MAGPIE, magpie_table
from maiscreen.descriptors.composition.statistics import STATISTICS, statistics

Floats = NDArray[np.float64]

MAGPIE_LABELS = tuple(f"MagpieData {s} {p}" for p in MAGPIE for s in STATISTICS)
"""Columns of :func:`magpie`, as matminer names them."""


def magpie(c: Compositions) -> Floats:
    """Give Magpie's statistics of the properties of the elements.

    Returns
    -------
    Floats
        Shape (n, 132), columns as :data:`MAGPIE_LABELS`: what matminer's
        ``ElementProperty.from_preset("magpie")`` gives (L. Ward et al., npj Comput. Mater. 2,
        16028 (2016)).

    Examples
    --------
    >>> magpie(compositions(["NaSn"]))[0, :6].tolist()  # of the atomic numbers 11 and 50
    [11.0, 50.0, 39.0, 30.5, 19.5, 11.0]
    """
    return statistics(c, magpie_table())


GROUPS: Mapping[str, tuple[Callable[[Compositions], Floats], tuple[str, ...]]] = {
    "magpie": (magpie, MAGPIE_LABELS),
    "stoichiometry": (extra.stoichiometry, extra.STOICHIOMETRY_LABELS),
    "valence": (extra.valence, extra.VALENCE_LABELS),
    "ionic": (extra.ionic, extra.IONIC_LABELS),
    "pairs": (extra.pairs, extra.PAIR_LABELS),
    "density": (extra.density, extra.DENSITY_LABELS),
    "bonding": (extra.bonding, extra.BONDING_LABELS),
    "words": (extra.words, extra.WORD_LABELS),
    "elements": (element_fractions, ELEMENT_LABELS),
}
"""Each group of features: how it is computed, and its columns."""

IN_USE = ("magpie", "stoichiometry", "valence", "ionic", "pairs", "density", "bonding", "elements")
"""The groups that :func:`features` gives when not told otherwise."""


_CHUNK = 8192
"""Compositions at a time, so that the groups need little memory beside the result."""


def labels(groups: Sequence[str] = IN_USE) -> tuple[str, ...]:
    """Name the columns of :func:`features`."""
    return tuple(label for group in groups for label in GROUPS[group][1])


FEATURE_LABELS = labels()
"""Columns of :func:`features` with the groups :data:`IN_USE`."""


def features(c: Compositions, groups: Sequence[str] = IN_USE) -> Floats:
    """Give the features of the learned models.

    Parameters
    ----------
    c : Compositions
        n of them.
    groups : Sequence[str]
        Names of :data:`GROUPS`, in the order of the columns.

    Returns
    -------
    Floats
        Shape (n, p), columns as :func:`labels` names them; no NaN.

    Examples
    --------
    >>> features(compositions(["NaSn", "Na15Sn4"]), ["stoichiometry", "ionic"]).shape
    (2, 8)
    """
    out = np.empty((len(c), len(labels(groups))))
    for first in range(0, len(c), _CHUNK):
        rows = slice(first, min(first + _CHUNK, len(c)))
        part, begin = c.take(np.arange(rows.start, rows.stop)), 0
        for compute, names in (GROUPS[group] for group in groups):
            out[rows, begin : begin + len(names)] = compute(part)
            begin += len(names)
    return out
