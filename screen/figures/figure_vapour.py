"""Vapour pressure against temperature, with what a glovebox can make use of."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from math import isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.facts.vapour import CURVE_C, WINDOW_C, log10_pa
from maiscreen.screen.figures.page_process import Y
from maiscreen.screen.figures.style import (
    BLACK,
    BLUE,
    DASHES,
    GREEN,
    GREY,
    PALE,
    PURPLE,
    RED,
    PaperFigure,
    label,
    mark,
    styled,
)
from maiscreen.screen.figures.svg import tick_text
from maiscreen.screen.paper.cells import SHAPES

Row = Mapping[str, Any]

HEIGHT_MM, LINE_MM = 82.0, 3.3
"""Of the figure, and of a name at the end of a curve."""


def draw(rows: Sequence[Row], campaign: Campaign, width: str = "single") -> PaperFigure:
    """Draw a curve for each precursor, of the paper's with its mark at the process temperature."""
    figure = PaperFigure(width, HEIGHT_MM)
    with styled():
        axes = figure.subplots()
        _axes(axes)
        _window(axes, campaign)
        looks = zip(cycle(DASHES), cycle((BLUE, GREEN, BLACK, PURPLE, GREY)), strict=False)
        ends = []
        for row in rows:
            path = _path(row)
            if path:
                look = ("-", RED) if str(row["key"]) in SHAPES else next(looks)
                _curve(axes, row, path, campaign, *look)
                ends.append((path[-1][1], path[-1][0], row))
        _names(axes, ends)
    figure.settle()
    names = ", ".join(label(row) for row in rows)
    figure.about = f"Vapour pressure against temperature of {names}"
    return figure


def _path(row: Row) -> list[tuple[float, float]]:
    """Give temperature and log10(p/Pa) where the report draws them."""
    return [(float(t), p) for t in CURVE_C if Y.holds(p := log10_pa(str(row["formula"]), t))]


def _axes(axes: Axes) -> None:
    axes.set(xlim=(CURVE_C[0], CURVE_C[-1]), ylim=(10.0**Y.low, 10.0**Y.high), yscale="log")
    axes.set(xlabel="Temperature (°C)", ylabel="Vapour pressure (Pa)")
    places = range(int(Y.low), int(Y.high) + 1)
    axes.set_yticks([10.0**t for t in places], [tick_text(t, logarithmic=True) for t in places])
    axes.yaxis.minorticks_off()


def _window(axes: Axes, campaign: Campaign) -> None:
    """Draw what bounds a process, and what a glovebox can make use of."""
    least, (left, right) = campaign.min_vapour_pressure_pa, WINDOW_C
    if least < ATMOSPHERE_PA:
        size = right - left, ATMOSPHERE_PA - least
        axes.add_patch(
            Rectangle((left, least), *size, facecolor=PALE, edgecolor=GREY, lw=0.5, zorder=0)
        )
        _say(axes, "glovebox\nwindow", right, least, (-2, 2), "right", "bottom")
    for pascal in (least, ATMOSPHERE_PA):
        axes.axhline(pascal, color=GREY, lw=0.6, ls=":", zorder=1)
    _say(axes, "1 atm", CURVE_C[0], ATMOSPHERE_PA, (2, 1), "left", "bottom")
    asked = f"asked for: {least:g} Pa"
    _say(axes, asked, T_LIMIT_C, least, (-2, -2), "right", "top")
    for celsius, dash, words in (
        (campaign.temperature_c, "-", "process"),
        (T_LIMIT_C, ":", "Na melts"),
    ):
        axes.axvline(celsius, color=GREY, lw=0.6, ls=dash, zorder=1)
        _say(axes, words, celsius, 10.0**Y.low, (-1.5, 3), "right", "bottom", rotation=90)


def _say(
    axes: Axes,
    words: str,
    x: float,
    y: float,
    offset: tuple[float, float],
    ha: str,
    va: str,
    **more: Any,
) -> None:
    style: dict[str, Any] = {"textcoords": "offset points", "ha": ha, "va": va, "color": BLACK}
    axes.annotate(words, (x, y), offset, **style, **more)


def _curve(
    axes: Axes,
    row: Row,
    path: Sequence[tuple[float, float]],
    campaign: Campaign,
    dash: Any,
    colour: str,
) -> None:
    paper = str(row["key"]) in SHAPES
    celsius, pascal = [t for t, _ in path], [10.0**p for _, p in path]
    (curve,) = axes.plot(celsius, pascal, color=colour, ls=dash, label=str(row["key"]), zorder=3)
    if paper:
        curve.set(**{**mark(row), "markersize": 2.5, "markevery": (1, 4)})
    at = log10_pa(str(row["formula"]), campaign.temperature_c)
    if paper and not isnan(at):
        axes.plot([campaign.temperature_c], [10.0**at], **mark(row), zorder=4)


def _names(axes: Axes, ends: list[tuple[float, float, Row]]) -> None:
    """Name the curves at the right, moved apart where they end close to each other."""
    share = LINE_MM / (HEIGHT_MM * 0.82)
    step = share * (Y.high - Y.low)
    last = Y.high + step
    for height, celsius, row in sorted(ends, key=lambda end: -end[0]):
        last = min(height, last - step)
        rank = f"{row['rank']}  " if row.get("rank") else ""
        line = {"arrowstyle": "-", "color": GREY, "lw": 0.4, "shrinkA": 1, "shrinkB": 0}
        line["relpos"] = (0.0, 0.5)
        axes.annotate(
            f"{rank}{label(row)}",
            (celsius, 10.0**height),
            (1.05, (last - Y.low) / (Y.high - Y.low)),
            textcoords="axes fraction",
            va="center",
            arrowprops=line,
            annotation_clip=False,
        )
