"""The four attributes of chosen precursors beside the paper's, with their errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.figures.figure_axes import (
    arrow_where_cut,
    estimate,
    number_axis,
    point,
    rows_axis,
    worth,
)
from maiscreen.screen.figures.style import GREY, PaperFigure, label, mark, styled

Row = Mapping[str, Any]

ROW_MM, FRAME_MM = 4.4, 16.0
"""Height of a row, and of what stands above and below the rows."""

GAP = 0.7
"""Rows between the chosen and the paper's."""


def draw(chosen: Sequence[Row], paper: Sequence[Row], width: str = "double") -> PaperFigure:
    """Draw the attributes, one row for each precursor.

    Parameters
    ----------
    chosen, paper : sequence of mapping
        Rows of a ranking, above and below a line.
    width : str
        ``single`` (panels two by two) or ``double`` (in a row).
    """
    rows = [*chosen, *paper]
    across = 4 if width == "double" else 2
    down = len(ATTRIBUTES) // across
    gap = GAP if chosen and paper else 0.0
    places = [i + (gap if i >= len(chosen) else 0.0) for i in range(len(rows))]
    figure = PaperFigure(width, down * (ROW_MM * (len(rows) + gap) + FRAME_MM))
    with styled():
        panels = figure.subplots(down, across, sharey=True, squeeze=False)
        for axes, name in zip(panels.flat, ATTRIBUTES, strict=True):
            rows_axis(axes, places, [label(row) for row in rows])
            _panel(axes, name, rows, places)
            if axes.get_subplotspec().is_first_col():
                _explain(axes)
            if gap:
                axes.axhline(len(chosen) - 0.5 + gap / 2, color=GREY, lw=0.6, clip_on=False)
    figure.settle()
    names = ", ".join(label(row) for row in rows)
    figure.about = (
        f"Attributes of {names}, with one standard deviation; shaded: worth 1; hatched: 0"
    )
    return figure


def _panel(axes: Axes, name: str, rows: Sequence[Row], places: Sequence[float]) -> None:
    estimates = [estimate(row, name) for row in rows]
    number_axis(axes, "x", name, [known[0] for known in estimates if known], few=True)
    worth(axes, name)
    for row, known, y in zip(rows, estimates, places, strict=True):
        if known is None:
            words = "no layer" if row.get("route") == "none" else "not known"
            axes.annotate(
                words, (0.5, y), xycoords=("axes fraction", "data"), ha="center", va="center"
            )
            continue
        point(axes, row, known, y)
        arrow_where_cut(axes, *known[1:], y, str(mark(row)["color"]))


def _explain(axes: Axes) -> None:
    """Say what the numbers on top are."""
    axes.annotate(
        "desirability",
        (0, 1),
        (-8, 1.5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=GREY,
    )
