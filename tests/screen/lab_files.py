"""Sheets of results for tests: rows as CSV in a locale, or as a workbook."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

HEADINGS = (
    "precursor",
    "replicate",
    "cycles to failure",
    "current density (mA/cm²)",
    "capacity (mAh/cm²)",
    "impedance (Ω cm²)",
    "thickness (nm)",
)

MESSY = """\
Ergebnisse Glovebox 2
Präkursor;CAS;Zyklen;Stromdichte (mA/cm²);Kapazität (mAh/cm²);Dicke;Impedanz / Ohm cm²;XRD;Zelle;\
Datum;Wiederholung;Bemerkung
SnCl4;7646-78-8;> 650;2;1;12 µm;85,5;Na15Sn4, NaCl;Na|Na;24.03.2026;1;
SiCl4;10026-04-7;220;2;1;12;1.234,5;;Na|Na;24.03.2026;1;unit missing
TiCl4;;150;2,0;1;0,8 µm;1.234;;symmetrisch;25.03.2026;1;
SnCl4;7646-78-8;> 650;2;1;12 µm;85,5;Na15Sn4, NaCl;Na|Na;24.03.2026;1;twice
SnCI4;;300;2;1;;;;Na|Na;;2;capital i
SnC14;;300;2;1;;;;Na|Na;;2;digit one
Sncl4;;300;2;1;;;;Na|Na;;2;small c
GeCl4;;läuft noch;2;1;;;;;;1;
SnCl4;7550-45-0;300;2;1;;;;;;3;CAS of TiCl4
SnBr4;;650+;0,5;0,5;;;;Na|Na3V2(PO4)3;;1;
GeF4;;;;;;;;;;;
SnCl4;;400;2;;;;;;;4;no capacity
SnCl4;;400;2;1;;;NaCI;;;5;iodine
"""
"""Title, German decimals, missing unit, lower bounds, a repeated row, typos of formulas."""


def csv_bytes(rows: Sequence[Sequence[object]], delimiter: str = ",", code: str = "utf-8") -> bytes:
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return sink.getvalue().encode(code)


def xlsx_bytes(*sheets: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()
