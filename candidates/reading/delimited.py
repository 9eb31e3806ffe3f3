"""Text with delimiters: its encoding, and its records with the numbers of their rows."""

import csv
import re
from collections.abc import Iterator

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.cells import Grid, Record

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks, the longer first."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

_LETTERS = "ÄÖÜäöüßÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûœÑñÁÍÓÚáíóúÅåÆæØø"
_SIGNS = "\xa0µ°²³¹±·×÷€§©®™½¼¾–—‘’“”„…•«»†‡"

_GARBLED = re.compile(
    rf"[^\x00-\x7f{_LETTERS}{_SIGNS}]"
    # Letters of German and French that stand beside each other; of other scripts, all do.
    rf"|(?!öß|üß|äß|éé)[{_LETTERS}][{_LETTERS}]"
    rf"|(?!Å[²³])[{_LETTERS}][µ°²³¹±×÷½¼¾]|[µ°²³¹±½¼¾©®™†‡…•§][{_LETTERS}]"
    # Signs within words: ł of Polish is ³ here, ä of DOS is „.
    rf"|[²³¹§][a-z]|[A-Za-z][„“”§½¼¾©®…•«][A-Za-z{_LETTERS}]|[a-z][ÀÂÄÈÊÔÖÙÛÜÁÍÓÚÅÆØ]"
    # µm and °C of DOS.
    r"|\bæ[mA]\b|\bø[CF]\b"
)
"""What no text in a western language has; bytes of another encoding have it soon [judgement]."""


def read_delimited(content: bytes) -> list[Grid]:
    """Read a text as a table, in each way that it could be meant.

    Raises
    ------
    ValueError
        If it is no text, or in an encoding that nobody can tell for sure.
    """
    text, encoding = decode(content)
    first, _, rest = text.partition("\n")
    delimiters = list(_DELIMITERS)
    if first.strip().casefold() in {f"sep={d}" for d in _DELIMITERS}:
        # Excel's own way to say so; the line counts, so that numbers of rows stay right.
        delimiters, text = [first[4]], f"\n{rest}"
    return [
        Grid(f"{encoding}, {_DELIMITERS[d]}", lambda d=d: _records(text, d), d)  # type: ignore[misc]
        for d in delimiters
    ]


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Yield the records that hold something; a mark of a spreadsheet's text is taken off."""
    lines = _lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    marked, begins = "'" in text, 1
    try:
        for row, cells in enumerate(reader, 1):
            if "".join(cells).strip():
                yield row, begins, [c.removeprefix("'") for c in cells] if marked else cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"is no sound CSV near line {begins}: {error}") from None


def _lines(text: str, delimiter: str) -> Iterator[str]:
    """Yield the lines of a text, without a second copy of it."""
    for line in _LINE.finditer(text):
        if line[0].count(delimiter) > limits.COLUMNS:
            raise ValueError(f"has more than {limits.COLUMNS:,} columns; give a part of it")
        yield line[0]


def decode(content: bytes) -> tuple[str, str]:
    """Decode a text; return it with the name of its encoding.

    Raises
    ------
    ValueError
        If it is no text, or neither Unicode nor clearly of western Europe.

    Examples
    --------
    >>> decode("12 µm".encode("cp1252")), decode("测".encode("utf-16"))
    (('12 µm', 'cp1252'), ('测', 'utf-16'))
    >>> decode("测试".encode("gbk"))
    Traceback (most recent call last):
        ...
    ValueError: is in an encoding that cannot be told ('²âÊÔ'?); save it as CSV UTF-8
    """
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise ValueError(f"is no sound {encoding}; save it as CSV UTF-8") from None
        text, encoding = _decode_western(content), "cp1252"
    if "\0" in text:
        raise ValueError("holds null characters, so is neither text nor a workbook")
    return text, encoding.removesuffix("-sig")


def _decode_western(content: bytes) -> str:
    """Decode cp1252, unless another encoding is more likely: any bytes are letters there."""
    text = content.decode("cp1252", "replace")
    garbled = _GARBLED.search(text)
    if garbled is None and sum(map(text.count, "„“”")) % 2:
        garbled = re.search("[„“”]", text)
    if garbled is None:
        return text
    near = " ".join(text[max(garbled.start() - 8, 0) : garbled.end() + 8].split())
    raise ValueError(f"is in an encoding that cannot be told ({near!r}?); save it as CSV UTF-8")
