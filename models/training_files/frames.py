"""Tables that are in memory: of pandas, polars and Arrow, dictionaries, records, arrays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import check_headings
from maiscreen.models.learning.formulas import NAMES, formula_texts
from maiscreen.models.training_files.table import (
    MAX_ROWS,
    Table,
    columns_of_arrow,
    columns_of_records,
)

TAKEN = (
    "give the path of a file, a DataFrame (pandas or polars), an Arrow table, a dictionary of "
    "columns, a list of records, or (formulas, values)"
)
"""What data may be."""


def table_of(data: Any, field: str = "data") -> Table:
    """Make a table of what is in memory; its rows are counted from 0.

    Parameters
    ----------
    data : DataFrame, Arrow table, mapping, sequence of mappings, or pair of sequences
        A pair is formulas and values, shape (n,) each; with a third one, their uncertainties.
    field : str
        What to call it in an error.

    Raises
    ------
    InputError
        If it is anything else, has no rows, or columns of different lengths.

    Examples
    --------
    >>> table_of({"formula": ["NaSn"], "value": [3]}).columns["value"].tolist()
    [3.0]
    """
    columns, units = _columns(data, field)
    names = [str(name) for name in columns]
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        counts = ", ".join(f"{name}: {len(column)}" for name, column in columns.items())
        raise InputError(field, _describe(data), f"has columns of different lengths ({counts})")
    count = next(iter(lengths), 0)
    if not 0 < count <= MAX_ROWS:
        remedy = "has no rows" if not count else f"has more than {MAX_ROWS:,} rows; give a part"
        raise InputError(field, _describe(data), remedy)
    _check_names(names, data, field)
    cells = {name: _cells(c) for name, c in zip(names, columns.values(), strict=True) if name}
    rows = np.arange(count, dtype=np.int64)
    return Table(cells, rows, units, field=field, name=str(_describe(data)))


def _columns(data: Any, field: str) -> tuple[Mapping[Any, Any], Mapping[str, str]]:
    """Return the columns by name, and the units that metadata state."""
    if isinstance(data, Mapping):
        return {name: _column(one, name, field) for name, one in data.items()}, {}
    if hasattr(data, "iloc") and hasattr(data, "columns"):  # pandas
        _check_names(data.columns, data, field)
        return {name: data.iloc[:, k] for k, name in enumerate(data.columns)}, {}
    if hasattr(data, "column_names") or hasattr(data, "__arrow_c_stream__"):
        return _of_arrow(data, field)
    if isinstance(data, tuple) and len(data) in (2, 3):
        named = zip((NAMES[0], "value", "uncertainty"), data, strict=False)
        return {name: _column(one, name, field) for name, one in named}, {}
    if isinstance(data, Sequence) and data and all(isinstance(one, Mapping) for one in data):
        return columns_of_records(data), {}
    raise InputError(field, _describe(data), TAKEN)


def _check_names(names: Iterable[object], data: Any, field: str) -> None:
    try:
        check_headings([str(name) for name in names])
    except ValueError as error:
        raise InputError(field, _describe(data), str(error)) from None


def _of_arrow(data: Any, field: str) -> tuple[Mapping[Any, Any], Mapping[str, str]]:
    import pyarrow as pa

    try:
        table = data if isinstance(data, pa.Table) else pa.table(data)
        _check_names(table.column_names, data, field)
        return columns_of_arrow(table)
    except InputError:
        raise
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InputError(field, _describe(data), f"is no Arrow table: {error}") from None


def _column(column: Any, name: object, field: str) -> Any:
    if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
        raise InputError(f"{field}[{str(name)!r:.60}]", column, "give a list or an array")
    return column if hasattr(column, "__len__") else list(column)


def _cells(column: Any) -> Sequence[Any]:
    """Return numbers as an array, anything else as a list: as columns of files are."""
    if hasattr(column, "to_pylist"):
        column = column.to_pylist()
    kind = getattr(column, "dtype", None)
    if kind is not None and getattr(kind, "kind", "") in "iuf":
        numbers = (
            column.to_numpy(dtype=np.float64, na_value=np.nan)
            if hasattr(column, "to_numpy")
            else column
        )
        return np.asarray(numbers, dtype=np.float64)  # type: ignore[return-value]
    cells = column.tolist() if hasattr(column, "tolist") else list(column)
    plain = [_plain(cell) for cell in cells]
    if plain and all(type(cell) is float or _is_small(cell) for cell in plain):
        return np.array(plain, dtype=np.float64)  # type: ignore[return-value]
    return plain


def _is_small(cell: Any) -> bool:
    """Return whether a cell is a whole number that a float holds."""
    return type(cell) is int and abs(cell) < 2**63


def _plain(cell: Any) -> Any:
    """Return numbers of NumPy and what is missing in pandas as Python has them."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(cell, "get_el_amt_dict") or hasattr(cell, "composition"):
        return formula_texts([cell])[0]
    return cell


def _describe(data: Any) -> Any:
    """Name the kind of data, which may be too long to show."""
    if data is None or isinstance(data, bool | int | float):
        return data
    shape = getattr(data, "shape", None)
    size = f" of shape {shape}" if isinstance(shape, tuple) else ""
    return f"{type(data).__name__}{size}"
