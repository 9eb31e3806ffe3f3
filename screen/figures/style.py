"""The style of figures for papers; nothing of it stays behind in Matplotlib's settings."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from io import BytesIO
from pathlib import PurePath
from typing import Any

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from maiscreen.candidates.errors import InputError

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
        """Return the file: ``pdf``, ``svg`` or ``png``."""
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


def drawable(words: str) -> str:
    r"""Keep the letters that the font has; the others become question marks.

    Examples
    --------
    >>> drawable("錫Cl₄\n雪")
    '?Cl₄\n?'
    """
    return "".join(c if c == "\n" or ord(c) in _glyphs() else "?" for c in words)
