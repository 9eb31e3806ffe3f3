"""What watches a reader while it reads: files touched, processes started, classes unpickled."""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 2.0
"""Time of the processor for one input."""

MORE_BYTES = 2 << 30
"""Address space that one reader may take beyond what it holds at the start."""

_FORBIDDEN = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile",
    "pickle.find_class", "socket.connect", "socket.bind", "ctypes.dlopen", "pty.spawn",
    "webbrowser.open",
)  # fmt: skip
_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod",
            "shutil.rmtree", "shutil.move", "os.truncate")  # fmt: skip
_SECRETS = ("canary", "/etc/passwd")
_MODULES = ("this", "antigravity")

_seen: list[str] = []
_inside: str | None = None


class TooSlowError(BaseException):
    """An input took more than `SECONDS`; no reader's `except Exception` may swallow it."""


def install() -> None:
    """Watch this process from now on; it cannot be undone."""
    sys.addaudithook(_audit)
    signal.signal(signal.SIGPROF, _too_slow)


def limit_memory() -> None:
    """Let what a bomb asks for fail."""
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + MORE_BYTES, resource.RLIM_INFINITY))


@contextmanager
def watched(folder: Path) -> Iterator[list[str]]:
    """Give what was done that no reader may do, while it reads in a folder."""
    global _inside
    _seen.clear()
    _inside = str(folder)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield _seen
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _inside = None


def _too_slow(signum: int, frame: FrameType | None) -> None:
    raise TooSlowError


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _inside is None:
        return
    if event.startswith(_FORBIDDEN):
        _seen.append(f"{event} {arguments!r:.80}")
    elif event == "import" and arguments[0] in _MODULES:
        _seen.append(f"imports {arguments[0]}")
    elif event == "open":
        _opened(*arguments)
    elif event in _CHANGES and not _is_inside(_whole(arguments)):
        _seen.append(f"{event} {arguments!r:.80}")


def _whole(arguments: tuple[Any, ...]) -> Any:
    """Give a path that may be told from an open folder on."""
    path, folder = arguments[0], arguments[-1]
    if isinstance(folder, int) and folder >= 0 and not isinstance(path, int):
        return Path(f"/proc/self/fd/{folder}").readlink() / os.fsdecode(path)
    return path


def _opened(path: Any, mode: Any, flags: Any) -> None:
    if not isinstance(path, str | bytes | os.PathLike):
        return
    text = os.fsdecode(path)
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if any(secret in text for secret in _SECRETS):
        _seen.append(f"opens {text:.80}")
    elif writes and not _is_inside(text) and not text.startswith("/dev/"):
        _seen.append(f"writes {text:.80}")


def _is_inside(path: Any) -> bool:
    text = os.path.realpath(os.fsdecode(path)) if not isinstance(path, int) else ""
    return text.startswith(str(_inside)) or "__pycache__" in text
