"""The sheet for the glovebox, and what the documentation says of its columns."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import load_workbook

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_sheet.columns import COLUMNS, HEADINGS, unit_key
from maiscreen.screen.lab_sheet.header import match_heading
from maiscreen.screen.lab_sheet.reader import read_results
from maiscreen.screen.paper.controls import CONTROLS, PRECURSORS
from maiscreen.screen.shortlist.choose import shortlist, to_csv
from maiscreen.screen.shortlist.workbook import (
    TITLES,
    as_markdown,
    template_rows,
    to_csv_bytes,
    to_xlsx_bytes,
)

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture
def rows(ranking: pa.Table) -> list[dict[str, object]]:
    return template_rows(shortlist(Findings(Campaign(), ranking, {"fingerprint": "f" * 64}), 10))


def test_a_blank_template_has_nothing_to_refuse(rows: list[dict[str, object]]) -> None:
    for content in (to_csv_bytes(rows), to_xlsx_bytes(rows, "a campaign")):
        found = read_results(content, "template", Catalogue())
        assert (found.accepted, found.refused, found.unread) == ((), (), ())
        assert len(found.blank) == len(rows) == 4


def test_filled_in_it_is_read(rows: list[dict[str, object]]) -> None:
    filled = {"cycles to failure": 650, "still running": "yes", "current density (mA/cm²)": 2,
              "capacity (mAh/cm²)": 1, "thickness (nm)": 800, "cell": "symmetric"}  # fmt: skip
    done = [rows[0] | filled, *rows[1:]]
    one, other = (
        read_results(content, "template", Catalogue())
        for content in (to_csv_bytes(done), to_xlsx_bytes(done, "a campaign"))
    )
    assert one.accepted[0].content == other.accepted[0].content
    assert (one.accepted[0].precursor, one.accepted[0].censored) == ("SnCl4", True)
    assert one.accepted[0].thickness_nm == 800


def test_no_name_becomes_a_formula(rows: list[dict[str, object]]) -> None:
    hostile = "=cmd|' /C calc'!A0"
    assert [row["name"] for row in rows].count(hostile) == 1
    cells = list(csv.reader(io.StringIO(to_csv_bytes(rows).decode("utf-8-sig"))))
    assert not [c for line in cells for c in line if c.startswith(("=", "+", "-", "@"))]
    sheet = load_workbook(io.BytesIO(to_xlsx_bytes(rows, "=1+1")))["results"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}


def test_choices_have_drop_down_lists(rows: list[dict[str, object]]) -> None:
    book = load_workbook(io.BytesIO(to_xlsx_bytes(rows, "a campaign")))
    rules = {str(r.sqref): r.formula1 for r in book["results"].data_validations.dataValidation}
    assert '"symmetric,full,half"' in rules.values()
    assert '"vapour,solution,additive,none"' in rules.values()
    assert book.sheetnames == ["results", "columns"]
    explained = [line[0] for line in book["columns"].iter_rows(min_row=4, values_only=True)]
    assert explained == [column.heading for column in COLUMNS]


def test_every_heading_of_ours_is_known_with_its_unit() -> None:
    for column in COLUMNS:
        for heading in (column.title, column.name, f"{column.heading} / {column.unit}"):
            found = match_heading(heading.removesuffix(" / "))
            assert found is not None
            assert found[0] is column
            assert not column.unit or found[1] == unit_key(found[1])
            assert not column.units or found[1] in column.units
    assert len(TITLES) == len(set(TITLES))
    assert all(words == words.casefold() for words in HEADINGS)


def test_a_shortlist_that_was_filled_in_is_read(ranking: pa.Table) -> None:
    rows = shortlist(Findings(Campaign(), ranking, {"fingerprint": "f" * 64}), 10)
    done = {"cycles": 650, "current_density_ma_cm2": 2, "capacity_mah_cm2": 1}
    content = to_csv([rows[0] | done, *rows[1:]]).encode("utf-8-sig")
    found = read_results(content, "shortlist.csv", Catalogue())
    assert [one.cycles for one in found.accepted] == [650]
    assert (found.unread, found.refused, len(found.blank)) == ((), (), 3)


def test_the_page_shows_the_columns() -> None:
    assert as_markdown() in (DOCS / "lab.md").read_text(encoding="utf-8")


def test_the_example_holds_what_the_paper_measured() -> None:
    found = read_results((DOCS / "lab_paper.csv").read_bytes(), "lab_paper.csv", Catalogue())
    told = {(one.precursor, one.route): one for one in found.accepted}
    measured = [case for case in (*PRECURSORS, *CONTROLS) if case.cycles is not None]
    assert not found.refused
    assert len(told) == len(measured) == 5
    for case in measured:
        record = told[case.formula, case.route]
        assert (record.cycles, record.note) == (case.cycles, case.note)
        assert record.censored == case.note.startswith("more than")
        assert bool(record.approximate) == ("about " in case.note and case.name != "TiCl4 vapour")
        assert (record.current_density_ma_cm2, record.capacity_mah_cm2) == (2, 1)
