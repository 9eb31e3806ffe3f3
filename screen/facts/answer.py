"""The answer of a campaign in facts, and why a precursor stands where it does."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.vapour import state_of
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.scoring.ranking import SCORE_DIGITS
from maiscreen.screen.scoring.score import FLOOR
from maiscreen.screen.text import finite, number, plain

Row = Mapping[str, Any]

EVEN = 0.5
"""Chance from which on a candidate is named among the leading ones."""

FAR = 3
"""Rank behind which the first one has fallen far [judgement]."""

OPEN = (0.02, 0.98)
"""Probabilities of an alloy between which it is an open question."""


def answer(
    rows: Sequence[Row],
    weighted: Sequence[Row],
    comparison: Mapping[str, Any],
    campaign: Campaign,
) -> dict[str, Any]:
    """Gather what the paragraph on top has to say.

    Parameters
    ----------
    rows : sequence of mapping
        Those that passed, best first.
    weighted : sequence of mapping
        Their ranks with other weights, of `maiscreen.screen.facts.report_weights.weight_table`.
    comparison : mapping
        The comparison with the paper.
    campaign : Campaign
        What was screened.
    """
    top = rows[: campaign.top_k]
    alternatives = comparison.get("sensitivity", {})
    return {
        "first": rows[0] if rows else None,
        "tied": sum(round(r["score"] - rows[0]["score"], SCORE_DIGITS) == 0 for r in rows[1:]),
        "hangs_on": _hangs_on(weighted[0]) if rows else None,
        "leading": [row["formula"] for row in rows if (row["p_top_k"] or 0) >= EVEN],
        "top": len(top),
        "gases": [
            r["formula"] for r in top if state_of(r["formula"], campaign.temperature_c) == "gas"
        ],
        "untried": sum(row["key"] not in SHAPES for row in top),
        "alternatives": len(alternatives),
        "failing": [
            name
            for name, states in alternatives.items()
            if not all(state["holds"] for state in states.values())
        ],
        "misplaced": [
            entry
            for entry in comparison.get("contradictions", [])
            if isinstance(entry, Mapping) and entry.get("descriptor") == "score"
        ],
    }


def _hangs_on(first: Row) -> tuple[str, int] | None:
    """Name the attribute without which the first would fall furthest, if it would fall far."""
    places = [(place or 0, name) for name, place in zip(ATTRIBUTES, first["without"], strict=True)]
    place, name = max(places)
    return (name, place) if place > FAR else None


def why(row: Row, campaign: Campaign) -> list[str]:
    """Say what holds a precursor back, and what its place hangs on.

    Examples
    --------
    >>> row = {f"desirability_{name}": 1.0 for name in ATTRIBUTES}
    >>> why(row | {"desirability_adhesion": 0.5, "score": 0.84, "score_median": 0.8}, Campaign())
    ['It loses most by its adhesion, worth 0.50 of 1.']
    """
    found = [_loss(row, campaign), _alloy(row, campaign), _humps(row)]
    return [sentence for sentence in found if sentence]


def _loss(row: Row, campaign: Campaign) -> str:
    worths = [finite(row.get(f"desirability_{name}")) for name in ATTRIBUTES]
    losses = [
        (-weight * log(max(worth, FLOOR)), name, worth)
        for name, worth, weight in zip(ATTRIBUTES, worths, campaign.weights.values, strict=True)
        if worth is not None
    ]
    loss, name, worth = max(losses, default=(0.0, "", 0.0))
    if not loss > 1e-6:
        return "No attribute holds it back: each is worth all that it can be."
    floor = f", counted as {FLOOR:g}" if worth < FLOOR else ""
    return f"It loses most by its {plain(name)}, worth {number(worth)} of 1{floor}."


def _alloy(row: Row, campaign: Campaign) -> str:
    chance, alloy = finite(row.get(f"p_alloy_{campaign.state}")), row.get(f"alloy_{campaign.state}")
    if chance is None or not alloy or not OPEN[0] < chance < OPEN[1]:
        return ""
    return (
        f"Whether {alloy} forms is an open question (probability {number(chance)}); "
        f"without it the layer is {row.get('metal') or 'metal'} and salt."
    )


def _humps(row: Row) -> str:
    score, median = finite(row.get("score")), finite(row.get("score_median"))
    if score is None or median is None or abs(score - median) < 0.1:
        return ""
    return (
        f"The score of the nominal values, {number(score)}, is far from the median of the draws, "
        f"{number(median)}: the draws lie in two heaps, and the score is the less to be trusted."
    )


IN_TABLE, IN_DETAIL, IN_PLOT, IN_CURVES = 300, 20, 25, 10
"""Rows of the table; precursors with a profile of their own; rows and curves of a drawing."""
