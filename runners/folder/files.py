"""Files of a campaign folder: written whole or not at all."""

import hashlib
import io
import os
import re
import uuid
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import read_parquet
from maiscreen.candidates.reading.sealed import KEY, open_sealed
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    read_whole,
    retry_while_away,
)
from maiscreen.screen.campaign.plan import Task

FORMAT = 5
"""Of a campaign's folder; one of another format is refused.

Since 3 manifest, record and receipts end with a checksum of themselves; since 4 errors stand by
their cause, and candidates in tiers; since 5 there are supply, stability and handling.
"""

OTHER_FORMAT = (
    "was written by another version of maiscreen, in another format; run its campaign again into "
    "another folder, or use that version"
)
"""What is said of it."""

HIDDEN = ".maiscreen"
"""Folder for receipts, lock and log, inside the output folder."""

FOLDER = "candidates"
"""Folder of the parts, inside the output folder: one Parquet dataset."""

LAB = "lab"
"""Folder of imported results, inside the output folder, which are vouched for by themselves."""

MANIFEST = "manifest.json"
"""What a run writes last: settings, versions, counts, hashes of its outputs."""

RANKING = "ranking.parquet"
"""Every candidate, or the front-runners of a wide space, best first."""

PREPARED = "prepared.npz"
"""What workers share, beside the receipts."""

MOST_ROWS = 10_000_000
"""Rows of a part or a ranking; a task has a million at most."""


class OtherFormatError(ValueError):
    """A manifest or record of another version of maiscreen."""


def write_whole(path: Place, content: bytes, field: str = "") -> str:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path or Remote
        Which; its folder is made if it is missing.
    content : bytes
        All of it.
    field : str
        The option that names the file, if it is one that the user has just given.

    Returns
    -------
    str
        SHA-256 of the content.

    Raises
    ------
    StorageError
        If it cannot be written.
    InputError
        The same, where ``field`` is given.
    """
    try:
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, content)
        else:
            # An object appears whole, under its name at once.
            retry_while_away(partial(path.put, content), path)
    except (OSError, ValueError) as error:
        if field:
            raise InputError(field, str(path), f"cannot be written: {error_text(error)}") from None
        raise StorageError(str(path), error_text(error)) from None
    return hashlib.sha256(content).hexdigest()


def write_if_changed(path: Place, content: bytes) -> None:
    """Write a small file whole, unless that is what it holds.

    Raises
    ------
    StorageError
        As for `write_whole`.
    """
    try:
        there = read_whole(path, limits.RECEIPT_BYTES)
    except OSError:
        there = None
    if there != content:
        write_whole(path, content)


def read_record(path: Place) -> dict[str, Any]:
    """Read the manifest or the record of a campaign, which end with a checksum of themselves.

    Raises
    ------
    OSError
        If it cannot be read.
    OtherFormatError
        If another version of maiscreen wrote it.
    ValueError
        If it is none, or not what was written.
    """
    content = read_whole(path, limits.RECEIPT_BYTES)
    try:
        record = open_sealed(content)
    except ValueError:
        if _is_of_older_format(content):
            raise OtherFormatError(OTHER_FORMAT) from None
        raise
    if record.get("format") != FORMAT:
        raise OtherFormatError(OTHER_FORMAT)
    if not isinstance(record.get("fingerprint"), str):
        raise ValueError("has no fingerprint")
    return record


def _is_of_older_format(content: bytes) -> bool:
    """Return whether this is a record of the time before seals; a broken seal is damage."""
    try:
        record = limits.parse_json(content)
    except ValueError:
        return False
    ours = isinstance(record, dict) and "fingerprint" in record and KEY not in record
    return ours and record.get("format") != FORMAT


def remove_leftovers(out: Place) -> None:
    """Remove what a run that was killed had begun to write; only who holds the folder may.

    Object storage has nothing of the kind.
    """
    if not isinstance(out, Path):
        return
    for folder in (out, *out.glob(HIDDEN), *out.glob(f"{HIDDEN}/*/"), out / FOLDER, out / LAB):
        for path in folder.glob(".*"):
            if _LEFT.fullmatch(path.name):
                path.unlink(missing_ok=True)


_LEFT = re.compile(r"\.(.*\.)?[0-9a-f]{32}\.part|\.probe-[0-9a-f]{32}")
"""Names of files that are being written, and of those that only see whether it can be done."""


def campaign_around(path: Path) -> Path | None:
    """Return the campaign among whose own files a path would lie, links followed; mostly none.

    Raises
    ------
    OSError, ValueError
        If the path cannot be looked at.
    """
    real = path.resolve()
    for inner in (real, *real.parents):
        if inner.name == HIDDEN or (
            inner.name in (FOLDER, LAB) and (inner.parent / HIDDEN).is_dir()
        ):
            return inner.parent
    return None


def part_name(task: Task) -> str:
    """Name the part of a task and its receipt, without the suffix.

    Examples
    --------
    >>> part_name(Task(0, 64))
    'part-0000000000-0000000064'
    """
    return f"part-{task.start:010d}-{task.stop:010d}"


def write_outputs_of(out: Place, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write the files that a manifest will list; return their hashes.

    A manifest that vouches for other ones goes first: from then on until the new one is written
    the campaign is not finished, whatever happens in between.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = out / MANIFEST
    try:
        if manifest.exists() and _manifest_files(manifest) != hashes:
            manifest.unlink()
    except OSError as error:
        raise StorageError(str(manifest), error_text(error)) from None
    return {name: write_whole(out / name, content) for name, content in contents.items()}


def _manifest_files(manifest: Place) -> object:
    """Return the files of a manifest; nothing for one that is damaged."""
    try:
        return read_record(manifest)["files"]
    except (ValueError, KeyError):
        return None


def to_parquet(table: pa.Table) -> bytes:
    """Return the bytes of a Parquet file, the same for the same table however it was chunked."""
    sink = io.BytesIO()
    pq.write_table(
        table.combine_chunks(), sink, compression="zstd", row_group_size=1 << 20, version="2.6"
    )
    return sink.getvalue()


def from_parquet(content: bytes) -> pa.Table:
    """Read what `to_parquet` gave.

    Raises
    ------
    ValueError
        If it is no such file, or beyond the limits.
    """
    return read_parquet(content, MOST_ROWS)


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, flush to the disk, then take its name in one step."""
    part = path.with_name(f".{uuid.uuid4().hex}.part")  # a long name leaves no room for more
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
