"""What every blend of a campaign draws on: salts and metal phases, worked out once."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.blends.layer import Solids
from maiscreen.descriptors.layer.layer import Layer, Uncertain
from maiscreen.descriptors.layer.transport import conductor
from maiscreen.descriptors.reaction.salts import OXIDE, salt
from maiscreen.models.attributes.attributes import parts
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import (
    CELL_TEMPERATURE_K,
    alloy_states,
    layers,
    probability_of_alloy,
)

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

SALTS = (*HALOGENS, "O")
"""Anions of the salts, in the order of the tables: NaX, and Na2O, counted by its sodium."""


OXIDE_MODULUS_STD_GPA = 30.0
"""Error of Young's modulus of Na2O, GPa [judgement: no measured one is known to us]."""


@dataclass(frozen=True, slots=True, eq=False)
class SaltTable:
    """Properties of the salts, shape (5,) each, in the order of :data:`SALTS`.

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
        Probability of each alloy, shape (m,).
    formed_cm3 : Floats
        Volume of the phase as it is formed, for a mole of each metal, shape (m,).
    energy_ev : Floats
        Formation energy of each alloy for one metal atom, 0 where there is none, shape (m,).
    """

    phases: Solids
    formula: Strings
    p_alloy: Floats
    formed_cm3: Floats
    energy_ev: Floats


@lru_cache(maxsize=4)
def salt_table(campaign: Campaign) -> SaltTable:
    """Look up the salts at the fidelity of a campaign."""
    halogen = np.array(HALOGENS)
    one, none = np.ones(len(halogen)), np.zeros(len(halogen))
    metal = np.full(len(halogen), "Sn")
    layer = Layer(metal, halogen, metal, one, none, one, one, none)
    found = parts(layer, campaign.assumptions)

    def with_oxide(numbers: Uncertain, value: float, std: float) -> Uncertain:
        return Uncertain(np.append(numbers.value, value), np.append(numbers.std, std))

    soluble = Uncertain(salt("soluble_fraction", halogen), salt("soluble_std", halogen))
    return SaltTable(
        np.append(salt("molar_volume_cm3", halogen), OXIDE.molar_volume_cm3 / 2),
        with_oxide(found.works[1].numbers, OXIDE.adhesion_j_m2, OXIDE.adhesion_std_j_m2),
        with_oxide(found.barriers[1].numbers, OXIDE.barrier_ev, OXIDE.barrier_std_ev),
        with_oxide(found.moduli[1].numbers, OXIDE.youngs_modulus_gpa, OXIDE_MODULUS_STD_GPA),
        with_oxide(soluble, OXIDE.soluble_fraction, OXIDE.soluble_std),
    )


def salts_of(campaign: Campaign, amount: Floats) -> tuple[Solids, Uncertain]:
    """Mix the salts that precursors leave, by volume.

    Parameters
    ----------
    campaign : Campaign
        Its fidelity and data.
    amount : Floats
        Moles of sodium in each salt for a mole of M, shape (5, v).

    Returns
    -------
    tuple
        The salts of each precursor, and the share of them that dissolves, shape (v,).
    """
    table = salt_table(campaign)
    each = amount * table.cm3[:, None]
    cm3 = each.sum(axis=0)
    share = each / cm3

    def mean(numbers: Uncertain) -> Uncertain:
        return Uncertain(*((share * one[:, None]).sum(axis=0) for one in numbers))

    sodium, barrier = amount.sum(axis=0), mean(table.barrier)
    conducting = conductor(sodium, cm3, barrier, CELL_TEMPERATURE_K)
    found = Solids.of(sodium, cm3, mean(table.work), conducting, mean(table.modulus))
    return found, mean(table.soluble)


@lru_cache(maxsize=4)
def metals_of(campaign: Campaign) -> Metals:
    """Look up the phases of all metals in the state of a campaign, at its fidelity."""
    halides = Precursors.of([Precursor(m, "Cl", 1, 1) for m in METALS])
    states = alloy_states(halides.metal, campaign.hull_tolerance_ev_atom, campaign.assumptions)
    by_state = layers(halides, states)
    state = getattr(states, campaign.state)
    both = [_solids(by_state[name], campaign) for name in (campaign.state, "bare")]
    energy = state.formation_energy_ev_atom * (1 + state.sodium_per_metal)
    return Metals(
        both[0].joined(both[1]),
        np.concatenate([by_state[name].phase for name in (campaign.state, "bare")]),
        probability_of_alloy(state),
        by_state["as_formed"].phase_cm3,
        np.where(state.formula == "", 0.0, energy),
    )


def _solids(layer: Layer, campaign: Campaign) -> Solids:
    found = parts(layer, campaign.assumptions)
    barrier, amounts = found.barriers[0].numbers, (layer.sodium_mol, layer.phase_cm3)
    conducting = conductor(*amounts, barrier, CELL_TEMPERATURE_K)
    return Solids.of(*amounts, found.works[0].numbers, conducting, found.moduli[0].numbers)
