"""The paper's three layers and the law through them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.descriptors.blends.exposure import (
    LADDER_S,
    PAPER_LAYERS,
    growth_law,
    thickness_by_supply,
    thickness_range_um,
    times_to_try_s,
)
from maiscreen.descriptors.blends.vapour import THICKNESS_EXPONENT


def test_the_law_is_the_fit_of_the_papers_layers() -> None:
    # Against NumPy's own fit, with its covariance scaled by the residuals.
    x, y = np.log(np.array(PAPER_LAYERS)).T
    # polyfit's scale has one degree of freedom here, as ours.
    (slope, _), covariance = np.polyfit(x, y, 1, cov=True)
    assert growth_law().exponent == pytest.approx(slope)
    assert growth_law().exponent_std == pytest.approx(covariance[0, 0] ** 0.5)
    assert pytest.approx(growth_law().exponent, abs=0.005) == THICKNESS_EXPONENT
    assert growth_law().exponent_std == pytest.approx(0.32, abs=0.005)


def test_ranges_hold_the_layers_and_widen_away_from_ten_seconds() -> None:
    for seconds, micrometres in PAPER_LAYERS:
        value, low, high = thickness_range_um(seconds)
        # 20 s lies lowest, 1.3 below the law.
        assert low * 0.95 < micrometres < high
        assert low < value < high
    widths = [high / low for _, low, high in map(thickness_range_um, (10.0, 20.0, 30.0))]
    assert widths == sorted(widths)


def test_the_papers_own_vapour_has_the_papers_law() -> None:
    for seconds in (3.0, 10.0, 30.0):
        found = thickness_by_supply(seconds, 1.0, 0.0)
        assert (found.value_um, found.low_um, found.high_um) == pytest.approx(
            thickness_range_um(seconds)
        )


@given(st.floats(1, 3000), st.floats(1e-3, 1e3), st.floats(0, 1))
def test_more_vapour_and_more_time_make_more_layer(t: float, supply: float, std: float) -> None:
    here = thickness_by_supply(t, supply, std)
    assert thickness_by_supply(2 * t, supply, std).value_um > here.value_um
    assert thickness_by_supply(t, 2 * supply, std).value_um > here.value_um
    assert here.low_um < here.value_um < here.high_um
    # Neither supply without effect nor growth in step with it lies beyond one standard deviation.
    for exponent in (0.0, 1.0):
        end = thickness_range_um(t)[0] * supply**exponent
        assert here.low_um * (1 - 1e-9) <= end <= here.high_um * (1 + 1e-9)


@given(st.floats(0.1, 50), st.floats(1e-3, 1e3))
def test_the_middle_time_is_the_longest_that_is_not_too_thick(asked: float, supply: float) -> None:
    short, middle, long = times_to_try_s(asked, supply)
    assert short < middle < long
    if short > LADDER_S[0]:
        assert thickness_by_supply(middle, supply, 0.0).value_um <= asked * (1 + 1e-5)
    if long < LADDER_S[-1]:
        assert thickness_by_supply(long, supply, 0.0).value_um > asked * (1 - 1e-5)


def test_verdicts_are_those_of_the_paper() -> None:
    said = {t: thickness_by_supply(t, 1.0, 0.0).verdict for t, _ in PAPER_LAYERS}
    assert said == {10.0: "within", 20.0: "too thick", 30.0: "too thick"}
