"""What is said of two candidates is what loops over their own draws say."""

import json
import math

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.rounding import BITS
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.facts.compare import chances, compare
from maiscreen.screen.facts.decides import decides
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.paper.variance import source_words
from maiscreen.screen.scoring.draws import Source, sources
from maiscreen.screen.scoring.ranking import STANDING, weights
from maiscreen.screen.scoring.score import score
from maiscreen.screen.screens.halides import Halides

CELLS = ("SnCl4", "SiCl4", "TiCl4", "SnCl2 additive", "C3H7Cl")


@pytest.fixture(scope="module")
def findings(finished: pa.Table) -> Findings:
    return Findings(Campaign(), finished)


@pytest.fixture(scope="module")
def drawn(finished: pa.Table) -> dict[str, np.ndarray]:
    """Desirabilities of the paper's cells in each draw."""
    keys = finished["key"].to_pylist()
    rows = finished.take(pa.array([keys.index(key) for key in CELLS]))
    return Halides(Campaign()).draw_worths(rows, Campaign().samples)


def half_for_equal(a: np.ndarray, b: np.ndarray) -> float:
    pairs = ((round(x * 2**BITS), round(y * 2**BITS)) for x, y in zip(a, b, strict=True))
    wins = [0.5 if x == y else float(x > y) for x, y in pairs]
    return sum(wins) / len(wins)


def test_chances_and_reasons_against_loops(
    findings: Findings, drawn: dict[str, np.ndarray]
) -> None:
    said = compare(findings, CELLS)
    json.dumps(said, allow_nan=False)
    scores = score(drawn, weights(Campaign()))
    for i, a in enumerate(CELLS):
        for j, b in enumerate(CELLS):
            expected = 0.5 if i == j else half_for_equal(scores[:, i], scores[:, j])
            assert said["probability"][a][b] == pytest.approx(expected, abs=1e-12)
    assert [(one["a"], one["b"]) for one in said["pairs"]] == [
        (a, b) for i, a in enumerate(CELLS) for b in CELLS[i + 1 :]
    ]
    nominal = {one["key"]: one["score"] for one in said["candidates"]}
    for pair in said["pairs"]:
        i, j = CELLS.index(pair["a"]), CELLS.index(pair["b"])
        parts = pair["attributes"]
        assert tuple(parts) == ATTRIBUTES
        ratio = math.log(nominal[pair["a"]] / nominal[pair["b"]])
        assert sum(p["contribution"] for p in parts.values()) == pytest.approx(ratio)
        assert pair["log_score_ratio"] == pytest.approx(ratio)
        mean = np.log(scores[:, i] / scores[:, j]).mean()
        assert sum(p["contribution_mean"] for p in parts.values()) == pytest.approx(mean)
        for name, part in parts.items():
            alone = score({name: drawn[name]}, {name: 1.0})
            expected = half_for_equal(alone[:, i], alone[:, j])
            assert part["favours"] == pytest.approx(expected, abs=1e-12)


def test_standing_and_values_are_those_of_the_ranking(
    findings: Findings, finished: pa.Table
) -> None:
    rows = {row["key"]: row for row in finished.to_pylist()}
    for one in compare(findings, CELLS)["candidates"]:
        row = rows[one["key"]]
        assert {n: one[n] for n in STANDING} == {n: row[n] for n in STANDING}
        assert (one["rank"] is None) == bool(one["rejected_reason"])
        for name, value in one["attributes"].items():
            assert value["value"] == row[name]
            assert value["fidelity"] == row[f"{name}_fidelity"]
            error = "std_log10" if name == "ionic_conductivity" else "std"
            assert value[error] == row[f"{name}_{error}"]


def test_an_attribute_without_weight_makes_no_difference(finished: pa.Table) -> None:
    weightless = Findings(Campaign(weights=Weights(adhesion=0)), finished)
    (pair,) = compare(weightless, ["SnCl4", "SiCl4"])["pairs"]
    assert set(pair["attributes"]) == set(ATTRIBUTES) - {"adhesion"}


def test_the_order_of_asking_changes_no_chance(findings: Findings) -> None:
    forth = compare(findings, CELLS)["probability"]
    back = compare(findings, CELLS[::-1])["probability"]
    for a in CELLS:
        for b in CELLS:
            assert forth[a][b] == back[a][b] == pytest.approx(1 - forth[b][a], abs=1e-15)


def test_expected_places_are_the_chances_added_up(findings: Findings) -> None:
    """Who is beaten with certainty by all others is last: over those that passed it sums up."""
    rows = sorted(findings.ranked, key=lambda row: row["expected_place"])
    table = chances(findings, rows)
    places = [row["expected_place"] for row in rows]
    assert 0.5 + table.sum(axis=0) == pytest.approx(np.array(places))
    begins = [i for i in range(1, len(rows)) if rows[i]["tier"] > rows[i - 1]["tier"]]
    for best, first in zip([0, *begins], begins, strict=False):
        assert table[best, first] >= Campaign().tier_probability
        assert (table[best, best + 1 : first] < Campaign().tier_probability).all()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["SnCl4"], "give two different candidates or more"),
        (["SnCl4", "tin tetrachloride"], "give two different candidates or more"),
        (["SnCl4", "SiCI4"], "is not known; did you mean SiCl4?"),
        (["SnCl4", "bare sodium"], "cannot be compared: no value for adhesion, ionic"),
        (["SnCl4", "VOCl3"], "VOCl3 is no candidate of this campaign"),
        (["SnCl4"] * 31, "give at most 30"),
    ],
)
def test_what_cannot_be_compared(findings: Findings, names: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message.replace("?", r"\?")) as caught:
        compare(findings, names)
    assert caught.value.field == "candidate"


def test_what_decides_is_what_the_shortlist_says(findings: Findings) -> None:
    rows = findings.ranked[:5]
    assert findings.draws is not None
    for row, text in zip(rows, decides(findings, rows), strict=True):
        cause = findings.draws.cause(row["key"])
        assert cause is not None
        said = cause.as_dict({})
        assert text == f"{said['place_hangs_on']} ({next(iter(cause.shares.values())):.0%})"


def test_nothing_is_drawn_from_a_ranking_without_what_it_takes(finished: pa.Table) -> None:
    bare = finished.drop_columns(["p_alloy_in_operation"])
    assert chances(Findings(Campaign(), bare), bare.slice(0, 2).to_pylist()).shape == (0, 0)


def test_without_an_error_a_chance_is_that_of_draws_without_it(
    findings: Findings, finished: pa.Table
) -> None:
    (pair,) = compare(findings, ["SnCl4", "SiCl4"])["pairs"]
    screen, some = Halides(Campaign()), ["SnCl4", "SiCl4"]
    keys = finished["key"].to_pylist()
    rows = finished.take(pa.array([keys.index(key) for key in some]))
    assert len(pair["without"]) == len(sources())
    for source in (Source("alloying"), Source("phase", "ionic_conductivity")):
        worths = screen.draw_worths(rows, Campaign().samples, source)
        scores = score(worths, weights(Campaign()))
        expected = half_for_equal(scores[:, 0], scores[:, 1])
        assert pair["without"][source_words(source)] == pytest.approx(expected, abs=1e-12)
        assert pair["without"][source_words(source)] != pair["probability"]
