"""What commands cost, start of Python included: seconds of processor and memory of a process.

The peer is what no screen can do without: importing NumPy, pandas, Arrow and the handbook tables'
package. The ratio to it travels between machines; the seconds do not.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

COMMANDS = {
    "--help": ["--help"],
    "completion bash": ["completion", "bash"],
    "explain SnCl4": ["explain", "SnCl4"],
    "validate": ["validate"],
    "run": ["run", "--quiet", "--out"],
    "run --workers 2": ["run", "--quiet", "--workers", "2", "--out"],
}

PEER = "import numpy, pandas, pyarrow.parquet, chemicals.reaction, chemicals.vapor_pressure"

MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
assert done.returncode == 0, done.stderr
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""In a process of its own: resources of children are those of all that it ever had."""


def commands(repeats: int) -> dict[str, dict[str, float]]:
    """Measure each command so many times, the peer in between; give medians."""
    asked = {"peer": [sys.executable, "-c", PEER]}
    script = str(Path(sys.executable).with_name("maiscreen"))
    asked |= {name: [script, *arguments] for name, arguments in COMMANDS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    mib: dict[str, list[float]] = {name: [] for name in asked}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(repeats + 1):
            for name, command in asked.items():
                out = [str(Path(folder) / f"{turn}-{len(name)}")] if command[-1] == "--out" else []
                spent, peak = _measured([*command, *out])
                if turn:  # the first one reads the disk
                    seconds[name].append(spent)
                    mib[name].append(peak)
    peer = median(seconds["peer"])
    return {
        name: {
            "cpu_s": median(seconds[name]),
            "ratio": median(seconds[name]) / peer,
            "peak_rss_mib": median(mib[name]),
        }
        for name in asked
    }


def _measured(command: list[str]) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command], check=True, capture_output=True, text=True
    )
    spent, peak = map(float, done.stdout.split())
    return spent, peak


if __name__ == "__main__":
    for name, cost in commands(3).items():
        sys.stdout.write(
            f"{name}: {cost['cpu_s']:.2f} s, {cost['ratio']:.1f} times the peer, "
            f"{cost['peak_rss_mib']:.0f} MiB\n"
        )
