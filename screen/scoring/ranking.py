"""Scores with their uncertainty, ranks with their intervals."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import SYMBOLS
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC, to_table
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.attributes.attributes import mix_outcomes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.scoring.score import desirability, score

Floats = NDArray[np.float64]

RANK_PERCENTILES = (5.0, 95.0)
"""Ends of a rank interval."""

AT_A_TIME = 256
"""Candidates whose scores are drawn together: some MiB for each attribute."""

SCORE_DIGITS = 12
"""Digits of a score that mean something, far above rounding and far below any error."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What may come of each candidate: the alloy, or else the bare metal.

    Attributes
    ----------
    metal : NDArray[np.str_]
        Shape (n,); an empty one is a layer without metal.
    p_alloy : Floats
        Probability of the alloy, shape (n,).
    alloy, bare : dict[str, Estimate]
        By attribute, arrays of shape (n,).
    """

    metal: NDArray[np.str_]
    p_alloy: Floats
    alloy: dict[str, Estimate]
    bare: dict[str, Estimate]

    def take(self, rows: slice) -> "Outcomes":
        """Keep some candidates."""
        some = [
            {
                name: Estimate(*(getattr(e, f)[rows] for f in Estimate.__slots__))
                for name, e in of.items()
            }
            for of in (self.alloy, self.bare)
        ]
        return Outcomes(self.metal[rows], self.p_alloy[rows], *some)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranks of those that may be ranked; arrays of shape (n,), NaN for the others."""

    rank: Floats
    low: Floats
    high: Floats
    p_top: Floats


def sample_scores(outcomes: Outcomes, weights: dict[str, float], samples: int, seed: int) -> Floats:
    """Draw scores by Monte Carlo, shape (samples, n).

    The errors are drawn for each metal and attribute: precursors of one metal share the error of
    its alloy. The draws depend on the seed, the metal and the attribute alone, so that a
    candidate's scores are the same whatever others are screened with it.
    """
    draws = sample_errors(tuple(outcomes.alloy), samples, seed)
    drawn = np.empty((samples, len(outcomes.metal)), order="F")
    for first in range(0, len(outcomes.metal), AT_A_TIME):
        rows = slice(first, first + AT_A_TIME)
        drawn[:, rows] = score(_worths(outcomes.take(rows), *draws), weights)
    return drawn


def sample_worths(outcomes: Outcomes, samples: int, seed: int) -> dict[str, Floats]:
    """Draw desirabilities, each of shape (samples, n), as :func:`sample_scores` scores them."""
    return _worths(outcomes, *sample_errors(tuple(outcomes.alloy), samples, seed))


def _worths(outcomes: Outcomes, formed: Floats, errors: dict[str, Floats]) -> dict[str, Floats]:
    column = metal_index(outcomes.metal)
    alloyed = formed[:, column] < outcomes.p_alloy
    drawn = {}
    for name in outcomes.alloy:
        noise = errors[name][:, column]
        with_alloy = outcomes.alloy[name].value + outcomes.alloy[name].std * noise
        without = outcomes.bare[name].value + outcomes.bare[name].std * noise
        drawn[name] = desirability(name, np.where(alloyed, with_alloy, without))
    return drawn


def sample_errors(
    attributes: tuple[str, ...], samples: int, seed: int
) -> tuple[Floats, dict[str, Floats]]:
    """Draw what decides the scores of :func:`sample_scores`.

    Parameters
    ----------
    attributes : tuple of str
        In the order of :class:`Outcomes`.
    samples, seed : int
        As for :func:`sample_scores`.

    Returns
    -------
    Floats
        Uniform on [0, 1): the alloy of a metal forms where it is below its probability; shape
        (samples, metals), the metals as :func:`metal_index` counts them.
    dict of str to Floats
        By attribute, its error in standard deviations, shape (samples, metals).
    """
    shape = samples, len(SYMBOLS) + 1
    errors = {
        name: np.random.default_rng([seed, i]).standard_normal(shape)
        for i, name in enumerate(attributes, start=1)
    }
    return np.random.default_rng([seed, 0]).random(shape), errors


def metal_index(metal: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return the column of each metal in the draws; an empty one has its own."""
    place = {symbol: i for i, symbol in enumerate((*SYMBOLS, ""))}
    return np.array([place[m] for m in metal.tolist()], dtype=np.int64)


def rank(
    nominal: Floats,
    drawn: Floats,
    key: NDArray[np.str_] | NDArray[np.int64],
    eligible: NDArray[np.bool_],
    top: int,
) -> Ranking:
    """Rank the eligible candidates, best first, equal scores by their key.

    Parameters
    ----------
    nominal : Floats
        Scores, shape (n,).
    drawn : Floats
        Scores drawn by :func:`sample_scores`, shape (samples, n).
    key : NDArray[np.str_] or NDArray[np.int64]
        Names or numbers that decide between equal scores, shape (n,).
    eligible : NDArray[np.bool_]
        Those to be ranked, shape (n,).
    top : int
        k of the probability to be among the first k.
    """
    chosen = np.flatnonzero(eligible)
    # In the order of the keys, a stable sort by score leaves ties to the key.
    chosen = chosen[np.argsort(key[chosen], kind="stable")]
    places = places_of(drawn[:, chosen])
    low, high = np.full((2, len(nominal)), np.nan)
    ranks, p_top = np.full((2, len(nominal)), np.nan)
    if len(chosen):
        ranks[chosen] = places_of(nominal[None, chosen])[0]
        low[chosen], high[chosen] = np.percentile(
            places, RANK_PERCENTILES, axis=0, method="nearest"
        )
        p_top[chosen] = (places <= top).mean(axis=0)
    return Ranking(ranks, low, high, p_top)


def places_of(scores: Floats) -> NDArray[np.int64]:
    """Return the places within each row, 1 for the highest; equal scores in their order."""
    # Scores that differ by rounding alone are equal.
    order = np.argsort(-scores.round(SCORE_DIGITS), axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, scores.shape[1] + 1)[None, :], axis=1)
    return places


def pareto_front(goods: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the rows that no other row dominates.

    A row dominates another when it is at least as good in every column and better in one.

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
    for column in goods.T:
        at_least &= column[:, None] >= column[None, :]
        better |= column[:, None] > column[None, :]
    return np.asarray(~(at_least & better).any(axis=0))


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
    """Return the likelier outcome of each attribute, with the error of both."""
    return {
        name: mix_outcomes(possible.alloy[name], possible.bare[name], possible.p_alloy)
        for name in possible.alloy
    }


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
        **summarise_draws(drawn),
        "rank": nullable_integers(ranking.rank),
        "rank_low": nullable_integers(ranking.low),
        "rank_high": nullable_integers(ranking.high),
        "p_top_k": ranking.p_top,
        "pareto": mark_pareto(worth, passed),
        **attribute_columns(chosen, worth),
    }
    table = to_table({name: described[name] for name in described.column_names} | columns)
    order = np.lexsort((keys, np.where(passed, ranking.rank, np.inf)))
    return table.take(pa.array(order))


def summarise_draws(drawn: Floats) -> dict[str, Floats]:
    """Summarise drawn scores, shape (samples, n), as columns of shape (n,)."""
    low, median, high = np.percentile(drawn, (RANK_PERCENTILES[0], 50, RANK_PERCENTILES[1]), axis=0)
    return {
        "score_std": drawn.std(axis=0),
        "score_low": low,
        "score_median": median,
        "score_high": high,
    }


def mark_pareto(worth: dict[str, Floats], passed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the Pareto front of the desirabilities of those that passed, shape (n,)."""
    front = np.zeros(len(passed), dtype=bool)
    # What differs by rounding alone is equal.
    goods = np.stack(list(worth.values()), axis=1)[passed].round(SCORE_DIGITS)
    front[passed] = pareto_front(goods)
    return front


def nullable_integers(values: Floats) -> pa.Array:
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
