"""Workers of this machine that are killed before they have joined."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psutil
import pytest

from maiscreen.runners.cluster.nanny import STARTS

pytestmark = pytest.mark.slow

SETTINGS = "metals = ['Si', 'Ti', 'Sn']\nhalogens = ['Cl']\nsamples = 100\n"


def command(folder: Path, *arguments: str) -> list[str]:
    """Type the run of a small campaign."""
    (folder / "few.toml").write_text(SETTINGS)
    maiscreen = str(Path(sys.executable).with_name("maiscreen"))
    return [maiscreen, "run", "few.toml", "--out", "out", "--quiet", *arguments]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("reference")
    subprocess.run(command(folder, "--serial"), cwd=folder, check=True, capture_output=True)
    return (folder / "out" / "ranking.parquet").read_bytes()


def new_workers(process: "subprocess.Popen[str]") -> Iterator[int]:
    """Give the number of each worker process as it comes, until the run ends."""
    parent, seen = psutil.Process(process.pid), set[int]()
    while process.poll() is None:
        for child in parent.children():
            try:
                starts = "spawn_main" in " ".join(child.cmdline())
            except psutil.Error:
                continue
            if starts and child.pid not in seen:
                seen.add(child.pid)
                yield child.pid
        time.sleep(0.005)


def hurt_run(folder: Path, killed: int, after_s: float) -> tuple[int, str]:
    """Run the campaign; kill the first workers that start, so long after they have come."""
    with subprocess.Popen(
        command(folder, "--workers", "2"), cwd=folder, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        for pid in islice(new_workers(process), killed):
            time.sleep(after_s)
            os.kill(pid, signal.SIGKILL)
        return process.wait(), str(process.stderr and process.stderr.read())


@pytest.mark.parametrize(("killed", "after_s"), [(1, 0.0), (1, 0.5), (3, 0.2)])
def test_a_worker_killed_in_its_first_second_changes_nothing(
    tmp_path: Path, reference: bytes, killed: int, after_s: float
) -> None:
    assert hurt_run(tmp_path, killed, after_s) == (0, "")
    assert (tmp_path / "out" / "ranking.parquet").read_bytes() == reference


def test_workers_that_never_start_are_told_in_one_line(tmp_path: Path) -> None:
    code, err = hurt_run(tmp_path, 4 * STARTS, 0.0)
    assert code == 3
    assert err.count("\n") == 1
    assert "no workers could be started on this machine" in err
    assert "the same command goes on from here" in err
