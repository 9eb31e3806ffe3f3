"""One run at a time on a campaign's folder, on whatever hosts and file systems.

Locks are numbered files that are only ever created: whoever creates the number after the newest
holds the folder. So of many that take over from a run that has gone, one succeeds, wherever a file
can be created that must not be there yet: on a file system, NFS too, and in object storage.
"""

import errno
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.files import HIDDEN, remove_leftovers
from maiscreen.runners.folder.owner import Owner, own_identity, owner_from_bytes
from maiscreen.runners.folder.place import Place, error_text, put_new

BEAT_S = 5.0
"""How often the owner of a lock counts up."""

WATCHED_BEATS = 4
"""So many beats without a new count, and an owner on another host has gone."""

_LOOK_S, _AGAIN_S, _TRIES = 0.5, 0.1, 100

_WAIT = "wait for it, or give another folder"


class TakenOverError(StorageError):
    """Another run has taken the folder over, while this one was stopped or cut off."""

    def __str__(self) -> str:
        """Return the error as one line."""
        where, who = self.args
        return f"{where} was taken over by another run ({who}); this one stops, nothing is lost"


class Lock:
    """A folder that is ours for a while.

    Parameters
    ----------
    path : Path or Remote
        The file of the lock.
    owner : Owner
        Ourselves.
    """

    def __init__(self, path: Place, owner: Owner) -> None:
        self._path, self._owner = path, owner
        self._writing = threading.Lock()
        self._ended, self._taken = threading.Event(), threading.Event()
        # A daemon: a run that ends in whatever way is not kept alive by its own lock.
        self._beating = threading.Thread(target=self._beat, name="lock", daemon=True)
        self._beating.start()

    def check(self) -> None:
        """Check that the folder is still ours; before anything is replaced or removed in it.

        Raises
        ------
        TakenOverError
            If another run has taken it over.
        StorageError
            If that cannot be told.
        """
        out = str(_lock_folder(self._path))
        try:
            newest = _newest(self._path.parent)
            owner = None if newest is None else owner_from_bytes(_read(newest))
        except OSError as error:
            raise StorageError(out, error_text(error)) from None
        if owner is None or owner.nonce != self._owner.nonce:
            self._taken.set()
            raise TakenOverError(out, str(owner or "its lock was removed"))

    def stop_if_taken(self) -> None:
        """See what the last beat found; without asking the storage.

        Raises
        ------
        TakenOverError
            If another run has taken the folder over.
        """
        if self._taken.is_set():
            self.check()

    def set_dashboard(self, dashboard: str) -> None:
        """Note down where the Dask dashboard is, for `maiscreen status`."""
        with self._writing:
            self._owner = replace(self._owner, dashboard=dashboard)
            with suppress(OSError):  # the next beat writes it
                _rewrite(self._path, self._owner, same_length=False)

    def release(self) -> None:
        """Release the folder; the file stays, so that no number comes twice."""
        self._ended.set()
        self._beating.join()
        # Who cannot write it now has said so, or is about to; the process ends, which is as good.
        with suppress(StorageError, OSError):
            self.check()
            _rewrite(self._path, replace(self._owner, released=True), same_length=False)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_S):
            try:
                self.check()
                with self._writing:
                    self._owner = replace(self._owner, beat=self._owner.beat + 1)
                    _rewrite(self._path, self._owner)
            except TakenOverError:
                return
            except (StorageError, OSError):
                # A full disk, a cut line: the next beat tries again, and `check` tells.
                continue


@contextmanager
def hold_folder(out: Place, fingerprint: str) -> Iterator[Lock]:
    """Keep other runs out of a folder.

    Parameters
    ----------
    out : Path or Remote
        The folder; it is made if it is missing, and removed if nothing was written into it.
    fingerprint : str
        Of the run.

    Raises
    ------
    InputError
        If another run is at work there, or the folder cannot be written.
    """
    made = _missing_folders(out)
    try:
        path, owner = _create_lock(out, fingerprint)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        _remove_empty_folders(out, made)
        raise InputError("--out", str(out), f"cannot be written: {error_text(error)}") from None
    lock = Lock(path, owner)
    try:
        with suppress(OSError):  # whatever cannot be removed is in nobody's way
            remove_leftovers(out)
        yield lock
    finally:
        lock.release()
        _remove_empty_folders(out, made)


def owner_of(out: Place) -> Owner | None:
    """Read who holds a folder, or held it last; None if nobody is known."""
    newest = _newest(out / HIDDEN)
    try:
        return None if newest is None else owner_from_bytes(_read(newest))
    except OSError as error:
        raise InputError("DIR", str(out), f"its lock cannot be read: {error_text(error)}") from None


def is_alive(out: Place) -> bool:
    """Return whether a run is at work on a folder; on another host its beat is watched.

    That takes as long as a beat for one that is, and `WATCHED_BEATS` for one that has gone.
    """
    newest = _newest(out / HIDDEN)
    return newest is not None and _holder(newest) is not None


def _create_lock(out: Place, fingerprint: str) -> tuple[Place, Owner]:
    """Create the next lock, as soon as nobody holds the newest."""
    if isinstance(out, Path):
        (out / HIDDEN).mkdir(parents=True, exist_ok=True)
    for _ in range(_TRIES):
        newest = _newest(out / HIDDEN)
        holder = None if newest is None else _holder(newest)
        if holder is not None:
            remedy = f"is being written by another run ({holder}); {_WAIT}"
            raise InputError("--out", str(out), remedy)
        number = 1 if newest is None else _number(newest) + 1
        ours, owner = out / HIDDEN / f"lock-{number:08d}.json", own_identity(fingerprint)
        with suppress(FileExistsError):
            put_new(ours, owner.to_bytes())
        # Asked again, a storage may have created it and yet say that it is there; one that knows
        # no exclusive creation lets the last win; a listing may have been old: so look.
        if _newest(out / HIDDEN) == ours and _content(ours) == owner.to_bytes():
            _drop_older(ours)
            return ours, owner
        time.sleep(_AGAIN_S)
    raise OSError(errno.EAGAIN, "its lock goes from hand to hand; try again")


def _holder(path: Place) -> Owner | None:
    """Return the owner of a lock if it is at work; None if it has gone."""
    seen, since = _content(path), time.monotonic()
    first, watching = seen, False
    while seen is not None:
        owner = owner_from_bytes(seen)
        if owner is not None and (owner.released or owner.is_here):
            return None if owner.is_gone else owner
        if owner is not None and seen != first:
            return owner
        if time.monotonic() - since > WATCHED_BEATS * BEAT_S:
            return None
        if not watching and time.monotonic() - since > _LOOK_S:
            watching = True
            _announce_watching(path, owner)
        time.sleep(_LOOK_S)
        now = _content(path)
        if now != seen:
            seen, since = now, time.monotonic()
    return None


def _announce_watching(path: Place, owner: Owner | None) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            who = owner or "a run that left no name"
            beats = f"whether its lock counts on, {WATCHED_BEATS * BEAT_S:g} s at most"
            print(
                f"maiscreen: {_lock_folder(path)} is held by {who}; watching {beats}",
                file=sys.stderr,
            )


def _content(path: Place) -> bytes | None:
    """Read a lock; None for one that was removed meanwhile."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None


def _rewrite(path: Place, owner: Owner, same_length: bool = True) -> None:
    """Write our own lock anew; it must be there."""
    content = owner.to_bytes()
    if not isinstance(path, Path):
        path.put(content)
        return
    # In place: a full disk cannot refuse that.
    with path.open("r+b") as file:
        file.write(content)
        if not same_length:
            file.truncate()


def _newest(hidden: Place) -> Place | None:
    numbered = {_number(path): path for path in hidden.glob("lock-*.json")}
    return numbered[max(numbered)] if max(numbered, default=0) else None


def _number(path: Place) -> int:
    """Return the number of a lock; 0 for a file that has none."""
    return limits.whole_number(path.stem.removeprefix("lock-")) or 0


def _drop_older(ours: Place) -> None:
    for path in ours.parent.glob("lock-*.json"):
        if path.name < ours.name:
            path.unlink(missing_ok=True)


def _lock_folder(path: Place) -> Place:
    return path.parent.parent


def _missing_folders(out: Place) -> list[Path]:
    """Return the folders that taking the lock makes, the innermost first."""
    if not isinstance(out, Path):
        return []
    chain = [out / HIDDEN, out, *out.parents]
    with suppress(OSError, ValueError):
        return [path for path in chain if not path.exists()]
    return []


def _remove_empty_folders(out: Place, made: list[Path]) -> None:
    """Remove what the lock made, if nothing was written beside it."""
    with suppress(OSError, ValueError):
        beside = [path for path in (out / HIDDEN).glob("*") if not path.name.startswith("lock-")]
        if not beside:
            for path in (out / HIDDEN).glob("lock-*.json"):
                owner = owner_from_bytes(_read(path))
                if owner is not None and owner.released:
                    path.unlink()
        for path in made:
            path.rmdir()


def _read(path: Place) -> bytes:
    """Read a lock, and not more than a lock can have."""
    if isinstance(path, Path):
        return limits.read_bytes(path, limits.CAMPAIGN_BYTES)
    return path.read_bytes()
