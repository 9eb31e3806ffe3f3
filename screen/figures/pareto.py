"""Two attributes against each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maiscreen.screen.figures.labels import name_points
from maiscreen.screen.figures.page_figures import ENDS, LABELLED
from maiscreen.screen.figures.style import (
    BLUE,
    GREY,
    PALE,
    PaperFigure,
    apply_style,
    estimate,
    label,
    mark,
    number_axis,
    paper_marks,
    to_unit,
)
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.scoring.score import THRESHOLDS

Row = Mapping[str, Any]

PAIR = ("adhesion", "ionic_conductivity")
"""The two attributes that tell most candidates apart."""


def draw(
    rows: Sequence[Row],
    pair: tuple[str, str] = PAIR,
    named: Sequence[str] = (),
    width: str = "single",
) -> PaperFigure:
    """Draw candidates by two attributes; filled are those that nothing beats in all four.

    Parameters
    ----------
    rows : sequence of mapping
        Of a ranking, best first.
    pair : (str, str)
        Attributes across and up.
    named : sequence of str
        Keys of rows to name; the first of the front if empty. Cells of the paper always are.
    """
    figure = PaperFigure(width, 84.0)
    with apply_style():
        axes = figure.subplots()
        known = [
            (row, x, y)
            for row in rows
            if (x := estimate(row, pair[0])) and (y := estimate(row, pair[1]))
        ]
        number_axis(axes, "x", pair[0], [x[0] for _, x, _ in known], few=True)
        number_axis(axes, "y", pair[1], [y[0] for _, _, y in known], few=False)
        _better(axes, pair)
        keys = set(named) or {str(row["key"]) for row in rows if row.get("pareto")}
        labelled = [one for one in known if str(one[0]["key"]) in keys][
            : None if named else LABELLED
        ]
        labelled += [one for one in known if str(one[0]["key"]) in SHAPES and one not in labelled]
        labelled.sort(key=lambda one: -one[2][0])
        for row, x, y in known:
            _candidate(axes, row, x, y, any(row is one[0] for one in labelled))
        figure.legend(handles=_keys(rows), loc="outside lower center", ncols=3)
        figure.settle()
        rest = [one for one in known if one not in labelled]
        points = [(x[0], y[0], label(row)) for row, x, y in (*labelled, *rest)]
        name_points(figure, axes, points, len(rest))
    figure.about = f"{len(known)} candidates by {pair[0]} and {pair[1]}; bars: standard deviations"
    return figure


def _candidate(
    axes: Axes,
    row: Row,
    x: tuple[float, float, float],
    y: tuple[float, float, float],
    labelled: bool,
) -> None:
    """Set a mark, filled on the front, with error bars where it is named."""
    look = mark({**row, "rank": 1 if row.get("pareto") else None})
    if labelled:
        axes.plot(x[1:], [y[0]] * 2, color=look["color"], lw=0.4, alpha=0.45, zorder=2)
        axes.plot([x[0]] * 2, y[1:], color=look["color"], lw=0.4, alpha=0.45, zorder=2)
    axes.plot(
        [x[0]], [y[0]], **look, linestyle="none", label=str(row["key"]), zorder=3, clip_on=False
    )


def _better(axes: Axes, pair: tuple[str, str]) -> None:
    """Shade where both attributes are worth all that they can be."""
    (left, width), (bottom, height) = map(_best, pair)
    axes.bar(left, height, width, bottom, align="edge", color=PALE, lw=0, zorder=0)


def _best(name: str) -> tuple[float, float]:
    """Give where an attribute is worth 1: begin and extent, in its unit."""
    worst, best = THRESHOLDS[name]
    low, high = ENDS[name]
    ends = sorted((to_unit(name, best), to_unit(name, high if best > worst else low)))
    return ends[0], ends[1] - ends[0]


def _keys(rows: Sequence[Row]) -> list[Any]:
    circle = {"marker": "o", "linestyle": "none", "color": BLUE}
    return [
        Line2D([], [], **circle, label="on the front"),  # type: ignore[arg-type]
        Line2D([], [], **circle, markerfacecolor="white", label="not on it"),  # type: ignore[arg-type]
        *paper_marks({str(row["key"]) for row in rows}),
        Line2D([], [], color=GREY, lw=0.5, label="± 1 std. deviation"),
        Patch(facecolor=PALE, label="desirability 1 in both"),
    ]
