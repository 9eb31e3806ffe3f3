"""Closed forms of expected improvement against draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.models.predictions.improvement import (
    expected_approach,
    expected_improvement,
    upper_confidence_bound,
)

NORMAL = np.random.default_rng(0).standard_normal(400_000)
CASES = [(0.0, 1.0, 0.0), (1.0, 0.3, 1.5), (-2.0, 2.0, 1.0), (3.0, 0.1, 1.0)]


@pytest.mark.parametrize(("mean", "std", "best"), CASES)
def test_improvement_is_that_of_draws(mean: float, std: float, best: float) -> None:
    found = expected_improvement(np.array([mean]), np.array([std]), best)
    drawn = np.maximum(mean + std * NORMAL - best, 0)
    assert found[0] == pytest.approx(drawn.mean(), abs=5 * drawn.std() / 600)


@pytest.mark.parametrize(("mean", "std", "aim"), CASES)
@pytest.mark.parametrize("distance", [0.1, 0.7])
def test_approach_is_that_of_draws(mean: float, std: float, aim: float, distance: float) -> None:
    found = expected_approach(np.array([mean]), np.array([std]), aim, distance)
    drawn = np.maximum(distance - np.abs(mean + std * NORMAL - aim), 0)
    assert found[0] == pytest.approx(drawn.mean(), abs=5 * drawn.std() / 600 + 1e-12)


NUMBER = st.floats(-50, 50)


@given(NUMBER, st.floats(1e-3, 50), NUMBER, st.floats(0, 50))
def test_bounds(mean: float, std: float, best: float, distance: float) -> None:
    means, stds = np.array([mean, mean]), np.array([std, 2 * std])
    gain = expected_improvement(means, stds, best)
    assert (gain >= np.maximum(means - best, 0) - 1e-9).all()
    assert gain[1] >= gain[0] - 1e-9
    near = expected_approach(means, stds, best, distance)
    assert ((near >= 0) & (near <= distance + 1e-9)).all()
    assert (upper_confidence_bound(means, stds) > means).all()
