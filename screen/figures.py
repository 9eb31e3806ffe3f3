"""Figures of the report as inline SVG: the same bytes for the same numbers, no outside fonts."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES

INK = "#010203"
"""Stands for the colour of the text, which the page decides (light or dark)."""

BLUE, ORANGE, GREY = "#3b82c4", "#d9772b", "#8a8f98"
"""Told apart with any colour vision, on light and on dark."""

Row = Mapping[str, Any]


def score_figure(rows: Sequence[Row], marked: Sequence[str]) -> str:
    """Draw scores with the interval of 90 % of the draws, best on top.

    Parameters
    ----------
    rows : sequence of mapping
        ``formula``, ``score``, ``score_low``, ``score_high``, ``rank``.
    marked : sequence of str
        Formulas to draw apart.

    Returns
    -------
    str
        SVG.
    """

    def draw(axes: Any) -> None:
        for place, row in enumerate(rows):
            color = ORANGE if row["formula"] in marked else BLUE
            axes.plot([row["score_low"], row["score_high"]], [place] * 2, lw=1.5, color=color)
            axes.plot(row["score"], place, "o", ms=5, color=color)
        axes.set_yticks(range(len(rows)), [f"{row['rank']}  {row['formula']}" for row in rows])
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set_xlabel("score, and 5th to 95th percentile of the draws")
        axes.grid(axis="x", lw=0.4, alpha=0.5)

    return _svg("scores", (7, 1.1 + 0.26 * max(len(rows), 3)), draw)


def attribute_figure(rows: Sequence[Row]) -> str:
    """Draw the desirabilities of the four attributes as a heat map with its numbers."""

    def draw(axes: Any) -> None:
        table = [[_worth(row, name) for name in ATTRIBUTES] for row in rows]
        axes.pcolormesh(table, cmap="cividis", vmin=0, vmax=1, edgecolors="none")
        for i, line in enumerate(table):
            for j, value in enumerate(line):
                color = "black" if value > 0.55 else "white"
                axes.text(j + 0.5, i + 0.5, f"{value:.2f}", ha="center", va="center", color=color)
        axes.set_xticks(
            [j + 0.5 for j in range(len(ATTRIBUTES))], list(map(_two_lines, ATTRIBUTES))
        )
        axes.set_yticks([i + 0.5 for i in range(len(rows))], [row["formula"] for row in rows])
        axes.invert_yaxis()
        axes.xaxis.tick_top()
        axes.tick_params(length=0)

    return _svg("attributes", (7, 1.0 + 0.34 * max(len(rows), 2)), draw)


def funnel_figure(steps: Sequence[tuple[str, int]]) -> str:
    """Draw how many candidates are left after each gate."""

    def draw(axes: Any) -> None:
        names, left = zip(*steps, strict=True)
        bars = axes.barh(range(len(steps)), left, color=BLUE, height=0.7)
        axes.bar_label(bars, [f"{n}" for n in left], padding=4, color=INK)
        axes.set_yticks(range(len(steps)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, max(*left, 1) * 1.1)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("candidates left")

    return _svg("funnel", (7, 1.0 + 0.34 * len(steps)), draw)


def _worth(row: Row, name: str) -> float:
    value = row.get(f"desirability_{name}")
    return float("nan") if value is None else float(value)


def _two_lines(name: str) -> str:
    first, _, second = name.partition("_")
    first = {"youngs": "Young's"}.get(first, first)
    return f"{first}\n{second}"


def _svg(name: str, size: tuple[float, float], draw: Callable[[Any], None]) -> str:
    """Make a figure without pyplot, and so without any state that outlives it."""
    from matplotlib import style
    from matplotlib.figure import Figure

    ours: dict[str, Any] = {
        "svg.hashsalt": name,
        "svg.fonttype": "none",  # Text stays text: small, sharp, read aloud and found.
        "font.family": "DejaVu Sans",
        "font.size": 9,
        **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
        "axes.edgecolor": GREY,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.parse_math": False,
    }
    # After a reset: what a user has set for other figures must not change these.
    with style.context(ours, after_reset=True):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        sink = io.StringIO()
        figure.savefig(sink, format="svg", transparent=True, metadata=_NO_METADATA)
    return _inline(sink.getvalue(), name)


_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def _inline(svg: str, name: str) -> str:
    """Cut the XML head off, keep identifiers apart from other figures', take the page's ink."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\1{name}-", svg)
    svg = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', _opening, svg, count=1)
    return svg.replace(INK, "currentColor")


def _opening(found: re.Match[str]) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{found[1]} aria-hidden="true" focusable="false">'
    )
