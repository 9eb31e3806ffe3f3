"""Scales of errors against known values; the embedded ones are those that the labels give."""

import math

import numpy as np
import pytest

from maiscreen.models.attributes.label_errors import _errors, _scale, measured_errors
from maiscreen.models.labels.errors import FEWEST_PAIRS, NORMAL_90, SCALE

KNOWN = ("formation_energy", "volume", "bulk_modulus", "shear_modulus", "youngs_modulus")


def test_the_embedded_scales_are_those_that_the_known_values_give() -> None:
    measured = {one.name: one for one in measured_errors()}
    assert tuple(measured) == (*KNOWN, "migration_barrier")
    for name, one in measured.items():
        assert SCALE[name] == pytest.approx(one.scale, abs=5e-4), name
    assert set(SCALE) - set(measured) == {"vacancy_formation_energy", "work_of_adhesion"}


def test_intervals_made_without_a_value_hold_it_as_often_as_they_say() -> None:
    for one in measured_errors():
        assert len(one.deviations) >= 7, one.name
        assert 0.85 <= one.coverage <= 0.95, one.name


def test_the_scale_of_normal_errors_is_one() -> None:
    rng = np.random.default_rng(1)
    assert _scale(np.abs(rng.normal(size=20_000)).tolist()) == pytest.approx(1, abs=0.02)
    assert math.isnan(_scale([]))
    assert _scale([0.5, 2.0]) == 2.0 / NORMAL_90  # too few for a share of 90 %: the largest


def test_a_scale_finds_models_that_agree_and_are_wrong() -> None:
    rng = np.random.default_rng(2)
    true = rng.uniform(0.2, 0.8, 400)
    shared, apart = rng.normal(0, 0.15, 400), rng.normal(0, 0.05, (2, 400))
    values = {
        f"p{i}": {"a": t + s + x, "b": t + s + y}
        for i, (t, s, x, y) in enumerate(zip(true, shared, *apart, strict=True))
    }
    off = {f: values[f]["a"] - t for f, t in zip(values, true.tolist(), strict=True)}
    found = _errors("migration_barrier", values, off)
    # The differences are 0.07 wide, the errors 0.16.
    assert found.scale == pytest.approx(math.hypot(0.15, 0.05) / (0.05 * math.sqrt(2)), rel=0.2)
    assert found.coverage == pytest.approx(0.9, abs=0.03)


def test_few_values_have_the_largest_as_their_limit() -> None:
    values = {f"p{i}": {"a": 0.5, "b": 0.6} for i in range(FEWEST_PAIRS)}
    off = dict(zip(values, (0.1, -0.2, 0.0, 0.05, -0.3), strict=True))
    found = _errors("migration_barrier", values, off)
    assert found.scale == pytest.approx(0.3 / 0.1 / NORMAL_90)
    assert found.covered == 4  # all but the largest, which the others' limit does not reach
