"""Why a precursor ranks where it does, against its score and its draws."""

import re
from math import prod

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.facts.reasons import Draws, compare_with_reference, first_order
from maiscreen.screen.scoring.draws import FORMATION


def test_factors_multiply_to_the_ratio_of_the_scores(finished: pa.Table) -> None:
    rows = finished.filter(finished["passed"]).to_pylist()
    tin = next(row for row in rows if row["key"] == "SnCl4")
    for row in rows:
        told = compare_with_reference(row, tin, Campaign())
        factors = [float(f) for text in told.values() for f in re.findall(r"× ([\d.]+)", text)]
        # Each is told to two decimals, and those within half a per cent of 1 not at all.
        assert prod(factors) == pytest.approx(row["score"] / tin["score"], rel=0.06)


def test_lifting_and_pulling_are_told_apart_by_strength() -> None:
    tin = dict.fromkeys((f"desirability_{name}" for name in ATTRIBUTES), 0.5)
    row = dict(zip(tin, (1.0, 0.002, 0.3, 0.6), strict=True))
    told = compare_with_reference(row, tin, Campaign())
    assert told["lifts"].split(" × ")[0] == "adhesion"
    worst = (0.002 / 0.5) ** 0.25
    assert told["pulls_down"].startswith(f"ionic conductivity × {worst:.2f}; Young's modulus")
    weightless = Campaign(weights=Weights(ionic_conductivity=0))
    assert "conductivity" not in compare_with_reference(row, tin, weightless)["pulls_down"]


def test_without_desirabilities_nothing_is_told() -> None:
    assert compare_with_reference({}, {}, Campaign()) == {}
    assert compare_with_reference({}, None, Campaign()) == {}


def test_the_draws_are_those_of_the_ranking(finished: pa.Table) -> None:
    campaign = Campaign()
    passed = finished.filter(finished["passed"])
    draws = Draws.of(finished, campaign)
    assert draws is not None
    places = draws.places
    low, high = np.percentile(places, (5, 95), axis=0, method="nearest")
    # Equals have the mean of their places, and the interval goes from the first to the last.
    assert (low >= passed["place_low"].to_numpy()).all()
    assert (high <= passed["place_high"].to_numpy()).all()
    assert places.mean(axis=0) == pytest.approx(passed["expected_place"].to_numpy())
    assert (places.sum(axis=1) == passed.num_rows * (passed.num_rows + 1) / 2).all()
    apart = [len(np.unique(scores)) == len(scores) for scores in places]
    assert (places[apart] % 1 == 0).all() and sum(apart) > 0


def test_a_share_is_that_of_a_sum_of_independent_parts() -> None:
    x, y, z = np.random.default_rng(3).standard_normal((3, 20_000))
    assert first_order(x, 2 * x + y + z) == pytest.approx(4 / 6, abs=0.02)
    assert first_order(z, 2 * x + y) == pytest.approx(0, abs=0.005)
    assert first_order(x, x * y) == pytest.approx(0, abs=0.01)
    flag = (x > 1).astype(float)
    assert first_order(flag, flag) == pytest.approx(1)


def test_place_hangs_on_what_would_move_it(finished: pa.Table) -> None:
    draws = Draws.of(finished, Campaign())
    assert draws is not None
    assert draws.cause("SnI4") is None
    told = {key: cause for key in ("SnCl4", "Si2Cl6", "VCl4") if (cause := draws.cause(key))}
    assert next(iter(told["SnCl4"].shares)).attribute == "ionic_conductivity"
    assert sum(told["SnCl4"].shares.values()) < 1
    # Vanadium makes no alloy, so that its formation is no question.
    assert [told["VCl4"].shares[source] for source in FORMATION] == [0, 0]
    assert told["Si2Cl6"].as_dict({})["place_hangs_on"] == "whether NaSi forms in time"
    assert "diffraction" in told["Si2Cl6"].as_dict({})["measurement"]


@pytest.mark.parametrize("column", ["metal", "p_alloy_in_operation", "adhesion_bare_std_salt"])
def test_a_ranking_without_what_draws_need_tells_nothing(finished: pa.Table, column: str) -> None:
    assert Draws.of(finished.drop_columns([column]), Campaign()) is None
    place = finished.schema.get_field_index(column)
    odd = finished.set_column(place, column, pa.array(["Xx"] * finished.num_rows))
    assert Draws.of(odd, Campaign()) is None
