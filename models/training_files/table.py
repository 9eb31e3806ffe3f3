"""Tables of users: CSV and Parquet, read as they are, before anything is made of them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import read_parquet

MAX_ROWS = 2_000_000
"""Rows of a file that are read at most; they take about 1 GB."""

_DECIMAL_COMMA = re.compile(r"-?\d+,\d+([eE][+-]?\d+)?")

_MANY = "give a part of it"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns as they stand in a file.

    Attributes
    ----------
    columns : mapping of str to sequence
        Texts (CSV) or whatever Parquet holds, shape (n,) each, by the name in the file.
    rows : NDArray[np.int64]
        Number of each row, shape (n,): as a spreadsheet shows it, the header being row 1.
    units : mapping of str to str
        Units in the metadata of a Parquet file, by column.
    field, name : str
        What to call the file in an error: the argument, and the path.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: NDArray[np.int64]
    units: Mapping[str, str] = field(default_factory=dict)
    field: str = "data"
    name: str = ""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def error(self, remedy: str) -> InputError:
        """Make the error that names this file."""
        return InputError(self.field, self.name, remedy)


def read_table(path: Path, field_name: str = "data") -> Table:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : Path
        Parquet is known by its content, whatever the name.
    field_name : str
        What to call the file in an error.

    Raises
    ------
    InputError
        If there is no such file, it is empty, too large, or neither CSV in UTF-8 nor Parquet.
    """
    content = read_bytes(path, field_name)
    try:
        table = _parquet(content) if content.startswith(b"PAR1") else _csv(content)
    except InputError as error:
        raise InputError(field_name, str(path), error.remedy) from None
    if len(table) == 0:
        raise InputError(field_name, str(path), "holds a header and no rows")
    return Table(table.columns, table.rows, table.units, field_name, str(path))


def read_bytes(path: Path, field_name: str) -> bytes:
    """Read a file that a user names.

    Raises
    ------
    InputError
        If it cannot be read, is empty or too large.
    """
    try:
        if not path.is_file():
            missing = "is a folder" if path.is_dir() else "is no file"
            raise InputError(field_name, str(path), f"{missing}; give a CSV or Parquet file")
        if path.stat().st_size > limits.DATA_BYTES:
            raise InputError(field_name, str(path), f"is larger than 1 GiB; {_MANY}")
        content = limits.read_bytes(path, limits.DATA_BYTES)
    except OSError as error:
        raise InputError(field_name, str(path), f"cannot be read: {error.strerror}") from None
    if not content.strip():
        raise InputError(field_name, str(path), "is empty; give formulas and values")
    return content


def _error(remedy: str) -> InputError:
    """Make an error whose file is named later."""
    return InputError("data", "", remedy)


def _csv(content: bytes) -> Table:
    text = _decode(content)
    first = text.partition("\n")[0]
    delimiter = _delimiter(first)
    if first.count(delimiter) > limits.COLUMNS:
        raise _error(f"has more than {limits.COLUMNS:,} columns; {_MANY}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader)]
        _check_header(header)
        numbers, lines = _lines(reader, len(header))
    except (csv.Error, StopIteration) as error:
        raise _error(f"is no sound CSV: {error or 'it has no header'}") from None
    if delimiter == ";":
        _check_commas(lines)
    columns = dict(zip(header, zip(*lines, strict=True), strict=True)) if lines else {}
    return Table(columns, np.array(numbers, dtype=np.int64))


def _decode(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _error("is a workbook; save the sheet as CSV (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _error("is no text in UTF-8; save it as CSV (UTF-8)") from None
    if "\0" in text:
        raise _error("holds null characters; save it as CSV (UTF-8)")
    return text


def _delimiter(header: str) -> str:
    """Choose comma, semicolon or tab, whichever divides the header most often."""
    return max(",;\t", key=header.count)


def _check_header(header: Sequence[str]) -> None:
    twice = next((name for name, count in Counter(header).items() if name and count > 1), None)
    if twice is not None:
        raise _error(f"has two columns named {twice!r}; name each differently")


def _lines(reader: Any, width: int) -> tuple[list[int], list[list[str]]]:
    """Read the lines and number them as a spreadsheet does; blank ones are passed over."""
    numbers: list[int] = []
    lines: list[list[str]] = []
    for number, line in enumerate(reader, start=2):
        if not any(line):
            continue
        if len(line) > width:
            remedy = "commas within numbers must go, and texts with commas be quoted"
            raise _error(f"row {number} has {len(line)} cells, the header {width}; {remedy}")
        if len(lines) >= MAX_ROWS or len(lines) * width >= limits.CELLS:
            most = min(MAX_ROWS, limits.CELLS // width)
            raise _error(f"has more than {most:,} rows; {_MANY}")
        numbers.append(number)
        lines.append([*line, *[""] * (width - len(line))])
    return numbers, lines


def _check_commas(lines: Sequence[Sequence[str]]) -> None:
    comma = next((c for line in lines for c in line if _DECIMAL_COMMA.fullmatch(c.strip())), None)
    if comma is not None:
        remedy = "save it with commas between columns and points in numbers"
        raise _error(f"has semicolons between columns and decimal commas ({comma}); {remedy}")


def _parquet(content: bytes) -> Table:
    try:
        table = read_parquet(content, MAX_ROWS)
        _check_header(table.column_names)
        units = {f.name: (f.metadata or {}).get(b"unit", b"").decode() for f in table.schema}
        columns = {name: _as_array(table[name]) for name in table.column_names}
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        raise _error(f"is no sound Parquet: {error}; {_MANY}") from None
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return Table(columns, rows, {name: unit for name, unit in units.items() if unit})


def _as_array(column: Any) -> Sequence[Any]:
    """Return numbers as an array, missing ones as NaN; anything else as a list."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64(), safe=False).to_numpy()
        return np.asarray(numbers, dtype=np.float64)  # type: ignore[return-value]
    return list(column.to_pylist())
