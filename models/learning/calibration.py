"""Intervals that hold what they promise: conformal prediction, scaled by expected errors.

V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005); J. Lei et al.,
J. Am. Stat. Assoc. 113, 1094 (2018). Errors come from rows that the model had not seen. They are
divided by what was expected of them, so that hard compositions get wider intervals, and looked at
apart for compositions inside and outside the domain of the training.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NOMINAL = 0.9
"""Probability of the intervals that are shown."""

ONE_SIGMA = math.erf(1 / math.sqrt(2))
"""Probability of ±1 standard deviation of a normal distribution; its half width is the std."""

FLOOR = 0.3
"""No error is expected below this part of the median one [judgement]: where a model of errors
expects next to none, it has too few rows to know."""

FEWEST = 50
"""Rows inside the domain, or outside, from which their own quantile is taken [judgement]: that of
50 errors is uncertain by about 4 points, and the few that lie inside where most do not are those of
the commonest elements."""

_TINY = float(np.finfo(float).tiny)

WIDENED = 1.5
"""How much wider intervals are outside the domain where there are fewer [judgement; the embedded
moduli have 1.3 to 1.5]."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Half widths of intervals, as multiples of the expected error.

    Attributes
    ----------
    floor : float
        Least expected error, on the scale on which the target is learned.
    std : tuple of float
        Multiple that holds :data:`ONE_SIGMA` of the errors, inside and outside the domain.
    half : tuple of float
        Multiple that holds :data:`NOMINAL` of the errors, or the coverage that was asked for,
        inside and outside the domain.
    steps : tuple of (float, float, float)
        What values from elsewhere made of it (:func:`recalibrate`): expected error from which on,
        factor of the standard deviation, factor of the half width. Empty without any.
    """

    floor: float
    std: tuple[float, float]
    half: tuple[float, float]
    steps: tuple[tuple[float, float, float], ...] = ()

    def widths(self, expected: Floats, inside: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Return standard deviation and half width of the interval, shape (n,) each.

        Parameters
        ----------
        expected : Floats
            Expected absolute error, shape (n,).
        inside : NDArray[np.bool_]
            Whether the composition lies in the domain, shape (n,).
        """
        scale = self.scale(expected)
        std, half = (np.where(inside, pair[0], pair[1]) * scale for pair in (self.std, self.half))
        if not self.steps:
            return std, half
        starts, of_std, of_half = np.array(self.steps).T
        place = np.maximum(np.searchsorted(starts, scale, side="right") - 1, 0)
        return std * of_std[place], half * of_half[place]

    def scale(self, expected: Floats) -> Floats:
        """Return expected errors, none below the floor, shape (n,)."""
        return np.maximum(expected, max(self.floor, _TINY))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; steps only where there are any."""
        plain = asdict(self)
        if not self.steps:
            del plain["steps"]
        return plain


def calibrate(
    errors: Floats, expected: Floats, inside: NDArray[np.bool_], coverage: float = NOMINAL
) -> Calibration:
    """Learn half widths from errors of unseen rows.

    Parameters
    ----------
    errors, expected : Floats
        Absolute errors and what was expected of them, on the scale on which the target is
        learned, shape (n,), n of 1 or more.
    inside : NDArray[np.bool_]
        Whether the composition lies in the domain, shape (n,).
    coverage : float
        Share of rows that the intervals are to hold.

    Returns
    -------
    Calibration
        Outside the domain never narrower than inside. With fewer than :data:`FEWEST` rows inside,
        what holds of all rows holds of them; where all are too few for a quantile, infinite.
    """
    floor = FLOOR * float(np.median(errors))
    ratio = errors / np.maximum(expected, max(floor, _TINY))
    std, half = (_multiples(ratio, inside, p) for p in (ONE_SIGMA, coverage))
    return Calibration(floor, std, half)


def _multiples(ratio: Floats, inside: NDArray[np.bool_], probability: float) -> tuple[float, float]:
    of_all = conformal_quantile(ratio, probability)
    near, far = (
        conformal_quantile(ratio[side], probability) if side.sum() >= FEWEST else math.inf
        for side in (inside, ~inside)
    )
    near = near if math.isfinite(near) else of_all
    return near, max(near, far) if math.isfinite(far) else WIDENED * near


def recalibrate(
    calibration: Calibration, errors: Floats, expected: Floats, inside: NDArray[np.bool_]
) -> Calibration:
    """Fit the widths of intervals to errors that were made on data from elsewhere.

    Their quantiles are taken apart for each third of the expected errors, where each has
    :data:`FEWEST` rows: another source has errors of its own, which are largest beside what the
    model expects where it expects little.

    Parameters
    ----------
    calibration : Calibration
        Of the model; steps that it has are replaced.
    errors, expected : Floats
        Absolute errors and what was expected of them, shape (n,), n of :data:`FEWEST` or more.
    inside : NDArray[np.bool_]
        Whether the composition lies in the domain, shape (n,).

    Notes
    -----
    Values of the same source, drawn like these, lie within the intervals with the stated
    probability, whatever the model is worth (split conformal prediction, as above).
    """
    bare = replace(calibration, steps=())
    std, half = bare.widths(expected, inside)
    scale = bare.scale(expected)
    starts = _starts_of_thirds(scale)
    place = np.searchsorted(starts, scale, side="right") - 1
    steps = tuple(
        (
            start,
            conformal_quantile((errors / std)[place == i], ONE_SIGMA),
            conformal_quantile((errors / half)[place == i], NOMINAL),
        )
        for i, start in enumerate(starts)
    )
    return replace(bare, steps=steps)


def _starts_of_thirds(scale: Floats) -> Sequence[float]:
    """Return where each third of the expected errors begins; one for all where rows are few."""
    cuts = np.quantile(scale, [1 / 3, 2 / 3])
    counts = np.bincount(np.searchsorted(cuts, scale, side="right"), minlength=3)
    return [0.0, *cuts.tolist()] if counts.min() >= FEWEST else [0.0]


def conformal_quantile(errors: Floats, probability: float) -> float:
    """Return the error that a new one stays below with at least a probability.

    The ⌈(n + 1)p⌉-th smallest of n; infinite where that is more than n, because no finite number
    of theirs keeps the promise.

    Examples
    --------
    >>> conformal_quantile(np.arange(1.0, 20.0), 0.9), conformal_quantile(np.arange(8.0), 0.9)
    (18.0, inf)
    """
    rank = math.ceil((len(errors) + 1) * probability)
    return float(np.sort(errors)[rank - 1]) if rank <= len(errors) else math.inf
