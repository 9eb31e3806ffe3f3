"""The template for results as CSV or workbook, and what its columns take."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.screen.lab_sheet.columns import (
    COLUMNS,
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Column,
)
from maiscreen.screen.shortlist.spreadsheet import offer_choices, write_cell
from maiscreen.screen.text import finite_or_none, printable, significant

KNOWN = ("rank", "name", "suggested")
"""Columns that tell, and are not read."""

TITLES = (*KNOWN[:1], *(c.title for c in COLUMNS[:1]), *KNOWN[1:], *(c.title for c in COLUMNS[1:]))
"""Headings of the template."""

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
        cell = write_cell(sheet, number, column, value)
        if bold and cell is not None:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _format(sheet: Any) -> None:
    """Set widths and drop-down lists."""
    from openpyxl.utils import get_column_letter

    columns = {column.title: column for column in COLUMNS}
    for index, title in enumerate(TITLES, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(title, 14)
        if title in columns:
            offer_choices(sheet, index, columns[title], 2)


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
