"""Figures for papers: what is described is drawn, and can be read."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import matplotlib.style
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.figure import Area, Line, Point
from maiscreen.screen.figures.figures import FIGURES
from maiscreen.screen.figures.matplotlib_pen import draw
from maiscreen.screen.figures.style import PaperFigure

ALL = sorted(FIGURES)
BOTH = [(name, width) for name in ALL for width in ("single", "double")]


def drawn(name: str, findings: Findings, width: str = "single") -> PaperFigure:
    return draw(FIGURES[name](findings), width)


@pytest.mark.parametrize("name", ALL)
def test_every_mark_is_drawn_where_it_stands(name: str, findings: Findings) -> None:
    figure = FIGURES[name](findings)
    for axes, panel in zip(draw(figure, "double").axes, figure.panels, strict=False):
        lines = [
            (one.get_label(), list(one.get_xdata()), list(one.get_ydata())) for one in axes.lines
        ]
        areas = {one.get_label(): one for one in axes.patches}
        for mark in panel.marks:
            if isinstance(mark, Point) and mark.key:
                assert (mark.key, [mark.x], [mark.y]) in lines
            if isinstance(mark, Line) and mark.key:
                xs, ys = map(list, zip(*mark.points, strict=True))
                assert (mark.key, xs, ys) in lines
            if isinstance(mark, Area) and mark.key:
                low, high = mark.x
                box = areas[mark.key]
                ends = box.get_x(), box.get_x() + box.get_width()  # type: ignore[attr-defined]
                assert ends == pytest.approx((low, high))
        assert (axes.get_xlabel(), axes.get_xlim()) == (panel.x.label, (panel.x.low, panel.x.high))


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
def test_everything_can_be_read(name: str, width: str, findings: Findings) -> None:
    figure = drawn(name, findings, width)
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
def test_bytes_are_the_same_whatever_the_user_has_set(findings: Findings) -> None:
    theirs = {"font.size": 20, "lines.linewidth": 9, "text.usetex": True, "savefig.bbox": "tight"}
    for name in ALL:
        usual = drawn(name, findings)
        svg = usual.content("svg")
        with matplotlib.style.context(theirs):
            assert drawn(name, findings).content("svg") == svg, name
    pdf = usual.content("pdf")
    assert (usual.content("svg"), usual.content("pdf")) == (svg, pdf)


def words_of(svg: bytes) -> list[str]:
    found = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()) for one in found]


def test_files_hold_text_and_whole_fonts(findings: Findings) -> None:
    figure = drawn("ranks", findings)
    words = set(words_of(figure.content("svg")))
    assert {"Place", "P(top 10)"} <= words
    assert any(word.endswith("  SnCl₄") for word in words)
    pdf = figure.content("pdf")
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert figure.content("png").startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"kind = 'eps': give one of pdf, svg, png"):
        figure.content("eps")
    with pytest.raises(InputError, match=r"give one of single, double"):
        drawn("ranks", findings, "wide")


@pytest.mark.slow
def test_nothing_stays_behind(findings: Findings) -> None:
    before = dict(mpl.rcParams)
    drawn("profile", findings).content("png")
    assert dict(mpl.rcParams) == before
    code = (
        "import sys; from maiscreen.screen.figures import matplotlib_pen;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["profile", "ranks", "vapour"])
def test_the_page_on_figures_shows_what_is_drawn(name: str, findings: Findings) -> None:
    page = Path(__file__).parents[3] / "docs" / f"figure_{name}.svg"
    assert page.stat().st_size < 200_000
    width = "double" if name == "profile" else "single"
    assert words_of(page.read_bytes()) == words_of(drawn(name, findings, width).content("svg"))


@pytest.mark.slow
def test_text_of_a_table_is_text(hostile: Findings) -> None:
    # Whose vapour pressure is asked for must be a formula.
    for name in sorted({*ALL} - {"vapour"}):
        root = ET.fromstring(drawn(name, hostile).content("svg"))
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    words = "".join(ET.fromstring(drawn("ranks", hostile).content("svg")).itertext())
    assert r"$\frac{1}{0}$ </text><script>" in words
    assert "\x1b" not in words


@pytest.mark.slow
def test_a_campaign_in_which_nothing_passed(nobody: Findings) -> None:
    for name in ("profile", "funnel", "vapour", "plateaus", "paper"):
        assert len(drawn(name, nobody).content("svg")) > 5000
