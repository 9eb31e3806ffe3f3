"""Conformal intervals: coverage, monotony, the quantile by definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.models.calibration import (
    FEWEST,
    NOMINAL,
    ONE_SIGMA,
    Calibration,
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
    hard = rng.uniform(0, 1, 40_000)
    errors = np.abs(rng.normal(0, 0.1 + hard))
    learned = calibrate(errors[:20_000], hard[:20_000])
    std, half = learned.widths(hard[20_000:])
    new = errors[20_000:]
    assert np.mean(new <= half) == pytest.approx(NOMINAL, abs=0.01)
    assert np.mean(new <= std) == pytest.approx(ONE_SIGMA, abs=0.01)
    for low in (0.0, 0.4, 0.8):
        part = (hard[20_000:] >= low) & (hard[20_000:] < low + 0.2)
        assert np.mean(new[part] <= half[part]) == pytest.approx(NOMINAL, abs=0.05)


def test_the_std_of_normal_errors_is_theirs() -> None:
    errors = np.abs(np.random.default_rng(2).normal(0, 3.0, 50_000))
    assert calibrate(errors, np.zeros(50_000)).std == pytest.approx((3.0,), rel=0.02)


def test_harder_is_never_narrower() -> None:
    hard = np.repeat([0.0, 1.0], 100)
    errors = np.where(hard == 0, 2.0, 1.0)
    learned = calibrate(errors, hard)
    assert learned.edges == (1.0,)
    assert learned.half == (2.0, 2.0)


@pytest.mark.parametrize("rows", [1, 2, FEWEST, 2 * FEWEST - 1])
def test_few_rows_make_one_group(rows: int) -> None:
    learned = calibrate(np.arange(1.0, rows + 1), np.arange(float(rows)))
    assert learned.edges == ()
    assert learned.half == (float(min(math.ceil((rows + 1) * NOMINAL), rows)),)


def test_a_difficulty_at_an_edge_belongs_to_the_harder_group() -> None:
    learned = Calibration((1.0,), (0.1, 0.2), (0.3, 0.4))
    std, half = learned.widths(np.array([0.999, 1.0]))
    assert std.tolist() == [0.1, 0.2]
    assert half.tolist() == [0.3, 0.4]
