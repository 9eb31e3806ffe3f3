"""The commands of `maiscreen lab`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import (
    add_command,
    add_folder,
    add_json,
    add_without_paper,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.decision import beside_the_paper
from maiscreen.runners.cli.lab_import import add_import
from maiscreen.runners.cli.lab_learning import add_learning
from maiscreen.runners.cli.output import (
    OutputFile,
    add_output,
    add_overwrite,
    check_outputs,
    write_output,
)
from maiscreen.runners.cli.text import columns
from maiscreen.runners.endings import COMPLETE

if TYPE_CHECKING:
    from maiscreen.runners.folder.place import Place
    from maiscreen.runners.runs.lab import Import
    from maiscreen.screen.lab_sheet.record import LabRecord
    from maiscreen.screen.lab_sheet.summary import Group, Ranks


_FIELDS = ("precursor", "route", "rank", "score")


def table(imports: Sequence[Import], known: Ranks) -> str:
    """Return the results of each precursor, best rank first, then the imports."""
    from maiscreen.runners.runs.lab import counted_results
    from maiscreen.screen.lab_sheet.summary import find_rank, summarise_results
    from maiscreen.screen.text import printable

    groups = _order_by_rank(summarise_results(counted_results(imports)), known)
    if not imports:
        return "no results yet; maiscreen lab template DIR gives a sheet to fill in"
    head = ("rank", "precursor", "route", "score", "cells", "running", "cycles", "apart", "mA/cm²",
            "mAh/cm²", "cell", "Ω cm²", "thickness / nm", "phases")  # fmt: skip
    body = [_line(group, find_rank(known, group.precursor, group.route)) for group in groups]
    lines = [head, *body]
    note = "cycles: median of the cells (Kaplan–Meier); > where fewer than half have failed"
    if any(group.scatter is not None for group in groups):
        note += "\napart: factor between equal cells that have failed (one standard deviation)"
    else:
        place = head.index("apart")
        lines = [(*line[:place], *line[place + 1 :]) for line in lines]
    shown = columns([[printable(cell) for cell in row] for row in lines])
    shown = shown if body else "no results stand"
    log = columns(
        [("import", "when (UTC)", "results", "refused", "file"), *map(_import_line, imports)]
    )
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
        "" if group.scatter is None else f"×{group.scatter:.2f}",
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


def _ranks(out: Place) -> Ranks:
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.screen.lab_sheet.summary import ranks

    return ranks(read_ranking(out)[0])


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


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "a sheet for the glovebox; import what was measured, and learn from it"
    parser = menu.add_parser("lab", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_template(actions)
    add_import(actions)
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
