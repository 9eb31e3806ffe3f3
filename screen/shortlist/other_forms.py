"""A shortlist as Parquet: units, meaning and sources in the metadata of its fields."""

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from maiscreen.screen.facts.columns import Known
from maiscreen.screen.shortlist.shortlist import Shortlist

_INTEGERS = frozenset(("rank", "rank_low", "rank_high", "index"))


def to_parquet(table: Shortlist) -> bytes:
    """Write the file; a column of which nothing is known keeps its type."""
    arrays = [_array(column, [row.get(column.name) for row in table.rows])
              for column in table.columns]  # fmt: skip
    metadata = {key.encode(): value.encode() for key, value in table.provenance}
    schema = pa.schema([_field(c, a) for c, a in zip(table.columns, arrays, strict=True)], metadata)
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, version="2.6")
    return sink.getvalue()


def _field(column: Known, array: pa.Array) -> pa.Field:
    metadata = {"unit": column.unit, "doc": column.about, "source": column.source}
    return pa.field(column.name, array.type, metadata=metadata)


def _array(column: Known, values: Sequence[object]) -> pa.Array:
    if column.name in _INTEGERS:
        return pa.array(values, pa.int64())
    numeric = column.number != "General" or any(isinstance(v, int | float) for v in values)
    if numeric:
        return pa.array([v if isinstance(v, int | float) else None for v in values], pa.float64())
    return pa.array([None if v is None else str(v) for v in values], pa.string())
