"""Supercells that keep the symmetry of the crystal, and what its operations do to their atoms."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from pymatgen.core.lattice import Lattice

from maiscreen.candidates.rounding import half_up
from maiscreen.models.crystals.network import Action
from maiscreen.models.crystals.percolation import Shift

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDTH_A = 8.5
"""The least distance between opposite faces [judgement]: a vacancy and its images are then more
than two sodium–sodium distances apart."""

USUAL_ATOMS = 64
MOST_ATOMS = 100
"""The widest cell of up to 64 atoms that is wide enough; else the smallest one of up to 100 that
is; else the widest of up to 100 [judgement]."""


@dataclass(frozen=True)
class Supercell:
    """A repeat of a cell.

    Attributes
    ----------
    sites : Floats
        Fractional coordinates in the small cell, shape (n, 3).
    lattice : Floats
        Rows are vectors of the small cell, Å.
    matrix : Ints
        Rows are vectors of the supercell in those of the small cell, shape (3, 3).
    """

    sites: Floats
    lattice: Floats
    matrix: Ints

    @cached_property
    def cell_a(self) -> Floats:
        """Rows are vectors of the supercell, Å."""
        return np.asarray(self.matrix @ self.lattice)

    @property
    def width_a(self) -> float:
        """The least distance between opposite faces, Å."""
        return float(_widths_a(self.cell_a).min())

    @cached_property
    def _adjugate(self) -> Ints:
        # Cells T are the same in the supercell where T·adj(M) agrees modulo det(M).
        adjugate = np.linalg.inv(self.matrix) * np.linalg.det(self.matrix)
        return np.asarray(np.rint(adjugate), dtype=np.int64)

    @cached_property
    def copies(self) -> int:
        """How many small cells it holds."""
        return round(abs(float(np.linalg.det(self.matrix))))

    def _keys(self, shifts: Ints) -> Ints:
        return np.asarray((shifts @ self._adjugate) % self.copies)

    @cached_property
    def shifts(self) -> Ints:
        """The small cells that it holds, shape (copies, 3); the first is (0, 0, 0)."""
        corners = np.array(list(np.ndindex(2, 2, 2))) @ self.matrix
        low, high = corners.min(axis=0), corners.max(axis=0)
        box = np.stack(np.meshgrid(*map(np.arange, low, high + 1), indexing="ij"), -1)
        box = box.reshape(-1, 3)
        box = box[np.lexsort((*box.T, np.abs(box).sum(axis=1)))]
        _, first = np.unique(self._keys(box), axis=0, return_index=True)
        return np.asarray(box[np.sort(first)])

    @cached_property
    def _number(self) -> dict[tuple[int, ...], int]:
        return {tuple(key): number for number, key in enumerate(self._keys(self.shifts).tolist())}

    def index(self, sites: Ints, shifts: Ints) -> Ints:
        """Return the numbers of atoms from their sites, shape (k,), and cells, shape (k, 3)."""
        cells = [self._number[tuple(key)] for key in self._keys(shifts).tolist()]
        return np.asarray(sites * self.copies + np.array(cells))

    def members(self) -> tuple[Ints, Ints]:
        """Return site, shape (k,), and small cell, shape (k, 3), of each atom."""
        count = len(self.sites)
        return np.repeat(np.arange(count), self.copies), np.tile(self.shifts, (count, 1))

    @cached_property
    def positions_a(self) -> Floats:
        """Of all atoms, shape (k, 3), site by site."""
        sites, shifts = self.members()
        return np.asarray((self.sites[sites] + shifts) @ self.lattice)

    def place_a(self, site: int, shift: Shift) -> Floats:
        """Return the position of a site in a cell, Å, not folded back."""
        return np.asarray((self.sites[site] + np.array(shift)) @ self.lattice)

    def permutation(self, acting: Action, operation: int, shift: Ints) -> Ints:
        """Find which atom each atom becomes under an operation followed by a shift."""
        sites, shifts = self.members()
        moved = shifts @ acting.rotations[operation].T + acting.shifts[operation, sites] + shift
        return self.index(acting.images[operation, sites], moved)

    def rotation(self, acting: Action, operation: int) -> Floats:
        """Return the rotation of an operation on Cartesian columns, shape (3, 3)."""
        basis = self.lattice.T
        return np.asarray(basis @ acting.rotations[operation] @ np.linalg.inv(basis))


def _widths_a(cell_a: Floats) -> Floats:
    return np.asarray(1 / np.linalg.norm(np.linalg.inv(cell_a), axis=-2))


def _sublattices(index: int) -> Iterator[Ints]:
    """Yield all sublattices of an index, as Hermite normal forms."""
    for a in range(1, index + 1):
        if index % a:
            continue
        for b in range(1, index // a + 1):
            if (index // a) % b:
                continue
            c = index // a // b
            i, j, k = (grid.ravel() for grid in np.mgrid[:b, :c, :c])
            forms = np.zeros((len(i), 3, 3), dtype=np.int64)
            forms[:, [0, 1, 2], [0, 1, 2]] = a, b, c
            forms[:, 0, 1], forms[:, 0, 2], forms[:, 1, 2] = i, j, k
            yield forms


def symmetric_sublattices(rotations: Ints, index: int) -> Ints:
    """Return the sublattices of an index that every rotation keeps.

    Parameters
    ----------
    rotations : Ints
        On columns of fractional coordinates, shape (k, 3, 3).
    index : int
        How many small cells the supercell holds.

    Returns
    -------
    Ints
        Hermite normal forms whose rows are the vectors, shape (m, 3, 3).
    """
    kept = []
    for forms in _sublattices(index):
        inverse = np.linalg.inv(forms)
        for rotation in rotations:
            moved = forms @ rotation.T @ inverse
            same = np.abs(moved - np.rint(moved)).max(axis=(1, 2)) < 1e-6
            forms, inverse = forms[same], inverse[same]
        kept.append(forms)
    return np.concatenate(kept)


def _widest(matrix: Ints, lattice: Floats) -> Ints:
    """Choose the vectors of the same supercell, right-handed, that make the widest cell."""
    short_a = Lattice(matrix @ lattice).get_lll_reduced_lattice().matrix
    short = np.rint(short_a @ np.linalg.inv(lattice)).astype(np.int64)
    around = np.array(list(product((-1, 0, 1), repeat=3)))[14:] @ short  # one of each ± pair
    triples = around[np.array(list(combinations(range(len(around)), 3)))]
    volumes = np.rint(np.abs(np.linalg.det(triples)))
    triples = triples[volumes == round(abs(float(np.linalg.det(matrix))))]
    # Which short vectors there are first hangs on last bits, and so would which of equals stands.
    triples = _in_order(triples)
    widest = triples[half_up(_widths_a(triples @ lattice).min(axis=1), 6).argmax()]
    return np.asarray(widest * np.sign(np.linalg.det(widest)), dtype=np.int64)


def _in_order(triples: Ints) -> Ints:
    """Bring triples of vectors, shape (n, 3, 3), into an order of whole numbers alone."""
    lead = (triples != 0).argmax(axis=2)[..., None]
    triples = triples * np.sign(np.take_along_axis(triples, lead, axis=2))
    code = triples @ (_MOST_STEPS ** np.arange(2, -1, -1))
    rows = np.argsort(-code, axis=1)
    code, triples = (
        np.take_along_axis(code, rows, axis=1),
        np.take_along_axis(triples, rows[..., None], axis=1),
    )
    return np.asarray(triples[np.lexsort(-code.T[::-1])])


_MOST_STEPS = 1_000
"""No vector of a supercell has so many steps along one of the small cell."""


def supercell(sites: Floats, lattice: Floats, rotations: Ints) -> Supercell:
    """Choose the supercell for a vacancy: wide, of few atoms, and as symmetric as the crystal.

    Parameters
    ----------
    sites : Floats
        Fractional coordinates of all atoms, shape (n, 3).
    lattice : Floats
        Rows are lattice vectors, Å.
    rotations : Ints
        Of the space group, on columns of fractional coordinates, shape (k, 3, 3).
    """
    most = max(1, MOST_ATOMS // len(sites))
    cells = [
        Supercell(sites, lattice, _widest(matrix, lattice))
        for index in range(1, most + 1)
        for matrix in symmetric_sublattices(np.unique(rotations, axis=0), index)
    ]
    wide = [cell for cell in cells if half_up(cell.width_a, 6) >= WIDTH_A]
    usual = [cell for cell in wide if cell.copies * len(sites) <= USUAL_ATOMS]
    if wide and not usual:
        return min(wide, key=lambda cell: (cell.copies, -half_up(cell.width_a, 6)))
    return max(usual or cells, key=lambda cell: (half_up(cell.width_a, 3), -cell.copies))
