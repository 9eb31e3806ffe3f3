"""The interphase that a precursor leaves, in each of its states."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloying, elemental_volume_cm3_mol
from maiscreen.descriptors.alloys.kinetics import Process, formation_times
from maiscreen.descriptors.alloys.records import AlloyStates, StateArrays
from maiscreen.descriptors.blends.vapour import EXPOSURE_S
from maiscreen.descriptors.layer.layer import Layer, LayerEstimate
from maiscreen.descriptors.reaction.salts import salt
from maiscreen.models.attributes.attributes import (
    DEFAULT,
    Assumptions,
    attributes,
    built_otherwise,
)
from maiscreen.models.attributes.crystal_data import with_learned_volumes
from maiscreen.screen.campaign.campaign import Campaign

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

ZERO_CELSIUS_K = 273.15

CELL_TEMPERATURE_K = 298.15
"""The cell works at room temperature, whatever the temperature of the vapour process."""

ADDITIVE_ORGANIC_SHARE = 0.5
"""Volume share of reduced electrolyte in a layer made by an additive [judgement: the paper calls
such layers very porous and permeable, and gives no number]."""

STATES = ("as_formed", "in_operation", "bare")
"""Vapour side, sodium-saturated, and the metal without any alloy."""


def alloy_states(metal: Strings, tolerance_ev_atom: float, assumptions: Assumptions) -> AlloyStates:
    """Describe both states of the alloys of metals, at the best fidelity that is asked for.

    Parameters
    ----------
    metal : Strings
        Symbols, shape (n,).
    tolerance_ev_atom : float
        As in :func:`maiscreen.descriptors.alloys.alloying.alloy_system`.
    assumptions : Assumptions
        With F1 or F2, learned volumes take the place of guessed ones.
    """
    alloys = alloying(load_snapshot(assumptions.snapshot), metal, tolerance_ev_atom)
    if assumptions.fidelity == "F0":
        return alloys
    return with_learned_volumes(alloys, assumptions.models)


def interphases(
    precursors: Precursors, alloys: AlloyStates, assumptions: Assumptions = DEFAULT
) -> dict[str, dict[str, LayerEstimate]]:
    """Estimate the four attributes in every state.

    Returns
    -------
    dict[str, dict[str, LayerEstimate]]
        By state (:data:`STATES`), then by attribute, arrays of shape (n,).
    """
    by_state, otherwise = {}, built_otherwise(assumptions)
    thin = layers(precursors, alloys, otherwise.salt_share)
    for state, layer in layers(precursors, alloys, assumptions.salt_share).items():
        other = attributes(thin[state], CELL_TEMPERATURE_K, otherwise)
        estimates = attributes(layer, CELL_TEMPERATURE_K, assumptions)
        by_state[state] = {name: e.between(other[name]) for name, e in estimates.items()}
    return by_state


def layers(
    precursors: Precursors, alloys: AlloyStates, salt_share: float = 1.0
) -> dict[str, Layer]:
    """Describe the layer of each precursor in every state of :data:`STATES`.

    Parameters
    ----------
    precursors : Precursors
        Of n candidates.
    alloys : AlloyStates
        Of their metals.
    salt_share : float
        How much of the salt lies in the layer.
    """
    symbols = precursors.metal.tolist()
    bare = np.array([elemental_volume_cm3_mol(m) for m in symbols], dtype=np.float64)
    none = np.zeros(len(precursors))
    phases = {
        "as_formed": _phase(alloys.as_formed, precursors.metal, bare),
        "in_operation": _phase(alloys.in_operation, precursors.metal, bare),
        "bare": (precursors.metal, none, bare),
    }
    salt_mol = salt_share * precursors.halogens_per_metal
    return {state: _layer(precursors, salt_mol, *phase) for state, phase in phases.items()}


def _phase(state: StateArrays, metal: Strings, bare_cm3: Floats) -> tuple[Strings, Floats, Floats]:
    """Return formula, sodium and volume for each mole of M; the bare metal's without an alloy."""
    alloyed = state.formula != ""
    sodium = np.where(alloyed, state.sodium_per_metal, 0.0)
    volume = np.where(alloyed, state.volume_cm3_mol_metal, bare_cm3)
    return np.where(alloyed, state.formula, metal), sodium, volume


def _layer(
    precursors: Precursors, salt_mol: Floats, phase: Strings, sodium_mol: Floats, phase_cm3: Floats
) -> Layer:
    solid = salt_mol * salt("molar_volume_cm3", precursors.halogen) + phase_cm3
    share = np.where(precursors.route == "additive", ADDITIVE_ORGANIC_SHARE, 0.0)
    return Layer(
        precursors.metal,
        precursors.halogen,
        phase,
        salt_mol,
        sodium_mol,
        phase_cm3,
        solid * share / (1 - share),
    )


def probability_of_alloy(state: StateArrays) -> Floats:
    """Return the probability that the phase of a state is stable, zero where there is none."""
    return np.where(state.formula != "", state.p_alloy, 0.0)


def probability_in_time(metal: Strings, alloys: AlloyStates, state: str, by: Process) -> Floats:
    """Return the probability that the phase of a state forms in time, zero where there is none.

    Parameters
    ----------
    metal : Strings
        Symbols, shape (n,).
    alloys : AlloyStates
        Of these metals.
    state : str
        ``as_formed`` or ``in_operation``.
    by : Process
        How the layer is made.
    """
    return formation_times(metal, getattr(alloys, state)).probability(by, state)


def process_of(campaign: Campaign) -> Process:
    """Tell how the layers of a campaign of single halides are made: by the paper's exposure."""
    return Process(campaign.temperature_c, EXPOSURE_S)
