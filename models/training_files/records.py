"""Tables as JSON: records, columns, or headings and rows, as pandas and databases write them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.table import check_headings
from maiscreen.models.training_files.table import MAX_ROWS, Table, columns_of_records

FORMS = (
    'give a list of records, [{"formula": "NaSn", …}, …], a dictionary of columns, or '
    '"columns" and "data"'
)
"""What a JSON file may hold."""


def is_json(content: bytes) -> bool:
    """Return whether a file is JSON and no CSV: it begins with a bracket.

    Examples
    --------
    >>> is_json(b' [{"formula"'), is_json(b"formula,value"), is_json(b"[x],value")
    (True, False, False)
    """
    start = content.removeprefix(b"\xef\xbb\xbf")[:4096].split()
    head = b"".join(start)[:2]
    return head in (b"[{", b'{"', b"{}", b"[]")


def read_records(content: bytes) -> Table:
    """Read a table of a JSON file; its rows are counted from 1.

    Raises
    ------
    ValueError
        If it is no sound JSON, too large, or holds no table.
    """
    try:
        whole = limits.parse_json(content, lenient=True)
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None
    except ValueError as error:
        raise ValueError(f"is no sound JSON: {error}") from None
    columns = _columns(whole)
    names = [str(name) for name in columns]
    check_headings(names)
    if len(names) > limits.COLUMNS:
        raise ValueError(f"has more than {limits.COLUMNS:,} columns; give a part of it")
    lengths = {len(cells) for cells in columns.values()}
    if len(lengths) > 1:
        raise ValueError("has columns of different lengths")
    count = next(iter(lengths), 0)
    if count > MAX_ROWS:
        raise ValueError(f"has more than {MAX_ROWS:,} rows; split it")
    return Table(columns, np.arange(1, count + 1, dtype=np.int64))


def _columns(whole: Any) -> Mapping[str, Sequence[Any]]:
    if isinstance(whole, list):
        return _of_records(whole)
    if not isinstance(whole, dict):
        raise ValueError(f"is JSON without a table; {FORMS}")
    if {"columns", "data"} <= whole.keys():
        return _of_rows(whole["columns"], whole["data"])
    for key in ("data", "results", "records", "rows"):
        if isinstance(whole.get(key), list) and _are_records(whole[key]):
            return _of_records(whole[key])
    return _of_columns(whole)


def _are_records(rows: Sequence[Any]) -> bool:
    return bool(rows) and all(isinstance(row, dict) for row in rows)


def _of_records(rows: list[Any]) -> Mapping[str, Sequence[Any]]:
    if not _are_records(rows):
        raise ValueError(f"is JSON without a table; {FORMS}")
    names = {name for row in rows for name in row}
    if len(names) * len(rows) > limits.CELLS:
        raise ValueError(f"has more than {limits.CELLS:,} cells; give a part of it")
    return columns_of_records(rows)


def _of_rows(names: Any, rows: Any) -> Mapping[str, Sequence[Any]]:
    """Take headings and rows, as pandas writes them with orient="split"."""
    sound = isinstance(names, list) and isinstance(rows, list)
    if not sound or not all(isinstance(r, list) and len(r) == len(names) for r in rows):
        raise ValueError("has rows of other lengths than its columns")
    check_headings([str(name) for name in names])
    return {str(name): [row[k] for row in rows] for k, name in enumerate(names)}


def _of_columns(whole: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
    """Take columns as lists, or by the number of the row, as pandas writes them by default."""
    columns: dict[str, Sequence[Any]] = {}
    keys: list[list[str]] = []
    for name, cells in whole.items():
        if isinstance(cells, dict):
            keys.append(list(cells))
            cells = list(cells.values())
        if not isinstance(cells, list):
            raise ValueError(f"is JSON without a table; {FORMS}")
        columns[name] = cells
    if any(one != keys[0] for one in keys):
        raise ValueError("has columns of different rows")
    return columns
