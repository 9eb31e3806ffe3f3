"""Slabs and their common cells, against geometry done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.crystals.slabs import Face, faces, matches, supercell

SALT_A = 5.64


@pytest.fixture(scope="module")
def salt() -> Structure:
    lattice = Lattice.cubic(SALT_A)
    return Structure.from_spacegroup("Fm-3m", lattice, ["Na", "Cl"], [[0, 0, 0], [0.5] * 3])


def oblique() -> Face:
    rng = np.random.default_rng(1)
    vectors = np.array([[4.0, 0.0], [1.1, 3.3]])
    return Face((0, 0, 1), vectors, rng.random((3, 2)), np.array([0.0, 1.0, 2.0]), ("Na",) * 3)


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_a_supercell_holds_its_atoms_once(a: int, b: int, c: int, d: int) -> None:
    face, matrix = oblique(), np.array([[a, b], [c, d]])
    times = a * d - b * c
    if times <= 0:
        return
    large = supercell(face, matrix)
    assert len(large.symbols) == times * len(face.symbols)
    assert large.area_a2 == pytest.approx(times * face.area_a2)
    assert large.vectors_a[0, 1] == pytest.approx(0)
    assert large.vectors_a[1, 1] > 0
    wrapped = np.column_stack([large.fractional % 1.0, large.height_a]).round(6) % 1.0
    assert len(np.unique(wrapped.round(5), axis=0)) == len(large.symbols)


def test_a_supercell_keeps_distances() -> None:
    face, large = oblique(), supercell(oblique(), np.array([[2, 1], [-1, 1]]))

    def shortest(one: Face) -> list[float]:
        cells = np.array(np.meshgrid([-2, -1, 0, 1, 2], [-2, -1, 0, 1, 2])).reshape(2, -1).T
        plane = one.fractional @ one.vectors_a
        images = plane[None] + (cells @ one.vectors_a)[:, None]
        apart = images[None] - plane[:, None, None]
        height = one.height_a[None, None] - one.height_a[:, None, None]
        distance = np.sqrt((apart**2).sum(axis=-1) + height**2)
        return sorted(np.unique(distance[distance > 1e-6].round(6))[:4].tolist())

    assert shortest(large) == pytest.approx(shortest(face))


def test_rock_salt_is_cut_where_it_cleaves(salt: Structure) -> None:
    cut = {face.plane: face for face in faces(salt, 1, 7.0)}
    assert set(cut) == {(1, 0, 0), (1, 1, 0), (1, 1, 1)}
    square = cut[1, 0, 0]
    assert square.area_a2 == pytest.approx(SALT_A**2 / 2)
    layers = np.unique(square.height_a.round(3))
    assert np.diff(layers) == pytest.approx(SALT_A / 2)
    assert len(square.symbols) == 2 * len(layers)
    assert square.symbols.count("Na") == square.symbols.count("Cl")


def test_a_face_matches_itself_without_strain(salt: Structure) -> None:
    face = next(face for face in faces(salt, 1, 7.0) if face.plane == (1, 0, 0))
    best = min(matches(face, face, 20.0, 0.05), key=lambda match: match.atoms)
    assert best.strain == pytest.approx(0, abs=1e-9)
    assert best.atoms == 2 * len(face.symbols)


def test_the_film_takes_the_cell_of_the_substrate(salt: Structure) -> None:
    substrate = next(face for face in faces(salt, 1, 7.0) if face.plane == (1, 0, 0))
    film = next(f for f in faces(prototype("Na").structure(), 1, 8.0) if f.plane == (1, 0, 0))
    best = min(matches(film, substrate, 100.0, 0.08), key=lambda match: match.atoms)
    # Square on square: sodium's 4.29 Å on 5.64/√2 = 3.99 Å.
    assert best.strain == pytest.approx(1 - SALT_A / np.sqrt(2) / film.vectors_a[0, 0], abs=1e-6)
    assert best.film.vectors_a == pytest.approx(best.substrate.vectors_a)
    side = np.linalg.norm(substrate.vectors_a[0])
    assert np.linalg.norm(best.film_cell_a, axis=1) == pytest.approx([side, side])


def test_no_match_beyond_the_limits(salt: Structure) -> None:
    substrate = next(face for face in faces(salt, 1, 7.0) if face.plane == (1, 0, 0))
    film = next(f for f in faces(prototype("Na").structure(), 1, 8.0) if f.plane == (1, 0, 0))
    found = list(matches(film, substrate, 150.0, 0.05))
    assert all(m.strain <= 0.05 and m.substrate.area_a2 < 150 for m in found)
    assert not list(matches(film, substrate, 20.0, 0.01))
