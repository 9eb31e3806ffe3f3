"""The table of a wide space as a file: what a part of it is on the disk."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

_ON_GRID = ("temperature_c", "exposure_s", "thickness_um")


def part_bytes(table: pa.Table) -> bytes:
    """Give the bytes of a part: text and grids by dictionary, measured numbers as they are."""
    few = [name for name in table.column_names if _repeats(table.schema.field(name))]
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=few)
    return sink.getvalue()


def _repeats(column: pa.Field) -> bool:
    """Tell columns of few distinct values."""
    on_grid = column.name.startswith("liquid_fraction") or column.name in _ON_GRID
    return on_grid or pa.types.is_dictionary(column.type)
