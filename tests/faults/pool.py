"""A scheduler and workers as anyone starts them, `dask scheduler` and `dask worker`, to be hurt."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from maiscreen.runners.kernels import pin

HERE = Path(__file__).parent
WORKERS = 2
MEMORY_MIB = 1200
"""Limit of a worker: four times what it needs."""

UP_S = 60
"""So long may they take to start."""


def environment(control: Path) -> dict[str, str]:
    """Give the environment of every process of a slot."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    ours = {"PYTHONPATH": str(HERE / "hook"), "FAULTS_CONTROL": str(control)}
    found = {**os.environ, **threads, **ours}
    pin(found)  # of workers of one's own too: their bytes are compared
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def workers_of(pid: int) -> list[psutil.Process]:
    """Find the worker processes that a process has started, through whatever lies between."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [one for one in children if "spawn_main" in " ".join(_cmdline(one))]


def _cmdline(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


class Pool:
    """Scheduler, workers with their nannies, and a network between them and the client.

    Parameters
    ----------
    folder : Path
        For logs and the workers' files.
    control : Path
        What the processes look at, see `moments.Meeting`.
    """

    def __init__(self, folder: Path, control: Path) -> None:
        self.folder, self.control = folder, control
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.door = free_port(), free_port()
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.network: subprocess.Popen[bytes] | None = None
        self.nannies: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """Where client and workers find the scheduler: through the network that can be cut."""
        return f"tcp://127.0.0.1:{self.door}"

    def up(self, *options: str) -> None:
        """See that everything runs; what does not is started anew."""
        for _ in range(3):
            self._start(*options)
            if self._complete(UP_S):
                return
            self.down()
            self.port, self.door = free_port(), free_port()
        raise RuntimeError(f"no scheduler with workers: see {self.folder / 'log'}")

    def _start(self, *options: str) -> None:
        if not self._alive(self.network):
            command = [sys.executable, str(HERE / "proxy.py"), str(self.door), str(self.port)]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.network = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]
            self.network.stdout.readline()  # type: ignore[union-attr]
        self.say("open")
        if not self._alive(self.scheduler):
            self.start_scheduler()
            # A nanny that is quicker than the scheduler gives up at once: the network lets it in.
            self._wait_for_scheduler()
        self.nannies = [one for one in self.nannies if self._alive(one)]
        self.add_workers(WORKERS - len(self.nannies), *options)

    def start_scheduler(self) -> None:
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        self.scheduler = self._dask("scheduler", *where, "--dashboard-address", "127.0.0.1:0")

    def _wait_for_scheduler(self) -> None:
        end = time.monotonic() + UP_S
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
                return
            time.sleep(0.1)

    def add_workers(self, count: int, *options: str) -> None:
        for _ in range(count):
            given = ["--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", *options]
            given += ["--memory-limit", f"{MEMORY_MIB}MiB", "--death-timeout", "50"]
            given += ["--dashboard-address", "127.0.0.1:0", "--local-directory", str(self.folder)]
            self.nannies.append(self._dask("worker", self.address, *given))

    def say(self, word: str) -> None:
        """Tell the network to cut, freeze or open."""
        assert self.network is not None
        self.network.stdin.write(f"{word}\n".encode())  # type: ignore[union-attr]
        self.network.stdin.flush()  # type: ignore[union-attr]
        self.network.stdout.readline()  # type: ignore[union-attr]

    def workers(self) -> list[psutil.Process]:
        """Find the processes that perform tasks."""
        return [worker for nanny in self.nannies for worker in workers_of(nanny.pid)]

    def kill_workers(self) -> None:
        """Have no nanny and no worker any more."""
        workers = self.workers()
        for one in [*self.nannies, *workers]:
            with suppress(psutil.Error):
                one.kill()
        for nanny in self.nannies:
            nanny.wait()
        psutil.wait_procs(workers, timeout=10)
        self.nannies = []

    def down(self) -> None:
        """End all processes."""
        self.kill_workers()
        for one in (self.scheduler, self.network):
            if one is not None:
                one.kill()
                one.wait()
        for pipe in (self.network.stdin, self.network.stdout) if self.network else ():
            if pipe is not None:
                pipe.close()
        self.scheduler = self.network = None

    def _complete(self, seconds: float) -> bool:
        """Ask the scheduler, by the way that clients go, whether all workers are there."""
        from distributed import Client

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError, TimeoutError), Client(self.address, timeout=5) as client:
                client.wait_for_workers(WORKERS, timeout=max(1.0, end - time.monotonic()))
                return True
            time.sleep(0.2)
        return False

    def _dask(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                env=environment(self.control),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @staticmethod
    def _alive(process: subprocess.Popen[bytes] | None) -> bool:
        return process is not None and process.poll() is None
