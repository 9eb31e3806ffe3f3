"""Distinct hops against brute force over symmetry operations and known lattices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.models.crystals import network as hops
from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.simulation.vacancy import symmetry

CRYSTALS = ("NaCl", "NaTl", "Na3Bi")


def crystal(name: str) -> Structure:
    return prototype(name).structure()


def parts(
    structure: Structure,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Sodium sites, lattice, and the operations of the space group."""
    rotations, translations = symmetry(structure)
    sodium = [site.specie.symbol == "Na" for site in structure]
    return (
        structure.frac_coords[sodium],
        structure.lattice.matrix,
        rotations,
        translations,
    )


def orbits(structure: Structure, cutoff_a: float) -> tuple[hops.Orbit, ...]:
    sites, lattice, rotations, translations = parts(structure)
    acting = hops.action(sites, lattice, rotations, translations)
    return hops.hop_orbits(sites, lattice, acting, cutoff_a)


def signature(found: tuple[hops.Orbit, ...]) -> list[tuple[float, int]]:
    return sorted((round(orbit.length_a, 3), len(orbit.members)) for orbit in found)


@pytest.mark.parametrize("name", CRYSTALS)
def test_pairs_are_those_of_pymatgens_neighbour_list(name: str) -> None:
    structure = crystal(name)
    sites, lattice, *_ = parts(structure)
    sodium = Structure(Lattice(lattice), ["Na"] * len(sites), sites)
    first, second, shift, length_a = sodium.get_neighbor_list(6.0)
    expected = {
        (int(i), int(j), tuple(int(x) for x in r))
        for i, j, r in zip(first, second, shift, strict=True)
    }
    found = hops.pairs_within(sites, lattice, 6.0)
    assert set(found) == expected
    assert sum(found.values()) == pytest.approx(length_a.sum())


@pytest.mark.parametrize("name", CRYSTALS)
def test_orbits_are_those_of_middles_and_directions_in_space(name: str) -> None:
    """Independent of cells and shifts: lines in space, moved by Cartesian operations."""
    structure = crystal(name)
    sites, lattice, rotations, translations = parts(structure)
    basis = lattice.T
    moves = [
        (basis @ w @ np.linalg.inv(basis), basis @ t)
        for w, t in zip(rotations, translations, strict=True)
    ]

    def line(pair: hops.Pair) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        start, end = sites[pair[0]] @ lattice, (sites[pair[1]] + np.array(pair[2])) @ lattice
        return (start + end) / 2, end - start

    def same(one: hops.Pair, other: hops.Pair) -> bool:
        (middle, way), (target, goal) = line(one), line(other)
        for rotation, shift in moves:
            apart = np.linalg.solve(basis, rotation @ middle + shift - target)
            turned = rotation @ way
            along = min(np.abs(turned - goal).max(), np.abs(turned + goal).max())
            if along < 0.05 and np.abs(apart - np.rint(apart)).max() < 0.02:
                return True
        return False

    found = orbits(structure, 5.0)
    assert sum(2 * len(o.members) for o in found) == len(hops.pairs_within(sites, lattice, 5.0))
    for orbit in found:
        assert all(same(orbit.first, member) for member in orbit.members)
    firsts = [orbit.first for orbit in found]
    assert not any(same(a, b) for k, a in enumerate(firsts) for b in firsts[:k])


def test_known_lattices() -> None:
    salt, zintl = crystal("NaCl"), crystal("NaTl")
    [(length_a, count)] = signature(orbits(salt, 4.1))
    assert count == 6  # 12 neighbours, halved
    assert length_a == pytest.approx((salt.volume / np.sqrt(0.5)) ** (1 / 3), abs=1e-3)
    [(length_a, count)] = signature(orbits(zintl, 3.4))
    assert count == 4  # diamond: four bonds for two sites
    assert length_a == pytest.approx((zintl.volume * 4) ** (1 / 3) * np.sqrt(3) / 4, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(CRYSTALS)),
    st.tuples(*[st.floats(-1, 1)] * 3),
    st.permutations([0, 1, 2]),
    st.integers(-2, 2),
)
def test_orbits_depend_neither_on_origin_nor_on_the_choice_of_cell(
    name: str, origin: tuple[float, float, float], axes: list[int], shear: int
) -> None:
    structure = crystal(name)
    sites, lattice, rotations, translations = parts(structure)
    change = np.eye(3, dtype=int)[axes]
    change[0] += shear * change[1]
    to_new = np.linalg.inv(change.T)  # x' = to_new (x + origin)
    back = change.T
    turned = np.rint(to_new @ rotations @ back).astype(np.int64)
    shift = np.array(origin)
    moved = (translations + shift - rotations @ shift) @ to_new.T
    acting = hops.action((sites + shift) @ to_new.T, change @ lattice, turned, moved)
    found = hops.hop_orbits((sites + shift) @ to_new.T, change @ lattice, acting, 5.0)
    lengths, counts = zip(*signature(found), strict=True)
    expected = tuple(zip(*signature(orbits(structure, 5.0)), strict=True))
    assert counts == expected[1]
    assert lengths == pytest.approx(expected[0], abs=2e-3)  # the measured cell is that symmetric


def test_a_hop_over_another_sodium_is_left_out() -> None:
    sites = np.array([[0.0, 0.0, 0.0], [0.5, 0.0, 0.05]])
    lattice = np.diag([6.0, 9.0, 9.0])
    assert hops.clearance_a((0, 0, (1, 0, 0)), sites, sites, lattice) == pytest.approx(0.45)
    assert hops.clearance_a((0, 1, (0, 0, 0)), sites, sites, lattice) > 5.0


def test_a_hop_with_no_atom_nearby_is_clear() -> None:
    # In Na5Pb2 rounding puts even the end of the shortest hop out of reach.
    sites, atoms, lattice = np.zeros((1, 3)), np.empty((0, 3)), 4.0 * np.eye(3)
    assert hops.clearance_a((0, 0, (1, 0, 0)), sites, atoms, lattice) == np.inf


@pytest.mark.parametrize("name", CRYSTALS)
def test_clearance_is_the_least_distance_from_points_on_the_line(name: str) -> None:
    structure = crystal(name)
    sites, lattice, *_ = parts(structure)
    for start, end, shift in list(hops.pairs_within(sites, lattice, 5.0))[:10]:
        line = np.array([sites[start], sites[end] + np.array(shift)]) @ lattice
        around = structure.get_sites_in_sphere(line.mean(axis=0), 6.0)
        atoms = np.array([atom.coords for atom in around])
        at_ends = np.linalg.norm(atoms[:, None] - line, axis=2).min(axis=1) < 0.1
        parts_of_it = np.linspace(0.01, 0.99, 197)[:, None]
        points = line[0] + parts_of_it * (line[1] - line[0])
        least = np.linalg.norm(points[:, None] - atoms[~at_ends], axis=2).min()
        found = hops.clearance_a((start, end, shift), sites, structure.frac_coords, lattice)
        assert found == pytest.approx(least, abs=0.03)


def network(structure: Structure) -> hops.Network:
    sites, lattice, rotations, translations = parts(structure)
    acting = hops.action(sites, lattice, rotations, translations)
    return hops.network(sites, structure.frac_coords, lattice, acting)


def test_the_network_goes_one_shell_further_than_it_needs() -> None:
    found = network(crystal("Na3Bi"))
    assert found.dimensions == 3
    assert found.cutoff_a == pytest.approx(1.15 * found.orbits[-1].length_a, abs=0.05)
    assert [len(orbit.members) for orbit in found.orbits] == [2, 6, 12]


def test_the_network_stops_at_the_farthest_hop() -> None:
    structure = Structure(Lattice.orthorhombic(4, 4, 12), ["Na"], [[0, 0, 0]])
    found = network(structure)
    assert (found.dimensions, found.cutoff_a) == (2, hops.FARTHEST_A)


def test_operations_that_do_not_keep_the_sites_are_refused() -> None:
    sites = np.array([[0.1, 0.2, 0.3]])
    mirror = np.array([np.diag([-1, 1, 1])])
    with pytest.raises(ValueError, match="does not take"):
        hops.action(sites, np.eye(3) * 5, mirror, np.zeros((1, 3)))
