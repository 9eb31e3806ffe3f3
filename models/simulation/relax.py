"""Relaxing a crystal under a potential, and checking that it is still one."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pymatgen.core.lattice import Lattice
from pymatgen.core.periodic_table import Element
from pymatgen.core.structure import Structure

from maiscreen.models.crystals.prototypes import Prototype, Site, operations, orbit
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation.potential import Potential, to_atoms, to_structure

if TYPE_CHECKING:
    from ase import Atoms
    from pymatgen.core.structure import Structure


EV_A3_TO_GPA = 160.2176634
"""GPa in one eV/Å³ (exact, from the elementary charge of the SI)."""

MAX_FORCE_EV_A = 0.01
"""Largest force on an atom of a relaxed crystal, eV/Å."""

MAX_STRESS_GPA = 0.01
"""Largest component of the stress of a relaxed cell, GPa: 0.15 % in the volume of sodium."""

MAX_STEPS = 300
"""Steps after which a relaxation counts as failed."""

CLOSEST_RATIO = 0.7
"""Least distance of two atoms in sums of covalent radii (B. Cordero et al., Dalton Trans. 2008,
2832) [judgement]: the closest neighbours of metals, salts and molecules lie at 0.84 and above,
the holes of a learned energy surface below 0.6."""

VOLUME_FACTOR = 1.5
"""By how much a relaxation may change the volume, up or down [judgement]."""


@dataclass(frozen=True, slots=True)
class RelaxedCrystal:
    """A relaxed crystal.

    Attributes
    ----------
    structure : Structure
        Sites in the order of the structure that was given.
    energy_ev : float
        Of the whole cell, eV.
    steps : int
        Steps that it took.
    max_force_ev_a, max_stress_gpa : float
        What is left: the largest force on an atom and component of the stress (which is not
        relaxed in a fixed cell).
    """

    structure: "Structure"
    energy_ev: float
    steps: int
    max_force_ev_a: float
    max_stress_gpa: float


def relax_crystal(
    structure: "Structure",
    potential: Potential,
    cell: bool = True,
    fmax_ev_a: float = MAX_FORCE_EV_A,
    max_steps: int = MAX_STEPS,
    max_stress_gpa: float = MAX_STRESS_GPA,
) -> RelaxedCrystal:
    """Relax atoms and, unless told otherwise, the cell; the space group is kept with the cell.

    Limited-memory BFGS, on the cell's logarithm together with the atoms (ASE's Fréchet filter).

    Parameters
    ----------
    structure : Structure
        Left as it is.
    potential : Potential
        The energy surface.
    cell : bool
        Whether the cell relaxes too.
    fmax_ev_a : float
        Largest force that may be left on an atom, eV/Å.
    max_steps : int
        Steps before giving up.
    max_stress_gpa : float
        Largest component of the stress that may be left, if the cell relaxes, GPa.

    Raises
    ------
    SimulationError
        If it does not converge, or what comes out is no crystal (:func:`check_sane`).
    """
    atoms = to_atoms(structure)
    atoms.calc = potential.calculator
    limit_gpa = max_stress_gpa if cell else np.inf
    steps = 0
    with warnings.catch_warnings():
        # SciPy on the logarithm of the cell: accurate to 1e-13 is enough.
        warnings.filterwarnings("ignore", "logm result may be inaccurate", RuntimeWarning)
        for steps in _descent(atoms, cell, max_steps):
            force, stress = _largest(atoms)
            if not np.isfinite(force + stress):
                raise SimulationError(f"force or stress is not a number after {steps} steps")
            if force <= fmax_ev_a and stress <= limit_gpa:
                break
        else:
            left = f"{force:.3f} eV/Å and {stress:.3f} GPa left"
            raise SimulationError(f"relaxation not converged after {steps} steps: {left}")
    result = to_structure(atoms)
    check_sane(result, structure.volume)
    return RelaxedCrystal(result, float(atoms.get_potential_energy()), steps, force, stress)


def check_sane(structure: "Structure", start_volume_a3: float) -> None:
    """Check that a structure has not fallen into a hole of the energy surface.

    Parameters
    ----------
    structure : Structure
        What came out.
    start_volume_a3 : float
        Volume of the cell that went in, Å³.

    Raises
    ------
    SimulationError
        If two atoms are closer than :data:`CLOSEST_RATIO`, or the volume changed by more than
        :data:`VOLUME_FACTOR`.
    """
    ratio = structure.volume / start_volume_a3
    if not 1 / VOLUME_FACTOR <= ratio <= VOLUME_FACTOR:
        raise SimulationError(f"volume went to {ratio:.2f} of the start in the relaxation")
    closest = closest_ratio(structure)
    if closest < CLOSEST_RATIO:
        raise SimulationError(f"two atoms came as close as {closest:.2f} covalent radii sums")


def closest_ratio(structure: "Structure") -> float:
    """Return the shortest distance between two atoms, in sums of their covalent radii."""
    from ase.data import covalent_radii

    radii = covalent_radii[[site.specie.Z for site in structure]]
    first, second, _, distance = structure.get_neighbor_list(2 * float(radii.max()))
    # Beyond twice the largest radius no pair can be closer than its sum of radii.
    return float(np.min(distance / (radii[first] + radii[second]), initial=1.0))


def _descent(atoms: "Atoms", cell: bool, max_steps: int) -> Iterator[int]:
    """Walk downhill, and give the number of steps made each time."""
    from ase.constraints import FixSymmetry
    from ase.filters import FrechetCellFilter
    from ase.optimize import LBFGS

    target: Any = atoms
    if cell:
        atoms.set_constraint(FixSymmetry(atoms))
        target = FrechetCellFilter(atoms)
    optimizer = LBFGS(target, logfile=None)
    for _ in optimizer.irun(fmax=0.0, steps=max_steps):
        yield optimizer.nsteps


def _largest(atoms: "Atoms") -> tuple[float, float]:
    force = float(np.linalg.norm(atoms.get_forces(), axis=1).max())
    return force, float(np.abs(atoms.get_stress()).max()) * EV_A3_TO_GPA


Floats = NDArray[np.float64]

CLOSEST_START_RATIO = 0.85
"""Least distance in a random structure, in sums of atomic radii (Slater's, as pymatgen has them)
[judgement]: bonds between like metalloids reach 0.9 of theirs."""

COARSE_STEPS = 20
"""Steps of the first relaxation, of all trials in the given cell [judgement]."""

PROMISING = 0.3
"""Share of the trials, the lowest, that relax further [judgement]."""

FINE_STEPS = 80
"""Steps of the second relaxation, with the cell [judgement]."""

BEGINNINGS = 100
"""How often a random structure is begun anew before it is given up [judgement]."""

ATTEMPTS = 400
"""Points tried for one site before the structure is begun anew [judgement]."""


@dataclass(frozen=True, slots=True)
class FoundStructure:
    """A structure that a search came upon.

    Attributes
    ----------
    energy_ev_atom : float
        Energy of the potential, eV/atom.
    structure : Structure
        Its primitive cell, relaxed; the sites of each orbit together, in the order of the sites.
    trial : int
        Which trial it came from.
    """

    energy_ev_atom: float
    structure: Structure
    trial: int


def search(
    start: Prototype, potential: Potential, trials: int, seed: int = 0, keep: int = 3
) -> tuple[FoundStructure, ...]:
    """Search the free coordinates of a crystal.

    Parameters
    ----------
    start : Prototype
        Its positions need only lie on the right Wyckoff positions: they are moved at random.
    potential : Potential
        The energy surface.
    trials : int
        Random structures to relax.
    seed : int
        Of the random numbers; the same seed gives the same structures.
    keep : int
        How many to give, the lowest first.

    Raises
    ------
    SimulationError
        If no structure survives.
    """
    random = np.random.default_rng(seed)
    drawn = [random_crystal(start, random) for _ in range(trials)]
    coarse = [
        _descend(candidate.structure(), potential, trial, cell=False)
        for trial, candidate in enumerate(drawn)
        if candidate is not None
    ]
    best = _lowest(coarse)[: max(keep, round(trials * PROMISING))]
    fine = [_descend(one.structure, potential, one.trial, cell=True) for one in best]
    lowest = _lowest(fine)
    if not lowest:
        raise SimulationError(f"{start.formula}: no structure of {trials} survived")
    return tuple(lowest[:keep])


def _lowest(found: Iterable[FoundStructure | None]) -> list[FoundStructure]:
    return sorted((one for one in found if one is not None), key=lambda one: one.energy_ev_atom)


def random_crystal(start: Prototype, random: np.random.Generator) -> Prototype | None:
    """Move every site at random within its Wyckoff position, away from the others.

    Returns
    -------
    Prototype or None
        None if the sites do not fit in after :data:`BEGINNINGS`.
    """
    for _ in range(BEGINNINGS):
        sites: list[Site] = []
        points: list[tuple[str, Floats]] = []
        for site in start.sites:
            placed = _place_site(start, points, site, random)
            if placed is None:
                break
            sites.append(placed[0])
            points.append((site.element, placed[1]))
        else:
            return replace(start, sites=tuple(sites), coordinates="searched")
    return None


def _place_site(
    start: Prototype, before: list[tuple[str, Floats]], site: Site, random: np.random.Generator
) -> tuple[Site, Floats] | None:
    """Put a site at a random place, far enough from the orbits before; None if that fails."""
    project = projection(start.space_group, site.position)
    lattice = Lattice.from_parameters(*start.lattice)
    for _ in range(ATTEMPTS):
        x, y, z = (project @ [*random.random(3), 1.0]) % 1.0
        moved = replace(site, position=(float(x), float(y), float(z)))
        points = orbit(start.space_group, moved.position)
        if len(points) == site.multiplicity and _keeps_distance(
            lattice, before, site.element, points
        ):
            return moved, points
    return None


def projection(space_group: str, position: tuple[float, float, float]) -> Floats:
    """Return the projector onto the Wyckoff position of a point, shape (3, 4).

    The mean of the operations that leave the point where it is: it takes any point (x, y, z, 1)
    to one that they all leave, so onto a point, axis or plane of the same site symmetry.
    """
    kept = []
    for matrix in operations(space_group):
        image = matrix[:3, :3] @ position + matrix[:3, 3]
        shift = np.round(np.asarray(position) - image)
        if (abs(image + shift - position) < 1e-3).all():
            kept.append(np.column_stack([matrix[:3, :3], matrix[:3, 3] + shift]))
    return np.asarray(np.mean(kept, axis=0), dtype=np.float64)


def _keeps_distance(
    lattice: Lattice, before: list[tuple[str, Floats]], element: str, points: Floats
) -> bool:
    """Return whether an orbit keeps its distance to itself and to those before."""
    radius_a = _radius_a(element)
    own = lattice.get_all_distances(points[:1], points)[0][1:]
    if (own < CLOSEST_START_RATIO * 2 * radius_a).any():
        return False
    return not any(
        (lattice.get_all_distances(points[:1], others) < least).any()
        for other, others in before
        for least in [CLOSEST_START_RATIO * (radius_a + _radius_a(other))]
    )


def _radius_a(element: str) -> float:
    return float(Element(element).data["Atomic radius"])


def _descend(
    structure: Structure, potential: Potential, trial: int, cell: bool
) -> FoundStructure | None:
    """Relax a crystal at fixed symmetry; None if it falls into a hole."""
    from ase.constraints import FixSymmetry
    from ase.filters import FrechetCellFilter
    from ase.optimize import LBFGS

    atoms = to_atoms(structure)
    atoms.calc = potential.calculator
    atoms.set_constraint(FixSymmetry(atoms, symprec=0.01))
    target = FrechetCellFilter(atoms) if cell else atoms
    steps = FINE_STEPS if cell else COARSE_STEPS
    LBFGS(target, logfile=None, maxstep=0.2).run(fmax=0.03, steps=steps)
    result = to_structure(atoms)
    try:
        check_sane(result, structure.volume)
    except SimulationError:
        return None
    return FoundStructure(float(atoms.get_potential_energy()) / len(atoms), result, trial)
