"""Relaxing a crystal under a potential, and checking that it is still one."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

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
class Relaxed:
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


def relaxed(
    structure: "Structure",
    potential: Potential,
    cell: bool = True,
    fmax_ev_a: float = MAX_FORCE_EV_A,
    max_steps: int = MAX_STEPS,
    max_stress_gpa: float = MAX_STRESS_GPA,
) -> Relaxed:
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
    return Relaxed(result, float(atoms.get_potential_energy()), steps, force, stress)


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
    """Give the shortest distance between two atoms, in sums of their covalent radii."""
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
