"""Ranks, and how far they hang on the errors and on the weights."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.figures.style import (
    BLACK,
    BLUE,
    GREY,
    PALE,
    RED,
    PaperFigure,
    apply_style,
    arrow_where_cut,
    estimate,
    label,
    mark,
    number_axis,
    paper_marks,
    point,
    rows_axis,
    shade_worth,
)
from maiscreen.screen.figures.svg import Axis
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.text import number, plain_words

Row = Mapping[str, Any]

ROW_MM, FRAME_MM = 5.0, 27.0
"""Height of a row, and of what stands above and below the rows."""

WITHOUT = dict(zip(ATTRIBUTES, ("<", "o", "+", "*"), strict=True))
"""Marks of the rank without an attribute."""

DASHED = (0, (2.5, 1.2))


def draw_intervals(
    rows: Sequence[Row], weighted: Sequence[Row], ranked: int, top_k: int, width: str = "single"
) -> PaperFigure:
    """Draw rank intervals: over the errors of the inputs, and dashed over all weightings.

    Parameters
    ----------
    rows : sequence of mapping
        Of a ranking, with a rank.
    weighted : sequence of mapping
        Of `maiscreen.screen.facts.answer.weight_table`, for the same rows.
    ranked : int
        How many have a rank.
    top_k : int
        k of P(in the top k).
    """
    figure = PaperFigure(width, ROW_MM * len(rows) + FRAME_MM)
    with apply_style():
        axes = _axes(figure, rows, ranked)
        for y, (row, other) in enumerate(zip(rows, weighted, strict=True)):
            _line(axes, y - 0.14, row["rank_low"], row["rank_high"], BLUE, 2.2, "-")
            _line(axes, y + 0.24, other["low"], other["high"], GREY, 1.0, DASHED)
            axes.plot([row["rank"]], [y - 0.14], **mark(row), label=str(row["key"]), zorder=4)
            _note(axes, y, number(row["p_top_k"]))
        _note(axes, -1, f"P(top {top_k})")
        errors = Line2D([], [], color=BLUE, lw=2.2, label="90 % of the draws over the errors")
        weights = Line2D([], [], color=GREY, ls=DASHED, label="90 % of all weightings")
        _keys(figure, [errors, weights], rows)
    figure.settle()
    figure.about = f"Rank intervals of the {len(rows)} best of {ranked}"
    return figure


def draw_weights(
    rows: Sequence[Row], weighted: Sequence[Row], ranked: int, width: str = "single"
) -> PaperFigure:
    """Draw ranks over all weightings, and the rank without each attribute.

    Parameters
    ----------
    rows, weighted, ranked
        As for `draw_intervals`.
    """
    figure = PaperFigure(width, 1.3 * ROW_MM * len(rows) + FRAME_MM)
    with apply_style():
        axes = _axes(figure, rows, ranked)
        for y, (row, other) in enumerate(zip(rows, weighted, strict=True)):
            _bar(axes, y, row, other)
        span = Patch(facecolor=PALE, edgecolor=GREY, lw=0.5, label="90 % of all weightings")
        usual = Line2D([], [], lw=2, color=BLUE, label="the campaign’s weights")
        keys = [Line2D([], [], **_without(n), label=f"without {_short(n)}") for n in ATTRIBUTES]
        figure.legend(handles=[span, usual, *keys], loc="outside lower center", ncols=2)
    figure.settle()
    figure.about = "Ranks over all weightings of the attributes, and without each of them"
    return figure


def _bar(axes: Axes, y: int, row: Row, other: Row) -> None:
    """Draw the span over all weightings, the usual rank as a line, the others one below another."""
    axes.barh(
        y,
        other["high"] - other["low"],
        left=other["low"],
        height=0.84,
        facecolor=PALE,
        edgecolor=GREY,
        lw=0.5,
        label=str(row["key"]),
    )
    colour = RED if str(row["key"]) in SHAPES else BLUE
    axes.plot([other["rank"]] * 2, [y - 0.42, y + 0.42], color=colour, lw=2, zorder=2)
    for place, name in enumerate(ATTRIBUTES):
        rank = other["without"][place]
        if rank is not None:
            axes.plot(
                [rank],
                [y + 0.21 * (place - 1.5)],
                **_without(name),
                label=f"{row['key']} without {name}",
            )


def _short(name: str) -> str:
    short = plain_words(name).removeprefix("electrolyte ").removeprefix("ionic ")
    return short.replace("'", "’")


def _without(name: str) -> dict[str, Any]:
    look = {"markerfacecolor": "white", "markeredgecolor": BLACK, "linestyle": "none"}
    return {"marker": WITHOUT[name], "markersize": 4.0, "zorder": 3, **look}


def _axes(figure: PaperFigure, rows: Sequence[Row], ranked: int) -> Axes:
    axes = figure.subplots()
    rows_axis(axes, range(len(rows)), [f"{row['rank']}  {label(row)}" for row in rows])
    last = max(ranked, 2)
    ticks = [int(t) for t in Axis(0, last, 0, 1).ticks(6) if t >= 1 and t == int(t)]
    axes.set_xticks([1, *(t for t in ticks if t > 1)])
    axes.set_xlim(0.5, last + 0.5)
    axes.set_xlabel("Rank")
    axes.grid(axis="x", color=PALE, lw=0.5)
    axes.spines["left"].set_visible(False)
    return axes


def _line(axes: Axes, y: float, low: int, high: int, colour: str, wide: float, dash: Any) -> None:
    axes.plot([low, high], [y, y], color=colour, lw=wide, ls=dash, solid_capstyle="butt")


def _note(axes: Axes, y: float, words: str) -> None:
    """Write something at the right of a row."""
    axes.annotate(words, (1.02, y), xycoords=("axes fraction", "data"), va="center")


def _keys(figure: PaperFigure, keys: Sequence[Any], rows: Sequence[Row]) -> None:
    """Explain lines and marks below the figure."""
    usual = Line2D([], [], marker="o", linestyle="none", color=BLUE, label="rank")
    handles = [*keys, usual]
    marks = tuple(paper_marks({str(row["key"]) for row in rows}))
    if marks:
        handles.append(marks)
    labels = [*(key.get_label() for key in (*keys, usual)), "rank, tried in the paper"]
    figure.legend(
        handles,
        labels[: len(handles)],
        loc="outside lower center",
        ncols=2,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.6)},
    )


PROFILE_ROW_MM, PROFILE_FRAME_MM = 4.4, 16.0
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
    figure = PaperFigure(width, down * (PROFILE_ROW_MM * (len(rows) + gap) + PROFILE_FRAME_MM))
    with apply_style():
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
    shade_worth(axes, name)
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
