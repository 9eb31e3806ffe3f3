"""Results played again as if they had come in one by one: what would have been proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.rounding import shared_places, significant
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.lives import draw_lives
from maiscreen.screen.lab_learning.next import Race
from maiscreen.screen.lab_learning.trials import Worths, key_of, trials, worths
from maiscreen.screen.lab_learning.weights import SEED, learn_weights
from maiscreen.screen.lab_sheet.conditions import conditions_of
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.lab_sheet.summary import Median, kaplan_meier_median

MOST_SETS = 20
"""Sets of results of one size that are looked at; of more, so many are drawn."""


@dataclass(frozen=True, slots=True)
class Step:
    """After so many results, over all sets of them (and so over all orders).

    Attributes
    ----------
    seen : int
        Precursors whose cells are known.
    sets, all_sets : int
        Sets that were looked at, and how many there are.
    proposed, expected : float
        Share of them in which the first proposal, or the one expected to live longest, is a best
        of those left.
    score : float
        The same for the highest score of the campaign, which learns nothing.
    chance : float
        The same for a draw of lots.
    pairs, pairs_score : float
        Share of the pairs left, none of them seen, that are expected in the right order after the
        results, and by the campaign's score; lots give 0.5, and so do equals. NaN where no pair is
        left.
    """

    seen: int
    sets: int
    all_sets: int
    proposed: float
    expected: float
    score: float
    chance: float
    pairs: float
    pairs_score: float


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found.

    Attributes
    ----------
    measured : tuple of (str, str)
        Layers and their cycles, best first.
    conditions : tuple
        Of the cells.
    steps : tuple of Step
    path : tuple of str
        Order in which they would have been tried, from nothing.
    found_after : int
        Place in it of the best.
    found_by_lot : float
        Place expected by lots.
    wrong : tuple of (str, str, int, int)
        Pairs in the wrong order, the one that lived longer first: in how many of the sets that hold
        neither, and how many of these there are.
    undecided : int
        Pairs of which the results do not tell which lived longer.
    left_out : tuple of str
        Layers that were cycled and cannot be scored or compared.
    """

    measured: tuple[tuple[str, str], ...]
    conditions: tuple[object, ...]
    steps: tuple[Step, ...]
    path: tuple[str, ...]
    found_after: int
    found_by_lot: float
    wrong: tuple[tuple[str, str, int, int], ...]
    undecided: int
    left_out: tuple[str, ...]


def replay(campaign: Campaign, ranking: pa.Table, records: Sequence[LabRecord]) -> Replay:
    """Play results again.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        Its ranking, all candidates.
    records : sequence of LabRecord
        Results that count. The largest group of equal cells is played.

    Raises
    ------
    InputError
        If fewer than three precursors can be compared.
    """
    keys = {key_of(one) for one in records}
    wanted = ranking.filter(pa.array([key in keys for key in ranking["key"].to_pylist()]))
    drawn = worths(campaign, wanted)
    whole = trials(records, drawn.keys)
    group, pool = _largest_group(whole.groups, [(int(g), whole.layers[i]) for g, i in zip(
        whole.group, whole.layer, strict=True)])  # fmt: skip
    if len(pool) < 3:
        remedy = "holds results of fewer than three precursors in equal cells, one of them failed"
        raise InputError("DIR", "lab", remedy)
    cells = [one for one in records if key_of(one) in pool]
    scores = dict(zip(wanted["key"].to_pylist(), wanted["score"].to_pylist(), strict=True))
    board = _Board.of(pool, cells, group, drawn.take(pool), scores)
    sets = {n: _sets(pool, n) for n in range(len(pool) - 1)}
    seen = {one: board.after(one) for found in sets.values() for one in found}
    path = board.path()
    best = [1 + path.index(one) for one in board.best(pool)]
    return Replay(
        measured=tuple((key, str(board.medians[key])) for key in board.ordered()),
        conditions=group,
        steps=tuple(board.step(n, comb(len(pool), n), found, seen) for n, found in sets.items()),
        path=path,
        found_after=min(best),
        found_by_lot=(len(pool) + 1) / (len(best) + 1),
        wrong=board.wrong(seen),
        undecided=sum(board.order(a, b) == 0 for a, b in combinations(pool, 2)),
        left_out=tuple(sorted(keys - set(pool))),
    )


def _largest_group(
    groups: Sequence[tuple[object, ...]], members: Iterable[tuple[int, str]]
) -> tuple[tuple[object, ...], tuple[str, ...]]:
    """Return the group of most layers, and these."""
    held: dict[int, set[str]] = {}
    for group, layer in members:
        held.setdefault(group, set()).add(layer)
    if not held:
        return (), ()
    most = max(held, key=lambda g: (len(held[g]), -g))
    return groups[most], tuple(sorted(held[most]))


def _sets(pool: Sequence[str], size: int) -> list[tuple[str, ...]]:
    if comb(len(pool), size) <= MOST_SETS:
        return list(combinations(pool, size))
    rng = np.random.default_rng([SEED, size])
    drawn = {
        tuple(sorted(rng.choice(pool, size, replace=False).tolist())) for _ in range(MOST_SETS)
    }
    return sorted(drawn)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected after a set of results: ln cycles of each layer, and the first proposal."""

    life: Mapping[str, float]
    proposal: str


@dataclass(frozen=True, slots=True, eq=False)
class _Board:
    """The layers that are played with."""

    pool: tuple[str, ...]
    cells: Sequence[LabRecord]
    medians: Mapping[str, Median]
    worths: Worths
    scores: Mapping[str, float]

    @classmethod
    def of(
        cls,
        pool: tuple[str, ...],
        records: Sequence[LabRecord],
        group: tuple[object, ...],
        drawn: Worths,
        scores: Mapping[str, float],
    ) -> "_Board":
        cells = [one for one in records if conditions_of(one) == group]
        cells = [one for one in cells if one.cycles is not None]
        medians = {key: _median([one for one in cells if key_of(one) == key]) for key in pool}
        return cls(pool, cells, medians, drawn, scores)

    def order(self, first: str, second: str) -> int:
        """Find which lived longer: 1 the first, -1 the second, 0 if that is not known."""
        a, b = self.medians[first], self.medians[second]
        if a.reached and b.reached:
            return int(a.cycles > b.cycles) - int(a.cycles < b.cycles)
        if not a.reached and b.reached and a.cycles >= b.cycles:
            return 1
        return -1 if not b.reached and a.reached and b.cycles >= a.cycles else 0

    def best(self, among: Iterable[str]) -> list[str]:
        """Return those that nothing else is known to outlive."""
        every = list(among)
        return [one for one in every if not any(self.order(two, one) > 0 for two in every)]

    def ordered(self) -> list[str]:
        """List the layers, the longest life first."""
        return sorted(self.pool, key=lambda k: (-self.medians[k].cycles, self.medians[k].reached))

    def after(self, seen: tuple[str, ...]) -> Expectation:
        """State what is expected when the cells of some layers are known."""
        known = trials([one for one in self.cells if key_of(one) in seen], self.pool)
        expected = draw_lives(learn_weights(known, self.worths), self.worths)
        race = Race.of(expected, known.tried)
        left = [key for key in self.pool if key not in seen]
        picks, _ = race.batch(left, 1)
        life = dict(zip(expected.keys, expected.life.mean(axis=0).tolist(), strict=True))
        return Expectation(life, picks[0] if picks else max(left, key=lambda key: race.gain([key])))

    def path(self) -> tuple[str, ...]:
        """Try one proposal after the other, from nothing."""
        tried: tuple[str, ...] = ()
        while len(tried) < len(self.pool):
            tried += (self.after(tuple(sorted(tried))).proposal,)
        return tried

    def step(
        self,
        size: int,
        all_sets: int,
        sets: Sequence[tuple[str, ...]],
        seen: Mapping[tuple[str, ...], Expectation],
    ) -> Step:
        """Judge what was expected after results of so many."""
        rows, pairs = [], []
        for layers in sets:
            left = [key for key in self.pool if key not in layers]
            best, expected = self.best(left), seen[layers].life
            rows.append(
                (
                    seen[layers].proposal in best,
                    _share_of_highest(expected, left, best),
                    _share_of_highest(self.scores, left, best),
                    len(best) / len(left),
                )
            )
            pairs += [
                (self._right(expected, a, b), self._right(self.scores, a, b))
                for a, b in combinations(left, 2)
                if self.order(a, b)
            ]
        shares = np.mean(np.array(rows, dtype=np.float64), axis=0).tolist()
        in_pairs = np.mean(pairs, axis=0).tolist() if pairs else [float("nan")] * 2
        return Step(size, len(sets), all_sets, *shares, *in_pairs)

    def _right(self, values: Mapping[str, float], a: str, b: str) -> float:
        ahead = np.subtract(*significant(np.array([values[a], values[b]])))
        return float(0.5 if ahead == 0 else ahead * self.order(a, b) > 0)

    def wrong(
        self, seen: Mapping[tuple[str, ...], Expectation]
    ) -> tuple[tuple[str, str, int, int], ...]:
        """List the pairs that were expected in the wrong order before either was seen."""
        pairs = []
        for a, b in combinations(self.ordered(), 2):
            without = [one.life for keys, one in seen.items() if a not in keys and b not in keys]
            missed = sum(self._right(life, a, b) < 1 for life in without)
            if self.order(a, b) and missed:
                pairs.append((a, b, missed, len(without)))
        return tuple(pairs)


def _share_of_highest(
    values: Mapping[str, float], among: Sequence[str], best: Sequence[str]
) -> float:
    """Return which share of those with the highest value, equal ones together, is a best."""
    first, _ = shared_places(np.array([[values[key] for key in among]]))
    highest = [key for key, place in zip(among, first[0].tolist(), strict=True) if place == 1]
    return sum(key in best for key in highest) / len(highest)


def _median(cells: Sequence[LabRecord]) -> Median:
    counts = [float(one.cycles or 0) for one in cells]
    return kaplan_meier_median(counts, [one.censored for one in cells])
