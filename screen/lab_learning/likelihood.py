"""What is believed of the weights before any result: decision 22 argues for every number here.

Coordinates of a point, in this order: ln(w_a / w_4) of the first three weights, then the logarithms
of slope, misfit and scatter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES

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


def drawn_from_prior(count: int, rng: np.random.Generator) -> Floats:
    """Draw coordinates, shape (count, 6)."""
    weights = rng.dirichlet(np.full(len(ATTRIBUTES), STRENGTH / len(ATTRIBUTES)), count)
    others = _NORMAL[:, 0] + _NORMAL[:, 1] * rng.standard_normal((count, len(_NORMAL)))
    return np.column_stack([np.log(weights[:, :-1] / weights[:, -1:]), others])


def log_prior(coordinates: Floats) -> Floats:
    """Give the logarithm of the prior density of coordinates, shape (b,)."""
    from scipy.special import gammaln

    count, free = len(ATTRIBUTES), len(ATTRIBUTES) - 1
    # The Jacobian of the ratios multiplies the density with every weight once more.
    each = STRENGTH / count
    of_weights = each * np.log(points(coordinates).weights).sum(axis=1)
    z = (coordinates[:, free:] - _NORMAL[:, 0]) / _NORMAL[:, 1]
    scale = np.log(_NORMAL[:, 1] * np.sqrt(2 * np.pi)).sum()
    constant = gammaln(STRENGTH) - count * gammaln(each)
    return np.asarray(of_weights + constant - (z**2).sum(axis=1) / 2 - scale)


def prior_std() -> float:
    """Give the standard deviation of a weight before any result."""
    share = 1 / len(ATTRIBUTES)
    return float(np.sqrt(share * (1 - share) / (STRENGTH + 1)))
