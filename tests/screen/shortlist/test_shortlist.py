"""The shortlist in all its forms: what it says, that it reads back, that nothing in it acts."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.facts.columns import FACT_HEADINGS, NARROW, WIDE, as_markdown
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_sheet.columns import HEADINGS, heading_key
from maiscreen.screen.lab_sheet.reader import read_results
from maiscreen.screen.scoring.ranking import rank_candidates
from maiscreen.screen.shortlist.bench_sheet import HEADER, columns_to_fill_in
from maiscreen.screen.shortlist.cards import HEIGHT, MARGIN, WIDTH, lacking_letters
from maiscreen.screen.shortlist.shortlist import Shortlist, of_campaign

DOCS = Path(__file__).parents[3] / "docs"
MANIFEST = {"fingerprint": "f" * 64, "counts": {"passed": 22}, "sources": {"packages": {"a": "1"}}}
HOSTILE = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "'=1",
           "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>')  # fmt: skip


@pytest.fixture(scope="module")
def best(finished: pa.Table) -> Shortlist:
    """Ten rows, SnCl4 on top whatever its rank."""
    table = of_campaign(Findings(Campaign(), finished, MANIFEST), 10)
    return replace(table, rows=tuple(sorted(table.rows, key=lambda r: r["formula"] != "SnCl4")))


def hostile(best: Shortlist, text: str) -> Shortlist:
    """Put a text wherever a text stands."""
    row = {n: text if isinstance(v, str) and n not in ("formula", "cas", "route") else v
           for n, v in best.rows[0].items()}  # fmt: skip
    return Shortlist((row, best.rows[1]), best.columns, (("campaign", text),), False)


def test_every_row_says_what_the_glovebox_asks(best: Shortlist, finished: pa.Table) -> None:
    tin = best.rows[0]
    assert (tin["formula"], tin["cas"], tin["state_25_c"]) == ("SnCl4", "7646-78-8", "liquid")
    assert (tin["melting_point_c"], tin["boiling_point_c"]) == (-34.07, 114.15)
    assert tin["layer_as_formed"] == "Na7Sn12 + 4 NaCl for each Sn"
    assert tin["layer_in_operation"] == "Na15Sn4 + 4 NaCl for each Sn"
    silane = next(row for row in best if row["formula"] == "SiCl4")
    assert "Si (or NaSi; P(NaSi) = 0.23)" in str(silane["layer_in_operation"])
    cylinders = of_campaign(Findings(Campaign(), finished, MANIFEST), 10, handling="cylinder")
    gas = next(row for row in cylinders if row["formula"] == "GeF4")
    assert gas["handling"] == "cylinder" and "regulator" in str(gas["container"])
    assert "4 HF" in str(gas["with_moisture"])
    for row in best:
        for name in ("hazards", "with_moisture", "why", "measurement", "suggestion", "equation"):
            assert row[name], (row["formula"], name)
        assert 0 < row["place_hangs_on_share"] < 1  # type: ignore[operator]


def test_values_are_those_of_the_ranking(best: Shortlist, finished: pa.Table) -> None:
    ranked = {row["key"]: row for row in finished.to_pylist()}
    for row in best:
        own = ranked[row["key"]]
        assert row["expected_adhesion_j_m2"] == own["adhesion"]
        assert row["expected_ionic_conductivity_std_log10"] == own["ionic_conductivity_std_log10"]
        assert row["expected_youngs_modulus_std_gpa"] == own["youngs_modulus_std"]
        assert row["electrolyte_permeability_source"] == own["electrolyte_permeability_source"]
        names = ("score", "rank", "tier", "expected_place", "place_low", "place_high")
        assert {n: row[n] for n in names} == {n: own[n] for n in names}


def test_a_diverse_one_keeps_ranks_and_repeats_no_metal(finished: pa.Table) -> None:
    one, two = (of_campaign(Findings(Campaign(), finished, MANIFEST), 10, n) for n in (1, 2))
    ranked = [row for row in finished.to_pylist() if row["rank"]]
    first: dict[str, str] = {}
    for row in sorted(ranked, key=lambda row: (row["handling"], row["rank"])):
        first.setdefault(row["metal"], row["formula"])
    assert list(one.names) == list(first.values())[:10]
    metals = [row["metal"] for row in finished.to_pylist() if row["key"] in one.names]
    assert len(metals) == len(set(metals)) == 10
    order = [(row["handling"], row["rank"]) for row in one]
    assert order == sorted(order)  # type: ignore[type-var]
    assert {*one.names[:5]} <= {*two.names}
    assert len(of_campaign(Findings(Campaign(), finished, MANIFEST), 1000, 1)) < 1000


def test_without_tin_it_is_still_the_reference() -> None:
    campaign = Campaign(metals=("Ge",), halogens=("Cl",), samples=100)
    ranking = rank_candidates(campaign, describe_precursors(campaign, halides_of(campaign)))
    (row, *_) = of_campaign(Findings(campaign, ranking, MANIFEST), 1).rows
    assert row["formula"] == "GeCl4"
    assert "adhesion × 0.99" in str(row["pulls_down"])


# What was filled in comes back


def filled(content: bytes) -> bytes:
    book = load_workbook(io.BytesIO(content))
    sheet = book["Bench sheet"]
    titles = [cell.value for cell in sheet[HEADER]]
    values = {"cycles to failure": "> 650", "current density (mA/cm²)": 2, "thickness (nm)": 6000,
              "capacity (mAh/cm²)": 1, "cell": "symmetric", "exposure (s)": 10,
              "temperature (°C)": 25, "phases seen": "Na15Sn4, NaCl"}  # fmt: skip
    for title, value in values.items():
        sheet.cell(HEADER + 1, titles.index(title) + 1, value)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_a_filled_in_workbook_is_read_back(best: Shortlist) -> None:
    blank = read_results(best.to_xlsx(), "shortlist.xlsx", Catalogue())
    assert (blank.accepted, blank.refused, blank.unread) == ((), (), ())
    assert len(blank.blank) == 10
    found = read_results(filled(best.to_xlsx()), "shortlist.xlsx", Catalogue())
    assert (found.refused, found.unread, len(found.blank)) == ((), (), 9)
    (record,) = found.accepted
    assert (record.precursor, record.cycles, record.censored) == ("SnCl4", 650, True)
    assert (record.thickness_nm, record.exposure_s, record.temperature_c) == (6000, 10, 25)
    assert record.phases == ("Na15Sn4", "NaCl")


def test_csv_is_read_back_with_all_its_columns(best: Shortlist) -> None:
    row = best.rows[0] | {"cycles": 650, "current_density_ma_cm2": 2, "capacity_mah_cm2": 1}
    table = Shortlist((row, *best.rows[1:]), best.columns, best.provenance, False)
    found = read_results(table.to_csv().encode("utf-8-sig"), "shortlist.csv", Catalogue())
    assert (found.refused, found.unread, len(found.blank)) == ((), (), 9)
    assert [one.thickness_nm for one in found.accepted] == [None]


def test_no_column_of_ours_is_taken_for_a_result() -> None:
    assert not {heading_key(text) for text in FACT_HEADINGS} & set(HEADINGS)
    for columns in (NARROW, WIDE):
        names = [one.name for one in columns]
        assert len(names) == len(set(names))
        assert len({one.title for one in columns}) == len(names)
        assert all(one.about and one.source for one in columns)


# Forms


def test_the_workbook_has_units_formats_and_sheets(best: Shortlist) -> None:
    book = load_workbook(io.BytesIO(best.to_xlsx()))
    assert book.sheetnames == ["Bench sheet", "All columns", "To fill in", "Provenance"]
    every = list(book["All columns"].iter_rows(values_only=True))
    tin = every[0].index("SnCl4")
    assert [(line[0], line[1] or "", *line[-2:]) for line in every[1:]] == [
        (c.heading, c.unit, c.about, c.source) for c in best.columns
    ]
    for line, column in zip(every[1:], best.columns, strict=True):
        value = best.rows[0][column.name]
        # A workbook has 16 digits of a number.
        number = isinstance(value, float)
        assert line[tin] == (pytest.approx(value, 1e-14) if number else value or None)
    told = dict(line[:2] for line in book["Provenance"].iter_rows(min_row=2, values_only=True))
    assert told["fingerprint"] == "f" * 64
    assert told["version or hash, packages, a"] == "1"
    assert any("no prediction of cycles" in str(text) for text in told.values())
    explained = [line[0] for line in book["To fill in"].iter_rows(min_row=2, values_only=True)]
    assert explained == [c.title for c in columns_to_fill_in(best)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(best: Shortlist, text: str) -> None:
    table = hostile(best, text)
    book = load_workbook(io.BytesIO(table.to_xlsx()))
    for sheet in book:
        for line in sheet.iter_rows():
            assert {cell.data_type for cell in line} <= {"s", "n"}
    for line in table.to_csv().splitlines():
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "@", "\t", "\r"))
    assert json.loads(table.to_json())["rows"][0]["name"] == text
    parquet = pq.read_table(io.BytesIO(table.to_parquet()))
    assert parquet["name"][0].as_py() == text


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_a_notebook_shows_it_escaped_and_alone(best: Shortlist, text: str) -> None:
    found = _Tags()
    found.feed(hostile(best, text)._repr_html_())
    assert not found.tags & {"script", "img", "link", "iframe"}
    assert not found.attributes & {"src", "href", "onerror", "onload"}
    assert text.strip() in found.text
    assert "SnCl4" in found.text.replace("\n", "")
    assert found.text.count("all that is known of") == 2


def test_json_has_units_and_sources(best: Shortlist) -> None:
    whole = json.loads(best.to_json())
    assert whole["columns"]["suggested_exposure_s"]["unit"] == "s"
    assert all(column["source"] for column in whole["columns"].values())
    assert set(whole["columns"]) <= set(whole["rows"][0])
    assert whole["provenance"]["fingerprint"] == "f" * 64


def test_parquet_has_units_in_its_fields(best: Shortlist) -> None:
    table = pq.read_table(io.BytesIO(best.to_parquet()))
    for column in best.columns:
        metadata = table.schema.field(column.name).metadata
        assert metadata[b"unit"].decode() == column.unit
        assert metadata[b"source"]
    assert table["suggested_exposure_s"].to_pylist()[:2] == [10.0, 30.0]
    assert table.schema.metadata[b"fingerprint"] == b"f" * 64
    empty = Shortlist((), best.columns, best.provenance, False)
    types = pq.read_schema(io.BytesIO(empty.to_parquet())).types
    assert pa.null() not in types


def ink(content: bytes) -> list[tuple[str, float, float, float, float]]:
    """Give text of each page and the box around all that is drawn on it, mm."""
    import pypdfium2

    pages = []
    with pypdfium2.PdfDocument(content) as pdf:
        for page in pdf:
            text = page.get_textpage()
            boxes = [text.get_charbox(i) for i in range(text.count_chars())]
            ends = zip(*(b for b in boxes if b[2] > b[0]), strict=True)
            left, bottom, right, top = (
                f(e) / 72 * 25.4 for f, e in zip((min, min, max, max), ends, strict=True)
            )
            pages.append((text.get_text_range(), left, bottom, right, top))
            text.close()
    return pages


def with_long_texts(best: Shortlist) -> Shortlist:
    return hostile(best, "a very long explanation " * 2_000)


def with_wide_letters(best: Shortlist) -> Shortlist:
    return hostile(best, "W" * 5_000)


@pytest.mark.slow
@pytest.mark.parametrize("make", [lambda best: best, with_long_texts, with_wide_letters])
def test_each_card_is_one_page(best: Shortlist, make: Callable[[Any], Shortlist]) -> None:
    few = replace(best, rows=(best.rows[0], best.rows[3]))
    pages = ink(make(few).to_cards())
    assert len(pages) == 2
    for (text, left, bottom, right, top), row in zip(pages, few, strict=True):
        assert str(row["cas"]) in text
        assert "Results" in text
        assert left > MARGIN - 1
        assert bottom > MARGIN - 8
        assert right < WIDTH - MARGIN + 1
        assert top < HEIGHT - MARGIN + 1


def test_cards_are_the_same_bytes_again_and_tell_no_data(best: Shortlist) -> None:
    few = replace(best, rows=(best.rows[0], best.rows[3]))
    content = few.to_cards()
    assert content == few.to_cards()
    texts = [page[0] for page in ink(content)]
    assert "10 s: 6 µm (4.7–7.7), within" in " ".join(texts[0].split())
    assert "never timed" in " ".join(texts[1].split())
    assert "cycles to failure" in texts[0]
    assert "No candidate passed" in ink(replace(best, rows=()).to_cards())[0][0]


def test_no_word_of_a_developer_is_on_a_card(best: Shortlist) -> None:
    why = (
        "simulated without a usable result: the vacancy at site 4: 0.105 eV/Å left after 120 steps"
    )
    experiment = "impedance of the layer between blocking electrodes"
    conductivity, threshold = "ionic conductivity of Na3Sb", "where a modulus is enough"
    told = {
        (conductivity, f"experiment: {experiment} ({why})"): experiment,
        (conductivity, f"maiscreen labels run --phases Na3Sb; or experiment: {experiment}"): (
            experiment
        ),
        (threshold, "no measurement of one layer: cells of many"): "No measurement of one layer",
    }
    settled = {"settle_first": conductivity, "settle_first_by": experiment, "measure_first": None}
    for (cause, measurement), shown in told.items():
        hangs_on = {"place_hangs_on": cause, "measurement": measurement}
        row = dict(best.rows[0]) | settled | hangs_on
        text = " ".join(ink(replace(best, rows=(row,)).to_cards())[0][0].split())
        assert shown.casefold() in text.casefold()
        assert "simulated with an interatomic potential" in text
        for word in ("labels", "eV/Å", "steps", "7net", "its error", "F2"):
            assert word not in text, word


def test_a_card_says_the_poison_where_nobody_overlooks_it(best: Shortlist) -> None:
    wanted = {"SnCl4": "SEVERE BURNS", "GeF4": "FATAL IF INHALED (derived, or from memory)"}
    few = replace(best, rows=tuple(r for r in best.rows if r["formula"] in wanted))
    for row, (text, *_) in zip(few, ink(few.to_cards()), strict=True):
        assert text.index(wanted[str(row["formula"])]) < text.index("Expose")
        plain = " ".join(text.split())
        assert all(part in plain for part in ("With sodium", "19.8 cm³", "Purifier off", "2 ppm"))
        assert ("calcium gluconate" in plain) == (row["formula"] == "GeF4")
        # Advice on where it comes from may be cut on a full card; how to stay unhurt may not.
        assert "do not press, scrape or heat it" in plain
        assert ("before the cylinder is opened" in plain) == (row["formula"] == "GeF4")


def test_every_row_has_a_danger_and_where_it_is_from(best: Shortlist) -> None:
    for row in best:
        for name in ("danger", "ghs", "toxicity", "hazard_source", "exposure_limit",
                     "with_sodium", "glovebox"):  # fmt: skip
            assert row[name], (row["formula"], name)


@pytest.mark.parametrize(
    ("name", "drawn", "lacking"),
    [
        ("олово", "олово", ""), ("κασσίτερος", "κασσίτερος", ""), ("Łódź", "Łódź", ""),
        ("測試 tin", "□□ tin", "測試"), ("スズ", "□□", "スズ"), ("주석", "□□", "주석"),
    ],
)  # fmt: skip
def test_letters_that_the_font_lacks_are_boxes_and_named(
    best: Shortlist, name: str, drawn: str, lacking: str
) -> None:
    cards = replace(best, rows=(dict(best.rows[0]) | {"name": name}, best.rows[1]))
    first, second = (page[0] for page in ink(cards.to_cards()))
    assert drawn in first
    assert ("□ is a letter that the font of this card lacks" in " ".join(first.split())) == (
        lacking != ""
    )
    assert "□" not in second
    assert lacking_letters(cards, cards.rows) == lacking


def test_the_page_shows_the_columns() -> None:
    assert as_markdown() in (DOCS / "shortlist.md").read_text(encoding="utf-8")
