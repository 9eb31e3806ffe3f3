"""Rows of one composition: joined where they agree, left out where they contradict each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.learning.targets import Target

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

LOG10_TOLERANCE = 0.05
"""Decades from the median within which values of one composition agree [judgement]: ±12 %, so that
two rows may differ by a factor of 1.26, which is what the best models of moduli err by."""

LINEAR_TOLERANCE = 0.025
"""The same in the unit of a target on a linear scale (eV/atom, eV, J/m2) [judgement]: two rows may
differ by 0.05, the tolerance in eV/atom to which the screen keeps metastable phases."""


@dataclass(frozen=True, slots=True, eq=False)
class Contradictions:
    """Rows that contradict others of their composition.

    Attributes
    ----------
    rows : Rows
        Their numbers, shape (m,).
    median : Floats
        In the unit, of all rows of the composition of each, shape (m,).
    """

    rows: Rows
    median: Floats


def group_compositions(keys: NDArray[np.object_]) -> Rows:
    """Assign numbers to compositions in the order in which they come first, shape (n,).

    Examples
    --------
    >>> group_compositions(np.array(["NaCl", "NaSn", "NaCl"], dtype=object)).tolist()
    [0, 1, 0]
    """
    import pandas as pd

    return np.asarray(pd.factorize(keys)[0], dtype=np.intp)


def contradictions(target: Target, group: Rows, values: Floats, stds: Floats) -> Contradictions:
    """Find rows of one composition that do not agree.

    A row agrees if it is no further from the median of its composition than the tolerance or
    twice its own standard deviation. Where fewer than half agree (two rows that contradict each
    other among them) nobody can tell which is right, and all are left out.

    Parameters
    ----------
    target : Target
        Decides the scale and the tolerance.
    group : Rows
        Number of the composition of each row, shape (n,).
    values, stds : Floats
        In the target's unit, shape (n,); NaN where no standard deviation is known.
    """
    learned = target.learned(values)
    median = _medians(group, learned)[group]
    away = np.abs(learned - median)
    good = away <= _tolerance(target, values, stds) + 1e-12
    share = np.bincount(group, good) / np.maximum(np.bincount(group), 1)
    out = np.flatnonzero(~(good & (share[group] > 0.5)))
    return Contradictions(out, target.measured(median[out]))


def merge_duplicates(
    target: Target, group: Rows, values: Floats, stds: Floats, weights: Floats
) -> tuple[Rows, Floats, Floats, Floats]:
    """Make one row of each composition: the weighted mean on the scale of the target.

    Parameters
    ----------
    group : Rows
        Composition of each row, shape (n,); all are 0 or more.

    Returns
    -------
    tuple
        First row of each composition, its value, standard deviation (root mean square, NaN where
        none is known: rows of one source do not err independently) and mean weight, (m,) each.
    """
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    total = np.bincount(place, weights)
    mean = np.bincount(place, weights * target.learned(values)) / total
    known = np.isfinite(stds)
    count = np.bincount(place, known)
    square = np.bincount(place, np.where(known, stds, 0.0) ** 2)
    std = np.sqrt(np.divide(square, count, out=np.full(len(first), np.nan), where=count > 0))
    # One row stays as it was given: no rounding by way of the logarithm.
    single = np.bincount(place) == 1
    value = np.where(single, values[first], target.measured(mean))
    order = np.argsort(first)
    return first[order], value[order], std[order], (total / np.bincount(place))[order]


def _tolerance(target: Target, values: Floats, stds: Floats) -> Floats:
    known = np.nan_to_num(stds)
    if target.log10:
        return np.asarray(np.maximum(LOG10_TOLERANCE, 2 * known / values / np.log(10)))
    return np.asarray(np.maximum(LINEAR_TOLERANCE, 2 * known))


def _medians(group: Rows, learned: Floats) -> Floats:
    """Return the median of each group, shape (number of groups,)."""
    order = np.lexsort((learned, group))
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    rising = learned[order]
    # Numbers of compositions that have no row here have no median either; nobody asks for it.
    low, high = (np.minimum(starts + k // 2, len(rising) - 1) for k in (sizes - 1, sizes))
    return np.asarray((rising[low] + rising[high]) / 2, dtype=np.float64)
