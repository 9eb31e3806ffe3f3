"""The hops between sites of a crystal, from its space group."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import half_up
from maiscreen.models.crystals.percolation import Edge, Shift, percolate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int, Shift]
"""Start, end, and the cell of the end when the start lies in cell (0, 0, 0)."""

SITE_TOLERANCE_A = 0.1
"""An operation must bring a site that near to another: relaxed cells are symmetric to ~0.01 Å."""

CLEARANCE_A = 1.0
"""A straight hop that passes an atom nearer than this runs over it [judgement]. No bond of sodium
is half as short; over another sodium, it is two hops."""

SHELL_A = 0.01
"""Lengths that differ by less belong to one shell."""

ROUNDING_A, ROUNDING = 1e-6, 1e-6
"""Lengths, and parts of a hop, that differ by less are equal: products of matrices have other last
bits on other processors."""

FARTHEST_A = 7.0
"""Up to this length hops are tried to connect the network [judgement]: icosahedral voids of
NaZn13 lie 6.1 Å apart."""

FURTHER = 1.15
EXTENDED_A = 5.5
"""One shell more than connects the network: up to 1.15 times its longest hop and 5.5 Å at most
[judgement]; a longer hop is worth its cost only where there is no shorter way."""

MOST_HOPS = 10
"""Distinct hops that are followed at most, the shortest [judgement]."""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What the operations of a space group do to sites.

    Attributes
    ----------
    rotations : Ints
        Shape (k, 3, 3), acting on columns of fractional coordinates.
    images : Ints
        Shape (k, n): operation, site → the site that it becomes.
    shifts : Ints
        Shape (k, n, 3): the cell in which that site lies.
    """

    rotations: Ints
    images: Ints
    shifts: Ints

    def pair(self, pair: Pair) -> list[Pair]:
        """Return the images of a pair under every operation."""
        start, end, shift = pair
        moved = self.rotations @ np.array(shift) + self.shifts[:, end] - self.shifts[:, start]
        ends = self.images[:, [start, end]]
        return [(int(i), int(j), _shift(r)) for (i, j), r in zip(ends, moved, strict=True)]


@dataclass(frozen=True, slots=True)
class Orbit:
    """Hops that symmetry makes equal.

    Attributes
    ----------
    length_a : float
        Their length, Å.
    members : tuple[Pair, ...]
        Each undirected hop of the crystal once for each cell, directed as the first one is.
    """

    length_a: float
    members: tuple[Pair, ...]

    @property
    def first(self) -> Pair:
        """The member that stands for all."""
        return self.members[0]


@dataclass(frozen=True, slots=True)
class Network:
    """The hops that are followed.

    Attributes
    ----------
    orbits : tuple[Orbit, ...]
        By length.
    cutoff_a : float
        No hop that is left out is shorter, but those that run over an atom and those beyond
        the first ten.
    dimensions : int
        In how many directions they connect the crystal.
    blocked : int
        Distinct hops left out because they run over an atom.
    """

    orbits: tuple[Orbit, ...]
    cutoff_a: float
    dimensions: int
    blocked: int


def _shift(vector: Ints) -> Shift:
    x, y, z = (int(value) for value in vector)
    return x, y, z


def action(sites: Floats, lattice: Floats, rotations: Ints, translations: Floats) -> Action:
    """Find where each operation takes each site.

    Parameters
    ----------
    sites : Floats
        Fractional coordinates, shape (n, 3).
    lattice : Floats
        Rows are lattice vectors, Å, shape (3, 3).
    rotations, translations : Ints, Floats
        Operations x' = W x + w on fractional coordinates, shapes (k, 3, 3) and (k, 3).

    Raises
    ------
    ValueError
        If an operation takes a site where there is none.
    """
    moved = np.einsum("kab,nb->kna", rotations, sites) + translations[:, None]
    apart = moved[:, :, None] - sites
    shifts = np.rint(apart)
    distance_a = np.linalg.norm((apart - shifts) @ lattice, axis=-1)
    images = distance_a.argmin(axis=-1)
    if np.take_along_axis(distance_a, images[..., None], -1).max() > SITE_TOLERANCE_A:
        raise ValueError("an operation does not take the sites to one another")
    chosen = np.take_along_axis(shifts, images[..., None, None], axis=2)[:, :, 0]
    return Action(rotations, images, chosen.astype(np.int64))


def restrict_action(acting: Action, count: int) -> Action:
    """Return what the operations do to the first sites, which they take to one another."""
    return Action(acting.rotations, acting.images[:, :count], acting.shifts[:, :count])


def site_orbits(acting: Action) -> Ints:
    """Return for each site, shape (n,), the first site that symmetry makes equal to it."""
    return np.asarray(acting.images.min(axis=0))


def pairs_within(sites: Floats, lattice: Floats, cutoff_a: float) -> dict[Pair, float]:
    """Find all directed pairs of sites up to a distance, and their lengths in Å."""
    heights = 1 / np.linalg.norm(np.linalg.inv(lattice), axis=0)
    cutoff_a += ROUNDING_A
    reach = np.ceil(cutoff_a / heights + np.ptp(sites, axis=0)).astype(int)
    shifts = np.array(list(product(*(range(-n, n + 1) for n in reach))))
    apart = (sites[None, :, None] + shifts - sites[:, None, None]) @ lattice
    length_a = np.linalg.norm(apart, axis=-1)
    near = np.argwhere((length_a <= cutoff_a) & (length_a > SITE_TOLERANCE_A))
    return {(int(i), int(j), _shift(shifts[r])): float(length_a[i, j, r]) for i, j, r in near}


def reverse_pair(pair: Pair) -> Pair:
    """Return the same hop in the other direction."""
    start, end, shift = pair
    return end, start, _shift(-np.array(shift))


def hop_orbits(
    sites: Floats, lattice: Floats, acting: Action, cutoff_a: float
) -> tuple[Orbit, ...]:
    """Sort all hops up to a length into those that symmetry makes equal.

    Parameters
    ----------
    sites, lattice : Floats
        As in :func:`action`.
    acting : Action
        Of the space group on these sites.
    cutoff_a : float
        The greatest length, Å.

    Returns
    -------
    tuple[Orbit, ...]
        By length. A hop and its reverse are one.
    """
    left = pairs_within(sites, lattice, cutoff_a)
    orbits = list[Orbit]()
    for pair, length_a in sorted(left.items(), key=_by_length):
        if pair not in left:
            continue
        members = list[Pair]()
        for image in acting.pair(pair):
            if image in left:
                members.append(image)
                del left[image]
                left.pop(reverse_pair(image), None)
        orbits.append(Orbit(length_a, tuple(members)))
    return tuple(orbits)


def _by_length(item: tuple[Pair, float]) -> tuple[float, Pair]:
    pair, length_a = item
    return float(half_up(length_a, 4)), pair


def clearance_a(pair: Pair, sites: Floats, atoms: Floats, lattice: Floats) -> float:
    """Return the least distance of an atom from the straight line of a hop.

    Parameters
    ----------
    pair : Pair
        Between two of `sites`.
    sites, atoms : Floats
        Fractional coordinates of the sites, shape (n, 3), and of all atoms, shape (m, 3).
    lattice : Floats
        Rows are lattice vectors, Å.

    Returns
    -------
    float
        In Å, among atoms beside the line; the two ends are not counted.
    """
    start, end, shift = pair
    here = sites[start]
    way = (sites[end] + np.array(shift) - here) @ lattice
    length_a = float(np.linalg.norm(way))
    around = pairs_within(np.vstack([here, atoms]), lattice, length_a)
    beyond = [atoms[j - 1] + np.array(r) - here for i, j, r in around if i == 0 and j > 0]
    apart = np.array(beyond).reshape(-1, 3) @ lattice
    along = apart @ way / length_a**2
    beside = np.linalg.norm(apart - along[:, None] * way, axis=1)
    at_end = np.linalg.norm(apart - way, axis=1) < SITE_TOLERANCE_A
    between = (along > ROUNDING) & (along < 1 - ROUNDING)
    return float(beside[between & ~at_end].min(initial=np.inf))


def edges_of(orbits: Sequence[Orbit], energies_ev: Sequence[float]) -> list[Edge]:
    """Return every hop of the cell as an edge with the energy of its orbit."""
    return [
        Edge(*member, energy)
        for orbit, energy in zip(orbits, energies_ev, strict=True)
        for member in orbit.members
    ]


def network(sites: Floats, atoms: Floats, lattice: Floats, acting: Action) -> Network:
    """Choose the hops to follow: as far as connects the crystal, and one shell further.

    Parameters
    ----------
    sites, atoms : Floats
        Fractional coordinates of the mobile sites and of all atoms.
    lattice : Floats
        Rows are lattice vectors, Å.
    acting : Action
        Of the space group on the sites.
    """
    everything = hop_orbits(sites, lattice, acting, FARTHEST_A)
    free = [o for o in everything if clearance_a(o.first, sites, atoms, lattice) > CLEARANCE_A]
    cutoff_a = _connecting_length_a(free)
    kept = tuple(o for o in free if o.length_a <= cutoff_a + SHELL_A)[:MOST_HOPS]
    lengths = [o.length_a for o in kept]
    return Network(
        orbits=kept,
        cutoff_a=cutoff_a,
        dimensions=len(percolate(edges_of(kept, lengths))),
        blocked=sum(o.length_a <= cutoff_a + SHELL_A for o in everything if o not in free),
    )


def _connecting_length_a(orbits: Sequence[Orbit]) -> float:
    """Return the length up to which hops are followed."""
    ways = percolate(edges_of(orbits, [orbit.length_a for orbit in orbits]))
    if len(ways) < 3:
        return FARTHEST_A
    needed_a = ways[-1].energy_ev
    return max(needed_a, min(FURTHER * needed_a, EXTENDED_A))
