"""No number is lost: a column that nobody reads stops the import, or is named."""

import pytest
from lab_files import csv_bytes, xlsx_bytes

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_sheet.columns import COLUMNS
from maiscreen.screen.lab_sheet.header import Choices, match_heading
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results
from maiscreen.screen.lab_sheet.wording import field_of

BARE = Catalogue([])
BESIDE = ("current density (mA/cm²)", "capacity (mAh/cm²)")

CYCLES = (
    "Zyklen bis zum Versagen", "Zyklen bis Kurzschluss", "Cycle number", "Number of cycles",
    "cycles until short circuit", "Cycles-to-failure", "Life (cycles)", "Lebensdauer [Zyklen]",
    "Zyklenlebensdauer", "Zyklen_bis_Ausfall", "No. of cycles before short-circuiting",
    "Zyklen bis Kurzschluß", "CYCLE LIFE", "Anzahl Zyklen", "Gesamtzyklen", "Versagenszyklus",
    "total cycles survived", "Kurzschlusszyklus",
)  # fmt: skip


def read(heading: str, cell: object = 650, beside: dict[str, object] | None = None,
         choices: Choices | None = None) -> SheetContent:  # fmt: skip
    row = {"precursor": "SnCl4", heading: cell, BESIDE[0]: 2, BESIDE[1]: 1, **(beside or {})}
    content = csv_bytes([list(row), list(row.values())])
    return read_results(content, "a.csv", BARE, (), choices or Choices())


@pytest.mark.parametrize("heading", CYCLES)
def test_words_of_cycles_are_recognised(heading: str) -> None:
    (record,) = read(heading).accepted
    assert record.cycles == 650


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_words_agree_with_the_headings_that_are_known(column: object) -> None:
    for heading in (column.heading, *column.aliases):  # type: ignore[attr-defined]
        assert field_of(heading) in ("", column.name)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        ("Schichtdicke (SEM)", "thickness_nm", ""),
        ("mean layer thickness / µm", "thickness_nm", "μm"),
        ("Stromdichte beim Zyklieren [mA/cm²]", "current_density_ma_cm2", "ma/cm2"),
        ("Kapazität pro Zyklus (mAh/cm²)", "capacity_mah_cm2", "mah/cm2"),
        ("interfacial resistance (Ohm cm²)", "impedance_ohm_cm2", "ohmcm2"),
        ("Expositionsdauer / s", "exposure_s", "s"),
        ("Temperatur der Behandlung (°C)", "temperature_c", "°c"),
        ("Versagensgrund", "failure_criterion", ""),
        ("Zell-ID", "replicate", ""),
        ("phases found by XRD", "phases", ""),
        ("used electrolyte", "electrolyte", ""),
    ],
)
def test_words_of_other_columns(heading: str, name: str, unit: str) -> None:
    matched = match_heading(heading)
    assert matched is not None
    assert (matched[0].name, matched[1]) == (name, unit)


@pytest.mark.parametrize(
    "heading",
    ["cycle time", "discharge capacity", "Zyklierungstemperatur", "short circuit", "Wetter",
     "temperature of cycling", "life", "cycles at 80 %", "current", "fails" * 30],
)  # fmt: skip
def test_a_word_too_many_is_no_match(heading: str) -> None:
    matched = match_heading(heading)
    assert matched is None or heading == "current"


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("Ergebnis", 650), ("Ergebnis", "> 650"), ("Ergebnis", "650*"), ("Ergebnis", "läuft noch"),
     ("Zeit bis Kurzschluss / h", 650), ("cycle time", "1300 h"), ("lasted for", "650 cycles"),
     ("Cycels", 650), ("Sn", 0.5)],
)  # fmt: skip
def test_a_number_where_cycles_are_missing_stops_the_import(heading: str, cell: object) -> None:
    with pytest.raises(InputError) as caught:
        read(heading, cell, {"thickness (µm)": 6})
    assert f'--column "{heading}=' in str(caught.value)
    assert f'--ignore "{heading}"' in str(caught.value)
    content = read(heading, cell, {"thickness (µm)": 6}, Choices(ignored=(heading,)))
    assert len(content.accepted) == 1


@pytest.mark.parametrize(
    ("heading", "cell", "what"),
    [("R1", "85 Ohm cm²", "impedance"), ("Rct / Ohm", 85, "impedance"), ("d (nm)", 85, "thickness"),
     ("height", "6 µm", "thickness")],
)  # fmt: skip
def test_a_quantity_of_a_missing_result_stops_the_import(
    heading: str, cell: object, what: str
) -> None:
    with pytest.raises(InputError, match=f"has no {what}; say so by"):
        read(heading, cell, {"cycles": 650})


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("Ergebnis", "gut"), ("mass (mg)", 12), ("OCV / V", 0.1), ("made", "2026-03-24"),
     ("box", ""), ("precursor purity", "99.9 %")],
)  # fmt: skip
def test_what_can_be_no_result_is_named_only(heading: str, cell: object) -> None:
    content = read(heading, cell, {"thickness (µm)": 6})
    assert content.unread == (heading,)
    assert len(content.accepted) == 1


def test_nothing_is_asked_where_no_result_is_missing() -> None:
    full = {"cycles": 650, "impedance (Ω cm²)": 85, "thickness (µm)": 6}
    assert read("Ergebnis", 17, full).unread == ("Ergebnis",)


def test_a_column_without_heading_is_asked_about_too() -> None:
    content = xlsx_bytes([["precursor", "thickness (µm)", None, "note"], ["SnCl4", 6, 650, "x"]])
    with pytest.raises(InputError, match='--column "column 3=cycles"'):
        read_results(content, "a.xlsx", BARE)
    (record,) = read_results(
        content, "a.xlsx", BARE, (),
        Choices({"column 3": "cycles"}, given={"j (mA/cm²)": "2", "capacity": "1 mAh/cm²"}),
    ).accepted  # fmt: skip
    assert (record.cycles, record.current_density_ma_cm2, record.capacity_mah_cm2) == (650, 2, 1)


def test_a_row_that_ends_early_hides_no_question() -> None:
    rows = [["precursor", "thickness (µm)", "Ergebnis", "note"], ["SnCl4"], ["GeCl4", 6, 650]]
    with pytest.raises(InputError, match="holds '650' in row 3"):
        read_results(csv_bytes(rows), "a.csv", BARE)
    said = read_results(csv_bytes(rows), "a.csv", BARE, (), Choices(ignored=("Ergebnis",)))
    assert [one.row for one in said.refused] == [2, 3]


def test_units_of_a_chosen_column_are_those_of_its_heading_or_of_the_choice() -> None:
    beside = {"cycles": 650}
    for heading, what in (("R1 (kΩ cm²)", "impedance"), ("R1", "impedance / kΩ cm²")):
        (record,) = read(heading, 2, beside, Choices({heading: what})).accepted
        assert record.impedance_ohm_cm2 == 2000


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        (Choices({"Ergebniss": "cycles"}), "--column = 'Ergebniss'.*did you mean 'ergebnis'"),
        (Choices(ignored=("Wetter",)), "--ignore = 'Wetter'.*there are 'precursor', 'Ergebnis'"),
        (Choices({"Ergebnis": "weather"}), "'weather' is none of precursor, cas, route"),
        (Choices({"Ergebnis": ""}), "'' is none of precursor"),
        (Choices({"Ergebnis": "cycles"}, ("Ergebnis",)), "is ignored as well"),
        (Choices({"Ergebnis": "cycles", BESIDE[0]: "cycles"}), "two columns for cycles"),
        (Choices({"Ergebnis": "cycles"}, given={"cycles": "5"}), "two columns for cycles"),
        (Choices(given={"weather": "5"}), "--with = 'weather'"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(choices: Choices, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read("Ergebnis", choices=choices)


def test_a_heading_that_is_known_beats_one_of_the_right_words() -> None:
    content = read("cycles to failure", 650, {"cycle number": 17, "impedance (Ω cm²)": 1,
                                              "thickness (µm)": 6})  # fmt: skip
    assert content.accepted[0].cycles == 650
    assert content.unread == ("cycle number",)
    with pytest.raises(InputError, match="two columns for cycles"):
        read("cycle number", 1, {"Zyklen bis zum Versagen": 2})


def test_our_own_sheet_asks_about_rows_that_somebody_filled_in() -> None:
    headings = ["rank", "precursor", "odd", "cycles", *BESIDE, "note"]
    sheet = [headings, [1, "SnCl4", 0.5, "", "", "", ""], [2, "TiCl4", 0.5, 150, 2, 1, ""]]
    content = read_results(csv_bytes(sheet), "a.csv", BARE)
    assert content.blank == (2,)
    sheet[1][-1] = "leaked"
    with pytest.raises(InputError, match=r"'odd': is not read, and holds '0.5' in row 2"):
        read_results(csv_bytes(sheet), "a.csv", BARE)
