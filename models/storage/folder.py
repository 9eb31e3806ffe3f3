"""Folders of models: written whole or not at all."""

import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.paths import check_apart, probe
from maiscreen.models.storage.model import CARD, FOREIGN, MODEL, ROWS
from maiscreen.models.storage.students import STUDENT

EARLIER = ("model.skops", "student.skops")
"""Files of a model that an earlier maiscreen wrote, which may be replaced."""

REPORT = "report.json"
"""File with all rows that were left out of a training."""

_OTHER = "give another folder, or force it"


def check_out(
    out: Path, force: bool, sources: Iterable[object] = (), *, keep: bool = False
) -> None:
    """Refuse a folder that is not to be written into, before any work is done.

    Parameters
    ----------
    out : Path
        Where a model is to go; it may be missing.
    force : bool
        Whether another model may be replaced. What is no model never is.
    sources : iterable
        What the new model is made of; it must not lie in the one that is replaced.
    keep : bool
        Whether what lies there beside a model stays; else it would go, and is not replaced.

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
        check_apart("out", out, sources)
        others = sorted({*holds} - {CARD, MODEL, ROWS, STUDENT, REPORT, *FOREIGN, *EARLIER})
        if others and not keep:
            remedy = f"holds {others[0]} beside a model, and would be replaced; give another"
            raise InputError("out", str(out), remedy)
        probe(out)
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
