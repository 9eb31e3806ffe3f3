"""The comparison with the paper: its order, its controls, and what contradicts them."""

from collections.abc import Mapping
from dataclasses import replace
from math import factorial
from typing import Any

import numpy as np

from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.comparison import (
    CASES,
    Comparison,
    bare_sodium_bound,
    compare,
    weight_simplex_share,
)
from maiscreen.screen.paper.contradictions import contradictions
from maiscreen.screen.paper.controls import BARE_SODIUM, CONTROLS, PRECURSORS, Measured
from maiscreen.screen.scoring.choose import spread

ALTERNATIVES: Mapping[str, Mapping[str, Any]] = {
    "without the potential's labels (F1)": {"fidelity": "F1"},
    "tables alone (F0)": {"fidelity": "F0"},
    "vacancies of the alloy's own heat": {"vacancies": "of_its_own_heat"},
    "vacancies everywhere": {"vacancies": "everywhere"},
    "percolation threshold 1/3 (Bruggeman)": {"percolation_threshold": 1 / 3},
    "tables alone (F0), Dupré's work of adhesion, capped": {"dupre": True, "fidelity": "F0"},
}
"""Assumptions that another author could have made, as changes to those of the default campaign."""


def validate(campaign: Campaign | None = None) -> dict[str, Any]:
    """Compare the screen with the paper.

    Returns
    -------
    dict[str, Any]
        ``order``, ``chance_probability``, ``kendall_tau``, ``weight_simplex_share`` for the
        campaign's state, the same for both ``states`` and under other assumptions
        (``sensitivity``), the ``controls`` and all ``contradictions``.
    """
    campaign = campaign or Campaign()
    by_state = {state: compare(campaign, state) for state in ("as_formed", "in_operation")}
    chosen = by_state[campaign.state]
    states = {state: _summary(campaign, c) for state, c in by_state.items()}
    return {
        "measured": "cycles of symmetric cells, 2 mA/cm², 1 mAh/cm²",
        "state": campaign.state,
        **states[campaign.state],
        "precursors": [_case(chosen, i) for i in np.argsort(-chosen.scores[:3], kind="stable")],
        "chance_probability": 1 / factorial(len(PRECURSORS)),
        "chance_probability_with_controls": 1 / factorial(len(CASES)),
        "states": states,
        "sensitivity": _sensitivity(campaign),
        "controls": [_control(campaign, chosen, c) for c in CONTROLS],
        "contradictions": contradictions(campaign, by_state, chosen),
    }


def _sensitivity(campaign: Campaign) -> dict[str, Any]:
    """Give the comparison under every alternative assumption, in both states."""
    usual = replace(campaign.assumptions, fidelity=Assumptions().fidelity)
    return {
        name: {
            state: _summary(campaign, compare(campaign, state, replace(usual, **changes)))
            for state in ("as_formed", "in_operation")
        }
        for name, changes in ALTERNATIVES.items()
    }


def _summary(campaign: Campaign, c: Comparison) -> dict[str, Any]:
    from scipy.stats import kendalltau

    cycles = [case.cycles for case in CASES]
    three = len(PRECURSORS)
    ordered = (np.diff(c.drawn[:, :three], axis=1) < 0).all(axis=1)
    return {
        "order": c.order(),
        "holds": c.holds(),
        "holds_with_controls": bool((np.diff(c.scores) < 0).all()),
        "kendall_tau": float(kendalltau(cycles, c.scores).statistic),
        "kendall_tau_precursors": float(kendalltau(cycles[:three], c.scores[:three]).statistic),
        "probability_of_order": float(ordered.mean()),
        "weight_simplex_share": weight_simplex_share(c.worth, campaign.seed),
        "scores": {case.name: _number(s) for case, s in zip(CASES, c.scores, strict=True)},
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _case(c: Comparison, i: int) -> dict[str, Any]:
    case = CASES[i]
    place = int((c.scores[: len(PRECURSORS)] > c.scores[i]).sum()) + 1
    return {
        "name": case.name,
        "formula": case.formula,
        "cycles": case.cycles,
        "score": _number(c.scores[i]),
        **{name: _number(drawn[i]) for name, drawn in spread(c.drawn).items()},
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
