"""Crystal structures for made-up documents: real ones where a prototype is known."""

from functools import cache
from itertools import product
from math import ceil, sqrt
from typing import Any

import numpy as np
import spglib
from numpy.typing import NDArray
from pymatgen.core.composition import Composition
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.models.crystals.prototypes import Prototype, prototypes
from maiscreen.models.crystals.symmetry import silence_spglib

BONDS_A = {"CCl4": 1.77, "SiCl4": 2.02, "TiCl4": 2.17, "GeCl4": 2.11, "SnCl4": 2.28, "SiF4": 1.55}
"""M–X in tetrahedral molecules, Å."""

_TETRAHEDRON = np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]) / sqrt(3)


def structure(formula: str, volume_a3_atom: float) -> Structure:
    """Give a cell of a composition: a prototype, a molecule in a box or atoms on a grid.

    Parameters
    ----------
    formula : str
        Any formula; elements in any order.
    volume_a3_atom : float
        Volume that the cell is scaled to, Å3/atom.
    """
    composition = Composition(formula).reduced_composition
    known = _prototypes().get(composition)
    if known is not None:
        found = _conventional(known)
    elif composition.reduced_formula in BONDS_A:
        found = _molecule(composition, volume_a3_atom)
    else:
        found = _grid(composition)
    return found.scale_lattice(volume_a3_atom * len(found))


def space_group(formula: str) -> tuple[str, int] | None:
    """Give symbol and number of the space group of a prototype; None for made-up cells."""
    known = _prototypes().get(Composition(formula).reduced_composition)
    if known is None:
        return None
    return known.space_group, _halls()[known.space_group][1]


@cache
def _prototypes() -> dict[Composition, Prototype]:
    return {Composition(entry.formula).reduced_composition: entry for entry in prototypes()}


@cache
def _halls() -> dict[str, tuple[int, int]]:
    """Hall number and number of a group by its symbol.

    Of several settings the first: origin choice 1, hexagonal axes, unique axis b.
    """
    halls: dict[str, tuple[int, int]] = {}
    with silence_spglib():
        for hall in range(1, 531):
            group: Any = spglib.get_spacegroup_type(hall)
            halls.setdefault(group.international_short, (hall, group.number))
    return halls


def _conventional(known: Prototype) -> Structure:
    """The conventional cell, its orbits from spglib's tables and not from the project's code."""
    hall, _ = _halls()[known.space_group]
    with silence_spglib():
        symmetry: Any = spglib.get_symmetry_from_database(hall)
    species, coordinates = [], []
    for site in known.sites:
        images = symmetry["rotations"] @ np.array(site.position) + symmetry["translations"]
        distinct = _distinct(images % 1.0)
        species += [site.element] * len(distinct)
        coordinates.append(distinct)
    if len(species) != known.atoms_per_cell:
        raise AssertionError(f"{known.formula}: {len(species)} atoms of {known.atoms_per_cell}")
    return Structure(Lattice.from_parameters(*known.lattice), species, np.concatenate(coordinates))


def _distinct(points: NDArray[np.float64]) -> NDArray[np.float64]:
    apart = np.abs((points[:, None] - points[None] + 0.5) % 1.0 - 0.5)
    first = np.unique((apart < 1e-3).all(axis=2).argmax(axis=1))
    return np.asarray(points[first], dtype=np.float64)


def _molecule(composition: Composition, volume_a3_atom: float) -> Structure:
    formula = composition.reduced_formula
    metal, halogen = (element.symbol for element in Composition(formula))
    cell = Lattice.cubic((5 * volume_a3_atom) ** (1 / 3))
    points = np.concatenate([np.zeros((1, 3)), BONDS_A[formula] * _TETRAHEDRON])
    return Structure(cell, [metal, *[halogen] * 4], points, coords_are_cartesian=True)


def _grid(composition: Composition) -> Structure:
    """Atoms on a primitive cubic grid, elements in turn; not real, but nothing overlaps."""
    atoms = int(composition.num_atoms)
    a = ceil(atoms ** (1 / 3) - 1e-9)
    b = ceil(sqrt(atoms / a) - 1e-9)
    c = ceil(atoms / (a * b))
    points = np.array([*product(range(a), range(b), range(c))][:atoms])
    species = [el.symbol for el, count in composition.items() for _ in range(int(count))]
    turn = np.argsort([(i * 0.6180339887498949) % 1 for i in range(atoms)], kind="stable")
    cell = Lattice.orthorhombic(3.0 * a, 3.0 * b, 3.0 * c)
    return Structure(cell, [species[i] for i in turn], (points + 0.5) / (a, b, c))
