"""Rows of one composition: made one, their spread being the noise of the value, or kept apart."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.learning.targets import Target

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

WAYS = ("median", "mean", "min", "keep", "refuse")
"""What may be done with rows of one composition: their median, mean or least value; all kept; or
the data refused if any disagree."""

LOG10_TOLERANCE = 0.05
"""Decades from the median within which values of one composition agree [judgement]: ±12 %, so that
two rows may differ by a factor of 1.26, which is what the best models of moduli err by."""

LINEAR_TOLERANCE = 0.025
"""The same in the unit of a target on a linear scale (eV/atom, eV, J/m2) [judgement]: two rows may
differ by 0.05, the tolerance in eV/atom to which the screen keeps metastable phases."""


def group_compositions(keys: NDArray[np.object_]) -> Rows:
    """Assign numbers to compositions in the order in which they come first, shape (n,).

    Examples
    --------
    >>> group_compositions(np.array(["NaCl", "NaSn", "NaCl"], dtype=object)).tolist()
    [0, 1, 0]
    """
    import pandas as pd

    return np.asarray(pd.factorize(keys)[0], dtype=np.intp)


def disagreeing_rows(target: Target, group: Rows, values: Floats, stds: Floats) -> Rows:
    """Find rows that do not agree with others of their composition.

    A row agrees if it is no further from the median of its composition than the tolerance or
    twice its own standard deviation.

    Parameters
    ----------
    target : Target
        Decides the scale and the tolerance.
    group : Rows
        Number of the composition of each row, shape (n,).
    values, stds : Floats
        In the target's unit, shape (n,); NaN where no standard deviation is known.

    Returns
    -------
    Rows
        Their numbers, shape (m,).

    Examples
    --------
    >>> from maiscreen.models.learning.targets import TARGETS
    >>> group, values = np.zeros(3, dtype=np.intp), np.array([8.0, 8.1, 80.0])
    >>> kind = TARGETS["shear_modulus_gpa"]
    >>> disagreeing_rows(kind, group, values, np.full(3, np.nan)).tolist()
    [2]
    """
    learned = target.learned(values)
    away = np.abs(learned - _medians(group, learned, np.ones(len(learned)))[group])
    return np.flatnonzero(away > _tolerance(target, values, stds) + 1e-12)


def merge_duplicates(
    target: Target,
    group: Rows,
    values: Floats,
    stds: Floats,
    weights: Floats,
    way: str = "median",
) -> tuple[Rows, Floats, Floats, Floats]:
    """Make one row of each composition, on the scale of the target.

    What its rows differ by is added to their stated errors: the standard deviation of a single
    row about the mean; for the median 1.4826 times the median deviation, which is the same of
    normal errors and is not moved by one that is far off. Of the least value it is not: there the
    others are other things, such as other paths of an ion.

    Parameters
    ----------
    group : Rows
        Composition of each row, shape (n,); all are 0 or more.
    way : str
        ``median``, ``mean`` (both weighted) or ``min``.

    Returns
    -------
    tuple
        First row of each composition, its value, standard deviation (NaN where there is one row
        without; what is stated counts as its root mean square: rows of one source do not err
        independently) and mean weight, (m,) each.
    """
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    learned, count = target.learned(values), np.bincount(place)
    value, spread = _SUMMARIES[way](place, learned, weights)
    single = count == 1
    # One row stays as it was given: no rounding by way of the logarithm.
    measured = np.where(single, values[first], target.measured(value))
    std = _total_std(place, stds, np.where(single, np.nan, _in_unit(target, measured, spread)))
    order = np.argsort(first)
    mean_weight = np.bincount(place, weights) / count
    return first[order], measured[order], std[order], mean_weight[order]


def _summarise_mean(place: Rows, learned: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean and the standard deviation of each group, shape (m,)."""
    count, total = np.bincount(place), np.bincount(place, weights)
    mean = np.bincount(place, weights * learned) / total
    variance = np.bincount(place, weights * (learned - mean[place]) ** 2) / total
    return mean, np.sqrt(variance * count / np.maximum(count - 1, 1))


MAD = 1.4826
"""Standard deviation of a normal distribution by its median absolute deviation."""


def _summarise_median(place: Rows, learned: Floats, weights: Floats) -> tuple[Floats, Floats]:
    median = _medians(place, learned, weights)
    return median, MAD * _medians(place, np.abs(learned - median[place]), weights)


def _summarise_least(place: Rows, learned: Floats, weights: Floats) -> tuple[Floats, Floats]:
    least = np.full(len(np.bincount(place)), np.inf)
    np.minimum.at(least, place, learned)
    return least, np.full(len(least), np.nan)


_SUMMARIES: Mapping[str, Callable[[Rows, Floats, Floats], tuple[Floats, Floats]]] = {
    "mean": _summarise_mean,
    "median": _summarise_median,
    "min": _summarise_least,
}


def _in_unit(target: Target, values: Floats, spread: Floats) -> Floats:
    """Bring standard deviations from the scale of the target to its unit."""
    return np.asarray(values * np.log(10) * spread if target.log10 else spread)


def _total_std(place: Rows, stds: Floats, spread: Floats) -> Floats:
    """Add what is stated and what rows differ by, as squares; NaN where neither is known."""
    known = np.isfinite(stds)
    count = np.bincount(place, known)
    square = np.bincount(place, np.where(known, stds, 0.0) ** 2)
    stated = np.divide(square, count, out=np.full(len(count), np.nan), where=count > 0)
    both = np.nan_to_num(stated) + np.nan_to_num(spread) ** 2
    return np.where(np.isnan(stated) & np.isnan(spread), np.nan, np.sqrt(both))


def _tolerance(target: Target, values: Floats, stds: Floats) -> Floats:
    known = np.nan_to_num(stds)
    if target.log10:
        return np.asarray(np.maximum(LOG10_TOLERANCE, 2 * known / values / np.log(10)))
    return np.asarray(np.maximum(LINEAR_TOLERANCE, 2 * known))


def _medians(group: Rows, learned: Floats, weights: Floats) -> Floats:
    """Return the weighted median of each group, shape (number of groups,).

    The value at which half of the weight is reached; midway to the next where it is just half.
    """
    order = np.lexsort((learned, group))
    rising, share = learned[order], weights[order] / np.bincount(group, weights)[group[order]]
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    below = np.cumsum(share)
    # Within each group, from its own start; what the sum of all before it rounds to is let pass.
    below -= np.concatenate([[0.0], below])[starts][group[order]]
    low, high = (
        starts + np.bincount(group[order], below < half, len(sizes)).astype(np.intp)
        for half in (0.5 - _SUMS_ROUND, 0.5 + _SUMS_ROUND)
    )
    # Numbers of compositions that have no row here have no median either; nobody asks for it.
    low, high = (np.minimum(place, len(rising) - 1) for place in (low, high))
    return np.asarray((rising[low] + rising[high]) / 2, dtype=np.float64)


_SUMS_ROUND = 1e-6
"""What sums of shares may be off by."""
