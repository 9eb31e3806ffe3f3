"""The comparison with the paper: its order, its controls, and what contradicts them."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from math import factorial, isclose
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import teaching
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.rounding import significant as rounded
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC
from maiscreen.descriptors.layer.transport import BRUGGEMAN_THRESHOLD
from maiscreen.descriptors.reaction.reduction import reduction
from maiscreen.descriptors.vapour.volatility import vapour_pressure
from maiscreen.models.attributes.attributes import Assumptions, anchor_fault
from maiscreen.screen.campaign.campaign import Campaign, checked_campaign
from maiscreen.screen.describe.interphase import CELL_TEMPERATURE_K, ZERO_CELSIUS_K, layers
from maiscreen.screen.paper.comparison import (
    CASES,
    Comparison,
    bare_sodium_bound,
    compare,
    falls,
    weight_simplex_share,
)
from maiscreen.screen.paper.controls import BARE_SODIUM, CONTROLS, PRECURSORS, Measured
from maiscreen.screen.paper.thickness import judge_thickness
from maiscreen.screen.scoring.ranking import summarise_draws
from maiscreen.screen.text import significant

Floats = NDArray[np.float64]

THREE = len(PRECURSORS)
_SYMBOLS = tuple(Precursor.parse(case.formula).metal for case in PRECURSORS)


def contradictions(
    campaign: Campaign, by_state: dict[str, Comparison], chosen: Comparison
) -> list[dict[str, Any]]:
    """List what disagrees with the paper's cycling order.

    Returns
    -------
    list[dict[str, Any]]
        Each with ``descriptor``, ``order`` (or None) and ``text``.
    """
    batch = Precursors.of([Precursor.parse(case.formula) for case in PRECURSORS])
    entries = [
        *_reactivity(campaign, batch),
        *(entry for state, c in by_state.items() for entry in _attributes(state, c)),
        *_pairs(chosen),
        *_tensions(campaign, batch, by_state),
    ]
    return [entry for entry in entries if entry is not None]


def _compare_order(
    descriptor: str, values: Floats, unit: str, *, less_is_better: bool = False
) -> dict[str, Any] | None:
    """Compare one descriptor's order with the paper's; None where they agree."""
    goods = -values if less_is_better else values
    ahead = (a > b and not isclose(a, b) for a, b in pairwise(goods.tolist()))
    if np.isnan(values).any() or all(ahead):
        return None
    order = sorted(range(THREE), key=lambda i: -goods[i])
    signs = ["=" if isclose(goods[a], goods[b]) else ">" for a, b in pairwise(order)]
    text = _SYMBOLS[order[0]]
    for sign, i in zip(signs, order[1:], strict=True):
        text += f" {sign} {_SYMBOLS[i]}"
    numbers = ", ".join(
        f"{s} {significant(v, 3)}" for s, v in zip(_SYMBOLS, values.tolist(), strict=True)
    )
    better = "less is better" if less_is_better else "more is better"
    return {
        "descriptor": descriptor,
        "order": text,
        "text": f"{numbers} {unit}; {better}",
    }


def _reactivity(campaign: Campaign, batch: Precursors) -> list[dict[str, Any] | None]:
    temperature_k = campaign.temperature_c + ZERO_CELSIUS_K
    missing = np.full(len(batch), np.nan)
    values = reduction(batch, temperature_k, missing)
    pressure = vapour_pressure(batch.formula, temperature_k)
    return [
        _compare_order("reduction potential, gas tables", values.potential_v, "V"),
        _compare_order("reduction potential as the paper quotes it", values.paper_quoted_v, "V"),
        _compare_order("vapour pressure", 10**pressure.log10_pa, "Pa"),
    ]


def _attributes(state: str, c: Comparison) -> list[dict[str, Any] | None]:
    entries = []
    for name, unit in ATTRIBUTE_UNITS.items():
        values = c.values[name][:THREE]
        values = 10**values if name in LOGARITHMIC else values
        words = name.replace("_", " ").replace("youngs", "Young's")
        label = f"{words}, {state.replace('_', ' ')}"
        less = name == "electrolyte_permeability"
        entries.append(_compare_order(label, values, unit, less_is_better=less))
    return entries


def _pairs(c: Comparison) -> list[dict[str, Any]]:
    """List the pairs of measured cases that the score puts the other way round, or ties."""
    scores = rounded(c.scores)
    wrong = [
        (better, worse, ">" if scores[j] > scores[i] else "=")
        for (i, better), (j, worse) in combinations(enumerate(CASES), 2)
        if scores[j] >= scores[i]
    ]
    return [
        {
            "descriptor": "score",
            "order": f"{worse.name} {sign} {better.name}",
            "text": f"measured: {worse.cycles} and {better.cycles} cycles",
        }
        for better, worse, sign in wrong
    ]


def _tensions(
    campaign: Campaign, batch: Precursors, by_state: dict[str, Comparison]
) -> list[dict[str, Any]]:
    alloys = alloying(
        load_snapshot(campaign.snapshot), batch.metal, campaign.hull_tolerance_ev_atom
    )
    salt = 100 * (1 - layers(batch, alloys)["as_formed"].volumes.phase_fraction[0])
    pressure = vapour_pressure(batch.formula, CELL_TEMPERATURE_K)
    ratio = 10 ** (pressure.log10_pa.max() - pressure.log10_pa.min())
    layer = [10 ** by_state[s].values["ionic_conductivity"][0] for s in by_state]
    texts = {
        "conductivity of the layer": "the paper measures 0.22 mS/cm on the layer from SnCl4, on "
        "which all metal phases are anchored as formed; here "
        + " and ".join(
            f"{significant(v)} mS/cm {s.replace('_', ' ')}"
            for s, v in zip(by_state, layer, strict=True)
        ),
        "phase of titanium": str(alloys.note[2]),
        "volume of salt": f"stoichiometry leaves {salt:.0f} vol% NaCl from SnCl4; the paper's XPS "
        "sees mostly alloy under a thin layer of NaCl",
        "exposure": f"equal exposures of 10 s to vapours whose pressures differ {ratio:.0f}-fold "
        "(more, as TiCl4 came from a solution) give layers of different thickness: the paper's "
        "order of cycles is not one of materials alone",
    }
    return [{"descriptor": d, "order": None, "text": t} for d, t in texts.items()]


ALTERNATIVES: Mapping[str, Mapping[str, Any]] = {
    "without the potential's labels (F1)": {"fidelity": "F1"},
    "tables alone (F0)": {"fidelity": "F0"},
    "vacancies of the alloy's own heat": {"vacancies": "of_its_own_heat"},
    "vacancies everywhere": {"vacancies": "everywhere"},
    "percolation threshold 1/3 (Bruggeman)": {"percolation_threshold": BRUGGEMAN_THRESHOLD},
}
"""Assumptions that another author could have made, as changes to those of the default campaign."""


@teaching
def validate(campaign: Campaign | None = None) -> dict[str, Any]:
    """Compare the screen with the paper.

    Returns
    -------
    dict[str, Any]
        ``order``, ``chance_probability``, ``kendall_tau``, ``weight_simplex_share`` for the
        campaign's state, the same for both ``states`` and under other assumptions
        (``sensitivity``), those of them that contradict the measured layer (``cannot_be``), the
        ``controls``, layers of three ``thickness`` and all ``contradictions``.
    """
    campaign = checked_campaign(campaign)
    by_state = {state: compare(campaign, state) for state in ("as_formed", "in_operation")}
    chosen = by_state[campaign.state]
    states = {state: _summary(campaign, c) for state, c in by_state.items()}
    return {
        "measured": "cycles of symmetric cells, 2 mA/cm², 1 mAh/cm²",
        "state": campaign.state,
        **states[campaign.state],
        "precursors": [
            _case(chosen, i) for i in np.argsort(-rounded(chosen.scores[:3]), kind="stable")
        ],
        "chance_probability": 1 / factorial(len(PRECURSORS)),
        "chance_probability_with_controls": 1 / factorial(len(CASES)),
        "states": states,
        "sensitivity": _sensitivity(campaign),
        "cannot_be": _cannot_be(campaign),
        "controls": [_control(campaign, chosen, c) for c in CONTROLS],
        "thickness": judge_thickness(campaign, chosen),
        "contradictions": contradictions(campaign, by_state, chosen),
    }


def _alternatives(campaign: Campaign) -> dict[str, Assumptions]:
    usual = replace(campaign.assumptions, fidelity=Assumptions().fidelity)
    return {name: replace(usual, **changes) for name, changes in ALTERNATIVES.items()}


def _sensitivity(campaign: Campaign) -> dict[str, Any]:
    """Return the comparison under every alternative assumption that can be, in both states."""
    return {
        name: {
            state: _summary(campaign, compare(campaign, state, assumptions))
            for state in ("as_formed", "in_operation")
        }
        for name, assumptions in _alternatives(campaign).items()
        if not anchor_fault(assumptions)
    }


def _cannot_be(campaign: Campaign) -> dict[str, str]:
    """Say which alternative assumptions contradict the measured layer, and why."""
    faults = {name: anchor_fault(one) for name, one in _alternatives(campaign).items()}
    return {name: fault for name, fault in faults.items() if fault}


def _summary(campaign: Campaign, c: Comparison) -> dict[str, Any]:
    cycles = [case.cycles for case in CASES]
    three = len(PRECURSORS)
    return {
        "order": c.order(),
        "holds": c.holds(),
        "holds_with_controls": bool(falls(c.scores)),
        "kendall_tau": kendall_tau(np.array(cycles), c.scores),
        "kendall_tau_precursors": kendall_tau(np.array(cycles[:three]), c.scores[:three]),
        "probability_of_order": float(falls(c.drawn[:, :three]).mean()),
        "weight_simplex_share": weight_simplex_share(c.worth, campaign.seed),
        "scores": {case.name: _number(s) for case, s in zip(CASES, c.scores, strict=True)},
    }


def kendall_tau(x: NDArray[np.int64], y: Floats) -> float:
    """Return Kendall's rank correlation, ties taken into account (τ_b); NaN where all are tied.

    M. G. Kendall, Biometrika 33, 239 (1945).

    Examples
    --------
    >>> round(kendall_tau(np.array([3, 2, 1]), np.array([0.9, 0.2, 0.5])), 3)
    0.333
    """
    pairs = np.triu_indices(len(x), 1)
    first, second = (np.sign(v[:, None] - v[None, :])[pairs] for v in (x, rounded(y)))
    untied = np.sqrt((first != 0).sum()) * np.sqrt((second != 0).sum())
    return float((first * second).sum() / untied) if untied else float("nan")


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _case(c: Comparison, i: int) -> dict[str, Any]:
    case = CASES[i]
    scores = rounded(c.scores)
    place = int((scores[: len(PRECURSORS)] > scores[i]).sum()) + 1
    return {
        "name": case.name,
        "formula": case.formula,
        "cycles": case.cycles,
        "score": _number(c.scores[i]),
        **{name: _number(drawn[i]) for name, drawn in summarise_draws(c.drawn).items()},
        "rank": place,
        "note": case.note,
    }


def _control(campaign: Campaign, c: Comparison, control: Measured) -> dict[str, Any]:
    if control is BARE_SODIUM:
        return {
            "name": control.name,
            "formula": "Na",
            "cycles": control.cycles,
            "score": bare_sodium_bound(campaign),
            "score_std": None,
            "note": f"{control.note}; an upper bound: there is no layer to score",
        }
    return {k: v for k, v in _case(c, CASES.index(control)).items() if k != "rank"}
