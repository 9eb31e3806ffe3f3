"""What the figures say is what the table says, whichever pen draws them."""

import re
import subprocess
import sys
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import weight_table
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.funnel import funnel, read_losses
from maiscreen.screen.facts.plateaus import on_hull, systems
from maiscreen.screen.facts.vapour import log10_pa
from maiscreen.screen.figures.attributes import all_pairs, pareto, profile
from maiscreen.screen.figures.figure import Area, Line, Panel, Point, Rule, Text
from maiscreen.screen.figures.figures import FIGURES
from maiscreen.screen.figures.paper import paper
from maiscreen.screen.figures.process import plateaus, vapour
from maiscreen.screen.figures.ranks import ranks, scores, weights
from maiscreen.screen.figures.rows import MOST_LETTERS
from maiscreen.screen.text import roman

M = TypeVar("M", Area, Line, Point, Text)
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def rows(finished: pa.Table) -> Rows:
    return {row["key"]: row for row in finished.to_pylist()}


def marks(panel: Panel, kind: type[M], role: str = "") -> list[M]:
    found = [one for one in panel.marks if isinstance(one, kind)]
    return [one for one in found if not role or getattr(one, "role", "") == role]


def by_key(panel: Panel, kind: type[M], role: str = "") -> dict[str, M]:
    return {one.key: one for one in marks(panel, kind, role) if not isinstance(one, Text)}


def row_names(panel: Panel) -> list[str]:
    return [name for _, name in panel.y.ticks]


def test_profile_shows_values_and_standard_deviations(findings: Findings, rows: Rows) -> None:
    figure = profile(findings, of=["SnBr4", "GeCl4"])
    assert [panel.x.label for panel in figure.panels] == [
        "Adhesion (J/m²)",
        "Conductivity (mS/cm)",
        "Young’s modulus (GPa)",
        "Permeability (fraction)",
    ]
    # There is no open share above 1.
    most = dict.fromkeys(ATTRIBUTES, 1e9) | {"electrolyte_permeability": 1.0}
    for panel, name in zip(figure.panels, ATTRIBUTES, strict=True):
        points, bars = by_key(panel, Point), by_key(panel, Line, "error")
        expected = {"SnBr4", "GeCl4", "SnCl4", "SiCl4", "TiCl4", "SnCl2 additive", "C3H7Cl"}
        assert set(points) == set(bars) == expected
        for key, point in points.items():
            row = rows[key]
            assert (point.x, point.full) == (row[name], row["rank"] is not None)
            (low, y), (high, _) = bars[key].points
            assert y == point.y
            if name in LOGARITHMIC:
                std, value = row[f"{name}_std_log10"], np.log10(row[name])
                assert np.log10([low, high]) == pytest.approx([value - std, value + std])
            else:
                assert high == pytest.approx(min(row[name] + row[f"{name}_std"], most[name]))
                assert low == pytest.approx(max(row[name] - row[f"{name}_std"], 0.0))


def test_ranks_and_weights_show_the_table_of_weights(findings: Findings, rows: Rows) -> None:
    first = sorted((r for r in rows.values() if r["rank"]), key=lambda r: r["rank"])
    table = {one["label"]: one for one in weight_table(first, Campaign())}
    panel = ranks(findings).panels[0]
    lines = zip(marks(panel, Line, "interval"), marks(panel, Line, "weightings"), strict=True)
    told = zip(first[:20], lines, marks(panel, Point), strict=True)
    for row, (errors, weightings), rank in told:
        assert [x for x, _ in errors.points] == [row["place_low"], row["place_high"]]
        other = table[row["formula"]]
        half = 0.15 if other["low"] == other["high"] else 0.0  # of a line that can be seen
        assert [x for x, _ in weightings.points] == [other["low"] - half, other["high"] + half]
        assert (rank.key, rank.x) == (row["key"], row["expected_place"])
    panel = weights(findings, of=["SiCl4"]).panels[0]
    other = table["SiCl4"]
    assert [one.x for one in marks(panel, Area)] == [(other["low"], other["high"])]
    points = by_key(panel, Point)
    for name, rank in zip(ATTRIBUTES, other["without"], strict=True):
        assert points[f"SiCl4 without {name}"].x == rank


def test_scores_are_those_of_the_ranking(findings: Findings) -> None:
    panel = scores(findings, 3).panels[0]
    shown = [(point.key, point.x) for point in marks(panel, Point)]
    assert shown == [(row["key"], row["score"]) for row in findings.ranked[:3]]


def test_pareto_shows_all_that_passed(findings: Findings, rows: Rows) -> None:
    pair = ("youngs_modulus", "ionic_conductivity")
    (panel,) = pareto(findings, attributes=pair).panels
    assert (panel.x.label, panel.y.label) == ("Young’s modulus (GPa)", "Conductivity (mS/cm)")
    passed = [row for row in rows.values() if row["rank"]]
    points = by_key(panel, Point)
    assert len(points) == len(passed)
    for row in passed:
        point = points[row["key"]]
        assert [point.x, point.y, point.full] == [*(row[name] for name in pair), row["pareto"]]
    assert len(all_pairs(findings).panels) == 6


def test_funnel_counts_everybody(findings: Findings, finished: pa.Table) -> None:
    steps = funnel(read_losses(finished))
    (panel,) = FIGURES["funnel"](findings).panels
    bars = {key: (one.x[1] or 0) - (one.x[0] or 0) for key, one in by_key(panel, Area).items()}
    assert {name: bars[f"{name} left"] for name, _ in steps} == dict(steps)
    assert sum(v for k, v in bars.items() if k.endswith(" lost")) == steps[0][1] - steps[-1][1]


def test_vapour_shows_the_pressures_of_the_tables(findings: Findings) -> None:
    (panel,) = vapour(findings, of=["GeBr4"]).panels
    assert (panel.x.label, panel.y.label) == ("Temperature (°C)", "Vapour pressure (Pa)")
    curves = by_key(panel, Line, "curve")
    assert set(curves) == {"GeBr4", "SnCl4", "SiCl4", "TiCl4"}
    for formula, curve in curves.items():
        assert len(curve.points) > 5
        expected = [10 ** log10_pa(formula, t) for t, _ in curve.points]
        assert [p for _, p in curve.points] == pytest.approx(expected)


def test_plateaus_are_those_of_the_phases(findings: Findings) -> None:
    figure = plateaus(findings, of=["Sn", "SbCl5"])
    for panel, system in zip(figure.panels, systems(Campaign(), ["Sn", "Sb"]), strict=True):
        assert panel.x.label == f"Sodium atoms per {system.metal} atom"
        assert panel.y.label == "Potential (V vs Na/Na⁺)"
        computed, measured = by_key(panel, Line, "step"), by_key(panel, Line, "measured")
        for step in on_hull(system):
            _, end = computed[step.formula].points
            assert end == (step.sodium_per_metal, step.plateau_v)
            if step.measured_plateau_v is not None:
                line = measured[f"{step.formula} measured"]
                assert [v for _, v in line.points] == [step.measured_plateau_v] * 2


def test_paper_shows_cycles_scores_and_what_fails(findings: Findings) -> None:
    (panel,) = paper(findings).panels
    assert "mA/cm²" in panel.x.label
    keys = {row["measured"]: row["key"] for row in findings.cells}
    points = by_key(panel, Point)
    comparison = findings.comparison
    cases = [c for c in (*comparison["precursors"], *comparison["controls"]) if c["cycles"]]
    assert len(cases) == 5
    for case in cases:
        point = points[keys[case["name"]]]
        assert (point.x, point.y) == (case["cycles"], case["score"])
    assert "fails (21 % of the draws; chance: 17 %)" in panel.title
    assert "with the controls the order fails; Kendall’s τ = 0.00" in panel.title


def test_figures_need_no_matplotlib() -> None:
    code = (
        "import sys; from maiscreen.screen.figures import figures;"
        "from maiscreen.screen.report import blends_page, page;"
        "assert not [name for name in sys.modules if name.startswith('matplotlib')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_text_of_a_table_is_one_short_line(hostile: Findings) -> None:
    names = row_names(ranks(hostile).panels[0])
    (odd,) = (name for name in names if "frac" in name)
    assert "\x1b" not in odd
    assert re.fullmatch(rf"[IV]+  \d+  .{{{MOST_LETTERS}}}", odd)


def test_numbers_out_of_range_and_missing_ones(finished: pa.Table) -> None:
    odd = {"adhesion": 3.0, "ionic_conductivity": None, "youngs_modulus": float("nan")}
    rows = [row | (odd if row["key"] == "GeCl4" else {}) for row in finished.to_pylist()]
    table = pa.Table.from_pylist(rows, schema=finished.schema)
    figure = profile(Findings(Campaign(), table), of=["GeCl4"])
    assert figure.panels[0].x.high >= 3.0
    said = [one.words for panel in figure.panels for one in marks(panel, Text)]
    assert said.count("not known") == 2


def test_a_campaign_in_which_nothing_passed(nobody: Findings) -> None:
    for name in ("ranks", "weights", "pareto"):
        with pytest.raises(InputError, match=r"nothing passed its gates: no ranks to draw"):
            FIGURES[name](nobody)
    for name in ("profile", "funnel", "vapour", "plateaus", "paper"):
        assert FIGURES[name](nobody).panels


def test_a_campaign_without_the_paper(finished: pa.Table) -> None:
    ranking = finished.filter(pa.compute.equal(finished["metal"], "Ge"))
    figure = profile(Findings(Campaign(metals=("Ge",)), ranking))
    assert {"GeCl₄", "SnCl₄", "bare sodium"} <= set(row_names(figure.panels[0]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: profile(f, of=["SnCI4"]), "did you mean SnCl4?"),
        (lambda f: ranks(f, of=["SnBr4"]), "has no rank: volatility"),
        (lambda f: ranks(f, of=["(CH3)3SiCl"]), "is no candidate of this campaign"),
        (lambda f: ranks(f, of=["SnCl4"] * 31), "give at most 30"),
        (lambda f: pareto(f, attributes=["adhesion"]), "give two of adhesion, "),
        (lambda f: plateaus(f, of=["Ti"]), "no phase with sodium is known"),
    ],
)
def test_what_cannot_be_drawn_is_said(call: Any, message: str, findings: Findings) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        call(findings)


def test_names_are_understood(findings: Findings) -> None:
    (panel,) = ranks(findings, of=["tin tetrachloride", "Cl4Ge"]).panels
    assert [name.split()[-1] for name in row_names(panel)] == ["SnCl₄", "GeCl₄"]


def test_places_are_parted_where_a_tier_begins(findings: Findings) -> None:
    panel = ranks(findings, most=30).panels[0]
    tiers = [row["tier"] for row in findings.ranked]
    names = [f"{roman(row['tier'])}  {row['rank']}" for row in findings.ranked]
    assert [name.rsplit("  ", 1)[0] for name in row_names(panel)] == names
    begins = [y - 0.5 for y in range(1, len(tiers)) if tiers[y] > tiers[y - 1]]
    assert [one.y for one in panel.marks if isinstance(one, Rule) and one.y] == begins
    assert begins
