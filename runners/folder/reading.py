"""Reading what lies in a campaign's folder: within limits, and patient with storage elsewhere."""

import errno
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

from maiscreen.candidates.reading import limits
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.place import Place, patiently

Answer = TypeVar("Answer")


class UnreadableError(StorageError):
    """A storage elsewhere does not give what lies there."""

    def __str__(self) -> str:
        """Give the error as one line."""
        where, why = self.args
        return f"{where} cannot be read: {why}; mend that, and the same command goes on"


def why(error: OSError | ValueError) -> str:
    """Say what is wrong with a path: a ValueError is a null character in it."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def read_whole(path: Place, most: int) -> bytes:
    """Read a file of at most so many bytes.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    OSError
        If the disk cannot give it, it is no plain file, or is larger.
    UnreadableError
        If a storage elsewhere does not answer: that says nothing about the file.
    """
    if isinstance(path, Path):
        return limits.read_bytes(path, most)
    content = _answered(path.read_bytes, path)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"has more than {most:,} bytes")
    return content


def _answered(ask: Callable[[], Answer], path: Place) -> Answer:
    """Ask a storage elsewhere for a file: what it does not give counts as lost nowhere."""
    try:
        return patiently(ask, path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreadableError(str(path), why(error)) from None


def sha256_of(path: Place) -> str:
    """Hash a file, without holding all of it.

    Raises
    ------
    FileNotFoundError, OSError, UnreadableError
        As for `read_whole`.
    """
    if isinstance(path, Path):
        with limits.open_plain(path) as file:
            return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
    return _answered(path.sha256, path)


def listed(folder: Place, pattern: str) -> list[Place]:
    """List what matches, in order.

    Raises
    ------
    UnreadableError
        If a storage elsewhere does not answer.
    """
    try:
        return sorted(patiently(partial(_listed, folder, pattern), folder))
    except OSError as error:
        raise UnreadableError(str(folder), why(error)) from None


def _listed(folder: Place, pattern: str) -> list[Any]:
    return list(folder.glob(pattern))
