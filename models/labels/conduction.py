"""What the hops of a label make of its crystal: a tensor, and the barrier that it amounts to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K, ROOM_K
from maiscreen.descriptors.layer.diffusion import Hops, diffusivity_cm2_s, of_grains
from maiscreen.descriptors.layer.transport import ATTEMPT_FREQUENCY_HZ

Floats = NDArray[np.float64]

HIGHEST_BARRIER_EV = 5.0
"""The most that a barrier is, as where grains conduct in one direction alone [judgement]: at 25 °C
it is passed once in 10⁷¹ s; the highest that was simulated is 4.67 eV (NaZn13)."""


def hops_of(details: Mapping[str, Any]) -> tuple[Floats, Hops]:
    """Read the energies of the sites, eV, above the lowest, and all hops of a cell.

    Parameters
    ----------
    details : mapping
        Of a label of migration: ``lattice_a``, rows are vectors; ``sites``, fractions of the cell;
        ``equal_to``, for each the first site that symmetry makes equal to it; ``vacancies`` by
        distinct site; ``hops``, whose ``members`` are start, end and the cell of the end.
    """
    lattice, sites = np.array(details["lattice_a"]), np.array(details["sites"])
    formation = {vacant["site"]: vacant["formation_ev"] for vacant in details["vacancies"]}
    lowest = min(formation.values())
    site_ev = np.array([formation[site] - lowest for site in details["equal_to"]])
    members = [(hop["saddle_ev"], *member) for hop in details["hops"] for member in hop["members"]]
    saddle, start, end, shift = (np.array(column) for column in zip(*members, strict=True))
    ways = (sites[end] + shift - sites[start]) @ lattice
    return site_ev, Hops(start, end, ways, saddle)


def tensor_cm2_s(details: Mapping[str, Any], temperature_k: float = ROOM_K) -> Floats:
    """Compute the diffusivity of a vacancy from the hops of a label, cm²/s, shape (3, 3)."""
    return diffusivity_cm2_s(*hops_of(details), temperature_k, ATTEMPT_FREQUENCY_HZ)


def conduction_barrier_ev(tensor: Sequence[Sequence[float]], a3_per_sodium: float) -> float:
    """Return the barrier that gives grains of a crystal their diffusivity at 25 °C, eV.

    As :func:`~maiscreen.descriptors.layer.transport.hop_conductivity_ms_cm` turns a barrier into a
    diffusivity, D = a²ν exp(−E/kT)/6 with a³ the volume of a sodium atom; at most
    :data:`HIGHEST_BARRIER_EV`, as where grains conduct in one direction alone.

    Examples
    --------
    A quarter of an electronvolt, in all directions and in two:

    >>> spread = np.exp(-0.25 / (BOLTZMANN_EV_K * ROOM_K)) * 9e-3 / 6
    >>> round(conduction_barrier_ev(spread * np.eye(3), 27.0), 6)
    0.25
    >>> round(conduction_barrier_ev(2 * spread * np.diag([1, 1, 0]), 27.0), 6)
    0.25
    """
    grains = float(of_grains(np.array(tensor)))
    free_cm2_s = (a3_per_sodium ** (1 / 3) * 1e-8) ** 2 * ATTEMPT_FREQUENCY_HZ / 6
    with np.errstate(divide="ignore"):
        barrier_ev = -BOLTZMANN_EV_K * ROOM_K * np.log(grains / free_cm2_s)
    return min(float(barrier_ev), HIGHEST_BARRIER_EV)
