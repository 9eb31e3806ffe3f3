"""A shortlist as a workbook: the bench sheet, all columns, what to fill in, where it comes from."""

import io
from collections.abc import Sequence
from typing import Any

from maiscreen.screen.shortlist import all_columns, bench_sheet
from maiscreen.screen.shortlist.spreadsheet import (
    Look,
    lines,
    print_landscape,
    set_height,
    set_widths,
    style,
    write_cell,
)
from maiscreen.screen.shortlist.value import Rows
from maiscreen.screen.shortlist.workbook import reference

TO_FILL_IN, PROVENANCE = "To fill in", "Provenance"
"""Names of the sheets behind the bench sheet and all columns."""


def to_xlsx(table: Rows) -> bytes:
    """Write the workbook.

    Notes
    -----
    Every text is a cell of type ``s``, so that none is a formula, whatever it begins with.
    """
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    first.title = bench_sheet.TITLE
    bench_sheet.write_bench_sheet(first, table)
    all_columns.write_all_columns(book.create_sheet(all_columns.TITLE), table)
    _notes(book.create_sheet(TO_FILL_IN), _to_fill_in(table), (26, 12, 60, 60, 24))
    pairs = [("", "Where this shortlist comes from"), *table.provenance]
    _notes(book.create_sheet(PROVENANCE), pairs, (36, 110))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _to_fill_in(table: Rows) -> list[tuple[str, ...]]:
    """Explain the columns to fill in."""
    titles = {column.heading: column.title for column in bench_sheet.columns_to_fill_in(table)}
    explained = [(titles[heading], *rest) for heading, *rest in reference() if heading in titles]
    return [("column", "unit", "what to write", "taken", "example"), *explained]


def _notes(sheet: Any, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    """Write texts in columns, the first row in bold."""
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = write_cell(sheet, number, place, text)
            if cell is not None:
                style(cell, Look(bold=number == 1))
        most = max(lines(text, width) for text, width in zip(row, widths, strict=True))
        set_height(sheet, number, most)
    set_widths(sheet, widths)
    print_landscape(sheet, 1)
    sheet.freeze_panes = "A2"
