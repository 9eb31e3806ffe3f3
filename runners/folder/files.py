"""Files of a campaign folder: written whole or not at all."""

import hashlib
import io
import os
import uuid
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.parquet import read_parquet
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    retry_while_away,
)
from maiscreen.runners.folder.receipts import read_json
from maiscreen.screen.campaign.plan import Task

FORMAT = 2
"""Of a campaign's folder; one of another format is refused."""

OTHER_FORMAT = (
    "was written by another version of maiscreen, in another format; run its campaign again into "
    "another folder, or use that version"
)
"""What is said of it."""

HIDDEN = ".maiscreen"
"""Folder for receipts, lock and log, inside the output folder."""

FOLDER = "candidates"
"""Folder of the parts, inside the output folder: one Parquet dataset."""

MOST_ROWS = 10_000_000
"""Rows of a part or a ranking; a task has a million at most."""


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
    manifest = out / "manifest.json"
    try:
        if manifest.exists() and _manifest_files(manifest) != hashes:
            manifest.unlink()
    except OSError as error:
        raise StorageError(str(manifest), error_text(error)) from None
    return {name: write_whole(out / name, content) for name, content in contents.items()}


def _manifest_files(manifest: Place) -> object:
    """Return the files of a manifest; nothing for one that is damaged."""
    try:
        return read_json(manifest)["files"]
    except (ValueError, KeyError, TypeError):
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
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
