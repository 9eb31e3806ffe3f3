"""Files that a run which was killed had begun to write."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maiscreen.runners.folder.files import remove_leftovers
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

SMALL = Campaign(metals=("Sn", "Si"), fidelity="F0", samples=100)

KILLED = """
import os, sys
from maiscreen.runners.folder import files
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

written = 0

def fsync(number, sync=os.fsync):
    global written
    written += 1
    if written == int(sys.argv[2]):
        os.kill(os.getpid(), 9)
    sync(number)

files.os.fsync = fsync
run(Campaign(metals=("Sn", "Si"), fidelity="F0", samples=100), sys.argv[1], serially=True)
"""


@pytest.mark.parametrize("number", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5))])
def test_what_a_killed_run_was_writing_goes_with_the_next_one(tmp_path: Path, number: int) -> None:
    """Killed when the first, third or fifth file is half on the disk."""
    out, reference = tmp_path / "out", tmp_path / "reference"
    command = [sys.executable, "-c", KILLED, str(out), str(number)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(list(out.rglob(".*.part"))) == 1
    run(SMALL, out, serially=True)
    assert list(out.rglob(".*.part")) == []
    run(SMALL, reference, serially=True)
    assert (out / "ranking.parquet").read_bytes() == (reference / "ranking.parquet").read_bytes()


def test_files_of_others_stay(tmp_path: Path) -> None:
    names = [".mine.part", "mine.part", ".hidden", f".{'g' * 32}.part", f"{'a' * 32}.part"]
    left = [f".{'a' * 32}.part", f".ranking.parquet.{'0' * 32}.part", f".probe-{'f' * 32}"]
    for folder in (tmp_path, tmp_path / ".maiscreen" / "f", tmp_path / "candidates"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names + left:
            (folder / name).write_text("x")
    remove_leftovers(tmp_path)
    found = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(found) == sorted(3 * names)
    remove_leftovers(tmp_path / "nowhere")
