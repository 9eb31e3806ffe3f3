"""Test a recipe on rows that it has not seen, and learn its intervals from the errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions
from maiscreen.descriptors.composition.features import features
from maiscreen.models.learning.calibration import NOMINAL, Calibration, calibrate
from maiscreen.models.learning.model import expected_errors
from maiscreen.models.learning.splits import Domain, Fold
from maiscreen.models.learning.targets import error_estimator, estimator
from maiscreen.models.learning.thresholds import clear_thresholds
from maiscreen.models.learning.training import Training

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

ERROR_FLOOR = 0.1
"""A row's stated error counts against this part of the spread of all values [judgement]: an error
far below what the model itself misses makes a row no better."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedRows:
    """Rows made ready for learning; arrays of shape (n,), features of shape (n, p).

    Attributes
    ----------
    training : Training
        The rows.
    compositions : Compositions
        Of the rows.
    features : Floats
        Of the rows.
    learned : Floats
        Values on the scale on which they are learned.
    weights : Floats
        Weights, lowered where an error is stated.
    estimator : Any
        The user's own, unfitted, with scikit-learn's interface; None for ours.
    """

    training: Training
    compositions: Compositions
    features: Floats
    learned: Floats
    weights: Floats
    estimator: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class UnseenPredictions:
    """Predictions of rows by models that had not seen them; arrays of shape (m,).

    Attributes
    ----------
    rows : Rows
        Numbers of the rows.
    fold : Rows
        Which fold each was tested in.
    predicted, observed, expected : Floats
        Predictions, true values and expected absolute errors, on the scale on which the target is
        learned. What is expected of a fold was learned from the errors of the others.
    inside : NDArray[np.bool_]
        Whether a row lay in the domain of the model that was tested.
    """

    rows: Rows
    fold: Rows
    predicted: Floats
    observed: Floats
    expected: Floats
    inside: NDArray[np.bool_]

    @property
    def errors(self) -> Floats:
        """Absolute errors, shape (m,)."""
        return np.abs(self.predicted - self.observed)

    def take(self, chosen: NDArray[np.bool_]) -> "UnseenPredictions":
        """Return some of them."""
        return UnseenPredictions(
            self.rows[chosen],
            self.fold[chosen],
            self.predicted[chosen],
            self.observed[chosen],
            self.expected[chosen],
            self.inside[chosen],
        )


def prepare(training: Training, own_estimator: Any = None) -> PreparedRows:
    """Make rows ready for learning.

    Parameters
    ----------
    training : Training
        The rows.
    own_estimator : Any
        The user's, unfitted; None for ours.

    Raises
    ------
    InputError
        If a formula does not parse.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    batch = compositions(training.formulas)
    kind = training.kind
    learned = kind.learned(training.values)
    weights = row_weights(training)
    return PreparedRows(training, batch, features(batch), learned, weights, own_estimator)


def row_weights(training: Training) -> Floats:
    """Lower the weight of rows with a stated error: w / (1 + (error / floor)²)."""
    kind = training.kind
    learned = kind.learned(training.values)
    scale = 1 / (training.values * np.log(10)) if kind.log10 else np.ones(len(training))
    floor = ERROR_FLOOR * max(float(np.std(learned)), 1e-12)
    stated = np.nan_to_num(training.stds * scale, nan=0.0)
    weights = training.weights / (1 + (stated / floor) ** 2)
    return np.asarray(weights / weights.mean())


def fit_recipe(material: PreparedRows, rows: Rows, seed: int) -> Any:
    """Fit the recipe of the target, or the user's estimator, to some of the rows.

    Where values are bounds, the measured rows are learned from first. What that model says of a
    bound within it, such as less than an upper one, is learned in its place; else the bound. That
    is one step of J. Buckley and I. James, Biometrika 66, 429 (1979), and biased as one step is.
    """
    bounds = material.training.bounds
    side = np.zeros(len(rows), dtype=np.int8) if bounds is None else bounds[rows]
    measured = rows[side == 0]
    if not side.any() or len(measured) < FEWEST_MEASURED:
        return _fit(material, rows, material.learned[rows], seed)
    first = _fit(material, measured, material.learned[measured], seed)
    said = np.asarray(first.predict(material.features[rows]), dtype=np.float64)
    return _fit(material, rows, within_bounds(material.learned[rows], side, said), seed)


FEWEST_MEASURED = 10
"""Measured rows below which bounds are learned as if they were values [judgement]."""


def within_bounds(learned: Floats, side: NDArray[np.int8], said: Floats) -> Floats:
    """Replace bounds by what a model says of them, where that keeps them.

    Examples
    --------
    >>> bounds = np.array([-1, -1, 1, 0], dtype=np.int8)
    >>> within_bounds(np.zeros(4), bounds, np.array([-2.0, 2.0, 3.0, 4.0])).tolist()
    [-2.0, 0.0, 3.0, 0.0]
    """
    beyond = side * (said - learned) > 0
    return np.where(beyond, said, learned)


def _fit(material: PreparedRows, rows: Rows, learned: Floats, seed: int) -> Any:
    known, weights = material.features[rows], material.weights[rows] / material.weights[rows].mean()
    return fit_regressor(material.estimator, known, learned, weights, seed)


def fit_regressor(
    own_estimator: Any, known: Floats, learned: Floats, weights: Floats | None, seed: int
) -> Any:
    """Fit a copy of the user's estimator, or our trees.

    Parameters
    ----------
    own_estimator : Any
        The user's, which stays unfitted; None for ours.
    known, learned : Floats
        Features, shape (n, p), and values, shape (n,).
    weights : Floats or None
        Shape (n,).
    seed : int
        Of its random numbers, where those have none.
    """
    if own_estimator is not None:
        return _fit_weighted(_seeded(own_estimator, seed), known, learned, weights)
    trees = estimator(len(known), float(np.std(learned)) or 1.0, seed)
    return clear_thresholds(_fit_weighted(trees, known, learned, weights), known)


def _fit_weighted(model: Any, known: Floats, learned: Floats, weights: Floats | None) -> Any:
    """Fit an estimator; with weights where they differ, and it takes any."""
    from sklearn.utils.validation import has_fit_parameter

    equal = weights is None or bool(np.ptp(weights) < 1e-12)
    if equal or not has_fit_parameter(model, "sample_weight"):
        return model.fit(known, learned)
    return model.fit(known, learned, sample_weight=weights)


def _seeded(model: Any, seed: int) -> Any:
    """Return an unfitted copy of an estimator whose random numbers, where unset, have a seed."""
    from sklearn.base import clone

    copy = clone(model)
    unset = {
        name: seed
        for name, value in copy.get_params().items()
        if value is None and name.rpartition("__")[2] == "random_state"
    }
    return copy.set_params(**unset)


def predict_unseen(
    material: PreparedRows,
    folds: Sequence[Fold],
    seed: int,
    done: Callable[[], None] = lambda: None,
) -> UnseenPredictions:
    """Predict the rows of each fold by a model of the others.

    Parameters
    ----------
    material : PreparedRows
        All rows.
    folds : sequence of (train, test)
        Numbers of rows.
    seed : int
        Of the models.
    done : callable
        Called after each fold.
    """
    models = []
    for train, _ in folds:
        models.append(fit_recipe(material, train, seed))
        done()
    return predict_folds(material, folds, models, seed)


def predict_folds(
    material: PreparedRows, folds: Sequence[Fold], models: Sequence[Any], seed: int
) -> UnseenPredictions:
    """Predict the rows of each fold by its own model, as :func:`predict_unseen` does.

    Parameters
    ----------
    material : PreparedRows
        All rows.
    folds : sequence of (train, test)
        Numbers of rows.
    models : sequence
        One for each fold, fitted to the rows that it trains on.
    seed : int
        Of the models of errors.
    """
    parts, censored = [], material.training.censored
    for number, ((train, test), model) in enumerate(zip(folds, models, strict=True)):
        test = test[~censored[test]]
        if not len(test):
            continue
        domain = Domain.of(material.compositions.take(train))
        mean = np.asarray(model.predict(material.features[test]), dtype=np.float64)
        inside = domain.holds(material.compositions.take(test))
        parts.append((test, np.full(len(test), number), mean, inside))
    rows, fold, predicted, inside = (np.concatenate(one) for one in zip(*parts, strict=True))
    observed = material.learned[rows]
    found = UnseenPredictions(rows, fold, predicted, observed, np.ones(len(rows)), inside)
    return replace(found, expected=_expected_errors(material, found, seed))


def _expected_errors(material: PreparedRows, held_out: UnseenPredictions, seed: int) -> Floats:
    """Expect the errors of each fold from those of the others, shape (m,)."""
    known = material.features[held_out.rows]
    return expect_errors_of_others(known, held_out.predicted, held_out.errors, held_out.fold, seed)


def expect_errors_of_others(
    known: Floats, predicted: Floats, errors: Floats, fold: Rows, seed: int
) -> Floats:
    """Expect the errors of each fold from those of the others, shape (m,).

    Parameters
    ----------
    known : Floats
        Features of the rows that were tested, shape (m, p).
    predicted, errors : Floats
        Predictions and absolute errors, shape (m,).
    fold : Rows
        Which fold each was tested in, shape (m,).
    seed : int
        Of the models of errors.
    """
    expected = np.ones(len(errors))
    for number in np.unique(fold).tolist():
        own = fold == number
        model = fit_error_trees(known[~own], predicted[~own], errors[~own], seed)
        expected[own] = expected_errors(model, known[own], predicted[own])
    return expected


def fit_error_model(material: PreparedRows, held_out: UnseenPredictions, seed: int) -> Any:
    """Fit a model of the absolute errors of unseen rows; None where they are too few."""
    known = material.features[held_out.rows]
    return fit_error_trees(known, held_out.predicted, held_out.errors, seed)


def fit_error_trees(known: Floats, predicted: Floats, errors: Floats, seed: int) -> Any:
    """Fit trees to absolute errors, from features and predictions; None where they are too few.

    Parameters
    ----------
    known : Floats
        Features, shape (m, p).
    predicted, errors : Floats
        Shape (m,).
    seed : int
        Of the trees.
    """
    model = error_estimator(len(errors), seed)
    if model is None:
        return None
    asked = np.column_stack([known, predicted])
    return clear_thresholds(model.fit(asked, errors), asked)


def coverage(held_out: UnseenPredictions, of: UnseenPredictions | None = None) -> float:
    """Return the share of rows within the intervals that the errors of the other folds give.

    Where those are too few for a quantile, the errors of all but a tenth of the rows give it.

    Parameters
    ----------
    held_out : UnseenPredictions
        All folds, at least two.
    of : UnseenPredictions, optional
        Rows to be judged, if not all of them.
    """
    judged = of or held_out
    within = _within(held_out, judged, held_out.fold, judged.fold)
    if within is None:
        within = _within(held_out, judged, held_out.rows % TENTHS, judged.rows % TENTHS)
    return 0.0 if within is None else within / len(judged.rows)


TENTHS = 10
"""With so many rows, what a tenth leaves is just enough for an interval of :data:`NOMINAL`."""


def _within(
    held_out: UnseenPredictions, judged: UnseenPredictions, part: Rows, own_part: Rows
) -> int | None:
    """Count the rows within intervals from the other parts; None where one has no such interval."""
    count = 0
    for number in np.unique(own_part).tolist():
        own = judged.take(own_part == number)
        _, half = calibrate_all(held_out.take(part != number)).widths(own.expected, own.inside)
        if not np.isfinite(half).all():
            return None
        count += int((own.errors <= half).sum())
    return count


def metrics(held_out: UnseenPredictions, of: UnseenPredictions | None = None) -> dict[str, float]:
    """Summarise errors, on the scale on which the target is learned.

    Parameters
    ----------
    held_out : UnseenPredictions
        All folds.
    of : UnseenPredictions, optional
        Rows to be judged, if not all of them.

    Returns
    -------
    dict of str to float
        ``mae``, ``rmse``, ``r2``, ``coverage``, ``nominal``, ``rows``.
    """
    judged = of or held_out
    square = float(np.mean(judged.errors**2))
    spread = float(np.var(judged.observed))
    return {
        "mae": float(np.mean(judged.errors)),
        "rmse": square**0.5,
        "r2": 1 - square / spread if spread else 0.0,
        "coverage": coverage(held_out, judged),
        "nominal": NOMINAL,
        "rows": len(judged.rows),
    }


def calibrate_all(found: UnseenPredictions) -> Calibration:
    """Learn the intervals of the model that is kept from all errors."""
    return calibrate(found.errors, found.expected, found.inside)
