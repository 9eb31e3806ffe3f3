"""What the recipe promises: few rows suffice, the unit does not matter, files are read back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from maiscreen.models.learning.targets import describe, estimator

Floats = NDArray[np.float64]


def rows(n: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(0)
    known = rng.normal(size=(n, 12))
    return known, known[:, 0] + np.abs(known[:, 1]) + 0.1 * rng.normal(size=n)


def predicted(known: Floats, values: Floats) -> Floats:
    model = estimator(len(values), float(np.std(values)), 0)
    return np.asarray(model.fit(known, values).predict(known))


@pytest.mark.parametrize("n", [10, 30, 200])
def test_small_tables_are_learned_from(n: int) -> None:
    assert np.isfinite(predicted(*rows(n))).all()
    assert "LightGBM" in describe(n)


def test_the_unit_of_the_values_does_not_matter() -> None:
    known, values = rows(300)
    # A power of two, which leaves the digits alone, so that every division is the same.
    near, far = predicted(known, values), predicted(known, 1024 * values)
    np.testing.assert_allclose(far / 1024, near, rtol=1e-6, atol=1e-9)


def test_one_far_off_value_moves_the_rest_little() -> None:
    known, values = rows(400)
    wrong = values.copy()
    wrong[7] += 5 * values.std()
    moved = np.abs(predicted(known, wrong) - predicted(known, values))[8:]
    assert moved.mean() < 0.1 * values.std()
