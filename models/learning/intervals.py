"""Intervals of any coverage from errors of rows that a model had not seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import calibrate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutErrors:
    """Errors of rows that a model had not seen; arrays of shape (m,).

    Attributes
    ----------
    errors, expected : Floats
        Absolute errors, and what was expected of them.
    inside : Bools
        Whether a row lay in the domain of the model that was tested.
    """

    errors: Floats
    expected: Floats
    inside: Bools

    def half_widths(self, expected: Floats, inside: Bools, coverage: float) -> Floats:
        """Return half widths of intervals, shape (n,).

        By the rule of :func:`maiscreen.models.learning.calibration.calibrate`: errors are divided
        by what was expected of them, and looked at apart inside and outside the domain.

        Parameters
        ----------
        expected : Floats
            Expected absolute errors, shape (n,).
        inside : Bools
            Whether a row lies in the domain, shape (n,).
        coverage : float
            Share of rows that the intervals are to hold.

        Raises
        ------
        InputError
            If the coverage is no share.
        """
        share = check_coverage(coverage)
        fitted = calibrate(self.errors, self.expected, self.inside, share)
        return fitted.widths(expected, inside)[1]


def check_coverage(coverage: object) -> float:
    """Return a coverage that can be had.

    Raises
    ------
    InputError
        If it is none.
    """
    is_number = isinstance(coverage, float | int | np.number) and not isinstance(coverage, bool)
    if not is_number or not 0 < float(coverage) < 1:  # type: ignore[arg-type]
        raise InputError("coverage", coverage, "give a number above 0 and below 1, such as 0.9")
    return float(coverage)  # type: ignore[arg-type]
