"""A learned model: predictions from a composition, with intervals that were tested."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS, features
from maiscreen.models.learning.calibration import Calibration
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.formulas import formula_texts
from maiscreen.models.learning.splits import Domain
from maiscreen.models.learning.student import Student
from maiscreen.models.learning.training import Training

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = NDArray[np.float64]

BLOCK = 8192
"""Compositions that are predicted at a time: their features take some 15 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Predictions of a model for compositions; arrays of shape (n,).

    Attributes
    ----------
    value, std : Floats
        In the target's unit; the standard deviation is half of the 68 % interval (of its width
        about the value where the scale is logarithmic).
    low, high : Floats
        The 90 % interval, in the target's unit.
    inside : NDArray[np.bool_]
        Whether the composition lies in the domain of the training.
    mean, spread : Floats
        Value and standard deviation on the scale on which the target is learned (log10 or linear).
    """

    value: Floats
    std: Floats
    low: Floats
    high: Floats
    inside: NDArray[np.bool_]
    mean: Floats
    spread: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Surrogate:
    """A learned model.

    Attributes
    ----------
    card : Card
        What is known of it.
    estimator : Any
        scikit-learn's interface, from features to the scale on which the target is learned.
    errors : Any
        The same, from features and prediction to the expected absolute error; None where there
        was too little to learn errors from.
    domain : Domain
        What it was trained on.
    training : Training or None
        The rows, where they are not the embedded ones.
    student : Student or None
        The network that says what the estimators say, where one was taught.
    """

    card: Card
    estimator: Any
    errors: Any
    domain: Domain
    training: Training | None = None
    student: Student | None = None

    def predict(
        self,
        formulas: Sequence[str] | Compositions,
        *,
        fast: bool = False,
        feature_rows: Floats | None = None,
    ) -> Prediction:
        """Predict the target of compositions.

        Parameters
        ----------
        formulas : sequence of str or pymatgen Compositions, or Compositions
            Shape (n,).
        fast : bool
            Ask the student: ten times as fast, other numbers, with intervals of its own.
        feature_rows : Floats, optional
            Features of the compositions, shape (n, p), where they are there already.

        Raises
        ------
        InputError
            If a formula does not parse, what is given is no sequence of them, or the model has no
            student.
        """
        if isinstance(formulas, Compositions):
            batch = formulas
        else:
            batch = compositions(formula_texts(formulas))
        mean, expected, inside = self.expect(batch, fast=fast, feature_rows=feature_rows)
        spread, half = self._chosen(fast)[1].widths(expected, inside)
        kind = self.card.kind
        value = kind.measured(mean)
        std = value * np.log(10) * spread if kind.log10 else spread
        low, high = kind.measured(mean - half), kind.measured(mean + half)
        return Prediction(value, std, low, high, inside, mean, spread)

    def expect(
        self, batch: Compositions, *, fast: bool = False, feature_rows: Floats | None = None
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return mean and expected absolute error, as they are learned, and whether inside; (n,).

        Parameters
        ----------
        batch : Compositions
            Shape (n,).
        fast : bool
            Ask the student.
        feature_rows : Floats, optional
            Features of the compositions, shape (n, p), where they are there already.
        """
        predict, _ = self._chosen(fast)
        parts = [predict(block) for block in _blocks(batch, feature_rows)]
        mean, expected = np.concatenate(parts, axis=1) if parts else np.empty((2, 0))
        inside = self.domain.holds(batch) if parts else np.empty(0, dtype=bool)
        return mean, expected, inside

    def _chosen(self, fast: bool) -> tuple[Callable[[Floats], Floats], Calibration]:
        """Return what predicts value and expected error, shape (2, n), and how wide they are."""
        if not fast:
            return partial(evaluate_trees, self.estimator, self.errors), self.card.calibration
        if self.student is None or self.card.student is None:
            remedy = f"{self.card.name} has no student; make one: maiscreen models distil DIR"
            raise InputError("fast", True, f"{remedy}, or ask without")
        return self.student.predict, self.card.student.calibration


def features_hash() -> str:
    """Name the features in use, and their order: a model knows no others."""
    return hashlib.sha256("\n".join(FEATURE_LABELS).encode()).hexdigest()


def evaluate_trees(estimator: Any, errors: Any, known: Floats) -> Floats:
    """Ask the trees for value and expected error, shape (2, n), from features, shape (n, p)."""
    mean = ask_estimator(estimator, known)
    return np.stack([mean, expected_errors(errors, known, mean)])


def expected_errors(errors: Any, known: Floats, mean: Floats) -> Floats:
    """Return the absolute errors that are expected; ones where nothing was learned of them.

    Parameters
    ----------
    errors : Any
        Estimator of errors, or None.
    known, mean : Floats
        Features, shape (n, p), and predictions, shape (n,).
    """
    if errors is None:
        return np.ones(len(mean))
    return ask_estimator(errors, np.column_stack([known, mean]))


def ask_estimator(estimator: Any, known: Floats) -> Floats:
    """Ask an estimator; of LightGBM's the trees alone, on one thread, the same on every machine.

    Parameters
    ----------
    estimator : Any
        Fitted.
    known : Floats
        Features, shape (n, p).

    Returns
    -------
    Floats
        What it predicts, shape (n,).
    """
    booster = getattr(estimator, "booster_", None)
    said = estimator.predict(known) if booster is None else booster.predict(known, num_threads=1)
    return np.asarray(said, dtype=np.float64)


def _blocks(batch: Compositions, feature_rows: Floats | None) -> "Iterator[Floats]":
    """Yield the features of some compositions at a time."""
    for start in range(0, len(batch), BLOCK):
        end = min(start + BLOCK, len(batch))
        if feature_rows is None:
            yield features(batch.take(np.arange(start, end)))
        else:
            yield feature_rows[start:end]
