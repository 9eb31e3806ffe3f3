"""Conformal intervals: coverage, monotony, the quantile by definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert found == (min(enough) if enough else max(errors))


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
    inside = np.ones(3, dtype=bool)
    learned = calibrate(np.array([1.0, 2.0, 3.0]), np.array([0.0, -1.0, 1e-9]), inside)
    std, half = learned.widths(np.array([-5.0, 0.0]), inside[:2])
    assert half.tolist() == pytest.approx([3.0, 3.0])
    assert np.all(std > 0)


def test_exact_predictions_have_no_width() -> None:
    learned = calibrate(np.zeros(5), np.zeros(5), np.ones(5, dtype=bool))
    assert learned.half[0] == 0
