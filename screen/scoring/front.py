"""The best of a stream: what passes by, keeps the first, and is forgotten; and who was missed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import significant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BINS = 1000
"""Of the histogram of optimistic scores, from 0 to 1."""

OF_EACH_GROUP = 3
"""Kept of every group, however low they stand: when the errors are drawn, whole groups rise and
fall together, and the best of the others are those who then come first."""


@dataclass(frozen=True, slots=True, eq=False)
class BestCandidates:
    """The best candidates so far, best first; of equal scores the lower index.

    The first ``most`` of all, and the first :data:`OF_EACH_GROUP` of each group. What two parts
    of a stream keep is enough for what both together keep, in whatever order they come.

    Attributes
    ----------
    index : Integers
        Places in the space, shape (k,).
    score : Floats
        Shape (k,).
    group : Integers
        What belongs together, shape (k,).
    """

    index: Integers
    score: Floats
    group: Integers

    @classmethod
    def empty(cls) -> "BestCandidates":
        """Begin."""
        whole = np.array([], dtype=np.int64)
        return cls(whole, np.array([], dtype=np.float64), whole)

    @classmethod
    def of(cls, index: Integers, score: Floats, group: Integers, most: int) -> "BestCandidates":
        """Take the best of candidates, shape (n,) each; NaN is no score."""
        there = np.flatnonzero(~np.isnan(score))
        order = there[np.lexsort((index[there], -significant(score[there])))]
        first = np.zeros(len(order), dtype=bool)
        first[:most] = True
        kept = order[first | (_place_in_group(group[order]) < OF_EACH_GROUP)]
        return cls(index[kept], score[kept], group[kept])

    def joined(self, other: "BestCandidates", most: int) -> "BestCandidates":
        """Take the best of both."""
        return BestCandidates.of(
            np.concatenate([self.index, other.index]),
            np.concatenate([self.score, other.score]),
            np.concatenate([self.group, other.group]),
            most,
        )


def _place_in_group(group: Integers) -> Integers:
    """Count within each group, from 0, in the order given; shape (n,)."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - np.repeat(begins, np.diff(begins, append=len(group)))
    return place


@dataclass(frozen=True, slots=True)
class Bound:
    """Who else could be among the first k, by the draws.

    Attributes
    ----------
    chance : float
        No candidate beyond ``open`` has a greater chance to be among the first k.
    threshold : float
        Score that the k-th best reaches in all but 2.5 % of the draws.
    open : int
        Candidates that were not drawn and whose optimistic score reaches the threshold.
    drawn : int
        Candidates whose scores were drawn.
    audited, surprises : int
        Of the others, so many were taken at random and drawn as well; and of these so many were
        among the first k more often than by ``chance``.
    share : float
        With 95 % confidence, the share of such surprises among all others that passed is less.
    """

    chance: float
    threshold: float
    open: int
    drawn: int
    audited: int = 0
    surprises: int = 0
    share: float = 0.0


def histogram(scores: Floats) -> Integers:
    """Count scores between 0 and 1 in equal bins, NaN left out, shape (BINS,)."""
    return np.bincount(bin_of(scores[~np.isnan(scores)]), minlength=BINS)


def bin_of(scores: Floats) -> Integers:
    """Return the bin of each score, any shape; what differs by rounding alone has the same."""
    return np.clip((significant(scores) * BINS).astype(np.int64), 0, BINS - 1)
