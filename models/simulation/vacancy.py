"""Vacancies of the mobile element: relaxed once for each distinct site, mapped on the others."""

import io
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pymatgen.core.periodic_table import Element
from pymatgen.core.structure import Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

from maiscreen.models.crystals.network import Action, Pair, action
from maiscreen.models.crystals.percolation import Shift
from maiscreen.models.crystals.supercell import Supercell, supercell
from maiscreen.models.crystals.symmetry import silence_spglib
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation.band import Evaluator, Mirror

if TYPE_CHECKING:
    from ase import Atoms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SYMMETRY_A = 0.05
"""How far a relaxed structure may be from symmetric."""

FMAX_EV_A = 0.03
"""Forces left on the atoms around a relaxed vacancy."""

MAX_STEPS = 120

GOES = 4
"""How often so many steps are begun anew before a vacancy counts as one that does not relax: a
shallow valley takes LBFGS longer than its memory is good for. What relaxes at the first go is as it
was, so that the hash of a label's settings is that of before; what was given up before is known by
the version of its checks (:data:`maiscreen.models.simulation.checks.CHECKS`)."""

MOST_HELD = 4
"""Neighbours that are held one after the other where each would jump into the vacancy: in NaSi with
nequix two do."""

MAX_MOVE_A = 0.15
"""Farthest that an atom moves in a step: a first step from a perfect lattice overshoots."""


@dataclass(frozen=True)
class Host:
    """The crystal that the vacancies are made in.

    Attributes
    ----------
    mobile : int
        How many sites of the small cell hold the mobile element; they come first.
    numbers : Ints
        Atomic numbers of the supercell's atoms, shape (k,).
    cell : Supercell
        Site by site, as `numbers` has them.
    acting : Action
        The space group on all sites of the small cell.
    energy_ev : float
        Of the supercell without a vacancy.
    """

    mobile: int
    numbers: Ints
    cell: Supercell
    acting: Action
    energy_ev: float


@dataclass(frozen=True, slots=True, eq=False)
class Vacancy:
    """A relaxed vacancy.

    Attributes
    ----------
    site : int
        Which site is empty.
    energy_ev : float
        Of the supercell with it.
    displacements_a : Floats
        Of every atom of the supercell from its site, shape (k, 3); zero for the empty site.
    change_ev : float
        Estimate of how much the energy would still have moved.
    healed_by : int or None
        The site whose atom jumped into the vacancy by itself, if one did; the vacancy was then
        relaxed anew with that atom held (and the next that did so), and is no minimum.
    strays : int
        Atoms that came to lie nearer to another site of their element than to their own.
    """

    site: int
    energy_ev: float
    displacements_a: Floats
    change_ev: float
    healed_by: int | None
    strays: int = 0

    @property
    def largest_move_a(self) -> float:
        """The farthest that an atom moved from its site, Å."""
        return float(np.linalg.norm(self.displacements_a, axis=1).max())


def build_host(structure: Structure, potential: Evaluator, mobile: str) -> Host:
    """Build the supercell of a relaxed structure, with its symmetry.

    Raises
    ------
    SimulationError
        If the structure does not hold the element.
    """
    here = [site.specie.symbol == mobile for site in structure]
    if not any(here):
        raise SimulationError(f"holds no {Element(mobile).long_name.lower()}")
    ordered = Structure.from_sites(sorted(structure, key=lambda s: s.specie.symbol != mobile))
    rotations, translations = symmetry(ordered)
    lattice, fractions = ordered.lattice.matrix, ordered.frac_coords
    cell = supercell(fractions, lattice, rotations)
    numbers = np.repeat(np.array(ordered.atomic_numbers), cell.copies)
    acting = action(fractions, lattice, rotations, translations)
    [whole] = potential.evaluate([supercell_atoms(numbers, cell, cell.positions_a)])
    return Host(sum(here), numbers, cell, acting, whole.energy_ev)


def symmetry(structure: Structure) -> tuple[Ints, Floats]:
    """Return the operations x' = W x + w of the space group on fractional coordinates.

    Returns
    -------
    tuple[Ints, Floats]
        W, shape (k, 3, 3), and w, shape (k, 3).
    """
    with silence_spglib():
        operations = SpacegroupAnalyzer(structure, SYMMETRY_A).get_symmetry_operations()
    rotations = np.rint([operation.rotation_matrix for operation in operations])
    return rotations.astype(np.int64), np.array([o.translation_vector for o in operations])


def supercell_atoms(numbers: Ints, cell: Supercell, positions_a: Floats) -> "Atoms":
    """Hand the atoms in the supercell to ASE."""
    from ase import Atoms

    return Atoms(numbers, positions_a, cell=cell.cell_a, pbc=True)


def relax_vacancy(crystal: Host, site: int, potential: Evaluator) -> Vacancy:
    """Relax the vacancy at a site, in the cell of the perfect crystal.

    Raises
    ------
    SimulationError
        If the forces do not vanish within the steps allowed.
    """
    held: list[int] = []
    relaxed = _relax_vacancy(crystal, site, potential, held)
    while len(held) < MOST_HELD:
        healer = _healer(crystal, site, relaxed.displacements_a)
        if healer is None or healer in held:
            break
        held.append(healer)
        relaxed = _relax_vacancy(crystal, site, potential, held)
    if not held:
        return relaxed
    return replace(relaxed, healed_by=int(crystal.cell.members()[0][held[0]]))


def _relax_vacancy(crystal: Host, site: int, potential: Evaluator, held: Sequence[int]) -> Vacancy:
    from ase.constraints import FixAtoms

    empty = site * crystal.cell.copies
    rest = np.delete(np.arange(len(crystal.numbers)), empty)
    start_a = crystal.cell.positions_a[rest]
    moving = supercell_atoms(crystal.numbers[rest], crystal.cell, start_a)
    moving.calc = potential.calculator
    if held:
        moving.set_constraint(FixAtoms(np.flatnonzero(np.isin(rest, held)).tolist()))
    left_ev = _descend(moving, f"the vacancy at site {site}")
    displacements_a = np.zeros((len(crystal.numbers), 3))
    displacements_a[rest] = moving.positions - start_a
    strays = count_strays(crystal.numbers, crystal.cell, displacements_a)
    energy_ev = float(moving.get_potential_energy())
    return Vacancy(site, energy_ev, displacements_a, left_ev, None, strays)


def count_strays(numbers: Ints, cell: Supercell, displacements_a: Floats) -> int:
    """Count the atoms that are nearer to another site of their element than to their own.

    That is what leaving a site means, however far an atom had to go: in NaSi an atom moves 0.9 Å
    towards a vacancy and is still 2.7 Å from it, with every Si4 whole.

    Parameters
    ----------
    numbers : Ints
        Atomic numbers, shape (k,).
    cell : Supercell
        With the sites, the vacant one among them.
    displacements_a : Floats
        From the sites, shape (k, 3).
    """
    back = np.linalg.inv(cell.cell_a)
    strays = 0
    for number in np.unique(numbers):
        own = numbers == number
        sites, moved = cell.positions_a[own], displacements_a[own]
        apart = (sites[:, None] + moved[:, None] - sites[None]) @ back
        distance = np.linalg.norm((apart - np.rint(apart)) @ cell.cell_a, axis=2)
        np.fill_diagonal(distance, np.inf)
        strays += int((distance.min(axis=1) < np.linalg.norm(moved, axis=1)).sum())
    return strays


def _descend(moving: "Atoms", what: str) -> float:
    """Relax atoms, and estimate how much energy they would still lose, eV."""
    from ase.optimize import LBFGS

    seen = deque[tuple[Floats, Floats]](maxlen=2)
    for _ in range(GOES):
        with LBFGS(moving, logfile=io.StringIO(), maxstep=MAX_MOVE_A) as optimizer:
            for _ in optimizer.irun(fmax=0.0, steps=MAX_STEPS):
                seen.append((moving.get_positions(), moving.get_forces()))
                largest = float(np.linalg.norm(seen[-1][1], axis=1).max())
                if len(seen) == 2 and largest < FMAX_EV_A:
                    return harmonic_left_ev(*seen)
        seen.clear()
    raise SimulationError(f"{what}: {largest:.3f} eV/Å left after {GOES * MAX_STEPS} steps")


def harmonic_left_ev(before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> float:
    """Estimate the energy above the minimum from the last step of a relaxation.

    |F|²/2κ, as if every direction were as stiff as κ, the change of the forces over the step.

    Parameters
    ----------
    before, after : tuple[Floats, Floats]
        Positions, Å, and forces, eV/Å, each of shape (n, 3).

    Examples
    --------
    A spring of 2 eV/Å² drawn to 3 Å and let back to 1 Å holds 1 eV:

    >>> far, near = np.array([[3.0, 0, 0]]), np.array([[1.0, 0, 0]])
    >>> harmonic_left_ev((far, -2 * far), (near, -2 * near))
    1.0
    """
    step_a = float(np.linalg.norm(after[0] - before[0]))
    change_ev_a = float(np.linalg.norm(after[1] - before[1]))
    if not change_ev_a:
        return 0.0  # nothing pulls
    return float(np.sum(after[1] ** 2)) * step_a / (2 * change_ev_a)


def _healer(crystal: Host, site: int, displacements_a: Floats) -> int | None:
    """Return the atom that moved into the vacancy: nearer to it than to its own site."""
    cell = crystal.cell
    place_a = cell.positions_a[site * cell.copies]
    apart = (cell.positions_a + displacements_a - place_a) @ np.linalg.inv(cell.cell_a)
    distance_a = np.linalg.norm((apart - np.rint(apart)) @ cell.cell_a, axis=1)
    distance_a[site * cell.copies] = np.inf
    nearest = int(distance_a.argmin())
    moved_a = float(np.linalg.norm(displacements_a[nearest]))
    return nearest if distance_a[nearest] < moved_a else None


def map_vacancy(crystal: Host, known: Vacancy, site: int) -> Vacancy:
    """Map a relaxed vacancy on another site of its orbit."""
    operation = int(np.flatnonzero(crystal.acting.images[:, known.site] == site)[0])
    back = -crystal.acting.shifts[operation, known.site]
    displacements_a = np.empty_like(known.displacements_a)
    target = crystal.cell.permutation(crystal.acting, operation, back)
    rotation = crystal.cell.rotation(crystal.acting, operation)
    displacements_a[target] = known.displacements_a @ rotation.T
    return replace(known, site=site, displacements_a=displacements_a)


@dataclass(frozen=True, slots=True, eq=False)
class HopEnds:
    """The two ends of a hop, atom by atom the same; the first atom is the one that hops.

    The vacancy goes from the start of the pair to its end, the atom from the end to the start.
    """

    start: "Atoms"
    end: "Atoms"
    mirror: Mirror | None


def hop_ends(crystal: Host, pair: Pair, first: Vacancy, second: Vacancy) -> HopEnds:
    """Lay out the two ends of a hop from the vacancies at its two sites.

    Raises
    ------
    SimulationError
        If the supercell is so small that both sites are the same in it.
    """
    cell, (i, j, shift) = crystal.cell, pair
    here, there = i * cell.copies, int(cell.index(np.array([j]), np.array([shift]))[0])
    if here == there:
        raise SimulationError("a hop ends at the image of its start: the supercell is too small")
    others = np.delete(np.arange(len(crystal.numbers)), [here, there])
    carried = _transfer_displacements(cell, second.displacements_a, shift)
    positions_a = cell.positions_a[others]
    start_a = np.vstack(
        [
            cell.place_a(j, shift) + first.displacements_a[there],
            positions_a + first.displacements_a[others],
        ]
    )
    end_a = np.vstack([cell.place_a(i, (0, 0, 0)) + carried[here], positions_a + carried[others]])
    numbers = crystal.numbers[[there, *others]]
    mirror = _mirror(crystal, pair, others)
    if mirror is not None:
        end_a = mirror.positions(start_a)
    return HopEnds(
        supercell_atoms(numbers, cell, start_a), supercell_atoms(numbers, cell, end_a), mirror
    )


def _transfer_displacements(cell: Supercell, displacements_a: Floats, shift: Shift) -> Floats:
    """Return the displacements around a vacancy that lies in another small cell."""
    sites, shifts = cell.members()
    carried = np.empty_like(displacements_a)
    carried[cell.index(sites, shifts + np.array(shift))] = displacements_a
    return carried


def _mirror(crystal: Host, pair: Pair, others: Ints) -> Mirror | None:
    """Find an operation that swaps the two sites of a hop."""
    (i, j, shift), acting, cell = pair, crystal.acting, crystal.cell
    r, onto = np.array(shift), acting.shifts
    back = r - onto[:, i]
    returns = ~(onto[:, j] + acting.rotations @ r + back).any(axis=1)
    swaps = (acting.images[:, i] == j) & (acting.images[:, j] == i) & returns
    if not swaps.any():
        return None
    operation = int(np.flatnonzero(swaps)[0])
    number = {int(atom): k + 1 for k, atom in enumerate(others)}
    target = cell.permutation(acting, operation, back[operation])
    partner = np.array([0, *(number[int(target[atom])] for atom in others)])
    middle_a = (cell.place_a(i, (0, 0, 0)) + cell.place_a(j, shift)) / 2
    fixed_a = np.vstack([middle_a, cell.positions_a[others]])
    return Mirror(cell.rotation(acting, operation), partner, fixed_a)
