"""Workbooks (XLSX): their visible sheets as they are shown, read within limits."""

import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from maiscreen.candidates.reading.cells import NO_VALUE, Cell, Grid, Record, raw_text

MAX_UNPACKED = 50_000_000
"""Bytes of all that a workbook unpacks to; chosen, as what follows, as in `limits` [judgement]."""

MAX_MEMBERS, MAX_SHEETS = 500, 20

MAX_LAST_ROW = 100_000
"""Last row of a sheet, empty ones among them."""

MAX_CELLS = 4_000_000
"""Cells of a sheet, empty ones to the left of others among them."""

LONGEST_FORMAT = 255
"""Characters of the format of a number; spreadsheets take no more."""

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, struct.error,
)  # fmt: skip

_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_workbook(content: bytes) -> list[Grid]:
    """Read the visible sheets of a workbook.

    Raises
    ------
    ValueError
        If it is damaged, or unpacks to more than `MAX_UNPACKED` bytes.
    """
    _check_archive(content)
    try:
        with warnings.catch_warnings():
            # Of what is not read anyway: drawings, extensions, print areas.
            warnings.simplefilter("ignore")
            return list(_grids(content))
    except (_UnfitError, MemoryError):
        raise
    except Exception as error:
        # openpyxl raises whatever comes of a damaged file: KeyError, TypeError, ParseError, ….
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise ValueError(f"cannot be read as a workbook: {why}") from None


class _UnfitError(ValueError):
    """A workbook that is sound, and not for us."""


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to too much, and XML that defines entities, which could grow on end."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            # zipfile gives no more than a member's stated size, so that the sum cannot lie.
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                most = MAX_UNPACKED // 1_000_000
                raise _UnfitError(f"unpacks to more than {most} MB; give the sheet alone")
            if any(m.flag_bits & 1 for m in members):
                raise _UnfitError("is encrypted; save it without a password")
            # Every member, whatever it is called; UTF-16 spells it with nulls between.
            if any(_DTD.search(archive.read(m).replace(b"\0", b"")) for m in members):
                raise _UnfitError("holds XML with a DTD, which no workbook has")
    except _UnfitError:
        raise
    except _DAMAGED as error:
        raise ValueError(f"is a damaged workbook: {error}") from None


def _grids(content: bytes) -> Iterator[Grid]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    if len(book.sheetnames) > MAX_SHEETS:
        raise _UnfitError(f"has more than {MAX_SHEETS} sheets")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = _looks_of_texts(archive)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                looks = _looks(archive, sheet._worksheet_path, texts)
                records = list(_records(sheet, looks))
                yield Grid(
                    f"sheet {sheet.title}",
                    lambda records=records: iter(records),  # type: ignore[misc]
                    remarks={n: " and ".join(sorted(w)) for n, w in looks.remarks.items()},
                    hidden=tuple(looks.hidden),
                    faults=looks.faults,
                )


def _records(sheet: Any, looks: "_Looks") -> Iterator[Record]:
    """Yield rows that hold something; the sheet's own word on its size is not believed."""
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells += len(row)
        if cells > MAX_CELLS:
            raise _UnfitError(f"has more than {MAX_CELLS} cells, empty ones too")
        if number > MAX_LAST_ROW:
            raise _UnfitError(f"has more than {MAX_LAST_ROW} rows, empty ones too")
        read = [_cell(cell, looks) for cell in row]
        if any(cell is not None for cell in read):
            if any(c.value is not None and c.font.strike for c in row):
                looks.remarks[number].add("struck through")
            yield number, number, read


def _cell(cell: Any, looks: "_Looks") -> Cell:
    value = cell.value
    if value is None:
        unsaved = looks.unsaved and getattr(cell, "coordinate", "") in looks.unsaved
        return NO_VALUE if unsaved else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value.removeprefix("'")
    if isinstance(value, int | float):
        return as_shown(value, cell.number_format)
    return value if isinstance(value, date) else str(value)


_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])+')
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|(?P<skipped>\[[^\]]*\]|[_*].)|(?P<digits>General|[0#?.,/@]+|E[+-]0*)|(?P<plain>.)"
)


def as_shown(value: float, number_format: str) -> Cell:
    """Return a number as its format shows it: as text with whatever stands around the digits.

    Examples
    --------
    >>> as_shown(12, '0.0 "µm"'), as_shown(0.125, "0.0%"), as_shown(650, '">"0')
    ('12 µm', '12.5 %', '> 650')
    >>> as_shown(-3.5, "#,##0.00;[Red]-#,##0.00"), as_shown(12000, '0.0,"k"')
    (-3.5, '12000 shown in thousands k')
    """
    if number_format == "General":
        return value
    place = 0 if value > 0 else 1 if value < 0 else 2
    around = _around_by_sign(number_format[:LONGEST_FORMAT])[place]
    before, after = (" or ".join(sorted({pair[i] for pair in around if pair[i]})) for i in (0, 1))
    if "%" in after:
        value = float(f"{100 * value:.15g}")
    return f"{before} {raw_text(value)} {after}".strip() if before or after else value


@lru_cache
def _around_by_sign(number_format: str) -> tuple[frozenset[tuple[str, str]], ...]:
    """Return what may stand before and after a number above, below and of zero."""
    around = [_around(section) for section in _SECTION.findall(number_format)[:3]] or [("", "")]
    if re.search(r"\[[<>=]", number_format):
        # Conditions choose otherwise than by the sign.
        return (frozenset(around),) * 3
    return tuple(frozenset([around[i if i < len(around) else 0]]) for i in range(3))


def _around(section: str) -> tuple[str, str]:
    """Return what a format writes before and after the digits; signs and brackets are the sign."""
    sides = ["", ""]
    digits = False
    for token in _TOKEN.finditer(section):
        kind = token.lastgroup
        if kind == "digits":
            digits = True
            # A comma behind the last digit shows thousands as ones.
            if re.search(r"[0#?],+$", token[0]):
                sides[1] += "shown in thousands "
        elif kind != "skipped":
            sides[digits] += token[kind] or "" if kind else ""
    # A plus behind the digits is none of the sign: 650+ still runs.
    return sides[0].strip(" +-()"), sides[1].strip(" -()")


@dataclass(slots=True)
class _Looks:
    """What a sheet shows of its rows beside the values of their cells.

    Cells in `unsaved` have a formula, and no value of it.
    """

    remarks: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    faults: dict[int, str] = field(default_factory=dict)
    unsaved: set[str] = field(default_factory=set)
    hidden: list[tuple[int, int]] = field(default_factory=list)


def _local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _looks_of_texts(archive: zipfile.ZipFile) -> list[frozenset[str]]:
    """Return how each shared text is written; none where a workbook has no such texts."""
    names = [n for n in archive.namelist() if n.casefold().endswith("sharedstrings.xml")]
    if not names:
        return []
    looks = []
    with archive.open(names[0]) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314  it has no DTD
            if _local_name(element) == "si":
                looks.append(_look_of_text(element))
                element.clear()
    return looks


def _look_of_text(element: ElementTree.Element) -> frozenset[str]:
    """Tell whether digits of a text are raised, or a part of it struck through.

    Small digits belong to a formula; to a number as little as raised ones.
    """
    look = set()
    whole = "".join(part.text or "" for part in element.iter() if _local_name(part) == "t")
    raising = {"superscript"} if any(map(str.isalpha, whole)) else {"superscript", "subscript"}
    for run in element.iter():
        if _local_name(run) != "r":
            continue
        parts = {_local_name(part): part for part in run.iter()}
        text = (parts["t"].text if "t" in parts else "") or ""
        raised = parts["vertAlign"].get("val") if "vertAlign" in parts else ""
        if raised in raising and any(c.isdigit() for c in text):
            look.add("raised")
        if "strike" in parts and parts["strike"].get("val") not in ("0", "false"):
            look.add("struck through")
    return frozenset(look)


def _looks(archive: zipfile.ZipFile, path: str, texts: list[frozenset[str]]) -> _Looks:
    """Look at what openpyxl passes over: hidden rows, merged cells, parts of texts."""
    looks, row = _Looks(), 0
    with archive.open(path) as file:
        for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314
            name = _local_name(element)
            if event == "start":
                if name == "row":
                    row = int(element.get("r") or row + 1)
                    if element.get("hidden") in ("1", "true"):
                        looks.remarks[row].add("hidden")
            elif name == "c":
                _add_look(looks, row, element, texts)
            elif name == "row":
                element.clear()
            elif name == "col" and element.get("hidden") in ("1", "true"):
                looks.hidden.append((int(element.get("min", 0)), int(element.get("max", 0))))
            elif name == "mergeCell":
                _add_merged(looks, element.get("ref", ""))
    return looks


def _add_look(
    looks: _Looks, row: int, cell: ElementTree.Element, texts: list[frozenset[str]]
) -> None:
    parts = {_local_name(part): part for part in cell}
    look: frozenset[str] = frozenset()
    if "f" in parts and ("v" not in parts or not parts["v"].text):
        looks.unsaved.add(cell.get("r", ""))
    if "is" in parts:
        look = _look_of_text(parts["is"])
    elif cell.get("t") == "s" and "v" in parts:
        look = texts[int(parts["v"].text or 0)]
    if "struck through" in look:
        looks.remarks[row].add("struck through")
    if "raised" in look:
        looks.faults[row] = f"{cell.get('r', 'a cell')} has a raised digit; write a plain number"


def _add_merged(looks: _Looks, ref: str) -> None:
    """Note the rows with cells that only look filled in: merged with one above, or beside."""
    ends = re.findall(r"([A-Z]+)([0-9]+)", ref)
    if len(ends) == 2:
        (left, top), (right, bottom) = ends
        rows = range(int(top) + (left == right), int(bottom) + 1)
        if len(rows) + len(looks.faults) > MAX_LAST_ROW:
            raise _UnfitError(f"merges cells of more than {MAX_LAST_ROW} rows")
        looks.faults |= dict.fromkeys(
            rows, f"has cells merged as {ref}; take them apart and fill in each"
        )
