"""From described candidates to a ranking: gates, scores, ranks, Pareto front."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC, to_table
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.attributes.attributes import either
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.scoring.pareto import pareto_front
from maiscreen.screen.scoring.ranking import (
    RANK_PERCENTILES,
    SCORE_DIGITS,
    Outcomes,
    rank,
    sample_scores,
)
from maiscreen.screen.scoring.score import desirability, score

Floats = NDArray[np.float64]


def outcomes(table: pa.Table, state: str) -> Outcomes:
    """Read from described candidates what may come of them in a state."""
    return Outcomes(
        np.array(table["metal"].to_pylist(), dtype=np.str_),
        table[f"p_alloy_{state}"].to_numpy(),
        {name: _estimate(table, name, state) for name in ATTRIBUTES},
        {name: _estimate(table, name, "bare") for name in ATTRIBUTES},
    )


def _estimate(table: pa.Table, attribute: str, state: str) -> Estimate:
    stem = f"{attribute}_{state}"
    return Estimate(
        table[stem].to_numpy(),
        table[f"{stem}_std"].to_numpy(),
        np.array(table[f"{stem}_source"].to_pylist(), dtype=np.str_),
        np.array(table[f"{stem}_fidelity"].to_pylist(), dtype=np.str_),
    )


def nominal(possible: Outcomes) -> dict[str, Estimate]:
    """Give the likelier outcome of each attribute, with the error of both."""
    return {
        name: either(possible.alloy[name], possible.bare[name], possible.p_alloy)
        for name in possible.alloy
    }


def weights(campaign: Campaign) -> dict[str, float]:
    """Give the weights of a campaign by attribute."""
    return dict(zip(ATTRIBUTES, campaign.weights.values, strict=True))


def rank_candidates(campaign: Campaign, described: pa.Table) -> pa.Table:
    """Gate, score and rank described candidates.

    Returns
    -------
    pa.Table
        One row for each candidate, ranked ones first, then by key.
    """
    possible = outcomes(described, campaign.state)
    chosen = nominal(possible)
    worth = {name: desirability(name, e.value) for name, e in chosen.items()}
    scores = score(worth, weights(campaign))
    drawn = sample_scores(possible, weights(campaign), campaign.samples, campaign.seed)
    rejection = first_rejection(gates(described, campaign))
    passed = rejection == ""
    keys = np.array(described["key"].to_pylist(), dtype=np.str_)
    ranking = rank(scores, drawn, keys, passed, campaign.top_k)
    columns = {
        "passed": passed,
        "rejected_reason": rejection,
        "score": scores,
        **spread(drawn),
        "rank": integers(ranking.rank),
        "rank_low": integers(ranking.low),
        "rank_high": integers(ranking.high),
        "p_top_k": ranking.p_top,
        "pareto": _front(worth, passed),
        **attribute_columns(chosen, worth),
    }
    table = to_table({name: described[name] for name in described.column_names} | columns)
    order = np.lexsort((keys, np.where(passed, ranking.rank, np.inf)))
    return table.take(pa.array(order))


def spread(drawn: Floats) -> dict[str, Floats]:
    """Summarise drawn scores, shape (samples, n), as columns of shape (n,)."""
    low, median, high = np.percentile(drawn, (RANK_PERCENTILES[0], 50, RANK_PERCENTILES[1]), axis=0)
    return {
        "score_std": drawn.std(axis=0),
        "score_low": low,
        "score_median": median,
        "score_high": high,
    }


def _front(worth: dict[str, Floats], passed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    front = np.zeros(len(passed), dtype=bool)
    # What differs by rounding alone is equal.
    goods = np.stack(list(worth.values()), axis=1)[passed].round(SCORE_DIGITS)
    front[passed] = pareto_front(goods)
    return front


def integers(values: Floats) -> pa.Array:
    """Make whole numbers of ranks, null where there is none, shape (n,)."""
    return pa.array(values, from_pandas=True).cast(pa.int64())


def attribute_columns(
    chosen: dict[str, Estimate], worth: dict[str, Floats]
) -> dict[str, Floats | NDArray[np.str_]]:
    """Lay out the four attributes in their own units."""
    columns: dict[str, Floats | NDArray[np.str_]] = {}
    for name in ATTRIBUTES:
        estimate = chosen[name]
        value, std = estimate.value, estimate.std
        if name in LOGARITHMIC:
            columns[f"{name}_std_log10"] = std
            value = 10.0**estimate.value
            std = value * np.log(10) * estimate.std
        columns[name], columns[f"{name}_std"] = value, std
        columns[f"{name}_fidelity"] = estimate.fidelity
        columns[f"{name}_source"] = estimate.source
        columns[f"desirability_{name}"] = worth[name]
    return columns
