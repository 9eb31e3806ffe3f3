"""Long texts of numbers, such as a cycler writes: some columns of them, fast and within limits."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]

_PLAIN = bytes(byte if byte < 128 else ord("?") for byte in range(256))
"""Numbers and delimiters are ASCII; what else there is in other columns may be of any encoding."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T]")


def read_records(
    content: bytes, header: int, headings: Sequence[str], wanted: Sequence[int], delimiter: str
) -> "list[pa.Array]":
    """Read some columns of a text, as texts.

    A last line with fewer cells than there are headings is passed over: that of a test that runs
    is often cut off.

    Parameters
    ----------
    content : bytes
        UTF-8, or any encoding that writes numbers and delimiters as ASCII does.
    header : int
        Line of the headings, from 0.
    headings : sequence of str
        Of all columns.
    wanted : sequence of int
        Columns that are read.
    delimiter : str

    Returns
    -------
    list of pyarrow.Array
        One for each wanted column, with as many texts as there are lines.

    Raises
    ------
    ValueError
        If the text is no sound table: any other line has fewer cells, or more.
    """
    import pyarrow as pa
    from pyarrow import csv

    begin = 0
    for _ in range(header + 1):
        begin = content.find(b"\n", begin) + 1
    body = _without_cut_line(content[begin:].translate(_PLAIN), len(headings), delimiter)
    names = [f"{index} {heading}" for index, heading in enumerate(headings)]
    columns = [names[index] for index in wanted]
    try:
        table = csv.read_csv(
            pa.BufferReader(body),
            csv.ReadOptions(column_names=names, use_threads=False),
            csv.ParseOptions(delimiter=delimiter),
            csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string())
            ),
        )
    except pa.ArrowException as error:
        raise ValueError(" ".join(str(error).split())[:120]) from None
    return [table.column(name).combine_chunks() for name in columns]


def _without_cut_line(body: bytes, cells: int, delimiter: str) -> bytes:
    """Leave a last line with fewer cells out."""
    lines = body.rstrip(b"\r\n")
    begin = max(lines.rfind(b"\n"), lines.rfind(b"\r")) + 1
    unquoted = lines[begin:].split(b'"')[::2]
    last = 1 + sum(part.count(delimiter.encode()) for part in unquoted)
    return body[:begin] if last < cells else body


def numbers_of(texts: "pa.Array", *, decimal_comma: bool = True) -> Floats:
    """Return texts as numbers, with point or comma, shape (n,).

    Parameters
    ----------
    texts : pyarrow.Array
        Of shape (n,).
    decimal_comma : bool
        Whether a comma is a decimal mark. It is none where commas divide the columns, or other
        numbers of the file have points: ``1,234`` may be 1234 there.

    Raises
    ------
    ValueError
        If one is none, or may mean two things.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not decimal_comma:
        _refuse_commas(texts)
    plain = pc.replace_substring(pc.utf8_trim_whitespace(texts), ",", ".")
    try:
        return np.asarray(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowException as error:
        raise ValueError(" ".join(str(error).split())[:80]) from None


def _refuse_commas(texts: "pa.Array") -> None:
    import pyarrow.compute as pc

    place = pc.index(pc.match_substring(texts, ","), True).as_py()
    if place >= 0:
        cell = texts[place].as_py()
        raise ValueError(
            f"{cell.strip()!r:.40} may have a decimal comma or thousands marks; export numbers "
            "with decimal points, and without marks for thousands"
        )


def seconds_of(texts: "pa.Array", *, decimal_comma: bool = True) -> Floats:
    """Return times as seconds: 26:02:03.5, 12.5, or 2026-03-24 10:00:00; shape (n,).

    Parameters
    ----------
    texts : pyarrow.Array
        Of shape (n,).
    decimal_comma : bool
        As :func:`numbers_of` takes it.

    Raises
    ------
    ValueError
        If one is none of these, or may mean two things.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(texts)
    try:
        if len(trimmed) and _ISO.match(trimmed[0].as_py() or ""):
            stamps = pc.replace_substring_regex(trimmed, r"\s+", " ")
            milliseconds = pc.cast(pc.cast(stamps, pa.timestamp("ms")), pa.int64())
            return np.asarray(milliseconds.to_numpy(zero_copy_only=False)) / 1e3
        parts = pc.split_pattern(trimmed, ":")
        if pc.max(pc.list_value_length(parts)).as_py() == 1:
            return numbers_of(trimmed, decimal_comma=decimal_comma)
        hours, minutes, rest = (
            numbers_of(pc.list_element(parts, i), decimal_comma=decimal_comma) for i in range(3)
        )
    except pa.ArrowException as error:
        raise ValueError(" ".join(str(error).split())[:80]) from None
    return np.asarray(3600 * hours + 60 * minutes + rest)
