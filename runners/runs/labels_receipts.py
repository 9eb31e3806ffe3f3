"""A folder of labels: one receipt for each simulation, the table of all, the manifest."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.labels.labels import Label, from_lines, to_lines
from maiscreen.models.labels.plan import Job
from maiscreen.runners.folder.files import HIDDEN, write_whole
from maiscreen.runners.folder.place import error_text

TABLE, MANIFEST = "labels.jsonl", "manifest.json"
"""What a run writes, the manifest last."""

_HASH = ".table.sha256"

_NEW = "give another folder to --out, or remove this one"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A simulation that was run.

    Attributes
    ----------
    job : Job
        Which.
    labels : tuple of Label
        What it gave.
    traceback : str
        Where an unexpected error happened, with file names only.
    """

    job: Job
    labels: tuple[Label, ...]
    traceback: str = ""


def check_folder(out: Path) -> None:
    """Refuse a folder that is not ours to write into; write nothing.

    Raises
    ------
    InputError
        If it is a file, or holds the result of something else.
    """
    try:
        if out.exists() and not out.is_dir():
            raise InputError("--out", str(out), "is a file; give a folder")
        if (out / MANIFEST).exists() and "labels" not in _json(out / MANIFEST):
            raise InputError("--out", str(out), f"belongs to something else; {_NEW}")
        if any(path.is_dir() and path != _folder(out) for path in (out / HIDDEN).glob("*")):
            raise InputError("--out", str(out), f"holds an unfinished campaign; {_NEW}")
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"cannot be read: {error_text(error)}") from None


def write_receipt(out: Path, receipt: Receipt) -> None:
    """Write what a simulation gave, whole or not at all; it takes the place of an earlier one."""
    lines = to_lines(receipt.labels)
    content = {
        "job": list(receipt.job),
        "traceback": receipt.traceback,
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "labels": lines,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(_folder(out) / _name(receipt.job), text.encode())


def read_receipts(out: Path) -> dict[Job, Receipt]:
    """Read every receipt that is whole; one that is damaged counts as not there."""
    receipts = {}
    for path in sorted(_folder(out).glob("*.json")):
        try:
            receipt = _read(path)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        receipts[receipt.job] = receipt
    return receipts


def read_table(out: Path) -> tuple[Label, ...]:
    """Read the table that an earlier run wrote into the folder; nothing if there is none.

    Raises
    ------
    InputError
        If no manifest of ours vouches for it, or it cannot be read.
    """
    try:
        if not (out / TABLE).exists():
            return ()
        content = limits.read_bytes(out / TABLE, limits.LABELS_BYTES)
        if hashlib.sha256(content).hexdigest() not in _own_hashes(out):
            raise InputError("--out", str(out), f"holds a foreign {TABLE}; {_NEW}")
        return from_lines(content.decode())
    except InputError:
        raise
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError("--out", str(out), f"its {TABLE} cannot be read: {error}") from None


def _own_hashes(out: Path) -> set[str]:
    """Return the hashes of the tables that we wrote, or were about to write."""
    noted = [_folder(out) / _HASH]
    hashes = {limits.read_bytes(path, 100).decode() for path in noted if path.exists()}
    if (out / MANIFEST).exists():
        files = _json(out / MANIFEST).get("files")
        hashes.add(str(files.get(TABLE)) if isinstance(files, dict) else "")
    return hashes


def set_aside(out: Path, job: Job) -> None:
    """Let a receipt no longer count, but keep it."""
    path = _folder(out) / _name(job)
    with suppress(OSError):
        path.replace(path.with_name(f"{path.name}.stale"))


def write_tables(out: Path, labels: Iterable[Label], manifest: Mapping[str, object]) -> None:
    """Write the table of all labels, then the manifest with its hash.

    The hash is noted first: a table counts as ours even if the run ends before the manifest.
    """
    content = to_lines(labels).encode()
    write_whole(_folder(out) / _HASH, hashlib.sha256(content).hexdigest().encode())
    digest = write_whole(out / TABLE, content)
    text = json.dumps({**manifest, "files": {TABLE: digest}}, indent=2, ensure_ascii=False)
    write_whole(out / MANIFEST, text.encode())


def read_labels(out: Path) -> tuple[Label, ...]:
    """Read the labels of a folder, of a run that goes on too.

    Raises
    ------
    InputError
        If there are none, or they cannot be read.
    """
    path = out / TABLE
    try:
        made = [label for receipt in read_receipts(out).values() for label in receipt.labels]
        there = path.exists()
        content = limits.read_bytes(path, limits.LABELS_BYTES) if there else b""
        table = from_lines(content.decode()) if there else ()
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError("--labels", str(out), f"its {TABLE} cannot be read: {error}") from None
    if not made and not table:
        remedy = f"holds no labels; make some with: maiscreen labels run --out {out}"
        raise InputError("--labels", str(out), remedy)
    return merge_labels(table, made)


def merge_labels(older: Iterable[Label], newer: Iterable[Label]) -> tuple[Label, ...]:
    """Join labels; a newer one takes the place of an older one of the same kind."""
    both = [*older, *newer]
    return tuple({(one.formula, one.property, one.model): one for one in both}.values())


def _folder(out: Path) -> Path:
    return out / HIDDEN / "labels"


def _name(job: Job) -> str:
    return f"{'-'.join(job)}.json"


def _read(path: Path) -> Receipt:
    content = _json(path)
    job, lines = Job(*content["job"]), content["labels"]
    if not all(isinstance(one, str) for one in (*job, lines, content["traceback"])):
        raise ValueError("damaged receipt")
    if path.name != _name(job) or hashlib.sha256(lines.encode()).hexdigest() != content["sha256"]:
        raise ValueError("damaged receipt")
    return Receipt(job, from_lines(lines), content["traceback"])


def _json(path: Path) -> dict[str, Any]:
    content = limits.parse_json(limits.read_bytes(path, limits.RECEIPT_BYTES))
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} holds no object")
    return content
