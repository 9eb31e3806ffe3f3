"""`maiscreen lab import`: what became of each row, and questions about columns nobody reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_command, add_folder
from maiscreen.runners.cli.console import Menu, emit
from maiscreen.runners.cli.output import add_output, add_overwrite, write_output
from maiscreen.runners.endings import BAD_INPUT, COMPLETE, PARTIAL

if TYPE_CHECKING:
    from maiscreen.screen.lab_sheet.reader import SheetContent


def summary(sheet: SheetContent, name: str, outcome: str) -> str:
    """State what became of each row that was not accepted, and count all."""
    from maiscreen.screen.text import printable

    lines = [f"read as {printable(sheet.where)}"]
    if sheet.unread:
        lines.append(f"columns not read: {', '.join(printable(h)[:60] for h in sheet.unread)}")
    lines += map(printable, sheet.remarks)
    lines += [f"{one.place}, {printable(one.reason)}" for one in sheet.refused]
    lines += [f"row {one.row}: the same as {one.where}" for one in sheet.repeated]
    lines += [f"row {row}: a note, not a result: {printable(t)[:120]}" for row, t in sheet.notes]
    counts = (
        f"{len(sheet.accepted)} accepted, {len(sheet.refused)} refused, "
        f"{len(sheet.repeated)} duplicates, {len(sheet.blank)} not filled in"
    )
    counts += f", {len(sheet.notes)} notes" if sheet.notes else ""
    return "\n".join([*lines, "", f"{printable(name)}: {counts}; {outcome}"])


def refused_csv(sheet: SheetContent) -> bytes:
    """Return the refused rows as CSV, with their reasons, to be mended and imported."""
    from maiscreen.screen.shortlist.choose import to_csv

    beyond = max(len(line.cells) for line in sheet.refused) - len(sheet.headings)
    headings = tuple(_distinct([*sheet.headings, *[""] * beyond]))
    rows = [
        {"row": line.row, "reason": line.reason} | dict(zip(headings, line.cells, strict=False))
        for line in sheet.refused
    ]
    names = ("row", "reason", *headings)
    filled = [{name: row.get(name, "") for name in names} for row in rows]
    return to_csv(filled, names).encode("utf-8-sig")


def _distinct(headings: Sequence[str]) -> Iterable[str]:
    seen = {"row", "reason"}
    for index, heading in enumerate(headings, 1):
        name = heading if heading and heading not in seen else f"column {index}"
        seen.add(name)
        yield name


def import_results(options: argparse.Namespace) -> int:
    """Import a file of results."""
    from maiscreen.runners.runs.lab_import import read_lab_file
    from maiscreen.screen.lab_cyclers.row import described

    columns = _pairs("--column", options.column)
    given = _pairs("--with", options.given)
    area = None if options.area_cm2 is None else _area(options.area_cm2)
    read = read_lab_file(options.folder, options.file, columns, tuple(options.ignore), given, area)
    sheet = read.content
    if options.refused and sheet.refused:
        write_output(options, refused_csv(sheet), "refused")
    outcome = "nothing to keep"
    if sheet.accepted and options.dry_run:
        outcome = "nothing kept (--dry-run)"
    elif sheet.accepted and read.cell is not None and not options.keep:
        outcome = "nothing kept yet; if you agree, add --keep"
    elif sheet.accepted:
        outcome = f"kept as import {read.keep()}"
    name = read.source.source
    shown = [*described(read.cell, name), ""] if read.cell is not None else []
    emit("\n".join([*shown, summary(sheet, name, outcome)]))
    if sheet.refused and options.refused:
        emit(f"refused rows: {options.refused}")
    if sheet.refused:
        return PARTIAL if sheet.accepted or sheet.repeated else BAD_INPUT
    return COMPLETE if sheet.accepted or sheet.repeated else BAD_INPUT


def _pairs(option: str, texts: Sequence[str]) -> Mapping[str, str]:
    """Take texts such as ``Ergebnis=cycles`` apart, at the last sign of equality."""
    pairs: dict[str, str] = {}
    for text in texts:
        first, sign, second = text.rpartition("=") if option == "--column" else text.partition("=")
        if not (first.strip() and sign and second.strip()):
            example = "Ergebnis=cycles" if option == "--column" else "electrolyte=1 M NaPF6 in G2"
            raise InputError(option, text, f'give a heading and what it is: "{example}"')
        if first.strip() in pairs:
            raise InputError(option, text, f"says {first.strip()!r} twice; say it once")
        pairs[first.strip()] = second.strip()
    return pairs


def _area(text: str) -> float:
    from math import isfinite

    try:
        area = float(text)
    except ValueError:
        area = float("nan")
    if not isfinite(area):
        raise InputError(
            "--area-cm2", text, "give the area of one electrode in cm\u00b2, such as 1.13"
        )
    return area


IMPORT = """\
Read results from CSV (comma, semicolon or tab; decimal points or commas) or XLSX. Each row is
accepted, or refused with its reason; what was imported before is recognised. A column that nobody
reads and that may hold results stops the import with a question. Exports of cyclers (Neware CSV,
BioLogic .mpt, Arbin CSV) are read as they are: cycles to failure by a rule, shown before they are
kept. So are experiments of Ax (JSON)."""

IMPORT_EXAMPLES = """\
examples:
  maiscreen lab import first results.xlsx --dry-run
  maiscreen lab import first results.csv --refused mend.csv
  maiscreen lab import first results.csv --column "Ergebnis=cycles" --ignore "Box"
  maiscreen lab import first cell.mpt --area-cm2 1.13 --with precursor=GeCl4 --with cell=symmetric

Headings may be those of the template or others, in English or German, with units: "thickness / nm",
"Dicke (µm)". A quantity without a unit is refused. "> 650" is a cell that had not failed.
Exit code 0: all rows accepted; 3: some refused; 2: none usable, or the file cannot be read."""


def add_import(actions: Menu) -> None:
    """Add the action to the menu."""
    parser = add_command(
        actions,
        "import",
        import_results,
        "read results, row by row",
        description=IMPORT,
        epilog=IMPORT_EXAMPLES,
    )
    add_folder(parser, "the --out of a finished run")
    parser.add_argument("file", metavar="FILE", help="sheet, or export of a cycler")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="what a column is whose heading does not tell; repeatable",
    )
    parser.add_argument("--ignore", action="append", default=[], metavar="NAME",
                        help="a column that holds no result; repeatable")  # fmt: skip
    parser.add_argument("--with", dest="given", action="append", default=[], metavar="COLUMN=VALUE",
                        help="what no column says, for each row; repeatable")  # fmt: skip
    parser.add_argument("--area-cm2", metavar="A", help="of one electrode, for a cycler's export")
    parser.add_argument("--keep", action="store_true",
                        help="keep the cycles to failure of a cycler's export")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="say what would be, keep nothing")
    add_output(parser, "write refused rows there, as CSV", "--refused")
    add_overwrite(parser)
