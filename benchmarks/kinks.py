"""Where the products change along straight lines between compositions, for many lines at once.

Corners, products and energies are those of pymatgen's ``InterfacialReactivity``; for lines from
sodium to a halide they are also those of the exact section,
:mod:`maiscreen.candidates.hulls.section`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.hulls.facets import (
    BELOW_ZERO_EV_ATOM,
    SMALLEST_SHARE,
    Facets,
    Floats,
    Integers,
    blocks,
    drop_rounding,
    facet_atoms,
    normalise_amounts,
)

_ALMOST_ONE = 1 - SMALLEST_SHARE


@dataclass(frozen=True, slots=True, eq=False)
class Kinks:
    """Where the products change along m lines; k points in all, both ends of each line included.

    Attributes
    ----------
    start : Integers
        Points of line i are ``start[i]`` up to ``start[i + 1]``, by rising mixing, shape (m + 1,).
    mixing : Floats
        Atoms of the start composition in an atom of the mixture, shape (k,).
    energy_ev_atom : Floats
        Of the hull, shape (k,).
    phase : Integers
        Rows into the phases, −1 where there is none, shape (k, d).
    amount : Floats
        Share of the atoms held by each phase, shape (k, d).
    """

    start: Integers
    mixing: Floats
    energy_ev_atom: Floats
    phase: Integers
    amount: Floats


def kinks(
    hulls: Facets,
    start: Floats | Integers,
    ends: Floats | Integers,
    system: Integers | None = None,
) -> Kinks:
    """Follow the hull along lines from one composition to many.

    Parameters
    ----------
    hulls : Facets
        Of one system, or of several.
    start : NDArray
        Atoms of each element in the first reactant, shape (d,).
    ends : NDArray
        The same in the others, shape (m, d).
    system : Integers, optional
        Number of the system of each line, shape (m,); the first one if left out.

    Raises
    ------
    InputError
        As :func:`~maiscreen.candidates.hulls.facets.decompose`.

    Notes
    -----
    With a and b the shares of a phase of a facet at end and start, its share at mixing x is
    a + x·(b − a). A line is in a facet where none of its d shares is negative: an interval of x.
    The ends of all intervals are the kinks; where the slope of the energy stays the same, as
    between coplanar facets, there is none.
    """
    poor, rich = (
        _fractions(normalise_amounts(ends)),
        _fractions(normalise_amounts(np.array([start]))),
    )
    place = np.zeros(len(poor), dtype=np.int64) if system is None else system
    crossings = [
        _crossings(hulls, poor[rows], rich, row, pair, rows.start)
        for rows, row, pair in blocks(hulls, place)
    ]
    if not crossings:
        empty = np.zeros((0, poor.shape[1]))
        nothing = np.zeros(0)
        return Kinks(np.zeros(1, np.int64), nothing, nothing, empty.astype(np.int64), empty)
    line, mixing, facet = (np.concatenate(part) for part in zip(*crossings, strict=True))
    mixed = (1 - mixing)[:, None] * poor[line] + mixing[:, None] * rich
    energy, phase, amount = drop_rounding(hulls, facet, facet_atoms(hulls, mixed, facet))
    kept = _bent(line, mixing, energy)
    bounds = np.searchsorted(line[kept], np.arange(len(poor) + 1)).astype(np.int64)
    return Kinks(bounds, mixing[kept], energy[kept], phase[kept], amount[kept])


def _fractions(amounts: Floats) -> Floats:
    return np.asarray(amounts / amounts.sum(axis=1, keepdims=True), dtype=np.float64)


def _crossings(
    hulls: Facets, poor: Floats, rich: Floats, row: Integers, pair: Integers, first: int
) -> tuple[Integers, Floats, Integers]:
    """Give line, mixing and facet of every end of an interval, sorted, each point once."""
    at_poor = facet_atoms(hulls, poor[row], pair)
    at_rich = facet_atoms(
        hulls, np.repeat(rich, len(hulls.vertices), axis=0), np.arange(len(hulls.vertices))
    )
    slope = at_rich[:, pair] - at_poor
    flat = np.abs(slope) < SMALLEST_SHARE
    zero = -at_poor / np.where(flat, 1.0, slope)
    low = np.where(~flat & (slope > 0), zero, 0.0).max(axis=0, initial=0.0)
    high = np.where(~flat & (slope < 0), zero, 1.0).min(axis=0, initial=1.0)
    low, high = np.where(low < SMALLEST_SHARE, 0.0, low), np.where(high > _ALMOST_ONE, 1.0, high)
    outside = (flat & (at_poor < -SMALLEST_SHARE)).any(axis=0)
    inside = np.flatnonzero(~outside & (high - low > SMALLEST_SHARE))
    line, facet = np.tile(row[inside], 2), np.tile(pair[inside], 2)
    mixing = np.concatenate([low[inside], high[inside]])
    order = np.lexsort((mixing, line))
    line, mixing, facet = line[order], mixing[order], facet[order]
    new = np.diff(line, prepend=-1) != 0
    new[1:] |= np.diff(mixing) > SMALLEST_SHARE
    return line[new] + first, mixing[new], facet[new]


def _bent(line: Integers, mixing: Floats, energy: Floats) -> Integers:
    """Give the points that are ends of a line, or lie below the chord of their neighbours."""
    kept = np.arange(len(line))
    while True:
        straight = np.zeros(len(kept), dtype=np.bool_)
        straight[1:-1] = _straight(line[kept], mixing[kept], energy[kept])
        # Never two neighbours at once: of a bend in two points close by, one must stay.
        straight[1:] &= ~straight[:-1]
        if not straight.any():
            return kept
        kept = kept[~straight]


def _straight(line: Integers, mixing: Floats, energy: Floats) -> NDArray[np.bool_]:
    """Tell of all points but the first and last whether they lie on a chord, shape (k − 2,)."""
    within = line[2:] == line[:-2]
    share = (mixing[1:-1] - mixing[:-2]) / np.where(within, mixing[2:] - mixing[:-2], 1.0)
    chord = energy[:-2] + (energy[2:] - energy[:-2]) * share
    return np.asarray(within & (energy[1:-1] >= chord - BELOW_ZERO_EV_ATOM), dtype=np.bool_)
