"""Whether two paths name the same file, and whether a file can be written."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from maiscreen.candidates.errors import InputError


def lies_in(path: Path, source: Path) -> bool:
    """Return whether a path is a file or folder that is there, or lies in it.

    The files themselves are compared: links of both kinds, relative paths and another case where
    the disk takes it for the same lead to the same answer.

    Parameters
    ----------
    path : Path
        It may be missing.
    source : Path
        File or folder.

    Examples
    --------
    >>> lies_in(Path(__file__), Path(__file__).parent), lies_in(Path("none"), Path(__file__))
    (True, False)
    """
    real = path.resolve()
    return any(_is_same(one, source) for one in (real, *real.parents))


def existing(text: str) -> Path | None:
    """Return the path that a text names; None if nothing is there, or it can name nothing."""
    try:
        return Path(text) if text and Path(text).exists() else None
    except (OSError, ValueError):
        return None


def resolves_into(path: Path, other: Path) -> bool:
    """Return whether a path is another one or below it, where both may be missing."""
    return path.resolve().is_relative_to(other.resolve())


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except FileNotFoundError:
        return False


def check_apart(field: str, out: Path, sources: Iterable[object]) -> None:
    """Refuse a folder whose content is replaced, if something that is read lies in it.

    Parameters
    ----------
    field : str
        What to call the folder in an error.
    out : Path
        The folder; it may be missing.
    sources : iterable
        Paths, and words that may be paths.

    Raises
    ------
    InputError
        If one of them lies in ``out``.
    """
    for source in map(existing, map(str, sources)):
        if source is not None and lies_in(source, out):
            remedy = f"holds {source}, which is read, and would be replaced; give another folder"
            raise InputError(field, str(out), remedy)


def probe(path: Path) -> None:
    """See that a file can be written beside a path, whose folder may be missing.

    Permissions alone do not tell: a disk may be full, or mounted to be read.

    Raises
    ------
    OSError
        If it cannot.
    """
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    with tempfile.TemporaryFile(dir=nearest):
        pass
