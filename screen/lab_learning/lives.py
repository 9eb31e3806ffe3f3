"""How long layers may live: draws of weights and attributes, corrected by the cells tried."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.screen.lab_learning.likelihood import (
    AT_A_TIME,
    INTERCEPT_STD,
    Evidence,
    Points,
    fit,
    quadratic,
)
from maiscreen.screen.lab_learning.trials import Worths
from maiscreen.screen.lab_learning.weights import SEED, Posterior
from maiscreen.screen.scoring.score import BARE_SODIUM_WORTHS, log_desirability

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """Draws of ln cycles of layers, apart from what all cells of a group have in common.

    Attributes
    ----------
    keys : tuple of str
        n layers.
    life : Floats
        Of the layer as it was prepared best, or would be prepared first, shape (draws, n).
    score : Floats
        Score with the drawn weights and attributes, shape (draws, n).
    bare : Floats
        ln cycles of sodium without a layer, an upper bound, shape (draws,).
    scatter : Floats
        σ of equal cells, shape (draws,).
    """

    keys: tuple[str, ...]
    life: Floats
    score: Floats
    bare: Floats
    scatter: Floats


def draw_lives(posterior: Posterior, worths: Worths) -> Lives:
    """Draw how long layers live.

    Draws of weights and of the attributes' errors are taken together, and corrected by the cells
    that were tried (Matheron's rule: each draw is moved by what the cells say against it, as if
    errors of logarithms were normal). So a cell of one precursor speaks of all of its metal.

    Parameters
    ----------
    posterior : Posterior
        Of the weights.
    worths : Worths
        Of the layers asked for, and of those tried.
    """
    draws = len(worths.drawn)
    at = posterior.points.take(posterior.even(draws))
    rng = np.random.default_rng(SEED + 2)
    log_score = np.einsum("sna,sa->sn", worths.drawn, at.weights, optimize=True)
    misfit = at.misfit[:, None] * rng.standard_normal(log_score.shape)
    if posterior.evidence is not None:
        log_score, misfit = _correct_draws(posterior.evidence, at, worths, log_score, misfit, rng)
    # What the correction puts above a perfect score is no score.
    log_score = np.minimum(log_score, 0.0)
    slope = at.slope[:, None]
    bare = at.slope * (at.weights @ log_desirability(np.array(BARE_SODIUM_WORTHS)))
    return Lives(worths.keys, slope * log_score + misfit, np.exp(log_score), bare, at.scatter)


def _correct_draws(
    evidence: Evidence,
    at: Points,
    worths: Worths,
    log_score: Floats,
    misfit: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Move draws of scores and misfits towards the cells, some draws at a time."""
    trials = evidence.trials
    place = {key: i for i, key in enumerate(worths.keys)}
    of_unit = np.array([place[trials.layers[one]] for one in trials.layer], dtype=np.int64)
    between = _cross_covariance(worths, of_unit)
    step = max(1, AT_A_TIME // (len(trials) * max(len(worths.keys), len(trials))))
    of_preparation = rng.standard_normal((len(at), int(trials.preparation.max()) + 1))
    of_preparation *= at.misfit[:, None]
    noise = rng.standard_normal((len(at), 2, len(trials)))
    moved, misfit = np.empty_like(log_score), misfit.copy()
    for first in range(0, len(at), step):
        rows = slice(first, first + step)
        some = at.take(rows)
        own = some.slope[:, None] * log_score[rows][:, of_unit]
        own += of_preparation[rows][:, trials.preparation]
        own += INTERCEPT_STD * noise[rows, 0][:, trials.group]
        pull = _weighted_residuals(evidence, some, own, noise[rows, 1])
        weight = quadratic(between, some) * some.slope[:, None, None]
        moved[rows] = log_score[rows] + np.einsum("bnj,bj->bn", weight, pull)
        for_layers = _preparations(evidence, some, of_preparation[rows], pull)
        misfit[rows] = _best(evidence, of_unit, for_layers, misfit[rows])
    return moved, misfit


def _cross_covariance(worths: Worths, of_unit: NDArray[np.int64]) -> Floats:
    """Return the covariance of every layer with that of each unit, shape (n, j, 4, 4)."""
    off = worths.drawn - worths.drawn.mean(axis=0)
    draws, n, count = off.shape
    flat = off.reshape(draws, n * count)
    unit = off[:, of_unit].reshape(draws, len(of_unit) * count)
    found = (flat.T @ unit / draws).reshape(n, count, len(of_unit), count)
    return np.asarray(found.transpose(0, 2, 1, 3))


def _weighted_residuals(evidence: Evidence, at: Points, own: Floats, noise: Floats) -> Floats:
    """Return (Σ + W⁻¹)⁻¹ (what the cells say − what was drawn), shape (b, j)."""
    fitted = fit(evidence, at)
    root = np.sqrt(np.maximum(fitted.curvature, 1e-9))
    inner = np.eye(len(evidence.trials)) + root[:, :, None] * fitted.prior * root[:, None]
    against = root * (fitted.value - own) + fitted.gradient / root - noise
    return root * np.asarray(np.linalg.solve(inner, against[..., None]))[..., 0]


def _preparations(evidence: Evidence, at: Points, drawn: Floats, pull: Floats) -> Floats:
    """Move the misfits of the preparations, shape (b, preparations)."""
    onto = evidence.trials.preparation[:, None] == np.arange(drawn.shape[1])
    return np.asarray(drawn + at.misfit[:, None] ** 2 * (pull @ onto.astype(np.float64)))


def _best(evidence: Evidence, of_unit: NDArray[np.int64], moved: Floats, misfit: Floats) -> Floats:
    """Take for every layer that was tried the misfit of its best preparation."""
    trials, misfit = evidence.trials, misfit.copy()
    for layer in np.unique(trials.layer).tolist():
        units = np.flatnonzero(trials.layer == layer)
        several = np.unique(trials.preparation[units])
        best = several[moved[:, several].mean(axis=0).argmax()]
        misfit[:, of_unit[units[0]]] = moved[:, best]
    return misfit
