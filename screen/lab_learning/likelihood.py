"""Prior and likelihood of the weights: decision 22 argues for every number here.

Coordinates of a point, in this order: ln(w_a / w_4) of the first three weights, then the logarithms
of slope, misfit and scatter.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.lab_learning.trials import Trials, Worths

Floats = NDArray[np.float64]

STRENGTH = 20.0
"""Sum of the parameters of the Dirichlet distribution: with 90 % certainty, of two attributes
neither counts more than three times as much as the other [judgement]."""

SLOPE = (0.0, 1.0)
"""Mean and standard deviation of ln κ: cycles go as the score to the power κ [judgement]."""

MISFIT = (float(np.log(0.5)), 0.5)
"""Of ln τ: how far, in ln cycles, a preparation lies off what its score says [judgement]."""

SCATTER = (float(np.log(0.35)), 0.5)
"""Of ln σ: how far, in ln cycles, equal cells lie apart [judgement]."""

PLACES = len(ATTRIBUTES) + 2
"""Coordinates of a point."""

_NORMAL = np.array([SLOPE, MISFIT, SCATTER])


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Values of all that is not known, b of them.

    Attributes
    ----------
    weights : Floats
        Shape (b, 4), each row sums to 1.
    slope, misfit, scatter : Floats
        κ, τ and σ, shape (b,).
    """

    weights: Floats
    slope: Floats
    misfit: Floats
    scatter: Floats

    def __len__(self) -> int:
        return len(self.slope)

    def take(self, places: NDArray[np.int64] | slice) -> "Points":
        """Choose some."""
        return Points(*(getattr(self, name)[places] for name in self.__slots__))


def points(coordinates: Floats) -> Points:
    """Read coordinates, shape (b, 6).

    Examples
    --------
    >>> points(np.zeros((1, 6))).weights.tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    free = len(ATTRIBUTES) - 1
    ratio = np.exp(np.column_stack([coordinates[:, :free], np.zeros(len(coordinates))]))
    return Points(ratio / ratio.sum(axis=1, keepdims=True), *np.exp(coordinates[:, free:]).T)


def draw_prior(count: int, rng: np.random.Generator) -> Floats:
    """Draw coordinates, shape (count, 6)."""
    weights = rng.dirichlet(np.full(len(ATTRIBUTES), STRENGTH / len(ATTRIBUTES)), count)
    others = _NORMAL[:, 0] + _NORMAL[:, 1] * rng.standard_normal((count, len(_NORMAL)))
    return np.column_stack([np.log(weights[:, :-1] / weights[:, -1:]), others])


def log_prior(coordinates: Floats) -> Floats:
    """Return the logarithm of the prior density of coordinates, shape (b,)."""
    count, free = len(ATTRIBUTES), len(ATTRIBUTES) - 1
    # The Jacobian of the ratios multiplies the density with every weight once more.
    each = STRENGTH / count
    of_weights = each * np.log(points(coordinates).weights).sum(axis=1)
    z = (coordinates[:, free:] - _NORMAL[:, 0]) / _NORMAL[:, 1]
    scale = np.log(_NORMAL[:, 1] * np.sqrt(2 * np.pi)).sum()
    constant = math.lgamma(STRENGTH) - count * math.lgamma(each)
    return np.asarray(of_weights + constant - (z**2).sum(axis=1) / 2 - scale)


def prior_std() -> float:
    """Return the standard deviation of a weight before any result."""
    share = 1 / len(ATTRIBUTES)
    return float(np.sqrt(share * (1 - share) / (STRENGTH + 1)))


INTERCEPT_STD = 10.0
"""Standard deviation of a group's intercept in ln cycles: as good as none is known."""

MOST_STEPS = 40
"""Of Newton's method; it takes one where every cell has failed, else four to eight."""

CLOSE = 1e-7
"""Step at which it stops, in ln cycles."""

AT_A_TIME = 4_000_000
"""Numbers in one array of matrices."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The cells, and what is needed of their layers.

    Attributes
    ----------
    trials : Trials
        With j units.
    mean : Floats
        Mean logarithms of the desirabilities of each unit, shape (j, 4).
    covariance : Floats
        Of the logarithms, between layers, shape (layers, layers, 4, 4).
    centre : Floats
        Mean ln cycles of the group of each unit, shape (j,), which is taken off: no number of
        cycles is believed in beforehand.
    """

    trials: Trials
    mean: Floats
    covariance: Floats
    centre: Floats

    @classmethod
    def of(cls, trials: Trials, worths: Worths) -> "Evidence":
        """Gather what the draws say of the layers that were tried."""
        drawn = worths.take(trials.layers).drawn
        off = drawn - drawn.mean(axis=0)
        covariance = np.einsum("sia,sjb->ijab", off, off, optimize=True) / len(drawn)
        return cls(trials, drawn.mean(axis=0)[trials.layer], covariance, _centre(trials))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What the units come to at some points, b of them.

    Attributes
    ----------
    log_likelihood : Floats
        Shape (b,).
    prior : Floats
        Covariance of the units before the cells are looked at, shape (b, j, j).
    value, gradient, curvature : Floats
        ln cycles of each unit at the mode, less the centre; slope of the logarithm of the
        likelihood of its cells there, and its curvature with the sign turned; shape (b, j).
    """

    log_likelihood: Floats
    prior: Floats
    value: Floats
    gradient: Floats
    curvature: Floats


def log_likelihood(evidence: Evidence, at: Points) -> Floats:
    """Return the logarithm of the likelihood at points, shape (b,)."""
    if not len(evidence.trials):
        return np.zeros(len(at))
    step = max(1, AT_A_TIME // len(evidence.trials) ** 2)
    parts = [
        fit(evidence, at.take(slice(i, i + step))).log_likelihood for i in range(0, len(at), step)
    ]
    return np.concatenate(parts)


def prior_covariance(evidence: Evidence, at: Points) -> Floats:
    """Return the covariance of the units in ln cycles before the cells, shape (b, j, j)."""
    trials = evidence.trials
    of_layers = quadratic(evidence.covariance, at) * at.slope[:, None, None] ** 2
    same = (trials.preparation[:, None] == trials.preparation[None]).astype(np.float64)
    alike = (trials.group[:, None] == trials.group[None]) * INTERCEPT_STD**2
    rows = trials.layer[:, None], trials.layer[None]
    return np.asarray(of_layers[:, *rows] + same * at.misfit[:, None, None] ** 2 + alike)


def quadratic(covariance: Floats, at: Points) -> Floats:
    """Weigh covariances of shape (m, n, 4, 4) with each point's weights, shape (b, m, n)."""
    m, n, *_ = covariance.shape
    pairs = (at.weights[:, :, None] * at.weights[:, None]).reshape(len(at), -1)
    return (pairs @ covariance.reshape(m * n, -1).T).reshape(len(at), m, n)


def fit(evidence: Evidence, at: Points) -> Fit:
    """Find the mode of the units at each point, and the likelihood of the cells around it."""
    prior = prior_covariance(evidence, at)
    mean = at.slope[:, None] * (at.weights @ evidence.mean.T)
    value = np.tile(_start(evidence), (len(at), 1))
    pull = np.zeros_like(mean)
    left = np.arange(len(at))
    for _ in range(MOST_STEPS):
        new, pull[left] = _step(evidence, at.take(left), prior[left], mean[left], value[left])
        far = np.abs(new - value[left]).max(axis=1) > CLOSE
        value[left] = new
        left = left[far]
        # Where every cell has failed the first step is exact.
        if not len(left) or not len(evidence.trials.running):
            break
    likely, gradient, curvature = _cells(evidence, at, value)
    inner = _inner(prior, np.sqrt(curvature))
    half_log_det = np.log(np.diagonal(np.linalg.cholesky(inner), axis1=1, axis2=2)).sum(axis=1)
    found = likely - ((value - mean) * pull).sum(axis=1) / 2 - half_log_det
    return Fit(found, prior, value, gradient, curvature)


def _step(
    evidence: Evidence, at: Points, prior: Floats, mean: Floats, value: Floats
) -> tuple[Floats, Floats]:
    """Take one step of Newton's method; give the new value, and Σ⁻¹ (value − mean)."""
    _, gradient, curvature = _cells(evidence, at, value)
    root = np.sqrt(curvature)
    aim = curvature * (value - mean) + gradient
    spread = root * (prior @ aim[..., None])[..., 0]
    pull = aim - root * np.linalg.solve(_inner(prior, root), spread[..., None])[..., 0]
    return mean + (prior @ pull[..., None])[..., 0], pull


def _inner(prior: Floats, root: Floats) -> Floats:
    """Return 1 + √W Σ √W, whose eigenvalues are 1 or more."""
    return np.eye(root.shape[1]) + root[:, :, None] * prior * root[:, None]


def _centre(trials: Trials) -> Floats:
    """Average ln cycles over the cells of each group, for each unit."""
    size = len(trials.groups)
    of_running = trials.group[trials.running_unit]
    total = np.bincount(trials.group, trials.failed * trials.mean, size)
    total += np.bincount(of_running, trials.running, size)
    count = np.bincount(trials.group, trials.failed, size) + np.bincount(of_running, minlength=size)
    return np.asarray((total / np.maximum(count, 1))[trials.group])


def _start(evidence: Evidence) -> Floats:
    """Begin where the cells are: at the mean of those that failed, or the last that runs."""
    trials = evidence.trials
    longest = np.full(len(trials), -np.inf)
    np.maximum.at(longest, trials.running_unit, trials.running)
    return np.where(trials.failed > 0, trials.mean, longest) - evidence.centre


def _cells(evidence: Evidence, at: Points, value: Floats) -> tuple[Floats, Floats, Floats]:
    """Return ln likelihood of the cells, shape (b,), its gradient and −curvature, shape (b, j)."""
    trials, variance = evidence.trials, at.scatter[:, None] ** 2
    off = trials.mean - evidence.centre - value
    squares = trials.squares + trials.failed * off**2
    constant = trials.failed * (np.log(at.scatter)[:, None] + np.log(2 * np.pi) / 2)
    likely = -(constant + squares / (2 * variance)).sum(axis=1)
    gradient, curvature = trials.failed * off / variance, trials.failed / variance
    if not len(trials.running):
        return likely, gradient, curvature
    from scipy.special import log_ndtr

    unit = trials.running_unit
    z = (value[:, unit] - (trials.running - evidence.centre[unit])) / at.scatter[:, None]
    survives = log_ndtr(z)
    hazard = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - survives)
    onto = (unit[:, None] == np.arange(len(trials))).astype(np.float64)
    gradient = gradient + (hazard / at.scatter[:, None]) @ onto
    curvature = curvature + (np.maximum(hazard * (z + hazard), 0.0) / variance) @ onto
    return likely + survives.sum(axis=1), gradient, curvature
