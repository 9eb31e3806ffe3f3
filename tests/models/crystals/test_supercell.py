"""Supercells that keep the symmetry: known counts, and operations that move atoms rigidly."""

import numpy as np
import pytest
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.models.crystals import supercell as cells
from maiscreen.models.crystals.network import action
from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.simulation.vacancy import symmetry

FORMULAS = ("NaCl", "NaTl", "NaBi")


def test_cubic_sublattices_are_primitive_face_and_body_centred_repeats() -> None:
    cubic, _ = symmetry(Structure(Lattice.cubic(3), ["Na"], [[0, 0, 0]]))
    count = {n: len(cells.symmetric_sublattices(cubic, n)) for n in range(1, 33)}
    # n³ primitive, 2n³ face-centred, 4n³ body-centred, and nothing else.
    expected = {k * n**3 for n in range(1, 4) for k in (1, 2, 4)}
    assert {n for n, found in count.items() if found} == {n for n in expected if n <= 32}
    assert set(count.values()) == {0, 1}


def test_without_symmetry_every_sublattice_counts() -> None:
    identity = np.eye(3, dtype=np.int64)[None]
    # Σ d·k over index = a·b·c: 1, 7, 13, 35 (coefficients of ζ(s)ζ(s−1)ζ(s−2)).
    counts = [len(cells.symmetric_sublattices(identity, n)) for n in (1, 2, 3, 4)]
    assert counts == [1, 7, 13, 35]


@pytest.mark.parametrize("formula", FORMULAS)
def test_operations_move_the_atoms_of_the_supercell_rigidly(formula: str) -> None:
    structure = prototype(formula).structure()
    rotations, translations = symmetry(structure)
    lattice = structure.lattice.matrix
    cell = cells.supercell(structure.frac_coords, lattice, rotations)
    acting = action(structure.frac_coords, lattice, rotations, translations)
    box = Lattice(cell.cell_a)
    places = cell.positions_a @ np.linalg.inv(cell.cell_a)
    distance_a = box.get_all_distances(places, places)
    species = np.repeat(structure.atomic_numbers, cell.copies)
    for operation in range(0, len(rotations), 5):
        target = cell.permutation(acting, operation, np.array([1, 0, -2]))
        assert sorted(target) == list(range(len(target)))
        assert (species[target] == species).all()
        assert distance_a[np.ix_(target, target)] == pytest.approx(distance_a, abs=1e-6)
        rotation = cell.rotation(acting, operation)
        assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-9)
        way = (places[target[1:]] - places[target[0]]) @ cell.cell_a
        turned = (cell.positions_a[1:] - cell.positions_a[0]) @ rotation.T
        apart = (way - turned) @ np.linalg.inv(cell.cell_a)
        assert apart == pytest.approx(np.rint(apart), abs=1e-6)


@pytest.mark.parametrize("formula", FORMULAS)
def test_atoms_are_those_of_pymatgens_supercell(formula: str) -> None:
    structure = prototype(formula).structure()
    rotations, _ = symmetry(structure)
    cell = cells.supercell(structure.frac_coords, structure.lattice.matrix, rotations)
    made = Structure(
        Lattice(cell.cell_a),
        np.repeat(structure.atomic_numbers, cell.copies),
        cell.positions_a,
        coords_are_cartesian=True,
        to_unit_cell=True,
    )
    assert made.is_valid(tol=2.0)
    assert len(made) == len(structure) * cell.copies
    assert made.get_primitive_structure().volume == pytest.approx(structure.volume)
    assert np.linalg.det(cell.matrix) > 0


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_first_copy_of_a_site_is_the_site(formula: str) -> None:
    structure = prototype(formula).structure()
    rotations, _ = symmetry(structure)
    cell = cells.supercell(structure.frac_coords, structure.lattice.matrix, rotations)
    assert cell.positions_a[:: cell.copies] == pytest.approx(structure.cart_coords)


def test_sodium_chloride_gets_the_usual_64_atoms() -> None:
    salt = prototype("NaCl").structure()
    cell = cells.supercell(salt.frac_coords, salt.lattice.matrix, symmetry(salt)[0])
    assert cell.copies * len(salt) == 64
    assert cell.width_a == pytest.approx(2 * (4 * salt.volume) ** (1 / 3))


def test_the_width_does_not_depend_on_how_the_small_cell_is_chosen() -> None:
    salt = prototype("NaCl").structure()
    rotations, _ = symmetry(salt)
    change = np.array([[1, 2, 0], [0, 1, 0], [1, 0, 1]])
    turned = np.linalg.inv(change.T) @ rotations @ change.T
    fractions = salt.frac_coords @ np.linalg.inv(change)
    cell = cells.supercell(salt.frac_coords, salt.lattice.matrix, rotations)
    other = cells.supercell(
        fractions, change @ salt.lattice.matrix, np.rint(turned).astype(np.int64)
    )
    assert (other.copies, other.width_a) == (cell.copies, pytest.approx(cell.width_a))


def test_a_cell_that_is_large_already_is_not_repeated() -> None:
    structure = Structure(Lattice.cubic(16), ["Na"] * 60, np.random.default_rng(0).random((60, 3)))
    identity = np.eye(3, dtype=np.int64)[None]
    cell = cells.supercell(structure.frac_coords, structure.lattice.matrix, identity)
    assert cell.copies == 1
