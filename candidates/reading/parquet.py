"""Parquet files of others: read in one thread, whole, within limits, and only if they are sound."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from maiscreen.candidates.reading import limits

DEEPEST = 12
"""Structs and lists within each other; Parquet has 7."""


def read_struct(data: bytes, at: int, end: int, depth: int = 0) -> tuple[dict[int, Any], int]:
    """Read a struct.

    Parameters
    ----------
    data : bytes
        Where it stands.
    at, end : int
        Where it begins, and what it may not pass.

    Returns
    -------
    tuple
        Values by number of field, and where it ends.

    Raises
    ------
    ValueError
        If it is none.
    """
    fields: dict[int, Any] = {}
    number = 0
    while True:
        head, at = _byte(data, at, end)
        if head == 0:
            return fields, at
        step, kind = head >> 4, head & 15
        if step:
            number += step
        else:
            number, at = _zigzag(data, at, end)
        if kind in (1, 2):  # true, false: the kind is the value
            fields[number] = kind == 1
        else:
            fields[number], at = _value(kind, data, at, end, depth)


def _value(kind: int, data: bytes, at: int, end: int, depth: int) -> tuple[Any, int]:
    """Read a value of a kind."""
    if depth > DEEPEST:
        raise ValueError("is nested too deeply")
    if kind in (1, 2, 3):
        return _byte(data, at, end)
    if kind in (4, 5, 6):
        return _zigzag(data, at, end)
    if kind == 7:
        return None, _check_bounds(at + 8, end)
    if kind == 8:
        size, at = _varint(data, at, end)
        return data[at : _check_bounds(at + size, end)], at + size
    if kind == 9:
        return _list(data, at, end, depth + 1)
    if kind == 12:
        return read_struct(data, at, end, depth + 1)
    raise ValueError(f"holds a value of kind {kind}")


def _list(data: bytes, at: int, end: int, depth: int) -> tuple[list[Any], int]:
    head, at = _byte(data, at, end)
    size, kind = head >> 4, head & 15
    if size == 15:
        size, at = _varint(data, at, end)
    if size > end - at:
        raise ValueError("has a list that is longer than itself")
    values = []
    for _ in range(size):
        one, at = _value(kind, data, at, end, depth)
        values.append(one)
    return values, at


def _check_bounds(at: int, end: int) -> int:
    if at > end:
        raise ValueError("is cut off")
    return at


def _byte(data: bytes, at: int, end: int) -> tuple[int, int]:
    _check_bounds(at + 1, end)
    return data[at], at + 1


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte, at = _byte(data, at, end)
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("holds a number of too many digits")


def _zigzag(data: bytes, at: int, end: int) -> tuple[int, int]:
    value, at = _varint(data, at, end)
    return (value >> 1) ^ -(value & 1), at


_MAGIC = b"PAR1"

_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_WIDTH, _REPETITION, _CHILDREN = 2, 3, 5
_FIXED, _REPEATED = 7, 2
_COLUMNS, _GROUP_ROWS = 1, 3
_ELSEWHERE, _ABOUT = 1, 3
_VALUES, _PACKED_SUM, _DATA_AT, _DICTIONARY_AT = 5, 7, 9, 11
_KIND, _UNPACKED, _PACKED, _V1, _V2 = 1, 2, 3, 5, 8

_PLAIN_DICTIONARY, _LENGTHS_FIRST, _SHARED_PREFIXES, _RLE_DICTIONARY = 2, 6, 7, 8
"""Encodings. DELTA_LENGTH_BYTE_ARRAY (DuckDB's) holds lengths, then the texts. DELTA_BYTE_ARRAY
tells each text by what differs from the one before, so that a small page can hold texts of any
length: it is not read."""

_LONGEST_VALUE = 64
"""Bytes of a value of fixed length; 32 are the most that a number takes."""


class UnsupportedParquetError(ValueError):
    """A sound file of a form that is not read here; the text says which, and what to do."""


def check_pages(content: bytes, most_rows: int) -> list[frozenset[int]]:
    """Check that a file is a flat table within the limits.

    Parameters
    ----------
    content : bytes
        Of the file.
    most_rows : int
        More are refused.

    Returns
    -------
    list of frozenset of int
        For each group of rows the columns whose texts are encoded by their lengths: they lie in
        the file as long as they are.

    Raises
    ------
    ValueError
        If it is not.
    """
    footer = _footer(content)
    columns = _count_columns(_list_field(footer, _SCHEMA))
    if _integer_field(footer, _ROWS) > most_rows:
        raise ValueError(f"has more than {most_rows:,} rows")
    groups = _list_field(footer, _GROUPS)
    if columns * len(groups) > limits.PARQUET_CHUNKS:
        raise ValueError(f"has more than {limits.PARQUET_CHUNKS:,} pieces of columns")
    total = rows = 0
    by_length = []
    for group in groups:
        chunks = _list_field(group, _COLUMNS)
        rows += _integer_field(group, _GROUP_ROWS)
        if len(chunks) != columns:
            raise ValueError("a group of rows has other columns than the schema")
        scanned = [_scan_pages(content, chunk) for chunk in chunks]
        total += sum(size for size, _ in scanned)
        by_length.append(frozenset(k for k, (_, e) in enumerate(scanned) if _LENGTHS_FIRST in e))
    if rows != _integer_field(footer, _ROWS):
        raise ValueError("has other rows than its groups")
    if total > limits.PARQUET_BYTES:
        raise ValueError(f"unpacks to more than {limits.PARQUET_BYTES >> 30} GiB")
    return by_length


def _footer(content: bytes) -> dict[int, Any]:
    size = int.from_bytes(content[-8:-4], "little")
    if content[:4] != _MAGIC or content[-4:] != _MAGIC or not 0 < size <= len(content) - 12:
        raise ValueError("is no Parquet")
    try:
        return read_struct(content, len(content) - 8 - size, len(content) - 8)[0]
    except ValueError as error:
        raise ValueError(f"its footer {error}") from None


def _count_columns(schema: list[Any]) -> int:
    """Count the columns of a schema without lists or tables in its columns."""
    if not 0 < len(schema) <= limits.PARQUET_COLUMNS or not all(map(_is_struct, schema)):
        raise ValueError(f"has no columns, or more than {limits.PARQUET_COLUMNS:,}")
    root, *columns = schema
    nested = "has lists or tables in a column; leave it out"
    if _integer_field(root, _CHILDREN, 0) != len(columns):
        raise UnsupportedParquetError(nested)
    for column in columns:
        if column.get(_REPETITION) == _REPEATED or column.get(_CHILDREN):
            raise UnsupportedParquetError(nested)
        if (
            column.get(_KIND) == _FIXED
            and not 0 < _integer_field(column, _WIDTH, 0) <= _LONGEST_VALUE
        ):
            raise ValueError("has a column of long values")
    return len(columns)


def _scan_pages(content: bytes, chunk: Any) -> tuple[int, set[int]]:
    """Add up the unpacked sizes of the pages of a column of a row group; name their encodings."""
    total = 0
    encodings: set[int] = set()
    for size, header in _pages(content, chunk):
        total += size
        encodings |= _encodings(header)
    if _SHARED_PREFIXES in encodings:
        raise UnsupportedParquetError(f"has the encoding DELTA_BYTE_ARRAY, {_WRITE_AGAIN}")
    if _LENGTHS_FIRST in encodings and encodings & {_PLAIN_DICTIONARY, _RLE_DICTIONARY}:
        mixed = "has the encoding DELTA_LENGTH_BYTE_ARRAY beside a dictionary"
        raise UnsupportedParquetError(f"{mixed}, {_WRITE_AGAIN}")
    return total, encodings


_WRITE_AGAIN = (
    "which is not read here; write it again with the encodings PLAIN or dictionary, as pandas and "
    "pyarrow do by default (DuckDB: PARQUET_VERSION v1), or as CSV"
)


def _pages(content: bytes, chunk: Any) -> Iterator[tuple[int, dict[int, Any]]]:
    """Yield unpacked size and header of each page of a column of a row group."""
    if not _is_struct(chunk) or _ELSEWHERE in chunk or not _is_struct(chunk.get(_ABOUT)):
        raise ValueError("has a column that lies elsewhere")
    about = chunk[_ABOUT]
    if _integer_field(about, _VALUES) == 0:
        return  # Arrow reads none of its pages, and gives no place for the first when it writes
    begin = _integer_field(about, _DATA_AT)
    dictionary = _integer_field(about, _DICTIONARY_AT, 0)
    begin = dictionary if 0 < dictionary < begin else begin
    end = begin + _integer_field(about, _PACKED_SUM)
    if not 0 <= begin <= end <= len(content):
        raise ValueError("has a column outside of the file")
    while begin < end:
        try:
            header, begin = read_struct(content, begin, end)
        except ValueError as error:
            raise ValueError(f"a page header {error}") from None
        packed, unpacked = _integer_field(header, _PACKED), _integer_field(header, _UNPACKED)
        if begin + packed > end:
            raise ValueError("has a page outside of its column")
        begin += packed
        yield unpacked, header


def _encodings(header: dict[int, Any]) -> set[int]:
    """Return the encodings of the values that a header names, in whichever of its versions."""
    return {_integer_field(header[v], field) for v, field in ((_V1, 2), (_V2, 4)) if v in header}


def _is_struct(one: object) -> bool:
    return isinstance(one, dict)


def _list_field(one: Any, field: int) -> list[Any]:
    values = one.get(field, []) if _is_struct(one) else None
    if not isinstance(values, list):
        raise ValueError("has a footer of another form")
    return values


def _integer_field(one: Any, field: int, default: int | None = None) -> int:
    number = one.get(field, default) if _is_struct(one) else None
    if not isinstance(number, int) or number < 0:
        raise ValueError("has no number where one should be")
    return number


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
    by_length = check_pages(content, most_rows)
    try:
        schema = _open_parquet(content).schema_arrow
        parts = _read_packed(content, schema, by_length)
        for part in parts:
            part.validate(full=True)
        _check_texts(parts)
        return pa.concat_tables(part.cast(schema) for part in parts)
    except pa.ArrowNotImplementedError as error:
        raise UnsupportedParquetError(f"is not read here ({error})".splitlines()[0]) from None
    except (pa.ArrowException, OSError, OverflowError, MemoryError) as error:
        raise ValueError((str(error) or "no memory").splitlines()[0]) from None


def _read_packed(
    content: bytes, schema: pa.Schema, by_length: list[frozenset[int]]
) -> list[pa.Table]:
    """Read a table with its texts as dictionaries, which Arrow can't where they go by lengths."""
    texts = _text_columns(schema)
    packed = _open_parquet(content, read_dictionary=texts)
    if not any(by_length):
        return [packed.read(use_threads=False)]
    if len({*schema.names}) < len(schema.names):
        raise UnsupportedParquetError("has two columns of one name; name each differently")
    written_out = _open_parquet(content)
    parts = []
    for group, own in enumerate(by_length):
        lengths = [name for k, name in enumerate(schema.names) if k in own]
        others = [name for k, name in enumerate(schema.names) if k not in own]
        read = [
            file.read_row_group(group, columns=names, use_threads=False)
            for file, names in ((packed, others), (written_out, lengths))
        ]
        parts.append(_join_columns(schema, *read))
    return parts


def _join_columns(schema: pa.Schema, *tables: pa.Table) -> pa.Table:
    columns = {name: table[name] for table in tables for name in table.column_names}
    return pa.table({name: columns[name] for name in schema.names})


def _open_parquet(content: bytes, **options: Any) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(
        pa.BufferReader(content),
        pre_buffer=False,
        thrift_container_size_limit=limits.PARQUET_COLUMNS,
        **options,
    )


def _text_columns(schema: pa.Schema) -> list[str]:
    """Name the columns of texts that Arrow would write out."""
    return [one.name for one in schema if one.type in _TEXTS]


def _check_texts(parts: list[pa.Table]) -> None:
    """Check that dictionary-encoded texts stay within the limits when written out for every row."""
    import pyarrow.compute as pc

    total = 0
    for column in (column for part in parts for column in part.columns):
        if not (pa.types.is_dictionary(column.type) and column.type.value_type in _TEXTS):
            continue
        for chunk in column.chunks:
            lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
            total += (pc.sum(lengths.take(chunk.indices)).as_py() or 0) + 8 * len(chunk)
    if total > limits.PARQUET_BYTES:
        raise ValueError(f"holds more than {limits.PARQUET_BYTES >> 30} GiB of text")
