"""Imports of laboratory results, beside a campaign: written once, never changed, undone by a mark.

``lab/import-0001-<id>.jsonl`` has a line on the file that was imported, one for each result, and
last the SHA-256 of all lines before; ``lab/undone-0001-<id>.json`` marks it undone. The id comes of
the content, so that two imports at once overwrite nothing.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import open_sealed_lines, seal_json, seal_lines, seal_of
from maiscreen.runners.folder.files import LAB, write_whole
from maiscreen.runners.folder.place import Place, error_text, read_whole
from maiscreen.screen.lab_learning.known import known_cells
from maiscreen.screen.lab_sheet.reader import SheetContent
from maiscreen.screen.lab_sheet.record import LabRecord, from_json, latest, to_json

FOLDER = LAB
"""Inside the campaign's folder."""

FORMAT = "maiscreen laboratory results 1"


@dataclass(frozen=True, slots=True)
class Source:
    """What an import came from.

    Attributes
    ----------
    source, sha256 : str
        Name and hash of the file.
    imported : str
        When, UTC, ISO 8601.
    campaign : str
        Fingerprint of the campaign at that time.
    read_as : str
        Encoding, delimiter and decimal marks, or sheet.
    accepted, refused, repeated, blank : int
        Rows of the file.
    """

    source: str
    sha256: str
    imported: str
    campaign: str
    read_as: str
    accepted: int
    refused: int
    repeated: int
    blank: int


@dataclass(frozen=True, slots=True)
class Import:
    """An import as it is kept.

    Attributes
    ----------
    number : int
    name : str
        Number and id, ``0001-3f2a90c1``.
    source : Source
    records : tuple of LabRecord
    undone : bool
    """

    number: int
    name: str
    source: Source
    records: tuple[LabRecord, ...]
    undone: bool


def utc_now() -> str:
    """Return the time, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_imports(out: Place) -> list[Import]:
    """Read all imports of a campaign, in their order.

    Raises
    ------
    InputError
        If one is not what was written.
    """
    folder = out / FOLDER
    try:
        paths: list[Place] = [*folder.glob("import-*.jsonl")]
        undone = {str(path.name) for path in folder.glob("undone-*.json")}
    except OSError as error:
        raise InputError("DIR", str(folder), f"cannot be read: {error_text(error)}") from None
    found = [_read(path, undone) for path in paths]
    return sorted(found, key=lambda one: (one.number, one.source.imported, one.name))


def keep_import(out: Place, source: Source, records: Sequence[LabRecord]) -> str:
    """Keep an import; give its name."""
    number = max((one.number for one in read_imports(out)), default=0) + 1
    head = {"format": FORMAT, **asdict(source)}
    content = seal_lines(_line(one) for one in (head, *map(to_json, records)))
    name = f"{number:04d}-{seal_of(content)[:8]}"
    write_whole(out / FOLDER / f"import-{name}.jsonl", content)
    return name


def undo_import(out: Place, text: str | None) -> Import:
    """Mark an import undone; its file stays as it is.

    Parameters
    ----------
    out : Path or Remote
    text : str or None
        Its number, or its name; the last that stands if left out.

    Raises
    ------
    InputError
        If there is none such, or it is undone.
    """
    imports = read_imports(out)
    active = [one for one in imports if not one.undone]
    field, value = ("N", text) if text is not None else ("DIR", str(out))
    if text is None:
        chosen = active[-1:]
    else:
        number = limits.whole_number(text)
        chosen = [one for one in imports if text == one.name or number == one.number]
    if not chosen:
        have = ", ".join(str(one.number) for one in active) or "none"
        raise InputError(field, value, f"is no import to undo; those that stand: {have}")
    if len(chosen) > 1:
        names = " or ".join(one.name for one in chosen)
        raise InputError(field, value, f"is the number of several; give {names}")
    if chosen[0].undone:
        raise InputError(field, value, "is undone already; import its file again to have it back")
    mark = seal_json(_line({"import": chosen[0].name, "undone": utc_now()}))
    write_whole(out / FOLDER / f"undone-{chosen[0].name}.json", mark)
    return chosen[0]


def standing_results(imports: Sequence[Import]) -> list[tuple[str, LabRecord]]:
    """Return the results of all imports that are not undone, with where they are from."""
    return [
        (f"import {entry.number}, row {record.row}", record)
        for entry in imports
        if not entry.undone
        for record in entry.records
    ]


def counted_results(imports: Sequence[Import]) -> list[LabRecord]:
    """Return the results that count: not undone, each once, the newest of a running cell."""
    return latest(record for _, record in standing_results(imports))


def known_results(out: Place, *, with_paper: bool = True) -> list[LabRecord]:
    """Return the cells known so far: the paper's, and the results of a folder that count.

    Parameters
    ----------
    out : Path or Remote
        The folder; it may be missing.
    with_paper : bool
        Whether the paper's embedded cells count.

    Raises
    ------
    InputError
        As :func:`read_imports`.
    """
    return known_cells(counted_results(read_imports(out)), with_paper=with_paper)


def source_of(name: str, content: bytes, campaign: str, sheetful: SheetContent) -> Source:
    """State where an import is from."""
    return Source(
        name,
        hashlib.sha256(content).hexdigest(),
        utc_now(),
        campaign,
        sheetful.where,
        len(sheetful.accepted),
        len(sheetful.refused),
        len(sheetful.repeated),
        len(sheetful.blank),
    )


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _read(path: Place, undone: set[str]) -> Import:
    name = path.name.removeprefix("import-").removesuffix(".jsonl")
    try:
        content = read_whole(path, limits.LABELS_BYTES)
        head, *lines = [json.loads(line) for line in open_sealed_lines(content)]
        if not name.endswith(f"-{seal_of(content)[:8]}"):
            raise ValueError("of another name")
        if head.pop("format") != FORMAT:
            raise ValueError("of another format")
        records = tuple(from_json(line) for line in lines)
        number = int(name.partition("-")[0])
        return Import(number, name, Source(**head), records, f"undone-{name}.json" in undone)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        remedy = "is not what was written; take it back from a copy, or move it away"
        raise InputError("lab", str(path), remedy) from None
