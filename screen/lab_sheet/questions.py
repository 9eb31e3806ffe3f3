"""Columns that nobody reads, and that may hold results: the import stops, and asks.

A column that is not read may hold a result if it holds a number in a row that lacks that result:
cycles, where its heading states no unit, or speaks of cycles or of the end of a cell; impedance or
thickness, where heading or cell states a unit of theirs, or ohms.
"""

from collections.abc import Sequence
from datetime import date

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import Cell, is_blank, raw_text
from maiscreen.candidates.reading.numbers import RUNNING, split_number
from maiscreen.screen.lab_sheet.cells import CYCLES, is_empty
from maiscreen.screen.lab_sheet.columns import BY_NAME, GIVEN, Column, unit_key
from maiscreen.screen.lab_sheet.header import Header, stated_unit, ways_to_say
from maiscreen.screen.lab_sheet.wording import is_about_life

ASKED = ("cycles", "impedance_ohm_cm2", "thickness_nm")
"""Results that are numbers."""

_NEAR_UNITS = {"impedance_ohm_cm2": ("ohm", "kohm", "mohm")}

Rows = Sequence[tuple[int, Sequence[Cell]]]


def ask_about_unread(header: Header, rows: Rows) -> None:
    """Stop where a column that is not read may hold a result.

    Parameters
    ----------
    header : Header
    rows : sequence of (int, sequence of Cell)
        Those of its table.

    Raises
    ------
    InputError
        Names the column, a number of it, and how to say what it is.
    """
    for index, heading in header.unread.items():
        for number, cells in rows:
            cell = _cell(cells, index)
            if not is_written_number(cell) or not _is_filled_in(header, cells):
                continue
            column = next(
                (c for c in map(BY_NAME.__getitem__, ASKED)
                 if _lacks(header, cells, c) and _may_be(heading, cell, c)), None
            )  # fmt: skip
            if column is not None:
                remedy = (
                    f"is not read, and holds {raw_text(cell).strip()[:20]!r} in row {number}, "
                    f"which has no {column.heading}; {ways_to_say(heading, column)}"
                )
                raise InputError("column", heading, remedy)


def is_written_number(cell: Cell) -> bool:
    """Return whether a cell holds a number, with whatever stands around it.

    Examples
    --------
    >>> [is_written_number(c) for c in (650, "> 650", "650 (läuft noch)", "12 µm", "SnCl4", "")]
    [True, True, True, True, False, False]
    """
    if isinstance(cell, int | float):
        return True
    if is_blank(cell) or isinstance(cell, date):
        return False
    text = raw_text(cell)[:100]
    try:
        split_number(text)
    except InputError:
        # Marked, as in 650*, or a word for a cell that runs.
        return text.strip().rstrip("*†‡§#").isdecimal() or text.strip().casefold() in RUNNING
    return True


def _cell(cells: Sequence[Cell], index: int) -> Cell:
    """Return a cell of a row; of one that ends before it, an empty one."""
    return cells[index] if index < len(cells) else None


def _is_filled_in(header: Header, cells: Sequence[Cell]) -> bool:
    """Return whether somebody filled in a row; of our own sheets, more than they came with."""
    filled = {p.column.name for p in header.places if not is_empty(p.column, _cell(cells, p.index))}
    return bool(filled - {*GIVEN}) if header.ours else bool(filled)


def _lacks(header: Header, cells: Sequence[Cell], column: Column) -> bool:
    place = next((one for one in header.places if one.column is column), None)
    return place is None or is_empty(column, _cell(cells, place.index))


def _may_be(heading: str, cell: Cell, column: Column) -> bool:
    units = {stated_unit(heading), _unit_of(cell)} - {"", *CYCLES}
    if column.name == "cycles":
        return is_about_life(heading) or not units
    return any(unit in column.units or unit in _NEAR_UNITS.get(column.name, ()) for unit in units)


def _unit_of(cell: Cell) -> str:
    try:
        return unit_key(split_number(cell).unit) if isinstance(cell, str) else ""
    except InputError:
        return ""
