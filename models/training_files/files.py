"""Files of tables: CSV, XLSX, Parquet and JSON, told by what they hold."""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

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
from maiscreen.models.learning.formulas import NAMES
from maiscreen.models.training_files.records import is_json, read_records
from maiscreen.models.training_files.table import MAX_ROWS, Table, columns_of_arrow


def read_table(path: Path, field_name: str = "data", known: Collection[str] = ()) -> Table:
    """Read a table with a column of formulas.

    Parameters
    ----------
    path : Path
        CSV, XLSX, Parquet or JSON, perhaps packed by gzip; known by its content, whatever the name.
    field_name : str
        What to call the file in an error.
    known : collection of str
        Headings that the user names, by which the row of headings is found as well.

    Raises
    ------
    InputError
        If there is no such file, it is empty, too large, or unsound.
    """
    content = read_bytes(path, field_name)
    try:
        table = _read(_unpacked(content), known)
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


def _read(content: bytes, known: Collection[str]) -> Table:
    if content.startswith(b"PAR1"):
        return _parquet(content)
    return read_records(content) if is_json(content) else _table(content, known)


_GZIP = b"\x1f\x8b"


def _unpacked(content: bytes) -> bytes:
    """Unpack what gzip packed, up to the limit of a file."""
    if not content.startswith(_GZIP):
        return content
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(content, limits.DATA_BYTES)
    except zlib.error:
        raise ValueError("is packed by gzip, and damaged") from None
    if not unpack.eof:
        whole = not unpack.unconsumed_tail
        why = "cut off" if whole else f"unpacks to more than {limits.DATA_BYTES >> 20:,} MiB"
        raise ValueError(f"is packed by gzip, and {why}")
    if unpack.unused_data.startswith(_GZIP):
        raise ValueError("holds several files packed by gzip; give one")
    if not plain.strip():
        raise ValueError("is empty")
    return plain


SIZE = Size(limits.DATA_BYTES, MAX_ROWS)
"""What a table may have at most."""


def _kind(known: Collection[str]) -> Kind:
    def recognise(headings: Sequence[str]) -> int:
        names = {plain_name(heading) for heading in headings}
        return len(headings) if names & {*NAMES, *map(plain_name, known)} else 0

    wanted = repr(next(iter(known), NAMES[0]))
    return Kind(recognise, f"column {wanted}", SIZE)


def _table(content: bytes, known: Collection[str]) -> Table:
    sheet = read_sheet(content, _kind(known))
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
        columns, units = columns_of_arrow(table)
    except InputError:
        raise
    except UnsupportedParquetError as error:
        raise ValueError(f"is a Parquet file that {error}") from None
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is no sound Parquet: {error}; give a part of it") from None
    check_headings(table.column_names)
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return Table(columns, rows, units)
