"""All that is known of a shortlist, in a sheet: a row for each column, with unit and source."""

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.columns import Fact, expected
from maiscreen.screen.shortlist.spreadsheet import (
    KNOWN_FILL,
    Look,
    lines,
    print_landscape,
    set_height,
    set_widths,
    style,
    write_cell,
)
from maiscreen.screen.shortlist.value import Rows
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, object]

TITLE = "All columns"

ON_A_PAGE = 10
"""Precursors beside each other on a printed page."""

_BEFORE, _EACH, _AFTER = (24.0, 9.0), 24.0, (36.0, 30.0)
"""Widths of heading and unit, of a precursor, of meaning and source."""

FACTOR = 2.0
"""Error from which on one digit is all that a number tells [judgement]."""

_STD = {
    "reduction_potential_v": "reduction_potential_std_v",
    "temperature_like_sncl4_c": "temperature_like_sncl4_std_c",
    "vapour_pressure_25_pa": "vapour_pressure_std_log10",
    "vapour_pressure_60_pa": "vapour_pressure_std_log10",
    "jar_pressure_pa": "jar_pressure_std_log10",
    "jar_fill_mg": "jar_pressure_std_log10",
    "jar_fill_ml": "jar_pressure_std_log10",
    "layer_takes_mg": "layer_takes_std_mg",
    "density_g_cm3": "density_std_g_cm3",
    **dict(map(expected, ATTRIBUTES)),
}
"""Column of a value → column of its standard deviation."""


def write_all_columns(sheet: Any, table: Rows) -> None:
    """Write the sheet, precursors side by side in their order."""
    rows = table.rows
    name = "recipe" if table.is_wide else "formula"
    headings = ["column", "unit", *(str(row[name]) for row in rows), "meaning", "source"]
    widths = [*_BEFORE, *[_EACH] * len(rows), *_AFTER]
    for place, heading in enumerate(headings, 1):
        style(write_cell(sheet, 1, place, heading), Look(bold=True, fill=KNOWN_FILL))
    for number, column in enumerate(table.columns, 2):
        _line(sheet, number, column, rows, widths)
    set_widths(sheet, widths)
    print_landscape(sheet, 1, -(-len(rows) // ON_A_PAGE) or 1)
    sheet.print_title_cols = "A:B"
    sheet.freeze_panes = "C2"


def _line(sheet: Any, number: int, column: Fact, rows: Sequence[Row], widths: list[float]) -> None:
    values = [column.heading, column.unit, *(row.get(column.name) for row in rows), column.about,
              column.source]  # fmt: skip
    for place, value in enumerate(values, 1):
        cell = write_cell(sheet, number, place, value) or sheet.cell(number, place)
        style(cell, Look(bold=place == 1))
        if isinstance(value, float):
            cell.number_format = number_format(column, rows[place - 3])
    most = max(lines(value, width) for value, width in zip(values, widths, strict=True))
    set_height(sheet, number, most)


def number_format(column: Fact, row: Row) -> str:
    """Return the format that shows as many digits of a number as its error leaves.

    The last place is that of the first digit of the standard deviation, of its second where the
    first is a 1; of an error in decades, two digits stay, or one from a factor of `FACTOR` on. What
    has no error of its own keeps the format of its column.

    Examples
    --------
    >>> takes = Fact("layer_takes_mg", "takes", "mg", "", "", "0.00")
    >>> number_format(takes, {"layer_takes_mg": 1.148, "layer_takes_std_mg": 0.31})
    '0.0'
    >>> number_format(takes, {"layer_takes_mg": 1.148, "layer_takes_std_mg": 0.13})
    '0.00'
    """
    name = _STD.get(column.name, "")
    value, std = finite_or_none(row.get(column.name)), finite_or_none(row.get(name))
    if not value or not std or std < 0:
        return column.number
    if not name.endswith("log10"):
        place = floor(log10(std))
        return _decimals((std < 2 * 10.0**place) - place)
    digits = 2 if 10**std < FACTOR else 1
    if "E" in column.number:
        return "0.0E+00" if digits == 2 else "0E+00"
    return _decimals(digits - 1 - floor(log10(abs(value))))


def _decimals(count: int) -> str:
    return "0" if count <= 0 else f"0.{'0' * count}"
