"""How figures for papers look, and that nothing of it stays behind in Matplotlib's settings."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from io import BytesIO
from math import log10
from pathlib import PurePath
from typing import Any

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from maiscreen.candidates.errors import InputError, harmless
from maiscreen.descriptors.columns import LOGARITHMIC
from maiscreen.screen.figures.page_figures import ENDS, drawn_values, error_bar, heading
from maiscreen.screen.figures.svg import Axis, tick_text
from maiscreen.screen.paper.cells import LABELS, SHAPES
from maiscreen.screen.scoring.score import THRESHOLDS
from maiscreen.screen.text import subscripts

MM_PER_INCH = 25.4

WIDTHS_MM = {"single": 89.0, "double": 183.0}
"""Widths of one column and of two, as most journals have them."""

HEIGHT_MM = 240.0
"""No page is higher."""

LAYOUTS = 3
"""Rounds after which the axes stand still."""

FORMATS = ("pdf", "svg", "png")
"""Formats that are written."""

DATE = {"pdf": "CreationDate", "svg": "Date"}
"""What would make each file different from the last one; it is left out."""

SUBJECT = {"pdf": "Subject", "svg": "Description", "png": "Description"}
"""Where each format keeps what a figure shows, in words."""

BLACK, GREY, PALE = "#000000", "#767676", "#e4e4e4"
BLUE, RED, GREEN, PURPLE, ORANGE = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"
"""Told apart by those who see red and green alike: Okabe & Ito, Color Universal Design (2008)."""

MARKERS = {"square": "s", "triangle": "^", "diamond": "D", "plus": "P", "cross": "X", "down": "v"}
"""Matplotlib's marks of the shapes in the report; all others are circles."""

DASHES: tuple[Any, ...] = (
    (0, (5, 1.5)),
    (0, (1.5, 1.2)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (6, 1.2, 1, 1.2, 1, 1.2)),
)
"""Kinds of lines, to be told apart without colour; those of the paper are whole."""

MOST_LETTERS = 40
"""Of a text from a table; what is longer is cut."""

STYLE: Mapping[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 7,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "figure.titlesize": 8,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "lines.linewidth": 1.0,
    "lines.markersize": 4.5,
    "lines.markeredgewidth": 0.8,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.2,
    "savefig.dpi": 300,
    "figure.dpi": 150,
    # A formula of a table is text, whatever dollar signs and backslashes are in it.
    "text.parse_math": False,
    "text.usetex": False,
    # Fonts whole and text as text, so that an editor can change a word.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "maiscreen",
}
"""Settings of these figures; for all others Matplotlib's own ones hold, not the user's."""


def apply_style() -> AbstractContextManager[None]:
    """Let our settings hold for a while; those of the user come back afterwards."""
    return matplotlib.style.context(["default", dict(STYLE)])


class PaperFigure(Figure):
    """A figure that is drawn and saved in its own style, wherever and whenever that is.

    Parameters
    ----------
    width : str
        ``single`` or ``double`` column.
    height_mm : float
        Height; no more than a page has.

    Attributes
    ----------
    about : str
        What it shows, in words: goes into the file.
    """

    def __init__(self, width: str, height_mm: float) -> None:
        size_mm = WIDTHS_MM[width], min(height_mm, HEIGHT_MM)
        with apply_style():
            super().__init__(figsize=_inches(*size_mm), layout="constrained")
        self.about = ""

    def settle(self) -> None:
        """Lay it out for good: otherwise each drawing would move the axes a little further."""
        engine = self.get_layout_engine()
        with apply_style():
            for _ in range(LAYOUTS):
                if engine is not None:
                    engine.execute(self)
        self.set_layout_engine("none")

    def draw(self, renderer: Any) -> None:
        """Draw it: marks and numbers of the axes are made no sooner than now."""
        with apply_style():
            super().draw(renderer)

    def savefig(self, fname: Any, *, transparent: bool | None = None, **options: Any) -> None:
        """Write it as Matplotlib does, with fonts embedded, and the same bytes every time."""
        name = fname if isinstance(fname, str | PurePath) else ""
        kind = options.get("format") or PurePath(name).suffix[1:].casefold()
        known = {SUBJECT[kind]: self.about} if kind in SUBJECT else {}
        known |= {DATE[kind]: None} if kind in DATE else {}  # type: ignore[dict-item]
        options["metadata"] = known | dict(options.get("metadata") or {}) or None
        with apply_style():
            super().savefig(fname, transparent=transparent, **options)

    def content(self, kind: str) -> bytes:
        """Give the file: ``pdf``, ``svg`` or ``png``."""
        if kind not in FORMATS:
            raise InputError("kind", kind, f"give one of {', '.join(FORMATS)}")
        file = BytesIO()
        self.savefig(file, format=kind)
        return file.getvalue()

    def _repr_svg_(self) -> str:
        """Show it in a notebook."""
        return self.content("svg").decode()


def _inches(*millimetres: float) -> Any:
    return tuple(one / MM_PER_INCH for one in millimetres)


def check_width(width: str) -> str:
    """Take a width.

    Raises
    ------
    InputError
        If it is none.
    """
    if width not in WIDTHS_MM:
        raise InputError("--width", width, f"give one of {', '.join(WIDTHS_MM)}")
    return width


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def text(value: object, most: int = MOST_LETTERS) -> str:
    r"""Write a text of a table: one line, of letters that the font has, counts lowered.

    Examples
    --------
    >>> text("Na15Sn4"), text("$\\frac{1}{0}$\n\x1b"), text("錫Cl4")
    ('Na₁₅Sn₄', '$\\frac{1}{0}$ \\x1b', '?Cl₄')
    """
    one_line = " ".join(harmless(subscripts(str(value))).split())
    cut = one_line if len(one_line) <= most else f"{one_line[: most - 1]}…"
    return "".join(c if ord(c) in _glyphs() else "?" for c in cut)


def mark(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the mark of a candidate: a shape for each cell of the paper, filled if it is ranked."""
    shape = SHAPES.get(str(row.get("key")))
    colour = RED if shape else BLUE
    filled = row.get("rank") is not None
    return {
        "marker": MARKERS[shape] if shape else "o",
        "markerfacecolor": colour if filled else "white",
        "markeredgecolor": colour,
        "color": colour,
    }


def label(row: Mapping[str, Any]) -> str:
    """Name a candidate."""
    return text(LABELS.get(str(row.get("key"))) or row.get("label") or row["formula"])


def paper_marks(keys: Collection[str] = tuple(SHAPES)) -> list[Line2D]:
    """Give the marks of those cells of the paper that are in a figure, for its legend."""
    return [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=MARKERS[shape],
            color=RED,
            label=text(LABELS.get(key, key)),
        )
        for key, shape in SHAPES.items()
        if key in keys
    ]


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


def to_unit(name: str, value: float) -> float:
    """Turn what is drawn of an attribute into its unit: powers of ten where logarithmic."""
    return float(10.0**value) if name in LOGARITHMIC else value


def estimate(row: Row, name: str) -> tuple[float, float, float] | None:
    """Give value and ends of the error bar in the attribute's unit; None where it is not known."""
    value, std = drawn_values(row, name)
    if value is None:
        return None
    low, high = error_bar(name, value, std)
    return float(row[name]), to_unit(name, low), to_unit(name, high)


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
    texts = {to_unit(name, t): tick_text(t, logarithmic) for t in told}
    if logarithmic:
        axes.set(**{f"{which}scale": "log"})
    axes.set(**{f"{which}lim": (to_unit(name, low), to_unit(name, high))})
    axes.set(**{f"{which}label": axis_title(name)})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator([to_unit(name, t) for t in places]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: texts.get(value, "")))


def shade_worth(axes: Axes, name: str) -> None:
    """Shade what is worth nothing (hatched) and all (plain), under the numbers 0 and 1."""
    worst, best = (to_unit(name, end) for end in THRESHOLDS[name])
    left, right = (to_unit(name, end) for end in ENDS[name])
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
