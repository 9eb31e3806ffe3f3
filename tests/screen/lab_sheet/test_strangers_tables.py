"""The same table in whatever form people send it, as energies, training data, formulas, results."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from lab_files import csv_bytes, xlsx_bytes
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from maiscreen.candidates.entries.files import read_entries
from maiscreen.candidates.errors import InputError
from maiscreen.models.training_files.columns import formula_column
from maiscreen.models.training_files.files import read_table
from maiscreen.models.training_files.read import read_data
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results

Values = dict[str, float]
CATALOGUE = Catalogue([])


def energies(path: Path) -> tuple[Values, list[str]]:
    read = read_entries(path, "GGA_GGA+U", {}, "GGA_GGA+U")
    rows = {row["formula"]: row["formation_energy_ev_atom"] for row in read.rows}
    return rows, [f"{one['entry']}: {one['reason']}" for one in read.refused]


def training(path: Path) -> tuple[Values, list[str]]:
    data = read_data("formation_energy_ev_atom", path)
    values = data.training.values.round(9).tolist()
    told = [f"row {one.row}: {one.reason}" for one in data.left_out]
    return dict(zip(data.training.formulas, values, strict=True)), told


def results(path: Path) -> tuple[Values, list[str]]:
    sheet = read_results(path.read_bytes(), path.name, CATALOGUE)
    told = [f"{one.place}: {one.reason}" for one in sheet.refused]
    temperatures = {one.precursor: one.temperature_c for one in sheet.accepted}
    return {name: value for name, value in temperatures.items() if value is not None}, told


Reader = Callable[[Path], tuple[Values, list[str]]]
READERS = {
    energies: (["formula", "formation_energy_ev_atom"], {"NaSn": -0.4, "Na3Bi": -0.25, "NaGe": -1}),
    training: (["formula", "formation_energy_ev_atom"], {"NaSn": -0.4, "Na3Bi": -0.25, "NaGe": -1}),
    results: (
        ["precursor", "temperature_c", "cycles", "current_density_ma_cm2", "capacity_mah_cm2"],
        {"SnCl4": -0.4, "SiCl4": -0.25, "GeCl4": -1},
    ),
}
every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)


def rows_of(reader: Reader) -> list[list[object]]:
    headings, values = READERS[reader]
    beside = [650, 2, 1] if reader is results else []
    return [list(headings), *([name, value, *beside] for name, value in values.items())]


def german(rows: list[list[object]]) -> list[list[object]]:
    return [[str(c).replace(".", ",") for c in row] for row in rows]


def spelled(rows: list[list[object]]) -> list[list[object]]:
    return [[f" {str(c).replace('_', ' ').upper()} " for c in rows[0]], *rows[1:]]


FORMS: dict[str, Callable[[list[list[object]]], bytes]] = {
    "comma": csv_bytes,
    "semicolon": lambda rows: csv_bytes(rows, ";"),
    "tab": lambda rows: csv_bytes(rows, "\t"),
    "german": lambda rows: csv_bytes(german(rows), ";", "utf-8-sig"),
    "german, tab": lambda rows: csv_bytes(german(rows), "\t", "cp1252"),
    "german, quoted": lambda rows: csv_bytes(german(rows)),
    "excel says so": lambda rows: b"sep=;\r\n" + csv_bytes(rows, ";"),
    "utf-16": lambda rows: csv_bytes(rows, ",", "utf-16"),
    "utf-32": lambda rows: csv_bytes(rows, ",", "utf-32"),
    "line feeds": lambda rows: csv_bytes(rows).replace(b"\r\n", b"\n"),
    "old mac": lambda rows: csv_bytes(rows).replace(b"\r\n", b"\r"),
    "spaces": lambda rows: csv_bytes(rows).replace(b",", b" , "),
    "quotes": lambda rows: "\n".join(", ".join(f'"{c}"' for c in row) for row in rows).encode(),
    "capitals": lambda rows: csv_bytes(spelled(rows)),
    "minus": lambda rows: csv_bytes([[str(c).replace("-", "−") for c in row] for row in rows]),
    "exponent": lambda rows: csv_bytes([rows[0], *([r[0], f"{r[1]:e}", *r[2:]] for r in rows[1:])]),
    "trailing delimiters": lambda rows: csv_bytes([[*row, "", ""] for row in rows]),
    "title": lambda rows: csv_bytes([["Glovebox 2, May", ""], [], *rows]),
    "workbook": lambda rows: xlsx_bytes(rows),
    "workbook of texts": lambda rows: xlsx_bytes(german(rows)),
    "workbook with a title": lambda rows: xlsx_bytes([["Glovebox 2"], [], *rows]),
}


@every_reader
@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(reader: Reader, form: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(FORMS[form](rows_of(reader)))
    values, told = reader(path)
    assert values == READERS[reader][1]
    assert told == []


def with_cell(rows: list[list[object]], place: int, cell: object) -> list[list[object]]:
    changed = [list(row) for row in rows]
    changed[2][place] = cell
    return changed


BAD_CELLS = {
    "more than one cell": ("-0", "4"),
    "#N/A": "#N/A", "#NV": "#NV", "bound of kg": "< 5 kg", "error": "10 ± 1", "several": "1-2",
    "two meanings": "1,234", "marks": "1,2,3", "percent": "10 %", "star": "650*", "nan": "NaN",
    "inf": "-inf", "date": "03.Mai", "date of Excel": "2026-05-03", "formula": "=A1*2",
    "word": "soft", "underscore": "1_000", "hex": "0x10", "raised": "10²", "fraction": "1/2",
    "beyond": "1e999", "power": "1.5×10^3", "digits of other scripts": "１2٣",
    "circled": "10①", "raised alone": "²", "raised before": "²10", "small": "10₂", "half": "10½",
    "in brackets": "10⑴",
}  # fmt: skip


@every_reader
@pytest.mark.parametrize("kind", BAD_CELLS)
def test_a_cell_that_is_no_number_is_told_with_its_row(
    reader: Reader, kind: str, tmp_path: Path
) -> None:
    cell = BAD_CELLS[kind]
    rows = with_cell(rows_of(reader), 1, cell)
    if isinstance(cell, tuple):
        rows[2][1:2] = cell
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes(rows))
    name, wrong = str(rows[2][0]), {"row 3"}
    try:
        values, told = reader(path)
    except InputError as error:
        # Training refuses a file whose rows have too many cells.
        assert "row 3 has 3 cells, the headings 2" in str(error)
        return
    assert name not in values
    assert len(values) == 2
    assert {line.partition(":")[0] for line in told} == wrong
    assert all(line.isprintable() for line in told)


UNSOUND: dict[str, tuple[Callable[[list[list[object]]], bytes], str]] = {
    "nothing": (lambda rows: b"", "is empty|no row of headings"),
    "no headings": (lambda rows: csv_bytes(rows[1:]), "has no "),
    "one name twice": (
        lambda rows: csv_bytes([[*row, row[1]] for row in rows]), "two columns named",
    ),
    "one name twice, in capitals": (
        lambda rows: csv_bytes([[*row, str(row[1]).upper()] for row in rows]), "two columns named",
    ),
    "nulls": (lambda rows: csv_bytes(rows) + b"\0", "null characters"),
    "utf-16 without its mark": (lambda rows: csv_bytes(rows).decode().encode("utf-16-le"), "null"),
    "half of utf-16": (lambda rows: csv_bytes(rows, code="utf-16")[:-1], "no sound utf-16"),
    "open quote": (lambda rows: csv_bytes(rows) + b'"NaSn,-1', "is no sound CSV near line 5"),
    "text after a quote": (lambda rows: csv_bytes(rows) + b'"a"b,1\r\n', "is no sound CSV near"),
    "blanks": (lambda rows: csv_bytes(rows, " "), "has no "),
    "old workbook": (lambda rows: b"\xd0\xcf\x11\xe0" + bytes(99), "save it as .xlsx"),
    "damaged workbook": (lambda rows: xlsx_bytes(rows)[:-99], "damaged workbook"),
    "two sheets": (lambda rows: xlsx_bytes(rows, rows), "one sheet alone"),
    "merged headings": (lambda rows: merged(rows, "B1:C1"), "headings has cells merged|has no row"),
}  # fmt: skip


def changed_workbook(rows: list[list[object]], change: Callable[[Workbook], object]) -> bytes:
    book = load_workbook(io.BytesIO(xlsx_bytes(rows)))
    change(book)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def merged(rows: list[list[object]], cells: str) -> bytes:
    return changed_workbook(rows, lambda book: book.active.merge_cells(cells))


@every_reader
@pytest.mark.parametrize("kind", UNSOUND)
def test_unsound_files_are_refused_as_a_whole(reader: Reader, kind: str, tmp_path: Path) -> None:
    make, why = UNSOUND[kind]
    path = tmp_path / "table.csv"
    path.write_bytes(make(rows_of(reader)))
    with pytest.raises(InputError, match=why) as refused:
        reader(path)
    assert str(refused.value).isprintable()


@every_reader
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("gbk", "测试电池"), ("gb18030", "电"), ("big5", "測試"), ("shift_jis", "日本の電池"),
        ("shift_jis", "テスト"), ("euc_kr", "단락"), ("cp1251", "тест"), ("koi8-r", "на"),
        ("cp1253", "δοκιμή"), ("cp1250", "Łódź"), ("cp1255", "בדיקה"), ("cp874", "ทดสอบ"),
        ("cp850", "größer als 12 µm"), ("mac_roman", "für 25 °C"), ("cp1254", "şğı"),
    ],
)  # fmt: skip
def test_no_encoding_is_garbled(reader: Reader, code: str, text: str, tmp_path: Path) -> None:
    """What is not clearly of western Europe is refused; in Unicode it is read."""
    rows = [[*row, note] for row, note in zip(rows_of(reader), ("note", text, "", ""), strict=True)]
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes(rows, code=code))
    with pytest.raises(InputError, match=r"encoding that cannot be told.*; save it as CSV UTF-8"):
        reader(path)
    path.write_bytes(csv_bytes(rows))
    assert len(reader(path)[0]) == 3


@pytest.mark.parametrize(
    "note",
    ["größer als 12 µm", "für 25 °C ± 1, 5 µA/cm²", "après l’été", "niño", "Ångström, smørbrød",
     "„so“ – “thus”…", "2·H2O × 3", "650 †", "gemäß Füße"],
)  # fmt: skip
def test_western_notes_are_read(note: str) -> None:
    rows = [["precursor", "thickness / nm", "note"], ["SnCl4", "12", note]]
    sheet = read_results(csv_bytes(rows, code="cp1252"), "a.csv", CATALOGUE)
    assert (sheet.where, sheet.accepted[0].note) == ("cp1252, comma", note)


def test_half_of_a_number_is_none(tmp_path: Path) -> None:
    """Where a column is left out, a decimal comma fills its place."""
    path = tmp_path / "table.csv"
    path.write_text("formula,formation_energy_ev_atom,volume_a3_atom\nNaSn,-0,4\nNaGe,-1,20\n")
    values, told = energies(path)
    assert values == {"NaGe": -1}
    assert "row 2" in told[0]
    assert "half of a number" in told[0]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_dots_that_may_group_thousands_are_refused(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [["formula", "shear_modulus_mpa"], ["NaSn", "20.000"], ["NaGe", "31.500"]]
    path.write_bytes(csv_bytes(rows, delimiter))
    with pytest.raises(InputError, match=r"'20\.000' may be 20\.000 or 20000"):
        read_data("shear_modulus_gpa", path)
    path.write_bytes(csv_bytes([*rows, ["Na3Bi", "1.234,5"]], delimiter))
    assert read_data("shear_modulus_gpa", path).training.values.tolist() == [20, 31.5, 1.2345]
    path.write_bytes(csv_bytes([[cell.replace("_mpa", "_gpa") for cell in row] for row in rows]))
    assert read_data("shear_modulus_gpa", path).training.values.tolist() == [20, 31.5]


@every_reader
def test_rows_with_too_few_cells_are_not_filled_up(reader: Reader, tmp_path: Path) -> None:
    rows = [[*row, note] for row, note in zip(rows_of(reader), ("note", "", "", ""), strict=True)]
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes([*rows[:3], rows[3][:-1]]))
    try:
        _, told = reader(path)
    except InputError as error:
        told = [str(error)]
    assert "row 4" in told[0]
    assert f"has {len(rows[0]) - 1} cells, the headings {len(rows[0])}" in told[0]


@every_reader
def test_rows_are_counted_as_a_spreadsheet_does(reader: Reader, tmp_path: Path) -> None:
    """Breaks within cells move the lines of the file, not the rows; empty rows count."""
    rows = [
        [*row, note] for row, note in zip(rows_of(reader), ("note", "a\nb", "", ""), strict=True)
    ]
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes([*rows[:2], [], *with_cell(rows, 1, "soft")[2:]]))
    (told,) = reader(path)[1]
    assert told.startswith("row 4")
    if reader is not training:
        assert "(line 5 of the file)" in told


def struck(book: Workbook) -> None:
    for cell in book.active[3]:
        cell.font = Font(strike=True)


def struck_letters(book: Workbook) -> None:
    name = str(book.active["A3"].value)
    book.active["A3"] = CellRichText(TextBlock(InlineFont(strike=True), name[:2]), name[2:])


def hidden(book: Workbook) -> None:
    book.active.row_dimensions[3].hidden = True


@every_reader
@pytest.mark.parametrize(
    ("change", "look"),
    [(hidden, "hidden"), (struck, "struck through"), (struck_letters, "struck through")],
)
def test_rows_that_look_given_up_are_told(
    reader: Reader, change: Callable[[Workbook], None], look: str, tmp_path: Path
) -> None:
    """Results are read with a remark; nothing is learned or ranked from such a row."""
    path = tmp_path / "table.xlsx"
    path.write_bytes(changed_workbook(rows_of(reader), change))
    values, told = reader(path)
    if reader is results:
        sheet = read_results(path.read_bytes(), "a", CATALOGUE)
        assert sheet.remarks == (f"row 3 is {look} in the sheet, and was read",)
        assert len(values) == 3
    else:
        assert told == [f"row 3: is {look} in the sheet; delete the row, or undo that"]


@every_reader
@pytest.mark.parametrize(("cells", "rows"), [("A2:A4", "34"), ("B3:C3", "3")])
def test_merged_cells_are_not_taken_for_empty(
    reader: Reader, cells: str, rows: str, tmp_path: Path
) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(merged(rows_of(reader), cells))
    told = reader(path)[1]
    assert [line[:5] for line in told] == [f"row {n}" for n in rows]
    assert all(f"has cells merged as {cells}; take them apart" in line for line in told)


@every_reader
@pytest.mark.parametrize("align", ["superscript", "subscript"])
def test_raised_digits_are_no_digits(reader: Reader, align: str, tmp_path: Path) -> None:
    def raise_digit(book: Workbook) -> None:
        raised = TextBlock(InlineFont(vertAlign=align), "2")
        book.active["B3"] = CellRichText("-0.4", raised)

    path = tmp_path / "table.xlsx"
    path.write_bytes(changed_workbook(rows_of(reader), raise_digit))
    values, told = reader(path)
    assert len(values) == 2
    assert "B3 has a raised digit" in told[0]


@every_reader
def test_small_digits_of_formulas_are_read(reader: Reader, tmp_path: Path) -> None:
    rows = rows_of(reader)
    name = str(rows[1][0])

    def lower_digits(book: Workbook) -> None:
        small = InlineFont(vertAlign="subscript")
        parts = [TextBlock(small, c) if c.isdigit() else c for c in name]
        book.active["A2"] = CellRichText(*parts)

    path = tmp_path / "table.xlsx"
    path.write_bytes(changed_workbook(rows, lower_digits))
    assert reader(path) == (READERS[reader][1], [])


@pytest.mark.parametrize("shown_as", ['0"+"', '0" +"', '">"0', '0" (still running)"'])
def test_a_format_may_say_that_a_cell_still_runs(shown_as: str) -> None:
    def set_format(book: Workbook) -> None:
        book.active["B2"].number_format = shown_as

    rows: list[list[object]] = [
        ["precursor", "cycles", "current density (mA/cm2)", "capacity (mAh/cm2)"],
        ["SnCl4", 650, 2, 1],
    ]
    sheet: SheetContent = read_results(changed_workbook(rows, set_format), "a.xlsx", CATALOGUE)
    assert [(one.cycles, one.censored) for one in sheet.accepted] == [(650, True)]


@pytest.mark.parametrize(
    ("value", "shown_as", "nanometres"),
    [
        (12, '0.0 "µm"', 12_000), (12, "0.0\\ \\µ\\m", 12_000), (12, '0" nm"', 12),
        (12, "[$µm] 0", None), (12, "General", 12), (12.5, "#,##0.00", 12.5), (12, "0.00E+00", 12),
        (12, '[>10]0.0 "µm";0 "nm"', None), (12, "0%", None), (12000, '0.0,"k"', None),
        (12, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', 12), (12, '0.0 "µm";-0.0', 12_000),
        (12, '"~"0" µm"', 12_000), (12, '">"0', None),
    ],
)  # fmt: skip
def test_a_number_counts_as_its_cell_shows_it(
    value: float, shown_as: str, nanometres: float | None
) -> None:
    def set_format(book: Workbook) -> None:
        book.active["B2"].number_format = shown_as

    rows: list[list[object]] = [["precursor", "thickness (nm)"], ["SnCl4", value]]
    sheet: SheetContent = read_results(changed_workbook(rows, set_format), "a.xlsx", CATALOGUE)
    assert [one.thickness_nm for one in sheet.accepted] == ([nanometres] if nanometres else [])
    assert len(sheet.accepted) + len(sheet.refused) == 1


def test_formulas_to_predict_are_read_in_every_form(tmp_path: Path) -> None:
    for form, make in FORMS.items():
        path = tmp_path / form.replace(" ", "_")
        path.write_bytes(make(rows_of(training)))
        table = read_table(path)
        formulas = [str(cell).strip() for cell in table.columns[formula_column(table)]]
        assert formulas == ["NaSn", "Na3Bi", "NaGe"], form
