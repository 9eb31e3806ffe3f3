"""The answer of a campaign in facts, and why a precursor stands where it does."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import shared_places, significant
from maiscreen.descriptors.bench.handling import BOTTLE, CYLINDER
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.substance import p_formed
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.scoring.draws import Stream, random_stream
from maiscreen.screen.scoring.score import WORTHS, log_desirability, score
from maiscreen.screen.scoring.tiers import places
from maiscreen.screen.text import finite_or_none, number, plain_words
from maiscreen.screen.text import significant as in_digits

Row = Mapping[str, Any]

EVEN = 0.5
"""Chance from which on a candidate is named among the leading ones."""

FAR = 3
"""Places by the nominal scores that the first one falls, so that it has fallen far [judgement]."""

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
        Their ranks with other weights, of `maiscreen.screen.facts.answer.weight_table`.
    comparison : mapping
        The comparison with the paper.
    campaign : Campaign
        What was screened.
    """
    top = rows[: campaign.top_k]
    alternatives = comparison.get("sensitivity", {})
    place = _place_of_first(rows)
    first = rows[place] if rows else None
    return {
        "first": first,
        "tied": _count_tied(rows, first) if first else 0,
        "tier": _tier_led_by(rows, first) if first else [],
        "hangs_on": _decisive_attribute(weighted[place]) if rows else None,
        "leading": [row["formula"] for row in rows if (row["p_top_k"] or 0) >= EVEN],
        "top": len(top),
        "cylinders": [r["formula"] for r in top if r.get("handling") == CYLINDER],
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


def _place_of_first(rows: Sequence[Row]) -> int:
    """Find the first that is poured out of a bottle; the first of all where none is."""
    return next((i for i, row in enumerate(rows) if row.get("handling") == BOTTLE), 0)


def _tier_led_by(rows: Sequence[Row], first: Row) -> list[str]:
    """List the tier of a candidate that leads it by expected place; of any other, itself alone."""
    tier = [row for row in rows if row["tier"] == first["tier"]]
    leads = first["expected_place"] == min(row["expected_place"] for row in tier)
    return [row["formula"] for row in tier] if leads else [first["formula"]]


def _count_tied(rows: Sequence[Row], first: Row) -> int:
    """Count those whose expected place equals that of the first."""
    places = [row["expected_place"] for row in rows]
    return places.count(first["expected_place"]) - 1


def _decisive_attribute(first: Row) -> tuple[str, int] | None:
    """Name the attribute without which the first would fall furthest, if it would fall far."""
    places = [(place or 0, name) for name, place in zip(ATTRIBUTES, first["without"], strict=True)]
    place, name = max(places)
    return (name, place) if place - first["rank"] >= FAR else None


def explain_place(row: Row, campaign: Campaign) -> list[str]:
    """Explain what holds a precursor back, and what its place depends on.

    Examples
    --------
    >>> row = {f"desirability_{name}": 1.0 for name in ATTRIBUTES}
    >>> row |= {"desirability_adhesion": 0.5, "score": 0.84, "score_median": 0.8}
    >>> explain_place(row, Campaign())
    ['It loses most by its adhesion, worth 0.50 of 1.']
    """
    found = [_loss_text(row, campaign), _alloy(row, campaign), _humps(row)]
    return [sentence for sentence in found if sentence]


def _loss_text(row: Row, campaign: Campaign) -> str:
    worths = [finite_or_none(row.get(f"desirability_{name}")) for name in ATTRIBUTES]
    losses = [
        (-weight * float(log_desirability(np.array(desirability))), name, desirability)
        for name, desirability, weight in zip(
            ATTRIBUTES, worths, campaign.weights.values, strict=True
        )
        if desirability is not None
    ]
    loss, name, desirability = max(losses, default=(0.0, "", 0.0))
    if not loss > 0 or desirability > WORTHS[1] - 1e-6:
        return "No attribute holds it back: each is worth all that it can be."
    return f"It loses most by its {plain_words(name)}, worth {_share(desirability)} of 1."


def _share(value: float) -> str:
    """Write what an attribute is worth, which may be far below a hundredth."""
    return number(value) if value >= 0.1 else in_digits(value, 1)


def _alloy(row: Row, campaign: Campaign) -> str:
    chance, alloy = p_formed(row, campaign.state), row.get(f"alloy_{campaign.state}")
    if chance is None or not alloy or not OPEN[0] < chance < OPEN[1]:
        return ""
    stable, in_time = (
        finite_or_none(row.get(f"{p}_{campaign.state}")) for p in ("p_alloy", "p_alloy_kinetic")
    )
    parts = f": stable {number(stable)}, in time {number(in_time)}" if stable and in_time else ""
    return (
        f"Whether {alloy} forms is an open question (probability {number(chance)}{parts}); "
        f"without it the layer is {row.get('metal') or 'metal'} and salt."
    )


def _humps(row: Row) -> str:
    score, median = finite_or_none(row.get("score")), finite_or_none(row.get("score_median"))
    if score is None or median is None or abs(score - median) < 0.1:
        return ""
    return (
        f"The score of the nominal values, {number(score)}, is far from the median of the draws, "
        f"{number(median)}: the draws lie in two heaps, and the score is the less to be trusted."
    )


IN_TABLE, IN_DETAIL = 300, 20
"""Rows of the table; precursors with a profile of their own."""


Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DRAWS = 2000
"""Weightings drawn evenly from all there are."""


def row_desirabilities(row: Row) -> list[float]:
    """Return the four desirabilities of a row, NaN where one is missing."""
    found = (row.get(f"desirability_{name}") for name in ATTRIBUTES)
    return [float("nan") if value is None else float(value) for value in found]


def scores(worths: Floats, weights: Sequence[float]) -> Floats:
    """Score rows of desirabilities, shape (n, 4), with weights in the order of the attributes."""
    by_name = dict(zip(ATTRIBUTES, worths.T, strict=True))
    return score(by_name, dict(zip(ATTRIBUTES, weights, strict=True)))


def rerank(rows: Sequence[Row], weights: Sequence[float]) -> Integers:
    """Order rows by their nominal scores with other weights, ties by their keys, shape (n,).

    Parameters
    ----------
    rows : sequence of mapping
        Each with its key and its desirabilities.
    weights : sequence of float
        In the order of the attributes.
    """
    keys = np.array([str(row["key"]) for row in rows], dtype=np.str_)
    order = np.lexsort((keys, -significant(scores(_worths(rows), weights))))
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[order] = np.arange(1, len(rows) + 1)
    return ranks


def weight_table(rows: Sequence[Row], campaign: Campaign) -> list[dict[str, Any]]:
    """Tell for each row its place by nominal score: without each attribute, over all weightings.

    The interval holds 90 % of the weightings, 5th to 95th percentile; errors are left out.
    """
    if not rows:
        return []
    worths = _worths(rows)
    stream = random_stream(campaign.seed, Stream.WEIGHTINGS)
    drawn = stream.dirichlet(np.ones(len(ATTRIBUTES)), DRAWS)
    over_all = places(np.array([scores(worths, one) for one in drawn]), 1)
    usual = rerank(rows, campaign.weights.values)
    without = [_without(worths, campaign, left_out) for left_out in ATTRIBUTES]
    return [
        {
            "label": row.get("label") or row["formula"],
            "rank": int(usual[i]),
            "low": int(over_all.low[i]),
            "high": int(over_all.high[i]),
            "without": [one and one[i] for one in without],
        }
        for i, row in enumerate(rows)
    ]


def _worths(rows: Sequence[Row]) -> Floats:
    """Return the desirabilities of rows, shape (n, 4)."""
    return np.array([row_desirabilities(row) for row in rows]).reshape(len(rows), len(ATTRIBUTES))


def _without(worths: Floats, campaign: Campaign, attribute: str) -> list[int] | None:
    """Rank without one attribute, the first that equals share; None where no other has a weight."""
    pairs = zip(ATTRIBUTES, campaign.weights.values, strict=True)
    weights = [0.0 if name == attribute else weight for name, weight in pairs]
    return shared_places(scores(worths, weights)[None])[0][0].tolist() if any(weights) else None
