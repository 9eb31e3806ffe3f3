"""Who holds a lock: a process of a machine, and whether it is still there."""

import getpass
import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from maiscreen.candidates.reading import limits

_PROC = Path("/proc")
_ENDED = "ZX"

_BEAT_DIGITS, _LONGEST = 12, 300


@dataclass(frozen=True, slots=True)
class Owner:
    """A run that holds a folder, as its lock says.

    Attributes
    ----------
    nonce : str
        This run and no other.
    host, user : str
        Where it runs, and whose it is.
    machine : str
        What tells a process number of this host from that of another one, of another container or
        from before the host was started anew.
    pid, started : int
        Process, and when it began in ticks since the host began, for numbers are used again.
    begun : str
        UTC.
    fingerprint : str
        Of the campaign.
    dashboard : str
        Where its Dask dashboard is; empty if it has none.
    released : bool
        Whether it has ended by itself.
    beat : int
        Counts up while it is at work.
    """

    nonce: str
    host: str
    user: str
    machine: str
    pid: int
    started: int
    begun: str
    fingerprint: str = ""
    dashboard: str = ""
    released: bool = False
    beat: int = 0

    def __str__(self) -> str:
        """Name it in a few words."""
        return f"process {self.pid} on {self.host}, user {self.user}, since {self.begun}"

    @property
    def is_here(self) -> bool:
        """Whether its process number means something in this process."""
        return self.machine == _machine()

    @property
    def is_gone(self) -> bool:
        """Whether an owner that is here has ended."""
        return self.released or not _is_running(self.pid, self.started)

    def to_bytes(self) -> bytes:
        """Return the content of a lock, as long for every beat."""
        plain = {**asdict(self), "beat": f"{self.beat:0{_BEAT_DIGITS}d}"}
        return json.dumps(plain, ensure_ascii=False).encode()


def own_identity(fingerprint: str) -> Owner:
    """Describe this process as the owner of a lock."""
    begun = datetime.now(UTC).isoformat(timespec="seconds")
    pid = os.getpid()
    host = platform.node()
    return Owner(
        uuid4().hex, host, _user(), _machine(), pid, _started(pid) or 0, begun, fingerprint
    )


def owner_from_bytes(content: bytes) -> Owner | None:
    """Read a lock; None for one that is being written, or damaged."""
    try:
        owner = Owner(**limits.parse_json(content))
        owner = replace(owner, beat=int(owner.beat), pid=int(owner.pid), started=int(owner.started))
    except (ValueError, TypeError):
        return None
    texts = (getattr(owner, name) for name in _TEXTS)
    # It is shown on a terminal, and its number is asked of the system.
    sound = all(isinstance(one, str) and one.isprintable() and len(one) < _LONGEST for one in texts)
    return owner if sound and 0 < owner.pid < 2**31 else None


_TEXTS = ("nonce", "host", "user", "machine", "begun", "fingerprint", "dashboard")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return str(os.getuid())


def _machine() -> str:
    """Name this host since its boot, and its namespace of process ids, as distinct from others."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append((_PROC / "sys/kernel/random/boot_id").read_text().strip())
        parts.append(str((_PROC / "self/ns/pid").readlink()))
    return " ".join(parts)


def _is_running(pid: int, started: int) -> bool:
    """Return whether a process is still there, and not another one with its number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    now = _started(pid)
    return now in (None, started)


def _started(pid: int) -> int | None:
    """Tell when a process began, in ticks; −1 if it has ended, None where that cannot be told."""
    try:
        # The name stands in brackets and may hold anything.
        state, *rest = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # no such folder, or one that hides the processes of others
        return None
    return -1 if state in _ENDED else int(rest[18])
