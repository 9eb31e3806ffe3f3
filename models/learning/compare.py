"""A model, or two, on data that the user gives."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import NOMINAL
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.training import Training, embedded_training

Floats = NDArray[np.float64]

FEWEST_SYSTEMS = 2
"""Chemical systems below which the scatter of a difference cannot be told."""

DRAWS = 2000
"""Bootstrap samples."""

CONFIDENCE = 0.9
"""Of the interval of the difference."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Errors of two models on rows that neither has learned from.

    Attributes
    ----------
    replaced : str
        The model that the new one would take the place of; ``mean`` if there is none, the mean of
        what the new one learned from.
    how : str
        ``held back``, ``cross-validation``, or ``unseen by both``.
    rows, systems : int
        Rows that were compared, and chemical systems among them.
    scale : str
        Of the errors: ``log10(GPa)``, ``eV/atom``.
    mae_old, mae_new : float
        Mean absolute errors.
    difference, low, high : float
        New less old, with the 90 % interval of a bootstrap over chemical systems, widened for few
        of them as Student's t is.
    """

    replaced: str
    how: str
    rows: int
    systems: int
    scale: str
    mae_old: float
    mae_new: float
    difference: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether the new model errs more."""
        return self.difference > 0

    def __str__(self) -> str:
        """Return the comparison in words."""
        verdict = "worse" if self.is_worse else "better" if self.difference < 0 else "equal"
        sure = "" if self.low * self.high > 0 else ", within chance"
        return (
            f"on {self.rows} rows of {self.systems} chemical systems ({self.how}): "
            f"MAE {self.mae_new:.4g}, {self.replaced} {self.mae_old:.4g} {self.scale}; difference "
            f"{self.difference:+.4g} ({self.low:+.4g} to {self.high:+.4g}): {verdict}{sure}"
        )


def compare(
    observed: Floats,
    old: Floats,
    new: Floats,
    systems: NDArray[np.str_],
    *,
    replaced: str,
    how: str,
    scale: str,
    seed: int = 0,
) -> Comparison:
    """Compare predictions of the same rows.

    Parameters
    ----------
    observed, old, new : Floats
        On the scale on which the target is learned, shape (n,).
    systems : NDArray[np.str_]
        Chemical system of each row, shape (n,), at least two: rows of one are drawn together,
        because their errors are alike.
    replaced, how, scale : str
        As :class:`Comparison` has them.
    seed : int
        Of the bootstrap.
    """
    errors_old, errors_new = np.abs(old - observed), np.abs(new - observed)
    low, high = _interval(errors_new - errors_old, systems, seed)
    return Comparison(
        replaced,
        how,
        len(observed),
        len(np.unique(systems)),
        scale,
        float(errors_old.mean()),
        float(errors_new.mean()),
        float((errors_new - errors_old).mean()),
        low,
        high,
    )


def _interval(differences: Floats, systems: NDArray[np.str_], seed: int) -> tuple[float, float]:
    """Draw chemical systems with replacement; give the interval of the mean difference.

    T. C. Hesterberg, Am. Stat. 69, 371 (2015): the percentiles of few are too narrow, by what
    Student's t is wider than a normal distribution and by √(n/(n − 1)).
    """
    from scipy.special import ndtri, stdtrit

    _, place = np.unique(systems, return_inverse=True)
    total, count = np.bincount(place, differences), np.bincount(place)
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(len(total), np.full(len(total), 1 / len(total)), size=DRAWS)
    means = (drawn @ total) / (drawn @ count)
    ends = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    centre, n = total.sum() / count.sum(), len(total)
    tail = (1 + CONFIDENCE) / 2
    wider = float(stdtrit(n - 1, tail) / ndtri(tail)) * math.sqrt(n / (n - 1))
    low, high = (centre + wider * (ends - centre)).tolist()
    return low, high


Bools = NDArray[np.bool_]


def evaluate(model: Surrogate, data: Training) -> dict[str, dict[str, float]]:
    """Measure a model on rows.

    Parameters
    ----------
    model : Surrogate
        The model.
    data : Training
        Rows of its target.

    Returns
    -------
    dict
        ``all`` rows, those of compositions that the model has ``unseen`` in training and those it
        has ``seen``: ``mae``, ``rmse``, ``r2`` on the scale on which the target is learned,
        ``coverage`` of the intervals of ``nominal`` probability, share ``inside`` its domain,
        ``rows``. What has no row is not there.

    Raises
    ------
    InputError
        If the data are of another target.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    kind = _same_target(model, data)
    batch = compositions(data.formulas)
    predicted = model.predict(batch)
    observed = kind.learned(data.values)
    within = (data.values >= predicted.low) & (data.values <= predicted.high)
    seen = np.isin(batch.key, _known_compositions(model))
    parts = {"all": np.ones(len(data), dtype=bool), "unseen": ~seen, "seen": seen}
    return {
        name: _metrics(observed[rows], predicted.mean[rows], within[rows], predicted.inside[rows])
        for name, rows in parts.items()
        if rows.any()
    }


def compare_models(first: Surrogate, second: Surrogate, data: Training) -> Comparison:
    """Compare a second model with a first one on the rows that neither has learned from.

    Raises
    ------
    InputError
        If they are not all of one target, or such rows are of fewer than two chemical systems.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    kind = _same_target(first, data)
    _same_target(second, data)
    unseen = unseen_rows((first, second), data)
    batch = compositions(unseen.formulas)
    systems = len(np.unique(batch.chemical_system))
    if systems < FEWEST_SYSTEMS:
        remedy = (
            f"{len(unseen)} of its {len(data)} compositions, of {systems} chemical systems, are "
            f"new to both models; give some of {FEWEST_SYSTEMS} systems that neither learned from"
        )
        raise InputError("data", data.source, remedy)
    return compare(
        kind.learned(unseen.values),
        first.predict(batch).mean,
        second.predict(batch).mean,
        batch.chemical_system,
        replaced=first.card.name,
        how="unseen by both",
        scale=kind.scale,
    )


def unseen_rows(models: tuple[Surrogate, ...], data: Training) -> Training:
    """Return the rows whose compositions none of the models has learned from."""
    from maiscreen.candidates.chemistry.formula import compositions

    known = np.concatenate([_known_compositions(model) for model in models])
    return data.take(np.flatnonzero(~np.isin(compositions(data.formulas).key, known)))


def _same_target(model: Surrogate, data: Training) -> Any:
    if model.card.target != data.target:
        remedy = f"predicts {model.card.target}, and the data are {data.target}"
        raise InputError("NAME", model.card.name, remedy)
    return data.kind


def training_of(model: Surrogate) -> Training:
    """Return the rows that a model has learned from: its own, or the embedded ones."""
    return embedded_training(model.card.target) if model.training is None else model.training


def _known_compositions(model: Surrogate) -> NDArray[np.str_]:
    """Return the canonical compositions that a model has learned from."""
    from maiscreen.candidates.chemistry.formula import compositions

    return compositions(training_of(model).formulas).key


def _metrics(observed: Floats, mean: Floats, within: Bools, inside: Bools) -> dict[str, float]:
    errors = mean - observed
    square, spread = float(np.mean(errors**2)), float(np.var(observed))
    return {
        "mae": float(np.mean(np.abs(errors))),
        "rmse": square**0.5,
        "r2": 1 - square / spread if spread else 0.0,
        "coverage": float(within.mean()),
        "nominal": NOMINAL,
        "inside": float(inside.mean()),
        "rows": len(observed),
    }
