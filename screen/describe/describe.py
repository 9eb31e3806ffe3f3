"""The stages of a campaign: which candidates there are, and what describes them."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.handbook.points import Points, points
from maiscreen.candidates.handbook.stability import KINDS, UNREAL
from maiscreen.candidates.handbook.thermochemistry import identity, isolable
from maiscreen.candidates.precursors.precursor import (
    Precursor,
    Precursors,
    is_readable,
    systematic_name,
)
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.candidates.rounding import at_least
from maiscreen.candidates.snapshot.pins import digest_of
from maiscreen.candidates.snapshot.snapshot import (
    Snapshot,
    check_covers,
    load_snapshot,
    phase_arrays,
    pin_snapshot,
)
from maiscreen.candidates.snapshot.tables import TABLES, table
from maiscreen.descriptors.alloys.kinetics import formation_times
from maiscreen.descriptors.alloys.records import AlloyStates
from maiscreen.descriptors.bench.stability import Stability, stability
from maiscreen.descriptors.columns import to_table
from maiscreen.descriptors.hazards.hazards import cautions, hazards
from maiscreen.descriptors.hazards.sodium import with_sodium
from maiscreen.descriptors.hazards.toxicity import VOLATILE_PA, toxicity
from maiscreen.descriptors.layer.layer import Errors, LayerEstimate
from maiscreen.descriptors.reaction.reduction import reduction
from maiscreen.descriptors.reaction.scheme import scheme_of
from maiscreen.descriptors.vapour.volatility import temperature_for_pressure_k, vapour_pressure
from maiscreen.models.attributes.crystal_data import learned_energies
from maiscreen.models.labels.evidence import evidence_of, pin_labels
from maiscreen.models.predictions.learned import models_used, pin_models
from maiscreen.screen.campaign.campaign import STATES, Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.describe.bench import Bench
from maiscreen.screen.describe.interphase import (
    ZERO_CELSIUS_K,
    alloy_states,
    interphases,
    probability_of_alloy,
    process_of,
)

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]
_NO_POINTS = Points("", "")
Columns = dict[str, Any]


def pin_own_data(campaign: Campaign) -> Campaign:
    """Pin the campaign's own models, snapshot and labels to what is in their folders; read them.

    Raises
    ------
    InputError
        If a folder holds no model, one of no use here or another one than it is pinned to, or two
        hold the same target; if there is no such snapshot, or it lacks a system of the campaign;
        or if there are no such labels.
    """
    if campaign.models:
        campaign = replace(campaign, models=pin_models(campaign.models))
    if campaign.snapshot:
        campaign = replace(campaign, snapshot=pin_snapshot(campaign.snapshot))
        snapshot = load_snapshot(campaign.snapshot)
        check_covers(snapshot, campaign.metals, campaign.halogens)
        for name in TABLES:  # each candidate would fail of one that is damaged
            table(snapshot, name)
    if campaign.labels:
        campaign = replace(campaign, labels=pin_labels(campaign.labels))
        evidence_of(campaign.labels)
    return campaign


def own_sources(campaign: Campaign) -> dict[str, object]:
    """Find which snapshot and labels a campaign takes in place of the embedded ones, if any."""
    own: dict[str, object] = {}
    if campaign.snapshot:
        snapshot = load_snapshot(campaign.snapshot)
        own |= {"snapshot": snapshot.snapshot_hash, "snapshot_name": snapshot.manifest["name"]}
    if campaign.labels:
        own["labels"] = digest_of(campaign.labels)
    return own


def learned_models(campaign: Campaign) -> list[dict[str, str]]:
    """Find which learned models a campaign takes: target, name, version, sha256 and folder."""
    if campaign.fidelity == "F0":
        return []
    return [asdict(one) for one in models_used(campaign.models)]


def halides_of(campaign: Campaign) -> Precursors:
    """Enumerate the homoleptic halides of a campaign."""
    space = halide_space(None, campaign.metals, campaign.halogens)
    return space.slice(0, space.size)


def identities(batch: Precursors) -> list[dict[str, object]]:
    """Name precursors, without describing them: one mapping for each."""
    rows: list[dict[str, object]] = to_table(_identity(batch)).to_pylist()
    return rows


def describe_precursors(campaign: Campaign, batch: Precursors) -> pa.Table:
    """Describe precursors: everything that gates, scores and reports need.

    Returns
    -------
    pa.Table
        One row for each, in their order; see :data:`maiscreen.descriptors.columns.COLUMNS`.
    """
    snapshot = load_snapshot(campaign.snapshot)
    alloys = alloy_states(batch.metal, campaign.hull_tolerance_ev_atom, campaign.assumptions)
    volatility = _volatility(batch, campaign)
    # Only what evaporates reacts as a vapour; the rest reacts as the solid or liquid that it is.
    route = volatility["route"]
    by_route = replace(batch, route=np.where(route == "", "vapour", route))
    energies = formation_energy_ev_atom(batch, snapshot)
    known = isolable(batch.formula.tolist())
    lasting = stability(batch.formula, known[0])
    evidence = _evidence(batch, energies, known, lasting)
    columns: Columns = {
        **_identity(batch),
        **evidence,
        **_reaction(by_route, energies, campaign),
        **volatility,
        **_hazards(batch, evidence["cas"], volatility),
        **_bench(batch, evidence["cas"], volatility["vapour_pressure_25_pa"], lasting),
        **_alloying(alloys),
        **_kinetics(batch.metal, alloys, campaign),
        **_attributes(interphases(batch, alloys, campaign.assumptions)),
    }
    return to_table(columns)


def _identity(batch: Precursors) -> Columns:
    formula = batch.formula
    routed = np.char.add(np.char.add(formula, " "), batch.route)
    return {
        "key": np.where(batch.route == "vapour", formula, routed),
        "formula": formula,
        "metal": batch.metal,
        "halogen": batch.halogen,
        "metal_count": batch.metal_count,
        "halogen_count": batch.halogen_count,
        "route": batch.route,
        "origin": batch.origin,
    }


def _evidence(
    batch: Precursors,
    energies: Floats,
    known_compounds: tuple[NDArray[np.bool_], Strings],
    lasting: Stability,
) -> Columns:
    cas, registered = identity(batch.formula.tolist())
    names = zip(registered.tolist(), batch, strict=True)
    name = [given if is_readable(given) else systematic_name(p) for given, p in names]
    is_known, reason = known_compounds
    # What gas tables alone know is no substance for a reason, where one is known.
    explained = np.char.add(np.char.add(reason, ": "), lasting.reason)
    reason = np.where(~is_known & (lasting.word != ""), explained, reason)
    # A row of the table of stability is an experiment too, but for what turned out to be none.
    made = is_known | np.isin(lasting.word, [k for k in KINDS if k != UNREAL])
    known = np.where(
        made, "experiment", np.where(np.isfinite(energies), "computed", "hypothetical")
    )
    return {
        "cas": cas,
        "name": np.array(name, dtype=np.str_),
        "known": known,
        "isolable": is_known,
        "isolable_reason": reason,
    }


def formation_energy_ev_atom(batch: Precursors, snapshot: Snapshot) -> NDArray[np.float64]:
    """Look up the formation energies of halides in the snapshot, NaN where it has none."""
    phases = phase_arrays(snapshot)
    halides = phases.counts[:, 0] == 0
    table = {
        (m, x, a, b): energy
        for m, x, (_, a, b), energy in zip(
            phases.metal[halides].tolist(),
            phases.halogen[halides].tolist(),
            phases.counts[halides].tolist(),
            phases.energy_ev_atom[halides].tolist(),
            strict=True,
        )
    }
    return np.array([table.get(_reduced(p), np.nan) for p in batch], dtype=np.float64)


def _reduced(precursor: Precursor) -> tuple[str, str, int, int]:
    a, b = precursor.metal_count, precursor.halogen_count
    divisor = int(np.gcd(a, b))
    return precursor.metal, precursor.halogen, a // divisor, b // divisor


def _reaction(batch: Precursors, energies: Floats, campaign: Campaign) -> Columns:
    temperature_k = campaign.temperature_c + ZERO_CELSIUS_K
    guessed = None
    if campaign.fidelity != "F0":
        guessed = learned_energies(batch, np.isnan(energies), campaign.models)
    values = reduction(
        batch, temperature_k, energies, guessed, scheme_of(load_snapshot(campaign.snapshot))
    )
    return {
        "equation": np.array([equation(p) for p in batch], dtype=np.str_),
        "electrons": batch.halogen_count,
        "delta_g_kj_mol": values.delta_g_kj_mol,
        "delta_g_std_kj_mol": values.delta_g_std_kj_mol,
        "delta_g_source": values.source,
        "delta_g_reason": values.reason,
        "reduction_potential_v": values.potential_v,
        "reduction_potential_std_v": values.potential_std_v,
        "reduction_potential_materials_project_v": values.materials_project_v,
        "reduction_potential_paper_v": values.paper_quoted_v,
    }


def equation(precursor: Precursor) -> str:
    """Write the reaction of a precursor with sodium.

    Examples
    --------
    >>> equation(Precursor.parse("SnCl4"))
    '4 Na + SnCl4 → Sn + 4 NaCl'
    """
    n, a = precursor.halogen_count, precursor.metal_count
    sodium = "Na" if n == 1 else f"{n} Na"
    salt = f"Na{precursor.halogen}" if n == 1 else f"{n} Na{precursor.halogen}"
    metal = precursor.metal if a == 1 else f"{a} {precursor.metal}"
    return f"{sodium} + {precursor.formula} → {metal} + {salt}"


def _volatility(batch: Precursors, campaign: Campaign) -> Columns:
    """Find the vapour, and the route: through the vapour where sodium stays solid, else wet."""
    at = {
        celsius: vapour_pressure(batch.formula, celsius + ZERO_CELSIUS_K)
        for celsius in {25.0, 60.0, campaign.temperature_c}
    }
    pressures = {celsius: 10.0**curve.log10_pa for celsius, curve in at.items()}
    room, process = at[25.0], pressures[campaign.temperature_c]
    known = np.isfinite(room.log10_pa)
    needed = temperature_for_pressure_k(batch.formula, campaign.min_vapour_pressure_pa)
    reachable = (needed <= T_LIMIT_C + ZERO_CELSIUS_K) | at_least(
        process, campaign.min_vapour_pressure_pa
    )
    dry = np.where(reachable, "vapour", np.where(known, "solution", ""))
    return {
        "route": np.where(batch.route == "vapour", dry, batch.route),
        "vapour_pressure_pa": process,
        "vapour_pressure_25_pa": pressures[25.0],
        "vapour_pressure_60_pa": pressures[60.0],
        "vapour_pressure_std_log10": room.std_log10,
        "vapour_pressure_source": room.source,
        "vapour_pressure_reason": room.reason,
        "temperature_for_pressure_c": needed - ZERO_CELSIUS_K,
    }


def _hazards(batch: Precursors, cas: Strings, volatility: Columns) -> Columns:
    """Name what rules out, and what only warns."""
    hazard, reason = hazards(batch)
    pressures = volatility["vapour_pressure_25_pa"], volatility["vapour_pressure_pa"]
    volatile = at_least(np.fmax(*pressures), VOLATILE_PA)
    known = toxicity(batch.formula, cas, batch.metal, batch.halogen == "F", volatile)
    return {
        "hazard": hazard,
        "hazard_reason": reason,
        "caution": cautions(batch),
        "danger": known.danger,
        "ghs": known.ghs,
        "toxicity": known.toxicity,
        "hazard_source": known.source,
        "with_sodium": with_sodium(batch.formula, batch.metal),
    }


def _bench(batch: Precursors, cas: Strings, pressure_25_pa: Floats, lasting: Stability) -> Columns:
    """Tell whether a precursor can be bought, whether it lasts, and what it comes in."""
    at_1_atm = [points().get(formula, _NO_POINTS) for formula in batch.formula.tolist()]
    boiling, melting = np.array(
        [(one.boiling_k, one.melting_k) for one in at_1_atm], dtype=np.float64
    ).reshape(-1, 2).T  # fmt: skip
    return {**Bench.of(cas, boiling, melting, pressure_25_pa, lasting).columns()}


def _alloying(alloys: AlloyStates) -> Columns:
    operating = alloys.in_operation
    return {
        "p_alloy_as_formed": probability_of_alloy(alloys.as_formed),
        "p_alloy_in_operation": probability_of_alloy(operating),
        "alloy_note": alloys.note,
        "alloy_delta_g_kj_mol": operating.delta_g_kj_mol_metal,
        "alloy_delta_g_std_kj_mol": operating.std_kj_mol_metal,
        "alloy_as_formed": alloys.as_formed.formula,
        "alloy_in_operation": operating.formula,
        "alloy_volume_source_as_formed": alloys.as_formed.volume_source,
        "alloy_volume_source_in_operation": operating.volume_source,
    }


def _kinetics(metal: Strings, alloys: AlloyStates, campaign: Campaign) -> Columns:
    """Tell whether alloys form in time, in each state of a campaign, and on what that rests."""
    columns: Columns = {}
    by_state = {state: formation_times(metal, getattr(alloys, state)) for state in STATES}
    for state, times in by_state.items():
        there = np.isfinite(times.log10_s)
        columns[f"p_alloy_kinetic_{state}"] = times.probability(process_of(campaign), state)
        columns[f"alloy_time_{state}_s"] = np.where(there, 10.0**times.log10_s, np.nan)
        columns[f"alloy_time_{state}_std_log10"] = np.where(there, times.decades, np.nan)
    # Of the state as formed, which a layer may have been seen in.
    return columns | {"alloy_kinetics": by_state["as_formed"].evidence}


def _attributes(by_state: dict[str, dict[str, LayerEstimate]]) -> Columns:
    return state_columns(by_state) | {"missing_attributes": _list_missing(by_state)}


def state_columns(by_state: Mapping[str, Mapping[str, LayerEstimate]]) -> Columns:
    """Lay out attributes by state, with errors by cause, sources and fidelities."""
    columns: Columns = {}
    for state, estimates in by_state.items():
        for name, estimate in estimates.items():
            columns[f"{name}_{state}"] = estimate.value
            columns[f"{name}_{state}_std"] = estimate.std
            for cause, std in zip(Errors._fields, estimate.errors, strict=True):
                columns[f"{name}_{state}_std_{cause}"] = std
            columns[f"{name}_{state}_source"] = estimate.source
            columns[f"{name}_{state}_fidelity"] = estimate.fidelity
    return columns


def _list_missing(by_state: Mapping[str, Mapping[str, LayerEstimate]]) -> Strings:
    """Name the attributes without a value, and in which states if not in all."""
    words: list[list[str]] = [[] for _ in next(iter(by_state["bare"].values())).value]
    for name in by_state["bare"]:
        missing = {state: np.isnan(by_state[state][name].value) for state in by_state}
        for i in np.flatnonzero(np.any(list(missing.values()), axis=0)).tolist():
            states = [state.replace("_", " ") for state, nothing in missing.items() if nothing[i]]
            some = f" ({', '.join(states)})" if len(states) < len(by_state) else ""
            words[i].append(f"{name}{some}")
    return np.array([", ".join(row) for row in words], dtype=np.str_)
