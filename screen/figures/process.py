"""What the gates take, vapour over temperature, plateaus of the alloys."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from math import ceil, isnan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.descriptors.alloys.alloying import PLATEAU_STD_V
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.facts.plateaus import on_hull
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
    apply_style,
    label,
    mark,
    rows_axis,
    text,
)
from maiscreen.screen.figures.svg import tick_text
from maiscreen.screen.paper.cells import SHAPES

ROW_MM, FRAME_MM = 6.0, 13.0
"""Height of a row, and of what stands above and below the rows."""


def draw_funnel(steps: Sequence[tuple[str, int]], width: str = "single") -> PaperFigure:
    """Draw how many candidates are left after each gate, and how many it takes, hatched.

    Parameters
    ----------
    steps : sequence of (str, int)
        Of `maiscreen.screen.facts.funnel.funnel`.
    """
    figure = PaperFigure(width, ROW_MM * len(steps) + FRAME_MM)
    with apply_style():
        axes = figure.subplots()
        rows_axis(axes, range(len(steps)), [text(name) for name, _ in steps])
        for y, (name, left) in enumerate(steps):
            before = steps[max(y - 1, 0)][1]
            axes.barh(y, left, height=0.66, color=BLUE, lw=0, label=f"{name} left")
            if y:
                _lost(axes, y, name, left, before)
            told = f"{left:,} left" + (f", {before - left:,} lost" if y else "")
            axes.annotate(told, (before, y), (3, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, max(steps[0][1], 1) * 1.02)
        axes.set_xlabel("Candidates")
        axes.spines["left"].set_visible(False)
    figure.settle()
    figure.about = "; ".join(f"{name}: {left:,} left" for name, left in steps)
    return figure


def _lost(axes: Axes, y: int, name: str, left: int, before: int) -> None:
    axes.barh(
        y,
        before - left,
        left=left,
        height=0.66,
        facecolor="white",
        edgecolor=GREY,
        hatch="/////",
        lw=0.5,
        label=f"{name} lost",
    )


Row = Mapping[str, Any]

HEIGHT_MM, LINE_MM = 82.0, 3.3
"""Of the figure, and of a name at the end of a curve."""


def draw_vapour(rows: Sequence[Row], campaign: Campaign, width: str = "single") -> PaperFigure:
    """Draw a curve for each precursor, of the paper's with its mark at the process temperature."""
    figure = PaperFigure(width, HEIGHT_MM)
    with apply_style():
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
        _write_text(axes, "glovebox\nwindow", right, least, (-2, 2), "right", "bottom")
    for pascal in (least, ATMOSPHERE_PA):
        axes.axhline(pascal, color=GREY, lw=0.6, ls=":", zorder=1)
    _write_text(axes, "1 atm", CURVE_C[0], ATMOSPHERE_PA, (2, 1), "left", "bottom")
    asked = f"asked for: {least:g} Pa"
    _write_text(axes, asked, T_LIMIT_C, least, (-2, -2), "right", "top")
    for celsius, dash, words in (
        (campaign.temperature_c, "-", "process"),
        (T_LIMIT_C, ":", "Na melts"),
    ):
        axes.axvline(celsius, color=GREY, lw=0.6, ls=dash, zorder=1)
        _write_text(axes, words, celsius, 10.0**Y.low, (-1.5, 3), "right", "bottom", rotation=90)


def _write_text(
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


PANEL_MM, KEYS_MM = 56.0, 10.0
"""Height of a panel, and of the keys below."""


NEAT = [1, 2, 5, 10]
"""What numbers of an axis may be multiples of."""


def draw_plateaus(systems: Sequence[AlloySystem], width: str = "single") -> PaperFigure:
    """Draw the ladders of plateaus, a panel for each system that has any phase on its hull."""
    across = min(len(systems), 2 if width == "double" else 1)
    down = ceil(len(systems) / across)
    figure = PaperFigure(width, down * PANEL_MM + KEYS_MM)
    with apply_style():
        panels = figure.subplots(down, across, squeeze=False, sharey=True)
        for axes in panels.flat[len(systems) :]:
            axes.set_axis_off()
        for axes, system in zip(panels.flat, systems, strict=False):
            _ladder(axes, system)
        tops = [_top(step) for system in systems for step in on_hull(system)]
        panels.flat[0].set_ylim(0, 1.25 * max(*tops, 0.2) + 0.1)
        figure.legend(handles=_keys(), loc="outside lower center", ncols=3)
    figure.settle()
    metals = ", ".join(system.metal for system in systems)
    figure.about = f"Plateaus of sodium in {metals}, computed and measured"
    return figure


def _ladder(axes: Axes, system: AlloySystem) -> None:
    steps = on_hull(system)
    before = 0.0, 0.0
    for step in steps:
        _step(axes, step, before)
        right, level = step.sodium_per_metal, step.plateau_v or 0.0
        axes.annotate(
            text(step.formula),
            ((before[0] + right) / 2, _top(step) + PLATEAU_STD_V),
            (0, 1),
            textcoords="offset points",
            rotation=60,
            rotation_mode="anchor",
            va="bottom",
        )
        before = right, level
    axes.set_xlim(0, before[0] * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=NEAT))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=NEAT))
    axes.set(xlabel=f"Sodium atoms per {system.metal} atom", ylabel="Potential (V vs Na/Na⁺)")
    axes.set_title(f"Na–{system.metal}", loc="right")


def _top(step: AlloyPhase) -> float:
    return max(step.plateau_v or 0.0, step.measured_plateau_v or 0.0)


def _step(axes: Axes, step: AlloyPhase, before: tuple[float, float]) -> None:
    """Draw one plateau with its error, the fall from the last one, and what was measured."""
    left, right, level = before[0], step.sodium_per_metal, step.plateau_v or 0.0
    band = level - PLATEAU_STD_V, level + PLATEAU_STD_V
    axes.fill_between([left, right], *band, color=PALE, lw=0, zorder=1)
    if left:
        axes.plot([left, left], [before[1], level], color=BLUE, lw=0.8, zorder=2)
    axes.plot([left, right], [level] * 2, color=BLUE, lw=1.4, label=step.formula, zorder=3)
    if step.measured_plateau_v is not None:
        axes.plot(
            [left, right],
            [step.measured_plateau_v] * 2,
            color=RED,
            lw=1.2,
            ls=(0, (2.5, 1.2)),
            label=f"{step.formula} measured",
            zorder=3,
        )


def _keys() -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=BLUE, lw=1.4, label="computed"),
        Patch(facecolor=PALE, edgecolor=BLACK, lw=0.0, label=f"± {PLATEAU_STD_V:.2f} V"),
        Line2D([], [], color=RED, lw=1.2, ls=(0, (2.5, 1.2)), label="measured"),
    ]
