"""A shortlist as Parquet with units in its metadata, and as HTML for a notebook."""

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from maiscreen.screen.facts.columns import BY_NAME, Fact
from maiscreen.screen.shortlist.value import Rows

_INTEGERS = frozenset(("rank", "place_in_list", "tier", "place_low", "place_high", "index"))


def to_parquet(table: Rows) -> bytes:
    """Write the file; a column of which nothing is known keeps its type."""
    arrays = [_array(column, [row.get(column.name) for row in table.rows])
              for column in table.columns]  # fmt: skip
    metadata = {key.encode(): value.encode() for key, value in table.provenance}
    schema = pa.schema([_field(c, a) for c, a in zip(table.columns, arrays, strict=True)], metadata)
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, version="2.6")
    return sink.getvalue()


def _field(column: Fact, array: pa.Array) -> pa.Field:
    metadata = {"unit": column.unit, "doc": column.about, "source": column.source}
    return pa.field(column.name, array.type, metadata=metadata)


def _array(column: Fact, values: Sequence[object]) -> pa.Array:
    if column.name in _INTEGERS:
        return pa.array(values, pa.int64())
    numeric = column.number != "General" or any(isinstance(v, int | float) for v in values)
    if numeric:
        return pa.array([v if isinstance(v, int | float) else None for v in values], pa.float64())
    return pa.array([None if v is None else str(v) for v in values], pa.string())


IN_TABLE = (
    ("rank", "tier", "formula", "name", "handling", "supply", "state_25_c", "vapour_pressure_25_pa",
     "process_temperature_c", "suggested_exposure_s", "layer_in_operation", "expected_place",
     "score", "p_top_k"),
    ("rank", "tier", "recipe", "name", "handling", "supply", "temperature_c", "exposure_s",
     "thickness_um", "vapour_pressure_pa", "expected_phases", "expected_place", "score", "p_top_k"),
)  # fmt: skip
"""Columns in sight, of a narrow and of a wide campaign; all others unfold below their row."""

_DIGITS = {"expected_place": 1, "score": 2, "p_top_k": 2}


def as_html(table: Rows) -> str:
    """Write the table; every text is escaped."""
    from maiscreen.screen.figures.page import template

    shown = [BY_NAME[name] for name in IN_TABLE[table.is_wide]]
    inside = {one.name for one in shown}
    html: str = template("shortlist.html.j2").render(
        table=table,
        shown=shown,
        others=[one for one in table.columns if one.name not in inside],
        told=_cell_text,
    )
    return html


def _cell_text(row: Any, name: str) -> str:
    """Return a value as text."""
    from maiscreen.screen.text import number, roman, significant, worth

    value = row.get(name)
    if name == "tier" and isinstance(value, int):
        return roman(value)
    if name in ("score_low", "score_high"):
        return worth(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return number(value, _DIGITS[name]) if name in _DIGITS else significant(value, 3)
    return "–" if value is None or value == "" else str(value)
