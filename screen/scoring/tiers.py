"""Places over the draws of scores, who beats whom, and tiers: docs/attributes.md."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import share_of_top, shared_places, significant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PERCENTILES = (5.0, 95.0)
"""Ends of an interval over the draws."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places of candidates over the draws, 1 for the best; arrays of shape (n,).

    Attributes
    ----------
    expected : Floats
        Mean place, of equal scores the mean of those that they share; together n(n + 1)/2.
    low, high : Floats
        From the first place that is shared (5th percentile) to the last (95th).
    p_top : Floats
        Mean share of the first k places: the shares of all candidates sum to k.
    """

    expected: Floats
    low: Floats
    high: Floats
    p_top: Floats


def places(drawn: Floats, top: int) -> Places:
    """Find the places of candidates in each draw, and summarise them.

    Parameters
    ----------
    drawn : Floats
        Scores, shape (samples, n).
    top : int
        k of the probability to be among the first k.

    Examples
    --------
    >>> places(np.array([[0.9, 0.5, 0.5], [0.9, 0.5, 0.7]]), 1).expected.tolist()
    [1.0, 2.75, 2.25]
    """
    first, last = shared_places(drawn)
    low, high = (
        np.percentile(ends, at, axis=0, method="nearest").astype(np.float64)
        for ends, at in zip((first, last), PERCENTILES, strict=True)
    )
    # A sum of whole numbers, so that equal candidates have equal places to the last digit.
    total = first.sum(axis=0, dtype=np.int64) + last.sum(axis=0, dtype=np.int64)
    return Places(total / (2 * len(drawn)), low, high, share_of_top(first, last, top).mean(axis=0))


def beats(drawn: Floats) -> Floats:
    """Return P(A > B) for every pair, equal scores counting half.

    Parameters
    ----------
    drawn : Floats
        Scores, shape (samples, n), of few candidates.

    Returns
    -------
    Floats
        Row A, column B, shape (n, n); one half on the diagonal.

    Examples
    --------
    >>> beats(np.array([[0.9, 0.5], [0.5, 0.5]])).tolist()
    [[0.5, 0.75], [0.25, 0.5]]
    """
    scores = significant(drawn)
    return np.array([_beats(one, scores) for one in scores.T]).reshape(2 * drawn.shape[1:])


def _beats(one: Floats, scores: Floats) -> Floats:
    """Return how often a candidate, shape (samples,), beats each of others, (samples, n)."""
    wins = np.count_nonzero(one[:, None] > scores, axis=0)
    ties = np.count_nonzero(one[:, None] == scores, axis=0)
    return np.asarray((2 * wins + ties) / (2 * len(scores)))


def tiers(drawn: Floats, expected: Floats, probability: float) -> Integers:
    """Sort candidates into tiers, numbered from 1.

    A tier begins at the first candidate that the best of the tier above beats with so great a
    probability, and this one is its best. What follows stays there. Candidates of equal expected
    place share a tier: it begins if each of the best beats each of them.

    Parameters
    ----------
    drawn : Floats
        Scores, shape (samples, n).
    expected : Floats
        Expected places of :func:`places`, shape (n,).
    probability : float
        P(best of the tier above > candidate) from which on a new tier begins, above 0.5.

    Examples
    --------
    >>> drawn = np.array([[0.9, 0.8, 0.1], [0.7, 0.8, 0.1]])
    >>> tiers(drawn, places(drawn, 1).expected, 0.8).tolist()
    [1, 1, 2]
    """
    scores = significant(drawn)
    values, group = np.unique(expected, return_inverse=True)
    tier = np.ones(len(values), dtype=np.int64)
    best = 0
    while best < len(values):
        beaten = _least_beaten(scores, group, best) >= probability
        beaten[: best + 1] = False
        best = int(beaten.argmax()) if beaten.any() else len(values)
        tier[best:] += 1
    return tier[group]


def _least_beaten(scores: Floats, group: Integers, best: int) -> Floats:
    """Return the least probability that one of a group beats one of each, shape (groups,)."""
    least = np.ones(int(group.max()) + 1)
    members = scores[:, group == best].T
    for one in {column.tobytes(): column for column in members}.values():
        np.minimum.at(least, group, _beats(one, scores))
    return least
