"""Tables of users as columns, before anything is made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError

MAX_ROWS = 2_000_000
"""Rows of a file that are read at most; they take about 1 GB."""


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


def columns_of_arrow(table: Any) -> tuple[dict[str, Sequence[Any]], dict[str, str]]:
    """Return the columns of an Arrow table by name, and the units of those that state one."""
    units = {f.name: (f.metadata or {}).get(b"unit", b"").decode() for f in table.schema}
    # Not by name: several columns may have none.
    named = zip(table.column_names, table.columns, strict=True)
    columns = {name: _as_array(column) for name, column in named}
    return columns, {name: unit for name, unit in units.items() if unit}


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


def columns_of_records(records: Sequence[Mapping[Any, Any]]) -> dict[str, list[Any]]:
    """Turn records into columns; what a record lacks is empty there.

    Examples
    --------
    >>> columns_of_records([{"formula": "NaSn"}, {"formula": "KSn", "value": 5}])
    {'formula': ['NaSn', 'KSn'], 'value': [None, 5]}
    """
    names = dict.fromkeys(name for record in records for name in record)
    return {str(name): [record.get(name) for record in records] for name in names}
