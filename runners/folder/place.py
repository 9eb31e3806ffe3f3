"""Where a campaign lies: a folder of this machine, a shared one, or one in object storage."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from maiscreen.candidates.errors import InputError
from maiscreen.runners.folder.remote import Remote

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


def place(field: str, text: Place | str) -> Place:
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
    >>> place("--out", "first").name
    'first'
    >>> place("--out", "s3://key:secret@bucket/first")
    Traceback (most recent call last):
    ...
    maiscreen.candidates.errors.InputError: --out = 's3://…': holds credentials, or is no \
s3://bucket/folder; credentials come from the environment alone
    """
    if not isinstance(text, str):
        return text
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


def reached(field: str, where: Place) -> Place:
    """See that object storage answers, that the bucket is there and may be read.

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


def patiently(act: Callable[[], Result], where: Place) -> Result:
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


def each(act: Callable[[Item], Result], items: Iterable[Item], where: Place) -> Iterator[Result]:
    """Act on files in their order: many at a time where each is a question over the network."""
    if isinstance(where, Path):
        yield from map(act, items)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(act, items)


def campaign_folder(field: str, text: str) -> "Place":
    """Take a campaign's folder; object storage must answer, or nothing else is begun."""
    return reached(field, place(field, text))
