"""Folders in object storage: paths whose mishaps are all of `OSError`, and never name a key."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from upath.extensions import ProxyUPath

_LIBRARIES = {"aiobotocore", "aiohttp", "azure", "botocore", "fsspec", "gcsfs", "google", "s3fs"}
"""Whose errors are mishaps of the storage; any other is ours."""

_SECRETS = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|CONNECTION_STRING", re.IGNORECASE)
_LEAST = 6
"""Shorter values of the environment are words, not secrets."""

_BLOCK = 8 << 20
"""Bytes that are hashed at a time."""

_USER = re.compile(r"//[^/@\s]+@")


class Remote(ProxyUPath):
    """A path in object storage; only its address travels to other processes."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the address alone: who reads it has credentials of its own."""
        from maiscreen.runners.folder.place import place

        return place, ("--out", str(self))

    def put(self, content: bytes, *, new: bool = False) -> None:
        """Write the whole object in one step; with ``new``, only if there is none.

        Raises
        ------
        FileExistsError
            If there is one already.
        OSError
            If it cannot be written.
        """
        with told():
            self.fs.pipe_file(self.path, content, mode="create" if new else "overwrite")

    def read_bytes(self) -> bytes:
        """Read the whole object."""
        with told():
            return bytes(self.fs.cat_file(self.path))

    def sha256(self) -> str:
        """Hash the object, block by block."""
        with told(), self.fs.open(self.path, "rb", block_size=_BLOCK) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether there is such an object or folder."""
        with told():
            return super().exists()

    def has_bucket(self) -> bool:
        """Tell whether its bucket is there, as far as we may know."""
        with told():
            return bool(self.fs.exists(self.path.partition("/")[0]))

    def is_dir(self) -> bool:
        """Tell whether objects lie under this name."""
        with told():
            return super().is_dir()

    def glob(self, pattern: str, **options: Any) -> Iterator["Remote"]:
        """List what matches: from the storage, never from a cache."""
        with told():
            return iter(list(super().glob(pattern, **options)))

    def stat(self, *, follow_symlinks: bool = True) -> Any:
        """Ask for size and time of an object."""
        with told():
            return super().stat()

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove an object."""
        with told():
            super().unlink(missing_ok=missing_ok)

    def open(self, mode: str = "rb", **options: Any) -> IO[Any]:  # type: ignore[override]
        """Open an object to be read."""
        with told():
            return super().open(mode, **options)


@contextmanager
def told() -> Iterator[None]:
    """Turn what the libraries of object storage raise into an `OSError` of one line."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno or errno.EIO, without_secrets(_text(error))) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _LIBRARIES:
            raise
        raise OSError(errno.EIO, without_secrets(_text(error))) from None


def without_secrets(text: str) -> str:
    """Take out what the environment keeps secret, and users in addresses.

    Examples
    --------
    >>> without_secrets("Could not connect to http://me:word@host/bucket")
    'Could not connect to http://host/bucket'
    """
    for name, value in os.environ.items():
        if len(value) >= _LEAST and _SECRETS.search(name):
            text = text.replace(value, "(not shown)")
    return _USER.sub("//", text)


def _text(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return " ".join(str(said or error).split()) or type(error).__name__
