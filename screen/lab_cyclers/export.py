"""A cycler's export as arrays of time, voltage and current, read without trust."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.records import numbers_of, read_records, seconds_of
from maiscreen.screen.lab_cyclers.formats import Field, fields_of, is_whole, maker_of

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]

MAX_BYTES = 200_000_000
"""Of a file: 650 cycles with a record each second are half of it [judgement]."""

MAX_RECORDS = 5_000_000
"""Lines of a file [judgement]."""

MAX_HEADER = 300
"""Lines that may stand above the headings, as EC-Lab writes them [judgement]."""

_BEGIN = 100_000
"""Bytes in which the headings are looked for."""

_COUNT = re.compile(r"Nb header lines\s*:\s*([0-9]{1,4})\s*$")


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """What a cycler recorded, n records.

    Attributes
    ----------
    maker : str
        ``BioLogic``, ``Neware`` or ``Arbin``.
    time_s, voltage_v, current_ma : Floats
        Shape (n,); time never runs backwards.
    counter : Floats or None
        Cycle as the cycler counts it, shape (n,).
    columns : tuple of str
        Headings that were read.
    """

    maker: str
    time_s: Floats
    voltage_v: Floats
    current_ma: Floats
    counter: Floats | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    line: int
    headings: tuple[str, ...]
    delimiter: str
    first: str


def is_export(content: bytes) -> bool:
    """Return whether a file is one of a cycler, by its first lines."""
    if content.startswith(b"PK\x03\x04"):
        return False
    layout = _layout(_text(content[:_BEGIN]))
    return layout is not None


def read_export(content: bytes, name: str) -> Export:
    """Read an export.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        Of the file, for messages.

    Raises
    ------
    InputError
        If it is too large, damaged, or has no voltage, current and time.
    """
    if len(content) > MAX_BYTES:
        raise InputError("FILE", name, f"has more than {MAX_BYTES // 1_000_000} MB; export a part")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode()
    layout = _layout(_text(content[:_BEGIN]))
    if layout is None:
        remedy = "has no columns of voltage, current and time; export the records, with headings"
        raise InputError("FILE", name, remedy)
    fields = fields_of(layout.headings)
    places = [field.index for field in fields.values()]
    try:
        texts = read_records(content, layout.line, layout.headings, places, layout.delimiter)
    except ValueError as error:
        raise InputError("FILE", name, f"is no sound export: {error}") from None
    decimal_comma = layout.delimiter != "," and not _has_points(texts, fields.values())
    columns = {
        kind: _numbers(column, field, name, decimal_comma)
        for (kind, field), column in zip(fields.items(), texts, strict=True)
    }
    _check(columns, name)
    return Export(
        maker_of(layout.first, layout.headings),
        columns["time"],
        columns["voltage"],
        columns["current"],
        columns.get("counter"),
        tuple(field.heading for field in fields.values()),
    )


def _text(begin: bytes) -> str:
    """Decode the begin of a file: only headings are wanted, which all encodings write alike."""
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        return begin.decode("utf-16", "replace")
    try:
        return begin.decode("utf-8-sig", "strict")
    except UnicodeDecodeError:
        return begin.decode("latin-1").removeprefix("ï»¿")


def _layout(text: str) -> _Layout | None:
    """Find the line of headings: where EC-Lab says, or the first that has what is needed."""
    lines = text.split("\n")[: MAX_HEADER + 1]
    first = lines[0].strip() if lines else ""
    stated = _COUNT.match(lines[1].strip()) if len(lines) > 1 else None
    numbers = [int(stated[1]) - 1] if stated else range(len(lines))
    for number in numbers:
        if not 0 <= number < len(lines):
            continue
        for delimiter in "\t,;":
            headings = [part.strip(' "\t\r') for part in lines[number].split(delimiter)]
            if is_whole(fields_of(headings)):
                below = lines[number + 1].count(delimiter) + 1 if number + 1 < len(lines) else 0
                # The last tab of a line is there, or is not, in the headings alone.
                while headings and not headings[-1] and len(headings) > below:
                    headings.pop()
                headings += [""] * (below - len(headings))
                return _Layout(number, tuple(headings), delimiter, first)
    return None


def _has_points(columns: "Iterable[pa.Array]", fields: Iterable[Field]) -> bool:
    """Return whether a number has a point; times such as 0:10:30.5 tell nothing of the others."""
    import pyarrow.compute as pc

    pairs = zip(columns, fields, strict=True)
    numbers = (column for column, field in pairs if field.factor)
    return any(pc.any(pc.match_substring(one, ".")).as_py() for one in numbers)


def _numbers(column: "pa.Array", field: Field, name: str, decimal_comma: bool) -> Floats:
    """Read a column in our unit."""
    read = numbers_of if field.factor else seconds_of
    try:
        return (field.factor or 1.0) * read(column, decimal_comma=decimal_comma)
    except ValueError as error:
        remedy = f"its column {field.heading!r} cannot be read: {error}"
        raise InputError("FILE", name, remedy) from None


def _check(columns: dict[str, Floats], name: str) -> None:
    count = len(columns["time"])
    if not 2 <= count <= MAX_RECORDS:
        raise InputError("FILE", name, f"has {count:,} records; 2 to {MAX_RECORDS:,} can be read")
    for kind, values in columns.items():
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0]) + 1
            raise InputError("FILE", name, f"has no {kind} in record {row:,}")
    back = np.flatnonzero(np.diff(columns["time"]) < 0)
    if len(back):
        remedy = (
            f"its time runs backwards after record {int(back[0]) + 1:,}: export the time since the "
            "beginning of the test, and one test alone"
        )
        raise InputError("FILE", name, remedy)
