"""Value of information against closed forms, nested Monte Carlo and exhaustive search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from maiscreen.models.acquisition import (
    Beliefs,
    _best_input,
    _mean_top_sum,
    choose_batch,
    estimate_gains,
    top_membership,
)

DRAWS = 8000

MEAN = np.array([0.5, 0.4, 0.0, -0.3])
COVARIANCE = np.array(
    [[0.3, 0.2, 0.0, 0.1], [0.2, 0.5, 0.0, 0.0], [0.0, 0.0, 0.6, -0.3], [0.1, 0.0, -0.3, 0.8]]
)


def normal(draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.multivariate_normal(MEAN, COVARIANCE, draws)


def nested(known: tuple[int, ...], top: int, outer: int = 100_000) -> float:
    """Gain of knowing values of a normal vector: exact conditional means, many outer draws."""
    picked = list(known)
    seen = np.random.default_rng(7).multivariate_normal(
        MEAN[picked], COVARIANCE[np.ix_(picked, picked)], outer
    )
    slope = COVARIANCE[:, picked] @ np.linalg.inv(COVARIANCE[np.ix_(picked, picked)])
    expected = MEAN + (seen - MEAN[picked]) @ slope.T
    after = np.sort(expected, axis=1)[:, -top:].sum(axis=1).mean()
    return float(after - np.sort(MEAN)[-top:].sum())


def test_one_uncertain_candidate_has_the_closed_form_of_the_knowledge_gradient() -> None:
    mean, std, other = 0.2, 0.8, 0.5
    z = np.random.default_rng(1).standard_normal((40_000, 1))
    worth = np.concatenate([mean + std * z, np.full_like(z, other)], axis=1)
    u = (mean - other) / std
    exact = std * (u * norm.cdf(u) + norm.pdf(u))
    (found,) = estimate_gains(worth, z, 1, (0,))
    assert found.value == pytest.approx(exact, abs=4 * found.error)
    assert found.error < 0.02 * exact + 0.003
    (pick,) = choose_batch(worth, z, 1, 3)
    assert pick.gain == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize("top", [1, 2])
@pytest.mark.parametrize("known", [(0,), (1,), (2, 3), (3, 1, 0), (0, 1, 2, 3)])
def test_gains_against_nested_monte_carlo(known: tuple[int, ...], top: int) -> None:
    drawn = normal(20_000)
    found = estimate_gains(drawn, drawn, top, known)
    for place, one in enumerate(found, start=1):
        assert one.value == pytest.approx(nested(known[:place], top), abs=4 * one.error + 0.004)


def test_the_first_pick_is_the_one_that_nested_monte_carlo_would_take() -> None:
    drawn = normal(20_000)
    exact = [nested((i,), 1) for i in range(4)]
    assert choose_batch(drawn, drawn, 1, 1)[0].input == int(np.argmax(exact))


def test_an_input_that_cannot_change_the_choice_is_worth_nothing() -> None:
    z = np.random.default_rng(2).standard_normal((DRAWS, 2))
    worth = np.stack([5 + 0.1 * z[:, 0], z[:, 1], np.zeros(DRAWS)], axis=1)
    found = estimate_gains(worth, z, 1, (0, 1))
    assert [one.value for one in found] == [0.0, 0.0]
    assert choose_batch(worth, z, 1, 2) == ()
    assert choose_batch(worth, z, 3, 2) == ()


def test_noise_does_not_raise_the_gain() -> None:
    worth = np.random.default_rng(3).standard_normal((400, 30))
    unrelated = np.random.default_rng(4).standard_normal((400, 40))
    values = [estimate_gains(worth, unrelated, 3, (i,), 3)[0].value for i in range(40)]
    assert np.mean(values) < 0.01


@pytest.mark.parametrize("copy", [1.0, -2.0])
def test_inputs_that_say_the_same_are_not_both_asked_for(copy: float) -> None:
    drawn = normal()
    inputs = np.concatenate([drawn, 3 + copy * drawn], axis=1)
    picks = [pick.input % 4 for pick in choose_batch(drawn, inputs, 1, 8)]
    assert len(picks) == len(set(picks))
    assert len(picks) >= 2


def test_a_batch_avoids_what_correlated_inputs_have_said_already() -> None:
    random = np.random.default_rng(5)
    common, own = random.standard_normal((2, DRAWS, 1))
    # Four candidates move together, a fifth on its own and less.
    worth = np.concatenate([np.repeat(common, 4, axis=1), 0.8 * own, np.zeros((DRAWS, 1))], axis=1)
    worth[:, :4] += 0.05 * random.standard_normal((DRAWS, 4))
    picks = [pick.input for pick in choose_batch(worth, worth[:, :5], 1, 2)]
    assert picks[0] < 4
    assert picks[1] == 4


def test_what_counts_only_together_is_found_by_products() -> None:
    z = np.random.default_rng(6).standard_normal((20_000, 2))
    worth = np.stack([z[:, 0] * z[:, 1], np.zeros(len(z))], axis=1)
    alone, both = estimate_gains(worth, z, 1, (0, 1), degree=2)
    assert alone.value == pytest.approx(0, abs=0.02)
    assert both.value == pytest.approx(1 / np.pi, abs=4 * both.error)


def test_a_binary_input_is_taken_as_it_is() -> None:
    formed = (np.random.default_rng(8).random((DRAWS, 1)) < 0.7).astype(float)
    worth = np.concatenate([formed, np.full_like(formed, 0.8)], axis=1)
    (found,) = estimate_gains(worth, formed, 1, (0,), degree=3)
    assert found.value == pytest.approx(0.7 * 0.2, abs=4 * found.error)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_bound_holds_and_rules_out_nothing_better(seed: int, top: int) -> None:
    random = np.random.default_rng(seed)
    drawn = random.standard_normal((200, 12)) @ random.standard_normal((12, 12))
    beliefs = Beliefs.of(drawn, drawn, 1).learn(0)
    now = _mean_top_sum(beliefs.expected, top)
    bar = np.sort(beliefs.expected, axis=1)[:, -top][:, None]
    found = {i: _mean_top_sum(beliefs.given(i), top) - now for i in range(1, 12)}
    assert all(beliefs.bound(i, bar) >= gain - 1e-9 for i, gain in found.items())
    assert _best_input(beliefs, top).gain == pytest.approx(max(0.0, *found.values()), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(4)), st.permutations(range(4)))
def test_order_of_candidates_and_inputs_changes_nothing(rows: list[int], cols: list[int]) -> None:
    drawn = normal(2000)
    before = choose_batch(drawn, drawn, 2, 3)
    after = choose_batch(drawn[:, rows], drawn[:, cols], 2, 3)
    assert [cols[pick.input] for pick in after] == [pick.input for pick in before]
    assert [p.gain for p in after] == pytest.approx([p.gain for p in before])


def test_the_same_draws_give_the_same_batch() -> None:
    assert choose_batch(normal(), normal(), 2, 4) == choose_batch(normal(), normal(), 2, 4)
    other = choose_batch(normal(seed=1), normal(seed=1), 2, 4)
    assert [pick.gain for pick in other] != [
        pick.gain for pick in choose_batch(normal(), normal(), 2, 4)
    ]


def test_units_of_the_inputs_change_nothing() -> None:
    drawn = normal()
    scaled = drawn * np.array([1e-6, 1.0, 1e6, -3.0]) + 1.0
    assert [p.input for p in choose_batch(drawn, scaled, 2, 4)] == [
        p.input for p in choose_batch(drawn, drawn, 2, 4)
    ]


@given(st.integers(0, 1000), st.integers(1, 7))
def test_membership_by_counting(seed: int, top: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 4, (5, 6)).astype(float)
    found = top_membership(scores * (1 + 1e-15 * np.arange(6)), top)
    for row, members in zip(scores.tolist(), found.tolist(), strict=True):
        for score, member in zip(row, members, strict=True):
            ahead, equal = sum(one > score for one in row), row.count(score)
            assert member == pytest.approx(min(max(top - ahead, 0) / equal, 1.0))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_equal_candidates_and_inputs_are_chosen_alike_in_any_order(order: list[int]) -> None:
    """Three candidates of one metal, equal in every draw: their order changes no gain."""
    z = np.random.default_rng(9).standard_normal((2000, 2))
    scores = np.stack([z[:, 0]] * 3 + [0.3 + 0.5 * z[:, 1], 0 * z[:, 0], 0 * z[:, 0] - 1], axis=1)
    before = choose_batch(top_membership(scores, 2), z, 2, 2, 3)
    after = choose_batch(top_membership(scores[:, order], 2), z, 2, 2, 3)
    assert [pick.input for pick in after] == [pick.input for pick in before]
    assert [pick.gain for pick in after] == pytest.approx([pick.gain for pick in before])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(bad: float) -> None:
    drawn = normal(100)
    drawn[3, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        choose_batch(drawn, normal(100), 1, 1)
    with pytest.raises(ValueError, match="same draws"):
        choose_batch(normal(100), normal(99), 1, 1)
