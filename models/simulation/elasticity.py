"""The elastic stiffness of a crystal under a potential, by strain and stress."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.crystals.symmetry import in_ieee_setting, point_group
from maiscreen.models.simulation.potential import Potential, to_atoms
from maiscreen.models.simulation.relax import EV_A3_TO_GPA, RelaxedCrystal, relax_crystal

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


Floats = NDArray[np.float64]

_PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
_WEIGHT = np.sqrt([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
_FROM_VOIGT = np.outer(_WEIGHT, _WEIGHT)

_LEAST_SINGULAR_VALUE = 0.2
# The stiffness must show in the stresses with at least this share of its size [judgement]: a set
# of strains that determines it in principle alone would multiply the error of the stresses.


@dataclass(frozen=True, slots=True)
class Moduli:
    """Moduli of a polycrystal without texture, GPa.

    Attributes
    ----------
    bulk_voigt_gpa, bulk_reuss_gpa, shear_voigt_gpa, shear_reuss_gpa : float
        Under one strain for all grains (W. Voigt 1889) and one stress for all (A. Reuss 1929).
    """

    bulk_voigt_gpa: float
    bulk_reuss_gpa: float
    shear_voigt_gpa: float
    shear_reuss_gpa: float

    @property
    def bulk_gpa(self) -> float:
        """Hill's mean (R. Hill, Proc. Phys. Soc. A 65, 349 (1952))."""
        return (self.bulk_voigt_gpa + self.bulk_reuss_gpa) / 2

    @property
    def shear_gpa(self) -> float:
        """Hill's mean."""
        return (self.shear_voigt_gpa + self.shear_reuss_gpa) / 2

    @property
    def youngs_gpa(self) -> float:
        """E = 9KG/(3K + G) of Hill's means."""
        k, g = self.bulk_gpa, self.shear_gpa
        return 9 * k * g / (3 * k + g)

    @property
    def poisson(self) -> float:
        """ν = (3K − 2G)/(6K + 2G) of Hill's means."""
        k, g = self.bulk_gpa, self.shear_gpa
        return (3 * k - 2 * g) / (6 * k + 2 * g)


def moduli(voigt_gpa: Floats) -> Moduli:
    """Average a stiffness over all orientations.

    K_V = (C₁₁ + C₂₂ + C₃₃ + 2(C₁₂ + C₂₃ + C₁₃))/9 and so on, equations 2–5 of R. Hill, Proc.
    Phys. Soc. A 65, 349 (1952).

    Parameters
    ----------
    voigt_gpa : Floats
        Stiffness in Voigt's notation, shape (6, 6), positive definite.

    Examples
    --------
    >>> steel = np.diag([108.0] * 3 + [81.0] * 3)  # λ = 115, μ = 81 GPa
    >>> steel[:3, :3] += 115.0 + 54.0 * np.eye(3)
    >>> round(moduli(steel).bulk_gpa, 1), round(moduli(steel).shear_gpa, 1)
    (169.0, 81.0)
    """
    c, s = voigt_gpa, np.linalg.inv(voigt_gpa)
    normal, shear = np.trace(c[:3, :3]), np.trace(c[3:, 3:])
    cross = c[0, 1] + c[0, 2] + c[1, 2]
    soft_normal, soft_shear = np.trace(s[:3, :3]), np.trace(s[3:, 3:])
    soft_cross = s[0, 1] + s[0, 2] + s[1, 2]
    return Moduli(
        float((normal + 2 * cross) / 9),
        float(1 / (soft_normal + 2 * soft_cross)),
        float((normal - cross + 3 * shear) / 15),
        float(15 / (4 * (soft_normal - soft_cross) + 3 * soft_shear)),
    )


def least_eigenvalue_gpa(voigt_gpa: Floats) -> float:
    """Return the least eigenvalue of a stiffness, shape (6, 6): the crystal is stable above zero.

    M. Born's criterion for any symmetry: F. Mouhat, F.-X. Coudert, Phys. Rev. B 90, 224104 (2014).
    """
    return float(np.linalg.eigvalsh(voigt_gpa * _FROM_VOIGT)[0])


def to_matrix(mandel: Floats) -> Floats:
    """Return a vector of Mandel's notation, shape (6,), as a symmetric matrix, shape (3, 3)."""
    matrix = np.zeros((3, 3))
    for value, (i, j), weight in zip(mandel, _PAIRS, _WEIGHT, strict=True):
        matrix[i, j] = matrix[j, i] = value / weight
    return matrix


def from_voigt_stress(voigt: Floats) -> Floats:
    """Return a stress xx yy zz yz xz xy, shape (..., 6), in Mandel's notation."""
    return np.asarray(voigt * _WEIGHT)


def rotation(matrix: Floats) -> Floats:
    """Return what a rotation, shape (3, 3), does to vectors of Mandel's notation: shape (6, 6)."""
    basis = np.array([to_matrix(row) for row in np.eye(6)])
    turned = matrix @ basis @ matrix.T
    return np.asarray(np.einsum("aij,bij->ab", basis, turned))


def invariant_basis(rotations: Sequence[Floats]) -> Floats:
    """Return an orthonormal basis of the stiffnesses that a point group allows.

    Parameters
    ----------
    rotations : sequence of Floats
        The point group, Cartesian matrices of shape (3, 3).

    Returns
    -------
    Floats
        Shape (k, 6, 6), Mandel's notation; k is 3 for cubic, 5 for hexagonal, 21 for triclinic
        crystals (J. F. Nye, Physical Properties of Crystals (1957), table 9).

    Examples
    --------
    >>> len(invariant_basis([np.eye(3)]))
    21
    """
    turns = [rotation(r) for r in rotations]
    averaging = np.mean([np.kron(turn, turn) for turn in turns], axis=0)
    transposing = np.eye(36).reshape(6, 6, 36).transpose(1, 0, 2).reshape(36, 36)
    # Averages over groups are projectors, and these two commute: one has the eigenvalue 1 where
    # both leave the stiffness as it is.
    values, vectors = np.linalg.eigh(averaging @ (np.eye(36) + transposing) / 2)
    return np.asarray(vectors[:, values > 0.5].T.reshape(-1, 6, 6))


def sign_changers(rotations: Sequence[Floats]) -> list[Floats | None]:
    """Find for each of the six unit strains a rotation that turns it into its negative, or None.

    Where there is one, the crystal under the negative strain is the same crystal, turned.
    """
    turns = [(r, rotation(r)) for r in rotations]
    return [
        next((r for r, turn in turns if np.allclose(turn[:, i], -np.eye(6)[i], atol=1e-3)), None)
        for i in range(6)
    ]


def fewest_strains(rotations: Sequence[Floats]) -> tuple[int, ...]:
    """Choose among the six unit strains the cheapest set that determines the stiffness.

    The cost of a strain is the number of its signs that have to be computed.

    Examples
    --------
    >>> fewest_strains([np.eye(3)])
    (0, 1, 2, 3, 4, 5)
    """
    basis = invariant_basis(rotations)
    cost = [1 if changer is not None else 2 for changer in sign_changers(rotations)]
    sets = [s for n in range(1, 7) for s in combinations(range(6), n)]
    # Strains along the axes first, so that the choice does not hang on rounding.
    for chosen in sorted(sets, key=lambda s: (sum(cost[i] for i in s), len(s), s)):
        seen = basis[:, :, list(chosen)].reshape(len(basis), -1)
        values = np.linalg.svd(seen, compute_uv=False)
        if seen.shape[1] >= len(basis) and values[-1] > _LEAST_SINGULAR_VALUE:
            return chosen
    return tuple(range(6))


def fit(basis: Floats, strains: Sequence[int], stresses_gpa: Floats) -> tuple[Floats, float]:
    """Find the stiffness that a crystal's symmetry allows and that fits its stresses best.

    Parameters
    ----------
    basis : Floats
        Of :func:`invariant_basis`, shape (k, 6, 6).
    strains : sequence of int
        Which of the six unit strains were applied, n of them.
    stresses_gpa : Floats
        Stress for each strain, over the strain: shape (n, 6), Mandel's notation, GPa.

    Returns
    -------
    Floats
        Stiffness in Voigt's notation, shape (6, 6), GPa.
    float
        What the symmetric stiffness leaves of the stresses, as a share of their size.
    """
    design = basis[:, :, list(strains)].transpose(2, 1, 0).reshape(-1, len(basis))
    measured = stresses_gpa.ravel()
    coefficients = np.linalg.lstsq(design, measured, rcond=None)[0]
    left = float(np.linalg.norm(measured - design @ coefficients) / np.linalg.norm(measured))
    return np.tensordot(coefficients, basis, 1) / _FROM_VOIGT, left


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
    moduli: Moduli | None
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


def compute_elasticity(
    structure: "Structure", potential: Potential, every_strain: bool = False
) -> Elasticity:
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
    basis = invariant_basis(group)
    strains = tuple(range(6)) if every_strain else fewest_strains(group)
    changers = sign_changers(group)
    columns = [_column(oriented, potential, i, STRAIN, changers[i]) for i in strains]
    half, more = _column(oriented, potential, strains[0], STRAIN / 2, changers[strains[0]])
    slopes = np.array([slope for slope, _ in columns])
    tensor, residual = fit(basis, strains, slopes)
    step_error = float(np.linalg.norm(half - slopes[0]) / np.linalg.norm(slopes[0]))
    least = least_eigenvalue_gpa(tensor)
    averages = moduli(tensor) if least > 0 else None
    steps = sum(n for _, n in columns) + more
    return Elasticity(tensor, averages, least, residual, step_error, strains, steps)


def _column(
    structure: "Structure", potential: Potential, index: int, size: float, changer: Floats | None
) -> tuple[Floats, int]:
    """Return one column of the stiffness, shape (6,), Mandel's notation, GPa, and the steps."""
    strain = to_matrix(size * np.eye(6)[index])
    up = _relax_under_strain(structure, structure.frac_coords, strain, potential)
    stress = _stress_gpa(up, potential)
    if changer is not None:
        return (stress - rotation(changer) @ stress) / (2 * size), up.steps
    # To first order the ions move the other way under the negative strain.
    start = 2 * structure.frac_coords - up.structure.frac_coords
    down = _relax_under_strain(structure, start, -strain, potential)
    return (stress - _stress_gpa(down, potential)) / (2 * size), up.steps + down.steps


def _relax_under_strain(
    structure: "Structure", frac_coords: Floats, strain: Floats, potential: Potential
) -> RelaxedCrystal:
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    lattice = Lattice(structure.lattice.matrix @ (np.eye(3) + strain))
    strained = Structure(lattice, structure.species, frac_coords)
    return relax_crystal(strained, potential, cell=False, fmax_ev_a=FMAX_EV_A)


def _stress_gpa(crystal: RelaxedCrystal, potential: Potential) -> Floats:
    (evaluation,) = potential.evaluate([to_atoms(crystal.structure)])
    return from_voigt_stress(evaluation.stress_ev_a3 * EV_A3_TO_GPA)
