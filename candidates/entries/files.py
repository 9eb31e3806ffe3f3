"""Computed entries of the user's own, read from JSON or a table, in the scheme of a snapshot."""

from collections.abc import Mapping
from math import isnan, nan
from pathlib import Path

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.entries.entries import (
    Entries,
    assign_roles,
    check_distinct,
    entry_row,
    from_json,
)
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.documents import UnusableDocumentError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.cells import raw_text
from maiscreen.candidates.reading.numbers import notation_of, read_numbers
from maiscreen.candidates.reading.table import Kind, Sheet, Size, plain_name, read_file, read_sheet
from maiscreen.candidates.snapshot.columns import LARGEST_EV_ATOM
from maiscreen.candidates.snapshot.phases import Row

NEEDED = ("formula", "formation_energy_ev_atom")
NUMBERS = ("formation_energy_ev_atom", "volume_a3_atom")
TEXTS = ("formula", "scheme", "entry_id")


_TABLE = Kind.of_columns(NEEDED, (*NUMBERS, *TEXTS), Size(limits.ENTRIES_BYTES, limits.PHASES))


def read_entries(
    file: Path, scheme: str, references_ev_atom: Mapping[str, float], stated: str | None = None
) -> Entries:
    """Read a file of entries.

    Parameters
    ----------
    file : Path
        JSON with pymatgen's ComputedStructureEntry, one or a list; or a table with the columns
        ``formula``, ``formation_energy_ev_atom``, ``scheme`` and, optional, ``volume_a3_atom`` and
        ``entry_id``.
    scheme : str
        Thermo type of the snapshot that they are for.
    references_ev_atom : Mapping of str to float
        Corrected energy of the elements in that scheme; elements in the file come before.
    stated : str, optional
        Scheme of a table without such a column.

    Raises
    ------
    InputError
        If the file can't be read, or nothing in it can be used.
    """
    content = read_file(file, "--entries", limits.ENTRIES_BYTES)
    try:
        if file.suffix.lower() == ".json" or content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in b"[{":
            entries = from_json(_text(content), file, scheme, references_ev_atom)
        else:
            entries = _from_sheet(read_sheet(content, _TABLE), scheme, stated)
    except InputError:
        raise
    except ValueError as error:
        raise InputError("--entries", str(file), str(error)) from None
    if not entries.rows:
        empty = {"entry": "", "formula": "", "reason": "no entry in it"}
        first = " ".join({**empty, **next(iter(entries.refused), {})}.values())
        raise InputError("--entries", str(file), f"holds nothing that can be used: {first}")
    return entries


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None


def _from_sheet(sheet: Sheet, scheme: str, stated: str | None) -> Entries:
    """Read the entries of a table, each accepted or refused with its place."""
    columns = sheet.columns((*NUMBERS, *TEXTS))
    style = notation_of((columns.get(name, ()) for name in NUMBERS), dot=sheet.delimiter == ",")
    numbers = {name: read_numbers(columns[name], style) for name in NUMBERS if name in columns}
    texts = {
        name: [raw_text(cell).strip() for cell in columns[name]]
        for name in TEXTS
        if name in columns
    }
    rows: list[Row] = []
    refused, doubts = [], sheet.doubts
    for i, (number, _) in enumerate(sheet.rows):
        line: dict[str, str | float] = {name: column[i] for name, column in texts.items()}
        try:
            if number in doubts:
                raise UnusableDocumentError(doubts[number])
            for name, (values, reasons) in numbers.items():
                if i in reasons:
                    raise UnusableDocumentError(f"{name} {reasons[i]}")
                line[name] = float(values[i])
            rows.append(_table_row(line, number - sheet.header, scheme, stated))
        except (UnusableDocumentError, InputError) as unfit:
            labelled = {"entry": sheet.place(number), "formula": str(line["formula"])}
            refused.append({**labelled, "reason": str(unfit)})
    known = (*NUMBERS, *TEXTS)
    unread = tuple(name for name in sheet.headings if name and plain_name(name) not in known)
    return Entries(check_distinct(rows), [], refused, unread)


def _table_row(
    line: Mapping[str, str | float], number: int, scheme: str, stated: str | None
) -> Row:
    own_scheme = line.get("scheme") or stated
    if own_scheme is None:
        raise UnusableDocumentError(f"says no scheme: add a column scheme, or --scheme {scheme}")
    if own_scheme != scheme:
        raise UnusableDocumentError(f"is of scheme {own_scheme:.40}, the snapshot of {scheme}")
    energy = float(line["formation_energy_ev_atom"])
    if not abs(energy) <= LARGEST_EV_ATOM:
        raise UnusableDocumentError(f"has no formation energy within ±{LARGEST_EV_ATOM:g} eV/atom")
    volume = float(line.get("volume_a3_atom", nan))
    if volume <= 0:
        raise UnusableDocumentError("has a volume that is not above 0")
    identifier = str(line.get("entry_id") or f"user-{number}")
    roles = assign_roles(parse_formula(str(line["formula"])))
    return entry_row(roles, identifier, energy, volume_a3_atom=None if isnan(volume) else volume)
