"""Work of adhesion between sodium and a phase: relaxed, lattice-matched slabs."""

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.labels import SimulationError
from maiscreen.models.matching import Face, Match, Plane, faces, matches
from maiscreen.models.potential import Potential
from maiscreen.models.relax import relaxed

if TYPE_CHECKING:
    from pymatgen.core import Structure

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
    gaps_a : tuple of float
        Distances of the slabs tried before relaxation, Å.
    shifts : int
        Lateral positions tried along each vector of the sodium's own surface cell.
    vacuum_a : float
        Å.
    fmax_ev_a, max_steps : float
        Relaxation of the ions; the cell keeps its shape.
    """

    max_index: int = 1
    phase_thickness_a: float = 8.0
    sodium_thickness_a: float = 9.0
    max_area_a2: float = 140.0
    max_strain: float = 0.05
    max_atoms: int = 130
    gaps_a: tuple[float, ...] = (2.0, 2.5, 3.0)
    shifts: int = 2
    vacuum_a: float = 12.0
    fmax_ev_a: float = 0.02
    max_steps: int = 150


SETTINGS = AdhesionSettings()
"""The settings of all labels."""

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
        Numerical error: what the forces that are left could still change, and rounding.
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


def adhere(
    structure: "Structure",
    sodium: "Structure",
    potential: Potential,
    settings: AdhesionSettings = SETTINGS,
) -> Adhesion:
    """Compute the work of adhesion of sodium on a phase, J/m².

    W = (E_Na + E_phase − E_both) / A, where all three are relaxed in the same cell: that of the
    phase's face, with the sodium strained into it. So the strain is in E_Na as in E_both and drops
    out of W. The face is the one that costs least to cut, among those that match sodium within
    the settings.

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
    both = _relaxed(start, potential, settings)
    count = len(match.substrate.symbols)
    alone = [_relaxed(part, potential, settings) for part in (start[:count], start[count:])]
    area = match.substrate.area_a2
    work = (sum(part.energy_ev for part in alone) - both.energy_ev) / area * EV_A2_TO_J_M2
    return Adhesion(
        work,
        _numerical_error_j_m2([both, *alone], area),
        area,
        match.strain,
        match.atoms,
        both.steps,
        match.substrate.plane,
        match.film.plane,
        cleavage,
    )


def _numerical_error_j_m2(parts: list[Any], area_a2: float) -> float:
    """Estimate what relaxing further would gain: force² over a stiffness of 1 eV/Å² an atom."""
    gain = sum(part.max_force_ev_a**2 * len(part.structure) / 2 for part in parts)
    return float(gain / area_a2 * EV_A2_TO_J_M2)


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
    for at in np.argsort(costs).tolist():
        for film in films:
            fit = _smallest(film, cut[at], settings)
            if fit is not None:
                return fit, float(costs[at])
    limits = f"{settings.max_area_a2:.0f} Å2, {settings.max_atoms} atoms"
    raise SimulationError(
        f"no face matches sodium within {settings.max_strain:.0%} strain, {limits}"
    )


def _cleavage_j_m2(
    cut: list[Face], structure: "Structure", potential: Potential, settings: AdhesionSettings
) -> Floats:
    bulk = potential.evaluate([_bulk(structure)])[0].energy_ev / len(structure)
    slabs = potential.evaluate([_slab(face, settings.vacuum_a) for face in cut])
    excess = [
        (slab.energy_ev - bulk * len(face.symbols)) / (2 * face.area_a2)
        for face, slab in zip(cut, slabs, strict=True)
    ]
    return 2 * np.array(excess) * EV_A2_TO_J_M2


def _smallest(film: Face, face: Face, settings: AdhesionSettings) -> Match | None:
    """Give the match of fewest atoms; of equals the one with the least strain."""
    found = matches(film, face, settings.max_area_a2, settings.max_strain)
    within = [match for match in found if match.atoms <= settings.max_atoms]
    return min(within, key=lambda match: (match.atoms, match.strain), default=None)


def _start(match: Match, potential: Potential, settings: AdhesionSettings) -> Any:
    """Lay the sodium onto the phase where the unrelaxed energy is least."""
    steps = np.arange(settings.shifts) / settings.shifts
    # A shift over the whole common cell passes all registries only by fractions of its own cell.
    tries = [
        _both(match, gap, np.array(shift) / _repeats(match), settings.vacuum_a)
        for gap, shift in product(settings.gaps_a, product(steps, steps))
    ]
    energies = [found.energy_ev for found in potential.evaluate(tries)]
    return tries[int(np.argmin(energies))]


def _repeats(match: Match) -> float:
    """Sodium surface cells along an edge of the common cell, roughly."""
    layer = match.film.height_a < 0.5
    return max(1.0, float(np.sqrt(layer.sum())))


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


def _bulk(structure: "Structure") -> Any:
    from pymatgen.io.ase import AseAtomsAdaptor

    return AseAtomsAdaptor.get_atoms(structure, msonable=False)


def _relaxed(atoms: Any, potential: Potential, settings: AdhesionSettings) -> Any:
    from pymatgen.io.ase import AseAtomsAdaptor

    structure = AseAtomsAdaptor.get_structure(atoms)
    return relaxed(
        structure, potential, cell=False, fmax_ev_a=settings.fmax_ev_a, max_steps=settings.max_steps
    )
