"""Parquet files of others: read in one thread, whole, within limits, and only if they are sound."""

from typing import Any

import pyarrow as pa

from maiscreen.candidates import limits
from maiscreen.candidates.parquet_pages import unpacked_bytes

_LONGEST_VALUE = 64
"""Bytes of a value of fixed length; 16 are the most that a number takes."""


def read_parquet(content: bytes, most_rows: int) -> pa.Table:
    """Read a flat table.

    In this thread alone: with pyarrow 26.0.1, a process that ends soon after a threaded read is
    aborted now and then ("terminate called without an active exception"): 9 times in 30 as
    measured, never without.

    Parameters
    ----------
    content : bytes
        Of the file.
    most_rows : int
        More are refused.

    Raises
    ------
    ValueError
        If it is no Parquet, is not sound, or beyond :mod:`maiscreen.candidates.limits`.
    """
    try:
        file = _opened(content)
        if not file.metadata.num_rows:  # a column of nothing may have no pages at all
            return file.schema_arrow.empty_table()
        _check_size(content, file.metadata, most_rows)
        texts = _texts(file.schema_arrow)
        packed = _opened(content, read_dictionary=texts) if texts else file
        found = packed.read(use_threads=False)
        found.validate(full=True)
        _check_texts(found, file.schema_arrow)
        found = found.cast(file.schema_arrow)
    except (pa.ArrowException, OSError, OverflowError, MemoryError) as error:
        raise ValueError((str(error) or "no memory").splitlines()[0]) from None
    return found


def _opened(content: bytes, **options: Any) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(
        pa.BufferReader(content),
        pre_buffer=False,
        thrift_container_size_limit=limits.PARQUET_COLUMNS,
        **options,
    )


def _check_size(content: bytes, metadata: Any, most_rows: int) -> None:
    if metadata.num_rows > most_rows:
        raise ValueError(f"has more than {most_rows:,} rows")
    if metadata.num_columns > limits.PARQUET_COLUMNS:
        raise ValueError(f"has more than {limits.PARQUET_COLUMNS:,} columns")
    for number in range(metadata.num_columns):
        column = metadata.schema.column(number)
        if column.max_repetition_level or column.max_definition_level > 1:
            raise ValueError(f"column {column.path!r} holds lists or tables of its own")
        if column.physical_type == "FIXED_LEN_BYTE_ARRAY" and column.length > _LONGEST_VALUE:
            raise ValueError(f"column {column.path!r} holds values of {column.length} bytes")
    if unpacked_bytes(content, metadata) > limits.PARQUET_BYTES:
        raise ValueError(f"unpacks to more than {limits.PARQUET_BYTES >> 30} GiB")


def _texts(schema: pa.Schema) -> list[str]:
    """Name the columns of texts that Arrow would write out."""
    kinds = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    return [one.name for one in schema if one.type in kinds]


def _check_texts(table: pa.Table, schema: pa.Schema) -> None:
    """See that texts kept once each do not become too much when every row has its own."""
    import pyarrow.compute as pc

    total = 0
    for column, field in zip(table.columns, schema, strict=True):
        if not pa.types.is_dictionary(column.type) or pa.types.is_dictionary(field.type):
            continue
        for chunk in column.chunks:
            lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
            total += (pc.sum(lengths.take(chunk.indices)).as_py() or 0) + 8 * len(chunk)
    if total > limits.PARQUET_BYTES:
        raise ValueError(f"holds more than {limits.PARQUET_BYTES >> 30} GiB of text")
