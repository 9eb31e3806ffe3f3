"""The commands of `maiscreen lab`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.table import read_file
from maiscreen.runners.cli.arguments import (
    add_command,
    add_folder,
    add_json,
    add_without_paper,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.decision import beside_the_paper
from maiscreen.runners.cli.lab_learning import add_learning
from maiscreen.runners.cli.output import (
    OutputFile,
    add_output,
    add_overwrite,
    check_outputs,
    write_output,
)
from maiscreen.runners.cli.text import columns
from maiscreen.runners.endings import BAD_INPUT, COMPLETE, PARTIAL

if TYPE_CHECKING:
    from maiscreen.runners.folder.place import Place
    from maiscreen.runners.runs.lab import Import
    from maiscreen.screen.facts.precursors import Catalogue
    from maiscreen.screen.lab_sheet.reader import SheetContent
    from maiscreen.screen.lab_sheet.record import LabRecord
    from maiscreen.screen.lab_sheet.summary import Group, Ranks


_FIELDS = ("precursor", "route", "rank", "score")


def summary(sheet: SheetContent, name: str, outcome: str) -> str:
    """State what became of each row that was not accepted, and count all."""
    from maiscreen.screen.text import printable

    lines = [f"read as {printable(sheet.where)}"]
    if sheet.unread:
        lines.append(f"columns not read: {', '.join(printable(h)[:60] for h in sheet.unread)}")
    lines += map(printable, sheet.remarks)
    lines += [f"{one.place}, {printable(one.reason)}" for one in sheet.refused]
    lines += [f"row {one.row}: the same as {one.where}" for one in sheet.repeated]
    counts = (
        f"{len(sheet.accepted)} accepted, {len(sheet.refused)} refused, "
        f"{len(sheet.repeated)} duplicates, {len(sheet.blank)} not filled in"
    )
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


def table(imports: Sequence[Import], known: Ranks) -> str:
    """Return the results of each precursor, best rank first, then the imports."""
    from maiscreen.runners.runs.lab import counted_results
    from maiscreen.screen.lab_sheet.summary import find_rank, summarise_results
    from maiscreen.screen.text import printable

    groups = _order_by_rank(summarise_results(counted_results(imports)), known)
    if not imports:
        return "no results yet; maiscreen lab template DIR gives a sheet to fill in"
    head = ("rank", "precursor", "route", "score", "cells", "running", "cycles", "mA/cm²",
            "mAh/cm²", "cell", "Ω cm²", "thickness / nm", "phases")  # fmt: skip
    body = [_line(group, find_rank(known, group.precursor, group.route)) for group in groups]
    shown = columns([[printable(cell) for cell in row] for row in (head, *body)])
    shown = shown if body else "no results stand"
    log = columns(
        [("import", "when (UTC)", "results", "refused", "file"), *map(_import_line, imports)]
    )
    note = "cycles: median of the cells (Kaplan–Meier); > where fewer than half have failed"
    return f"{shown}\n\n{note}\n\n{log}"


def as_json(imports: Sequence[Import], known: Ranks) -> str:
    """Return everything as one JSON object."""
    from maiscreen.runners.runs.lab import counted_results, standing_results
    from maiscreen.screen.lab_sheet.summary import find_rank, summarise_results

    groups = [
        {**asdict(group), **find_rank(known, group.precursor, group.route)}
        for group in _order_by_rank(summarise_results(counted_results(imports)), known)
    ]
    counted = {record.content for record in counted_results(imports)}
    records = [
        {**asdict(record), **find_rank(known, record.precursor, record.route), "from": where,
         "counts": record.content in counted}
        for where, record in standing_results(imports)
    ]  # fmt: skip
    log = [{"import": o.name, "undone": o.undone, **asdict(o.source)} for o in imports]
    told = {"precursors": groups, "records": records, "imports": log}
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def as_csv(imports: Sequence[Import], known: Ranks) -> str:
    """Return the results that count, one on a line, safe for a spreadsheet."""
    from maiscreen.runners.runs.lab import counted_results, standing_results
    from maiscreen.screen.lab_sheet.record import LabRecord
    from maiscreen.screen.shortlist.choose import to_csv

    where = {record.content: text for text, record in reversed(standing_results(imports))}
    rows = [_flat_row(record, known, where[record.content]) for record in counted_results(imports)]
    names = [*_FIELDS, *(n for n in LabRecord.__slots__ if n not in (*_FIELDS, "read", "row"))]
    names.append("from")
    return to_csv([{name: row[name] for name in names} for row in rows], names)


def _flat_row(record: LabRecord, known: Ranks, where: str) -> dict[str, object]:
    from maiscreen.screen.lab_sheet.summary import find_rank

    row = {**asdict(record), **find_rank(known, record.precursor, record.route), "from": where}
    return {k: ", ".join(v) if k in ("phases", "approximate") else v for k, v in row.items()}


def _order_by_rank(groups: Iterable[Group], known: Ranks) -> list[Group]:
    from maiscreen.screen.lab_sheet.summary import find_rank

    def best_first(group: Group) -> tuple[float, float, str]:
        found = find_rank(known, group.precursor, group.route)
        return (found["rank"] or 1e18, -(found["score"] or 0.0), group.precursor)

    return sorted(groups, key=best_first)


def _line(group: Group, ranked: Mapping[str, Any]) -> tuple[str, ...]:
    current, capacity, cell, cathode, _ = group.conditions or ("", "", "", "", "")
    return (
        str(ranked["rank"] or "–"),
        group.precursor,
        group.route,
        _short(ranked["score"], ".3f"),
        str(group.cells or ""),
        str(group.running or ""),
        str(group.cycles or ""),
        _short(current),
        _short(capacity),
        f"{cell}, {cathode}" if cathode else str(cell),
        _short(group.impedance_ohm_cm2),
        _short(group.thickness_nm),
        ", ".join(group.phases),
    )


def _short(value: object, digits: str = "g") -> str:
    return "" if value in (None, "") else f"{value:{digits}}"


def _import_line(entry: Import) -> tuple[str, ...]:
    from maiscreen.screen.text import printable

    state = " (undone)" if entry.undone else ""
    source = entry.source
    counts = (str(source.accepted), str(source.refused))
    return (f"{entry.number}{state}", source.imported[:19], *counts, printable(source.source)[:60])


def template(options: argparse.Namespace) -> int:
    """Write a sheet to fill in."""
    from maiscreen.runners.folder.ownership import read_findings
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.screen.shortlist.shortlist import of_campaign
    from maiscreen.screen.shortlist.workbook import template_rows, to_csv_bytes, to_xlsx_bytes

    top = parse_whole_number("--top", options.top, 1_000)
    out = campaign_folder("DIR", options.folder)
    kind = options.format or ("csv" if str(options.out).endswith(".csv") else "xlsx")
    if options.out is None:
        options.out = OutputFile(f"lab-template.{kind}")
        check_outputs(options)
    if Path(options.out).suffix.casefold() not in ("", f".{kind}"):
        raise InputError("--out", options.out, f"ends otherwise than --format {kind}")
    findings = read_findings(out)
    rows = template_rows(of_campaign(findings, top).rows)
    name, fingerprint = findings.campaign.name, findings.fingerprint[:12]
    about = f"Results for the campaign {name!r} ({fingerprint})"
    content = to_csv_bytes(rows) if kind == "csv" else to_xlsx_bytes(rows, about)
    path = write_output(options, content)
    emit(f"Written to {path}: {len(rows)} precursors; then: maiscreen lab import {out} {path}")
    return COMPLETE


def import_results(options: argparse.Namespace) -> int:
    """Import a sheet of results."""
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.lab import keep_import, read_imports, source_of, standing_results
    from maiscreen.screen.lab_sheet.columns import MAX_BYTES
    from maiscreen.screen.lab_sheet.reader import read_results

    out, path = campaign_folder("DIR", options.folder), Path(options.file)
    content = read_file(path, "FILE", MAX_BYTES)
    ranking, _, fingerprint = read_ranking(out)
    earlier = standing_results(read_imports(out))
    sheet = read_results(content, path.name, _catalogue(out, ranking), earlier)
    if options.refused and sheet.refused:
        write_output(options, refused_csv(sheet), "refused")
    outcome = "nothing to keep"
    if sheet.accepted and options.dry_run:
        outcome = "nothing kept (--dry-run)"
    elif sheet.accepted:
        source = source_of(path.name, content, fingerprint, sheet)
        number = int(keep_import(out, source, sheet.accepted).partition("-")[0])
        outcome = f"kept as import {number}"
    emit(summary(sheet, path.name, outcome))
    if sheet.refused and options.refused:
        emit(f"refused rows: {options.refused}")
    if sheet.refused:
        return PARTIAL if sheet.accepted or sheet.repeated else BAD_INPUT
    return COMPLETE if sheet.accepted or sheet.repeated else BAD_INPUT


def show(options: argparse.Namespace) -> int:
    """Show the results of a campaign."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.lab import read_imports

    out = campaign_folder("DIR", options.folder)
    known = _ranks(out)
    imports = read_imports(out)
    if options.json:
        emit_json(as_json(imports, known))
    elif options.csv:
        emit_csv(as_csv(imports, known).replace("\r\n", "\n"))
    else:
        emit(beside_the_paper(out, table(imports, known), with_paper=not options.without_paper))
    return COMPLETE


def undo(options: argparse.Namespace) -> int:
    """Mark an import undone."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.lab import undo_import

    out = campaign_folder("DIR", options.folder)
    done = undo_import(out, options.number)
    told = f"import {done.number} ({done.source.source}, {len(done.records)} results) is undone"
    emit(f"{told}; its file is kept")
    return COMPLETE


def _ingredients(out: Place) -> bytes:
    """Read the precursors of a wide campaign, if they are what was written."""
    import hashlib

    from maiscreen.runners.folder.ownership import read_manifest
    from maiscreen.runners.folder.place import read_whole

    hashes = read_manifest(out, "DIR").get("files")
    try:
        content = read_whole(out / "ingredients.parquet", limits.PART_BYTES)
    except OSError:
        content = b""
    told = hashes.get("ingredients.parquet") if isinstance(hashes, dict) else None
    if hashlib.sha256(content).hexdigest() != told:
        remedy = "its ingredients.parquet is missing or was changed; run the campaign again"
        raise InputError("DIR", str(out), remedy)
    return content


def _ranks(out: Place) -> Ranks:
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.screen.lab_sheet.summary import ranks

    return ranks(read_ranking(out)[0])


def _catalogue(out: Place, ranking: object) -> Catalogue:
    """Gather the precursors of a campaign; a wide one lists them in a table of their own."""
    import pyarrow as pa

    from maiscreen.runners.folder.files import from_parquet
    from maiscreen.screen.facts.precursors import Catalogue, KnownPrecursor

    assert isinstance(ranking, pa.Table)  # noqa: S101
    table = ranking
    if "recipe" in table.column_names:
        table = from_parquet(_ingredients(out))
    rows = table.select(["formula", "name", "cas"]).to_pylist()
    known = [KnownPrecursor(r["formula"], r["name"] or "", r["cas"] or "") for r in rows]
    return Catalogue([one for one in known if one.formula != "Na"])


DESCRIPTION = """\
Results come back: a sheet to fill in at the glovebox, and what was measured, kept beside the
campaign and shown beside its ranks."""

EXAMPLES = """\
examples:
  maiscreen lab template first                     lab-template.xlsx, the ten best to fill in
  maiscreen lab import first results.xlsx          every row accepted, or refused with its reason
  maiscreen lab show first                         medians beside ranks
  maiscreen lab undo first                         take the last import back
  maiscreen lab next first --n 5                   what to try next, and why
  maiscreen lab weights first                      what the results say of the weights"""

IMPORT = """\
Read results from CSV (comma, semicolon or tab; decimal points or commas) or XLSX. Each row is
accepted, or refused with its reason; what was imported before is recognised."""

IMPORT_EXAMPLES = """\
examples:
  maiscreen lab import first results.xlsx --dry-run
  maiscreen lab import first results.csv --refused mend.csv

Headings may be those of the template or others, in English or German, with units: "thickness / nm",
"Dicke (µm)". A quantity without a unit is refused. "> 650" is a cell that still runs.
Exit code 0: all rows accepted; 3: some refused; 2: none usable, or the file cannot be read."""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "a sheet for the glovebox; import what was measured, and learn from it"
    parser = menu.add_parser("lab", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_template(actions)
    _add_import(actions)
    _add_show(actions)
    _add_undo(actions)
    add_learning(actions)


def _add_template(actions: Menu) -> None:
    about = "write a sheet to fill in, one row for each precursor of the shortlist"
    example = "example:\n  maiscreen lab template first --top 5 --format csv --out five.csv"
    parser = add_command(actions, "template", template, about, epilog=example)
    add_folder(parser, "the --out of a finished run")
    parser.add_argument("--top", default="10", metavar="N", help="how many (default 10)")
    parser.add_argument("--format", choices=("csv", "xlsx"), help="default xlsx")
    add_output(parser, "default lab-template.xlsx or .csv, here")
    add_overwrite(parser)


def _add_import(actions: Menu) -> None:
    parser = add_command(
        actions,
        "import",
        import_results,
        "read results, row by row",
        description=IMPORT,
        epilog=IMPORT_EXAMPLES,
    )
    add_folder(parser, "the --out of a finished run")
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX")
    parser.add_argument("--dry-run", action="store_true", help="say what would be, keep nothing")
    add_output(parser, "write refused rows there, as CSV", "--refused")
    add_overwrite(parser)


def _add_show(actions: Menu) -> None:
    about = "show results beside the campaign's ranks, and the imports"
    example = "example:\n  maiscreen lab show first --csv > results.csv"
    parser = add_command(actions, "show", show, about, epilog=example)
    add_folder(parser, "the --out of a finished run")
    how = parser.add_mutually_exclusive_group()
    add_without_paper(parser)
    add_json(how, "everything, as one JSON object")
    how.add_argument("--csv", action="store_true", help="one result on a line")


def _add_undo(actions: Menu) -> None:
    about = "mark an import undone; its file is kept"
    example = "example:\n  maiscreen lab undo first 2"
    parser = add_command(actions, "undo", undo, about, epilog=example)
    add_folder(parser, "the --out of a finished run")
    parser.add_argument("number", nargs="?", metavar="N", help="which (default: the last)")
