"""Install what the locks name, and show from the first second how far that is.

    .venv/bin/python release/install.py release/locks/build.txt release/locks/run.txt

Pip checks the hash of every file; what it says is shown if it fails.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

EVERY_S = 10.0
"""Seconds between two lines where no terminal is looked at."""

PIP = (
    *(sys.executable, "-u", "-m", "pip", "--disable-pip-version-check", "install"),
    *("--require-hashes", "--no-build-isolation", "--progress-bar", "off"),
)


def count_pins(lock: Path) -> int:
    """Count the packages that a lock names."""
    return sum("==" in line and not line.startswith(("#", " ")) for line in lock.open())


class Line:
    """One line that is written anew on a terminal; elsewhere a line every ten seconds."""

    def __init__(self) -> None:
        self.begun = self.told = time.monotonic()
        self.live = sys.stderr.isatty()

    def show(self, text: str, *, last: bool = False) -> None:
        """Show how far it is."""
        now = time.monotonic()
        shown = f"{text} ({now - self.begun:.0f} s)"
        if self.live:
            sys.stderr.write(f"\r\x1b[2K{shown}" + "\n" * last)
        elif last or now - self.told >= EVERY_S:
            sys.stderr.write(f"{shown}\n")
            self.told = now
        sys.stderr.flush()


def steps(output: Iterator[str], total: int, kept: list[str]) -> Iterator[str]:
    """Tell what pip is at, and keep what it says."""
    seen = 0
    for line in output:
        kept.append(line)
        if line.startswith("Collecting "):
            seen += 1
            yield f"fetching {min(seen, total)} of {total} packages: {line.split()[1][:40]}"
        elif line.startswith("Installing collected"):
            yield f"unpacking {total} packages"


def install(lock: Path, line: Line) -> int:
    """Install a lock; give pip's exit code."""
    total, kept = count_pins(lock), list[str]()
    command = [*PIP, "-r", str(lock)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        if pip.stdout is None:
            raise RuntimeError("pip has no output")
        for text in steps(iter(pip.stdout), total, kept):
            line.show(text)
    if pip.returncode:
        line.show(f"{lock} could not be installed", last=True)
        sys.stderr.write("".join(kept[-20:]))
    else:
        line.show(f"{lock.name}: {total} installed", last=True)
    return pip.returncode


def main() -> int:
    """Install every lock that is named, one after the other."""
    line = Line()
    return next(filter(None, (install(Path(name), line) for name in sys.argv[1:])), 0)


if __name__ == "__main__":
    raise SystemExit(main())
