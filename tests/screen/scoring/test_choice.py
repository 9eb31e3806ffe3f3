"""Desirability, Pareto front and ranking against brute force and their identities."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.ranking import pareto_front, rank
from maiscreen.screen.scoring.score import THRESHOLD_STD, THRESHOLDS, desirability, score


@pytest.mark.parametrize(
    ("attribute", "worst", "best"),
    [
        ("adhesion", 0.0, 0.52),
        ("ionic_conductivity", np.log10(0.0012), np.log10(0.12)),
        ("youngs_modulus", 8.25, 18.15),
        ("electrolyte_permeability", 1.0, 0.0),
    ],
)
def test_thresholds(attribute: str, worst: float, best: float) -> None:
    got = desirability(attribute, np.array([worst, (worst + best) / 2, best]))
    assert got == pytest.approx([1 / 11, 1 / 2, 10 / 11])
    assert np.isnan(desirability(attribute, np.array([np.nan]))[0])
    beyond = desirability(attribute, np.array([2 * worst - best, 2 * best - worst]))
    # Odds of 1:1000, and of 1000:1 for what has no end.
    end = 1000 / 1001 if attribute == "ionic_conductivity" else 10 / 11
    assert beyond == pytest.approx([1 / 1001, end])


@given(st.floats(1e-3, 1e3))
def test_a_conductivity_is_worth_what_it_leaves_of_a_voltage(volts: float) -> None:
    # 2 mA/cm² through 6 µm: V = j d / σ.
    log10_ms_cm = np.log10(1e3 * 2e-3 * 6e-4 / volts)
    worth = desirability("ionic_conductivity", np.array(log10_ms_cm))
    assert worth == pytest.approx(0.1 / (0.1 + volts))


@given(st.sampled_from(ATTRIBUTES), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_more_is_never_worth_less_and_nothing_is_worth_nothing(
    attribute: str, value: float, step: float
) -> None:
    worst, best = THRESHOLDS[attribute]
    better = value + np.sign(best - worst) * step
    less, more = desirability(attribute, np.array([value, better]))
    assert 0 < less <= more <= 1


def test_off_the_scale_there_is_still_an_order() -> None:
    decades = np.array([-30.0, -12.0, -8.0, -4.4, -4.3, 1.0, 3.0])
    assert (np.diff(desirability("ionic_conductivity", decades)) > 0).all()


def test_what_blocks_is_a_tie() -> None:
    stiff = desirability("youngs_modulus", np.array([18.15, 24.5, 40.4, 300.0]))
    assert stiff == pytest.approx([10 / 11] * 4)
    assert len({*stiff[1:].tolist()}) == 1


@given(st.sampled_from(ATTRIBUTES), st.floats(-5, 60), st.floats(-1, 1))
def test_a_shift_moves_the_thresholds(attribute: str, value: float, shift: float) -> None:
    moved = desirability(attribute, np.array([value]), shift)
    assert moved == pytest.approx(desirability(attribute, np.array([value - shift])))


def test_a_shift_broadcasts_over_draws() -> None:
    values, shifts = np.array([0.1, 0.3, 0.5]), np.array([[-0.05], [0.0], [0.05]])
    moved = desirability("adhesion", values, shifts)
    assert moved.shape == (3, 3)
    assert moved[1].tolist() == desirability("adhesion", values).tolist()
    assert (np.diff(moved, axis=0) < 0).all()
    assert set(THRESHOLD_STD) == set(THRESHOLDS)


@given(arrays(float, (4, 6), elements=st.floats(1e-9, 1)))
def test_score_is_a_mean_and_grows_with_each_part(parts: np.ndarray) -> None:
    names = ("a", "b", "c", "d")
    weights = dict(zip(names, (1.0, 2.0, 0.5, 3.0), strict=True))
    before = score(dict(zip(names, parts, strict=True)), weights)
    assert (before <= parts.max(axis=0) + 1e-12).all()
    assert (before >= parts.min(axis=0) - 1e-12).all()
    better = parts.copy()
    better[1] = np.minimum(1, better[1] + 0.1)
    assert (score(dict(zip(names, better, strict=True)), weights) >= before - 1e-12).all()


def test_only_ratios_of_weights_count_and_no_weight_looks_away() -> None:
    parts = {"a": np.array([0.2, 0.9]), "b": np.array([0.7, np.nan])}
    doubled = score(parts, {"a": 2, "b": 6})
    assert doubled[0] == pytest.approx(score(parts, {"a": 1, "b": 3})[0])
    assert np.isnan(doubled[1])
    assert score(parts, {"a": 1, "b": 0}) == pytest.approx(parts["a"])


@given(arrays(float, (12, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
def test_pareto_front_against_brute_force(goods: np.ndarray) -> None:
    expected = [
        not any((other >= row).all() and (other > row).any() for other in goods) for row in goods
    ]
    assert pareto_front(goods).tolist() == expected


def test_ranks_intervals_and_ties() -> None:
    nominal = np.array([0.5, 0.9, 0.5, 0.7])
    drawn = np.tile(nominal, (100, 1))
    drawn[:30, 0] = 0.95
    eligible = np.array([True, True, True, False])
    keys = np.array(["b", "c", "a", "d"])
    ranking = rank(nominal, drawn[:, eligible], keys, eligible, Campaign(top_k=1))
    # By the draws "b" stands before "a", whose nominal score it shares.
    assert ranking.rank[:3].tolist() == [2, 1, 3]
    assert np.isnan([ranking.rank[3], ranking.tier[3], ranking.expected[3]]).all()
    assert ranking.p_top[:3] == pytest.approx([0.3, 0.7, 0.0])
    assert ranking.expected[:3] == pytest.approx([0.3 * 1 + 0.7 * 2.5, 1.3, 0.3 * 3 + 0.7 * 2.5])
    assert (ranking.low[0], ranking.high[0]) == (1, 3)


SCORES = arrays(float, (6, 5), elements=st.sampled_from([0.05, 0.3, 0.5, 1.0]))


@given(SCORES, st.permutations(range(5)), st.permutations("abcde"), st.integers(1, 6))
def test_neither_names_nor_order_nor_last_digits_change_a_chance(
    drawn: np.ndarray, order: list[int], keys: list[str], top: int
) -> None:
    every = np.ones(5, dtype=bool)
    campaign = Campaign(top_k=top)
    before = rank(drawn[0], drawn, np.array(list("abcde")), every, campaign)
    noisy = (drawn * (1 + 1e-15 * np.arange(5)))[:, order]
    after = rank(noisy[0], noisy, np.array(keys), every, campaign)
    assert after.tier.tolist() == before.tier[order].tolist()
    assert after.expected.tolist() == before.expected[order].tolist()
    assert after.p_top == pytest.approx(before.p_top[order])
    assert after.low.tolist() == before.low[order].tolist()
    assert after.high.tolist() == before.high[order].tolist()
    assert before.p_top.sum() == pytest.approx(min(top, 5))


@given(SCORES, st.integers(1, 5))
def test_places_are_shared_as_lots_would_share_them(drawn: np.ndarray, top: int) -> None:
    """Against every order in which equal scores could be put."""
    every = np.ones(5, dtype=bool)
    ranking = rank(drawn[0], drawn[:1], np.arange(5), every, Campaign(top_k=top))
    places = []
    for tie in permutations(range(5)):
        first = sorted(range(5), key=lambda i: (-drawn[0, i], tie[i]))
        places.append([first.index(i) + 1 for i in range(5)])
    assert ranking.p_top == pytest.approx((np.array(places) <= top).mean(axis=0))
    assert ranking.expected == pytest.approx(np.mean(places, axis=0))
    assert ranking.low.tolist() == np.min(places, axis=0).tolist()
    assert ranking.high.tolist() == np.max(places, axis=0).tolist()
    assert sorted(ranking.rank.tolist()) == [1, 2, 3, 4, 5]


def test_the_front_knows_no_last_digits() -> None:
    goods = np.array([[0.5, 0.7], [0.5 + 1e-15, 0.7], [0.5, 0.7 - 1e-15], [0.4, 0.7]])
    assert pareto_front(goods).tolist() == [True, True, True, False]


def test_nothing_to_rank() -> None:
    nobody = np.array([False])
    none = rank(np.array([0.5]), np.ones((10, 0)), np.array(["a"]), nobody, Campaign())
    assert np.isnan([none.rank, none.tier, none.expected]).all()


@given(SCORES, st.permutations("abcde"))
def test_equals_are_printed_by_nominal_score_and_then_by_key(
    drawn: np.ndarray, keys: list[str]
) -> None:
    every, nominal = np.ones(5, dtype=bool), np.array([0.2, 0.9, 0.2, 0.5, 0.9])
    drawn[:] = drawn[:, :1]
    ranking = rank(nominal, drawn, np.array(keys), every, Campaign())
    assert set(ranking.expected.tolist()) == {3.0} and set(ranking.tier.tolist()) == {1.0}
    order = sorted(range(5), key=lambda i: (-nominal[i], keys[i]))
    assert np.argsort(ranking.rank).tolist() == order
