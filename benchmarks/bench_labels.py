"""Seconds of the same simulations on one worker and on two.

Run as ``python benchmarks/bench_labels.py``; it needs the extra ``potential`` and takes some
minutes. Every run starts from an empty folder and repeats what is embedded.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PHASES = "NaCl,NaBr,NaI,NaF,NaBi,NaAu2"
"""Small cells of about equal cost, so that no worker waits long for the last one."""


def seconds(workers: int) -> float:
    """Time `maiscreen labels run` on so many workers, their start included."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "labels")
        program = "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())"
        command = [sys.executable, "-c", program]
        options = ["labels", "run", "--again", "--quiet", "--models", "7net-0", "--out", out]
        chosen = ["--phases", PHASES, "--quantities", "structure,elasticity"]
        begun = time.perf_counter()
        subprocess.run(
            [*command, *options, *chosen, "--workers", str(workers)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - begun


def main() -> None:
    """Print both times and their ratio."""
    one_worker, two_workers = seconds(1), seconds(2)
    print(f"{len(PHASES.split(','))} phases, structure and elasticity, {os.cpu_count()} cores")
    print(f"1 worker   {one_worker:6.0f} s")
    print(f"2 workers  {two_workers:6.0f} s")
    print(f"ratio      {one_worker / two_workers:6.2f}")


if __name__ == "__main__":
    main()
