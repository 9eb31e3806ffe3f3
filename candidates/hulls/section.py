"""The lower convex hull of formation energies: exact, on arrays, without a geometry library.

A system is Na–M–X or one of its edges, with elements at zero. Along the straight line from sodium
to any composition M_aX_b the hull is a convex, piecewise linear curve, and each of its corners is
one phase or a mixture of two. So it is the lower hull, in one dimension, of all points where the
line meets a phase or the segment between two phases. Counts are whole numbers, so whether a phase
lies on the line is decided exactly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ZERO_EV_ATOM = 1e-7
"""Energies closer than this are the same: the table has six decimals, so it is rounding alone."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The phases of one Na–M–X system, its elements included.

    Attributes
    ----------
    formula : NDArray
        Shape (n,).
    counts : NDArray
        Atoms of Na, M and X in a formula unit, shape (n, 3).
    energy_ev_atom : NDArray
        Formation energy, shape (n,).
    """

    formula: NDArray[np.str_]
    counts: NDArray[np.int64]
    energy_ev_atom: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Points over the line from sodium to M_aX_b, each one phase or a mixture of two.

    Attributes
    ----------
    sodium_fraction : NDArray
        Atoms of Na in an atom of the mixture, shape (k,).
    energy_ev_atom : NDArray
        Energy of the mixture, shape (k,).
    phases : NDArray
        Indices into the system, shape (k, 2); twice the same for a single phase.
    weights : NDArray
        Share of the mixture's atoms in each of the two, shape (k, 2).
    """

    sodium_fraction: NDArray[np.float64]
    energy_ev_atom: NDArray[np.float64]
    phases: NDArray[np.int64]
    weights: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> "Section":
        """Keep some of the points, in the order given."""
        return Section(
            self.sodium_fraction[rows],
            self.energy_ev_atom[rows],
            self.phases[rows],
            self.weights[rows],
        )


def section(system: System, metal_count: int, halogen_count: int) -> Section:
    """Cut a system along the line from sodium to M_aX_b.

    With d = b·m − a·x of each phase, zero on the line, phases of either sign make a mixture on
    the line, with weights in the inverse proportion of their d for each atom.
    """
    atoms = system.counts.sum(axis=1)
    offset = halogen_count * system.counts[:, 1] - metal_count * system.counts[:, 2]
    on = np.flatnonzero(offset == 0)
    above, below = np.flatnonzero(offset > 0), np.flatnonzero(offset < 0)
    first = np.concatenate([on, np.repeat(above, len(below))])
    second = np.concatenate([on, np.tile(below, len(above))])
    distance = np.abs(offset / atoms)
    near, far = distance[first], distance[second]
    share = np.divide(far, near + far, out=np.ones(len(first)), where=near > 0)
    sodium, energy = system.counts[:, 0] / atoms, system.energy_ev_atom
    return Section(
        sodium[first] * share + sodium[second] * (1 - share),
        energy[first] * share + energy[second] * (1 - share),
        np.array([first, second]).T,
        np.array([share, 1 - share]).T,
    )


def lower_hull(x: NDArray[np.float64], energy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the corners of the lower convex hull of points in the plane.

    Of points that coincide the first one stands, and a point that lies on a straight stretch is
    no corner.

    Parameters
    ----------
    x, energy : NDArray
        Shape (n,).

    Returns
    -------
    NDArray
        Indices of the corners by rising x.

    Examples
    --------
    >>> lower_hull(np.array([0.0, 0.5, 1.0, 0.25]), np.array([0.0, -1.0, 0.0, -0.1])).tolist()
    [0, 1, 2]
    """
    corners: list[int] = []
    xs, es = x.tolist(), energy.tolist()
    # Rounded keys make coincident points tie, whatever the order of their additions.
    for k in np.lexsort((np.arange(len(x)), energy.round(9), x.round(9))).tolist():
        if corners and xs[k] - xs[corners[-1]] < 1e-9:
            continue
        while len(corners) > 1:
            i, j = corners[-2:]
            chord = es[i] + (es[k] - es[i]) * (xs[j] - xs[i]) / (xs[k] - xs[i])
            if es[j] < chord - ZERO_EV_ATOM / 100:
                break
            corners.pop()
        corners.append(k)
    return np.array(corners, dtype=np.int64)


def hull_along(system: System, metal_count: int, halogen_count: int) -> Section:
    """Return the corners of the hull along the line from M_aX_b to sodium, poorest first."""
    cut = section(system, metal_count, halogen_count)
    return cut.take(lower_hull(cut.sodium_fraction, cut.energy_ev_atom))


def energy_above_hull(system: System) -> NDArray[np.float64]:
    """Return the energy of each phase above the hull of its system, eV/atom, shape (n,).

    On the hull it is zero, as in pymatgen's ``get_e_above_hull``.
    """
    fraction = system.counts[:, 0] / system.counts.sum(axis=1)
    hull = np.zeros(len(fraction))
    ratios, inverse = np.unique(_reduced(system.counts[:, 1:]), axis=0, return_inverse=True)
    for row, (a, b) in enumerate(ratios.tolist()):
        on_line = inverse.ravel() == row
        corners = hull_along(system, a, b) if a + b else None
        if corners is not None:
            hull[on_line] = np.interp(
                fraction[on_line], corners.sodium_fraction, corners.energy_ev_atom
            )
    above = system.energy_ev_atom - hull
    return np.where(above < ZERO_EV_ATOM, 0.0, above)


def _reduced(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    return pairs // np.maximum(np.gcd.reduce(pairs, axis=1, keepdims=True), 1)
