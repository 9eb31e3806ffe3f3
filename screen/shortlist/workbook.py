"""A shortlist and the template for results as workbooks: values, columns to fill in."""

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.screen.facts.columns import Fact
from maiscreen.screen.lab_sheet.columns import (
    COLUMNS,
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Column,
)
from maiscreen.screen.shortlist.value import Rows
from maiscreen.screen.text import finite_or_none, printable, significant

KNOWN = ("rank", "name", "suggested")
"""Columns that tell, and are not read."""

TITLES = (*KNOWN[:1], *(c.title for c in COLUMNS[:1]), *KNOWN[1:], *(c.title for c in COLUMNS[1:]))
"""Headings of the template."""

SPARE_ROWS = 500
"""Rows with drop-down lists."""

_WIDTHS = {"rank": 6, "name": 26, "suggested": 34, "precursor": 24, "note": 40, "electrolyte": 26}


def template_rows(shortlist: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return a row for each precursor or recipe of a shortlist, with what is known of it."""
    return [_row(row) for row in shortlist]


def _row(row: Mapping[str, object]) -> dict[str, object]:
    blend = row.get("recipe")
    route = row.get("route")
    known = {
        "rank": row.get("rank"),
        "precursor": blend or row.get("formula"),
        "name": row.get("name"),
        "CAS": None if blend and "+" in str(blend) else row.get("cas"),
        "route": "vapour" if blend else route,
        "suggested": _suggested(row),
    }
    return {title: known.get(title) for title in TITLES}


def _suggested(row: Mapping[str, object]) -> object:
    if row.get("recipe"):
        return f"{row['temperature_c']:g} °C for {row['exposure_s']:g} s"
    return _with_time(row)


def _with_time(row: Mapping[str, object]) -> object:
    """State how it meets the sodium, and how long to begin with."""
    process, seconds = row.get("process"), finite_or_none(row.get("suggested_exposure_s"))
    if process is None or seconds is None:
        return process
    ends = ("expected_thickness_um", "expected_thickness_low_um", "expected_thickness_high_um")
    value, low, high = (significant(row.get(name)) for name in ends)
    return f"{process}; {seconds:g} s for about {value} µm ({low}–{high})"


def to_csv_bytes(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write the template as CSV that Excel and LibreOffice open."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(TITLES)
    writer.writerows([_escape_formula(row.get(title)) for title in TITLES] for row in rows)
    return sink.getvalue().encode("utf-8-sig")


def _escape_formula(value: object) -> object:
    """Let no text be taken for a formula."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "'")) else text


def to_xlsx_bytes(rows: Sequence[Mapping[str, object]], about: str) -> bytes:
    """Write the template as a workbook with drop-down lists and a sheet that explains it.

    Parameters
    ----------
    rows : sequence of mapping
        What `template_rows` gave.
    about : str
        Of which campaign it is.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "results"
    _write_line(sheet, 1, TITLES, bold=True)
    for number, row in enumerate(rows, 2):
        _write_line(sheet, number, [row.get(title) for title in TITLES])
    sheet.freeze_panes = "C2"
    _format(sheet)
    notes = book.create_sheet("columns")
    for number, line in enumerate([*_template_notes(about)], 1):
        _write_line(notes, number, line, bold=number == 3)
    for letter, width in zip("ABCDE", (22, 12, 80, 44, 26), strict=True):
        notes.column_dimensions[letter].width = width
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _write_line(sheet: Any, number: int, values: Sequence[object], bold: bool = False) -> None:
    from openpyxl.styles import Alignment, Font

    for column, value in enumerate(values, 1):
        if value is None:
            continue
        cell = sheet.cell(number, column, printable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            # Text, even if it begins like a formula.
            cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _format(sheet: Any) -> None:
    """Set widths, drop-down lists, and text where a spreadsheet would make dates of numbers."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    columns = {column.title: column for column in COLUMNS}
    for index, title in enumerate(TITLES, 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = _WIDTHS.get(title, 14)
        column = columns.get(title)
        if column is None or not column.choices:
            continue
        words = ",".join(dict.fromkeys(column.choices.values()))
        # Others than those of the list may be written: import has the last word.
        rule = DataValidation(
            type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False
        )
        rule.add(f"{letter}2:{letter}{SPARE_ROWS}")
        sheet.add_data_validation(rule)


def _template_notes(about: str) -> list[tuple[str, ...]]:
    return [
        (about,),
        ("Add rows for further cells of the same precursor, each with its own replicate. Columns "
         "may be moved or left out. rank, name and suggested are not read.",),
        ("column", "unit", "what to write", "taken", "example"),
        *reference(),
    ]  # fmt: skip


def reference() -> list[tuple[str, ...]]:
    """Explain each column: heading, unit, what to write, what is taken, an example."""
    return [
        (column.heading, column.unit, column.about, _accepted_values(column), column.example)
        for column in COLUMNS
    ]


def _accepted_values(column: Column) -> str:
    from maiscreen.screen.lab_sheet.cells import units_shown

    if column.units:
        bounds = f"{column.low:g} to {column.high:g} {column.unit}"
        return f"{', '.join(units_shown(column, 9))}; {bounds}"
    if column.kind in ("choice", "flag", "cell"):
        return ", ".join(dict.fromkeys(column.choices.values()))
    if column.choices:
        return f"any text, such as {', '.join(dict.fromkeys(column.choices.values()))}"
    if column.kind == "count":
        return f"{column.low:g} to {column.high:g}"
    return ""


def as_markdown() -> str:
    """Return the reference of the columns as a table for the documentation."""
    lines = ["| column | unit | what to write | taken | example |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
              for line in reference()]  # fmt: skip
    limits = (
        f"At most {MAX_BYTES // 1_000_000} MB, {MAX_ROWS:,} rows, {MAX_COLUMNS} columns, "
        f"{MAX_CELL:,} characters in a cell."
    )
    return "\n".join([*lines, "", limits])


MAX_TEXT = 1_900
"""Characters of a cell: `lab import` takes 2,000."""

LINE_HEIGHT, LINES = 15, 6
"""Points of a line, lines of a row; longer texts are read in the cell."""

_KNOWN_FILL, _ASKED_FILL = "FFDDE6EE", "FFFFF2CC"


def to_xlsx(table: Rows) -> bytes:
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


def columns_to_fill_in(table: Rows) -> list[Column]:
    """Return the columns to fill in: those of `lab import` that the shortlist lacks."""
    told = {"precursor", "cas", "route"}
    own = {one.name for one in table.columns}
    return [one for one in COLUMNS if one.name not in told and one.name not in own]


def _fill(sheet: Any, table: Rows) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    known, empty = table.columns, columns_to_fill_in(table)
    titles = [*(c.title for c in known), *(c.title for c in empty)]
    _header(sheet, titles, len(known))
    for number, row in enumerate(table.rows, 2):
        for place, column in enumerate(known, 1):
            cell = write_cell(sheet, number, place, _value(row.get(column.name), column, table))
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
        cell = write_cell(sheet, 1, place, title)
        colour = _KNOWN_FILL if place <= known else _ASKED_FILL
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=colour)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _lines(title: str, width: float) -> int:
    """Count the lines of a bold title in a column, whose width counts plain characters."""
    return len(textwrap.wrap(title, max(4, int(0.85 * width))))


def _value(value: object, column: Fact, table: Rows) -> object:
    """Return what a cell shows; a blend has no CAS number of its own to be read back."""
    several = table.is_wide and column.name == "cas" and "+" in str(value)
    return None if several else value


def write_cell(sheet: Any, row: int, column: int, value: object) -> Any:
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


def _meanings(table: Rows) -> list[tuple[str, ...]]:
    """Explain every column."""
    known = [(c.title, c.unit, c.about, c.source) for c in table.columns]
    empty = {column.heading: column.title for column in columns_to_fill_in(table)}
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
            cell = write_cell(sheet, number, place, text)
            if cell is not None:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == bold_row)
    for letter, width in zip("ABCD", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
