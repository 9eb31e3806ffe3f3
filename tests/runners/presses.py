"""Ctrl-C at random moments of real runs, and what is left of them. `python presses.py 50` shows it.

python tests/runners/presses.py 50 --seed 1
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

COMMAND = Path(sys.executable).parent / "maiscreen"

LINE = "maiscreen: error: interrupted; the same command goes on from here\n"

PATIENCE_S = 300.0
"""Only a process that hangs reaches this."""

WIDE = """\
metals = ["Si", "Sn"]
halogens = ["F", "Cl"]
fidelity = "F0"
samples = 100
chunk_size = 500
[space]
blends = 2
ratio_steps = 4
temperatures_c = [25, 60]
front_runners = 20
"""

DEFAULT = ["--set", "chunk_size=100"]

KINDS = {
    "default, serial": [*DEFAULT, "--serial"],
    "default, workers": [*DEFAULT, "--workers", "2"],
    "wide, serial": ["wide.toml", "--serial"],
    "wide, workers": ["wide.toml", "--workers", "2"],
}
"""Campaigns, and what performs them."""


@dataclass
class Press:
    """What became of a run that was interrupted.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    number : int
        Signal.
    moment_s : float
        How long the command had been listening to signals.
    code : int
        Exit code.
    took_s : float
        Seconds from the signal to the end.
    said : str
        What it printed on stderr.
    left : list of str
        Processes of its group that are there afterwards.
    had_begun : bool
        Whether there was a campaign to resume.
    resumed : bool
        Whether resuming it, or else the same command again, gave the ranking of a run without
        interrupt.
    """

    kind: str
    number: int
    moment_s: float
    code: int
    took_s: float
    said: str
    left: list[str] = field(default_factory=list)
    had_begun: bool = False
    resumed: bool = False

    @property
    def faults(self) -> list[str]:
        """What is wrong with it; a run that had finished before may end with 0."""
        wrong = [f"left: {one}" for one in self.left]
        if self.code not in (0, 128 + self.number):
            wrong.append(f"exit code {self.code}")
        if self.said != (LINE if self.code else ""):
            wrong.append(f"said: {self.said[-2000:]!r}")
        if not self.resumed:
            wrong.append("the ranking is another one")
        return wrong


class Scene:
    """Runs in a folder, and the rankings that they are compared with.

    Parameters
    ----------
    folder : Path
        Of all runs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "wide.toml").write_text(WIDE)
        self.rankings: dict[str, bytes] = {}
        self.seconds: dict[str, float] = {}

    def press(self, kind: str, share: float, number: int = signal.SIGINT) -> Press:
        """Interrupt a run after a share of the time that it takes, and resume it.

        Parameters
        ----------
        kind : str
            One of `KINDS`.
        share : float
            0 for as soon as it listens.
        number : int
            Signal.
        """
        self._refer(kind)
        out = self.folder / f"{time.monotonic_ns()}"
        process = self._start("run", "--out", str(out), *KINDS[kind])
        listening = await_listening(process)
        time.sleep(share * self.seconds[kind])
        moment_s, pressed = time.monotonic() - listening, time.monotonic()
        with suppress(ProcessLookupError):
            # As a terminal does it: to the whole group, workers included.
            os.killpg(process.pid, number)
        _, said = process.communicate(timeout=PATIENCE_S)
        press = Press(kind, number, moment_s, process.returncode, time.monotonic() - pressed, said)
        press.left = left_in_group(process.pid)
        press.had_begun = any(out.glob(".maiscreen/*/*.json"))
        press.resumed = self._goes_on(kind, out)
        return press

    def _refer(self, kind: str) -> None:
        """Run it once without interrupt."""
        if kind not in self.rankings:
            out = self.folder / kind.replace(", ", "-")
            process = self._start("run", "--out", str(out), *KINDS[kind])
            listening = await_listening(process)
            assert process.communicate(timeout=PATIENCE_S)[1] == ""
            self.seconds[kind] = time.monotonic() - listening
            self.rankings[kind] = (out / "ranking.parquet").read_bytes()

    def _goes_on(self, kind: str, out: Path) -> bool:
        begun = any(out.glob(".maiscreen/*/campaign.json")) or (out / "manifest.json").exists()
        words = ["resume", str(out)] if begun else ["run", "--out", str(out), *KINDS[kind][:-1]]
        words = [word for word in words if word not in ("--workers", "--serial")]
        process = self._start(*words, "--serial")
        _, said = process.communicate(timeout=PATIENCE_S)
        if process.returncode or said:
            return False
        return (out / "ranking.parquet").read_bytes() == self.rankings[kind]

    def _start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *words, "--quiet"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Rankings have the same bytes where kernels have the same threads.
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )


def await_listening(process: subprocess.Popen[str]) -> float:
    """Wait until a command has handlers for signals; before that the interpreter is starting."""
    begun = time.monotonic()
    while not _catches(process.pid, signal.SIGTERM) and process.poll() is None:
        assert time.monotonic() - begun < PATIENCE_S
        time.sleep(0.001)
    return time.monotonic()


def _catches(pid: int, number: int) -> bool:
    with suppress(OSError):
        mask = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
        return mask is not None and bool(int(mask[1], 16) >> (number - 1) & 1)
    return False


def left_in_group(group: int) -> list[str]:
    """Give the processes of a group; those that end by themselves meanwhile are waited for."""
    begun = time.monotonic()
    while (there := list(_members(group))) and time.monotonic() - begun < 30:
        time.sleep(0.05)
    return there


def _members(group: int) -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its_group, *_ = (path / "stat").read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                yield (path / "cmdline").read_text().replace("\0", " ")


def draw(count: int, seed: int) -> Iterator[tuple[str, float, int]]:
    """Draw kinds, moments and signals; a quarter of the moments are in the first tenth."""
    draws = random.Random(seed)
    for index in range(count):
        share = draws.uniform(0, 0.1 if draws.random() < 0.25 else 1.05)
        number = signal.SIGTERM if draws.random() < 0.15 else signal.SIGINT
        yield list(KINDS)[index % len(KINDS)], share, number


def main() -> None:
    """Press, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # Ignored by jobs in the background, and so by the commands that are to be interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    seen: Counter[str] = Counter()
    with TemporaryDirectory() as name:
        scene = Scene(Path(name))
        for kind, share, number in draw(options.count, options.seed):
            press = scene.press(kind, share, number)
            verdict = "; ".join(press.faults) or "in order"
            seen["in order" if not press.faults else "faults"] += 1
            seen[f"exit code {press.code}"] += 1
            seen["resumed" if press.had_begun else "had not begun"] += 1
            print(
                f"{kind:17} {signal.Signals(number).name} after {press.moment_s:6.3f} s:"
                f" {press.code} in {press.took_s:.2f} s; {verdict}",
                flush=True,
            )
    print(", ".join(f"{count} {what}" for what, count in seen.items()))
    sys.exit(bool(seen["faults"]))


if __name__ == "__main__":
    main()
