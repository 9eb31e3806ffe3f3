"""Cells of tables, and the grids that they stand in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

Cell = str | int | float | date | None
"""Text as written; numbers and dates where a spreadsheet says that they are."""

Record = tuple[int, int, Sequence[Cell]]
"""Row as a spreadsheet counts, the line of the file that it begins on, and its cells."""

NO_VALUE = "#FORMULA!"
"""Stands for a formula of a workbook that was saved without its value."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One way in which a file could be meant: a delimiter of a CSV, or a sheet of a workbook.

    Attributes
    ----------
    where : str
        Encoding and delimiter, or the name of the sheet.
    records : callable
        Reads the rows from the first. Raises ValueError where they stop to make sense.
    delimiter : str
        Of a CSV; empty for a sheet.
    remarks : mapping of int to str
        What a row looks like in the sheet that its cells don't tell: hidden, struck through.
    hidden : tuple of (int, int)
        First and last of columns that a sheet hides, from 1.
    faults : mapping of int to str
        Rows that a workbook shows otherwise than they are stored, and how.
    """

    where: str
    records: Callable[[], Iterator[Record]]
    delimiter: str = ""
    remarks: Mapping[int, str] = field(default_factory=dict)
    hidden: tuple[tuple[int, int], ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def raw_text(cell: Cell) -> str:
    """Return a cell as text that reads back as the same, whatever stands beside it.

    A spreadsheet's own number gets a fourth decimal where three could be taken for thousands.

    Examples
    --------
    >>> raw_text(1.234), raw_text(12), raw_text(0.5), raw_text(None), raw_text(date(2026, 3, 24))
    ('1.2340', '12', '0.5', '', '2026-03-24')
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return f"{text}0" if len(text.partition(".")[2]) == 3 and "e" not in text else text
    return str(cell)
