"""What surrounds a task in its worker: a limit of time, and a trace where the process ends.

`faulthandler` has one file and one timer for a process; a worker of somebody else's may perform
several tasks at once in threads, so that what is running is kept here.
"""

import faulthandler
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any

from distributed import Worker, get_worker

from maiscreen.candidates.reading import limits
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.work.work import Describe, Given, Perform

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",  # Arrow's too
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "2",
}
"""Environment of workers that we start: one task each, one thread each."""

_PREFIX = "maiscreen-task-"

_MOST_BYTES = 1 << 20

_OWNER = re.compile(r"^process (\d{1,9}) of (\S+)\n", re.MULTILINE)

MARKER = Path(__file__).name
"""Calls outside of this file are none of a task."""


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """Limits of a task, and what identifies its attempt.

    Attributes
    ----------
    run : str
        Name of the run, which no other has.
    attempt : str
        Name of this submission: another one has another name, a repetition by Dask has not.
    limit_s : float or None
        Time that it has; None for any.
    """

    run: str
    attempt: str
    limit_s: float | None = None


@dataclass(frozen=True, slots=True)
class TaskResult:
    """Outcome of a task, and the worker that performed it."""

    outcome: Outcome
    worker: str


class ProcessEndedError(Exception):
    """An earlier repetition of this attempt, on this host, ended its process.

    Parameters
    ----------
    worker : str
        Address of the one that is gone.
    text : str
        The trace; empty if there is none.
    """

    def __init__(self, worker: str, text: str) -> None:
        super().__init__(worker, text)
        self.worker, self.text = worker, text


@dataclass(eq=False, slots=True)
class _RunningTask:
    file: IO[str]
    deadline: float | None


_running: list[_RunningTask] = []
_lock = threading.Lock()


class GuardedCall:
    """A call of :func:`perform_guarded`: unpickling it makes the call.

    What is sent is bytes, and a function that every Python has. Dask would import the function on
    the scheduler too; and a worker that cannot is ended there, which looks like the work of the
    task, where this raises an error that says why.
    """

    def __init__(self, *given: object) -> None:
        self._given = given

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return perform_guarded, self._given


def perform_guarded(
    perform: Perform[Given],
    describe: Describe[Given],
    subject: Given,
    start: int,
    stop: int,
    watch: TaskLimits,
) -> TaskResult:
    """Perform a task; end this process if it takes too long.

    Raises
    ------
    ProcessEndedError
        If it has ended another process on this host before: Dask repeats it up to three times.
    """
    worker = get_worker()
    path = _folder(worker.local_directory) / f"{_PREFIX}{watch.run}-{watch.attempt}"
    _stop_if_ended(path)
    with _time_limit(path, watch.limit_s, str(worker.address)):
        outcome = perform(describe, subject, start, stop)
    return TaskResult(outcome, str(worker.address))


def _stop_if_ended(path: Path) -> None:
    """Repeat nothing that has ended a process: a stock scheduler would have it end four."""
    owners, text = _read(path)
    if owners and (text or not _is_alive(int(owners[-1][0]))):
        raise ProcessEndedError(owners[-1][1], text)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's by now
        return False
    return True


@contextmanager
def _time_limit(path: Path, limit_s: float | None, worker: str) -> Iterator[None]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "a") as file:
        deadline = None if limit_s is None else time.monotonic() + limit_s
        file.write(f"process {os.getpid()} of {worker}\n")
        file.flush()  # faulthandler knows the number of the file alone
        this = _RunningTask(file, deadline)
        with _lock:
            _running.append(this)
            _arm_faulthandler()
        try:
            yield
        finally:
            with _lock:
                _running.remove(this)
                _arm_faulthandler()
            path.unlink(missing_ok=True)


def _arm_faulthandler() -> None:
    """Let faults be written to the file of a task that runs, and the first deadline end it."""
    faulthandler.cancel_dump_traceback_later()
    if not _running:
        faulthandler.disable()
        return
    faulthandler.enable(_running[-1].file)
    timed = [(one.deadline, one.file) for one in _running if one.deadline is not None]
    if timed:
        deadline, file = min(timed, key=lambda pair: pair[0])
        left_s = max(0.01, deadline - time.monotonic())
        faulthandler.dump_traceback_later(left_s, exit=True, file=file)


def read_crash_reports(run: str, dask_worker: Worker) -> dict[str, str]:
    """Read, as a worker, what processes of this host left: attempt → trace, empty ones too."""
    folder = _folder(dask_worker.local_directory)
    prefix = f"{_PREFIX}{run}-"
    return {path.name.removeprefix(prefix): _read(path)[1] for path in folder.glob(f"{prefix}*")}


def remove_crash_reports(run: str, dask_worker: Worker) -> None:
    """Remove, as a worker, what processes of this host left."""
    folder = _folder(dask_worker.local_directory)
    for path in folder.glob(f"{_PREFIX}{run}-*"):
        path.unlink(missing_ok=True)


def _read(path: Path) -> tuple[list[tuple[str, str]], str]:
    """Read who has begun an attempt, pid and address, and what was left of it."""
    if not path.exists():
        return [], ""
    with limits.open_regular_file(path) as file:
        text = file.read(_MOST_BYTES).decode(errors="replace")
    return _OWNER.findall(text), _OWNER.sub("", text).strip()


def _folder(local_directory: str) -> Path:
    """Return the folder of the workers of this host; a nanny removes a worker's own with it."""
    return Path(local_directory).parent


def resource_limits(dask_worker: Worker) -> dict[str, Any]:
    """Say, as a worker: its address and host, processors, and the threads of its libraries."""
    names = [name for name in ONE_THREAD if name.endswith("NUM_THREADS")]
    return {
        "worker": dask_worker.address,
        "host": socket.gethostname(),
        "processors": len(os.sched_getaffinity(0)),
        "threads": {name: os.environ.get(name) for name in names},
    }


SIGNALS = {
    "Segmentation fault": "SIGSEGV",
    "Aborted": "SIGABRT",
    "Bus error": "SIGBUS",
    "Floating-point exception": "SIGFPE",
    "Floating point exception": "SIGFPE",
    "Illegal instruction": "SIGILL",
}
"""What Python calls the signals that it can write something at."""

MOST_CHARACTERS = 20_000
"""Of what is kept of a traceback."""

_FRAME = re.compile(r'  File "(.*)", line (\d+|\?\?\?) in (.*)')
_THREAD = re.compile(r"(?:Current thread|Thread) 0x")
_TIMED_OUT = re.compile(r"Timeout \(.*\)!")


@dataclass(frozen=True, slots=True)
class CrashReport:
    """What a crashed process left: reason and traceback.

    Attributes
    ----------
    reason : str
        One line.
    traceback : str
        Where it was, with names of files only, the innermost call last.
    """

    reason: str
    traceback: str = ""


KILLED = CrashReport("ended its worker process: killed by the system (out of memory?)")
"""Where a process left nothing: SIGKILL, or a memory limit."""

OUT_OF_MEMORY = CrashReport("ended its worker process: out of memory")
"""Where its nanny says so."""


def parse_crash_report(text: str, limit_s: float | None, marker: str) -> CrashReport:
    """Parse the crash report of a process.

    Parameters
    ----------
    text : str
        What `faulthandler` wrote, and perhaps what came before.
    limit_s : float or None
        The time that the task had.
    marker : str
        File of the outermost call that belongs to a task: only what it called is of interest.

    Examples
    --------
    >>> text = '''Fatal Python error: Segmentation fault
    ...
    ... Current thread 0x00007f (most recent call first):
    ...   File "/app/ctypes/__init__.py", line 519 in string_at
    ...   File "/app/guard.py", line 7 in guarded
    ...   File "/usr/lib/threading.py", line 9 in run
    ... '''
    >>> report = parse_crash_report(text, None, "guard.py")
    >>> report.reason, report.traceback
    ('ended its worker process: SIGSEGV', '__init__.py:519 in string_at')
    """
    if not text.strip():
        return KILLED
    return CrashReport(_ending_reason(text, limit_s), _frames(text, marker)[:MOST_CHARACTERS])


def _ending_reason(text: str, limit_s: float | None) -> str:
    lines = text.splitlines()
    if limit_s is not None and any(_TIMED_OUT.match(line) for line in lines):
        return f"took longer than {limit_s:g} s"
    fatal = [line for line in lines if line.startswith("Fatal Python error: ")]
    what = fatal[0].partition(": ")[2] if fatal else "unknown"
    return f"ended its worker process: {SIGNALS.get(what, what)}"


def _frames(text: str, marker: str) -> str:
    """Return the calls of the thread that did the task, or else of the first."""
    threads: list[list[tuple[str, str, str]]] = []
    for line in text.splitlines():
        frame = _FRAME.match(line)
        if _THREAD.match(line):
            threads.append([])
        elif frame and threads:
            file, number, function = frame.groups()
            threads[-1].append((PurePath(file).name, number, function))
    ours = [one for one in threads if any(file == marker for file, _, _ in one)] or threads[:1]
    if not ours:
        return ""
    names = [file for file, _, _ in ours[0]]
    inner = ours[0][: names.index(marker)] if marker in names else ours[0]
    return "\n".join(f"{file}:{number} in {function}" for file, number, function in inner[::-1])
