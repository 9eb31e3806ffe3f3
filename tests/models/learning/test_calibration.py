"""Conformal intervals: coverage, monotony, the quantile by definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from maiscreen.models.learning.calibration import (
    FEWEST,
    NOMINAL,
    ONE_SIGMA,
    WIDENED,
    calibrate,
    conformal_quantile,
)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=60),
    st.floats(0.01, 0.99),
)
def test_quantile_by_counting(errors: list[float], probability: float) -> None:
    found = conformal_quantile(np.array(errors), probability)
    enough = [e for e in errors if sum(x <= e for x in errors) >= (len(errors) + 1) * probability]
    assert found == (min(enough) if enough else math.inf)


@pytest.mark.parametrize("probability", [0.5, ONE_SIGMA, 0.8, NOMINAL, 0.95, 0.99])
def test_a_quantile_of_few_keeps_its_promise_or_is_infinite(probability: float) -> None:
    """Of errors that are uniform on 0 to 1, a quantile is what it covers of new ones."""
    rng = np.random.default_rng(3)
    for count in range(1, 51):
        drawn = rng.random((3000, count))
        covered = [conformal_quantile(errors, probability) for errors in drawn]
        exists = math.ceil((count + 1) * probability) <= count
        assert np.isfinite(covered).all() == np.isfinite(covered).any() == exists
        if exists:
            assert probability - 0.02 < np.mean(covered) < probability + 1 / (count + 1) + 0.02


@pytest.mark.parametrize(("outside", "harder"), [(0, 1.0), (5, 2.0), (60, 1.0), (60, 3.0)])
def test_intervals_inside_hold_however_few_rows_lie_there(outside: int, harder: float) -> None:
    rng = np.random.default_rng(4)
    for count in range(1, 51):
        inside = np.arange(count + outside) < count
        scale = np.where(inside, 1.0, harder)
        covered = []
        for _ in range(100):
            errors = scale * np.abs(rng.normal(size=len(inside)))
            learned = calibrate(errors, np.ones(len(inside)), inside)
            covered.append(2 * norm.cdf(learned.half[0] * max(1.0, learned.floor)) - 1)
            assert learned.half[1] >= learned.half[0]
        assert np.mean(covered) > NOMINAL - 0.03, count


def test_too_few_for_any_quantile_promise_nothing_finite() -> None:
    inside = np.ones(8, dtype=bool)
    learned = calibrate(np.zeros(8), np.zeros(8), inside)
    assert learned.half == (math.inf, math.inf)
    std, half = learned.widths(np.zeros(8), inside)
    assert np.isinf(half).all() and np.isfinite(std).all()


def test_covers_new_rows_as_promised_where_errors_grow() -> None:
    rng = np.random.default_rng(1)
    expected = rng.uniform(0.1, 1.1, 40_000)
    inside = rng.uniform(0, 1, 40_000) < 0.8
    errors = np.abs(rng.normal(0, np.where(inside, 1.0, 1.7) * expected))
    old, new = slice(None, 20_000), slice(20_000, None)
    learned = calibrate(errors[old], expected[old], inside[old])
    std, half = learned.widths(expected[new], inside[new])
    parts = [inside[new], ~inside[new], expected[new] < 0.4, expected[new] > 0.9]
    for part in parts:
        assert np.mean((errors[new] <= half)[part]) == pytest.approx(NOMINAL, abs=0.02)
        assert np.mean((errors[new] <= std)[part]) == pytest.approx(ONE_SIGMA, abs=0.03)
    assert learned.half[1] / learned.half[0] == pytest.approx(1.7, rel=0.05)


def test_the_std_of_normal_errors_is_theirs() -> None:
    errors = np.abs(np.random.default_rng(2).normal(0, 3.0, 50_000))
    learned = calibrate(errors, np.full(50_000, 3.0), np.ones(50_000, dtype=bool))
    assert learned.std[0] == pytest.approx(1.0, rel=0.02)


def test_outside_is_never_narrower() -> None:
    inside = np.arange(200) < 100
    errors = np.where(inside, 2.0, 1.0)
    learned = calibrate(errors, np.ones(200), inside)
    assert learned.half == (2.0, 2.0)


def test_too_few_outside_are_widened_by_judgement() -> None:
    inside = np.arange(200) >= FEWEST - 1
    learned = calibrate(np.ones(200), np.ones(200), inside)
    assert learned.half == (1.0, WIDENED)


def test_nothing_is_expected_below_the_floor() -> None:
    inside = np.ones(9, dtype=bool)
    expected = np.array([0.0, -1.0, 1e-9] * 3)
    learned = calibrate(np.arange(1.0, 10.0), expected, inside)
    std, half = learned.widths(np.array([-5.0, 0.0]), inside[:2])
    assert half.tolist() == pytest.approx([9.0, 9.0])
    assert np.all(std > 0)


def test_exact_predictions_have_no_width() -> None:
    learned = calibrate(np.zeros(9), np.zeros(9), np.ones(9, dtype=bool))
    assert learned.half[0] == 0
