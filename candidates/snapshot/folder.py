"""Write a snapshot into a folder: whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.sealed import seal_json
from maiscreen.candidates.snapshot.check import REPORTED, verify
from maiscreen.candidates.snapshot.snapshot import read_snapshot


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
        If there is something at ``out`` already, it can't be written, or what was written does not
        pass the checks of :func:`maiscreen.candidates.snapshot.check.verify` that do not hang on
        distances that came with the data.
    """
    check_free(out)
    hashes = {name: hashlib.sha256(tables[name]).hexdigest() for name in sorted(tables)}
    text = json.dumps({**manifest, "files": hashes}, indent=2, ensure_ascii=False)
    write_folder(out, {**tables, "manifest.json": seal_json(text)}, _check_written)
    shutil.rmtree(work_folder(out), ignore_errors=True)


def write_folder(
    out: Path, contents: Mapping[str, bytes], check: Callable[[Path, Path], None] | None = None
) -> None:
    """Write files, named with their contents, into a folder that appears with all of them.

    Parameters
    ----------
    out : Path
        The folder.
    contents : mapping
        Name → bytes.
    check : callable, optional
        Looks at what was written, before it appears at ``out``.

    Raises
    ------
    InputError
        If there is something at ``out`` already, it can't be written, or the check finds fault;
        nothing is left then but the answers of a service that :func:`work_folder` may hold.
    """
    check_free(out)
    work = work_folder(out)
    whole = work / "whole"
    try:
        shutil.rmtree(whole, ignore_errors=True)
        whole.mkdir(parents=True)
        for name, content in contents.items():
            (whole / name).write_bytes(content)
        if check is not None:
            check(whole, out)
        if out.exists():
            out.rmdir()
        whole.rename(out)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"can't be written: {_why(error)}") from None
    finally:
        shutil.rmtree(whole, ignore_errors=True)
        with suppress(OSError):  # it holds answers, or the disk took nothing at all
            work.rmdir()


def _check_written(whole: Path, out: Path) -> None:
    """Verify a snapshot before it appears."""
    wrong = [c for c in verify(read_snapshot(whole)) if not c.passed and c.name != REPORTED]
    if wrong:
        raise InputError("--out", str(out), f"is not sound: {wrong[0].name}, {wrong[0].seen}")


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
