"""Everything known and computed for one precursor."""

from dataclasses import replace
from math import isfinite
from typing import Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot import load_snapshot
from maiscreen.descriptors.alloying import alloy_system
from maiscreen.descriptors.alloys import AlloyPhase
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS
from maiscreen.descriptors.hazards import ORGANIC
from maiscreen.descriptors.path import reaction_path
from maiscreen.descriptors.steps import limiting_potential_v, reduction_steps
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.choose import rank_candidates
from maiscreen.screen.comparison import control_rows
from maiscreen.screen.controls import CHLOROPROPANE
from maiscreen.screen.gates import gates
from maiscreen.screen.interphase import ZERO_CELSIUS_K
from maiscreen.screen.stages import describe_precursors, formation_energy_ev_atom

Row = dict[str, Any]


def explain(
    formula: str, temperature_c: float = 25.0, campaign: Campaign | None = None
) -> dict[str, Any]:
    """Tell everything about one precursor.

    Parameters
    ----------
    formula : str
        Of a homoleptic halide, or C3H7Cl for the paper's control.
    temperature_c : float
        Process temperature, °C.
    campaign : Campaign, optional
        Whose gates and weights apply; the default one if left out.

    Returns
    -------
    dict[str, Any]
        Ready for JSON; None with a reason beside it where a thing is not known.

    Raises
    ------
    InputError
        If the formula is none, or not of a homoleptic halide.
    """
    campaign = replace(campaign or Campaign(), temperature_c=temperature_c)
    if formula == CHLOROPROPANE.formula:
        return _control(campaign)
    if formula in ORGANIC:
        raise InputError("formula", formula, f"is not screened: {ORGANIC[formula]}")
    precursor = Precursor.parse(formula)
    described = describe_precursors(campaign, Precursors.of([precursor]))
    row: Row = rank_candidates(campaign, described).to_pylist()[0]
    return {
        "formula": row["formula"],
        "name": row["name"],
        "cas": row["cas"],
        "route": row["route"],
        "known": row["known"],
        "reaction": _reaction(row, campaign),
        "reduction_potential_v": _potential(precursor, row, campaign),
        "alloying": _alloying(precursor.metal, row, campaign),
        "path": _path(precursor),
        "vapour_pressure_pa": _vapour(row, campaign),
        "attributes": _attributes(row),
        "gates": _gates(described, campaign),
        "caution": row["caution"],
        "score": _score(row) | _why(row["score"], f"no value for {row['missing_attributes']}"),
    }


def _score(row: Row) -> Row:
    spread = {name: row[f"score_{name}"] for name in ("std", "median", "low", "high")}
    return {"value": row["score"], **spread}


def _why(value: object, reason: str | None) -> Row:
    """Give the reason only where the value is missing."""
    return {"reason": reason or "no data"} if value is None else {}


def _reaction(row: Row, campaign: Campaign) -> Row:
    return {
        "equation": row["equation"],
        "electrons": row["electrons"],
        "delta_g_kj_mol": row["delta_g_kj_mol"],
        "std_kj_mol": row["delta_g_std_kj_mol"],
        "temperature_k": campaign.temperature_c + ZERO_CELSIUS_K,
        "source": row["delta_g_source"],
    } | _why(row["delta_g_kj_mol"], row["delta_g_source"])


def _potential(precursor: Precursor, row: Row, campaign: Campaign) -> Row:
    energy = formation_energy_ev_atom(Precursors.of([precursor]), load_snapshot())[0]
    temperature_k = campaign.temperature_c + ZERO_CELSIUS_K
    by_route = replace(precursor, route=row["route"] or "vapour")
    steps = reduction_steps(by_route, temperature_k, float(energy))
    limiting = limiting_potential_v(steps)
    return {
        "value": row["reduction_potential_v"],
        "std": row["reduction_potential_std_v"],
        "source": row["delta_g_source"],
        "materials_project": row["reduction_potential_materials_project_v"],
        "paper_quoted": row["reduction_potential_paper_v"],
        "steps": [
            {"equation": s.equation, "value": s.value_v, "electrons": s.electrons} for s in steps
        ],
        "limiting": limiting if isfinite(limiting) else None,
    } | _why(row["reduction_potential_v"], row["delta_g_source"])


def _alloying(metal: str, row: Row, campaign: Campaign) -> Row:
    system = alloy_system(load_snapshot(), metal, campaign.hull_tolerance_ev_atom)
    return {
        "phases": [_phase(phase) for phase in system.phases],
        "as_formed": row["alloy_as_formed"],
        "in_operation": row["alloy_in_operation"],
        "delta_g_kj_mol_metal": row["alloy_delta_g_kj_mol"],
        "std_kj_mol_metal": row["alloy_delta_g_std_kj_mol"],
        "probability": row["p_alloy_in_operation"],
        "note": system.note,
    } | _why(row["alloy_in_operation"], system.note)


def _phase(phase: AlloyPhase) -> Row:
    return {
        "formula": phase.formula,
        "formation_energy_ev_atom": phase.formation_energy_ev_atom,
        "energy_above_hull_ev_atom": phase.energy_above_hull_ev_atom,
        "plateau_v": phase.plateau_v,
        "measured_plateau_v": phase.measured_plateau_v,
        "known": phase.known,
    }


def _path(precursor: Precursor) -> Row:
    path = reaction_path(load_snapshot(), precursor)
    steps = [
        {
            "sodium": step.sodium,
            "precursor": step.precursor,
            "products": dict(step.products),
            "energy_ev_atom": step.energy_ev_atom,
        }
        for step in path.steps
    ]
    return {"steps": steps, "source": "Materials Project energies of the snapshot"} | (
        {} if steps else {"reason": path.reason}
    )


def _vapour(row: Row, campaign: Campaign) -> Row:
    return {
        "25": row["vapour_pressure_25_pa"],
        "60": row["vapour_pressure_60_pa"],
        "source": row["vapour_pressure_source"],
        "std_log10": row["vapour_pressure_std_log10"],
        "temperature_for_least_pressure_c": row["temperature_for_pressure_c"],
        "least_pressure_pa": campaign.min_vapour_pressure_pa,
    } | _why(row["vapour_pressure_25_pa"], row["vapour_pressure_source"])


def _attributes(row: Row) -> Row:
    return {
        name: {
            "value": row[name],
            "unit": unit,
            "std": row[f"{name}_std"],
            "fidelity": row[f"{name}_fidelity"],
            "source": row[f"{name}_source"],
            "desirability": row[f"desirability_{name}"],
        }
        | ({"std_log10": row[f"{name}_std_log10"]} if f"{name}_std_log10" in row else {})
        | _why(row[name], "a property of the metal is not in the tables")
        for name, unit in ATTRIBUTE_UNITS.items()
    }


def _gates(described: pa.Table, campaign: Campaign) -> list[Row]:
    return [
        {"name": g.name, "passed": bool(g.passed[0]), "reason": str(g.reason[0])}
        for g in gates(described, campaign)
    ]


def _control(campaign: Campaign) -> dict[str, Any]:
    """Tell what is known of 1-chloropropane, which leaves NaCl alone."""
    row: Row = control_rows(campaign)[0]
    reaction = _reaction(row, campaign)
    return {
        "formula": row["formula"],
        "name": row["name"],
        "cas": row["cas"],
        "route": row["route"],
        "known": row["known"],
        "reaction": reaction,
        "reduction_potential_v": {
            "value": row["reduction_potential_v"],
            "std": row["reduction_potential_std_v"],
            "source": row["delta_g_source"],
            "materials_project": None,
            "paper_quoted": None,
            "steps": [{"equation": row["equation"], "value": row["reduction_potential_v"]}],
            "limiting": row["reduction_potential_v"],
        },
        "alloying": {
            "phases": [],
            "as_formed": None,
            "in_operation": None,
            "delta_g_kj_mol_metal": None,
            "reason": "there is no metal: NaCl alone",
        },
        "vapour_pressure_pa": {
            "25": None,
            "60": None,
            "source": None,
            "std_log10": None,
            "reason": "a control, outside the tables of halides; it boils at 47 °C",
        },
        "attributes": _attributes(row),
        "gates": [{"name": "compound", "passed": False, "reason": row["rejected_reason"]}],
        "score": _score(row),
    }
