"""Crystal structures that simulations start from: lattice and Wyckoff sites, with sources."""

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.columns import parse_cell
from maiscreen.models.crystals.symmetry import silence_spglib

if TYPE_CHECKING:
    # Imported where a structure is built: whoever asks what there is needs none of it.
    from pymatgen.core.structure import Structure
    from pymatgen.symmetry.groups import SpaceGroup

KINDS = ("salt", "element", "compound")
"""NaX, a reference of formation energies, a compound of sodium with a metal or metalloid."""

COORDINATES = ("symmetry", "source", "type", "built", "searched")
"""Where free coordinates come from; the head of data/prototypes.toml explains each."""

_SITE = re.compile(r"([A-Z][a-z]?) (\d+)([a-zA-Z]) (\S+) (\S+) (\S+)")
_ROUNDING = 1e-6  # far above last bits, far below the digits of coordinates
_TOLERANCE = 1e-3  # fractions of a cell: coordinates such as 0.333333 are rounded


@dataclass(frozen=True, slots=True)
class Site:
    """An occupied Wyckoff position.

    Attributes
    ----------
    element : str
        Its symbol.
    multiplicity : int
        Atoms of the position in the conventional cell.
    letter : str
        Wyckoff letter.
    position : tuple of float
        One of its points, fractions of the conventional cell.
    """

    element: str
    multiplicity: int
    letter: str
    position: tuple[float, float, float]

    @classmethod
    def from_text(cls, text: str) -> "Site":
        """Read a site as the table writes it.

        Raises
        ------
        ValueError
            If it is not written so.

        Examples
        --------
        >>> Site.from_text("Sn 16c 0.208 0.208 0.208").multiplicity
        16
        """
        match = _SITE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a site such as 'Sn 16c 0.208 0.208 0.208'")
        element, multiplicity, letter, x, y, z = match.groups()
        return cls(element, int(multiplicity), letter, (float(x), float(y), float(z)))


@dataclass(frozen=True, slots=True)
class Prototype:
    """A crystal structure by its lattice and Wyckoff sites.

    Attributes
    ----------
    formula, kind : str
        Reduced formula, sodium first; one of :data:`KINDS`.
    structure_type, pearson, space_group : str
        Name of the type, Pearson symbol, Hermann–Mauguin symbol.
    lattice : tuple of float
        a, b, c in Å and α, β, γ in degrees, of the conventional cell.
    sites : tuple of Site
        Occupied positions.
    coordinates : str
        One of :data:`COORDINATES`.
    lattice_measured : bool
        Whether the lattice is an experiment's.
    source : str
        Where lattice and sites come from.
    source_checked : bool
        False where quoted from memory.
    cell, snapshot : str
        Of a structure from a snapshot: pymatgen's JSON of it in the place of lattice and sites, and
        the folder of the snapshot; empty for those of the table.
    """

    formula: str
    kind: str
    structure_type: str
    pearson: str
    space_group: str
    lattice: tuple[float, float, float, float, float, float]
    sites: tuple[Site, ...]
    coordinates: str
    lattice_measured: bool
    source: str
    source_checked: bool
    cell: str = ""
    snapshot: str = ""

    @property
    def digest(self) -> str:
        """Short hash of the crystal: labels that name another one are to be made again."""
        sites = [(s.element, s.multiplicity, s.letter, *s.position) for s in self.sites]
        content = self.cell or json.dumps([self.space_group, self.lattice, sites])
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @property
    def space_group_number(self) -> int:
        """Number of the space group in the International Tables.

        Examples
        --------
        >>> prototype("NaCl").space_group_number
        225
        """
        return int(_group(self.space_group).int_number)

    @property
    def atoms_per_cell(self) -> int:
        """Atoms of the conventional cell, from the multiplicities."""
        if self.cell:
            return len(self.conventional())
        return sum(site.multiplicity for site in self.sites)

    @property
    def volume_a3_atom(self) -> float:
        """Volume that the lattice gives, Å3/atom.

        Examples
        --------
        >>> round(prototype("NaCl").volume_a3_atom, 2)
        22.42
        """
        from pymatgen.core.lattice import Lattice

        return float(Lattice.from_parameters(*self.lattice).volume) / self.atoms_per_cell

    def conventional(self) -> "Structure":
        """Return the conventional cell.

        Raises
        ------
        ValueError
            If the sites do not fill the cell as their multiplicities say.
        """
        from pymatgen.core.lattice import Lattice
        from pymatgen.core.structure import Structure

        if self.cell:
            structure = parse_cell(self.cell)
            if structure is None:
                raise InputError("snapshot", self.formula, "has no structure that can be read")
            return structure
        orbits = [orbit(self.space_group, site.position) for site in self.sites]
        elements = [
            site.element for site, images in zip(self.sites, orbits, strict=True) for _ in images
        ]
        if len(elements) != self.atoms_per_cell:
            raise ValueError(
                f"{self.formula}: {len(elements)} atoms, not {self.atoms_per_cell}: "
                "a position that does not belong to its Wyckoff letter"
            )
        return Structure(Lattice.from_parameters(*self.lattice), elements, np.concatenate(orbits))

    def structure(self) -> "Structure":
        """Return the primitive cell.

        Examples
        --------
        >>> len(prototype("NaCl").structure())
        2
        """
        from pymatgen.core.structure import Structure
        from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

        with silence_spglib():
            analyzer = SpacegroupAnalyzer(self.conventional(), symprec=0.01)
            found: Structure = analyzer.get_primitive_standard_structure()
        return Structure(found.lattice, found.species, folded(found.frac_coords))


def folded(fractions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring fractions of a cell into it, any shape; what is 1 but for its last bits becomes 0.

    Examples
    --------
    >>> abs(folded(np.array([-0.25, 1 - 1e-12]))).round(6).tolist()
    [0.75, 0.0]
    """
    return np.asarray(fractions - np.floor(fractions + _ROUNDING))


@cache
def _group(space_group: str) -> "SpaceGroup":
    # Kept: a group of 192 operations takes half a second to build.
    from pymatgen.symmetry.groups import SpaceGroup

    return SpaceGroup(space_group)


@cache
def operations(space_group: str) -> NDArray[np.float64]:
    """Return the operations of a space group on fractions of the conventional cell.

    Parameters
    ----------
    space_group : str
        Hermann–Mauguin symbol.

    Returns
    -------
    NDArray
        Affine matrices, shape (n, 4, 4), without the translations of the lattice.
    """
    return np.array([operation.affine_matrix for operation in _group(space_group).symmetry_ops])


def orbit(space_group: str, position: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the distinct images of a point in the conventional cell.

    Parameters
    ----------
    space_group : str
        Hermann–Mauguin symbol.
    position : tuple of float
        Fractions of the conventional cell.

    Returns
    -------
    NDArray
        Shape (multiplicity, 3), fractions of the conventional cell, the point itself first.

    Examples
    --------
    >>> len(orbit("Im-3m", (0.0, 0.0, 0.0)))
    2
    """
    images = folded((operations(space_group) @ [*position, 1.0])[:, :3])
    apart = np.abs((images[:, None] - images[None] + 0.5) % 1.0 - 0.5)
    first = (apart < _TOLERANCE).all(axis=2).argmax(axis=1)
    return np.asarray(images[np.unique(first)], dtype=np.float64)


def _read(entry: Mapping[str, Any]) -> Prototype:
    """Return one entry of the table, checked.

    Raises
    ------
    ValueError
        If the sites contradict the formula or a word is not of its list.
    """
    sites = tuple(Site.from_text(text) for text in entry["sites"])
    crystal = Prototype(**{**entry, "sites": sites, "lattice": tuple(entry["lattice"])})
    if crystal.kind not in KINDS or crystal.coordinates not in COORDINATES:
        raise ValueError(f"{crystal.formula}: unknown kind or origin of coordinates")
    counts: Counter[str] = Counter()
    for site in sites:
        counts[site.element] += site.multiplicity
    # From the table's own multiplicities; `conventional` compares them with the symmetry.
    formula = parse_formula(crystal.formula)
    units = {Fraction(counts[element], formula.get(element, 1)) for element in counts | formula}
    if len(units) > 1:
        raise ValueError(f"{crystal.formula}: the sites give {dict(counts)}")
    return crystal


@cache
def prototypes() -> tuple[Prototype, ...]:
    """Return the whole table, in its order: salts, elements, compounds.

    Examples
    --------
    >>> [entry.formula for entry in prototypes()[:4]]
    ['NaF', 'NaCl', 'NaBr', 'NaI']
    """
    text = files("maiscreen.models").joinpath("data", "prototypes.toml").read_text("utf-8")
    return tuple(_read(entry) for entry in tomllib.loads(text)["prototype"])


def prototype(formula: str) -> Prototype:
    """Return the structure of a salt, an element or a compound.

    Raises
    ------
    InputError
        If the table has none of that formula.

    Examples
    --------
    >>> prototype("Na15Sn4").pearson
    'cI76'
    """
    known = {entry.formula: entry for entry in prototypes()}
    if formula not in known:
        raise InputError("phase", formula, f"give one of {', '.join(known)}")
    return known[formula]
