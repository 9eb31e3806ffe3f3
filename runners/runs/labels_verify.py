"""Whether a folder of labels is what was written: receipts, table and manifest."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import open_sealed
from maiscreen.models.labels.labels import from_lines
from maiscreen.models.labels.potential_files import REGISTER
from maiscreen.models.labels.table import MANIFEST, NOTE, TABLE
from maiscreen.runners.folder.files import HIDDEN
from maiscreen.runners.folder.kinds import (
    CHANGED,
    hash_problem,
    kind_problem,
    look_around,
    name_in,
)
from maiscreen.runners.folder.log import PATTERN
from maiscreen.runners.folder.verify import Verdict
from maiscreen.runners.runs.labels_folder import counts
from maiscreen.runners.runs.labels_receipts import label_receipts, read_receipt

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RecursionError)


def verify_labels(out: Path) -> Verdict:
    """Read every file of a folder of labels; nothing is written.

    Parameters
    ----------
    out : Path
        The ``--out`` of a run of labels, finished or not.
    """
    folder = label_receipts(out)
    receipts = sorted(folder.glob("*.json"))
    found = {name_in(out, path): _receipt_problem(path) for path in receipts}
    problems = [f"{name}: {problem}" for name, problem in found.items() if problem]
    manifest, problem = _read_manifest(out)
    problems += [f"{MANIFEST}: {problem}"] if problem else _against_manifest(out, manifest)
    strangers = []
    known: dict[Path, tuple[tuple[str, ...], tuple[str, ...]]] = {
        out: ((TABLE, MANIFEST, *manifest.get("files", {})), (HIDDEN,)),
        out / HIDDEN: (("lock-*.json",), (folder.name,)),
        folder: ((Path(NOTE).name, PATTERN, "*.json", "*.json.stale"), ()),
    }
    for place, (files, folders) in known.items():
        wrong, others = look_around(out, place, files, folders)
        problems += wrong
        strangers += [name_in(out, path) for path in others]
    whole = sum(not problem for problem in found.values())
    return Verdict(
        whole, _lost(out, manifest), tuple(sorted({*problems})), tuple(sorted(strangers))
    )


def _receipt_problem(path: Path) -> str:
    try:
        problem = kind_problem(path)
        if not problem:
            open_sealed(limits.read_bytes(path, limits.RECEIPT_BYTES))
            read_receipt(path)
    except _UNREADABLE:
        problem = "is no receipt, or not the one that was written"
    return problem


def _read_manifest(out: Path) -> tuple[dict[str, Any], str]:
    """Read the manifest; or nothing, and what is wrong with it."""
    try:
        problem = kind_problem(out / MANIFEST)
        if not problem:
            manifest = open_sealed(limits.read_bytes(out / MANIFEST, limits.RECEIPT_BYTES))
            receipts = manifest.setdefault("receipts", {})  # an earlier version named none
            if isinstance(receipts, dict) and all(map(limits.is_plain_name, receipts)):
                return manifest, ""
            problem = "names receipts elsewhere"
    except FileNotFoundError:
        problem = "is missing: the run is not finished"
    except (OSError, ValueError):
        problem = CHANGED
    return {}, problem


def _lost(out: Path, manifest: dict[str, Any]) -> int:
    """Count the receipts that the table was made of and that are not there any more, or others."""
    receipts, folder = manifest.get("receipts", {}), label_receipts(out)
    return sum(bool(hash_problem(out, folder / name, one)) for name, one in receipts.items())


def _against_manifest(out: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Check what a manifest says: the table that it vouches for, and the hash noted before."""
    files = manifest.get("files")
    if not isinstance(files, dict) or files.keys() not in ({TABLE}, {TABLE, REGISTER}):
        yield f"{MANIFEST}: names other files than {TABLE} and {REGISTER}"
        return
    problems = [hash_problem(out, out / name, digest) for name, digest in files.items()]
    if any(problems):
        yield from filter(None, problems)
        return
    noted = hashlib.sha256(files[TABLE].encode()).hexdigest()
    yield from filter(None, [hash_problem(out, out / NOTE, noted)])
    try:
        labels = from_lines(limits.read_bytes(out / TABLE, limits.LABELS_BYTES).decode())
    except (InputError, *_UNREADABLE):
        yield f"{TABLE}: holds no labels"
        return
    if manifest.get("labels") != counts(labels):
        yield f"{MANIFEST}: its labels are not those of the table"
