"""Everything known and computed for one precursor."""

from dataclasses import replace
from math import isfinite
from typing import Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.candidates.snapshot.snapshot import check_covers, load_snapshot
from maiscreen.descriptors.alloys.alloying import alloy_system
from maiscreen.descriptors.alloys.records import AlloyPhase
from maiscreen.descriptors.bench.handling import BOTTLE
from maiscreen.descriptors.bench.look_up import addresses
from maiscreen.descriptors.bench.stability import NOTHING_KNOWN
from maiscreen.descriptors.bench.supply import supply
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC
from maiscreen.descriptors.hazards.glovebox import glovebox
from maiscreen.descriptors.hazards.hazards import ORGANIC
from maiscreen.descriptors.hazards.limits import exposure_limit
from maiscreen.descriptors.hazards.toxicity import NOT_FOUND
from maiscreen.descriptors.reaction.path import reaction_path
from maiscreen.descriptors.reaction.scheme import scheme_of
from maiscreen.descriptors.reaction.steps import limiting_potential_v, reduction_steps
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, formation_energy_ev_atom
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.paper.comparison import control_rows
from maiscreen.screen.paper.controls import CHLOROPROPANE
from maiscreen.screen.scoring.gates import gates
from maiscreen.screen.scoring.ranking import rank_candidates
from maiscreen.screen.text import error_words

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
        If the formula is none, or not of a homoleptic halide; or the campaign's snapshot was not
        built for it.
    """
    campaign = replace(campaign or Campaign(), temperature_c=temperature_c)
    if formula == CHLOROPROPANE.formula:
        return _control(campaign)
    if formula in ORGANIC:
        raise InputError("formula", formula, f"is not screened: {ORGANIC[formula]}")
    precursor = Precursor.parse(formula)
    snapshot = load_snapshot(campaign.snapshot)
    check_covers(snapshot, (precursor.metal,), (precursor.halogen,))
    described = describe_precursors(campaign, Precursors.of([precursor]))
    row: Row = rank_candidates(campaign, described).to_pylist()[0]
    return _with_reasons(
        {
            **_identity(row),
            "reaction": _reaction(row, campaign),
            "reduction_potential_v": _potential(precursor, row, campaign),
            "alloying": _alloying(precursor.metal, row, campaign),
            "path": _path(precursor, campaign),
            "vapour_pressure_pa": _vapour(row, campaign),
            "attributes": _attributes(row),
            "gates": _gates(described, campaign),
            "supply": {"class": row["supply"], "evidence": row["supply_evidence"]},
            "stability": row["stability_reason"],
            "handling": row["handling"],
            "caution": row["caution"],
            "toxicity": _toxicity(precursor, row),
            "score": _score(row),
            "look_up": dict(addresses(row["formula"], row["cas"] or "", row["name"] or "")),
        },
        handling="neither a boiling point nor a vapour pressure is known",
        cas="no registry read here has it",
        route="without a vapour pressure the route is open",
    )


def _identity(row: Row) -> Row:
    return {name: row[name] for name in ("formula", "name", "cas", "route", "known")}


def _toxicity(precursor: Precursor, row: Row) -> Row:
    fluoride = precursor.halogen == "F"
    state = "gas" if (row["vapour_pressure_25_pa"] or 0.0) >= ATMOSPHERE_PA else ""
    entry = {
        "danger": row["danger"],
        "ghs": row["ghs"],
        "words": row["toxicity"],
        "source": row["hazard_source"],
        "exposure_limit": exposure_limit(row["cas"] or "", [precursor.halogen]),
        "with_sodium": row["with_sodium"],
        "glovebox": glovebox(precursor.formula, precursor.metal, fluoride, state),
    }
    return _with_reasons(entry, ghs=NOT_FOUND)


def _with_reasons(entry: Row, **reasons: str | None) -> Row:
    """State of every missing value why it is missing."""
    why = {name: text or "no data" for name, text in reasons.items() if entry[name] is None}
    return entry | {"reasons": why} if why else entry


def _score(row: Row) -> Row:
    spread = {name: row[f"score_{name}"] for name in ("std", "median", "low", "high")}
    why = f"no value for {row['missing_attributes']}"
    entry = {"value": row["score"], **spread}
    return _with_reasons(entry, **dict.fromkeys(entry, why))


def _reaction(row: Row, campaign: Campaign) -> Row:
    why = row["delta_g_reason"]
    return _with_reasons(
        {
            "equation": row["equation"],
            "electrons": row["electrons"],
            "delta_g_kj_mol": row["delta_g_kj_mol"],
            "std_kj_mol": row["delta_g_std_kj_mol"],
            "temperature_k": campaign.temperature_c + ZERO_CELSIUS_K,
            "source": row["delta_g_source"],
        },
        delta_g_kj_mol=why,
        std_kj_mol=why,
        source=why,
    )


def _potential(precursor: Precursor, row: Row, campaign: Campaign) -> Row:
    snapshot = load_snapshot(campaign.snapshot)
    energy = formation_energy_ev_atom(Precursors.of([precursor]), snapshot)[0]
    temperature_k = campaign.temperature_c + ZERO_CELSIUS_K
    by_route = replace(precursor, route=row["route"] or "vapour")
    steps = reduction_steps(by_route, temperature_k, float(energy), scheme_of(snapshot))
    limiting = limiting_potential_v(steps)
    why = row["delta_g_reason"]
    return _with_reasons(
        {
            "value": row["reduction_potential_v"],
            "std": row["reduction_potential_std_v"],
            "source": row["delta_g_source"],
            "materials_project": row["reduction_potential_materials_project_v"],
            "paper_quoted": row["reduction_potential_paper_v"],
            "steps": [
                {"equation": s.equation, "value": s.value_v, "electrons": s.electrons}
                for s in steps
            ],
            "limiting": limiting if isfinite(limiting) else None,
        },
        value=why,
        std=why,
        source=why,
        materials_project="the snapshot has no energy of it",
        paper_quoted="the paper quotes SnCl4, SiCl4 and TiCl4 alone",
        limiting=why or "no steps: the metal is missing from the tables",
    )


def _alloying(metal: str, row: Row, campaign: Campaign) -> Row:
    system = alloy_system(load_snapshot(campaign.snapshot), metal, campaign.hull_tolerance_ev_atom)
    values = {
        "as_formed": row["alloy_as_formed"],
        "in_operation": row["alloy_in_operation"],
        "delta_g_kj_mol_metal": row["alloy_delta_g_kj_mol"],
        "std_kj_mol_metal": row["alloy_delta_g_std_kj_mol"],
    }
    entry = {
        "phases": [_phase(phase) for phase in system.phases],
        **values,
        "probability": row["p_alloy_in_operation"],
        "kinetics": _kinetics(row),
        "volume_source": {
            state: row[f"alloy_volume_source_{state}"] for state in ("as_formed", "in_operation")
        },
        "note": system.note or "nothing out of the ordinary",
    }
    return _with_reasons(entry, **dict.fromkeys(values, system.note))


def _kinetics(row: Row) -> Row:
    """Tell whether the alloy forms in time, in both states, and on what that rests."""
    no_alloy = "there is no alloy to form"
    entry: Row = {
        state: _with_reasons(
            {
                "probability": row[f"p_alloy_kinetic_{state}"],
                "seconds_at_25_c": row[f"alloy_time_{state}_s"],
                "std_log10": row[f"alloy_time_{state}_std_log10"],
            },
            seconds_at_25_c=no_alloy,
            std_log10=no_alloy,
        )
        for state in ("as_formed", "in_operation")
    }
    return entry | {"evidence": row["alloy_kinetics"] or no_alloy}


def _phase(phase: AlloyPhase) -> Row:
    return _with_reasons(
        {
            "formula": phase.formula,
            "formation_energy_ev_atom": phase.formation_energy_ev_atom,
            "energy_above_hull_ev_atom": phase.energy_above_hull_ev_atom,
            "plateau_v": phase.plateau_v,
            "measured_plateau_v": phase.measured_plateau_v,
            "known": phase.known,
        },
        plateau_v="above the hull: no plateau of its own",
        measured_plateau_v="no measurement in the tables",
    )


def _path(precursor: Precursor, campaign: Campaign) -> Row:
    path = reaction_path(load_snapshot(campaign.snapshot), precursor)
    steps = [
        {
            "sodium": step.sodium,
            "precursor": step.precursor,
            "products": dict(step.products),
            "energy_ev_atom": step.energy_ev_atom,
        }
        for step in path.steps
    ]
    source = "Materials Project energies of the snapshot"
    return _with_reasons({"steps": steps or None, "source": source}, steps=path.reason)


def _vapour(row: Row, campaign: Campaign) -> Row:
    why = row["vapour_pressure_reason"]
    pressures = {
        25.0: row["vapour_pressure_25_pa"],
        60.0: row["vapour_pressure_60_pa"],
        campaign.temperature_c: row["vapour_pressure_pa"],
    }
    known = {
        **{f"{celsius:g}": pressure for celsius, pressure in sorted(pressures.items())},
        "source": row["vapour_pressure_source"],
        "std_log10": row["vapour_pressure_std_log10"],
    }
    entry = {
        **known,
        "temperature_for_least_pressure_c": row["temperature_for_pressure_c"],
        "least_pressure_pa": campaign.min_vapour_pressure_pa,
    }
    needed = why or "not reached where data exist"
    reasons = {**dict.fromkeys(known, why), "temperature_for_least_pressure_c": needed}
    return _with_reasons(entry, **reasons)


def _attributes(row: Row) -> Row:
    return {name: _attribute(row, name, unit) for name, unit in ATTRIBUTE_UNITS.items()}


def _attribute(row: Row, name: str, unit: str) -> Row:
    entry = {
        "value": row[name],
        "unit": unit,
        "error": None,
        "fidelity": row[f"{name}_fidelity"],
        "source": row[f"{name}_source"],
        "desirability": row[f"desirability_{name}"],
    }
    std = f"std{'_log10' if name in LOGARITHMIC else ''}"
    entry[std] = row[f"{name}_{std}"]
    entry["error"] = error_words(entry[std], logarithmic=name in LOGARITHMIC)
    return _with_reasons(entry, **dict.fromkeys(entry, "a property of M is in no table read here"))


def _gates(described: pa.Table, campaign: Campaign) -> list[Row]:
    return [
        {"name": g.name, "passed": bool(g.passed[0]), "reason": str(g.reason[0])}
        for g in gates(described, campaign)
    ]


def known_relatives(precursor: Precursor, campaign: Campaign | None = None) -> tuple[str, ...]:
    """Return the halides MXₙ of a metal and a halogen that were made, or computed.

    Examples
    --------
    >>> known_relatives(Precursor.parse("SnCl5"))
    ('SnCl', 'SnCl2', 'SnCl4')
    """
    campaign = campaign or Campaign()
    snapshot = load_snapshot(campaign.snapshot)
    space = halide_space(snapshot, (precursor.metal,), (precursor.halogen,))
    table = describe_precursors(campaign, space.slice(0, space.size))
    rows = table.select(["formula", "known"]).to_pylist()
    return tuple(dict.fromkeys(r["formula"] for r in rows if r["known"] != "hypothetical"))


def _control(campaign: Campaign) -> dict[str, Any]:
    """Tell what is known of 1-chloropropane, which leaves NaCl alone."""
    row: Row = control_rows(campaign)[0]
    reaction = _reaction(row | {"delta_g_reason": None}, campaign)
    volt, std = row["reduction_potential_v"], row["reduction_potential_std_v"]
    potential = {
        "value": volt,
        "std": std,
        "source": row["delta_g_source"],
        "materials_project": None,
        "paper_quoted": None,
        "steps": [{"equation": row["equation"], "value": volt, "electrons": 1}],
        "limiting": volt,
    }
    no_metal = "there is no metal: NaCl alone"
    alloy = dict.fromkeys(("as_formed", "in_operation", "delta_g_kj_mol_metal"))
    vapour = dict.fromkeys(("25", "60", "source", "std_log10"))
    outside = "outside the tables of halides; it boils at 47 °C"
    return {
        **_identity(row),
        "reaction": reaction,
        "reduction_potential_v": _with_reasons(
            potential, materials_project="a molecule", paper_quoted="not quoted"
        ),
        "alloying": _with_reasons({"phases": [], **alloy}, **dict.fromkeys(alloy, no_metal)),
        "path": _with_reasons({"steps": None}, steps=no_metal),
        "vapour_pressure_pa": _with_reasons(vapour, **dict.fromkeys(vapour, outside)),
        "attributes": _attributes(row),
        "gates": [
            {
                "name": "compound",
                "passed": False,
                "reason": row["rejected_reason"].removeprefix("compound: "),
            }
        ],
        **_bench_of_control(row),
        "caution": "flammable; halocarbons and sodium can explode",
        "score": _score(row | {"missing_attributes": ""}),
        "look_up": dict(addresses(row["formula"], row["cas"], row["name"])),
    }


def _bench_of_control(row: Row) -> Row:
    classes, on_lists = supply([row["cas"]])
    return {
        "supply": {"class": str(classes[0]), "evidence": str(on_lists[0])},
        "stability": NOTHING_KNOWN,
        "handling": BOTTLE,
    }
