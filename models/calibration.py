"""Intervals that hold what they promise: conformal prediction with errors grouped by difficulty.

Split (here cross-) conformal prediction: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning
in a Random World (2005); J. Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018). Errors come from
predictions of rows that the model had not seen; groups by difficulty make the intervals of hard
compositions wider (Mondrian conformal prediction).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NOMINAL = 0.9
"""Probability of the intervals that are shown."""

ONE_SIGMA = math.erf(1 / math.sqrt(2))
"""Probability of ±1 standard deviation of a normal distribution; its half width is the std."""

GROUPS = 5
"""Groups by difficulty [judgement]."""

FEWEST = 50
"""Rows that a group holds at least [judgement]: the 90 % quantile of 50 errors is uncertain by
about 4 points."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Half widths of intervals by difficulty, on the scale on which the target is learned.

    Attributes
    ----------
    edges : tuple of float
        Difficulties from which the next group begins, rising; one less than there are groups.
    std : tuple of float
        Half width that holds :data:`ONE_SIGMA` of the errors, for each group.
    half : tuple of float
        Half width that holds :data:`NOMINAL` of the errors, for each group.
    """

    edges: tuple[float, ...]
    std: tuple[float, ...]
    half: tuple[float, ...]

    def widths(self, difficulty: Floats) -> tuple[Floats, Floats]:
        """Give standard deviation and half width of the interval.

        Parameters
        ----------
        difficulty : Floats
            Shape (n,).

        Returns
        -------
        tuple of Floats
            Shape (n,) each.
        """
        group = np.searchsorted(np.array(self.edges), difficulty, side="right")
        return np.array(self.std)[group], np.array(self.half)[group]


def calibrate(errors: Floats, difficulty: Floats) -> Calibration:
    """Learn half widths from errors of unseen rows.

    Parameters
    ----------
    errors : Floats
        Absolute errors on the scale on which the target is learned, shape (n,), n ≥ 1.
    difficulty : Floats
        Of the same rows, shape (n,).

    Returns
    -------
    Calibration
        A group that is harder is never narrower.
    """
    edges = _edges(difficulty)
    group = np.searchsorted(np.array(edges), difficulty, side="right")
    parts = [errors[group == k] for k in range(len(edges) + 1)]
    std, half = (
        tuple(np.maximum.accumulate([conformal_quantile(part, p) for part in parts]).tolist())
        for p in (ONE_SIGMA, NOMINAL)
    )
    return Calibration(edges, std, half)


def conformal_quantile(errors: Floats, probability: float) -> float:
    """Give the error that a new one stays below with at least a probability.

    The ⌈(n + 1)p⌉-th smallest of n; the largest where there are too few.

    Examples
    --------
    >>> conformal_quantile(np.arange(1.0, 20.0), 0.9)
    18.0
    """
    rank = min(math.ceil((len(errors) + 1) * probability), len(errors))
    return float(np.sort(errors)[rank - 1])


def _edges(difficulty: Floats) -> tuple[float, ...]:
    """Cut into groups of about equal size, none smaller than :data:`FEWEST`."""
    groups = min(GROUPS, len(difficulty) // FEWEST)
    if groups < 2:
        return ()
    cuts: Sequence[float] = np.unique(
        np.quantile(difficulty, np.arange(1, groups) / groups, method="higher")
    ).tolist()
    edges, before = [], 0
    for cut in cuts:
        below = int((difficulty < cut).sum())
        if below - before >= FEWEST and len(difficulty) - below >= FEWEST:
            edges.append(cut)
            before = below
    return tuple(edges)
