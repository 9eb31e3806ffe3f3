"""A learned model: predictions from a composition, with intervals that were tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.composition import Compositions, compositions, features
from maiscreen.models.calibration import Calibration
from maiscreen.models.card import Card
from maiscreen.models.domain import Domain
from maiscreen.models.targets import target
from maiscreen.models.training import Training

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = NDArray[np.float64]

BLOCK = 8192
"""Compositions that are predicted at a time: their features take some 15 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says of compositions; arrays of shape (n,).

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
        scikit-learn's, from features to the scale on which the target is learned.
    domain : Domain
        What it was trained on.
    training : Training or None
        The rows, where they are not the embedded ones.
    """

    card: Card
    estimator: Any
    domain: Domain
    training: Training | None = None

    def predict(self, formulas: Sequence[str] | Compositions) -> Prediction:
        """Predict the target of compositions.

        Parameters
        ----------
        formulas : sequence of str, or Compositions
            Shape (n,).

        Raises
        ------
        InputError
            If a formula does not parse.
        """
        given = formulas if isinstance(formulas, Compositions) else compositions(formulas)
        mean = predicted(self.estimator, given)
        hard, inside = difficulty(self.domain, given)
        return _prediction(self.card.target, self.card.calibration, mean, hard, inside)


def difficulty(domain: Domain, given: Compositions) -> tuple[Floats, NDArray[np.bool_]]:
    """Say how hard compositions are for a model, and whether they lie in its domain.

    Parameters
    ----------
    domain : Domain
        Of the training.
    given : Compositions
        Shape (n,).

    Returns
    -------
    tuple
        A number that rises as the training holds fewer compounds with the least known pair of
        elements, and whether it holds any, shape (n,) each.
    """
    support = domain.support(given)
    return -np.log1p(support.astype(np.float64)), support > 0


def predicted(estimator: Any, given: Compositions) -> Floats:
    """Predict on the scale on which the target is learned, shape (n,), block by block."""
    parts = [estimator.predict(features(block)) for block in _blocks(given)]
    return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)


def _blocks(given: Compositions) -> "Iterator[Compositions]":
    for start in range(0, len(given), BLOCK):
        yield given.take(np.arange(start, min(start + BLOCK, len(given))))


def _prediction(
    name: str, calibration: Calibration, mean: Floats, hard: Floats, inside: NDArray[np.bool_]
) -> Prediction:
    kind = target(name)
    spread, half = calibration.widths(hard)
    value = kind.measured(mean)
    std = value * np.log(10) * spread if kind.log10 else spread
    low, high = kind.measured(mean - half), kind.measured(mean + half)
    return Prediction(value, std, low, high, inside, mean, spread)
