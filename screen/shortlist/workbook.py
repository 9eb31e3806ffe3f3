"""A shortlist as a workbook: what is known, columns to fill in, their meaning, the provenance."""

import io
import textwrap
from collections.abc import Sequence
from typing import Any

from maiscreen.screen.facts.columns import Known
from maiscreen.screen.lab_sheet.columns import COLUMNS, Column
from maiscreen.screen.shortlist.lab_template import reference
from maiscreen.screen.shortlist.shortlist import Shortlist
from maiscreen.screen.text import printable

MAX_TEXT = 1_900
"""Characters of a cell: `lab import` takes 2,000."""

LINE_HEIGHT, LINES = 15, 6
"""Points of a line, lines of a row; longer texts are read in the cell."""

_KNOWN_FILL, _ASKED_FILL = "FFDDE6EE", "FFFFF2CC"


def to_xlsx(table: Shortlist) -> bytes:
    """Write the workbook.

    Notes
    -----
    Every text is a cell of type ``s``, so that none is a formula, whatever it begins with.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "shortlist"
    _fill(sheet, table)
    _notes(book.create_sheet("columns"), _meanings(table), (30, 16, 70, 44), 1)
    pairs = [("", "Where this shortlist comes from"), *table.provenance]
    _notes(book.create_sheet("provenance"), pairs, (36, 110), 1)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def asked(table: Shortlist) -> list[Column]:
    """Give the columns to fill in: those of `lab import` that the shortlist has not got itself."""
    told = {"precursor", "cas", "route"}
    own = {one.name for one in table.columns}
    return [one for one in COLUMNS if one.name not in told and one.name not in own]


def _fill(sheet: Any, table: Shortlist) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    known, empty = table.columns, asked(table)
    titles = [*(c.title for c in known), *(c.title for c in empty)]
    _header(sheet, titles, len(known))
    for number, row in enumerate(table.rows, 2):
        for place, column in enumerate(known, 1):
            cell = write(sheet, number, place, _value(row.get(column.name), column, table))
            if cell is not None:
                cell.number_format = column.number
                cell.alignment = Alignment(vertical="top", wrap_text=column.width >= 24)
        sheet.row_dimensions[number].height = LINE_HEIGHT * LINES
    widths = [*(c.width for c in known), *(14 for _ in empty)]
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[1].height = LINE_HEIGHT * max(map(_lines, titles, widths))
    # Rank and formula stay in sight.
    sheet.freeze_panes = "C2"
    last = get_column_letter(len(known) + len(empty))
    sheet.auto_filter.ref = f"A1:{last}{len(table) + 1}"
    _choices(sheet, empty, len(known))
    _to_print(sheet)


def _header(sheet: Any, titles: Sequence[str], known: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for place, title in enumerate(titles, 1):
        cell = write(sheet, 1, place, title)
        colour = _KNOWN_FILL if place <= known else _ASKED_FILL
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=colour)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _lines(title: str, width: float) -> int:
    """Count the lines of a bold title in a column, whose width counts plain characters."""
    return len(textwrap.wrap(title, max(4, int(0.85 * width))))


def _value(value: object, column: Known, table: Shortlist) -> object:
    """Give what a cell shows; a blend has no CAS number of its own to be read back."""
    several = table.is_wide and column.name == "cas" and "+" in str(value)
    return None if several else value


def write(sheet: Any, row: int, column: int, value: object) -> Any:
    """Write a cell, text as text even if it begins like a formula; None for nothing."""
    if value is None or value == "":
        return None
    text = printable(value)[:MAX_TEXT] if isinstance(value, str) else value
    cell = sheet.cell(row, column, text)
    if isinstance(text, str):
        cell.data_type = "s"
        # What begins like a formula stays text when somebody edits the cell.
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    return cell


def _choices(sheet: Any, empty: Sequence[Column], known: int) -> None:
    """Offer drop-down lists; other words may be written: import has the last word."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(empty, known + 1):
        if column.choices:
            words = ",".join(dict.fromkeys(column.choices.values()))
            rule = DataValidation(
                type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False
            )
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}500")
            sheet.add_data_validation(rule)


def _to_print(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"


def _meanings(table: Shortlist) -> list[tuple[str, ...]]:
    """Explain every column."""
    known = [(c.title, c.unit, c.about, c.source) for c in table.columns]
    empty = {column.heading: column.title for column in asked(table)}
    to_fill = [
        (empty[heading], unit, f"to fill in: {about}", f"for example {example}" if example else "")
        for heading, unit, about, _, example in reference()
        if heading in empty
    ]
    return [("column", "unit", "meaning", "source"), *known, *to_fill]


def _notes(
    sheet: Any, lines: Sequence[Sequence[str]], widths: Sequence[int], bold_row: int
) -> None:
    from openpyxl.styles import Alignment, Font

    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            cell = write(sheet, number, place, text)
            if cell is not None:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == bold_row)
    for letter, width in zip("ABCD", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
