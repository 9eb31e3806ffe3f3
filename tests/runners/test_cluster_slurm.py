"""Campaigns in the jobs of a real Slurm, which is started on this machine for the tests."""

import importlib.util
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import wide_faults
from test_wide import CAMPAIGN, same

from maiscreen.runners.cluster_file import ClusterFile
from maiscreen.runners.wide_run import run_wide

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]

FEW = replace(CAMPAIGN, space=replace(CAMPAIGN.space, limit=4000))
ROWS = 50
"""Candidates in a task: 80 tasks of 3 s, for two workers two minutes."""


def slurm_here() -> Any:
    path = ROOT / "benchmarks" / "slurm_here.py"
    spec = importlib.util.spec_from_file_location("slurm_here", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def slurm() -> Iterator[dict[str, str]]:
    """A Slurm with two processors; its commands work in this process, too."""
    with slurm_here().slurm(cpus=2, memory_mib=4096) as environment:
        before = dict(os.environ)
        os.environ.update(environment)
        yield environment
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("slurm") / "reference"
    run_wide(FEW, out, serially=True)
    return out


@pytest.fixture
def asked(tmp_path: Path) -> ClusterFile:
    return ClusterFile(
        kind="slurm",
        jobs=2,
        cores=1,
        memory_bytes=1 << 30,
        walltime_s=60,
        shared_directory=str(tmp_path),
        log_directory=str(tmp_path),
        prologue=(f"export PYTHONPATH={Path(__file__).parent}",),
    )


def jobs(slurm: dict[str, str]) -> list[str]:
    """Say what became of each job: state and seconds."""
    lines = (Path(slurm["SLURM_CONF"]).parent / "jobs.txt").read_text().splitlines()
    pairs = [dict(pair.split("=", 1) for pair in line.split() if "=" in pair) for line in lines]
    return [one["JobState"] for one in pairs]


def queue(slurm: dict[str, str]) -> str:
    command = ["squeue", "--noheader", "--format=%A %T"]
    return subprocess.run(command, env=slurm, capture_output=True, text=True, check=True).stdout


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize("margin_s", [None, 0.0])
def test_walltime_shorter_than_the_campaign(
    tmp_path: Path, slurm: dict[str, str], reference: Path, asked: ClusterFile, margin_s: float
) -> None:
    """Jobs leave before their walltime, or are killed at it; others go on, nothing changes."""
    before, begun = len(jobs(slurm)), time.monotonic()
    cluster = replace(asked, margin_s=margin_s)
    finished = run_wide(
        FEW, tmp_path / "out", cluster=cluster, rows=ROWS, describe=wide_faults.slow
    )
    same(tmp_path / "out", reference)
    wait_until(lambda: not queue(slurm))
    states = jobs(slurm)[before:]
    took = time.monotonic() - begun
    print(f"\nmargin {margin_s}: {took:.0f} s, jobs {finished.used['jobs']}, {states}")
    assert finished.counts["failed"] == 0
    assert finished.used["jobs"]["submitted"] >= 4  # type: ignore[index]
    assert states.count("TIMEOUT") >= (0 if margin_s is None else 2)
    assert states.count("COMPLETED") >= (2 if margin_s is None else 0)
