"""Write a snapshot into a folder: whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError


def work_folder(out: Path) -> Path:
    """Name the folder beside ``out`` that holds a snapshot in the making."""
    absolute = out.absolute()
    return absolute.with_name(f".{absolute.name}.part")


def check_free(out: Path) -> None:
    """Check that a folder can become a snapshot.

    Raises
    ------
    InputError
        If there is something already, or the place can't be looked at.
    """
    try:
        taken = out.exists() and (not out.is_dir() or any(out.iterdir()))
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"can't be used: {_why(error)}") from None
    if taken:
        raise InputError("--out", str(out), "is there already; give a new folder")


def write_snapshot(out: Path, tables: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    """Write tables and manifest, whose ``files`` are added; ``out`` appears with all of them.

    Parameters
    ----------
    out : Path
        A folder that is not there yet, or is empty.
    tables : Mapping of str to bytes
        Contents by name of file.
    manifest : Mapping
        What is to be said of them.

    Raises
    ------
    InputError
        If there is something at ``out`` already, or it can't be written.
    """
    check_free(out)
    hashes = {name: hashlib.sha256(tables[name]).hexdigest() for name in sorted(tables)}
    text = json.dumps({**manifest, "files": hashes}, indent=2, ensure_ascii=False) + "\n"
    whole = work_folder(out) / "whole"
    try:
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir(parents=True)
        for name, content in {**tables, "manifest.json": text.encode()}.items():
            (whole / name).write_bytes(content)
        if out.exists():
            out.rmdir()
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        whole.rename(out)
        shutil.rmtree(work_folder(out))
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"can't be written: {_why(error)}") from None


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
