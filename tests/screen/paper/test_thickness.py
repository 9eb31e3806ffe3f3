"""Layers of one chemistry and three thicknesses."""

import numpy as np
import pytest

from maiscreen.descriptors.blends.vapour import decades_lost
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.comparison import Comparison, compare
from maiscreen.screen.paper.thickness import judge_thickness
from maiscreen.screen.paper.validate import validate


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(Campaign(), "in_operation")


def test_thicker_layers_of_tin_score_less(comparison: Comparison) -> None:
    judged = judge_thickness(Campaign(), comparison)
    assert judged["verdict"] == "holds"
    assert judged["order"] == "6 µm > 10 µm > 22 µm"
    # The layer of 6 µm is the one of the ranking.
    assert judged["scores"]["6 µm"] == pytest.approx(comparison.scores[0], rel=1e-6)


def test_a_thick_layer_is_one_whose_voltage_grows_with_it(comparison: Comparison) -> None:
    scores = judge_thickness(Campaign(), comparison)["scores"]
    volts = 1e3 * 2e-3 * 6e-4 / 10 ** comparison.values["ionic_conductivity"][0]
    expected = ((0.1 + volts) / (0.1 + volts * 22 / 6)) ** 0.25
    assert scores["22 µm"] / scores["6 µm"] == pytest.approx(expected, rel=1e-6)
    assert decades_lost(np.array([3.0, 6.0, 12.0])) == pytest.approx(np.log10([0.5, 1, 2]))


def test_without_conductivity_it_is_a_tie(comparison: Comparison) -> None:
    weightless = Campaign().with_settings(["weights.ionic_conductivity=0"])
    judged = judge_thickness(weightless, comparison)
    assert judged["verdict"] == "tie"
    assert judged["order"] == "6 µm = 10 µm = 22 µm"


def test_cells_that_lived_longer_and_score_less_are_named(comparison: Comparison) -> None:
    scores = np.array([0.9, 0.99, 0.0, 0.0, 0.0])
    judged = judge_thickness(
        Campaign(), Comparison(scores, scores, scores[None], scores[:, None], comparison.values)
    )
    # NaCl alone lived for 40 cycles: a few tens, as the thick layers.
    below = ["TiCl4 vapour", "SnCl2 in the electrolyte"]
    assert judged["scored_above"] == {"10 µm": below, "22 µm": below}


def test_validate_asks_for_it() -> None:
    assert validate()["thickness"]["verdict"] == "holds"
