"""The front-runners of a wide space: ranked with their errors, and who else could be among them."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND, NOTHING
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC, to_table
from maiscreen.descriptors.layer.layer import Uncertain
from maiscreen.screen.blends.blends import (
    Blends,
    evaluate_recipes,
    layer_attributes,
    likely_alloys,
)
from maiscreen.screen.blends.bound import MISSED
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import SLOTS, describe_recipes
from maiscreen.screen.scoring.front import BINS, BestCandidates, Bound, histogram
from maiscreen.screen.scoring.ranking import (
    AT_A_TIME,
    mark_pareto,
    metal_index,
    nullable_integers,
    rank,
    sample_errors,
    summarise_draws,
    weights,
)
from maiscreen.screen.scoring.score import desirability, score

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LOW_TAIL = 0.025
"""Chance that the k-th best drawn score is below the threshold of the bound."""

AUDITED, AUDITED_AT_MOST = 1000, 20_000
"""Others that are drawn to see what the bound is worth, and candidates looked at to find them."""


def draw_scores(space: BlendSpace, blends: Blends) -> Floats:
    """Draw scores by Monte Carlo, shape (samples, n).

    As :func:`maiscreen.screen.scoring.ranking.sample_scores` does for precursors by themselves,
    and the same for these to the last digit: the errors belong to the metals. Those of a blend
    are drawn from those of its metals, by their shares.
    """
    drawn = np.empty((space.campaign.samples, len(blends)), order="F")
    for first in range(0, len(blends), AT_A_TIME):
        rows = np.arange(first, min(first + AT_A_TIME, len(blends)))
        worths = draw_worths(space, blends.take(rows), space.campaign.samples)
        drawn[:, rows] = score(worths, weights(space.campaign))
    return drawn


def draw_worths(space: BlendSpace, blends: Blends, samples: int) -> dict[str, Floats]:
    """Draw desirabilities by attribute, shape (samples, n), as :func:`draw_scores` scores them."""
    if not len(blends):
        return {name: np.empty((samples, 0)) for name in ATTRIBUTES}
    formed, errors = sample_errors(ATTRIBUTES, samples, space.campaign.seed)
    column_of = metal_index(np.append(np.array(METALS), ""))[blends.metal]
    p_alloy = space.tables.p_alloy[blends.metal]
    alloyed = [formed[:, column_of[k]] < p_alloy[k] for k in SLOTS]
    outcome = sum(flags.astype(np.int64) << k for k, flags in enumerate(alloyed))
    seen, place = np.unique(outcome, return_inverse=True)
    place = place.reshape(outcome.shape)
    possible = [_attributes_of_outcome(space, blends, code) for code in seen.tolist()]
    worths = {}
    for name in ATTRIBUTES:
        value, std = (
            np.take_along_axis(np.stack([one[name][part] for one in possible]), place, axis=0)
            for part in (0, 1)
        )
        worths[name] = desirability(name, value + std * _noise(errors[name], column_of, blends))
    return worths


def _attributes_of_outcome(space: BlendSpace, blends: Blends, code: int) -> dict[str, Uncertain]:
    """Describe blends with the k-th metal alloyed where the k-th bit is set."""
    alloyed = np.array([[bool(code >> k & 1)] for k in SLOTS])
    return layer_attributes(space, blends, np.broadcast_to(alloyed, blends.metal.shape))


def _noise(error: Floats, column_of: Integers, blends: Blends) -> Floats:
    """Mix the metals' errors by their shares, with a standard deviation of 1; (samples, n)."""
    share, metal = blends.metal_share, blends.metal
    together = (metal[:, None] == metal[None]) & (metal[:, None] != NOTHING)
    variance = (share[:, None] * share[None] * together).sum(axis=(0, 1))
    mixed = sum(share[k] * error[:, column_of[k]] for k in SLOTS)
    return np.asarray(mixed / np.sqrt(variance))


def with_errors(space: BlendSpace, blends: Blends) -> dict[str, Uncertain]:
    """Return the attributes of the likelier outcome, with the error of all, shape (n,) each.

    The variance is that of the mixture of all outcomes about the likelier one, as in
    :func:`maiscreen.models.attributes.attributes.mix_outcomes`.
    """
    p_alloy = space.tables.p_alloy[blends.metal]
    nominal = layer_attributes(space, blends, likely_alloys(space, blends))
    variance = {name: np.zeros(len(blends)) for name in nominal}
    for code in reversed(range(1 << MOST_IN_A_BLEND)):
        chance = _probability(blends.metal, p_alloy, code)
        if not (chance > 0).any():
            continue
        for name, (value, std) in _attributes_of_outcome(space, blends, code).items():
            square = std**2 + (value - nominal[name].value) ** 2
            variance[name] += np.where(chance > 0, chance * square, 0.0)
    return {n: Uncertain(one.value, np.sqrt(variance[n])) for n, one in nominal.items()}


def _probability(metal: Integers, p_alloy: Floats, code: int) -> Floats:
    """Return the chance that metals alloy as the bits of a code say; one metal does one thing."""
    chance = np.ones(metal.shape[1])
    for k in SLOTS:
        alloys = bool(code >> k & 1)
        factor = p_alloy[k] if alloys else 1 - p_alloy[k]
        for earlier in range(k):
            agrees = float(bool(code >> earlier & 1) == alloys)
            factor = np.where(metal[k] == metal[earlier], agrees, factor)
        chance = chance * np.where(metal[k] == NOTHING, float(not alloys), factor)
    return chance


def rank_front_runners(
    space: BlendSpace, front: BestCandidates, optimistic: Integers
) -> tuple[pa.Table, Bound]:
    """Rank the front-runners, with their errors.

    Parameters
    ----------
    space : BlendSpace
        What is screened.
    front : BestCandidates
        The best candidates of the whole space.
    optimistic : Integers
        Histogram of the optimistic scores of all candidates, shape (BINS,).

    Returns
    -------
    tuple
        One row for each, best first, and who else could be among the first.
    """
    recipes = space.mixtures.at(front.index)
    blends = evaluate_recipes(space, recipes)
    table = pa.Table.from_batches([describe_recipes(space, recipes, {})])
    drawn = draw_scores(space, blends)
    everyone = np.ones(len(blends), dtype=bool)
    ranked = rank(front.score, drawn, front.index, everyone, space.campaign.top_k)
    columns: dict[str, Any] = {
        **summarise_draws(drawn),
        # Beyond the first so many stand the best of other metals, with others between them.
        "rank": nullable_integers(
            np.where(ranked.rank <= space.settings.front_runners, ranked.rank, np.nan)
        ),
        "rank_low": nullable_integers(ranked.low),
        "rank_high": nullable_integers(ranked.high),
        "p_top_k": ranked.p_top,
    }
    values = with_errors(space, blends)
    worth = {name: desirability(name, estimate.value) for name, estimate in values.items()}
    columns |= {"passed": everyone, "pareto": mark_pareto(worth, everyone)}
    for name, estimate in values.items():
        columns[f"{name}_std_log10" if name in LOGARITHMIC else f"{name}_std"] = estimate.std
        columns[f"desirability_{name}"] = worth[name]
    for field in (described := to_table(columns)).schema:
        table = table.append_column(field, described[field.name])
    return table, _bound(space, table, drawn, optimistic)


def _bound(space: BlendSpace, table: pa.Table, drawn: Floats, optimistic: Integers) -> Bound:
    k = min(space.campaign.top_k, drawn.shape[1])
    if drawn.shape[1] < space.settings.front_runners:
        return Bound(0.0, 0.0, 0, drawn.shape[1])  # everyone who passed was drawn
    kth = np.partition(drawn, -k, axis=1)[:, -k]
    threshold = float(np.quantile(kth, LOW_TAIL))
    others = optimistic - histogram(table["score_optimistic"].to_numpy())
    reached = int(others[int(threshold * BINS) :].sum())
    chance = MISSED + LOW_TAIL
    audited, surprises = _audit(space, table["index"].to_numpy(), kth, chance)
    share = share_upper_bound(surprises, audited)
    return Bound(chance, threshold, reached, drawn.shape[1], audited, surprises, share)


def _audit(space: BlendSpace, known: Integers, kth: Floats, chance: float) -> tuple[int, int]:
    """Draw others at random: how many there were, and how many are among the first too often."""
    mixtures = space.mixtures
    at = np.random.default_rng([space.campaign.seed, len(ATTRIBUTES) + 1]).integers(
        0, mixtures.size, AUDITED_AT_MOST
    )
    recipes = mixtures.numbered(np.unique(at))
    blends = evaluate_recipes(space, recipes)
    passed = (blends.rejected == 0) & ~np.isin(recipes.index, known)
    blends = blends.take(np.flatnonzero(passed)[:AUDITED])
    if not len(blends):
        return 0, 0
    often = (draw_scores(space, blends) >= kth[:, None]).mean(axis=0)
    return len(blends), int((often > chance).sum())


def share_upper_bound(hits: int, looked_at: int) -> float:
    """Return the upper end of the interval of Clopper and Pearson for a share, 95 %, one-sided.

    Clopper & Pearson, Biometrika 26, 404 (1934).

    Examples
    --------
    >>> round(share_upper_bound(0, 1000), 4)
    0.003
    """
    from scipy.special import betaincinv

    return 1.0 if hits >= looked_at else float(betaincinv(hits + 1, looked_at - hits, 0.95))
