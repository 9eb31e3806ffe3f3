"""Places, chances and tiers against loops over draws and pairs, and their identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maiscreen.screen.scoring.tiers import beats, places, tiers

DRAWN = st.integers(1, 7).flatmap(
    lambda n: arrays(float, (12, n), elements=st.sampled_from([0.05, 0.3, 0.5, 0.75, 1.0]))
)
PROBABILITY = st.sampled_from([0.51, 0.6, 0.75, 0.8, 0.95])


def expected_by_counting(drawn: np.ndarray) -> list[float]:
    """One more than all that score higher, and half of those that score as high."""
    samples, n = drawn.shape
    total = [0.0] * n
    for draw in drawn.tolist():
        for i in range(n):
            for j in range(n):
                total[i] += draw[j] > draw[i] or (i == j) + (i != j and draw[j] == draw[i]) / 2
    return [one / samples for one in total]


def beats_by_counting(drawn: np.ndarray, a: int, b: int) -> float:
    wins = 0.0
    for draw in drawn.tolist():
        wins += 1.0 if draw[a] > draw[b] else 0.5 if draw[a] == draw[b] else 0.0
    return wins / len(drawn)


def tiers_one_by_one(drawn: np.ndarray, probability: float) -> list[int]:
    """Walk down the groups of equal expected place, and ask of each if it begins a tier."""
    expected = expected_by_counting(drawn)
    groups: dict[float, list[int]] = {}
    for i in sorted(range(len(expected)), key=lambda i: expected[i]):
        groups.setdefault(round(expected[i], 9), []).append(i)
    found, tier, best = [0] * len(expected), 1, next(iter(groups.values()))
    for group in groups.values():
        sure = all(beats_by_counting(drawn, a, b) >= probability for a in best for b in group)
        if group is not best and sure:
            tier, best = tier + 1, group
        for i in group:
            found[i] = tier
    return found


@given(DRAWN)
def test_expected_places_against_counting(drawn: np.ndarray) -> None:
    n = drawn.shape[1]
    expected = places(drawn, 1).expected
    assert expected == pytest.approx(expected_by_counting(drawn))
    assert expected.sum() == pytest.approx(n * (n + 1) / 2)


@given(DRAWN)
def test_chances_against_counting(drawn: np.ndarray) -> None:
    n = drawn.shape[1]
    chance = beats(drawn)
    loop = [[beats_by_counting(drawn, a, b) for b in range(n)] for a in range(n)]
    assert chance == pytest.approx(np.array(loop))
    assert (chance + chance.T == 1).all()
    # A candidate stands one place below the best for each that beats it.
    assert places(drawn, 1).expected == pytest.approx(0.5 + chance.sum(axis=0))


@given(DRAWN, PROBABILITY)
def test_tiers_against_a_walk_down_the_list(drawn: np.ndarray, probability: float) -> None:
    expected = places(drawn, 1).expected
    assert tiers(drawn, expected, probability).tolist() == tiers_one_by_one(drawn, probability)


@given(DRAWN, PROBABILITY, st.randoms())
def test_neither_order_nor_last_digits_change_places_and_tiers(
    drawn: np.ndarray, probability: float, random: st.DataObject
) -> None:
    order = list(range(drawn.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    noisy = (drawn * (1 + 1e-15 * np.arange(drawn.shape[1])))[:, order]
    before, after = places(drawn, 2), places(noisy, 2)
    assert after.expected.tolist() == before.expected[order].tolist()
    old, new = (tiers(d, p.expected, probability) for d, p in ((drawn, before), (noisy, after)))
    assert new.tolist() == old[order].tolist()


@given(DRAWN, PROBABILITY)
def test_tiers_rise_by_one_along_the_ranks_and_equals_share_them(
    drawn: np.ndarray, probability: float
) -> None:
    twice = np.concatenate([drawn, drawn[:, :1]], axis=1)
    expected = places(twice, 1).expected
    tier = tiers(twice, expected, probability)
    assert (expected[0], tier[0]) == (expected[-1], tier[-1])
    steps = np.diff(tier[np.argsort(expected, kind="stable")])
    assert tier.min() == 1 and set(steps.tolist()) <= {0, 1}


def test_a_tier_does_not_end_where_its_best_is_beaten_less_surely() -> None:
    """The second begins tier II; the third, which the first beats less surely, stays in it."""
    drawn = np.full((100, 3), 0.5)
    drawn[:, 0] = np.where(np.arange(100) < 80, 0.9, 0.1)  # beats the others in 80 draws
    drawn[:, 2] = 0.4
    drawn[:30, 2] = 0.95  # but for 30 of these
    expected = places(drawn, 1).expected
    chance = beats(drawn)
    assert expected.argsort().tolist() == [0, 1, 2]
    assert (chance[0, 1], chance[0, 2]) == (0.8, 0.5)
    assert tiers(drawn, expected, 0.8).tolist() == [1, 2, 2]
    assert tiers(drawn, expected, 0.81).tolist() == [1, 1, 1]


def test_one_sure_order_gives_a_tier_to_each_and_all_equal_one_to_all() -> None:
    sure = np.tile([0.1, 0.9, 0.5], (50, 1))
    assert tiers(sure, places(sure, 1).expected, 0.99).tolist() == [3, 1, 2]
    equal = np.full((50, 4), 0.3)
    assert tiers(equal, places(equal, 1).expected, 0.51).tolist() == [1, 1, 1, 1]
    nobody = np.ones((50, 0))
    assert tiers(nobody, np.ones(0), 0.8).tolist() == [] and beats(nobody).shape == (0, 0)
