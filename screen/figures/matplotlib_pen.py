"""Figures drawn by Matplotlib, for papers: sizes in millimetres, fonts embedded, no pyplot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.textpath import TextPath

from maiscreen.screen.figures.figure import (
    Area,
    Axis,
    Figure,
    Key,
    Line,
    Mark,
    Panel,
    Point,
    Rule,
    Text,
)
from maiscreen.screen.figures.placing import Name, place_names, spread
from maiscreen.screen.figures.style import PaperFigure, apply_style, check_width, drawable
from maiscreen.screen.figures.svg import SHAPES

BLACK, GREY, PALE = "#000000", "#767676", "#e4e4e4"
BLUE, RED, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
"""Told apart by those who see red and green alike: Okabe & Ito, Color Universal Design (2008)."""

MARKERS = dict(zip(SHAPES, "os^DXPv<*", strict=True))
"""Matplotlib's marks of the shapes."""

DASHED = (0, (2.5, 1.2))
DASHES: tuple[Any, ...] = (
    (0, (5, 1.5)),
    (0, (1.5, 1.2)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (6, 1.2, 1, 1.2, 1, 1.2)),
)
COLOURS = (BLUE, GREEN, BLACK, PURPLE, GREY)
"""Of curves, in turn: together they repeat after twenty."""

LINES: Mapping[str, Mapping[str, Any]] = {
    "error": {"lw": 0.4, "alpha": 0.45},
    "interval": {"color": BLUE, "lw": 2.2, "solid_capstyle": "butt"},
    "weightings": {"color": GREY, "lw": 1.0, "ls": DASHED},
    "usual": {"lw": 2},
    "step": {"color": BLUE, "lw": 1.4},
    "measured": {"color": RED, "lw": 1.2, "ls": DASHED},
    "curve": {"lw": 1.0},
    "grid": {"color": PALE, "lw": 0.5, "zorder": 0.5},
    "limit": {"color": GREY, "lw": 0.6, "ls": ":", "zorder": 1},
    "process": {"color": GREY, "lw": 0.6, "zorder": 1},
    "divider": {"color": GREY, "lw": 0.6, "clip_on": False},
}
"""How lines look; what has no colour is blue, or red for the paper's cells."""

AREAS: Mapping[str, Mapping[str, Any]] = {
    "good": {"facecolor": PALE, "lw": 0, "zorder": 0},
    "bad": {"facecolor": "none", "edgecolor": PALE, "hatch": "////", "lw": 0, "zorder": 0},
    "window": {"facecolor": PALE, "edgecolor": GREY, "lw": 0.5, "zorder": 0},
    "band": {"facecolor": PALE, "lw": 0, "zorder": 0.7},
    "left": {"facecolor": BLUE, "lw": 0},
    "lost": {"facecolor": "white", "edgecolor": GREY, "hatch": "/////", "lw": 0.5},
    "span": {"facecolor": PALE, "edgecolor": GREY, "lw": 0.5},
}
"""How areas look."""

FRAME_MM, LINE_MM, HEAD_MM = 11.0, 3.4, 4.5
"""Heights: of an axis with its numbers, of a line of text, of what stands on top of a panel."""

SIZE, POINTS_PER_INCH = 7.0, 72.0
"""Letters of names, in points."""


def draw(figure: Figure, width: str = "single") -> PaperFigure:
    """Draw a figure.

    Parameters
    ----------
    figure : Figure
        Its description.
    width : str
        ``single`` (89 mm) or ``double`` (183 mm).

    Returns
    -------
    matplotlib.figure.Figure
        To be changed, or saved.
    """
    wide = check_width(width) == "double"
    across = figure.across(wide)
    if across > 1 and not wide:
        figure = _with_units_below(figure)
    rows = [figure.panels[i : i + across] for i in range(0, len(figure.panels), across)]
    heights = [max(panel.height_mm + _frame_mm(panel) for panel in row) for row in rows]
    paper = PaperFigure(width, sum(heights) + _legend_mm(figure.legend))
    with apply_style():
        grid = paper.subplots(len(rows), across, squeeze=False, height_ratios=heights)
        for row, line in zip(rows, grid, strict=True):
            for axes in line[len(row) :]:
                axes.set_axis_off()
            for axes, panel, before in zip(line, row, (None, *row), strict=False):
                _panel(axes, panel, named=before is None or before.y != panel.y)
                axes.spines["left"].set_visible(not panel.y.rows or across > 1)
        if figure.legend:
            _legend(paper, figure.legend)
        paper.settle()
        for axes, panel in zip(paper.axes, figure.panels, strict=False):
            _name_points(paper, axes, panel)
    paper.about = figure.about
    return paper


def _with_units_below(figure: Figure) -> Figure:
    """Break the labels across in two lines: narrow panels have no room for one."""
    panels = (
        replace(panel, x=replace(panel.x, label=panel.x.label.replace(" (", "\n(")))
        for panel in figure.panels
    )
    return replace(figure, panels=tuple(panels))


def _frame_mm(panel: Panel) -> float:
    lines = panel.x.label.count("\n") + len(panel.title.splitlines())
    return FRAME_MM + LINE_MM * lines + (HEAD_MM if panel.headed else 0.0)


def _panel(axes: Axes, panel: Panel, *, named: bool) -> None:
    """Draw axes and marks; the names of rows, or numbers, only where they are not those beside."""
    for which, axis in (("x", panel.x), ("y", panel.y)):
        _axis(axes, which, axis, named=named or which == "x")
    axes.set_title(drawable(panel.title), loc="left", fontsize=SIZE)
    for mark in panel.marks:
        _mark(axes, panel, mark)
    for y, words in panel.notes:
        place = ("axes fraction", "data")
        axes.annotate(drawable(words), (1.02, y), xycoords=place, va="center")
    _name_curves(axes, panel)


def _axis(axes: Axes, which: str, axis: Axis, *, named: bool) -> None:
    if axis.logarithmic:
        axes.set(**{f"{which}scale": "log"})
    axes.set(**{f"{which}lim": (axis.low, axis.high)})
    texts = [drawable(text) if named else "" for _, text in axis.ticks]
    axes.set(**{f"{which}ticks": [place for place, _ in axis.ticks], f"{which}ticklabels": texts})
    getattr(axes, f"{which}axis").minorticks_off()
    axes.set(**{f"{which}label": drawable(axis.label) if named else ""})
    if axis.rows:
        axes.tick_params(axis="y", length=0)


def _mark(axes: Axes, panel: Panel, mark: Mark) -> None:
    match mark:
        case Point():
            look = _point_look(mark)
            axes.plot([mark.x], [mark.y], **look, label=mark.key, zorder=4, clip_on=False)
        case Line():
            _line(axes, panel, mark)
        case Rule(role, x, y):
            if x is not None:
                axes.axvline(x, **_line_look(Line((), role)))
            if y is not None:
                axes.axhline(y, **_line_look(Line((), role)))
        case Area():
            _area(axes, panel, mark)
        case Text():
            _text(axes, mark)


def _point_look(point: Point) -> dict[str, Any]:
    colour = {"paper": RED, "candidate": BLUE, "otherwise": BLACK}[point.series]
    marker = "+" if (point.shape, point.series) == ("plus", "otherwise") else MARKERS[point.shape]
    return {
        "marker": marker,
        "markerfacecolor": colour if point.full else "white",
        "markeredgecolor": colour,
        "markersize": 4.0 if point.series == "otherwise" else 4.5,
        "linestyle": "none",
    }


def _line_look(line: Line) -> dict[str, Any]:
    look = {"color": RED if line.paper else BLUE, "zorder": 2} | dict(LINES[line.role])
    if line.capped:
        look |= {"lw": 0.7, "alpha": 1.0}
    if line.number:
        turn = line.number - 1
        look |= {"color": COLOURS[turn % len(COLOURS)], "ls": DASHES[turn % len(DASHES)]}
    if line.shape:
        small = {"marker": MARKERS[line.shape], "markersize": 2.5, "markevery": (1, 4)}
        look |= {**small, "zorder": 3}
    return look


def _line(axes: Axes, panel: Panel, line: Line) -> None:
    if line.role == "running":
        arrow = {"arrowstyle": "->", "lw": 0.8, "color": RED, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", line.points[-1], line.points[0], arrowprops=arrow)
        return
    look = _line_look(line)
    xs, ys = zip(*line.points, strict=True)
    axes.plot(xs, ys, **look, label=line.key)
    if line.capped:
        _end(axes, panel, line.points[0], line.points[-1], str(look["color"]))
        _end(axes, panel, line.points[-1], line.points[0], str(look["color"]))


def _end(
    axes: Axes, panel: Panel, end: tuple[float, float], other: tuple[float, float], colour: str
) -> None:
    """Close an error bar, or tell by a small arrow that it goes on beyond the axis."""
    across = end[1] == other[1]
    x, y = panel.x.nearest(end[0]), panel.y.nearest(end[1])
    # The carets have their base at the place: they stay inside.
    caret = (8 if end[0] < other[0] else 9) if across else (11 if end[1] < other[1] else 10)
    cap = {"marker": "|" if across else "_", "mew": 0.7}
    look = cap if (x, y) == end else {"marker": caret, "mew": 0}
    axes.plot([x], [y], color=colour, ms=3.2, clip_on=False, zorder=2, **look)


def _area(axes: Axes, panel: Panel, area: Area) -> None:
    (left, right), (bottom, top) = panel.x.ends(area.x), panel.y.ends(area.y)
    size = right - left, top - bottom
    axes.add_patch(Rectangle((left, bottom), *size, label=area.key, **AREAS[area.role]))


def _text(axes: Axes, text: Text) -> None:
    across, up = ("axes fraction" if v is None else "data" for v in (text.x, text.y))
    x, y = (0.5 if v is None else v for v in (text.x, text.y))
    style: dict[str, Any] = {
        "ha": {"left": "right", "right": "left", "middle": "center"}[text.side],
        "va": {"above": "bottom", "below": "top", "middle": "center"}[text.level],
        "color": GREY if text.soft else BLACK,
    }
    offset = (
        {"left": -2.0, "right": 3.0, "middle": 0.0}[text.side],
        {"above": 1.5, "below": -2.0, "middle": 0.0}[text.level],
    )
    if text.turn:
        turned = {"rotation": text.turn, "rotation_mode": "anchor", "ha": "left", "va": "bottom"}
        style, offset = style | turned, (-1.0, 2.0)
    axes.annotate(
        drawable(text.words),
        (x, y),
        offset,
        xycoords=(across, up),
        textcoords="offset points",
        annotation_clip=False,
        **style,
    )


def _name_curves(axes: Axes, panel: Panel) -> None:
    """Name the curves at the right, moved apart where they end close to each other."""
    curves = [m for m in panel.marks if isinstance(m, Line) and m.name]
    shares = [1.0 - panel.y.share(curve.points[-1][1]) for curve in curves]
    line = {"arrowstyle": "-", "color": GREY, "lw": 0.4, "shrinkA": 1, "shrinkB": 0}
    for curve, share in zip(curves, spread(shares, LINE_MM / panel.height_mm), strict=True):
        axes.annotate(
            drawable(curve.name),
            curve.points[-1],
            (1.05, 1.0 - share),
            textcoords="axes fraction",
            va="center",
            arrowprops=line | {"relpos": (0.0, 0.5)},
            annotation_clip=False,
        )


def _name_points(paper: PaperFigure, axes: Axes, panel: Panel) -> None:
    """Write names beside points, now that the axes stand still."""
    scale = POINTS_PER_INCH / paper.dpi

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = axes.transData.transform((x, y)) * scale
        return float(across), float(up)

    left, bottom, right, top = (float(v) * scale for v in axes.get_window_extent().extents)
    for name in place_names(panel, place, _width, (left, bottom, right, top), SIZE):
        _write_name(axes, name)


def _width(name: str) -> float:
    return float(TextPath((0, 0), drawable(name), size=SIZE).get_extents().width)


def _write_name(axes: Axes, name: Name) -> None:
    (left, bottom, right, top), (x, y) = name.box, name.place
    beside = min(max((x - left) / (right - left), 0.0), 1.0)
    level = 0.0 if bottom > y else 1.0 if top < y else 0.5
    line = {"arrowstyle": "-", "color": GREY, "lw": 0.5, "shrinkA": 0, "shrinkB": 2.5}
    written = axes.annotate(
        drawable(name.point.name),
        (name.point.x, name.point.y),
        (left + 1 - x, bottom + 1 - y),
        textcoords="offset points",
        va="bottom",
        arrowprops=line | {"relpos": (beside, level)} if name.far else None,
        # Error bars pass behind a name, not through it.
        bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.3},
        zorder=5,
    )
    written.set_in_layout(False)


def _columns(legend: Sequence[Key]) -> int:
    return 3 if max(len(key.words) for key in legend) <= 22 else 2


def _legend_mm(legend: Sequence[Key]) -> float:
    return 2.0 + 4.0 * ceil(len(legend) / _columns(legend)) if legend else 2.0


def _legend(paper: PaperFigure, legend: Sequence[Key]) -> None:
    paper.legend(
        handles=[tuple(map(_handle, key.marks)) for key in legend],
        labels=[drawable(key.words) for key in legend],
        loc="outside lower center",
        ncols=_columns(legend),
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.6)},
    )


def _handle(mark: Mark) -> Line2D | Patch:
    match mark:
        case Point():
            return Line2D([], [], **_point_look(mark))
        case Line(role="error"):
            return Line2D([], [], color=GREY, lw=0.5)
        case Line():
            return Line2D([], [], **_line_look(mark))
        case Area(role):
            return Patch(**AREAS[role])
    raise TypeError(mark)
