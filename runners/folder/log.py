"""The log of a run: one JSON object on a line for everything that someone may ask about later."""

import json
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maiscreen.candidates.reading import limits
from maiscreen.runners.folder.files import write_whole
from maiscreen.runners.folder.place import Place, list_files
from maiscreen.runners.interrupts import last_words

PATTERN = "log-*.jsonl"
"""Names of logs, beside the receipts."""

EVERY_S = 30.0
"""How often a log on object storage, which takes no appending, is written anew."""

_MOST_BYTES = 1 << 16
"""Read at either end of a log to tell what it says."""


class Log:
    """The log of a run.

    Parameters
    ----------
    handler : logging.Handler, optional
        Where it goes; nowhere if left out.
    quiet : bool
        Say nothing on stderr.
    """

    def __init__(self, handler: logging.Handler | None = None, *, quiet: bool = True) -> None:
        # A logger of its own, which nobody else's settings reach.
        self._logger = logging.Logger("maiscreen", logging.INFO)
        self._quiet = quiet
        self.has_begun = False
        if handler is not None:
            handler.setFormatter(_JsonFormatter())
            self._logger.addHandler(handler)

    def record(self, event: str, **facts: object) -> None:
        """Write an event to the log."""
        self._logger.info(event, extra={"facts": facts})

    def begin(
        self, fingerprint: str, runner_info: Mapping[str, object], candidates: int, tasks: int
    ) -> None:
        """Record what a run is about to do, and where."""
        from importlib.metadata import version

        about = {"version": version("maiscreen"), "fingerprint": fingerprint, **runner_info}
        about |= {"host": socket.gethostname(), "pid": os.getpid()}
        self.has_begun = True
        self.record("begun", **about, candidates=candidates, tasks=tasks)

    def record_forced_end(self) -> None:
        """Record that the process is ended before the run could stop by itself."""
        if self.has_begun:
            self.record("stopped", error="StopSignal", reason="interrupted, ended by force")

    def say(self, text: str) -> None:
        """Write a line on stderr, beside the progress bar."""
        if not self._quiet and sys.stderr is not None:
            from tqdm import tqdm

            tqdm.write(f"maiscreen: {text}", file=sys.stderr)


SILENT = Log()
"""For runs without a folder."""


@contextmanager
def run_log(folder: Place, *, quiet: bool = True) -> Iterator[Log]:
    """Open the log of a run, and tell how the run ends; what never begins leaves none.

    Parameters
    ----------
    folder : Path or Remote
        Where the receipts lie.
    quiet : bool
        Say nothing on stderr.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"log-{moment}-{os.getpid()}.jsonl"
    # Object storage takes no appending.
    handler = _AppendingFile(path) if isinstance(path, Path) else _WholeFile(path)
    log = Log(handler, quiet=quiet)
    try:
        with last_words(log.record_forced_end):
            yield log
        if log.has_begun:
            log.record("finished")
    except BaseException as error:
        if log.has_begun:
            reason = str(error) or type(error).__name__
            log.record("stopped", error=type(error).__name__, reason=reason)
        raise
    finally:
        handler.close()


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {"time": moment, "event": record.getMessage(), **getattr(record, "facts", {})}
        return json.dumps(facts, ensure_ascii=False, default=str)


class _AppendingFile(logging.Handler):
    """Appends to a file, which is made with the first event and open for a moment only.

    A file that stays open would keep a disk from being unmounted, or made read-only.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path, self._broken = path, False

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{self.format(record)}\n".encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(line)
        except OSError as error:
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        """Warn once that the log cannot be written; if the disk is full, the run will meet it."""
        if not self._broken and sys.stderr is not None:
            print(f"maiscreen: the log cannot be written: {error}", file=sys.stderr)
        self._broken = True


class _WholeFile(logging.Handler):
    """Keeps all lines and writes them whole from time to time, and in the end."""

    def __init__(self, path: Place) -> None:
        super().__init__()
        self._path, self._lines = path, list[str]()
        self._written = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))
        if time.monotonic() - self._written > EVERY_S:
            self._write()

    def close(self) -> None:
        if self._lines:
            self._write()
        super().close()

    def _write(self) -> None:
        # First, so that a place that cannot be written is not tried at every event.
        self._written = time.monotonic()
        try:
            write_whole(self._path, "".join(f"{line}\n" for line in self._lines).encode())
        except Exception as error:
            if sys.stderr is not None:
                print(f"maiscreen: the log cannot be written: {error}", file=sys.stderr)


def newest_log(folder: Place) -> Place | None:
    """Find the log of the last run; nothing if there is none."""
    found = list_files(folder, PATTERN)
    return found[-1] if found else None


def read_run_info(path: Place) -> dict[str, object]:
    """Read what a log says of where its run is or was: host, pid, workers, dashboard, last event.

    A log that is damaged, or somebody else's, tells less or nothing.
    """
    try:
        ends = _read_ends(path)
    except OSError:  # a folder, a pipe or a link to nowhere that has the name of a log
        return {}
    facts: dict[str, object] = {}
    for line in (line for end in ends for line in _objects(end)):
        facts |= {
            k: line[k] for k in ("host", "pid", "runner", "dashboard", "workers") if k in line
        }
        facts["last_event"] = line.get("event")
    return facts


def _read_ends(path: Place) -> tuple[bytes, bytes]:
    with limits.open_regular_file(path) as file:
        first = file.read(_MOST_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _MOST_BYTES))
        return first, file.read(_MOST_BYTES)


def _objects(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield entry
