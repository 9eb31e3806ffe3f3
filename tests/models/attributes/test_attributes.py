"""The merging of two possible outcomes, against drawing them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Errors, LayerEstimate
from maiscreen.models.attributes.attributes import attributes, mix_outcomes
from maiscreen.screen.paper.controls import chloropropane_layer


def estimate(value: float, std: float, source: str = "x") -> LayerEstimate:
    errors = Errors(np.array([0.6 * std]), np.array([0.8 * std]), np.zeros(1), np.zeros(1))
    return LayerEstimate(np.array([value]), errors, np.array([source]), np.array(["F0"]))


@given(st.floats(-3, 3), st.floats(0, 2), st.floats(-3, 3), st.floats(0, 2), st.floats(0, 1))
def test_mixture_has_the_second_moment_of_its_parts(
    a: float, s: float, b: float, t: float, p: float
) -> None:
    merged = mix_outcomes(estimate(a, s), estimate(b, t), np.array([p]))
    value = merged.value[0]
    assert value == (a if p >= 0.5 else b)
    expected = p * (s**2 + (a - value) ** 2) + (1 - p) * (t**2 + (b - value) ** 2)
    assert merged.std[0] ** 2 == pytest.approx(expected, abs=1e-12)


def test_mixture_against_draws() -> None:
    rng = np.random.default_rng(1)
    merged = mix_outcomes(estimate(2.0, 0.5), estimate(-1.0, 0.2), np.array([0.7]))
    first = rng.random(200_000) < 0.7
    drawn = np.where(first, rng.normal(2, 0.5, 200_000), rng.normal(-1, 0.2, 200_000))
    assert merged.std[0] == pytest.approx(np.sqrt(np.mean((drawn - 2.0) ** 2)), rel=0.01)


def test_an_impossible_outcome_may_be_unknown() -> None:
    merged = mix_outcomes(
        estimate(np.nan, np.nan, "alloy"), estimate(1.0, 0.1, "bare"), np.zeros(1)
    )
    assert (merged.value[0], merged.std[0], merged.source[0]) == (1.0, pytest.approx(0.1), "bare")


def test_all_four_come_in_order() -> None:
    assert tuple(attributes(chloropropane_layer(), 298.15)) == ATTRIBUTES
