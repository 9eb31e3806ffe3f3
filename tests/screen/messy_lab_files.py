"""Twelve files as laboratories send them, and what has to become of each row.

`docs/lab_files.md` shows them; `tests/screen/lab_sheet/test_messy_files.py` holds both to it.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cycler_files import arbin, biologic, neware, symmetric
from openpyxl import Workbook

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.precursors import Catalogue, KnownPrecursor
from maiscreen.screen.lab_cyclers.row import read_cell_export
from maiscreen.screen.lab_sheet.header import Choices
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results
from maiscreen.screen.lab_sheet.record import LabRecord

CATALOGUE = Catalogue([
    KnownPrecursor("SnCl4", "tin tetrachloride", "7646-78-8"),
    KnownPrecursor("GeCl4", "germanium tetrachloride", "10038-98-9"),
    KnownPrecursor("TiCl4", "titanium tetrachloride", "7550-45-0"),
])  # fmt: skip


@dataclass(frozen=True)
class Messy:
    """A file, how it is imported, and what has to become of its rows.

    Attributes
    ----------
    name, about : str
    content : bytes
    options : Choices
        As ``--column``, ``--ignore`` and ``--with`` give them.
    area_cm2 : float or None
        Of a cycler's export.
    became : mapping of str to str
        By row; ``file`` for what is said of all of it.
    """

    name: str
    about: str
    content: bytes
    became: dict[str, str]
    options: Choices = field(default_factory=Choices)
    area_cm2: float | None = None


def book(fill: Callable[[Any], None]) -> bytes:
    """A workbook whose first sheet somebody filled."""
    workbook, sink = Workbook(), io.BytesIO()
    fill(workbook.active)
    workbook.save(sink)
    return sink.getvalue()


def rows(*lines: tuple[object, ...]) -> Callable[[Any], None]:
    def fill(sheet: Any) -> None:
        for line in lines:
            sheet.append(list(line))

    return fill


GERMAN = """\
Glovebox 2, Serie März;;;;;;;

Präkursor;Zyklen bis zum Versagen;Stromdichte (mA/cm²);Kapazität (mAh/cm²);Schichtdicke (µm);\
Elektrolyt;Datum;Bemerkung
SnCl4;>650;2,0;1,0;6,5;1 M NaPF6 in Diglyme;24.03.2026;läuft ohne Befund
titanium tetrachloride;150;2,0;1,0;;1 M NaPF6 in Diglyme;24.03.2026;
;;;;;;;

SnCI4;300;2,0;1,0;;1 M NaPF6 in Diglyme;25.03.2026;
GeCl4;220*;2,0;1,0;;1 M NaPF6 in Diglyme;25.03.2026;
* Zelle noch am Laufen;;;;;;;
"""

SHORTS = """\
Verbindung\tZyklen bis Kurzschluss\tj\tq\tWiderstand / Ohm cm2\tZelle
SnCl4\t648\t2 mA/cm²\t1 mAh/cm²\t85,5\tNa|Na
GeCl4\tmehr als 300\t20 A/m²\t1 mAh/cm²\t1.234,5\tNa|Na
TiCl4\t150\t2\t1 mAh/cm²\t60\tNa|Na
"""

NUMBERS = """\
Compound,Cycle number,Current density (mA cm-2),Capacity (mAh cm-2),Cell ID,Electrolyte
SnCl4,650 (still running),2,1,A1,1 M NaPF6 in diglyme
SnCl4,640,2,1,A2,1M NaPF6 diglyme
SnCl4,640,2,1,A2,1 mol/L NaPF6 in G2
GeCl4,running,,,B1,
TiCl4,< 40,2,1,C1,1 M NaPF6 in DME
,,,,,
"""

RESULT = """\
precursor;Ergebnis;current density / mA cm-2;capacity / mAh cm-2;Box
SnCl4;650;2;1;3
GeCl4;410;2;1;4
"""

HOURS = """\
precursor,time to short circuit (h),current density (mA/cm2),capacity (mAh/cm2),thickness (um)
SnCl4,650,2,1,6
"""


def merged(sheet: Any) -> None:
    rows(
        ("Results of March",),
        ("precursor", "cycles", "current density (mA/cm²)", "capacity (mAh/cm²)"),
        ("SnCl4", 650, 2, 1),
        (None, 640, 2, 1),
        ("TiCl4", 150, 2, 1),
    )(sheet)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A4")


TWO_TABLES = rows(
    ("precursor", "cycles to failure", "current density (mA/cm²)", "capacity (mAh/cm²)"),
    ("SnCl4", 650, 2, 1),
    ("Mittelwert",),
    (),
    ("formula", "thickness (µm)", "phases (XRD)"),
    ("SnCl4", 6, "Na15Sn4, NaCl"),
    ("GeCl4", 8.5, "NaGe"),
)

DATES = rows(
    ("precursor", "cycles", "current density (mA/cm²)", "capacity (mAh/cm²)", "date"),
    ("SnCl4", 650, 2, 1, date(2026, 3, 24)),
    ("TiCl4", 150, 2, 1, 46105),
    ("GeCl4", date(2026, 5, 3), 2, 1, "25.03.2026"),
    ("GeCl4", 400, date(2026, 2, 1), 1, "25.03.2026"),
)

FORMULAS = rows(
    ("precursor", "cycles", "current density (mA/cm²)", "capacity (mAh/cm²)", "note"),
    ("SnCl4", 650, 2, 1, "typed"),
    ("TiCl4", "=75*2", 2, 1, "never computed"),
    ("GeCl4", "#DIV/0!", 2, 1, ""),
)

TIN = {"precursor": "SnCl4", "cell": "symmetric", "electrolyte": "1 M NaPF6 in G2"}

FILES = (
    Messy("german.csv", "title, semicolons, decimal commas, Windows-1252, a footnote that says that"
          " a cell runs", GERMAN.encode("cp1252"), {
        "4": "accepted: SnCl4, > 650 cycles, 6500 nm",
        "5": "accepted: TiCl4, 150 cycles",
        "8": "refused: precursor = 'SnCI4': is not known; did you mean SnCl4?",
        "9": "refused: cycles to failure = '220*': has the mark '*': write what it says, such as "
        "> 650, or leave it out",
        "10": "note: * Zelle noch am Laufen",
    }),
    Messy("kurzschluss.csv", "tabs, units in the cells, one of them missing, short names of "
          "columns", SHORTS.encode("utf-8-sig"), {
        "2": "accepted: SnCl4, 648 cycles, 85.5 Ω cm²",
        "3": "accepted: GeCl4, > 300 cycles, 1234.5 Ω cm²",
        "4": "refused: current density = '2': give the unit, mA/cm², A/m², µA/cm², here or in the "
        "heading",
    }),
    Messy("cycle_number.csv", "cells that run, one without a number; the same electrolyte in three "
          "spellings; an empty line of delimiters", NUMBERS.encode(), {
        "2": "accepted: SnCl4, > 650 cycles",
        "3": "accepted: SnCl4, 640 cycles",
        "4": "known already: row 3",
        "5": "accepted: GeCl4, running",
        "6": "refused: cycles to failure = '< 40': is an upper bound; give the cycle of the "
        "failure",
    }),
    Messy("two_languages.xlsx", "headings in two languages, a number formatted as text", book(rows(
        ("Formel", "Number of cycles before short-circuit", "Stromdichte [mA/cm²]",
         "areal capacity (mAh/cm²)", "Dicke / µm", "Status"),
        ("SnCl4", "650", 2, 1, 6, "läuft noch"),
        ("Zinn(IV)-chlorid", 600, 2, 1, None, "ausgefallen"),
    )), {
        "2": "accepted: SnCl4, > 650 cycles, 6000 nm",
        "3": "refused: precursor = 'Zinn(IV)-chlorid': is no halide that is known here, nor a "
        "control of the paper",
    }),
    Messy("ergebnis.csv", "a heading that says nothing: the import stops, and asks",
          RESULT.encode(), {
        "file": "stops: column = 'Ergebnis': is not read, and holds '650' in row 2, which has no "
        'cycles to failure; say so by --column "Ergebnis=cycles", or that it is no result by '
        '--ignore "Ergebnis"',
    }),
    Messy("ergebnis.csv, answered", 'with --column "Ergebnis=cycles" --ignore "Box"',
          RESULT.encode(), {
        "2": "accepted: SnCl4, 650 cycles",
        "3": "accepted: GeCl4, 410 cycles",
    }, Choices({"Ergebnis": "cycles"}, ("Box",))),
    Messy("hours.csv", "a life in hours, beside a thickness that would have been accepted",
          HOURS.encode(), {
        "file": "stops: column = 'time to short circuit (h)': is not read, and holds '650' in row "
        '2, which has no cycles to failure; say so by --column "time to short circuit (h)=cycles", '
        'or that it is no result by --ignore "time to short circuit (h)"',
    }),
    Messy("merged.xlsx", "a merged title, a precursor merged over two cells", book(merged), {
        "3": "accepted: SnCl4, 650 cycles",
        "4": "refused: has cells merged as A3:A4; take them apart and fill in each",
        "5": "accepted: TiCl4, 150 cycles",
    }),
    Messy("two_tables.xlsx", "two tables below each other, with other columns; a line of means",
          book(TWO_TABLES), {
        "2": "accepted: SnCl4, 650 cycles",
        "3": "note: Mittelwert",
        "5": "headings of another table",
        "6": "accepted: SnCl4, 6000 nm, Na15Sn4 + NaCl",
        "7": "accepted: GeCl4, 8500 nm, NaGe",
    }),
    Messy("dates.xlsx", "dates as numbers, numbers as dates", book(DATES), {
        "2": "accepted: SnCl4, 650 cycles",
        "3": "refused: date = '46105': is no date, but a spreadsheet's number of a day, 2026-03-24 "
        "if it counts from 1900; write it as 2026-03-24",
        "4": "refused: cycles to failure = '2026-05-03': is a date: a spreadsheet made it of a "
        "number such as 3.5; write the number again",
        "5": "refused: current density = '2026-02-01': is a date: a spreadsheet made it of a "
        "number such as 3.5; write the number again",
    }),
    Messy("formulas.xlsx", "a formula that nobody computed, an error of the spreadsheet",
          book(FORMULAS), {
        "2": "accepted: SnCl4, 650 cycles",
        "3": "refused: cycles to failure = 'a formula': is a formula without its value; open the "
        "file, let it compute, save it again",
        "4": "refused: cycles to failure = '#DIV/0!': is an error of the spreadsheet",
    }),
    Messy("neware.csv", "a cycler's records: short circuit after 40 cycles",
          neware(symmetric([0.03] * 40 + [0.004] * 8, records=4)), {
        "file": "SnCl4, 40 cycles, short circuit (cycle 41: mean |V| 4 mV, 30 mV before), "
        "2 mA/cm², 1 mAh/cm²",
    }, Choices(given=TIN), 1.13),
    Messy("biologic.mpt", "decimal commas, a header of 8 lines, cycles counted from 0: the cell "
          "polarises", biologic(symmetric([0.03] * 20 + [0.2] * 6, records=4)), {
        "file": "SnCl4, 20 cycles, overpotential (cycle 21: mean |V| 200 mV, 30 mV before), "
        "2 mA/cm², 1 mAh/cm²",
    }, Choices(given=TIN), 1.13),
    Messy("arbin.csv", "amperes, no failure when the file ends",
          arbin(symmetric([0.03] * 30, records=4)), {
        "file": "SnCl4, > 30 cycles, no failure in 30 cycles: mean |V| 30 mV at first, 30 mV at "
        "last, 2 mA/cm², 1 mAh/cm²",
    }, Choices(given=TIN), 1.13),
)  # fmt: skip


def what_became(case: Messy) -> dict[str, str]:
    """Import a file, and say what became of each row."""
    try:
        if case.area_cm2 is not None:
            cell = read_cell_export(
                case.content, case.name, case.options.given, case.area_cm2, CATALOGUE, []
            )
            (record,) = cell.content.accepted
            criterion = f"{record.failure_criterion} " if record.failure_criterion else ""
            shown = f"({cell.life.evidence})" if criterion else cell.life.evidence
            current, capacity = record.current_density_ma_cm2, record.capacity_mah_cm2
            measured = f"{current:g} mA/cm², {capacity:g} mAh/cm²"
            return {"file": f"{_told(record)}, {criterion}{shown}, {measured}"}
        content = read_results(case.content, case.name, CATALOGUE, (), case.options)
    except InputError as error:
        return {"file": f"stops: {error}"}
    return _by_row(content)


def _by_row(content: SheetContent) -> dict[str, str]:
    said = {one.row: f"accepted: {_told(one)}" for one in content.accepted}
    said |= {one.row: f"refused: {one.reason}" for one in content.refused}
    said |= {one.row: f"known already: {one.where}" for one in content.repeated}
    said |= dict.fromkeys(content.blank, "not filled in")
    said |= {row: f"note: {text}" for row, text in content.notes}
    for look in content.remarks:
        place, _, what = look.partition(" has headings, and begins a ")
        if what:
            said[int(place.split()[1])] = f"headings of another {what}"
    return {str(row): said[row] for row in sorted(said)}


def _told(one: LabRecord) -> str:
    bound = "> " if one.censored else ""
    parts = [
        one.precursor,
        f"{bound}{one.cycles} cycles" if one.cycles is not None else "",
        "running" if one.is_pending else "",
        f"{one.thickness_nm:g} nm" if one.thickness_nm is not None else "",
        f"{one.impedance_ohm_cm2:g} Ω cm²" if one.impedance_ohm_cm2 is not None else "",
        " + ".join(one.phases),
    ]
    return ", ".join(part for part in parts if part)


def as_markdown() -> str:
    """The table of docs/lab_files.md."""
    lines = ["| file | what it has | row | what became of it |", "|---|---|---|---|"]
    for case in FILES:
        name, about = case.name, case.about
        for row, said in case.became.items():
            cells = (name, about, row, said.replace("|", "\\|"))
            lines.append(f"| {' | '.join(cells)} |")
            name = about = ""
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown())
