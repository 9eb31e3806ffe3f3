"""What other weights would make of the ranking: the numbers, and what the page's sliders need."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.ranking import SCORE_DIGITS, Ranking, rank
from maiscreen.screen.scoring.score import FLOOR, score
from maiscreen.screen.text import finite

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

DRAWS = 2000
"""Weightings drawn evenly from all there are."""


def worth(row: Row) -> list[float]:
    """Give the four desirabilities of a row, NaN where one is missing."""
    found = (row.get(f"desirability_{name}") for name in ATTRIBUTES)
    return [float("nan") if value is None else float(value) for value in found]


def scores(worths: Floats, weights: Sequence[float]) -> Floats:
    """Score rows of desirabilities, shape (n, 4), with weights in the order of the attributes."""
    by_name = dict(zip(ATTRIBUTES, worths.T, strict=True))
    return score(by_name, dict(zip(ATTRIBUTES, weights, strict=True)))


def reranked(rows: Sequence[Row], weights: Sequence[float], drawn: Floats | None = None) -> Ranking:
    """Rank rows among themselves with other weights.

    Parameters
    ----------
    rows : sequence of mapping
        Each with its key and its desirabilities.
    weights : sequence of float
        In the order of the attributes.
    drawn : Floats, optional
        More weightings, shape (m, 4), for the interval of each rank.
    """
    worths = np.array([worth(row) for row in rows]).reshape(len(rows), len(ATTRIBUTES))
    nominal = scores(worths, weights)
    several = [scores(worths, one) for one in drawn] if drawn is not None else [nominal]
    keys = np.array([str(row["key"]) for row in rows], dtype=np.str_)
    return rank(nominal, np.array(several), keys, np.ones(len(rows), dtype=bool), 1)


def weight_table(rows: Sequence[Row], campaign: Campaign) -> list[dict[str, Any]]:
    """Tell for each row its rank without each attribute, and over all weightings (5–95 %)."""
    if not rows:
        return []
    drawn = np.random.default_rng([campaign.seed, 9]).dirichlet(np.ones(len(ATTRIBUTES)), DRAWS)
    usual = reranked(rows, campaign.weights.values, drawn)
    without = [_without(rows, campaign, left_out) for left_out in ATTRIBUTES]
    return [
        {
            "formula": row["formula"],
            "rank": int(usual.rank[i]),
            "low": int(usual.low[i]),
            "high": int(usual.high[i]),
            "without": [one and one[i] for one in without],
        }
        for i, row in enumerate(rows)
    ]


def _without(rows: Sequence[Row], campaign: Campaign, attribute: str) -> list[int] | None:
    """Rank without one attribute; None where no other has a weight."""
    pairs = zip(ATTRIBUTES, campaign.weights.values, strict=True)
    weights = [0.0 if name == attribute else weight for name, weight in pairs]
    return [int(one) for one in reranked(rows, weights).rank] if any(weights) else None


def for_sliders(
    rows: Sequence[Row], measured: Sequence[tuple[str, int | None, Row]], campaign: Campaign
) -> dict[str, Any]:
    """Give what the page needs to score and rank by itself.

    Parameters
    ----------
    rows : sequence of mapping
        The rows of the page's table.
    measured : sequence of (str, int or None, mapping)
        Name, cycles and row of the paper's cells.
    campaign : Campaign
        Whose weights the sliders begin at.
    """
    # In the order of their keys a stable sort by score leaves ties to the key, as in ranking.rank.
    ordered = sorted(rows, key=lambda row: str(row["key"]))
    return {
        "floor": FLOOR,
        "digits": SCORE_DIGITS,
        "weights": list(campaign.weights.values),
        "rows": [
            {"key": row["key"], "rank": row["rank"], "worth": [finite(one) for one in worth(row)]}
            for row in ordered
        ],
        "measured": [
            {"name": name, "cycles": cycles, "worth": worth(row)}
            for name, cycles, row in measured
            if row and not any(np.isnan(worth(row)))
        ],
    }
