"""What the pages of a Parquet file unpack to, told from their headers, before anything is unpacked.

Arrow takes a page's header at its word: one of 2 GiB, packed into kilobytes, is unpacked whole. The
footer's own sums need not agree with the pages, so that each header is read here: Thrift's compact
protocol (thrift-compact-protocol.md of Apache Thrift), fields as in Parquet's parquet.thrift.
"""

from collections.abc import Iterator
from typing import Any

UNPACKED, PACKED, V1, DICTIONARY, V2 = 2, 3, 5, 7, 8
"""Fields of a page header: its sizes, and the headers of its kinds."""

SHARED_PREFIXES = 7
"""Encoding DELTA_BYTE_ARRAY: each text is told by what differs from the one before, so that a
small page can hold texts of any length. It is not read."""

_DEEPEST = 8


def unpacked_bytes(content: bytes, metadata: Any) -> int:
    """Add up what all pages unpack to, and see that nobody has hidden more.

    Parameters
    ----------
    content : bytes
        Of the file.
    metadata : pyarrow.parquet.FileMetaData
        Of the file.

    Raises
    ------
    ValueError
        If a header can't be read, lies outside of the file, or its encoding is not read here.
    """
    total = 0
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for column in range(metadata.num_columns):
            total += sum(_pages(content, row_group.column(column)))
    return total


def _pages(content: bytes, chunk: Any) -> Iterator[int]:
    """Give what each page of a column unpacks to; a value takes a bit at least, else none."""
    begin = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
        begin = min(begin, chunk.dictionary_page_offset)
    end = begin + chunk.total_compressed_size
    if not 0 <= begin <= end <= len(content):
        raise ValueError("a column lies outside of the file")
    while begin < end:
        header, begin = _struct(content, begin, end, 0)
        unpacked, packed = header.get(UNPACKED), header.get(PACKED)
        if not isinstance(unpacked, int) or not isinstance(packed, int):
            raise ValueError("a page has no size")
        encoding = (header.get(V1) or {}).get(2), (header.get(V2) or {}).get(4)
        if packed < 0 or unpacked < 0 or begin + packed > end:
            raise ValueError("a page lies outside of its column")
        if SHARED_PREFIXES in encoding:
            raise ValueError("texts are told by what they share; write them plainly")
        begin += packed
        yield unpacked


def _struct(data: bytes, at: int, end: int, depth: int) -> tuple[dict[int, Any], int]:
    """Read a struct: values by number of field, and where it ends."""
    found: dict[int, Any] = {}
    number = 0
    while True:
        head, at = _byte(data, at, end)
        if head == 0:
            return found, at
        step, kind = head >> 4, head & 15
        if step:
            number += step
        else:
            number, at = _zigzag(data, at, end)
        found[number], at = _value(kind, data, at, end, depth)


def _value(kind: int, data: bytes, at: int, end: int, depth: int) -> tuple[Any, int]:
    """Read a value of a kind; lists and maps are passed over."""
    if depth > _DEEPEST:
        raise ValueError("a page header is nested too deeply")
    if kind in (1, 2):  # true, false
        return kind == 1, at
    if kind == 3:
        return _byte(data, at, end)
    if kind in (4, 5, 6):
        return _zigzag(data, at, end)
    if kind == 7:
        return None, at + 8
    if kind == 8:
        size, at = _varint(data, at, end)
        return None, at + size
    if kind == 12:
        return _struct(data, at, end, depth + 1)
    raise ValueError("a page header holds what none has")


def _byte(data: bytes, at: int, end: int) -> tuple[int, int]:
    if at >= end:
        raise ValueError("a page header is cut off")
    return data[at], at + 1


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte, at = _byte(data, at, end)
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a page header holds a number of too many digits")


def _zigzag(data: bytes, at: int, end: int) -> tuple[int, int]:
    value, at = _varint(data, at, end)
    return (value >> 1) ^ -(value & 1), at
