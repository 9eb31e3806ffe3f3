"""Simulations in processes of their own, which may be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny
from distributed import LocalCluster

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import Label
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_receipts import read_receipts
from maiscreen.runners.runs.simulation import LabelRequest

TWO = RunnerOptions(workers=2)


@pytest.mark.slow
def test_workers_change_nothing(tmp_path: Path, reference: list[Label]) -> None:
    tiny.run(tmp_path, by=TWO)
    assert tiny.table_of(tmp_path) == reference
    assert json.loads((tmp_path / "manifest.json").read_bytes())["workers"] == 2


@pytest.mark.slow
def test_a_task_that_always_ends_its_worker_fails_alone(
    tmp_path: Path, reference: list[Label]
) -> None:
    tiny.run(tmp_path, tiny.dying, TWO)
    labels = tiny.table_of(tmp_path)
    killed = [one for one in labels if "ended its worker process" in one.reason]
    assert {(one.formula, one.model, one.value) for one in killed} == {("NaCl", "first", None)}
    assert len(killed) == 3
    others = [one for one in labels if one not in killed]
    assert others == [one for one in reference if one in others]
    assert len(others) + 3 == len(reference)


@pytest.mark.slow
def test_a_worker_killed_during_a_task_changes_nothing(
    tmp_path: Path, reference: list[Label], calls: object
) -> None:
    tiny.run(tmp_path / "out", tiny.dying_once, TWO)
    assert (tmp_path / "calls").exists()  # It did die.
    assert tiny.table_of(tmp_path / "out") == reference


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_workers_of_a_scheduler_must_have_the_same_weights(
    tmp_path: Path, reference: list[Label]
) -> None:
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as running:
        by = RunnerOptions(scheduler=running.scheduler_address)
        here = tiny.parts()
        other = replace(here, origin=tiny.other_here_than_there)
        with pytest.raises(InputError, match=r"worker tcp://.* has weights of \S+ \S+ where"):
            run_labels(LabelRequest(), tmp_path, by, simulator=other)
        assert not any(tmp_path.iterdir())
        run_labels(LabelRequest(), tmp_path, by, simulator=here)
    assert tiny.table_of(tmp_path) == reference


SLOWLY = """
import sys
from pathlib import Path
import tiny_labels as tiny
from maiscreen.runners.runs.labels_folder import reproduction
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.simulation import LabelRequest
from maiscreen.runners.cluster.open import RunnerOptions
if __name__ == "__main__":
    serial = RunnerOptions(serially=True)
    run_labels(LabelRequest(), Path(sys.argv[1]), serial, simulator=tiny.parts(tiny.slow))
"""


@pytest.mark.slow
def test_a_run_that_is_killed_loses_only_what_was_running(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", SLOWLY, str(out)], env=environment) as process:
        deadline = time.monotonic() + 300
        while len(read_receipts(out)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    kept = {" ".join(job) for job in read_receipts(out)}
    assert len(kept) >= 3
    begun = calls()
    assert len(begun) - len(kept) in (0, 1)
    tiny.run(out, tiny.counted)
    assert not kept & set(calls())
    assert tiny.table_of(out) == reference
