"""The path from sodium to a halide: which products, at which mixing ratio, with which energy.

Along the line between the two reactants the products change where the hull of the system Na–M–X
has a corner. Corners, products and energies are those of pymatgen's ``InterfacialReactivity``
(closed system, ``norm=True``, ``use_hull_energy=False``), from
:mod:`maiscreen.candidates.hulls.section`. Energies are those of solids at 0 K: the precursor is
taken as its crystal, not as vapour. One difference: for a precursor with a positive formation
energy pymatgen falls back, with a warning, to the energy of its decomposition products; here it
keeps its own, and they differ by its energy above the hull.
"""

import math
from dataclasses import dataclass

import numpy as np

from maiscreen.candidates.chemistry.constants import KJ_MOL_PER_EV
from maiscreen.candidates.hulls.section import Section, System, hull_along
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.snapshot.snapshot import (
    Snapshot,
    formation_energies_ev_atom,
    phase_system,
)


@dataclass(frozen=True, slots=True)
class PathStep:
    """One corner of the path.

    Attributes
    ----------
    sodium_fraction : float
        Mixing ratio: atoms of sodium reactant in an atom of the mixture, from 1 to 0.
    sodium, precursor : float
        Moles of the reactants: ``sodium`` for one mole of precursor, and 1 and 0 at the end that
        is sodium alone.
    products : tuple of (str, float)
        Formula and moles of each product of these reactants.
    energy_ev_atom : float
        Reaction energy in an atom of the mixture.
    energy_kj_mol : float
        Reaction energy of the reactants, that is for one mole of precursor.
    """

    sodium_fraction: float
    sodium: float
    precursor: float
    products: tuple[tuple[str, float], ...]
    energy_ev_atom: float
    energy_kj_mol: float


@dataclass(frozen=True, slots=True)
class ReactionPath:
    """The corners from sodium to the precursor; without any, the reason why.

    Attributes
    ----------
    precursor : str
        Formula.
    steps : tuple of PathStep
        By falling share of sodium; both ends are among them. Empty where nothing is known.
    reason : str
        Why there is no path; empty where there is one.
    """

    precursor: str
    steps: tuple[PathStep, ...]
    reason: str = ""


def reaction_path(snapshot: Snapshot, precursor: Precursor) -> ReactionPath:
    """Follow the reaction of sodium with a halide through all mixing ratios.

    Parameters
    ----------
    snapshot : Snapshot
        Energies of the phases of Na–M–X.
    precursor : Precursor
        M_aX_b.

    Returns
    -------
    ReactionPath
        Empty, with the reason, if the snapshot has no energy of the precursor.
    """
    a, b = precursor.metal_count, precursor.halogen_count
    own = formation_energies_ev_atom(snapshot).get(reduced_formula(precursor))
    if own is None:
        reason = f"the snapshot has no energy of {precursor.formula}"
        return ReactionPath(precursor.formula, (), reason)
    system = phase_system(snapshot, precursor.metal, precursor.halogen, stable_only=True)
    corners = hull_along(system, a, b)
    steps = _steps(system, corners, own, a + b)
    return ReactionPath(precursor.formula, tuple(reversed(steps)))


def reduced_formula(precursor: Precursor) -> str:
    """Return the formula as the snapshot has it: SCl for S2Cl2.

    Examples
    --------
    >>> reduced_formula(Precursor.parse("S2Cl2"))
    'SCl'
    """
    common = math.gcd(precursor.metal_count, precursor.halogen_count)
    a, b = precursor.metal_count // common, precursor.halogen_count // common
    return Precursor(precursor.metal, precursor.halogen, a, b).formula


def _steps(system: System, corners: Section, own_ev_atom: float, atoms: int) -> list[PathStep]:
    fraction = corners.sodium_fraction
    alone = fraction > 1 - 1e-9
    # Atoms in the mixture that holds one mole of precursor, or one of sodium at its own end.
    total = np.where(alone, 1.0, atoms / np.where(alone, 1.0, 1 - fraction))
    energy = corners.energy_ev_atom - (1 - fraction) * own_ev_atom
    moles = corners.weights * total[:, None] / system.counts.sum(axis=1)[corners.phases]
    products = zip(system.formula[corners.phases].tolist(), moles.tolist(), strict=True)
    columns = (
        fraction.tolist(),
        np.where(alone, 1.0, fraction * total).tolist(),
        np.where(alone, 0.0, 1.0).tolist(),
        [_present(formulas, amounts) for formulas, amounts in products],
        energy.tolist(),
        (energy * total * KJ_MOL_PER_EV).tolist(),
    )
    return [PathStep(*row) for row in zip(*columns, strict=True)]


def _present(formulas: list[str], moles: list[float]) -> tuple[tuple[str, float], ...]:
    return tuple((f, n) for f, n in zip(formulas, moles, strict=True) if n > 0)
