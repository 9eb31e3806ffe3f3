"""The campaigns that are hurt, the commands that run them, and their undisturbed tables."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from moments import Meeting
from pool import MEMORY_MIB, environment

MAISCREEN = str(Path(sys.executable).with_name("maiscreen"))

FILES = {
    # 52 candidates in 13 tasks.
    "narrow": """\
metals = ["Si", "Ti", "Ge", "Sn", "Al", "Zn"]
halogens = ["Cl", "Br"]
fidelity = "F0"
samples = 200
chunk_size = 4
""",
    # 76,192 candidates in 4 tasks in one process, in 5 on two workers.
    "wide": """\
metals = ["Si", "Ti", "Ge", "Sn"]
halogens = ["Cl", "Br"]
fidelity = "F0"
samples = 100
[space]
blends = 3
ratio_steps = 10
temperatures_c = [25, 40, 60, 80]
exposures_s = [10, 15, 20, 30]
front_runners = 30
""",
}

ROWS = {"narrow": (3, 30), "wide": (1234, 70_001)}
"""Candidates that may be told to misbehave; each has an undisturbed table without it."""

LIMIT_S = 300
"""A run that takes longer hangs."""


class Run:
    """A command on its way.

    Parameters
    ----------
    arguments : list of str
        What follows ``maiscreen``.
    control : Path
        What its processes look at.
    log : Path
        Gets what it says.
    """

    def __init__(self, arguments: list[str], control: Path, log: Path) -> None:
        with log.open("ab") as file:
            file.write(f"$ maiscreen {' '.join(arguments)}\n".encode())
            file.flush()
            self.process = subprocess.Popen(
                [MAISCREEN, *arguments],
                env={**environment(control), "FAULTS_ROLE": "client"},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        # What Dask takes for the memory of the machine, and divides among local workers.
        share = (os.cpu_count() or 1) * MEMORY_MIB << 20
        resource.prlimit(self.process.pid, resource.RLIMIT_RSS, (share, share))

    def is_on(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> int | None:
        """Wait for its end: the exit code, or None if it hangs."""
        try:
            return self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self) -> None:
        """End it and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def run_arguments(file: Path, out: Path, how: str, address: str) -> list[str]:
    """Give the arguments of ``maiscreen`` that run a campaign."""
    ways = {"serial": ["--serial"], "local": ["--workers", "2"]}
    return ["run", str(file), "--out", str(out), *ways.get(how, ["--scheduler", address])]


class References:
    """The campaigns' files, and the undisturbed tables, each made when it is first asked for.

    Parameters
    ----------
    folder : Path
        Where they are made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for kind, text in FILES.items():
            self.file(kind).write_text(text)

    def file(self, kind: str) -> Path:
        return self.folder / f"{kind}.toml"

    def of(self, kind: str, failed_row: int | None) -> Path:
        """Find the folder of the undisturbed run; with a row, of the one where just that failed."""
        return self.folder / (kind if failed_row is None else f"{kind}-{failed_row}")

    def make(self, kind: str, failed_row: int | None) -> None:
        out = self.of(kind, failed_row)
        with tempfile.TemporaryDirectory() as control:
            if failed_row is not None:
                Meeting(Path(control)).ask(failed_row, "raises", once=False)
            arguments = run_arguments(self.file(kind), out, "serial", "")
            code = Run(arguments, Path(control), self.folder / "log").ended()
        if not (out / "manifest.json").exists():
            log = (self.folder / "log").read_text()
            raise RuntimeError(f"undisturbed run ended with {code}:\n{log}")


def has_option(option: str) -> bool:
    """Tell whether `maiscreen run` takes an option."""
    told = subprocess.run([MAISCREEN, "run", "--help"], capture_output=True, text=True, check=True)
    return option in told.stdout
