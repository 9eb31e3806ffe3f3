"""Thrift's compact protocol, read: what Parquet writes its footer and page headers in.

As thrift-compact-protocol.md of Apache Thrift has it. Everything is bounded: a number by ten bytes,
a list by the bytes that are left, nesting by a depth.
"""

from typing import Any

DEEPEST = 12
"""Structs and lists within each other; Parquet has 7."""


def struct(data: bytes, at: int, end: int, depth: int = 0) -> tuple[dict[int, Any], int]:
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
        if kind in (1, 2):  # true, false: the kind is the value
            found[number] = kind == 1
        else:
            found[number], at = _value(kind, data, at, end, depth)


def _value(kind: int, data: bytes, at: int, end: int, depth: int) -> tuple[Any, int]:
    """Read a value of a kind."""
    if depth > DEEPEST:
        raise ValueError("is nested too deeply")
    if kind in (1, 2, 3):
        return _byte(data, at, end)
    if kind in (4, 5, 6):
        return _zigzag(data, at, end)
    if kind == 7:
        return None, _within(at + 8, end)
    if kind == 8:
        size, at = _varint(data, at, end)
        return data[at : _within(at + size, end)], at + size
    if kind == 9:
        return _list(data, at, end, depth + 1)
    if kind == 12:
        return struct(data, at, end, depth + 1)
    raise ValueError(f"holds a value of kind {kind}")


def _list(data: bytes, at: int, end: int, depth: int) -> tuple[list[Any], int]:
    head, at = _byte(data, at, end)
    size, kind = head >> 4, head & 15
    if size == 15:
        size, at = _varint(data, at, end)
    if size > end - at:
        raise ValueError("has a list that is longer than itself")
    found = []
    for _ in range(size):
        one, at = _value(kind, data, at, end, depth)
        found.append(one)
    return found, at


def _within(at: int, end: int) -> int:
    if at > end:
        raise ValueError("is cut off")
    return at


def _byte(data: bytes, at: int, end: int) -> tuple[int, int]:
    _within(at + 1, end)
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
