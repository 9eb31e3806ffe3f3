"""The hull of a binary system Na–M and its ladder of plateaus."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.hulls.section import energy_above_hull, hull_along
from maiscreen.candidates.snapshot.snapshot import Snapshot, phase_system


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The phases between M and sodium by rising sodium content, all of shape (n,).

    Attributes
    ----------
    formula : NDArray
        Reduced formulas; the elements themselves are not among them.
    sodium_per_metal : NDArray
        x of NaₓM.
    formation_energy_ev_atom, energy_above_hull_ev_atom : NDArray
        Against the elements and against the hull.
    plateau_v : NDArray
        Potential vs Na/Na⁺ at which the phase forms from its sodium-poorer neighbour on the hull;
        NaN for a phase above the hull.
    """

    formula: NDArray[np.str_]
    sodium_per_metal: NDArray[np.float64]
    formation_energy_ev_atom: NDArray[np.float64]
    energy_above_hull_ev_atom: NDArray[np.float64]
    plateau_v: NDArray[np.float64]


def plateaus_v(
    sodium_per_metal: NDArray[np.float64], energy_ev_atom: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the potentials of the two-phase steps between neighbours on the hull.

    E = −Δ[(1 + x)·e]/Δx for x sodium atoms and energy e(x) in eV/atom: one electron for each
    sodium atom, so eV are volts. Energies at 0 K stand for free energies.

    Parameters
    ----------
    sodium_per_metal, energy_ev_atom : NDArray
        Of the phases on the hull by rising x, shape (n,); the first may be M itself.

    Returns
    -------
    NDArray
        Shape (n − 1,).

    Examples
    --------
    >>> plateaus_v(np.array([0.0, 1.0]), np.array([0.0, -0.25])).tolist()
    [0.5]
    """
    per_metal = (1 + sodium_per_metal) * energy_ev_atom
    return np.asarray(-np.diff(per_metal) / np.diff(sodium_per_metal), dtype=np.float64)


def binary_ladder(snapshot: Snapshot, metal: str) -> Ladder:
    """Put the phases Na–M of the snapshot in order, with hull and plateaus."""
    system = phase_system(snapshot, metal)
    above = energy_above_hull(system)
    corners = hull_along(system, 1, 0).phases[:-1, 0]
    plateau = np.full(len(system.formula), np.nan)
    sodium, metal_count = system.counts[:, 0], system.counts[:, 1]
    x = np.divide(sodium, metal_count, out=np.full(len(above), np.inf), where=metal_count > 0)
    plateau[corners[1:]] = plateaus_v(x[corners], system.energy_ev_atom[corners])
    order = np.argsort(x, kind="stable")
    order = order[(x[order] > 0) & np.isfinite(x[order])]
    return Ladder(
        system.formula[order],
        x[order],
        system.energy_ev_atom[order],
        above[order],
        plateau[order],
    )
