"""Lattice-matched slabs of two crystals, facing each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.crystals.symmetry import silence_spglib

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure
    from pymatgen.core.surface import Slab

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Plane = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A slab with its surface vectors in the plane z = 0, its lowest atom at z = 0.

    Attributes
    ----------
    plane : Plane
        Miller indices in the conventional cell.
    vectors_a : Floats
        Surface vectors, Å, shape (2, 2): the first along x, the second with y > 0.
    fractional : Floats
        Place of each atom in the plane, in units of the surface vectors, shape (n, 2).
    height_a : Floats
        Height of each atom, Å, shape (n,).
    symbols : tuple of str
        Element of each atom, n of them.
    """

    plane: Plane
    vectors_a: Floats
    fractional: Floats
    height_a: Floats
    symbols: tuple[str, ...]

    @property
    def area_a2(self) -> float:
        """Area of the cell, Å²."""
        return abs(float(np.linalg.det(self.vectors_a)))

    @property
    def thickness_a(self) -> float:
        """Distance of the outermost atoms, Å."""
        return float(self.height_a.max())


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Two faces in one cell, that of the substrate; the film is strained into it.

    Attributes
    ----------
    film, substrate : Face
        With the surface vectors of the substrate.
    film_cell_a : Floats
        The film's own surface vectors, strained as it is, Å, shape (2, 2).
    strain : float
        Largest principal strain of the film in its plane, as a magnitude.
    """

    film: Face
    substrate: Face
    film_cell_a: Floats
    strain: float

    @property
    def atoms(self) -> int:
        """Number of atoms of both slabs."""
        return len(self.film.symbols) + len(self.substrate.symbols)


def faces(structure: "Structure", max_index: int, min_thickness_a: float) -> Iterator[Face]:
    """Cut a crystal into slabs: every distinct low-index plane, every distinct termination.

    Slabs have the composition of the crystal.

    Parameters
    ----------
    structure : Structure
        Of the crystal, any cell.
    max_index : int
        Highest Miller index.
    min_thickness_a : float
        Least thickness, Å.
    """
    from pymatgen.core.surface import SlabGenerator, get_symmetrically_distinct_miller_indices
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    with silence_spglib():
        conventional = SpacegroupAnalyzer(structure, 0.01).get_conventional_standard_structure()
        for plane in get_symmetrically_distinct_miller_indices(conventional, max_index):
            maker = SlabGenerator(
                conventional, plane, min_thickness_a, 10.0, primitive=True, max_normal_search=1
            )
            for slab in maker.get_slabs(ftol=0.3):
                yield _face(slab, plane)


def _face(slab: "Slab", plane: Plane) -> Face:
    a, b = slab.lattice.matrix[:2]
    x = a / np.linalg.norm(a)
    z = np.cross(a, b)
    z = z / np.linalg.norm(z)
    axes = np.array([x, np.cross(z, x), z])
    vectors = (np.array([a, b]) @ axes.T)[:, :2]
    placed = slab.cart_coords @ axes.T
    height = placed[:, 2] - placed[:, 2].min()
    fractional = placed[:, :2] @ np.linalg.inv(vectors)
    return Face(plane, vectors, fractional, height, tuple(s.specie.symbol for s in slab))


def supercell(face: Face, matrix: Whole) -> Face:
    """Repeat a face over a larger cell whose vectors are ``matrix`` times its own.

    Parameters
    ----------
    face : Face
        What to repeat.
    matrix : Whole
        Shape (2, 2), a determinant other than 0.

    Examples
    --------
    >>> one = Face((0, 0, 1), np.eye(2) * 4.0, np.zeros((1, 2)), np.zeros(1), ("Na",))
    >>> len(supercell(one, np.array([[2, 1], [0, 3]])).symbols)
    6
    """
    reach = int(np.abs(matrix).sum()) + 1
    grid = np.arange(-reach, reach + 1)
    cells = np.array(np.meshgrid(grid, grid)).reshape(2, -1).T
    # An origin off the lattice, in no direction of it: no cell lies on the edge of the large one.
    inside = (cells + np.array([1e-4, 1e-4 * np.sqrt(2)])) @ np.linalg.inv(matrix)
    cells = cells[((inside >= 0) & (inside < 1)).all(axis=1)]
    places = (face.fractional[None, :, :] + cells[:, None, :]).reshape(-1, 2)
    vectors = matrix @ face.vectors_a
    count = len(cells)
    turned = _align_to_x(vectors)
    fractional = places @ np.linalg.inv(matrix)
    return Face(face.plane, turned, fractional, np.tile(face.height_a, count), face.symbols * count)


def _align_to_x(vectors: Floats) -> Floats:
    """Turn surface vectors so that the first lies along x."""
    x = vectors[0] / np.linalg.norm(vectors[0])
    axes = np.array([x, [-x[1], x[0]]])
    return np.asarray(vectors @ axes.T)


def matches(film: Face, substrate: Face, max_area_a2: float, max_strain: float) -> Iterator[Match]:
    """Find common cells of two faces by the method of Zur & McGill, J. Appl. Phys. 55, 378 (1984).

    Parameters
    ----------
    film, substrate : Face
        What is strained, and what is left as it is.
    max_area_a2 : float
        Largest area of the common cell, Å².
    max_strain : float
        Largest principal strain of the film.
    """
    from pymatgen.analysis.interfaces.zsl import ZSLGenerator

    finder = ZSLGenerator(  # type: ignore[no-untyped-call]
        max_area_ratio_tol=2 * max_strain,
        max_area=max_area_a2,
        max_length_tol=max_strain,
        max_angle_tol=max_strain,
    )
    for found in finder(_vectors_3d(film), _vectors_3d(substrate)):
        of_film = _matrix(found.film_sl_vectors, film)
        of_substrate = _matrix(found.substrate_sl_vectors, substrate)
        left = [
            np.linalg.det(m @ f.vectors_a) < 0
            for m, f in ((of_film, film), (of_substrate, substrate))
        ]
        if left[0] != left[1]:
            continue  # only the mirror image of one would fit
        turn = slice(None, None, -1 if left[0] else 1)
        yield from _within(film, substrate, of_film[turn], of_substrate[turn], max_strain)


def _within(
    film: Face, substrate: Face, of_film: Whole, of_substrate: Whole, max_strain: float
) -> Iterator[Match]:
    larger, common = supercell(film, of_film), supercell(substrate, of_substrate)
    strain = _strain(larger.vectors_a, common.vectors_a)
    if strain <= max_strain:
        strained = Face(
            film.plane, common.vectors_a, larger.fractional, larger.height_a, larger.symbols
        )
        own: Floats = np.linalg.inv(of_film) @ common.vectors_a
        yield Match(strained, common, own, strain)


def _vectors_3d(face: Face) -> list[list[float]]:
    return [[*vector, 0.0] for vector in face.vectors_a.tolist()]


def _matrix(vectors: object, face: Face) -> Whole:
    """Write the vectors of a large cell as whole multiples of those of the face."""
    plane = np.asarray(vectors, dtype=np.float64)[:, :2]
    return np.rint(plane @ np.linalg.inv(face.vectors_a)).astype(np.int64)


def _strain(film: Floats, common: Floats) -> float:
    """Largest magnitude of a principal stretch less one."""
    stretch = np.linalg.svd(np.linalg.solve(film, common), compute_uv=False)
    return float(np.abs(stretch - 1).max())
