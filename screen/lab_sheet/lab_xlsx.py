"""Workbooks of strangers: values alone, no macros, no links, no bombs."""

import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_sheet.table import MAX_BYTES, MAX_ROWS, NO_VALUE, Cell, Sheet, gathered

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
                if member.filename.endswith((".xml", ".rels")) and _defines(archive, member):
                    raise InputError("FILE", name, "holds XML with a DTD, which no workbook has")
    except InputError:
        raise
    except _DAMAGED as error:
        raise InputError("FILE", name, f"is a damaged workbook: {error}") from None


def _defines(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Tell whether an XML file has a DTD: entities in it could grow without end."""
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
        yield gathered(_rows(values[title], formulas[title], name), where)


def _rows(values: Any, formulas: Any, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """Give rows; the sheet's own word on its size is not believed."""
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
