"""Figures for papers: what is drawn is what the table says, and can be read."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pyarrow as pa
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.lines import Line2D
from matplotlib.text import Text

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.facts.answer import weight_table
from maiscreen.screen.facts.funnel import funnel, read_losses
from maiscreen.screen.facts.plateaus import on_hull, systems
from maiscreen.screen.facts.vapour import log10_pa
from maiscreen.screen.figures import figures
from maiscreen.screen.figures.style import PaperFigure
from maiscreen.screen.figures.style import text as shown
from maiscreen.screen.paper.cells import cells
from maiscreen.screen.paper.validate import validate

Rows = dict[str, dict[str, Any]]
ALL = sorted(figures.FIGURES)
BOTH = [(name, width) for name in ALL for width in ("single", "double")]


@pytest.fixture(scope="session")
def comparison() -> dict[str, Any]:
    return validate()


@pytest.fixture
def rows(finished: pa.Table) -> Rows:
    return {row["key"]: row for row in finished.to_pylist()}


@pytest.fixture(scope="session")
def nobody(finished: pa.Table) -> pa.Table:
    """The same campaign, if nothing had passed."""
    rows = [
        row
        | ({"status": "rejected", "rejected_reason": "hazard: x"} if row["rank"] else {})
        | {"rank": None, "rank_low": None, "rank_high": None, "p_top_k": None, "pareto": False}
        for row in finished.to_pylist()
    ]
    return pa.Table.from_pylist(rows, schema=finished.schema)


def drawn(name: str, ranking: pa.Table, comparison: dict[str, Any], **more: Any) -> PaperFigure:
    known = {"comparison": comparison} if name == "paper" else {}
    return figures.FIGURES[name](ranking, Campaign(), **known, **more)


def line_of(axes: Axes, label: str) -> Line2D:
    """The first line of a name that is drawn with it."""
    return next(line for line in axes.lines if line.get_label() == label)


def test_profile_shows_values_and_standard_deviations(finished: pa.Table, rows: Rows) -> None:
    figure = figures.profile(finished, of=["SnBr4", "GeCl4"])
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "Adhesion (J/m²)",
        "Conductivity (mS/cm)",
        "Young’s modulus (GPa)",
        "Permeability (fraction)",
    ]
    # There is no open share above 1.
    most = dict.fromkeys(ATTRIBUTES, 1e9) | {"electrolyte_permeability": 1.0}
    for axes, name in zip(figure.axes, ATTRIBUTES, strict=True):
        bars = {c.get_label(): c for c in axes.containers if isinstance(c, ErrorbarContainer)}
        expected = {"SnBr4", "GeCl4", "SnCl4", "SiCl4", "TiCl4", "SnCl2 additive", "C3H7Cl"}
        assert set(bars) == expected
        for key, bar in bars.items():
            row = rows[str(key)]
            assert bar.lines[0].get_xdata() == pytest.approx([row[name]])
            (ends,) = bar.lines[2][0].get_segments()
            low, high = ends[:, 0]
            if name in LOGARITHMIC:
                std = row[f"{name}_std_log10"]
                value = np.log10(row[name])
                assert np.log10([low, high]) == pytest.approx([value - std, value + std])
            else:
                assert high == pytest.approx(min(row[name] + row[f"{name}_std"], most[name]))
                assert low == pytest.approx(max(row[name] - row[f"{name}_std"], 0.0))


def test_ranks_and_weights_show_the_tables_of_the_report(finished: pa.Table, rows: Rows) -> None:
    first = sorted((r for r in rows.values() if r["rank"]), key=lambda r: r["rank"])
    table = {one["formula"]: one for one in weight_table(first, Campaign())}
    axes = figures.ranks(finished).axes[0]
    assert axes.get_xlabel() == "Rank"
    lines = iter(axes.lines)
    for row in first[:20]:
        errors, weightings, rank = next(lines), next(lines), next(lines)
        assert list(errors.get_xdata()) == [row["rank_low"], row["rank_high"]]
        other = table[row["formula"]]
        assert list(weightings.get_xdata()) == [other["low"], other["high"]]
        assert (rank.get_label(), *rank.get_xdata()) == (row["key"], row["rank"])
    axes = figures.weights(finished, of=["SiCl4"]).axes[0]
    other = table["SiCl4"]
    (bar,) = axes.patches
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == (other["low"], other["high"])  # type: ignore[attr-defined]
    for name, rank in zip(ATTRIBUTES, other["without"], strict=True):
        assert list(line_of(axes, f"SiCl4 without {name}").get_xdata()) == [rank]


def test_pareto_shows_all_that_passed(finished: pa.Table, rows: Rows) -> None:
    pair = ("youngs_modulus", "ionic_conductivity")
    axes = figures.pareto(finished, attributes=pair).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "Young’s modulus (GPa)",
        "Conductivity (mS/cm)",
    )
    passed = [row for row in rows.values() if row["rank"]]
    for row in passed:
        line = line_of(axes, row["key"])
        assert [*line.get_xdata(), *line.get_ydata()] == [row[name] for name in pair]
        assert (line.get_markerfacecolor() != "white") == row["pareto"]
    assert len([one for one in axes.lines if one.get_label() in rows]) == len(passed)


def test_funnel_counts_everybody(finished: pa.Table) -> None:
    steps = funnel(read_losses(finished))
    axes = figures.funnel(finished).axes[0]
    bars = {
        c.get_label(): c.patches[0].get_width()
        for c in axes.containers
        if isinstance(c, BarContainer)
    }
    assert {name: bars[f"{name} left"] for name, _ in steps} == dict(steps)
    assert sum(v for k, v in bars.items() if k.endswith(" lost")) == steps[0][1] - steps[-1][1]


def test_vapour_shows_the_curves_of_the_report(finished: pa.Table) -> None:
    axes = figures.vapour(finished, of=["GeBr4"]).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Temperature (°C)", "Vapour pressure (Pa)")
    for formula in ("GeBr4", "SnCl4", "SiCl4", "TiCl4"):
        line = line_of(axes, formula)
        celsius, pascal = np.array(line.get_xdata()), np.array(line.get_ydata())
        assert len(celsius) > 5
        expected = [10 ** log10_pa(formula, t) for t in celsius]
        assert pascal == pytest.approx(expected)


def test_plateaus_are_those_of_the_phases(finished: pa.Table) -> None:
    figure = figures.plateaus(finished, of=["Sn", "SbCl5"])
    for axes, system in zip(figure.axes, systems(Campaign(), ["Sn", "Sb"]), strict=True):
        assert axes.get_xlabel() == f"Sodium atoms per {system.metal} atom"
        assert axes.get_ylabel() == "Potential (V vs Na/Na⁺)"
        for step in on_hull(system):
            line = line_of(axes, step.formula)
            assert line.get_xdata()[1] == step.sodium_per_metal  # type: ignore[index]
            assert list(line.get_ydata()) == [step.plateau_v] * 2
            if step.measured_plateau_v is not None:
                line = line_of(axes, f"{step.formula} measured")
                assert list(line.get_ydata()) == [step.measured_plateau_v] * 2


def test_paper_shows_cycles_scores_and_what_fails(
    finished: pa.Table, comparison: dict[str, Any]
) -> None:
    axes = drawn("paper", finished, comparison).axes[0]
    assert "mA/cm²" in axes.get_xlabel()
    keys = {row["measured"]: row["key"] for row in cells(Campaign(), finished)}
    cases = [c for c in (*comparison["precursors"], *comparison["controls"]) if c["cycles"]]
    assert len(cases) == 5
    for case in cases:
        line = line_of(axes, keys[case["name"]])
        assert [*line.get_xdata(), *line.get_ydata()] == [case["cycles"], case["score"]]
    told = axes.get_title(loc="left")
    assert "holds (37 % of the draws; chance: 17 %)" in told
    assert "with the controls the order fails; Kendall’s τ = 0.60" in told


def beyond(axis: Axis) -> set[Text]:
    """Numbers of ticks that an axis keeps but does not draw."""
    low, high = sorted(axis.get_view_interval())
    ticks = axis.get_major_ticks()
    return {tick.label1 for tick in ticks if not low <= tick.get_loc() <= high}


def texts(figure: PaperFigure) -> Iterator[Text]:
    """Every text that is drawn."""
    kept = {one for axes in figure.axes for a in (axes.xaxis, axes.yaxis) for one in beyond(a)}
    for one in figure.findobj(Text):
        if (
            isinstance(one, Text)
            and one.get_visible()
            and one.get_text().strip()
            and one not in kept
        ):
            yield one


@pytest.mark.parametrize(("name", "width"), BOTH)
def test_everything_can_be_read(
    name: str, width: str, finished: pa.Table, comparison: dict[str, Any]
) -> None:
    figure = drawn(name, finished, comparison, width=width)
    figure.draw(FigureCanvasAgg(figure).get_renderer())
    size_mm = figure.get_size_inches() * 25.4
    assert size_mm[0] == pytest.approx({"single": 89, "double": 183}[width])
    assert size_mm[1] <= 240
    # Of an annotation the words alone, without its line.
    boxes = [(one.get_text(), Text.get_window_extent(one)) for one in texts(figure)]
    assert [one.get_text() for one in texts(figure) if not 7 <= one.get_fontsize() <= 8] == []
    frame = figure.bbox
    outside = [
        t for t, b in boxes if b.x0 < -1 or b.y0 < -1 or b.x1 > frame.x1 + 1 or b.y1 > frame.y1 + 1
    ]
    assert outside == []
    # Turned names have boxes wider than they are.
    level = [(t, b.padded(-1)) for t, b in boxes if name != "plateaus"]
    assert [(a, b) for (a, one), (b, two) in combinations(level, 2) if one.overlaps(two)] == []


@pytest.mark.slow
def test_bytes_are_the_same_whatever_the_user_has_set(
    finished: pa.Table, comparison: dict[str, Any]
) -> None:
    theirs = {"font.size": 20, "lines.linewidth": 9, "text.usetex": True, "savefig.bbox": "tight"}
    for name in ALL:
        usual = drawn(name, finished, comparison)
        svg = usual.content("svg")
        with matplotlib.style.context(theirs):
            assert drawn(name, finished, comparison).content("svg") == svg, name
    pdf = usual.content("pdf")
    assert (usual.content("svg"), usual.content("pdf")) == (svg, pdf)


def words_of(svg: bytes) -> list[str]:
    found = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()) for one in found]


def test_files_hold_text_and_whole_fonts(finished: pa.Table) -> None:
    figure = figures.ranks(finished)
    assert {"Rank", "1  SnCl₄", "P(top 10)"} <= set(words_of(figure.content("svg")))
    pdf = figure.content("pdf")
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert figure.content("png").startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"kind = 'eps': give one of pdf, svg, png"):
        figure.content("eps")


@pytest.mark.slow
def test_nothing_stays_behind(finished: pa.Table) -> None:
    before = dict(mpl.rcParams)
    figures.profile(finished).content("png")
    assert dict(mpl.rcParams) == before
    code = (
        "import sys; from maiscreen.screen.figures import figures;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["profile", "ranks", "vapour"])
def test_the_page_on_figures_shows_what_is_drawn(name: str, finished: pa.Table) -> None:
    page = Path(__file__).parents[3] / "docs" / f"figure_{name}.svg"
    assert page.stat().st_size < 200_000
    svg = drawn(name, finished, {}).content("svg")
    assert words_of(page.read_bytes()) == words_of(svg)


HOSTILE = r"$\frac{1}{0}$ </text><script>x()</script> ]]> \x" + "\x1b\u202e錫Cl4" + "long " * 30


@pytest.mark.slow
def test_text_of_a_table_is_text(finished: pa.Table, comparison: dict[str, Any]) -> None:
    rows = [
        row | ({"formula": HOSTILE, "metal": HOSTILE} if row["key"] == "GeCl4" else {})
        for row in finished.to_pylist()
    ]
    table = pa.Table.from_pylist(rows, schema=finished.schema)
    # Whose vapour pressure is asked for must be a formula.
    for name in sorted({*ALL} - {"vapour"}):
        root = ET.fromstring(drawn(name, table, comparison).content("svg"))
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    words = "".join(ET.fromstring(figures.ranks(table).content("svg")).itertext())
    assert r"$\frac{1}{0}$ </text><script>" in words
    assert "\x1b" not in words
    assert len(shown(HOSTILE)) == 40


def test_numbers_out_of_range_and_missing_ones(finished: pa.Table) -> None:
    odd = {"adhesion": 3.0, "ionic_conductivity": None, "youngs_modulus": float("nan")}
    rows = [row | (odd if row["key"] == "GeCl4" else {}) for row in finished.to_pylist()]
    table = pa.Table.from_pylist(rows, schema=finished.schema)
    figure = figures.profile(table, of=["GeCl4"])
    assert figure.axes[0].get_xlim()[1] >= 3.0
    said = [one.get_text() for one in texts(figure)]
    assert said.count("not known") == 2
    figures.pareto(table).content("png")


@pytest.mark.slow
def test_a_campaign_in_which_nothing_passed(nobody: pa.Table, comparison: dict[str, Any]) -> None:
    for name in ("ranks", "weights", "pareto"):
        with pytest.raises(InputError, match=r"nothing passed its gates: no ranks to draw"):
            drawn(name, nobody, comparison)
    for name in ("profile", "funnel", "vapour", "plateaus", "paper"):
        assert len(drawn(name, nobody, comparison).content("svg")) > 5000


def test_a_campaign_without_the_paper(finished: pa.Table) -> None:
    campaign = Campaign(metals=("Ge",))
    ranking = finished.filter(pa.compute.equal(finished["metal"], "Ge"))
    figure = figures.profile(ranking, campaign)
    names = [one.get_text() for one in figure.axes[0].get_yticklabels()]
    assert {"GeCl₄", "SnCl₄", "bare sodium"} <= set(names)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: figures.profile(t, of=["SnCI4"]), "did you mean SnCl4"),
        (lambda t: figures.ranks(t, of=["SnBr4"]), "has no rank: volatility"),
        (lambda t: figures.ranks(t, of=["(CH3)3SiCl"]), "is no candidate of this campaign"),
        (lambda t: figures.ranks(t, of=["SnCl4"] * 31), "give at most 30"),
        (lambda t: figures.ranks(t, width="wide"), "give one of single, double"),
        (lambda t: figures.pareto(t, attributes=["adhesion"]), "give two of adhesion, "),
        (lambda t: figures.plateaus(t, of=["Ti"]), "no phase with sodium is known"),
        (lambda t: figures.ranks(t, Campaign(space=Space(blends=2))), "is a wide campaign"),
        (lambda t: figures.ranks(t.drop_columns(["rank"])), "is no column of this table"),
    ],
)
def test_what_cannot_be_drawn_is_said(call: Any, message: str, finished: pa.Table) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        call(finished)


def test_names_are_understood(finished: pa.Table) -> None:
    axes = figures.ranks(finished, of=["tin tetrachloride", "Cl4Ge"]).axes[0]
    names = [one.get_text() for one in axes.get_yticklabels()]
    assert names == ["1  SnCl₄", "7  GeCl₄"]
