"""Workbooks that mean ill, or are damaged, and numbers as their formats show them."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from maiscreen.candidates.reading.workbook import as_shown, read_workbook

SHEET = "xl/worksheets/sheet1.xml"
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'


def workbook(**parts: bytes) -> bytes:
    """Make a sound workbook, with other parts in the place of its own or beside them."""
    book = Workbook()
    book.active.append(["formula", "value"])
    book.active.append(["NaSn", 1.5])
    sound, sink = io.BytesIO(), io.BytesIO()
    book.save(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(sink, "w", 8) as new:
        for member in {*old.namelist(), *parts}:
            new.writestr(member, parts[member] if member in parts else old.read(member))
    return sink.getvalue()


def test_a_sound_workbook() -> None:
    (grid,) = read_workbook(workbook())
    assert grid.where == "sheet Sheet"
    assert [(row, [*cells]) for row, _, cells in grid.records()] == [
        (1, ["formula", "value"]), (2, ["NaSn", 1.5]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [SHEET, "xl/worksheets/sheet1.XML", "xl/worksheets/SHEET1.Xml", "xl/_rels/workbook.xml.RELS",
     "xl/media/image1.png", "customXml/item1", "docProps/app.xml", "xl/drawings/vmlDrawing1.vml"],
)  # fmt: skip
@pytest.mark.parametrize(
    "content",
    [DTD.encode(), DTD.replace("<?xml", "\ufeff<?xml").encode("utf-16"), DTD.lower().encode(),
     DTD.encode("utf-16-le"), DTD.encode("utf-32")],
    ids=["utf-8", "utf-16", "small letters", "utf-16 without mark", "utf-32"],
)  # fmt: skip
def test_no_member_may_have_a_dtd(name: str, content: bytes) -> None:
    with pytest.raises(ValueError, match="holds XML with a DTD"):
        read_workbook(workbook(**{name: content}))


def sheet(inside: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{inside}</worksheet>'.encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (sheet("</sheetData><mergeCells>" + '<mergeCell ref="A1:XFD90000"/>' * 2 + "</mergeCells>"),
         "merges cells of more than 100000 rows"),
        (sheet('</sheetData><mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'),
         "merges cells of more than 100000 rows"),
        (sheet('<row r="x"/></sheetData>'), "cannot be read as a workbook"),
        (sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData>'), "cannot be read"),
        (sheet('<row r="1"><c r="A1" s="99"><v>9</v></c></row></sheetData>'), "cannot be read"),
        (b"<worksheet><not closed", "cannot be read as a workbook"),
        (b"", "cannot be read as a workbook"),
    ],
)  # fmt: skip
def test_sheets_that_make_no_sense_are_refused(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_workbook(workbook(**{SHEET: content}))


@given(st.floats(-1e9, 1e9), st.text("0#?.,;%\\\"'[]$µ_*E+-<>=@ dmyhs()/€", max_size=20))
def test_any_format_gives_the_number_or_a_text(value: float, number_format: str) -> None:
    shown = as_shown(value, number_format)
    assert shown == value or isinstance(shown, str)
