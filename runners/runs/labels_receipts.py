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
from maiscreen.candidates.reading.sealed import is_sealed, open_sealed, seal_json
from maiscreen.models.labels.labels import Label, from_lines, to_lines
from maiscreen.models.labels.plan import Job
from maiscreen.models.labels.potential_files import REGISTER
from maiscreen.models.labels.table import MANIFEST, NOTE, TABLE
from maiscreen.models.labels.table import read_table as read_table_bytes
from maiscreen.runners.folder.files import HIDDEN, write_if_changed, write_whole
from maiscreen.runners.folder.place import error_text

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
        if any(path.is_dir() and path != label_receipts(out) for path in (out / HIDDEN).glob("*")):
            raise InputError("--out", str(out), f"holds an unfinished campaign; {_NEW}")
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"cannot be read: {error_text(error)}") from None


def write_receipt(out: Path, receipt: Receipt) -> None:
    """Write what a simulation gave, whole or not at all; it takes the place of an earlier one."""
    write_if_changed(label_receipts(out) / _name(receipt.job), _to_bytes(receipt))


def _to_bytes(receipt: Receipt) -> bytes:
    lines = to_lines(receipt.labels)
    content = {
        "job": list(receipt.job),
        "traceback": receipt.traceback,
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "labels": lines,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return seal_json(text)


def read_receipts(out: Path) -> dict[Job, Receipt]:
    """Read every receipt that is whole; one that is damaged counts as not there."""
    receipts = {}
    for path in sorted(label_receipts(out).glob("*.json")):
        try:
            receipt = read_receipt(path)
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
        return from_lines(_table_bytes(out).decode()) if (out / TABLE).exists() else ()
    except InputError:
        raise
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise InputError("--out", str(out), f"its {TABLE} cannot be read: {error}") from None


def _table_bytes(out: Path) -> bytes:
    try:
        return read_table_bytes(out, ours=True)
    except ValueError:
        raise InputError("--out", str(out), f"holds a foreign {TABLE}; {_NEW}") from None


def mend_receipts(out: Path, receipts: Iterable[Receipt]) -> None:
    """Write receipts anew that are not as they were written; keep others, no longer to count."""
    names = {_name(receipt.job): receipt for receipt in receipts}
    for path in sorted(label_receipts(out).glob("*.json")):
        if path.name in names:
            write_receipt(out, names[path.name])
        else:
            with suppress(OSError):
                path.replace(path.with_name(f"{path.name}.stale"))


def write_tables(
    out: Path,
    labels: Iterable[Label],
    receipts: Iterable[Receipt],
    manifest: Mapping[str, object],
) -> None:
    """Write the table of all labels, then the manifest with its hash and those of its receipts.

    The hash is noted first: a table counts as ours even if the run ends before the manifest.
    """
    content = to_lines(labels).encode()
    write_whole(out / NOTE, hashlib.sha256(content).hexdigest().encode())
    digest = write_whole(out / TABLE, content)
    made_of = {_name(one.job): hashlib.sha256(_to_bytes(one)).hexdigest() for one in receipts}
    files = {TABLE: digest}
    if (out / REGISTER).is_file():
        files[REGISTER] = hashlib.sha256((out / REGISTER).read_bytes()).hexdigest()
    content_of = {**manifest, "receipts": made_of, "files": files}
    text = json.dumps(content_of, indent=2, ensure_ascii=False)
    write_whole(out / MANIFEST, seal_json(text))


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
        table = from_lines(read_table_bytes(out).decode()) if path.exists() else ()
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


def label_receipts(out: Path) -> Path:
    """Name the folder of the receipts."""
    return out / HIDDEN / "labels"


def _name(job: Job) -> str:
    return f"{'-'.join(job)}.json"


def read_receipt(path: Path) -> Receipt:
    """Read a receipt; an earlier version wrote them without a seal.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError, RecursionError
        If it is none.
    """
    whole = limits.read_bytes(path, limits.RECEIPT_BYTES)
    content = open_sealed(whole) if is_sealed(whole) else limits.parse_json(whole)
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
