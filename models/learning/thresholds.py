"""Thresholds of trees that no last digit of a feature crosses.

LightGBM puts a threshold half-way between two values of the training, however close they are, and
next to zero. So here each is moved off every value that it learned from, by the least that will do.
"""

import re
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import significant, step

Floats = NDArray[np.float64]

CLEARANCE = 4
"""Steps of :func:`maiscreen.candidates.rounding.significant` between a threshold and a value: a
last bit moves a rounded value by one step at most [judgement]."""


def clear_thresholds(estimator: Any, known: Floats) -> Any:
    """Move the thresholds of trees off the features that they learned from, in place.

    Parameters
    ----------
    estimator : LGBMRegressor
        Fitted.
    known : Floats
        Features that it was fitted to, shape (n, p).

    Returns
    -------
    LGBMRegressor
        The same, each threshold at least :data:`CLEARANCE` steps from every rounded feature.
    """
    feature, threshold = read_thresholds(estimator)
    for column in np.unique(feature).tolist():
        of_it = feature == column
        threshold[of_it] = clear_positions(threshold[of_it], known[:, column])
    words = map(repr, threshold.tolist())
    text = _THRESHOLDS.sub(
        lambda line: f"threshold={' '.join(islice(words, len(line[1].split())))}",
        estimator.booster_.model_to_string(),
    )
    # The sizes of the trees have changed: without them LightGBM reads one after another.
    estimator.booster_.model_from_string(_SIZES.sub("", text, count=1))
    return estimator


_SPLITS, _THRESHOLDS, _SIZES = (
    re.compile(rf"^{name}=(.*)${end}", re.MULTILINE)
    for name, end in (("split_feature", ""), ("threshold", ""), ("tree_sizes", "\n"))
)
"""Lines of a tree, and of the head, as LightGBM writes them."""


def read_thresholds(estimator: Any) -> tuple[NDArray[np.intp], Floats]:
    """Return the feature and the threshold of every node, tree after tree; shape (m,) each."""
    text = estimator.booster_.model_to_string()
    features, thresholds = (" ".join(form.findall(text)).split() for form in (_SPLITS, _THRESHOLDS))
    return np.array(features, dtype=np.intp), np.array(thresholds, dtype=np.float64)


def clear_positions(thresholds: Floats, values: Floats) -> Floats:
    """Move thresholds of one feature into wide enough gaps between its rounded values.

    Values that are equal once rounded come to the same side, that of most: of the gaps around a
    threshold that is taken which puts the fewest values on the other side.

    Parameters
    ----------
    thresholds : Floats
        Values up to a threshold, that one included, go left; shape (m,).
    values : Floats
        Of the feature, as the trees learned from them, shape (n,).

    Examples
    --------
    >>> clear_positions(np.array([0.75, 0.5 + 1e-16]), np.array([0.5, 0.5, 0.5 + 1e-15, 1.0]))
    array([0.75, 0.5 ])
    """
    rounded, counts = np.unique(significant(values), return_counts=True)
    reach = CLEARANCE * step(rounded)
    # Just below a power of two the next value reaches further than the nearest one does.
    low = np.maximum.accumulate(np.concatenate([[-np.inf], rounded + reach]))
    high = np.minimum.accumulate(np.concatenate([rounded - reach, [np.inf]])[::-1])[::-1]
    left = np.concatenate([[0], np.cumsum(counts)])  # how many values lie left of each gap
    gap, free = np.arange(len(low)), low <= high
    below = np.maximum.accumulate(np.where(free, gap, 0))
    above = np.minimum.accumulate(np.where(free, gap, len(gap) - 1)[::-1])[::-1]
    at = np.searchsorted(rounded, thresholds, side="right")
    near = np.stack(
        [below[at], below[np.maximum(at - 1, 0)], above[at], above[np.minimum(at + 1, gap[-1])]]
    )
    were_left = np.searchsorted(np.sort(values), thresholds, side="right")
    best = np.argmin(np.abs(left[near] - were_left), axis=0)
    chosen = np.take_along_axis(near, best[np.newaxis], axis=0)[0]
    return np.clip(thresholds, low[chosen], high[chosen])
