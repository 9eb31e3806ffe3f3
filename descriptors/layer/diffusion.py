"""Diffusion through a whole crystal and through its grains: a tensor from hops, a number from it.

Vacancies that do not meet each other move by the master equation of the periodic network of sites.
In the long run their diffusivity is that of a network of conductances (the cell problem of
homogenisation: G. Papanicolaou, in Random Fields, North-Holland (1981)),

    D = ν/Z · min over u of Σ exp(−S/kT) (r + u_j − u_i)²,   Z = Σ exp(−E/kT),

with S the saddles, E the energies of the sites, r the way of a hop, and one vector u for each site.
The minimum is found by taking away site after site, star to mesh; every number that is added is
positive, so that the weakest direction is as exact as the strongest, whatever lies between them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CM2_PER_A2 = 1e-16


@dataclass(frozen=True, slots=True, eq=False)
class Hops:
    """The hops of a vacancy in a crystal, each of a cell once, in either direction.

    Attributes
    ----------
    start, end : Ints
        Sites of the cell, shape (h,).
    way_a : Floats
        From start to end, Å, shape (h, 3).
    saddle_ev : Floats
        Energies of the saddles, shape (h,), on the scale of those of the sites.
    """

    start: Ints
    end: Ints
    way_a: Floats
    saddle_ev: Floats


def diffusivity_cm2_s(
    site_ev: Floats, hops: Hops, temperature_k: float, attempt_hz: float
) -> Floats:
    """Return the diffusivity of a vacancy, cm²/s, a tensor of shape (3, 3).

    Parameters
    ----------
    site_ev : Floats
        Energies of the vacancy on each site of the cell, shape (n,).
    hops : Hops
        Its hops.
    temperature_k, attempt_hz : float
        Temperature; attempt frequency of every hop.

    Examples
    --------
    A simple cubic lattice of 3 Å without barriers, six ways out at 10¹³ Hz:

    >>> cubic = Hops(*np.zeros((2, 3), int), 3 * np.eye(3), np.zeros(3))
    >>> diffusivity_cm2_s(np.zeros(1), cubic, 298.15, 1e13).diagonal().round(4).tolist()
    [0.009, 0.009, 0.009]
    """
    kt_ev = BOLTZMANN_EV_K * temperature_k
    lowest = float(site_ev.min())
    share = np.exp(-(site_ev - lowest) / kt_ev).sum()
    conductance = np.exp(-(hops.saddle_ev - lowest) / kt_ev) / share
    return attempt_hz * CM2_PER_A2 * _conductance(len(site_ev), hops, conductance)


class _Mesh:
    """Sites with at most one edge between two of them, and what edges that are gone have left."""

    def __init__(self, sites: int) -> None:
        self.conductance = np.zeros((sites, sites))
        self.way = np.zeros((sites, sites, 3))
        self.total = np.zeros((3, 3))

    def add(self, i: int, j: int, conductance: float, way: Floats) -> None:
        """Add an edge.

        Two between the same sites act as one with the mean of their ways; how far they differ
        dissipates whatever the sites do.
        """
        if i == j:
            self.total += conductance * np.outer(way, way)
            return
        known = self.conductance[i, j]
        both = known + conductance
        if both > 0:
            apart = way - self.way[i, j]
            self.total += known * conductance / both * np.outer(apart, apart)
            self.way[i, j] += conductance / both * apart
            self.way[j, i] = -self.way[i, j]
            self.conductance[i, j] = self.conductance[j, i] = both

    def remove(self, site: int) -> None:
        """Take a site away: its neighbours are joined through it."""
        edges = self.conductance[site].copy()
        self.conductance[site], self.conductance[:, site] = 0.0, 0.0
        around = np.flatnonzero(edges)
        for place, i in enumerate(around.tolist()):
            for j in around[place + 1 :].tolist():
                way = self.way[i, site] + self.way[site, j]
                self.add(i, j, edges[i] * edges[j] / edges.sum(), way)


def _conductance(sites: int, hops: Hops, conductance: Floats) -> Floats:
    mesh = _Mesh(sites)
    for i, j, c, way in zip(
        hops.start.tolist(), hops.end.tolist(), conductance.tolist(), hops.way_a, strict=True
    ):
        mesh.add(i, j, c, way)
    for site in range(sites - 1, 0, -1):
        mesh.remove(site)
    return mesh.total


def of_grains(tensor: Floats) -> Floats:
    """Average grains of a crystal at random: a self-consistent effective medium, shape (...).

    With principal values σ₁, σ₂, σ₃ each grain is a sphere in the medium of all:
    Σ (σᵢ − σ)/(σᵢ + 2σ) = 0, which is 4σ³ = e₂σ + e₃ with e₂ = σ₁σ₂ + σ₁σ₃ + σ₂σ₃ and
    e₃ = σ₁σ₂σ₃ (D. Stroud, Phys. Rev. B 12, 3368 (1975)).

    Parameters
    ----------
    tensor : Floats
        Symmetric, shape (..., 3, 3).

    Examples
    --------
    Two directions give half of what each has, one alone leads nowhere:

    >>> of_grains(np.array([np.diag([1.0, 1, 1]), np.diag([1.0, 1, 0]), np.diag([1.0, 0, 0])]))
    array([1. , 0.5, 0. ])
    """
    scale = np.trace(tensor, axis1=-2, axis2=-1)
    unit = tensor / np.where(scale > 0, scale, 1.0)[..., None, None]
    pairs, triple = _invariants(unit)
    # From above, Newton's method falls to the root of a convex function.
    root = np.sqrt(pairs / 4) + np.cbrt(triple / 4)
    for _ in range(_MOST_STEPS):
        slope = 12 * root**2 - pairs
        excess = root * (4 * root**2 - pairs) - triple
        root = root - np.divide(excess, slope, out=np.zeros_like(root), where=slope > 0)
    return np.where(scale > 0, root * scale, 0.0)


def _invariants(tensor: Floats) -> tuple[Floats, Floats]:
    """Return e₂ and e₃ of symmetric tensors, not below 0.

    Written out: eigenvalues have other last digits with other kernels of the linear algebra.
    """
    (a, d, e), (_, b, f), (_, _, c) = (np.moveaxis(tensor[..., i, :], -1, 0) for i in range(3))
    pairs = a * b + a * c + b * c - (d * d + e * e + f * f)
    triple = a * b * c + 2 * d * e * f - (a * f * f + b * e * e + c * d * d)
    return np.maximum(pairs, 0.0), np.maximum(triple, 0.0)


_MOST_STEPS = 8
"""Newton's method starts within a factor of two of the root, and doubles its digits at each."""
