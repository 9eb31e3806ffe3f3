"""The weights of the attributes as laboratory results teach them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.likelihood import (
    PLACES,
    STRENGTH,
    Evidence,
    Points,
    draw_prior,
    log_likelihood,
    log_prior,
    points,
    prior_std,
)
from maiscreen.screen.lab_learning.trials import Trials, Worths
from maiscreen.screen.scoring.ranking import rank, weights
from maiscreen.screen.scoring.score import score
from maiscreen.screen.screens.choose import screen_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SEARCHING, FINAL = 512, (1024, 4096)
"""Points of each step towards the posterior; fewest and most of the last one."""

WORK = 120_000
"""Points times units of the last step: many units fix the weights better, and take longer."""

MOST_ROUNDS = 30

WORTH = 0.25
"""Share of the points of a step that its weights must be worth (effective sample size)."""

DEFENSIVE = 0.2
"""Share of the points that are drawn from the prior whatever is known."""

FREEDOM = 6
"""Degrees of freedom of the Student distribution that the others come from."""

SEED = 20260324
"""Of the points: the same results give the same weights."""

PERCENTILES = (5.0, 95.0)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of the weights after the results.

    Attributes
    ----------
    points : Points
        b of them.
    chance : Floats
        Their probabilities, shape (b,), which sum to 1.
    mean, std, low, high : Floats
        Of the weights: mean, standard deviation, 5th and 95th percentile, shape (4,).
    evidence : Evidence or None
        What was learned from; None if no results could be compared.
    """

    points: Points
    chance: Floats
    mean: Floats
    std: Floats
    low: Floats
    high: Floats
    evidence: Evidence | None

    @property
    def effective(self) -> float:
        """Number of equally probable points that these are worth."""
        return float(1 / (self.chance**2).sum())

    @property
    def scatter(self) -> float:
        """Root mean square of σ of ln cycles of equal cells."""
        return float(np.sqrt((self.chance * self.points.scatter**2).sum() / self.chance.sum()))

    def even(self, count: int) -> Integers:
        """Choose points, each as often as it is probable, shape (count,)."""
        ends = np.cumsum(self.chance)
        places = np.searchsorted(ends, (np.arange(count) + 0.5) / count * ends[-1])
        # In no order, so that they can be paired with other draws.
        return np.random.default_rng(SEED + 1).permutation(np.minimum(places, len(ends) - 1))


def learn_weights(trials: Trials, worths: Worths) -> Posterior:
    """Learn the weights from cells that can be compared; without such cells, give the prior.

    Importance sampling whose proposal is fitted step by step, on the way from the prior to the
    posterior by growing powers of the likelihood, with a share of the points always from the prior.

    Parameters
    ----------
    trials : Trials
        The cells.
    worths : Worths
        Of all layers in it at least.
    """
    rng = np.random.default_rng(SEED)
    if not len(trials):
        return _prior(points(draw_prior(FINAL[1], rng)))
    evidence = Evidence.of(trials, worths)
    proposal, power = _Proposal(), 0.0
    for _ in range(MOST_ROUNDS):
        sample, excess, likely = _sample(proposal, evidence, SEARCHING, rng)
        power = _next_power(excess, likely, power)
        proposal = _Proposal.fitted(sample, _normalise(excess + power * likely))
        if power >= 1.0:
            break
    count = int(np.clip(WORK // len(trials), *FINAL))
    sample, excess, likely = _sample(proposal, evidence, count, rng)
    return _summarise(points(sample), _normalise(excess + likely), evidence)


def _sample(
    proposal: "_Proposal", evidence: Evidence, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Draw points; give them, ln prior over proposal, and ln likelihood."""
    sample = proposal.draw(count, rng)
    excess = log_prior(sample) - proposal.log_density(sample)
    return sample, excess, log_likelihood(evidence, points(sample))


def _next_power(excess: Floats, likely: Floats, power: float) -> float:
    """Find the highest power of the likelihood at which the points are still worth enough."""
    low, high = power, 1.0
    if _effective_share(excess + likely) >= WORTH:
        return 1.0
    for _ in range(30):
        middle = (low + high) / 2
        enough = _effective_share(excess + middle * likely) >= WORTH
        low, high = (middle, high) if enough else (low, middle)
    # A proposal that is worth too little is fitted once more at the same power.
    return max(low, power)


def _effective_share(logarithms: Floats) -> float:
    share = _normalise(logarithms)
    return float(1 / (share**2).sum() / len(share))


def _normalise(logarithms: Floats) -> Floats:
    raw = np.exp(logarithms - logarithms.max())
    return np.asarray(raw / raw.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Proposal:
    """A mixture of the prior and a Student distribution; of the prior alone before any fit."""

    mean: Floats | None = None
    root: Floats | None = None

    @classmethod
    def fitted(cls, sample: Floats, chance: Floats) -> "_Proposal":
        mean = chance @ sample
        off = sample - mean
        covariance = (off * chance[:, None]).T @ off + 1e-6 * np.eye(PLACES)
        return cls(mean, np.asarray(np.linalg.cholesky(1.2 * covariance), dtype=np.float64))

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        if self.mean is None or self.root is None:
            return draw_prior(count, rng)
        of_prior = round(DEFENSIVE * count)
        normal = rng.standard_normal((count - of_prior, PLACES))
        stretch = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, count - of_prior))
        student = self.mean + stretch[:, None] * (normal @ self.root.T)
        return np.concatenate([draw_prior(of_prior, rng), student])

    def log_density(self, sample: Floats) -> Floats:
        prior = log_prior(sample)
        if self.mean is None or self.root is None:
            return prior
        student = log_student(sample, self.mean, self.root)
        mixed = np.logaddexp(np.log(DEFENSIVE) + prior, np.log1p(-DEFENSIVE) + student)
        return np.asarray(mixed)


def log_student(sample: Floats, mean: Floats, root: Floats) -> Floats:
    """Return ln density of a Student distribution with :data:`FREEDOM` degrees of freedom.

    As ``scipy.stats.multivariate_t`` has it, whose import takes a second of every run.

    Parameters
    ----------
    sample : Floats
        Shape (n, p).
    mean : Floats
        Shape (p,).
    root : Floats
        Its scale matrix is ``root @ root.T``; lower triangular, shape (p, p).

    Returns
    -------
    Floats
        Shape (n,).
    """
    places = len(mean)
    squares = (np.linalg.solve(root, (sample - mean).T) ** 2).sum(axis=0)
    constant = math.lgamma((FREEDOM + places) / 2) - math.lgamma(FREEDOM / 2)
    scale = places / 2 * math.log(FREEDOM * math.pi) + np.log(np.diagonal(root)).sum()
    return np.asarray(constant - scale - (FREEDOM + places) / 2 * np.log1p(squares / FREEDOM))


def _prior(sample: Points) -> Posterior:
    """Return what is believed without results: mean and deviation as they are, not as drawn."""
    from scipy.special import betaincinv

    count = len(ATTRIBUTES)
    each = STRENGTH / count
    low, high = betaincinv(each, STRENGTH - each, np.array(PERCENTILES) / 100)
    mean, std, low, high = (
        np.full(count, one) for one in (1 / count, prior_std(), float(low), float(high))
    )
    chance = np.full(len(sample), 1 / len(sample))
    return Posterior(sample, chance, mean, std, low, high, None)


def _summarise(sample: Points, chance: Floats, evidence: Evidence) -> Posterior:
    mean = chance @ sample.weights
    std = np.sqrt(chance @ (sample.weights - mean) ** 2)
    low, high = (
        np.array([_percentile(w, chance, at) for w in sample.weights.T]) for at in PERCENTILES
    )
    return Posterior(sample, chance, mean, std, low, high, evidence)


def _percentile(values: Floats, chance: Floats, at: float) -> float:
    order = np.argsort(values)
    ends = np.cumsum(chance[order])
    place = int(np.searchsorted(ends, at / 100 * ends[-1]))
    return float(values[order][min(place, len(values) - 1)])


DIGITS = 3
"""Of a weight that is handed on: far below its error."""


def new_weights(posterior: Posterior) -> dict[str, float]:
    """Return the expected weights by attribute, rounded, with sum 1 but for that."""
    return {n: round(float(w), DIGITS) for n, w in zip(ATTRIBUTES, posterior.mean, strict=True)}


def new_ranks(
    campaign: Campaign, ranking: pa.Table, proposed: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Rank those that passed with other weights, best first, beside rank and score as they were.

    Both ranks are by tier and P(top k), over the campaign's draws of the errors.
    """
    passed = ranking.filter(ranking["passed"])
    worth = {name: passed[f"desirability_{name}"].to_numpy() for name in ATTRIBUTES}
    values = score(worth, dict(proposed))
    keys = passed["key"].to_pylist()
    ranks, had = passed["rank"].to_pylist(), passed["score"].to_pylist()
    drawn = score(screen_of(campaign).draw_worths(passed, campaign.samples), dict(proposed))
    everyone = np.ones(len(keys), dtype=bool)
    again = rank(values, drawn, np.array(keys, dtype=np.str_), everyone, campaign).rank
    best_first = np.argsort(again).tolist()
    return [
        {"key": keys[i], "rank": ranks[i], "score": had[i], "new_rank": place,
         "new_score": float(values[i])}
        for place, i in enumerate(best_first, start=1)
    ]  # fmt: skip


def as_plain_values(
    campaign: Campaign, ranking: pa.Table, trials: Trials, posterior: Posterior
) -> dict[str, Any]:
    """Return everything as plain values, ready for JSON."""
    had = weights(campaign)
    total = sum(had.values())
    proposed = new_weights(posterior)
    percent = zip(ATTRIBUTES, posterior.mean, posterior.std, posterior.low, posterior.high,
                  strict=True)  # fmt: skip
    samples = posterior.points

    def middle(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
        order = np.argsort(values)
        ends = np.cumsum(posterior.chance[order])
        return [
            float(values[order][np.searchsorted(ends, q * ends[-1])]) for q in (0.05, 0.5, 0.95)
        ]

    return {
        "weights": {
            name: {
                "campaign": had[name] / total,
                "prior": 1 / len(ATTRIBUTES),
                "prior_std": prior_std(),
                "mean": float(mean),
                "std": float(std),
                "low": float(low),
                "high": float(high),
            }
            for name, mean, std, low, high in percent
        },
        "prior_strength": STRENGTH,
        "cells": trials.cells,
        "running": len(trials.running),
        "precursors": len(trials.layers),
        "groups": len(trials.groups),
        "left_out": [{"precursor": p, "reason": why, "cells": n} for p, why, n in trials.left_out],
        "slope": middle(samples.slope),
        "misfit_ln": middle(samples.misfit),
        "scatter_ln": middle(samples.scatter),
        "effective_points": posterior.effective,
        "ranks": new_ranks(campaign, ranking, proposed),
        "toml": weights_toml(proposed),
        "set": run_options(proposed),
    }


def weights_toml(proposed: Mapping[str, float]) -> str:
    """Write the table of a campaign file.

    Examples
    --------
    >>> print(weights_toml({"adhesion": 0.25}))
    [weights]
    adhesion = 0.25
    """
    return "\n".join(["[weights]", *(f"{name} = {value:g}" for name, value in proposed.items())])


def run_options(proposed: Mapping[str, float]) -> str:
    """Write the options of ``maiscreen run``.

    Examples
    --------
    >>> run_options({"adhesion": 0.25, "youngs_modulus": 0.75})
    '--set weights.adhesion=0.25 --set weights.youngs_modulus=0.75'
    """
    return " ".join(f"--set weights.{name}={value:g}" for name, value in proposed.items())
