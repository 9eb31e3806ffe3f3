"""What the page ranks with, read as its script reads it, beside the campaign's own draws."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.report.draws import DIGITS, MOST_OFF, MOST_VALUES, embedded_draws
from maiscreen.screen.report.page_data import page_data
from maiscreen.screen.scoring.score import score
from maiscreen.screen.scoring.tiers import places, tiers
from maiscreen.screen.screens.halides import Halides

LETTERS = {letter: place for place, letter in enumerate(DIGITS.decode())}


def decode(attribute: dict[str, Any], samples: int) -> Any:
    """Read desirabilities, shape (samples, n), digit by digit."""
    width = attribute["digits"]
    numbers = [LETTERS[one] for one in attribute["codes"]]
    codes = [0] * (len(numbers) // width)
    for place, number in enumerate(numbers):
        codes[place // width] = codes[place // width] * len(DIGITS) + number
    logits = attribute["lowest"] + attribute["step"] * np.array(codes, dtype=float)
    return (1 / (1 + np.exp(-logits))).reshape(-1, samples).T


@pytest.fixture(scope="module")
def passed(finished: pa.Table) -> pa.Table:
    return finished.filter(finished["passed"])


@pytest.fixture(scope="module")
def embedded(finished: pa.Table, passed: pa.Table) -> dict[str, Any]:
    draws = embedded_draws(Findings(Campaign(), finished), passed["key"].to_pylist())
    assert draws is not None
    return draws


def test_every_draw_is_there_as_nearly_as_is_said(
    embedded: dict[str, Any], passed: pa.Table
) -> None:
    assert embedded["samples"] == embedded["of"] == Campaign().samples
    assert embedded["within"] <= MOST_OFF
    drawn = Halides(Campaign()).draw_worths(passed, Campaign().samples)
    for name, attribute in zip(ATTRIBUTES, embedded["attributes"], strict=True):
        read = decode(attribute, embedded["samples"])
        off = np.abs(np.log(read / drawn[name]))
        assert off.max() <= np.log1p(embedded["within"]) * 1.0001, name
        assert off.max() > 0, "rounded"


@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (0, 1, 0, 0), (3, 0, 1, 0.5), (0, 0, 1, 0)])
def test_ranks_as_a_run_with_these_weights(
    embedded: dict[str, Any], passed: pa.Table, weights: tuple[float, ...]
) -> None:
    by_name = dict(zip(ATTRIBUTES, weights, strict=True))
    read = [decode(one, embedded["samples"]) for one in embedded["attributes"]]
    mine = score(dict(zip(ATTRIBUTES, read, strict=True)), by_name)
    own = score(Halides(Campaign()).draw_worths(passed, Campaign().samples), by_name)
    page, run = places(mine, 10), places(own, 10)
    assert np.abs(page.expected - run.expected).max() < 0.01
    assert np.abs(page.p_top - run.p_top).max() < 0.005
    assert (tiers(mine, page.expected, 0.8) == tiers(own, run.expected, 0.8)).all()
    # Who shares a place in the run shares it on the page.
    assert len({*page.expected.tolist()}) == len({*run.expected.tolist()})


def test_of_many_candidates_there_are_fewer_draws(finished: pa.Table, passed: pa.Table) -> None:
    many = (passed["key"].to_pylist() * 7)[:120]
    draws = embedded_draws(Findings(Campaign(), finished), many)
    assert draws is not None
    assert draws["samples"] == MOST_VALUES // (4 * 120) < Campaign().samples
    codes = sum(len(one["codes"]) / one["digits"] for one in draws["attributes"])
    assert codes == 4 * 120 * draws["samples"] <= MOST_VALUES


def test_nothing_to_draw_from(ranking: pa.Table, finished: pa.Table) -> None:
    assert embedded_draws(Findings(Campaign(), ranking), ["SnCl4"]) is None
    assert embedded_draws(Findings(Campaign(), finished), []) is None


def test_the_data_of_the_script_are_json_whatever_is_missing(finished: pa.Table) -> None:
    findings = Findings(Campaign(), finished)
    rows = [{**row, "desirability_adhesion": None} for row in findings.shown[:1]]
    data = page_data(findings, rows)
    assert data["rows"][0]["worth"][0] is None
    assert data["rows"][0]["usual"]["rank"] == 1
    assert [cell["cycles"] for cell in data["measured"]] == [650, 220, 150, 100, 40]
    json.dumps(data, allow_nan=False)
