"""What every blend of a campaign draws on: salts and metal phases, worked out once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import (
    HALOGENS,
    METALS,
    miedema,
    molar_volume_cm3,
    youngs_modulus_gpa,
)
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.alloys.alloying import ALLOY_STD_EV_ATOM
from maiscreen.descriptors.alloys.joint import JointPhases, joint_phases
from maiscreen.descriptors.alloys.kinetics import FormationTimes, formation_times
from maiscreen.descriptors.blends.layer import Solids
from maiscreen.descriptors.layer.adhesion import (
    COHESION_OF_SODIUM_J_M2,
    INTERFACE_ENERGY_STD_J_M2,
    interface_energy_j_m2,
)
from maiscreen.descriptors.layer.layer import Estimate, Layer, Uncertain, f0_estimate
from maiscreen.descriptors.layer.mechanics import (
    ALLOY_MODULUS_STD_FRACTION,
    SODIUM_YOUNGS_MODULUS_GPA,
)
from maiscreen.descriptors.layer.transport import phase_conductivity_ln
from maiscreen.descriptors.reaction.salts import OXIDE, SODIUM_MOLAR_VOLUME_CM3, salt
from maiscreen.models.attributes.attributes import (
    Assumptions,
    estimate_properties,
    metal_barriers,
)
from maiscreen.models.attributes.crystal_data import crystal_modulus
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import (
    CELL_TEMPERATURE_K,
    alloy_states,
    layers,
    probability_of_alloy,
)

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

OXIDE_MODULUS_STD_GPA = 30.0
"""Error of Young's modulus of Na2O, GPa [judgement: no measured one is known to us]."""


@dataclass(frozen=True, slots=True, eq=False)
class SaltTable:
    """Properties of the salts of :data:`~maiscreen.screen.scoring.draws.ANIONS`, shape (5,) each.

    Attributes
    ----------
    cm3 : Floats
        Volume for one mole of sodium.
    work, barrier, modulus : Uncertain
        J/m², eV, GPa.
    soluble : Uncertain
        Share that the glyme dissolves.
    """

    cm3: Floats
    work: Uncertain
    barrier: Uncertain
    modulus: Uncertain
    soluble: Uncertain


@dataclass(frozen=True, slots=True, eq=False)
class Metals:
    """The metals of a campaign and the phases that hold them.

    Attributes
    ----------
    phases : Solids
        The alloy of each metal, then each bare, shape (2m,); where a metal forms no compound with
        sodium both are the same.
    formula : Strings
        Of these phases, shape (2m,).
    p_alloy : Floats
        Probability that each alloy is stable, shape (m,).
    times : FormationTimes
        How long each takes to form, shape (m,).
    energy_ev : Floats
        Formation energy of each alloy for one metal atom, 0 where there is none, shape (m,).
    """

    phases: Solids
    formula: Strings
    p_alloy: Floats
    times: FormationTimes
    energy_ev: Floats


def salt_table(campaign: Campaign) -> SaltTable:
    """Look up the salts at the fidelity of a campaign."""
    halogen = np.array(HALOGENS)
    one, none = np.ones(len(halogen)), np.zeros(len(halogen))
    metal = np.full(len(halogen), "Sn")
    layer = Layer(metal, halogen, metal, one, none, one, none)
    properties = estimate_properties(layer, campaign.assumptions)

    def with_oxide(numbers: Uncertain, *oxide: float) -> Uncertain:
        # What the halides share is an error of their potential: Na2O is of a table.
        columns = zip(numbers, (*oxide, 0.0), strict=True)
        return Uncertain(*(np.append(column, number) for column, number in columns))

    soluble = Uncertain(
        salt("soluble_fraction", halogen), salt("soluble_std", halogen), np.zeros(len(halogen))
    )
    return SaltTable(
        np.append(salt("molar_volume_cm3", halogen), OXIDE.molar_volume_cm3 / 2),
        with_oxide(properties.works[1].numbers, OXIDE.adhesion_j_m2, OXIDE.adhesion_std_j_m2),
        with_oxide(properties.barriers[1].numbers, OXIDE.barrier_ev, OXIDE.barrier_std_ev),
        with_oxide(properties.moduli[1].numbers, OXIDE.youngs_modulus_gpa, OXIDE_MODULUS_STD_GPA),
        with_oxide(soluble, OXIDE.soluble_fraction, OXIDE.soluble_std),
    )


def salts_of(
    campaign: Campaign, amount: Floats, salt_share: float = 1.0
) -> tuple[Solids, Uncertain]:
    """Mix the salts that precursors leave, by volume.

    Parameters
    ----------
    campaign : Campaign
        Its fidelity and data.
    amount : Floats
        Moles of sodium in each salt for a mole of M, shape (5, v).
    salt_share : float
        How much of it lies in the layer.

    Returns
    -------
    tuple
        The salts of each precursor, and the share of them that dissolves, shape (v,).
    """
    table, amount = salt_table(campaign), salt_share * amount
    each = amount * table.cm3[:, None]
    cm3 = each.sum(axis=0)
    share = each / cm3

    def mean(numbers: Uncertain) -> Uncertain:
        return Uncertain(*((share * one[:, None]).sum(axis=0) for one in numbers))

    sodium, barrier = amount.sum(axis=0), mean(table.barrier)
    conducting = phase_conductivity_ln(sodium, cm3, barrier, CELL_TEMPERATURE_K)
    found = Solids.of(sodium, cm3, mean(table.work), conducting, mean(table.modulus))
    return found, mean(table.soluble)


def metal_tables(campaign: Campaign, assumptions: Assumptions) -> Metals:
    """Look up the phases of all metals in the state of a campaign."""
    halides = Precursors.of([Precursor(m, "Cl", 1, 1) for m in METALS])
    states = alloy_states(halides.metal, campaign.hull_tolerance_ev_atom, assumptions)
    by_state = layers(halides, states)
    state = getattr(states, campaign.state)
    both = [_solids(by_state[name], assumptions) for name in (campaign.state, "bare")]
    energy = state.formation_energy_ev_atom * (1 + state.sodium_per_metal)
    return Metals(
        both[0].joined(both[1]),
        np.concatenate([by_state[name].phase for name in (campaign.state, "bare")]),
        probability_of_alloy(state),
        formation_times(halides.metal, state),
        np.where(state.formula == "", 0.0, energy),
    )


def _solids(layer: Layer, assumptions: Assumptions) -> Solids:
    properties = estimate_properties(layer, assumptions)
    barrier, amounts = properties.barriers[0].numbers, (layer.sodium_mol, layer.phase_cm3)
    conducting = phase_conductivity_ln(*amounts, barrier, CELL_TEMPERATURE_K)
    return Solids.of(
        *amounts, properties.works[0].numbers, conducting, properties.moduli[0].numbers
    )


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
    return JointTable(metals, own_energy_ev, phases, _joint_solids(metals, phases, assumptions))


def _joint_solids(metals: tuple[str, ...], phases: JointPhases, assumptions: Assumptions) -> Solids:
    symbols = np.array(metals, dtype=np.str_)
    sodium, volume = phases.sodium_per_metal, phases.volume_cm3_mol_metal
    barrier = metal_barriers(phases.formula, sodium, assumptions).numbers
    modulus = _modulus(symbols, phases)
    if assumptions.fidelity != "F0" and len(sodium):
        modulus = crystal_modulus(phases.formula, modulus, assumptions.models, assumptions.snapshot)
    return Solids.of(
        sodium,
        volume,
        _work(symbols, phases),
        phase_conductivity_ln(sodium, volume, barrier, CELL_TEMPERATURE_K),
        modulus.numbers,
    )


def _work(metals: NDArray[np.str_], phases: JointPhases) -> Uncertain:
    """Return the work of adhesion of sodium, J/m²: of one metal's phase, with a mean of metals.

    :func:`maiscreen.descriptors.layer.adhesion.phase_adhesion`, the metals by their share of the
    area.
    """
    area = phases.metal_fraction * miedema("molar_volume_cm3", metals) ** (2 / 3)
    foreign = np.where(area > 0, area * interface_energy_j_m2(metals), 0.0).sum(axis=1)
    sodium = phases.sodium_per_metal * SODIUM_MOLAR_VOLUME_CM3 ** (2 / 3)
    whole = np.where(area > 0, area, 0.0).sum(axis=1) + sodium
    lacking = (phases.metal_fraction > 0) @ np.isnan(interface_energy_j_m2(metals))
    work = np.where(lacking, np.nan, COHESION_OF_SODIUM_J_M2 - foreign / whole)
    own = np.full(work.shape, INTERFACE_ENERGY_STD_J_M2)
    return Uncertain(work, own, np.zeros(work.shape))


def _modulus(metals: NDArray[np.str_], phases: JointPhases) -> Estimate:
    """Return Young's modulus, GPa: Hill's mean of the elements by their volume."""
    volumes = np.append(molar_volume_cm3(metals), SODIUM_MOLAR_VOLUME_CM3)
    moduli = np.append(youngs_modulus_gpa(metals), SODIUM_YOUNGS_MODULUS_GPA)
    amount = np.column_stack([phases.metal_fraction, phases.sodium_per_metal])
    each = np.where(amount > 0, amount * volumes, 0.0)
    share = each / each.sum(axis=1, keepdims=True)
    voigt = np.where(share > 0, share * moduli, 0.0).sum(axis=1)
    reuss = 1 / np.where(share > 0, share / moduli, 0.0).sum(axis=1)
    value = (voigt + reuss) / 2
    return f0_estimate(value, ALLOY_MODULUS_STD_FRACTION * value, "Hill mean of elements")
