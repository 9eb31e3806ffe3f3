"""Cells of a workbook: text that stays text, headings, heights of rows, drop-down lists."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maiscreen.screen.lab_sheet.columns import Column
from maiscreen.screen.text import printable

MAX_TEXT = 1_900
"""Characters of a cell: `lab import` takes 2,000."""

SPARE_ROWS = 500
"""Rows with drop-down lists."""

FONT, SIZE = "Arial", 9
"""Metrics that Excel and LibreOffice share, and points."""

LINE_HEIGHT = 12.0
"""Of a line of that size, points."""

MOST_LINES = 30
"""Lines of a row, which has 409 points at most; longer texts are read in the cell."""

PER_WIDTH = 1.2
"""Characters of that size for a unit of the width of a column, which counts digits of 11 points;
measured on printed pages, words being broken where they end."""

KNOWN_FILL, ASKED_FILL, WHITE = "FFDDE6EE", "FFFFF2CC", "FFFFFFFF"
"""Behind headings of what is known, behind what is to be filled in, and behind the rest."""

_FILLS = {KNOWN_FILL: "heading", ASKED_FILL: "to fill in", WHITE: ""}


def write_cell(sheet: Any, row: int, column: int, value: object) -> Any:
    """Write a cell, text as text even if it begins like a formula; None for nothing.

    Every line of a text is stripped of what spreadsheets act on.
    """
    if value is None or value == "":
        return None
    text = _plain_lines(value) if isinstance(value, str) else value
    cell = sheet.cell(row, column, text)
    if isinstance(text, str):
        cell.data_type = "s"
        # What begins like a formula stays text when somebody edits the cell.
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell


def _plain_lines(text: str) -> str:
    return "\n".join(filter(None, map(printable, text.split("\n"))))[:MAX_TEXT]


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks.

    Attributes
    ----------
    bold : bool
    fill : str
        Colour behind it, ARGB.
    size : float
        Of its letters, points.
    top : str
        Line above it, beside the thin ones around it: ``none`` for no line at all, ``thin`` or
        ``medium`` for a darker one.
    """

    bold: bool = False
    fill: str = WHITE
    size: float = SIZE
    top: str = ""

    @property
    def name(self) -> str:
        """Name of its style in a workbook."""
        parts = ("bold" if self.bold else "", _FILLS[self.fill], f"{self.size:g} pt", self.top)
        return " ".join(filter(None, ("maiscreen", *parts)))


def style(cell: Any, look: Look) -> None:
    """Give a cell a look; each is registered once in its workbook, which is quick."""
    book = cell.parent.parent
    if look.name not in book.named_styles:
        book.add_named_style(_named_style(look))
    prefix = cell.quotePrefix
    cell.style = look.name
    cell.quotePrefix = prefix


def _named_style(look: Look) -> Any:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    thin = Side(style="thin", color="FFAAAAAA")
    top = Side(style=look.top) if look.top else thin
    return NamedStyle(
        look.name,
        font=Font(name=FONT, size=look.size, bold=look.bold),
        fill=PatternFill() if look.fill == WHITE else PatternFill("solid", fgColor=look.fill),
        border=Border() if look.top == "none" else Border(thin, thin, top, thin),
        alignment=Alignment(wrap_text=True, vertical="top", horizontal="left"),
    )


def lines(value: object, width: float, *, bold: bool = False) -> int:
    """Count the lines of a text in a column of a width.

    Examples
    --------
    >>> lines("severe burns", 14), lines("fatal if inhaled?", 9), lines(None, 9)
    (1, 2, 1)
    """
    room = max(4, int(PER_WIDTH * width * (0.9 if bold else 1)))
    text = value if isinstance(value, str) else ""
    return max(1, sum(len(textwrap.wrap(line, room)) for line in text.split("\n")))


def set_height(sheet: Any, row: int, count: int) -> None:
    """Make a row high enough for some lines, of which `MOST_LINES` are shown at most."""
    sheet.row_dimensions[row].height = LINE_HEIGHT * min(count, MOST_LINES) + 3


def offer_choices(sheet: Any, place: int, column: Column, first_row: int) -> None:
    """Offer a drop-down list; other words may be written: import has the last word."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if not column.choices:
        return
    words = ",".join(dict.fromkeys(column.choices.values()))
    rule = DataValidation(
        type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False
    )
    letter = get_column_letter(place)
    rule.add(f"{letter}{first_row}:{letter}{SPARE_ROWS}")
    sheet.add_data_validation(rule)


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Set the widths of columns from the left."""
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def print_landscape(sheet: Any, header: int, pages_wide: int = 1) -> None:
    """Print on A4 landscape, fitted to the width, with the row of headings on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.print_title_rows = f"{header}:{header}"
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = 0.4
    margins.bottom, margins.footer = 0.55, 0.3
    sheet.oddFooter.right.text = "&A, page &P of &N"
