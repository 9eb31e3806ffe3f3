"""The bench sheet: what stands on its page, in which order, and that it comes back filled in."""

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.columns import BENCH, NARROW, WIDE
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.how_to_words import dose, dose_in_short
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_sheet.columns import COLUMNS
from maiscreen.screen.lab_sheet.reader import read_results
from maiscreen.screen.shortlist.all_columns import FACTOR, number_format
from maiscreen.screen.shortlist.bench_sheet import (
    HEADER,
    PRINTED,
    columns_to_fill_in,
    opening,
    sheet_columns,
)
from maiscreen.screen.shortlist.shortlist import Shortlist, of_campaign
from maiscreen.screen.shortlist.spreadsheet import MAX_TEXT, lines, write_cell

SAVED = Path(__file__).parent / "bench_libreoffice.xlsx"
"""A filled in bench sheet of two rows, opened and saved by LibreOffice 7.4."""

MANIFEST = {"fingerprint": "f" * 64}


@pytest.fixture(scope="module")
def every(finished: pa.Table) -> Shortlist:
    return of_campaign(Findings(Campaign(), finished, MANIFEST), 30)


def sheet_of(table: Shortlist) -> Worksheet:
    return load_workbook(io.BytesIO(table.to_xlsx()))["Bench sheet"]


def by_formula(table: Shortlist) -> dict[str, dict[str, object]]:
    titles, *rows = sheet_of(table).iter_rows(min_row=HEADER, values_only=True)
    return {str(row[1]): dict(zip(map(str, titles), row, strict=True)) for row in rows}


def test_a_page_has_what_the_bench_asks_and_no_more(every: Shortlist) -> None:
    page, beside = sheet_columns(every)
    assert [column.title for column in page] == [
        "tier", "formula", "cycles to failure", "current density (mA/cm²)", "capacity (mAh/cm²)",
        "exposure (s)", "thickness (nm)", "note", "name", "CAS", "supply", "handling", "danger",
        "dose for the jar", "process temperature (°C)", "times to try", "layer expected",
        "P(top k)", "what would change its place",
    ]  # fmt: skip
    asked = {column.title for column in (*page, *beside) if column.lab}
    assert asked == {column.title for column in columns_to_fill_in(every)}
    assert len(asked) == len(PRINTED) + len(beside)


def test_it_prints_landscape_one_page_wide_with_its_headings(every: Shortlist) -> None:
    sheet, (page, _) = sheet_of(every), sheet_columns(every)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${HEADER}:${HEADER}"
    last = sheet.cell(HEADER + len(every), len(page)).coordinate
    assert sheet.print_area.replace("$", "").endswith(f"A1:{last}")
    assert sheet.freeze_panes == f"C{HEADER + 1}"


def test_ten_rows_fit_on_one_page(every: Shortlist) -> None:
    ten = replace(every, rows=every.rows[:10])
    sheet, (page, _) = sheet_of(ten), sheet_columns(ten)
    # A unit of width is a digit of 11 points, 7 pixels of 96 to the inch; 5 belong to the cell.
    width = sum((7 * column.width + 5) * 72 / 96 for column in page)
    height = sum(sheet.row_dimensions[row].height for row in range(1, HEADER + 11))
    margins = sheet.page_margins
    room = (297 / 25.4 - margins.left - margins.right, 210 / 25.4 - margins.top - margins.bottom)
    assert height * min(1, 72 * room[0] / width) < 72 * room[1]


def test_bottles_then_cylinders_each_by_tier_then_chance(every: Shortlist) -> None:
    keys = [(row["handling"] == "cylinder", row["tier"], -float(str(row["p_top_k"])))
            for row in every.rows]  # fmt: skip
    assert keys == sorted(keys)
    assert len({key[0] for key in keys}) == 2
    shown = [row[1].value for row in sheet_of(every).iter_rows(min_row=HEADER + 1)]
    assert shown == [row["formula"] for row in every.rows]


def test_rows_say_it_in_short(every: Shortlist) -> None:
    rows = by_formula(every)
    tin = rows["SnCl4"]
    assert (tin["tier"], tin["CAS"], tin["handling"]) == ("I", "7646-78-8", "bottle, liquid")
    assert (tin["danger"], tin["dose for the jar"]) == ("severe burns", "1 ml (2.2 g)")
    assert str(tin["times to try"]).split("\n")[1] == "10 s: 6 µm (4.7–7.7), within"
    assert tin["layer expected"] == "Na15Sn4 + 4 NaCl for each Sn"
    assert rows["GeF4"]["handling"] == "cylinder, gas, no glass"
    assert rows["GeF4"]["dose for the jar"] == "3.2 kPa (3.8 mg)"
    assert rows["BCl3"]["layer expected"] == "B + 3 NaCl for each B"
    germanium = str(rows["GeCl4"]["what would change its place"])
    assert germanium.startswith("whether NaGe forms in time (")
    assert germanium.endswith("%): X-ray diffraction of the layer on sodium: does this phase form?")


def test_no_word_of_a_developer_is_on_it(every: Shortlist) -> None:
    words = ("maiscreen labels", "label", "eV", "7net", "embedded/", "steps", "its error", "None",
             "nan;", "nan ")  # fmt: skip
    for formula, row in by_formula(every).items():
        text = " ".join(map(str, filter(None, row.values())))
        assert not [word for word in words if word in text], formula


def test_the_line_on_top_says_what_the_order_is(every: Shortlist) -> None:
    text = " ".join(opening(every))
    assert "k = 10" in text and "19.8 cm³" in text and "No safety assessment" in text
    assert "k =" not in " ".join(opening(replace(every, provenance=())))


def filled(content: bytes, values: dict[str, object], row: int = HEADER + 1) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book["Bench sheet"]
    titles = [cell.value for cell in sheet[HEADER]]
    for title, value in values.items():
        sheet.cell(row, titles.index(title) + 1, value)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_what_is_filled_in_comes_back_from_every_row(every: Shortlist) -> None:
    values: dict[str, object] = {"cycles to failure": "> 650", "current density (mA/cm²)": 2,
                                 "capacity (mAh/cm²)": 1, "note": "seen", "cell": "symmetric",
                                 "temperature (°C)": 30, "date": "2026-03-24"}  # fmt: skip
    content = every.to_xlsx()
    blank = read_results(content, "a.xlsx", Catalogue())
    assert (blank.accepted, blank.refused, blank.unread) == ((), (), ())
    assert len(blank.blank) == len(every)
    for number, row in enumerate(every.rows[::9]):
        found = read_results(
            filled(content, values, HEADER + 1 + 9 * number), "a.xlsx", Catalogue()
        )
        assert (found.refused, found.unread, len(found.blank)) == ((), (), len(every) - 1)
        (record,) = found.accepted
        assert (record.precursor, record.cas) == (row["formula"], row["cas"])
        assert (record.cycles, record.censored, record.cell) == (650, True, "symmetric")
        assert (record.temperature_c, record.exposure_s) == (30, None)


def test_one_that_libreoffice_saved_comes_back() -> None:
    found = read_results(SAVED.read_bytes(), "a.xlsx", Catalogue())
    assert (found.refused, found.unread, len(found.blank)) == ((), (), 1)
    (record,) = found.accepted
    assert (record.precursor, record.cycles, record.censored) == ("SnCl4", 650, True)
    assert (record.thickness_nm, record.exposure_s, record.temperature_c) == (6000, 10, 25)
    assert record.phases == ("Na15Sn4", "NaCl")


def test_a_sheet_of_before_with_82_columns_comes_back(every: Shortlist) -> None:
    own = {"precursor", "cas", "route"}
    titles = [*(c.title for c in NARROW), *(c.title for c in COLUMNS if c.name not in own)]
    values = {"cycles to failure": 650, "current density (mA/cm²)": 2, "capacity (mAh/cm²)": 1}
    book = Workbook()
    book.active.append(titles)
    for number, row in enumerate(every.rows):
        told = {c.title: row[c.name] for c in NARROW} | (values if number == 0 else {})
        book.active.append([told.get(title) for title in titles])
    sink = io.BytesIO()
    book.save(sink)
    found = read_results(sink.getvalue(), "old.xlsx", Catalogue())
    assert (found.refused, found.unread, len(found.blank)) == ((), (), len(every) - 1)
    assert [record.cycles for record in found.accepted] == [650]


def test_short_columns_have_names_of_their_own() -> None:
    titles = [column.title for column in (*NARROW, *WIDE)]
    assert not {column.title for column in BENCH} & {*titles}
    assert all(column.about and column.source for column in BENCH)


@pytest.mark.parametrize("state", ["gas", "liquid", "solid"])
def test_the_short_dose_is_that_of_the_long_one(state: str) -> None:
    facts = {"jar_cm3": 50.0, "jar_fill_mg": 4.0, "layer_takes_mg": 9.0, "density_g_cm3": 2.0,
             "layer_takes_std_mg": 1.0, "jar_fillings": 2.25, "jar_pressure_pa": 3200.0,
             "asked_thickness_um": 6.0, "asked_area_cm2": 1.0}  # fmt: skip
    if state != "liquid":
        del facts["density_g_cm3"]
    short, long = dose_in_short(facts, state), dose(facts, state, 25.0)
    amount = short.split(" (")[0].split(";")[0]
    assert amount in long
    assert ("leave it in the jar" in short) == ("leave it in the jar" in long)
    assert (", 3 times" in short) == (state == "gas") == ("takes 3 of them" in long)


@given(st.floats(1e-3, 1e6), st.floats(1e-4, 1e4))
def test_digits_follow_the_error(value: float, std: float) -> None:
    column = next(c for c in NARROW if c.name == "layer_takes_mg")
    shown = number_format(column, {"layer_takes_mg": value, "layer_takes_std_mg": std})
    step = 10.0 ** -len(shown.partition(".")[2])
    assert step <= std or step == 1
    assert step >= std / 20.001 or step == 1


@given(st.floats(0.01, 3))
def test_an_error_in_decades_leaves_two_digits_or_one(std: float) -> None:
    column = next(c for c in NARROW if c.name == "vapour_pressure_25_pa")
    shown = number_format(
        column, {"vapour_pressure_25_pa": 3176.0, "vapour_pressure_std_log10": std}
    )
    assert shown == ("0.0E+00" if 10**std < FACTOR else "0E+00")


@given(st.text(max_size=60))
def test_a_text_stays_a_text_of_plain_lines(text: str) -> None:
    sheet = Workbook().active
    cell = write_cell(sheet, 1, 1, text)
    if cell is None or cell.value is None:
        return
    assert cell.data_type == "s"
    assert all(line.isprintable() for line in str(cell.value).split("\n"))
    assert cell.quotePrefix == str(cell.value).startswith(("=", "+", "-", "@"))


def test_long_texts_are_cut_and_rows_high_enough(every: Shortlist) -> None:
    long = dict(every.rows[0]) | {"name": "word " * 1_000}
    sheet = sheet_of(replace(every, rows=(long,)))
    (page, _), title = sheet_columns(every), "name"
    place = [column.title for column in page].index(title)
    cell = sheet.cell(HEADER + 1, place + 1)
    assert len(cell.value) <= MAX_TEXT and cell.alignment.wrap_text
    assert sheet.row_dimensions[HEADER + 1].height <= 409
    assert lines(cell.value, page[place].width) > 50
