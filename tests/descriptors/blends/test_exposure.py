"""The paper's three layers and the law through them."""

import numpy as np
import pytest

from maiscreen.descriptors.blends.exposure import PAPER_LAYERS, growth_law, thickness_range_um
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
