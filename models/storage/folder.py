"""Folders of models: written whole or not at all."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.models.storage.model import CARD

_OTHER = "give another folder, or force it"


def check_out(out: Path, force: bool) -> None:
    """Refuse a folder that is not to be written into, before any work is done.

    Parameters
    ----------
    out : Path
        Where a model is to go; it may be missing.
    force : bool
        Whether another model may be replaced. What is no model never is.

    Raises
    ------
    InputError
        If something is there, or it cannot be made.
    """
    if not out.name:
        raise InputError("out", str(out), "names no model; give a folder such as models/mine")
    try:
        if out.exists() and not out.is_dir():
            raise InputError("out", str(out), "is a file; give a folder")
        holds = [path.name for path in out.iterdir()] if out.exists() else []
        if holds and CARD not in holds:
            raise InputError("out", str(out), f"is a folder that holds {min(holds)}; give another")
        if holds and not force:
            raise InputError("out", str(out), f"holds another model; {_OTHER}")
        nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
        # Permissions alone do not tell: a disk may be full, or mounted to be read.
        Path(tempfile.mkdtemp(prefix=".", dir=nearest)).rmdir()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError("out", str(out), f"cannot be written: {why}") from None


@contextmanager
def written_atomically(out: Path) -> Iterator[Path]:
    """Yield a folder beside ``out`` to write into; it takes the name of ``out`` in the end.

    If anything goes wrong before, ``out`` is as it was and nothing else is left.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    mark = uuid.uuid4().hex[:12]
    part, aside = (out.with_name(f".{out.name}.{mark}.{end}") for end in ("part", "old"))
    try:
        part.mkdir(parents=True)
        yield part
        _swap_folders(part, out, aside)
    except OSError as error:
        raise InputError("out", str(out), f"cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


def _swap_folders(part: Path, out: Path, aside: Path) -> None:
    """Move the old folder aside, the new one to its name; if that fails, the old one back."""
    if out.exists():
        out.rename(aside)
    try:
        part.rename(out)
    except BaseException:
        if aside.exists():
            aside.rename(out)
        raise


def write_file(path: Path, text: str) -> None:
    """Write a small file whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise InputError("out", str(path), f"cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
