"""Scheduler and workers in processes of their own, started with the commands that users type."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Worker

TESTS = str(Path(__file__).parent)

_PATIENT = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "300s"}
"""Time that only a hang takes."""


class Stock:
    """A process whose log is read as it comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.log, self._news = process, "", threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.log += line
                self._news.notify_all()
        with self._news:
            self.log += "<end>"
            self._news.notify_all()

    def says(self, pattern: str, seconds: float = 300) -> str:
        """Wait for something in the log."""
        with self._news:
            said = self._news.wait_for(
                lambda: re.search(pattern, self.log) or "<end>" in self.log, seconds
            )
            found = re.search(pattern, self.log)
        assert said, f"no {pattern!r} in {seconds} s: {self.log}"
        assert found, f"no {pattern!r}: {self.log}"
        return found[found.re.groups and 1]

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(15)
        assert self.process.stderr is not None
        self.process.stderr.close()


@contextmanager
def started(*command: str, cwd: Path, **env: str) -> Iterator[Stock]:
    """Run a command of Dask for a while."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env={"PYTHONPATH": TESTS, "OMP_NUM_THREADS": "1", **_PATIENT, **_kept(), **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    found = Stock(process)
    try:
        yield found
    finally:
        found.end()


def _kept() -> Mapping[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@contextmanager
def scheduler(cwd: Path, certificates: Path | None = None) -> Iterator[tuple[str, Stock]]:
    """Start `dask scheduler` on loopback; give its address."""
    how = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    env = {}
    if certificates is not None:
        how += ["--protocol", "tls"]
        env["DASK_CONFIG"] = str(certificates / "scheduler" / "dask.yaml")
    with started("-m", "distributed.cli.dask_scheduler", *how, cwd=cwd, **env) as found:
        yield found.says(r"Scheduler at:\s+(\S+)"), found


@contextmanager
def worker(
    address: str,
    cwd: Path,
    certificates: Path | None = None,
    *flags: str,
    more: Sequence[str] = (),
    **env: str,
) -> Iterator[Stock]:
    """Start `dask worker`; it has joined only if it says so."""
    how = [address, "--nthreads", "1", "--dashboard-address", "127.0.0.1:0"]
    if certificates is not None:
        how += ["--protocol", "tls"]
        env["DASK_CONFIG"] = str(certificates / "worker" / "dask.yaml")
    how += ["--local-directory", str(cwd), *more]
    with started(*flags, "-m", "distributed.cli.dask_worker", *how, cwd=cwd, **env) as found:
        yield found


JOINED = r"Registered to:"


def data_received(dask_worker: "Worker") -> tuple[int, list[str]]:
    """Say, as a worker, how often it was given data, and the names of what it keeps."""
    from maiscreen.runners.cluster import shipped_data

    here = Path(dask_worker.local_directory)
    return shipped_data.received, sorted(path.name for path in here.glob("own-*/*/*"))
