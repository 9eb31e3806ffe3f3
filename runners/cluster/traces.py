"""What `faulthandler` writes when a process ends itself, read into a reason and a traceback."""

import re
from dataclasses import dataclass
from pathlib import PurePath

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
class Trace:
    """How a process ended.

    Attributes
    ----------
    reason : str
        One line.
    traceback : str
        Where it was, with names of files only, the innermost call last.
    """

    reason: str
    traceback: str = ""


KILLED = Trace("ended its worker process: killed by the system (out of memory?)")
"""Where a process left nothing: SIGKILL, or a memory limit."""

OUT_OF_MEMORY = Trace("ended its worker process: out of memory")
"""Where its nanny says so."""


def trace(text: str, limit_s: float | None, marker: str) -> Trace:
    """Read what a process left.

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
    ...   File "/home/me/ctypes/__init__.py", line 519 in string_at
    ...   File "/home/me/guard.py", line 7 in guarded
    ...   File "/usr/lib/threading.py", line 9 in run
    ... '''
    >>> trace(text, None, "guard.py")
    Trace(reason='ended its worker process: SIGSEGV', traceback='__init__.py:519 in string_at')
    """
    if not text.strip():
        return KILLED
    return Trace(_reason(text, limit_s), _frames(text, marker)[:MOST_CHARACTERS])


def _reason(text: str, limit_s: float | None) -> str:
    lines = text.splitlines()
    if limit_s is not None and any(_TIMED_OUT.match(line) for line in lines):
        return f"took longer than {limit_s:g} s"
    fatal = [line for line in lines if line.startswith("Fatal Python error: ")]
    what = fatal[0].partition(": ")[2] if fatal else "unknown"
    return f"ended its worker process: {SIGNALS.get(what, what)}"


def _frames(text: str, marker: str) -> str:
    """Give the calls of the thread that did the task, or else of the first."""
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
