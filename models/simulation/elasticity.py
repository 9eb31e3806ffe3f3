"""The elastic stiffness of a crystal under a potential, by strain and stress."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.crystals.symmetry import in_ieee_setting, point_group
from maiscreen.models.simulation import stiffness
from maiscreen.models.simulation.potential import Potential, to_atoms
from maiscreen.models.simulation.relax import EV_A3_TO_GPA, Relaxed, relaxed

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

Floats = NDArray[np.float64]

STRAIN = 0.01
"""Size of the strains, in Mandel's notation: 1 % along an axis, 0.7 % in a shear component.

Halving it changes Young's modulus by less than 0.3 % in NaCl, Na, Na3Bi and Na15Sn4."""

FMAX_EV_A = 0.001
"""Largest force on an atom in a cell, strained or not, eV/Å.

Young's moduli at 0.001 and 0.0005 differ by 0.3 % in Na3Bi and Na15Sn4; at 0.005, by 9 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Elasticity:
    """The stiffness of one crystal.

    Attributes
    ----------
    tensor_gpa : Floats
        Stiffness, shape (6, 6), Voigt's notation, GPa, in the IEEE setting of the crystal axes
        (IEEE Standard 176-1987).
    moduli : Moduli or None
        Averages over all orientations; None for an unstable crystal, which has none.
    least_eigenvalue_gpa : float
        Of the stiffness; negative or zero for an unstable crystal.
    residual : float
        Share of the stresses that no stiffness of the crystal's symmetry explains.
    step_error : float
        Relative change of one column of the stiffness when its strain is halved.
    strains : tuple of int
        Which of the strains xx yy zz yz xz xy were applied.
    steps : int
        Steps of the relaxations of the ions, all together.
    """

    tensor_gpa: Floats
    moduli: stiffness.Moduli | None
    least_eigenvalue_gpa: float
    residual: float
    step_error: float
    strains: tuple[int, ...]
    steps: int

    @property
    def stable(self) -> bool:
        """Whether the crystal resists every strain."""
        return self.moduli is not None

    @property
    def relative_error(self) -> float:
        """Numerical error of the stiffness, relative: residual and step together."""
        return float(np.hypot(self.residual, self.step_error))


def elastic(structure: "Structure", potential: Potential, every_strain: bool = False) -> Elasticity:
    """Compute the stiffness of a relaxed crystal, its ions relaxed under each strain.

    C = ∂σ/∂ε by central differences. The strains are the fewest that determine the constants
    which the point group leaves; a negative strain that the point group turns into the positive
    one is not computed.

    Parameters
    ----------
    structure : Structure
        Relaxed, best a primitive cell.
    potential : Potential
        The energy surface.
    every_strain : bool
        Apply all six strains whatever the symmetry.

    Raises
    ------
    SimulationError
        If the ions of a strained cell do not relax.
    """
    oriented = in_ieee_setting(structure)
    group = point_group(oriented)
    basis = stiffness.invariant_basis(group)
    strains = tuple(range(6)) if every_strain else stiffness.fewest_strains(group)
    changers = stiffness.sign_changers(group)
    columns = [_column(oriented, potential, i, STRAIN, changers[i]) for i in strains]
    half, more = _column(oriented, potential, strains[0], STRAIN / 2, changers[strains[0]])
    slopes = np.array([slope for slope, _ in columns])
    tensor, residual = stiffness.fit(basis, strains, slopes)
    step_error = float(np.linalg.norm(half - slopes[0]) / np.linalg.norm(slopes[0]))
    least = stiffness.least_eigenvalue_gpa(tensor)
    averages = stiffness.moduli(tensor) if least > 0 else None
    steps = sum(n for _, n in columns) + more
    return Elasticity(tensor, averages, least, residual, step_error, strains, steps)


def _column(
    structure: "Structure", potential: Potential, index: int, size: float, changer: Floats | None
) -> tuple[Floats, int]:
    """Give one column of the stiffness, shape (6,), Mandel's notation, GPa, and the steps."""
    strain = stiffness.to_matrix(size * np.eye(6)[index])
    up = _under(structure, structure.frac_coords, strain, potential)
    stress = _stress_gpa(up, potential)
    if changer is not None:
        return (stress - stiffness.rotation(changer) @ stress) / (2 * size), up.steps
    # To first order the ions move the other way under the negative strain.
    start = 2 * structure.frac_coords - up.structure.frac_coords
    down = _under(structure, start, -strain, potential)
    return (stress - _stress_gpa(down, potential)) / (2 * size), up.steps + down.steps


def _under(
    structure: "Structure", frac_coords: Floats, strain: Floats, potential: Potential
) -> Relaxed:
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    lattice = Lattice(structure.lattice.matrix @ (np.eye(3) + strain))
    strained = Structure(lattice, structure.species, frac_coords)
    return relaxed(strained, potential, cell=False, fmax_ev_a=FMAX_EV_A)


def _stress_gpa(crystal: Relaxed, potential: Potential) -> Floats:
    (evaluation,) = potential.evaluate([to_atoms(crystal.structure)])
    return stiffness.from_voigt_stress(evaluation.stress_ev_a3 * EV_A3_TO_GPA)
