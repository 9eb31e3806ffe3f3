"""Sheets of results, row by row, in whatever form people send them."""

import io
import warnings
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_files import HEADINGS, MESSY, csv_bytes, xlsx_bytes

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import raw_text
from maiscreen.screen.facts.precursors import Catalogue, KnownPrecursor
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results
from maiscreen.screen.lab_sheet.record import LabRecord, from_json, latest, to_json


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    tin = KnownPrecursor("SnCl4", "tin tetrachloride", "7646-78-8")
    return Catalogue([tin, KnownPrecursor("TiCl4", "titanium tetrachloride", "7550-45-0")])


def reasons(found: SheetContent) -> dict[int, str]:
    return {one.row: one.reason for one in found.refused}


def one_row(catalogue: Catalogue, **cells: object) -> SheetContent:
    """Read a sheet of one row; underscores stand for blanks."""
    base = {"precursor": "SnCl4", "cycles": "650", "current density / mA cm-2": "2",
            "capacity / mAh cm-2": "1"}  # fmt: skip
    row = base | {name.replace("_", " "): value for name, value in cells.items()}
    return read_results(csv_bytes([list(row), list(row.values())]), "a.csv", catalogue)


def refusal(catalogue: Catalogue, **cells: object) -> str:
    (refused,) = one_row(catalogue, **cells).refused
    return refused.reason


def accepted(catalogue: Catalogue, **cells: object) -> LabRecord:
    found = one_row(catalogue, **cells)
    assert not found.refused
    return found.accepted[0]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_messy_file(catalogue: Catalogue, code: str) -> None:
    found = read_results(MESSY.encode(code), "messy.csv", catalogue)
    assert [one.row for one in found.accepted] == [3, 5, 10, 12]
    assert found.where.endswith("semicolon, decimal commas")
    tin, titanium, runs, bromide = found.accepted
    assert (runs.precursor, runs.running, runs.cycles) == ("GeCl4", True, None)
    assert (tin.cycles, tin.censored, tin.thickness_nm) == (650, True, 12_000)
    assert (tin.phases, tin.cell, tin.date) == (("Na15Sn4", "NaCl"), "symmetric", "2026-03-24")
    assert (titanium.impedance_ohm_cm2, titanium.thickness_nm) == (1234, 800)
    assert (bromide.cell, bromide.cathode, bromide.censored) == ("full", "Na3V2(PO4)3", True)
    assert bromide.current_density_ma_cm2 == 0.5
    assert found.blank == (13,)
    assert [(one.row, one.where) for one in found.repeated] == [(6, "row 3")]
    assert reasons(found) == {
        4: "thickness = '12': give the unit, nm, µm, Å, here or in the heading",
        7: "precursor = 'SnCI4': is not known; did you mean SnCl4?",
        8: "precursor = 'SnC14': is not known; did you mean SnCl4?",
        9: "precursor = 'Sncl4': is not known; did you mean SnCl4?",
        11: "CAS = '7550-45-0': is that of TiCl4, not of SnCl4; correct one of them",
        14: "capacity = '': is empty: cycles can be compared at one current density and capacity "
        "alone",
        15: "phases seen = 'NaCI': holds iodine, SnCl4 none; is NaCl meant?",
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("MgCl2.6H2O", "may be MgCl2 + 6 H2O or Mg Cl2.6 H2 O"),
        ("SnCl2.2H2O, Na15Sn4", "may be SnCl2 + 2 H2O"),
        ("NaOH.H2O", "holds '.' between formulas"),
        ("FeIII", "III is an oxidation state"),
        ("NaCl(s)", "state of matter"),
        ("NaD", "no element 'D'"),
        ("Na²", "SUPERSCRIPT TWO"),
    ],
)
def test_phases_that_may_mean_two_things(catalogue: Catalogue, text: str, reason: str) -> None:
    assert reason in refusal(catalogue, phases_seen=text)


def test_small_digits_of_phases_are_digits(catalogue: Catalogue) -> None:
    assert accepted(catalogue, phases_seen="Na₁₅Sn₄, NaCl").phases == ("Na15Sn4", "NaCl")


def test_hydrates_among_phases_are_kept_with_brackets(catalogue: Catalogue) -> None:
    assert accepted(catalogue, phases_seen="NaOH·2H2O").phases == ("NaOH(H2O)2",)


@pytest.mark.parametrize("cycles", ["650①", "¹650", "①", "650₁", "650½", "650⑴", "650¹", "Ⅳ"])
def test_signs_like_digits_are_no_digits(catalogue: Catalogue, cycles: str) -> None:
    assert "write it as a plain number" in refusal(catalogue, cycles=cycles)


def test_every_cell_keeps_its_text_unit_and_rule(catalogue: Catalogue) -> None:
    found = read_results(MESSY.encode(), "messy.csv", catalogue)
    readings = {one.column: one for one in found.accepted[1].read}
    assert readings["thickness_nm"].raw == "0,8 µm"
    assert readings["thickness_nm"].rule == "decimal comma; unit in the cell, × 1000"
    assert readings["impedance_ohm_cm2"].rule.startswith("thousands mark: the file has decimal")


def test_a_second_import_is_recognised(catalogue: Catalogue) -> None:
    first = read_results(MESSY.encode(), "messy.csv", catalogue)
    earlier = [(f"import 1, row {one.row}", one) for one in first.accepted]
    again = read_results(MESSY.encode("cp1252"), "messy.csv", catalogue, earlier)
    assert not again.accepted
    assert [one.where for one in again.repeated][:2] == ["import 1, row 3", "import 1, row 5"]


VALUES = st.tuples(
    st.integers(1, 999_999),
    *(st.integers(1, 99_999).map(lambda n: n / 1000) for _ in range(2)),
    *(st.integers(1000, 10**7).map(lambda n: n / 100) for _ in range(2)),
)


def german(number: float) -> str:
    return f"{number:,.4f}".translate(str.maketrans(",.", ".,"))


def forms(rows: list[tuple[Any, ...]]) -> list[bytes]:
    """Write the same sheet in five ways."""
    points = [[*row[:3], *(f"{x:.4f}" for x in row[3:])] for row in rows]
    commas = [[*r[:2], f"{r[2]:,}".replace(",", "."), *map(german, r[3:])] for r in rows]
    latin = [heading.replace("Ω", "Ohm") for heading in HEADINGS]
    return [
        xlsx_bytes([HEADINGS, *rows]),
        csv_bytes([HEADINGS, *points]),
        csv_bytes([latin, *commas], ";", "cp1252"),
        csv_bytes([HEADINGS, *commas], "\t", "utf-8-sig"),
        csv_bytes([HEADINGS, *commas], ",", "utf-16"),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=5, unique_by=lambda v: v[0]))
def test_all_forms_of_a_sheet_give_the_same(rows: list[Any]) -> None:
    named = [("SnCl4", str(i), *row) for i, row in enumerate(rows)]
    read = [read_results(content, "a", BARE) for content in forms(named)]
    assert not any(one.refused for one in read)
    contents = [[one.content for one in sheet.accepted] for sheet in read]
    assert all(one == contents[0] for one in contents)
    for record, values in zip(read[0].accepted, rows, strict=True):
        assert (record.cycles, record.thickness_nm) == (values[0], values[4])


BARE = Catalogue([])


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"precursor": "NaCl"}, "is no halide that is known here"),
        ({"precursor": "SnCl4·5H2O"}, "is no halide"),
        ({"precursor": "SnlC4"}, "did you mean SnCl4?"),
        ({"precursor": ""}, "is empty; give a formula or a CAS number"),
        ({"CAS": "7646-78-9"}, "check digit"),
        ({"cycles": "12,5"}, "is no whole number"),
        ({"cycles": "-3"}, "outside 0 to 1e"),
        ({"cycles": "1300 h"}, "'h' does not belong to cycles"),
        ({"cycles": "< 40"}, "is an upper bound"),
        ({"cycles": "650*"}, "has the mark '*': write what it says, such as > 650"),
        ({"cycles": "650 †"}, "has the mark '†'"),
        ({"cycles": "650!"}, "does not belong to cycles"),
        ({"cycles": "500-600"}, "more than one number"),
        ({"cycles": "#REF!"}, "error of the spreadsheet"),
        ({"cycles": "=2*325"}, "is a formula of a spreadsheet"),
        ({"cycles": "> 650", "censored": "no"}, "correct one of them"),
        ({"cycles": "", "censored": "yes", "impedance": "5 Ω cm²"}, "needs the cycles so far"),
        ({"thickness_/_nm": "9000 mm"}, "outside"),
        ({"thickness_/_nm": "12 Ω"}, "its unit 'Ω' is none of nm, µm"),
        ({"impedance": "85 Ω"}, "its unit 'Ω' is none of Ω cm²"),
        ({"temperature": "25"}, "give the unit, °C, K"),
        ({"cell": "full"}, "name that of the full cell"),
        ({"cell": "Na|NVP", "cathode": "S"}, "the cell says NVP"),
        ({"cell": "pouch"}, "give symmetric, half or full"),
        ({"route": "magic"}, "give one of vapour, solution, additive, none"),
        ({"route": "none"}, "how did SnCl4 meet the sodium"),
        ({"date": "3/4/2026"}, "may be 2026-03-04 or 2026-04-03"),
        ({"date": "31.02.2026"}, "is no day"),
        ({"date": "24.03.26"}, "is no date"),
        ({"XRD": "dendrites"}, "remarks belong into note"),
        ({"note": "a\x07b"}, "control character"),
        ({"note": "x" * 2001}, "more than 2000 characters"),
        ({"precursor": "x" * 2001}, "more than 200 characters"),
    ],
)
def test_a_row_is_refused_for_one_reason(
    catalogue: Catalogue, cells: dict[str, str], why: str
) -> None:
    reason = refusal(catalogue, **cells)
    assert why in reason
    assert len(reason) < 600
    assert reason.isprintable()


def test_units_and_words_are_converted(catalogue: Catalogue) -> None:
    found = accepted(
        catalogue, precursor="Tin tetrachloride", cycles="650 cycles", thickness="0.8 µm",
        impedance="1.5 kΩ cm²", exposure="2 min", temperature="333.15 K", cell="Na||Na",
        failure="Short circuit", date="2026-03-24",
    )  # fmt: skip
    assert (found.precursor, found.cas) == ("SnCl4", "7646-78-8")
    assert (found.thickness_nm, found.impedance_ohm_cm2) == (800, 1500)
    assert (found.exposure_s, found.temperature_c) == (120, 60)
    assert (found.cell, found.failure_criterion) == ("symmetric", "short circuit")


def test_negative_temperatures_are_numbers(catalogue: Catalogue) -> None:
    assert accepted(catalogue, temperature="−10 °C").temperature_c == -10


def test_a_cell_that_was_stopped_has_not_failed(catalogue: Catalogue) -> None:
    assert accepted(catalogue, cycles="650", failure="stopped").censored
    assert accepted(catalogue, cycles="650", failure="stopped", censored="no").censored
    assert not accepted(catalogue, cycles="650", failure="short circuit").censored


def test_blends_and_controls(catalogue: Catalogue) -> None:
    blend = accepted(catalogue, precursor="30 % SiCl4 + 70 % SnCl4")
    assert blend.precursor == "0.7 SnCl4 + 0.3 SiCl4"
    bare = accepted(catalogue, precursor="bare Na")
    assert (bare.precursor, bare.route) == ("bare sodium", "none")
    assert accepted(catalogue, precursor="1-chloropropane").precursor == "C3H7Cl"
    assert "sum to 1" in refusal(catalogue, precursor="SnCl4 + SiCl4")
    assert "share of zero" in refusal(catalogue, precursor="1.0 SnCl4 + 0.0 SiCl4")


@pytest.mark.parametrize(
    ("headings", "nanometres"), [(["precursor"], 12_000), (["precursor", "rank"], None)]
)
def test_a_computed_thickness_is_one_of_a_shortlist(
    catalogue: Catalogue, headings: list[str], nanometres: float | None
) -> None:
    """What people measured has the same heading in sheets of their own."""
    head = [*headings, "thickness_um", "impedance / Ω cm²"]
    row = ["SnCl4", *["1"] * (len(headings) - 1), "12", "85"]
    (record,) = read_results(csv_bytes([head, row]), "a.csv", catalogue).accepted
    assert record.thickness_nm == nanometres


def test_headings_may_have_wide_brackets(catalogue: Catalogue) -> None:
    assert accepted(catalogue, **{"thickness（µm）": "12"}).thickness_nm == 12_000


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0.125 SnCl4 + 0.875 SiCl4", "0.875 SiCl4 + 0.125 SnCl4"),
        ("12,5 % SnCl4 + 87,5 % SiCl4", "0.875 SiCl4 + 0.125 SnCl4"),
        ("0.005 GeCl4 + 0.995 SnCl4", "0.995 SnCl4 + 0.005 GeCl4"),
        ("0.334 SnCl4 + 0.666 SiCl4", "0.666 SiCl4 + 0.334 SnCl4"),
        ("0.3335 SnCl4 + 0.3335 SiCl4 + 0.333 GeCl4",
         "0.3335 SiCl4 + 0.3335 SnCl4 + 0.333 GeCl4"),
        ("70 % SnCl4 + 30 % SiCl4", "0.7 SnCl4 + 0.3 SiCl4"),
    ],
)  # fmt: skip
def test_shares_of_a_blend_keep_their_digits(catalogue: Catalogue, written: str, kept: str) -> None:
    assert accepted(catalogue, precursor=written).precursor == kept


def test_dates_with_slashes_are_read_if_the_file_tells(catalogue: Catalogue) -> None:
    head = ["precursor", "date", "impedance / Ω cm²"]
    rows = [["SnCl4", "3/4/2026", "1"], ["SnCl4", "24/3/2026", "2"]]
    found = read_results(csv_bytes([head, *rows]), "a.csv", catalogue)
    assert [one.date for one in found.accepted] == ["2026-04-03", "2026-03-24"]


def test_a_running_cell_goes_on_and_does_not_go_back(catalogue: Catalogue) -> None:
    running = accepted(catalogue, cycles="> 400", replicate="1")
    head = ["precursor", "replicate", "cycles", "current density / mA cm-2", "capacity / mAh cm-2"]
    later = csv_bytes([head, ["SnCl4", "1", "650", "2", "1"]])
    found = read_results(later, "b.csv", catalogue, [("import 1, row 2", running)])
    failed = found.accepted[0]
    assert latest([running, failed]) == [failed]
    less = csv_bytes([head, ["SnCl4", "1", "700", "2", "1"]])
    refused = read_results(less, "c.csv", catalogue, [("a", running), ("b", failed)]).refused
    assert "contradicts b, where this cell has 650" in refused[0].reason
    other = replace(running, replicate="")
    assert len(latest([other, replace(other, cycles=500)])) == 2


@pytest.mark.parametrize("replicate", ["", "7"])
def test_a_cell_that_runs_is_overtaken_by_its_cycles(catalogue: Catalogue, replicate: str) -> None:
    waiting = one_row(catalogue, cycles="läuft noch", replicate=replicate).accepted[0]
    assert (waiting.is_pending, waiting.running, waiting.censored) == (True, True, True)
    flagged = one_row(catalogue, cycles="", still_running="yes", replicate=replicate).accepted[0]
    assert flagged.content == waiting.content
    later = accepted(catalogue, cycles="400 (still running)", replicate=replicate)
    assert (later.running, later.is_pending) == (True, False)
    ended = accepted(catalogue, cycles="650", replicate=replicate)
    assert latest([waiting, later])[0].cycles == 400
    assert [r.cycles for r in latest([waiting, ended])] == [650]
    other = accepted(catalogue, cycles="650", replicate="other")
    assert len(latest([waiting, other])) == 2
    assert not accepted(catalogue, cycles="> 650").running
    assert not accepted(catalogue, cycles="650", still_running="yes", failure_criterion="stopped"
                        ).running  # fmt: skip


def test_results_of_earlier_versions_are_read(catalogue: Catalogue) -> None:
    record = accepted(catalogue, cycles="> 650")
    document = to_json(record)
    del document["running"]
    assert from_json(document) == record
    with pytest.raises(TypeError, match="running"):
        from_json({**document, "running": 1})


def test_records_survive_json(catalogue: Catalogue) -> None:
    for record in read_results(MESSY.encode(), "m", catalogue).accepted:
        assert from_json(to_json(record)) == record
        for damaged in ({"cycles": "650"}, {"cell": 3}, {"more": 1}, {"censored": 1}):
            with pytest.raises((TypeError, ValueError)):
                from_json(to_json(record) | damaged)


def test_dates_and_formulas_of_workbooks(catalogue: Catalogue) -> None:
    head = ["precursor", "cycles", "impedance / Ω cm²", "date"]
    rows = [
        ["SnCl4", None, 85.5, datetime(2026, 3, 24)],
        ["SnCl4", None, datetime(2026, 5, 3), None],
        ["SnCl4", None, "=1+1", None],
        ["SnCl4", None, 1.234, None],
    ]
    found = read_results(xlsx_bytes([head, *rows]), "a.xlsx", catalogue)
    assert [(o.impedance_ohm_cm2, o.date) for o in found.accepted] == [
        (85.5, "2026-03-24"), (1.234, ""),
    ]  # fmt: skip
    why = reasons(found)
    assert "a spreadsheet made it of a number" in why[3]
    assert "formula without its value" in why[4]


def test_what_a_workbook_says_reads_the_same_from_refused_csv() -> None:
    assert [raw_text(x) for x in (1.234, 1234.0, date(2026, 1, 2))] == [
        "1.2340", "1234", "2026-01-02",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no row of headings"),
        (b"\x00\x01\x02", "neither text nor a workbook"),
        (b"PK\x03\x04 nothing else", "damaged workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old or an encrypted workbook"),
        (b"a,b\n1,2\n", "no row of headings"),
        (b'precursor,cycles\nSnCl4,"650\n', "is no sound CSV"),
        (b"precursor,cycles\n" + b"SnCl4,1\n" * 10_001, "more than 10,000 rows"),
        (b"precursor,cycles" + b",x" * 1_000_000, "more than 2,000 columns"),
        (b"precursor,cycles,thickness,Dicke\n", "two columns for thickness"),
        (b"precursor,cycles,thicknes / nm\n", "is this 'thickness (nm)'?"),
        (b"precursor,cycles / 1000\n", "count them one by one"),
        (b"x" * 5_000_001, "more than 5 MB"),
        ("precursor,cycles\nSnCl4,1\n".encode("utf-16")[:-1], "is no sound utf-16"),
    ],
)
def test_a_file_that_is_no_good_is_refused_as_a_whole(
    catalogue: Catalogue, content: bytes, why: str
) -> None:
    with pytest.raises(InputError, match=r"^(FILE|column)") as refused:
        read_results(content, "a.csv", catalogue)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_workbook_with_a_piece_missing_is_refused(catalogue: Catalogue) -> None:
    sound = xlsx_bytes([["precursor", "impedance / Ω cm²"], ["SnCl4", 1]])
    with pytest.raises(InputError, match="damaged workbook"):
        read_results(sound[:10] + sound[50:], "a.xlsx", catalogue)


def with_part(name: str, content: bytes) -> bytes:
    """Replace a part of a sound workbook."""
    sink = io.BytesIO()
    sound = xlsx_bytes([["precursor", "impedance / Ω cm²"], ["SnCl4", 1]])
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(sink, "w", 8) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
        if name not in old.namelist():
            new.writestr(name, content)
    return sink.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
XML = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
EMPTY = '<row><c r="XFD1"/></row>'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("xl/media/bomb.bin", bytes(60_000_000), "unpacks to more than 50 MB"),
        (SHEET, b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', "holds XML with a DTD"),
        (SHEET, b"<worksheet><not closed", "cannot be read as a workbook"),
        ("xl/workbook.xml", b"<x/>", "has no row of headings"),
        (SHEET, f'{XML}<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
         .encode(), "more than 100000 rows"),
        (SHEET, f'{XML}<row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
         .encode(), "has no row of headings"),
        (SHEET, f"{XML}{EMPTY * 50_000}</sheetData></worksheet>".encode(),
         "more than 4000000 cells"),
    ],
)  # fmt: skip
def test_hostile_workbooks_are_refused(
    catalogue: Catalogue, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_results(with_part(name, content), "a.xlsx", catalogue)
    assert why in str(refused.value)


def test_macros_and_links_are_not_looked_at(catalogue: Catalogue) -> None:
    found = read_results(with_part("xl/vbaProject.bin", b"\xd0\xcf"), "a.xlsx", catalogue)
    assert found.accepted[0].impedance_ohm_cm2 == 1


def test_results_in_two_sheets_are_refused(catalogue: Catalogue) -> None:
    rows = [["precursor", "impedance / Ω cm²"], ["SnCl4", 1]]
    with pytest.raises(InputError, match="one sheet alone"):
        read_results(xlsx_bytes(rows, rows), "a.xlsx", catalogue)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(content: bytes) -> None:
    for head in (b"", b"precursor,cycles,thickness / nm,date,cell,XRD\n"):
        try:
            found = read_results(head + content, "a", BARE)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert all(one.reason for one in found.refused)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.integers(0, 255))
def test_damaged_workbooks_are_read_or_refused(place: int, byte: int) -> None:
    sound = bytearray(xlsx_bytes([["precursor", "impedance / Ω cm²"], ["SnCl4", 1]]))
    sound[place % len(sound)] = byte
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read_results(bytes(sound), "a", BARE)
        except InputError as error:
            assert "\n" not in str(error)
