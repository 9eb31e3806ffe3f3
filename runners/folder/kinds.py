"""What lies in a folder: files that a run wrote, as they were, and those of strangers."""

import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from maiscreen.candidates.reading import limits
from maiscreen.runners.folder.place import Place, error_text, list_files, sha256_of

CHANGED = "is not what was written"
"""What is said of a file that differs from its hash."""


def look_around(
    out: Place, place: Place, files: Sequence[str], folders: Sequence[str] = ()
) -> tuple[list[str], list[Place]]:
    """Look at all that lies in a folder, without reading it.

    Parameters
    ----------
    out, place : Path or Remote
        The folder that names are told from, and the one that is looked at.
    files, folders : sequence of str
        Names or patterns of what a run writes there.

    Returns
    -------
    tuple
        Problems of what is of another kind than it should be; and what no run has written.
    """
    problems: list[str] = []
    others: list[Place] = []
    for path in list_files(place, "*"):
        name = str(path.name)
        if _matches(folders, name) or _matches(files, name):
            problem = kind_problem(path, folder=_matches(folders, name))
            problems += [f"{name_in(out, path)}: {problem}"] if problem else []
        else:
            others.append(path)
    return problems, others


def _matches(patterns: Sequence[str], name: str) -> bool:
    return name in patterns or any("*" in one and fnmatchcase(name, one) for one in patterns)


def hash_problem(out: Place, path: Place, sha256: object) -> str:
    """Return what is wrong with a file that has a hash, with its name."""
    try:
        problem = kind_problem(path)
        if not problem and sha256_of(path) != sha256:
            problem = CHANGED
    except FileNotFoundError:
        problem = "is missing"
    except OSError as error:
        problem = f"cannot be read: {error_text(error)}"
    return f"{name_in(out, path)}: {problem}" if problem else ""


def kind_problem(path: Place, *, folder: bool = False) -> str:
    """Return why something is not the plain file or folder that a run wrote; a link is neither.

    Raises
    ------
    OSError
        If it is not there.
    """
    if not isinstance(path, Path):
        return ""
    try:
        seen = path.lstat()
    except PermissionError as error:
        return f"cannot be read: {error_text(error)}"
    if stat.S_ISLNK(seen.st_mode):
        return "is a link; put what it leads to in its place"
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(seen.st_mode):
        return f"is no {'folder' if folder else 'plain file'}; move it away"
    if not folder and seen.st_size > limits.PART_BYTES:
        return f"has more than {limits.PART_BYTES:,} bytes"
    return ""


def name_in(out: Place, path: Place) -> str:
    """Name a file as it is seen from the campaign's folder."""
    return str(path).removeprefix(str(out)).lstrip("/")
