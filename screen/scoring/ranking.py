"""Scores with their uncertainty, ranks with their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC, texts_of, to_table
from maiscreen.descriptors.layer.layer import Estimate, LayerEstimate
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.draws import ErrorDraws, draw_blocks, outcomes
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.scoring.score import desirability, score
from maiscreen.screen.scoring.tiers import PERCENTILES, Places, places, tiers

Floats = NDArray[np.float64]


STANDING = ("rank", "tier", "expected_place", "place_low", "place_high", "p_top_k")
"""Columns of what a candidate is among those of its campaign."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks of those that may be ranked; arrays of shape (n,), NaN for the others.

    Attributes
    ----------
    rank : Floats
        Order of the tiers, in each of them that of P(top k) (decision 51); of equals the lower
        expected place stands first, then the higher nominal score, then the lower key, for
        printing alone.
    expected, low, high, p_top : Floats
        As :class:`~maiscreen.screen.scoring.tiers.Places` has them.
    tier : Floats
        As :func:`~maiscreen.screen.scoring.tiers.tiers` numbers them, rising along the ranks.
    """

    rank: Floats
    expected: Floats
    low: Floats
    high: Floats
    tier: Floats
    p_top: Floats

    def columns(self) -> dict[str, pa.Array | Floats]:
        """Lay out the columns :data:`STANDING` of a ranking."""
        whole = [_nullable_integers(one) for one in (self.rank, self.tier, self.low, self.high)]
        values = (*whole[:2], self.expected, *whole[2:], self.p_top)
        return dict(zip(STANDING, values, strict=True))


def rank(
    nominal: Floats,
    drawn: Floats,
    key: NDArray[np.str_] | NDArray[np.int64],
    eligible: NDArray[np.bool_],
    campaign: Campaign,
) -> Ranking:
    """Rank the eligible candidates by tier, in it by P(top k), best first.

    Parameters
    ----------
    nominal : Floats
        Scores, shape (n,).
    drawn : Floats
        Drawn scores of the eligible, shape (samples, eligible).
    key : NDArray[np.str_] or NDArray[np.int64]
        Names or numbers that decide in print between equals, shape (n,).
    eligible : NDArray[np.bool_]
        Those to be ranked, shape (n,).
    campaign : Campaign
        Its k of the probability to be among the first k, and what tells tiers apart.
    """
    chosen = np.flatnonzero(eligible)
    ranked = Ranking(*np.full((6, len(nominal)), np.nan))
    if not len(chosen):
        return ranked
    standing = places(drawn, campaign.top_k)
    tier = tiers(drawn, standing.expected, campaign.tier_probability)
    last = key[chosen], -significant(nominal[chosen])
    order = np.lexsort((*last, standing.expected, -significant(standing.p_top), tier))
    ranked.rank[chosen[order]] = np.arange(1, len(chosen) + 1)
    ranked.tier[chosen] = tier
    for name in Places.__slots__:
        getattr(ranked, name)[chosen] = getattr(standing, name)
    return ranked


def places_in_lists(ranks: Floats, lists: NDArray[np.str_]) -> pa.Array:
    """Assign places within each list in the order of their ranks; null without a rank.

    Ranks and intervals stay those among all: a bottle may be beaten by a cylinder.

    Parameters
    ----------
    ranks : Floats
        NaN for those without one, shape (n,).
    lists : NDArray[np.str_]
        To which list each belongs, such as its handling, shape (n,).

    Examples
    --------
    >>> places_in_lists(np.array([2, 1, 3, np.nan]), np.array(["a", "b", "a", "a"])).to_pylist()
    [1, 1, 2, None]
    """
    numbers = np.full(len(ranks), np.nan)
    for name in np.unique(lists):
        rows = np.flatnonzero((lists == name) & np.isfinite(ranks))
        numbers[rows[np.argsort(ranks[rows])]] = np.arange(1, len(rows) + 1)
    return _nullable_integers(numbers)


def pareto_front(goods: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the rows that no other row dominates.

    A row dominates another when it is at least as good in every column and better in one. What
    differs by rounding alone is equal.

    Parameters
    ----------
    goods : NDArray[np.float64]
        More is better, shape (n, columns), no NaN.

    Returns
    -------
    NDArray[np.bool_]
        Shape (n,). Equal rows are on the front together.

    Examples
    --------
    >>> pareto_front(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.5]])).tolist()
    [True, True, False]
    """
    at_least = np.ones((len(goods), len(goods)), dtype=bool)
    better = np.zeros_like(at_least)
    for column in significant(goods).T:
        at_least &= column[:, None] >= column[None, :]
        better |= column[:, None] > column[None, :]
    return np.asarray(~(at_least & better).any(axis=0))


def weights(campaign: Campaign) -> dict[str, float]:
    """Return the weights of a campaign by attribute."""
    return dict(zip(ATTRIBUTES, campaign.weights.values, strict=True))


def rank_candidates(campaign: Campaign, described: pa.Table) -> pa.Table:
    """Gate, score and rank described candidates.

    Returns
    -------
    pa.Table
        One row for each candidate, ranked ones first, then by key.
    """
    possible = outcomes(described, campaign.state)
    chosen = possible.nominal()
    worth = {name: desirability(name, e.value) for name, e in chosen.items()}
    scores = score(worth, weights(campaign))
    rejection = first_rejection(gates(described, campaign))
    passed = rejection == ""
    keys = texts_of(described["key"])
    spread, drawn = [], []
    # The draws of those that passed are ranked; of the others only the spread is told.
    errors = ErrorDraws.of(campaign.samples, campaign.seed)
    for rows, block in draw_blocks(possible, weights(campaign), errors):
        spread.append(summarise_draws(block))
        drawn.append(block[:, passed[rows]])
    ranking = rank(scores, np.concatenate(drawn, axis=1), keys, passed, campaign)
    columns = {
        "passed": passed,
        "rejected_reason": rejection,
        "score": scores,
        **{name: np.concatenate([one[name] for one in spread]) for name in spread[0]},
        **ranking.columns(),
        "place_in_list": places_in_lists(ranking.rank, texts_of(described["handling"])),
        "pareto": mark_pareto(worth, passed),
        **attribute_columns(chosen, worth),
    }
    table = to_table({name: described[name] for name in described.column_names} | columns)
    order = np.lexsort((keys, np.where(passed, ranking.rank, np.inf)))
    return table.take(pa.array(order))


def summarise_draws(drawn: Floats) -> dict[str, Floats]:
    """Summarise drawn scores, shape (samples, n), as columns of shape (n,)."""
    low, median, high = np.percentile(drawn, (PERCENTILES[0], 50, PERCENTILES[1]), axis=0)
    return {
        "score_std": drawn.std(axis=0),
        "score_low": low,
        "score_median": median,
        "score_high": high,
    }


def mark_pareto(worth: dict[str, Floats], passed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the Pareto front of the desirabilities of those that passed, shape (n,)."""
    front = np.zeros(len(passed), dtype=bool)
    front[passed] = pareto_front(np.stack(list(worth.values()), axis=1)[passed])
    return front


def _nullable_integers(values: Floats) -> pa.Array:
    """Make whole numbers of ranks, null where there is none, shape (n,)."""
    return pa.array(values, from_pandas=True).cast(pa.int64())


def attribute_columns(
    chosen: Mapping[str, Estimate | LayerEstimate], worth: dict[str, Floats]
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
