"""Laboratory results for a reader, beside the rank that the campaign gave."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from maiscreen.runners.cli.text import columns
from maiscreen.runners.runs.lab import Import, results, standing
from maiscreen.screen.facts.precursors import read_recipe
from maiscreen.screen.lab_sheet.reader import Sheetful
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.lab_sheet.summary import Group, summarised
from maiscreen.screen.shortlist.choose import to_csv
from maiscreen.screen.text import printable

Ranks = Mapping[str, Mapping[str, Any]]
"""Rank and score by precursor, or by precursor and route."""

_FIELDS = ("precursor", "route", "rank", "score")


def ranks(ranking: pa.Table) -> dict[str, dict[str, Any]]:
    """Give rank and score of each precursor of a ranking, the best where a recipe has several."""
    names = [n for n in ("key", "recipe", "rank", "score") if n in ranking.column_names]
    found: dict[str, dict[str, Any]] = {}
    for row in ranking.select(names).to_pylist():
        key = read_recipe(row["recipe"]) if "recipe" in row else row["key"]
        had = found.get(key)
        if had is None or (row["rank"] or 1e18) < (had["rank"] or 1e18):
            found[key] = {"rank": row["rank"], "score": row["score"]}
    return found


def place(known: Ranks, precursor: str, route: str) -> Mapping[str, Any]:
    """Find the rank and score of a precursor by a route."""
    other: dict[str, Any] = {"rank": None, "score": None}
    return known.get(f"{precursor} {route}") or known.get(precursor) or other


def summary(found: Sheetful, name: str, outcome: str) -> str:
    """Say what became of each row that was not accepted, and count all."""
    lines = [f"read as {printable(found.where)}"]
    if found.unread:
        lines.append(f"columns not read: {', '.join(printable(h)[:60] for h in found.unread)}")
    lines += [f"row {one.row}, {printable(one.reason)}" for one in found.refused]
    lines += [f"row {one.row}: the same as {one.where}" for one in found.repeated]
    counts = (
        f"{len(found.accepted)} accepted, {len(found.refused)} refused, "
        f"{len(found.repeated)} duplicates, {len(found.blank)} not filled in"
    )
    return "\n".join([*lines, "", f"{printable(name)}: {counts}; {outcome}"])


def refused_csv(found: Sheetful) -> bytes:
    """Give the refused rows as CSV, with their reasons, to be mended and imported."""
    headings = tuple(_distinct(found.headings))
    rows = [
        {"row": one.row, "reason": one.reason} | dict(zip(headings, one.cells, strict=False))
        for one in found.refused
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
    """Give the results of each precursor, best rank first, then the imports."""
    groups = _ordered(summarised(results(imports)), known)
    if not imports:
        return "no results yet; maiscreen lab template DIR gives a sheet to fill in"
    head = ("rank", "precursor", "route", "score", "cells", "running", "cycles", "mA/cm²",
            "mAh/cm²", "cell", "Ω cm²", "thickness / nm", "phases")  # fmt: skip
    body = [_line(group, place(known, group.precursor, group.route)) for group in groups]
    shown = columns([[printable(cell) for cell in row] for row in (head, *body)])
    shown = shown if body else "no results stand"
    log = columns([("import", "when (UTC)", "results", "refused", "file"), *map(_log, imports)])
    note = "cycles: median of the cells (Kaplan–Meier); > where fewer than half have failed"
    return f"{shown}\n\n{note}\n\n{log}"


def as_json(imports: Sequence[Import], known: Ranks) -> str:
    """Give everything as one JSON object."""
    groups = [
        {**asdict(group), **place(known, group.precursor, group.route)}
        for group in _ordered(summarised(results(imports)), known)
    ]
    counted = {record.content for record in results(imports)}
    records = [
        {**asdict(record), **place(known, record.precursor, record.route), "from": where,
         "counts": record.content in counted}
        for where, record in standing(imports)
    ]  # fmt: skip
    log = [{"import": o.name, "undone": o.undone, **asdict(o.source)} for o in imports]
    told = {"precursors": groups, "records": records, "imports": log}
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def as_csv(imports: Sequence[Import], known: Ranks) -> str:
    """Give the results that count, one on a line, safe for a spreadsheet."""
    where = {record.content: text for text, record in reversed(standing(imports))}
    rows = [_flat(record, known, where[record.content]) for record in results(imports)]
    names = [*_FIELDS, *(n for n in LabRecord.__slots__ if n not in (*_FIELDS, "read", "row"))]
    names.append("from")
    return to_csv([{name: row[name] for name in names} for row in rows], names)


def _flat(record: LabRecord, known: Ranks, where: str) -> dict[str, object]:
    row = {**asdict(record), **place(known, record.precursor, record.route), "from": where}
    return {k: ", ".join(v) if k in ("phases", "approximate") else v for k, v in row.items()}


def _ordered(groups: Iterable[Group], known: Ranks) -> list[Group]:
    def best_first(group: Group) -> tuple[float, float, str]:
        found = place(known, group.precursor, group.route)
        return (found["rank"] or 1e18, -(found["score"] or 0.0), group.precursor)

    return sorted(groups, key=best_first)


def _line(group: Group, found: Mapping[str, Any]) -> tuple[str, ...]:
    current, capacity, cell, cathode, _ = group.conditions or ("", "", "", "", "")
    return (
        str(found["rank"] or "–"),
        group.precursor,
        group.route,
        _short(found["score"], ".3f"),
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


def _log(one: Import) -> tuple[str, ...]:
    state = " (undone)" if one.undone else ""
    source = one.source
    counts = (str(source.accepted), str(source.refused))
    return (f"{one.number}{state}", source.imported[:19], *counts, printable(source.source)[:60])
