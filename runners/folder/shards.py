"""Shards: written whole or not at all, and read only if they are what was written."""

import hashlib
import io
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import read_parquet
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    list_files,
    map_files,
    read_whole,
    retry_while_away,
)
from maiscreen.runners.folder.receipts import read_json, read_receipt, seal_receipt
from maiscreen.runners.outcome import Failure, Outcome
from maiscreen.screen.campaign.plan import Task

Answer = TypeVar("Answer")

HIDDEN = ".maiscreen"
"""Folder for shards, inside the output folder."""


MOST_ROWS = 10_000_000
"""Rows of a shard or a ranking; a task has a million at most."""


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
    """Give the files of a manifest; nothing for one that is damaged."""
    try:
        return read_json(manifest)["files"]
    except (ValueError, KeyError, TypeError):
        return None


def to_parquet(table: pa.Table) -> bytes:
    """Give the bytes of a Parquet file, the same for the same table however it was chunked."""
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


def write_shard(folder: Place, fingerprint: str, task: Task, outcome: Outcome) -> None:
    """Write the rows of a task, then the receipt that makes them count."""
    content = b"" if outcome.table is None else to_parquet(outcome.table)
    receipt = {
        "fingerprint": fingerprint,
        "stage": "describe",
        "start": task.start,
        "stop": task.stop,
        "rows": 0 if outcome.table is None else outcome.table.num_rows,
        "sha256": write_whole(folder / f"{_name(task)}.parquet", content),
        "seconds": round(outcome.seconds, 6),
        "kernels": outcome.kernels,
        "failures": [asdict(failure) for failure in outcome.failures],
    }
    write_whole(folder / f"{_name(task)}.json", seal_receipt(receipt))


def read_shards(folder: Place, fingerprint: str) -> dict[Task, Outcome]:
    """Read every shard that is whole; one that is damaged counts as not there.

    Parameters
    ----------
    folder : Path or Remote
        Where the shards of one fingerprint lie; it may be missing.
    fingerprint : str
        What the receipts must name.

    Returns
    -------
    dict of Task to Outcome
        What does not need to be done again.
    """
    paths = list_files(folder, "describe-*.json")
    found = map_files(partial(_read_if_whole, fingerprint), paths, folder)
    return dict(shard for shard in found if shard is not None)


def _read_if_whole(fingerprint: str, path: Place) -> tuple[Task, Outcome] | None:
    try:
        return _read(path, fingerprint)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, pa.ArrowException):
        return None


def _read(path: Place, fingerprint: str) -> tuple[Task, Outcome]:
    receipt = read_receipt(path)
    task = Task(receipt["start"], receipt["stop"])
    content = read_whole(path.with_suffix(".parquet"), limits.SHARD_BYTES)
    failures = tuple(Failure(**failure) for failure in receipt["failures"])
    whole = (
        receipt["fingerprint"] == fingerprint
        and path.stem == _name(task)
        and hashlib.sha256(content).hexdigest() == receipt["sha256"]
        and receipt["rows"] + len(failures) == task.size
    )
    if not whole:
        raise ValueError("damaged shard")
    table = from_parquet(content) if content else None
    if (table.num_rows if table is not None else 0) != receipt["rows"]:
        raise ValueError("damaged shard")
    # Receipts of older versions name no kernels.
    return task, Outcome(table, failures, receipt["seconds"], kernels=receipt.get("kernels", ""))


def _name(task: Task) -> str:
    return f"describe-{task.start:010d}-{task.stop:010d}"


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


FOLDER = "candidates"
"""Folder of the parts, inside the output folder: one Parquet dataset."""
