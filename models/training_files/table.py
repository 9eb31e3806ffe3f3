"""Tables of users as columns: CSV, XLSX and Parquet, before anything is made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import UnsupportedParquetError, read_parquet
from maiscreen.candidates.reading.table import (
    Kind,
    Size,
    check_headings,
    plain_name,
    read_file,
    read_sheet,
)

MAX_ROWS = 2_000_000
"""Rows of a file that are read at most; they take about 1 GB."""

FORMULA = ("formula", "composition", "compound", "reduced_formula", "chemical_formula")
"""What a column of formulas may be called; a table has one of these."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns as they stand in a file.

    Attributes
    ----------
    columns : mapping of str to sequence
        Cells, or whatever Parquet holds, shape (n,) each, by the name in the file.
    rows : NDArray[np.int64]
        Number of each row, shape (n,): as a spreadsheet shows it, the header being row 1.
    units : mapping of str to str
        Units in the metadata of a Parquet file, by column.
    doubts : mapping of int to str
        Why a row is not to be used, by its number.
    dot : bool
        See `Notation`.
    field, name : str
        What to call the file in an error: the argument, and the path.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: NDArray[np.int64]
    units: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[int, str] = field(default_factory=dict)
    dot: bool = True
    field: str = "data"
    name: str = ""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def error(self, remedy: str) -> InputError:
        """Make the error that names this file."""
        return InputError(self.field, self.name, remedy)


def read_table(path: Path, field_name: str = "data") -> Table:
    """Read a table with a column of formulas.

    Parameters
    ----------
    path : Path
        CSV, XLSX or Parquet, known by its content, whatever the name.
    field_name : str
        What to call the file in an error.

    Raises
    ------
    InputError
        If there is no such file, it is empty, too large, or unsound.
    """
    content = read_bytes(path, field_name)
    try:
        table = _parquet(content) if content.startswith(b"PAR1") else _table(content)
    except ValueError as error:
        raise InputError(field_name, str(path), str(error)) from None
    if len(table) == 0:
        raise InputError(field_name, str(path), "holds a header and no rows")
    return replace(table, field=field_name, name=str(path))


def read_bytes(path: Path, field_name: str) -> bytes:
    """Read a file that a user names.

    Raises
    ------
    InputError
        If it cannot be read, is empty or too large.
    """
    return read_file(path, field_name, limits.DATA_BYTES)


def _recognise(headings: Sequence[str]) -> int:
    names = {plain_name(heading) for heading in headings}
    return len(headings) if names & {*FORMULA} else 0


_KIND = Kind(_recognise, "column 'formula'", Size(limits.DATA_BYTES, MAX_ROWS))


def _table(content: bytes) -> Table:
    sheet = read_sheet(content, _KIND)
    first = next(iter(sheet.faults), None)
    if first is not None and sheet.delimiter:
        # Not this row alone: where a comma of a number divides cells, others may have too few.
        raise ValueError(f"{sheet.place(first)} {sheet.faults[first]}")
    cells = zip(*(cells for _, cells in sheet.rows), strict=True)
    columns = {name: column for name, column in zip(sheet.headings, cells, strict=False) if name}
    rows = np.array([row for row, _ in sheet.rows], dtype=np.int64)
    return Table(columns, rows, doubts=sheet.doubts, dot=sheet.delimiter == ",")


def _parquet(content: bytes) -> Table:
    try:
        table = read_parquet(content, MAX_ROWS)
        units = {f.name: (f.metadata or {}).get(b"unit", b"").decode() for f in table.schema}
        # Not by name: several columns may have none.
        named = zip(table.column_names, table.columns, strict=True)
        columns = {name: _as_array(column) for name, column in named}
    except InputError:
        raise
    except UnsupportedParquetError as error:
        raise ValueError(f"is a Parquet file that {error}") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is no sound Parquet: {error}; give a part of it") from None
    check_headings(table.column_names)
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return Table(columns, rows, {name: unit for name, unit in units.items() if unit})


def _as_array(column: Any) -> Sequence[Any]:
    """Return numbers as an array, missing ones as NaN; anything else as a list, bytes as text."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64(), safe=False).to_numpy()
        return np.asarray(numbers, dtype=np.float64)  # type: ignore[return-value]
    cells = column.to_pylist()
    # Some programs state no encoding of their texts.
    return [cell.decode(errors="replace") if isinstance(cell, bytes) else cell for cell in cells]
