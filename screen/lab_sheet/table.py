"""From a file of laboratory results to a grid of cells, within limits."""

import csv
import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from maiscreen.candidates.errors import InputError

Cell = str | int | float | date | None
"""Text as written; numbers and dates where a spreadsheet says that they are."""

MAX_BYTES = 5_000_000
"""Of a file."""

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 10_000, 200, 2_000
"""Rows and columns of a sheet, characters of a cell."""

MAX_TITLE_ROWS = 10
"""Rows that may stand above the headings."""

NO_VALUE = "#FORMULA!"
"""Stands for a formula of a workbook that was saved without its value."""

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid of cells.

    Attributes
    ----------
    rows : tuple
        Number as a spreadsheet shows it, and cells; empty rows are left out.
    where : str
        What it was read as: encoding and delimiter, or the name of the sheet.
    problem : str
        Why it ends before its end, empty if it does not.
    """

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    where: str
    problem: str = ""


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """Read the sheets of a file, one for each way that it could be meant.

    Parameters
    ----------
    content : bytes
        CSV or XLSX, told by its first bytes.
    name : str
        For messages.

    Raises
    ------
    InputError
        If the file as a whole is no good.
    """
    if len(content) > MAX_BYTES:
        raise InputError("FILE", name, f"has more than {MAX_BYTES // 1_000_000} MB; split it")
    if content.startswith(b"PK\x03\x04"):
        return read_xlsx(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        remedy = "is an old or an encrypted workbook; save it as .xlsx, without a password"
        raise InputError("FILE", name, remedy)
    return _read_csv(content, name)


def keep_filled_rows(rows: Iterable[tuple[int, Sequence[Cell]]], where: str) -> Sheet:
    """Keep the rows that hold something, as long as there are not too many, nor too many columns.

    What is wrong is said of the sheet, not raised: it may be the wrong delimiter's, or not the one
    with the results.
    """
    kept: list[tuple[int, tuple[Cell, ...]]] = []
    problem = ""
    try:
        for number, cells in rows:
            last = next((i for i in range(len(cells) - 1, -1, -1) if not is_blank(cells[i])), -1)
            if last < 0:
                continue
            if last >= MAX_COLUMNS:
                problem = f"row {number} has more than {MAX_COLUMNS} columns"
            elif len(kept) > MAX_ROWS + MAX_TITLE_ROWS:
                problem = f"has more than {MAX_ROWS} rows; split it"
            if problem:
                break
            kept.append((number, tuple(cells[: last + 1])))
    except csv.Error as error:
        problem = f"is no CSV that can be read: {error}"
    return Sheet(tuple(kept), where, problem)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def raw_text(cell: Cell) -> str:
    """Return a cell as text that reads back as the same, whatever stands beside it.

    A spreadsheet's own number gets a fourth decimal where three could be taken for thousands.

    Examples
    --------
    >>> raw_text(1.234), raw_text(12), raw_text(0.5), raw_text(None), raw_text(date(2026, 3, 24))
    ('1.2340', '12', '0.5', '', '2026-03-24')
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return f"{text}0" if len(text.partition(".")[2]) == 3 and "e" not in text else text
    return str(cell)


def _read_csv(content: bytes, name: str) -> list[Sheet]:
    text, encoding = _decode(content, name)
    delimiters = _DELIMITERS
    first, _, rest = text.partition("\n")
    if first.strip().casefold() in {f"sep={d}" for d in _DELIMITERS}:
        # Excel's own way to say so; the line counts, so that numbers of rows stay right.
        delimiters, text = first.rstrip("\r")[4], f"\n{rest}"
    word = {",": "comma", ";": "semicolon", "\t": "tab"}
    return [keep_filled_rows(_records(text, d), f"{encoding}, {word[d]}") for d in delimiters]


def _records(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """Yield the records with the line that each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        yield begins, [cell.removeprefix("'") for cell in cells]
        begins = reader.line_num + 1


def _decode(content: bytes, name: str) -> tuple[str, str]:
    marked = next((code for bom, code in _BOMS.items() if content.startswith(bom)), "")
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding.removesuffix("-sig")
    raise InputError("FILE", name, "is neither text nor a workbook; give CSV or XLSX")


MAX_UNPACKED = 10 * MAX_BYTES
"""Bytes of all that a workbook unpacks to."""

MAX_MEMBERS, MAX_SHEETS = 500, 20

MAX_LAST_ROW = 10 * MAX_ROWS
"""Last row of a sheet, empty ones among them."""

MAX_CELLS = 4_000_000
"""Cells of a sheet, empty ones to the left of others among them."""

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, struct.error,
)  # fmt: skip


def read_xlsx(content: bytes, name: str) -> list[Sheet]:
    """Read the visible sheets of a workbook.

    Raises
    ------
    InputError
        If it is damaged, or unpacks to more than `MAX_UNPACKED` bytes.
    """
    _check_archive(content, name)
    try:
        with warnings.catch_warnings():
            # Of what is not read anyway: drawings, extensions, print areas.
            warnings.simplefilter("ignore")
            return list(_sheets(content, name))
    except (InputError, MemoryError):
        raise
    except Exception as error:
        # openpyxl raises whatever comes of a damaged file: KeyError, TypeError, ParseError, ….
        why = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError("FILE", name, f"cannot be read as a workbook: {why}") from None


def _check_archive(content: bytes, name: str) -> None:
    """Refuse what unpacks to too much, and XML that defines entities; nothing is unpacked twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            # zipfile gives no more than a member's stated size, so that the sum cannot lie.
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                remedy = (
                    f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB; give the sheet alone"
                )
                raise InputError("FILE", name, remedy)
            if any(m.flag_bits & 1 for m in members):
                raise InputError("FILE", name, "is encrypted; save it without a password")
            for member in members:
                if member.filename.endswith((".xml", ".rels")) and _has_dtd(archive, member):
                    raise InputError("FILE", name, "holds XML with a DTD, which no workbook has")
    except InputError:
        raise
    except _DAMAGED as error:
        raise InputError("FILE", name, f"is a damaged workbook: {error}") from None


def _has_dtd(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Return whether an XML file has a DTD: entities in it could grow without end."""
    text = archive.read(member)
    wide = text.replace(b"\0", b"")  # UTF-16 spells it with nulls between
    return b"<!DOCTYPE" in wide or b"<!ENTITY" in wide


def _sheets(content: bytes, name: str) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    options: dict[str, Any] = {"read_only": True, "keep_links": False}
    values = load_workbook(io.BytesIO(content), data_only=True, **options)
    formulas = load_workbook(io.BytesIO(content), data_only=False, **options)
    visible = [s.title for s in values.worksheets if s.sheet_state == "visible"]
    if len(values.sheetnames) > MAX_SHEETS:
        raise InputError("FILE", name, f"has more than {MAX_SHEETS} sheets")
    for title in visible:
        where = f"sheet {title}"
        yield keep_filled_rows(_rows(values[title], formulas[title], name), where)


def _rows(values: Any, formulas: Any, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """Yield rows; the sheet's own word on its size is not believed."""
    values.reset_dimensions()
    formulas.reset_dimensions()
    pairs = zip(
        values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True
    )
    cells = 0
    for number, (row, written) in enumerate(pairs, 1):
        cells += len(row)
        if cells > MAX_CELLS:
            raise InputError("FILE", name, f"has more than {MAX_CELLS} cells, empty ones too")
        if number > MAX_LAST_ROW:
            raise InputError("FILE", name, f"has more than {MAX_LAST_ROW} rows, empty ones too")
        yield number, [_cell(v, f) for v, f in zip(row, written, strict=True)]


def _cell(value: Any, written: Any) -> Cell:
    if value is None:
        return NO_VALUE if written is not None else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return value.removeprefix("'")
    return value if isinstance(value, int | float | date) else str(value)
