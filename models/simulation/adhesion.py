"""Work of adhesion between sodium and a phase: relaxed, lattice-matched slabs."""

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import half_up
from maiscreen.models.crystals.slabs import Face, Match, Plane, faces, matches
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation.potential import Potential, to_atoms, to_structure
from maiscreen.models.simulation.relax import check_sane

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

Floats = NDArray[np.float64]

EV_A2_TO_J_M2 = 16.021766
"""J/m² in an eV/Å²."""


@dataclass(frozen=True, slots=True)
class AdhesionSettings:
    """How the work of adhesion is computed.

    Attributes
    ----------
    max_index : int
        Highest Miller index of the phase's faces.
    phase_thickness_a, sodium_thickness_a : float
        Least thickness of the slabs, Å.
    max_area_a2, max_strain, max_atoms : float
        Of the common cell.
    natural : float
        Faces that cost up to so many times the cheapest cut count as natural.
    gaps_a : tuple of float
        Distances of the slabs tried before relaxation, Å.
    shifts : int
        Lateral positions tried along each vector of the sodium's own surface cell.
    vacuum_a : float
        Å.
    settled_j_m2, window, max_steps : float
        The ions of a slab are relaxed, in a cell that keeps its shape, until the energy falls by
        less than this, for each area, in so many steps. (Sodium is so soft that a small force
        still means a long way: with forces below 0.05 eV/Å, NaCl lacks 0.04 J/m².)
    """

    max_index: int = 1
    phase_thickness_a: float = 7.0
    sodium_thickness_a: float = 8.0
    max_area_a2: float = 180.0
    max_strain: float = 0.07
    max_atoms: int = 120
    natural: float = 1.25
    gaps_a: tuple[float, ...] = (2.0, 2.5, 3.0)
    shifts: int = 3
    vacuum_a: float = 12.0
    settled_j_m2: float = 0.003
    window: int = 15
    max_steps: int = 150


SETTINGS = AdhesionSettings()
"""The settings of all labels."""

_NO_FORCE_EV_A = 2e-3
"""Below this there is nothing left to relax, eV/Å."""

_SODIUM_PLANES: tuple[Plane, ...] = ((1, 1, 0), (1, 0, 0))
"""Faces of bcc sodium: its closest-packed one first."""


@dataclass(frozen=True, slots=True)
class Adhesion:
    """Work of adhesion and how it was found.

    Attributes
    ----------
    work_j_m2 : float
        Energy to part the slabs, J/m².
    std_j_m2 : float
        Numerical error: what the energies still fell in the last steps of the relaxations.
    area_a2, strain, atoms, steps : float
        Of the common cell; largest strain of the sodium; atoms; steps of the relaxation.
    plane, sodium_plane : Plane
        The faces.
    cleavage_j_m2 : float
        Energy to cut the phase along its face, unrelaxed, for each area of cut, J/m².
    """

    work_j_m2: float
    std_j_m2: float
    area_a2: float
    strain: float
    atoms: int
    steps: int
    plane: Plane
    sodium_plane: Plane
    cleavage_j_m2: float


def compute_adhesion(
    structure: "Structure",
    sodium: "Structure",
    potential: Potential,
    settings: AdhesionSettings = SETTINGS,
) -> Adhesion:
    """Compute the work of adhesion of sodium on a phase, J/m².

    W = (E_Na + E_phase − E_both) / A, where all three are relaxed in the same cell: that of the
    phase's face, with the sodium strained into it. So the strain is in E_Na as in E_both and drops
    out of W. The face is a natural one, that costs hardly more to cut than the cheapest, and of
    those the one with the smallest common cell; sodium lies on one side of it.

    Parameters
    ----------
    structure, sodium : Structure
        The phase and bcc sodium, both relaxed with the same potential.
    potential : Potential
        Of the energies.
    settings : AdhesionSettings
        Slabs, matches, relaxation.

    Raises
    ------
    SimulationError
        If no face matches, or a relaxation does not end.
    """
    match, cleavage = _match(structure, sodium, potential, settings)
    start = _start(match, potential, settings)
    count, area = len(match.substrate.symbols), match.substrate.area_a2
    both, phase, film = (
        _settle(part, area, potential, settings) for part in (start, start[:count], start[count:])
    )
    return Adhesion(
        (phase.energy_j_m2 + film.energy_j_m2 - both.energy_j_m2),
        both.fall_j_m2 + phase.fall_j_m2 + film.fall_j_m2,
        area,
        match.strain,
        match.atoms,
        both.steps,
        match.substrate.plane,
        match.film.plane,
        cleavage,
    )


@dataclass(frozen=True, slots=True)
class _SettledSlab:
    energy_j_m2: float
    fall_j_m2: float
    steps: int


def _settle(
    atoms: Any, area_a2: float, potential: Potential, settings: AdhesionSettings
) -> _SettledSlab:
    """Relax the ions of a slab until its energy no longer falls."""
    from ase.optimize import LBFGS

    atoms = atoms.copy()
    atoms.calc = potential.calculator
    energies: list[float] = []
    fall = 0.0
    for _ in LBFGS(atoms, logfile=None).irun(fmax=_NO_FORCE_EV_A, steps=settings.max_steps):
        energies.append(float(atoms.get_potential_energy()) / area_a2 * EV_A2_TO_J_M2)
        fall = energies[max(0, len(energies) - 1 - settings.window)] - energies[-1]
        if len(energies) > settings.window and fall < settings.settled_j_m2:
            break
    if len(energies) > settings.max_steps:
        raise SimulationError(
            f"slabs not settled after {settings.max_steps} steps: "
            f"still {fall:.3f} J/m2 in the last {settings.window}"
        )
    if np.linalg.norm(atoms.get_forces(), axis=1).max() <= _NO_FORCE_EV_A:
        fall = 0.0
    structure = to_structure(atoms)
    check_sane(structure, structure.volume)
    return _SettledSlab(energies[-1], max(fall, 0.0), len(energies) - 1)


def _match(
    structure: "Structure", sodium: "Structure", potential: Potential, settings: AdhesionSettings
) -> tuple[Match, float]:
    """Find the face that costs least to cut and matches sodium; give its match and that cost."""
    films = [
        face
        for face in faces(sodium, 1, settings.sodium_thickness_a)
        if face.plane in _SODIUM_PLANES
    ]
    films.sort(key=lambda face: _SODIUM_PLANES.index(face.plane))
    cut = list(faces(structure, settings.max_index, settings.phase_thickness_a))
    cut = [face for face in cut if len(face.symbols) <= settings.max_atoms]
    costs = _cleavage_j_m2(cut, structure, potential, settings)
    order = np.argsort(half_up(costs, 6), kind="stable").tolist()
    natural = [i for i in order if costs[i] <= settings.natural * costs[order[0]]]
    for group in (natural, *([i] for i in order[len(natural) :])):
        fits = [
            (fit, float(costs[i]))
            for i, film in product(group, films)
            if (fit := _smallest(film, cut[i], settings)) is not None
        ]
        if fits:
            return min(fits, key=lambda fit: fit[0].atoms)
    limits = f"{settings.max_area_a2:.0f} Å2, {settings.max_atoms} atoms"
    raise SimulationError(
        f"no face matches sodium within {settings.max_strain:.0%} strain, {limits}"
    )


def _cleavage_j_m2(
    cut: list[Face], structure: "Structure", potential: Potential, settings: AdhesionSettings
) -> Floats:
    bulk = potential.evaluate([to_atoms(structure)])[0].energy_ev / len(structure)
    slabs = potential.evaluate([_slab(face, settings.vacuum_a) for face in cut])
    excess = [
        (slab.energy_ev - bulk * len(face.symbols)) / (2 * face.area_a2)
        for face, slab in zip(cut, slabs, strict=True)
    ]
    return 2 * np.array(excess) * EV_A2_TO_J_M2


def _smallest(film: Face, face: Face, settings: AdhesionSettings) -> Match | None:
    """Return the match of fewest atoms; of equals the one with the least strain."""
    found = matches(film, face, settings.max_area_a2, settings.max_strain)
    within = [match for match in found if match.atoms <= settings.max_atoms]
    return min(within, key=lambda match: (match.atoms, half_up(match.strain, 9)), default=None)


def _start(match: Match, potential: Potential, settings: AdhesionSettings) -> Any:
    """Lay the sodium onto the phase where the unrelaxed energy is least."""
    gaps = [_both(match, gap, np.zeros(2), settings.vacuum_a) for gap in settings.gaps_a]
    gap = settings.gaps_a[_lowest(gaps, potential)]
    steps = np.arange(settings.shifts) / settings.shifts
    # Shifts over the sodium's own surface cell: further ones repeat its registry.
    own = np.linalg.solve(match.film.vectors_a.T, match.film_cell_a.T).T
    shifts = [np.array(shift) @ own for shift in product(steps, steps)]
    tries = [_both(match, gap, shift, settings.vacuum_a) for shift in shifts]
    return tries[_lowest(tries, potential)]


def _lowest(tries: list[Any], potential: Potential) -> int:
    energies_ev = np.array([found.energy_ev for found in potential.evaluate(tries)])
    return int(np.argmin(half_up(energies_ev, 6)))


def _both(match: Match, gap_a: float, shift: Floats, vacuum_a: float) -> Any:
    lower = _slab(match.substrate, vacuum_a)
    upper = match.film
    cell = lower.cell.array.copy()
    top = match.substrate.thickness_a
    cell[2, 2] = top + gap_a + upper.thickness_a + vacuum_a
    place = (upper.fractional + shift) @ upper.vectors_a
    lower.set_cell(cell)
    return lower + _atoms(upper.symbols, place, upper.height_a + top + gap_a, cell)


def _slab(face: Face, vacuum_a: float) -> Any:
    cell = np.zeros((3, 3))
    cell[:2, :2], cell[2, 2] = face.vectors_a, face.thickness_a + vacuum_a
    return _atoms(face.symbols, face.fractional @ face.vectors_a, face.height_a, cell)


def _atoms(symbols: tuple[str, ...], place: Floats, height: Floats, cell: Floats) -> Any:
    from ase import Atoms

    positions = np.column_stack([place, height])
    return Atoms(list(symbols), positions=positions, cell=cell, pbc=True)
