"""Computed entries of the user's own, read from JSON or CSV, in the scheme of a snapshot."""

import csv
import io
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.entries.entries import (
    LARGEST_EV_ATOM,
    Entries,
    assign_roles,
    check_distinct,
    entry_row,
    from_json,
)
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.documents import UnusableDocumentError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.phases import Row

CSV_COLUMNS = ("formula", "formation_energy_ev_atom")


def read_entries(
    file: Path, scheme: str, references_ev_atom: Mapping[str, float], stated: str | None = None
) -> Entries:
    """Read a file of entries.

    Parameters
    ----------
    file : Path
        JSON with pymatgen's ComputedStructureEntry, one or a list; or CSV with the columns
        ``formula``, ``formation_energy_ev_atom``, ``scheme`` and, optional, ``volume_a3_atom`` and
        ``entry_id``.
    scheme : str
        Thermo type of the snapshot that they are for.
    references_ev_atom : Mapping of str to float
        Corrected energy of the elements in that scheme; elements in the file come before.
    stated : str, optional
        Scheme of a CSV without such a column.

    Raises
    ------
    InputError
        If the file can't be read, or nothing in it can be used.
    """
    text = _text(file)
    if file.suffix.lower() == ".csv":
        entries = _from_csv(text, scheme, stated)
    else:
        entries = from_json(text, file, scheme, references_ev_atom)
    if not entries.rows:
        first = (
            entries.refused[0] if entries.refused else {"formula": "", "reason": "no entry in it"}
        )
        remedy = f"holds nothing that can be used: {first['formula']} {first['reason']}"
        raise InputError("--entries", str(file), remedy)
    return entries


def _text(file: Path) -> str:
    try:
        return limits.read_bytes(file, limits.ENTRIES_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise InputError("--entries", str(file), f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError("--entries", str(file), "is no text; give JSON or CSV") from None


def _from_csv(text: str, scheme: str, stated: str | None) -> Entries:
    if text.partition("\n")[0].count(",") > limits.COLUMNS:
        raise InputError("--entries", "header", f"names more than {limits.COLUMNS:,} columns")
    lines = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return _from_lines(lines, scheme, stated)
    except csv.Error as error:
        raise InputError("--entries", "CSV", f"is not sound: {error}") from None


def _from_lines(lines: "csv.DictReader[str]", scheme: str, stated: str | None) -> Entries:
    missing = [name for name in CSV_COLUMNS if name not in (lines.fieldnames or ())]
    if missing:
        remedy = (
            "is not there; the first line names the columns formula and formation_energy_ev_atom"
        )
        raise InputError("column", missing[0], remedy)
    rows: list[Row] = []
    refused = []
    for number, line in enumerate(lines, 2):
        try:
            rows.append(_csv_row(line, number, scheme, stated))
        except (UnusableDocumentError, InputError) as unfit:
            labelled = {"entry": f"line {number}", "formula": str(line.get("formula") or "")}
            refused.append({**labelled, "reason": str(unfit)})
    return Entries(check_distinct(rows), [], refused)


def _csv_row(line: Mapping[str, Any], number: int, scheme: str, stated: str | None) -> Row:
    own_scheme = (line.get("scheme") or "").strip() or stated
    if own_scheme is None:
        raise UnusableDocumentError(f"says no scheme: add a column scheme, or --scheme {scheme}")
    if own_scheme != scheme:
        raise UnusableDocumentError(f"is of scheme {own_scheme:.40}, the snapshot of {scheme}")
    energy = _decimal(line, "formation_energy_ev_atom")
    if energy is None or abs(energy) > LARGEST_EV_ATOM:
        raise UnusableDocumentError(f"has no formation energy within ±{LARGEST_EV_ATOM:g} eV/atom")
    volume = _decimal(line, "volume_a3_atom")
    if volume is not None and volume <= 0:
        raise UnusableDocumentError("has a volume that is not above 0")
    identifier = (line.get("entry_id") or "").strip() or f"user-{number - 1}"
    roles = assign_roles(parse_formula((line.get("formula") or "").strip()))
    return entry_row(roles, identifier, energy, volume_a3_atom=volume)


def _decimal(line: Mapping[str, Any], name: str) -> float | None:
    text = (line.get(name) or "").strip()
    try:
        value = float(text) if text else None
    except ValueError:
        raise UnusableDocumentError(f"has {text!r:.40} for {name}") from None
    return value if value is None or isfinite(value) else None
