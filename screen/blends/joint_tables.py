"""The joint compounds of a campaign's metals: which are believed, what they bring to a layer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import miedema, molar_volume_cm3, youngs_modulus_gpa
from maiscreen.descriptors.alloys.alloying import ALLOY_STD_EV_ATOM
from maiscreen.descriptors.alloys.joint import JointPhases, joint_phases
from maiscreen.descriptors.blends.layer import Solids
from maiscreen.descriptors.layer.adhesion import (
    COHESION_OF_SODIUM_J_M2,
    INTERFACE_ENERGY_STD_J_M2,
    interface_energy_j_m2,
)
from maiscreen.descriptors.layer.layer import Estimate, Uncertain, tabulated
from maiscreen.descriptors.layer.mechanics import (
    ALLOY_MODULUS_STD_FRACTION,
    SODIUM_YOUNGS_MODULUS_GPA,
)
from maiscreen.descriptors.layer.transport import ALLOY_BARRIER_EV, ALLOY_BARRIER_STD_EV, conductor
from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3
from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.models.attributes.crystal_data import crystal_modulus
from maiscreen.screen.describe.interphase import CELL_TEMPERATURE_K

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class JointTable:
    """Joint compounds that are believed, with their properties.

    Attributes
    ----------
    metals : tuple of str
        The metals that they are made of.
    own_energy_ev : Floats
        Formation energy of each metal's own phase, for one metal atom, shape (m,).
    phases : JointPhases
    solids : Solids
        Their properties, shape (p,).
    """

    metals: tuple[str, ...]
    own_energy_ev: Floats
    phases: JointPhases
    solids: Solids


def joint_table(
    metals: tuple[str, ...], own_energy_ev: Floats, assumptions: Assumptions
) -> JointTable:
    """Choose the joint compounds that are believed, and describe them.

    A compound counts if it lies below the line between the metals' own phases by more than an
    alloy's energy is worth, 0.04 eV/atom [judgement]: what is closer may as well not form, and
    nothing tells which of the computed compounds were ever made.

    Parameters
    ----------
    metals : tuple of str
        Symbols, each once.
    own_energy_ev : Floats
        Formation energy of each one's own phase with sodium for one metal atom, shape (m,).
    assumptions : Assumptions
        With F1 or F2, moduli are crystal data or learned.
    """
    every = joint_phases(metals)
    line = every.metal_fraction @ own_energy_ev
    margin = ALLOY_STD_EV_ATOM * (1 + every.sodium_per_metal)
    kept = np.flatnonzero(
        (every.energy_ev_metal < line - margin) & np.isfinite(every.volume_cm3_mol_metal)
    )
    phases = JointPhases(*(getattr(every, name)[kept] for name in every.__slots__))
    return JointTable(metals, own_energy_ev, phases, _solids(metals, phases, assumptions))


def _solids(metals: tuple[str, ...], phases: JointPhases, assumptions: Assumptions) -> Solids:
    symbols = np.array(metals, dtype=np.str_)
    sodium, volume = phases.sodium_per_metal, phases.volume_cm3_mol_metal
    shape = sodium.shape
    barrier = Uncertain(np.full(shape, ALLOY_BARRIER_EV), np.full(shape, ALLOY_BARRIER_STD_EV))
    modulus = _modulus(symbols, phases)
    if assumptions.fidelity != "F0" and len(sodium):
        modulus = crystal_modulus(phases.formula, modulus, assumptions.models, assumptions.snapshot)
    return Solids.of(
        sodium,
        volume,
        _work(symbols, phases),
        conductor(sodium, volume, barrier, CELL_TEMPERATURE_K),
        modulus.numbers,
    )


def _work(metals: NDArray[np.str_], phases: JointPhases) -> Uncertain:
    """Give the work of adhesion of sodium, J/m²: that of one metal's phase, with a mean of metals.

    :func:`maiscreen.descriptors.layer.adhesion.phase_adhesion`, the metals by their share of the
    area.
    """
    area = phases.metal_fraction * miedema("molar_volume_cm3", metals) ** (2 / 3)
    foreign = np.where(area > 0, area * interface_energy_j_m2(metals), 0.0).sum(axis=1)
    sodium = phases.sodium_per_metal * SODIUM_MOLAR_VOLUME_CM3 ** (2 / 3)
    whole = np.where(area > 0, area, 0.0).sum(axis=1) + sodium
    lacking = (phases.metal_fraction > 0) @ np.isnan(interface_energy_j_m2(metals))
    work = np.where(lacking, np.nan, COHESION_OF_SODIUM_J_M2 - foreign / whole)
    return Uncertain(work, np.full(work.shape, INTERFACE_ENERGY_STD_J_M2))


def _modulus(metals: NDArray[np.str_], phases: JointPhases) -> Estimate:
    """Give Young's modulus, GPa: Hill's mean of the elements by their volume."""
    volumes = np.append(molar_volume_cm3(metals), SODIUM_MOLAR_VOLUME_CM3)
    moduli = np.append(youngs_modulus_gpa(metals), SODIUM_YOUNGS_MODULUS_GPA)
    amount = np.column_stack([phases.metal_fraction, phases.sodium_per_metal])
    each = np.where(amount > 0, amount * volumes, 0.0)
    share = each / each.sum(axis=1, keepdims=True)
    voigt = np.where(share > 0, share * moduli, 0.0).sum(axis=1)
    reuss = 1 / np.where(share > 0, share / moduli, 0.0).sum(axis=1)
    value = (voigt + reuss) / 2
    return tabulated(value, ALLOY_MODULUS_STD_FRACTION * value, "Hill mean of elements")
