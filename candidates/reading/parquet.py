"""Parquet files of others: read in one thread, whole, within limits, and only if they are sound."""

from typing import Any

import pyarrow as pa

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet_pages import check_pages

_TEXTS = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())


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
        If it is no Parquet, is not sound, or beyond :mod:`maiscreen.candidates.reading.limits`.
    """
    check_pages(content, most_rows)
    try:
        file = _opened(content)
        texts = _texts(file.schema_arrow)
        packed = _opened(content, read_dictionary=texts) if texts else file
        found = packed.read(use_threads=False)
        found.validate(full=True)
        _check_texts(found)
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


def _texts(schema: pa.Schema) -> list[str]:
    """Name the columns of texts that Arrow would write out."""
    return [one.name for one in schema if one.type in _TEXTS]


def _check_texts(table: pa.Table) -> None:
    """See that texts kept once each do not become too much when every row has its own."""
    import pyarrow.compute as pc

    total = 0
    for column in table.columns:
        if not (pa.types.is_dictionary(column.type) and column.type.value_type in _TEXTS):
            continue
        for chunk in column.chunks:
            lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
            total += (pc.sum(lengths.take(chunk.indices)).as_py() or 0) + 8 * len(chunk)
    if total > limits.PARQUET_BYTES:
        raise ValueError(f"holds more than {limits.PARQUET_BYTES >> 30} GiB of text")
