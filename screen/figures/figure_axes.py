"""What figures of different kinds share: new figures, axes of attributes, marks in rows."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from maiscreen.descriptors.columns import LOGARITHMIC
from maiscreen.screen.figures.page_figures import ENDS, drawn, error_bar, heading
from maiscreen.screen.figures.style import GREY, PALE, mark
from maiscreen.screen.figures.svg import Axis, tick_text
from maiscreen.screen.scoring.score import THRESHOLDS

Row = Mapping[str, Any]


def axis_title(name: str) -> str:
    """Name an attribute with its unit.

    Examples
    --------
    >>> axis_title("ionic_conductivity"), axis_title("electrolyte_permeability")
    ('Conductivity (mS/cm)', 'Permeability (fraction)')
    """
    quantity, _, unit = heading(name).partition(" / ")
    return f"{quantity} ({unit})".replace("'", "’")


def plain(name: str, value: float) -> float:
    """Turn what is drawn of an attribute into its unit: powers of ten where logarithmic."""
    return float(10.0**value) if name in LOGARITHMIC else value


def estimate(row: Row, name: str) -> tuple[float, float, float] | None:
    """Give value and ends of the error bar in the attribute's unit; None where it is not known."""
    value, std = drawn(row, name)
    if value is None:
        return None
    low, high = error_bar(name, value, std)
    return float(row[name]), plain(name, low), plain(name, high)


def number_axis(axes: Axes, which: str, name: str, values: Sequence[float], few: bool) -> None:
    """Let an axis span an attribute as in the report, and all of the values.

    Numbers are plain text; on a logarithmic axis where ``few`` fit, every fourth power of ten
    has one, otherwise every second.
    """
    low, high = ENDS[name]
    logarithmic = name in LOGARITHMIC
    inside = [log10(value) if logarithmic else value for value in values]
    low, high = min(low, *inside, low), max(high, *inside, high)
    step = 2 if logarithmic else 0
    ticks = [*range(-20, 20, step)] if step else Axis(low, high, 0, 1).ticks(4)
    places = [float(t) for t in ticks if low <= t <= high]
    told = [t for t in places if not (few and logarithmic and t % 4)]
    texts = {plain(name, t): tick_text(t, logarithmic) for t in told}
    if logarithmic:
        axes.set(**{f"{which}scale": "log"})
    axes.set(**{f"{which}lim": (plain(name, low), plain(name, high))})
    axes.set(**{f"{which}label": axis_title(name)})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator([plain(name, t) for t in places]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: texts.get(value, "")))


def worth(axes: Axes, name: str) -> None:
    """Shade what is worth nothing (hatched) and all (plain), under the numbers 0 and 1."""
    worst, best = (plain(name, end) for end in THRESHOLDS[name])
    left, right = (plain(name, end) for end in ENDS[name])
    rising = best > worst
    axes.axvspan(best, right if rising else left, color=PALE, lw=0, zorder=0, gid="worth-1")
    axes.axvspan(
        worst,
        left if rising else right,
        facecolor="none",
        edgecolor=PALE,
        hatch="////",
        lw=0,
        zorder=0,
        gid="worth-0",
    )
    for place, number in ((worst, "0"), (best, "1")):
        axes.axvline(place, color=GREY, lw=0.6, ls=":", zorder=1)
        axes.annotate(
            number,
            (place, 1),
            (0, 1.5),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=GREY,
        )


def point(axes: Axes, row: Row, known: tuple[float, float, float], y: float) -> None:
    """Set the mark of a candidate in its row, with its error bar."""
    value, low, high = known
    look = mark(row)
    drawn_there = axes.errorbar(
        [value],
        [y],
        xerr=[[max(value - low, 0.0)], [max(high - value, 0.0)]],
        ecolor=look["color"],
        elinewidth=0.7,
        capsize=1.6,
        capthick=0.7,
        label=str(row["key"]),
        zorder=3,
        linestyle="none",
        **look,
    )
    # A mark at the end of an axis is seen whole.
    drawn_there.lines[0].set_clip_on(False)


def arrow_where_cut(axes: Axes, low: float, high: float, y: float, colour: str) -> None:
    """Tell by a small arrow that an error bar goes on beyond the axis."""
    left, right = axes.get_xlim()
    for end, place, marker in ((low < left, left, 8), (high > right, right, 9)):
        if end:
            # 8 and 9 are Matplotlib's carets whose base is at the point: they stay inside.
            axes.plot(
                [place], [y], marker=marker, color=colour, ms=3.2, mew=0, clip_on=False, zorder=4
            )


def rows_axis(axes: Axes, places: Sequence[float], names: Sequence[str]) -> None:
    """Write a name for each row at the left, the first on top."""
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(places, default=0) + 0.6, min(places, default=0) - 0.6)
