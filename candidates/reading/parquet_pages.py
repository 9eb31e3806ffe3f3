"""What a Parquet file unpacks to, told by its footer and page headers, before Arrow reads it.

Arrow takes a page's header at its word: one of 2 GiB, packed into kilobytes, is unpacked whole. The
footer's own sums need not agree with the pages, so that each header is read here. And Arrow ends
the process at a footer whose row groups have fewer columns than its schema, so that those are
counted first. Fields as in parquet.thrift of Apache Parquet.
"""

from collections.abc import Iterator
from typing import Any

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.thrift import struct

_MAGIC = b"PAR1"

_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_WIDTH, _REPETITION, _CHILDREN = 2, 3, 5
_FIXED, _REPEATED = 7, 2
_COLUMNS, _GROUP_ROWS = 1, 3
_ELSEWHERE, _ABOUT = 1, 3
_VALUES, _PACKED_SUM, _DATA_AT, _DICTIONARY_AT = 5, 7, 9, 11
_KIND, _UNPACKED, _PACKED, _V1, _V2 = 1, 2, 3, 5, 8

_SHARED_PREFIXES = 7
"""Encoding DELTA_BYTE_ARRAY: each text is told by what differs from the one before, so that a
small page can hold texts of any length. It is not read."""

_LONGEST_VALUE = 64
"""Bytes of a value of fixed length; 32 are the most that a number takes."""


def check_pages(content: bytes, most_rows: int) -> None:
    """See that a file is a flat table within the limits.

    Parameters
    ----------
    content : bytes
        Of the file.
    most_rows : int
        More are refused.

    Raises
    ------
    ValueError
        If it is not.
    """
    footer = _footer(content)
    columns = _flat(_listed(footer, _SCHEMA))
    if _number(footer, _ROWS) > most_rows:
        raise ValueError(f"has more than {most_rows:,} rows")
    groups = _listed(footer, _GROUPS)
    if columns * len(groups) > limits.PARQUET_CHUNKS:
        raise ValueError(f"has more than {limits.PARQUET_CHUNKS:,} pieces of columns")
    total = rows = 0
    for group in groups:
        chunks = _listed(group, _COLUMNS)
        rows += _number(group, _GROUP_ROWS)
        if len(chunks) != columns:
            raise ValueError("a group of rows has other columns than the schema")
        total += sum(size for chunk in chunks for size in _pages(content, chunk))
    if rows != _number(footer, _ROWS):
        raise ValueError("has other rows than its groups")
    if total > limits.PARQUET_BYTES:
        raise ValueError(f"unpacks to more than {limits.PARQUET_BYTES >> 30} GiB")


def _footer(content: bytes) -> dict[int, Any]:
    size = int.from_bytes(content[-8:-4], "little")
    if content[:4] != _MAGIC or content[-4:] != _MAGIC or not 0 < size <= len(content) - 12:
        raise ValueError("is no Parquet")
    try:
        return struct(content, len(content) - 8 - size, len(content) - 8)[0]
    except ValueError as error:
        raise ValueError(f"its footer {error}") from None


def _flat(schema: list[Any]) -> int:
    """Count the columns of a schema without lists or tables in its columns."""
    if not 0 < len(schema) <= limits.PARQUET_COLUMNS or not all(map(_is_struct, schema)):
        raise ValueError(f"has no columns, or more than {limits.PARQUET_COLUMNS:,}")
    root, *columns = schema
    if _number(root, _CHILDREN, 0) != len(columns):
        raise ValueError("has lists or tables in a column")
    for one in columns:
        if one.get(_REPETITION) == _REPEATED or one.get(_CHILDREN):
            raise ValueError("has lists or tables in a column")
        if one.get(_KIND) == _FIXED and not 0 < _number(one, _WIDTH, 0) <= _LONGEST_VALUE:
            raise ValueError("has a column of long values")
    return len(columns)


def _pages(content: bytes, chunk: Any) -> Iterator[int]:
    """Give what each page of a column of a group of rows unpacks to."""
    if not _is_struct(chunk) or _ELSEWHERE in chunk or not _is_struct(chunk.get(_ABOUT)):
        raise ValueError("has a column that lies elsewhere")
    about = chunk[_ABOUT]
    if _number(about, _VALUES) == 0:
        return  # Arrow reads none of its pages, and gives no place for the first when it writes
    begin = _number(about, _DATA_AT)
    dictionary = _number(about, _DICTIONARY_AT, 0)
    begin = dictionary if 0 < dictionary < begin else begin
    end = begin + _number(about, _PACKED_SUM)
    if not 0 <= begin <= end <= len(content):
        raise ValueError("has a column outside of the file")
    while begin < end:
        try:
            header, begin = struct(content, begin, end)
        except ValueError as error:
            raise ValueError(f"a page header {error}") from None
        packed, unpacked = _number(header, _PACKED), _number(header, _UNPACKED)
        if begin + packed > end:
            raise ValueError("has a page outside of its column")
        versions = (header.get(_V1), 2), (header.get(_V2), 4)
        if any(isinstance(one, dict) and one.get(k) == _SHARED_PREFIXES for one, k in versions):
            raise ValueError("tells texts by what they share; write it without DELTA_BYTE_ARRAY")
        begin += packed
        yield unpacked


def _is_struct(one: object) -> bool:
    return isinstance(one, dict)


def _listed(one: Any, field: int) -> list[Any]:
    found = one.get(field, []) if _is_struct(one) else None
    if not isinstance(found, list):
        raise ValueError("has a footer of another form")
    return found


def _number(one: Any, field: int, default: int | None = None) -> int:
    found = one.get(field, default) if _is_struct(one) else None
    if not isinstance(found, int) or found < 0:
        raise ValueError("has no number where one should be")
    return found
