"""Install what the locks name, and show from the first second how far that is.

    .venv/bin/python release/install.py release/locks/build.txt release/locks/run.txt

Pip checks the hash of every file; what it says is shown if it fails.
"""

import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

EVERY_S = 10.0
"""Seconds between two lines where no terminal is looked at."""

UNPACKING = "unpacking"

PIP = (
    *(sys.executable, "-u", "-m", "pip", "--disable-pip-version-check", "install"),
    *("--require-hashes", "--no-build-isolation", "--progress-bar", "off"),
)


def count_pins(lock: Path) -> int:
    """Count the packages that a lock names."""
    return sum(
        "==" in line and not line.startswith(("#", " ")) for line in lock.read_text().splitlines()
    )


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
            yield f"{UNPACKING} {total} packages"


def count_unpacked() -> int:
    """Count the packages that lie in this environment, whole or nearly so."""
    return sum(1 for _ in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))


def install(lock: Path, line: Line) -> int:
    """Install a lock; give pip's exit code."""
    total, kept, at = count_pins(lock), list[str](), [f"asking for {lock.name}"]
    had = count_unpacked()
    with subprocess.Popen(
        [*PIP, "-r", str(lock)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        output = iter(pip.stdout or ())
        reading = Thread(target=lambda: at.extend(steps(output, total, kept)))
        reading.start()
        while reading.is_alive():
            reading.join(1.0)
            done = min(count_unpacked() - had, total)
            line.show(at[-1].replace(UNPACKING, f"{UNPACKING} {done} of"))
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
