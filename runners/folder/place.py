"""Where a campaign lies: a folder of this machine, a shared one, or one in object storage."""

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar, cast

from upath.extensions import ProxyUPath

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.endings import StorageError

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
        return parse_place, ("--out", str(self))

    def put(self, content: bytes, *, new: bool = False) -> None:
        """Write the whole object in one step; with ``new``, only if there is none.

        Raises
        ------
        FileExistsError
            If there is one already.
        OSError
            If it cannot be written.
        """
        with storage_errors_as_oserror():
            self.fs.pipe_file(self.path, content, mode="create" if new else "overwrite")

    def read_bytes(self) -> bytes:
        """Read the whole object."""
        with storage_errors_as_oserror():
            return bytes(self.fs.cat_file(self.path))

    def sha256(self) -> str:
        """Hash the object, block by block."""
        with storage_errors_as_oserror(), self.fs.open(self.path, "rb", block_size=_BLOCK) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def exists(self, *, follow_symlinks: bool = True) -> bool:
        """Return whether there is such an object or folder."""
        with storage_errors_as_oserror():
            return super().exists()

    def has_bucket(self) -> bool:
        """Return whether its bucket is there, as far as we may know."""
        with storage_errors_as_oserror():
            return bool(self.fs.exists(self.path.partition("/")[0]))

    def is_dir(self) -> bool:
        """Return whether objects lie under this name."""
        with storage_errors_as_oserror():
            return super().is_dir()

    def glob(self, pattern: str, **options: Any) -> Iterator["Remote"]:
        """List what matches: from the storage, never from a cache."""
        with storage_errors_as_oserror():
            return iter(list(super().glob(pattern, **options)))

    def stat(self, *, follow_symlinks: bool = True) -> Any:
        """Ask for size and time of an object."""
        with storage_errors_as_oserror():
            return super().stat()

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove an object."""
        with storage_errors_as_oserror():
            super().unlink(missing_ok=missing_ok)

    def open(self, mode: str = "rb", **options: Any) -> IO[Any]:  # type: ignore[override]
        """Open an object to be read."""
        with storage_errors_as_oserror():
            return super().open(mode, **options)


@contextmanager
def storage_errors_as_oserror() -> Iterator[None]:
    """Turn errors of object storage libraries into an `OSError` of one line."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno or errno.EIO, redact_secrets(_text(error))) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _LIBRARIES:
            raise
        raise OSError(errno.EIO, redact_secrets(_text(error))) from None


def redact_secrets(text: str) -> str:
    """Take out what the environment keeps secret, and users in addresses.

    Examples
    --------
    >>> redact_secrets("Could not connect to http://me:word@host/bucket")
    'Could not connect to http://host/bucket'
    """
    for name, value in os.environ.items():
        if len(value) >= _LEAST and _SECRETS.search(name):
            text = text.replace(value, "(not shown)")
    return _USER.sub("//", text)


def _text(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return " ".join(str(said or error).split()) or type(error).__name__


Place: TypeAlias = Path | Remote
"""A campaign's folder, or what lies in it."""

SCHEMES = {
    "s3": ("s3fs", "s3"),
    "gs": ("gcsfs", "gcs"),
    "gcs": ("gcsfs", "gcs"),
    "az": ("adlfs", "azure"),
    "abfs": ("adlfs", "azure"),
    "abfss": ("adlfs", "azure"),
}
"""Scheme of an address → package that speaks to it, extra that brings the package."""

PATIENCE_S = 60.0
"""How long a storage that does not answer is asked again in the middle of a run."""

_S3 = {
    # s3fs asks five times by itself: a host that does not answer takes half a minute.
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 0}}
}

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f?#*\[\]{}\\]")
_AT_ONCE = 16
"""Objects read at the same time."""

_PAUSE_S = 1.0

Item = TypeVar("Item")
Result = TypeVar("Result")


def parse_place(field: str, text: Place | str) -> Place:
    """Take a campaign's folder.

    Parameters
    ----------
    field : str
        What to call it in an error.
    text : str or place
        A path, or an address such as ``s3://bucket/folder``.

    Raises
    ------
    InputError
        If it is empty, of a kind that is not known, holds credentials, or needs a package that
        is not installed.

    Examples
    --------
    >>> parse_place("--out", "first").name
    'first'
    >>> parse_place("--out", "s3://key:secret@bucket/first")
    Traceback (most recent call last):
    ...
    maiscreen.candidates.errors.InputError: --out = 's3://…': holds credentials, or is no \
s3://bucket/folder; credentials come from the environment alone
    """
    if isinstance(text, Path | Remote):
        return text
    if not isinstance(text, str):
        raise InputError(field, text, "give a folder, as a text or a path")
    if not text:
        raise InputError(field, text, "is empty; give a folder")
    address = _ADDRESS.fullmatch(text)
    return _remote(field, address[1].lower(), address[2]) if address else Path(text)


def _remote(field: str, scheme: str, rest: str) -> Remote:
    if scheme not in SCHEMES:
        # What follows could hold a password.
        remedy = "is not known; give a folder, or s3://bucket/folder, gs://…, az://…"
        raise InputError(field, f"{scheme}://…", remedy)
    bucket, *inside = (part for part in rest.split("/") if part) if rest.strip("/") else ("",)
    if not _BUCKET.fullmatch(bucket) or "@" in rest or _FORBIDDEN.search(rest):
        remedy = f"holds credentials, or is no {scheme}://bucket/folder"
        raise InputError(
            field, f"{scheme}://…", f"{remedy}; credentials come from the environment alone"
        )
    address = f"{scheme}://{'/'.join((bucket, *inside))}"
    if not inside or {".", ".."} & set(inside):
        raise InputError(field, address, f"give a folder in the bucket: {scheme}://bucket/folder")
    package, extra = SCHEMES[scheme]
    if find_spec(package) is None:
        remedy = f'needs another package: pip install "maiscreen[{extra}]"'
        raise InputError(field, address, remedy)
    options: dict[str, Any] = _S3 if package == "s3fs" else {}
    # Others write at the same time: what was listed a moment ago is not what is there.
    return Remote(address, use_listings_cache=False, **options)


def check_reachable(field: str, where: Place) -> Place:
    """Check that object storage answers, and that the bucket exists and can be read.

    Raises
    ------
    InputError
        If not, in half a minute at most.
    """
    if not isinstance(where, Path):
        try:
            nowhere = not list(where.glob("*")) and not where.has_bucket()
        except OSError as error:
            raise InputError(field, str(where), f"cannot be read: {error.strerror}") from None
        # Who may write into one folder alone need not be told whether there is a bucket.
        if nowhere and field != "--out":
            raise InputError(field, str(where), "cannot be read: no such bucket")
    return where


def put_new(where: Place, content: bytes) -> None:
    """Write a file that must not be there yet: of many at the same moment, one succeeds.

    Raises
    ------
    FileExistsError
        If it is there.
    OSError
        If it cannot be written.
    """
    if not isinstance(where, Path):
        where.put(content, new=True)
        return
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except BaseException:
            where.unlink(missing_ok=True)
            raise


def retry_while_away(act: Callable[[], Result], where: Place) -> Result:
    """Act on a storage; one that is away for a moment is asked again for `PATIENCE_S`.

    A file system waits by itself, and what it refuses it refuses again.
    """
    if isinstance(where, Path):
        return act()
    begun = time.monotonic()
    while True:
        try:
            return act()
        except (FileNotFoundError, FileExistsError, PermissionError):
            raise
        except OSError:
            if time.monotonic() - begun > PATIENCE_S:
                raise
            time.sleep(_PAUSE_S)


def map_files(
    act: Callable[[Item], Result], items: Iterable[Item], where: Place
) -> Iterator[Result]:
    """Act on files in their order: many at a time where each is a question over the network."""
    if isinstance(where, Path):
        yield from map(act, items)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(act, items)


def campaign_folder(field: str, text: str) -> "Place":
    """Take a campaign's folder; object storage must answer, or nothing else is begun."""
    return check_reachable(field, parse_place(field, text))


Answer = TypeVar("Answer")


class UnreadableError(StorageError):
    """A storage elsewhere does not give what lies there."""

    def __str__(self) -> str:
        """Return the error as one line."""
        where, reason = self.args
        return f"{where} cannot be read: {reason}; mend that, and the same command goes on"


def error_text(error: OSError | ValueError) -> str:
    """Describe what is wrong with a path: a ValueError is a null character in it."""
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
    content = _ask_storage(path.read_bytes, path)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"has more than {most:,} bytes")
    return content


def _ask_storage(ask: Callable[[], Answer], path: Place) -> Answer:
    """Ask a storage elsewhere for a file: what it does not give counts as lost nowhere."""
    try:
        return retry_while_away(ask, path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreadableError(str(path), error_text(error)) from None


def sha256_of(path: Place) -> str:
    """Hash a file, without holding all of it.

    Raises
    ------
    FileNotFoundError, OSError, UnreadableError
        As for `read_whole`.
    """
    if isinstance(path, Path):
        with limits.open_regular_file(path) as file:
            return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
    return _ask_storage(path.sha256, path)


def list_files(folder: Place, pattern: str) -> list[Place]:
    """List what matches, in order.

    Raises
    ------
    UnreadableError
        If a storage elsewhere does not answer.
    """
    try:
        return sorted(retry_while_away(partial(_list, folder, pattern), folder))
    except OSError as error:
        raise UnreadableError(str(folder), error_text(error)) from None


def _list(folder: Place, pattern: str) -> list[Any]:
    return list(folder.glob(pattern))
