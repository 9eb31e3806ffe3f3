"""What runs leave behind: settings of the process, and files of runs that were killed."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import dask
import pytest

from maiscreen.runners.cluster import cluster
from maiscreen.runners.cluster.process_settings import LOCAL_WORKERS, QUIET_DASK, SharedSettings

ENCRYPTED = "distributed.comm.require-encryption"


def settings_of_process() -> dict[str, object]:
    main = sys.modules["__main__"].__dict__
    return {
        "environment": dict(os.environ),
        "dask": dask.config.get(ENCRYPTED, None),
        "main": (main.get("__file__"), main.get("__spec__")),
        "level": logging.getLogger("distributed.worker").level,
    }


@pytest.mark.parametrize("settings", [QUIET_DASK, LOCAL_WORKERS])
def test_runs_that_overlap_leave_what_was_there(
    settings: SharedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.delenv("ARROW_IO_THREADS", raising=False)
    with dask.config.set({ENCRYPTED: True}):
        before = settings_of_process()
        first, second = ExitStack(), ExitStack()
        first.enter_context(settings.use())
        during = settings_of_process()
        assert during != before
        second.enter_context(settings.use())
        first.close()  # the one that found what was there ends before the other
        assert settings_of_process() == during
        with settings.use():
            pass
        assert settings_of_process() == during
        second.close()
        assert settings_of_process() == before
        with pytest.raises(KeyError), settings.use():
            raise KeyError
        assert settings_of_process() == before


@pytest.mark.slow
def test_runs_in_threads_leave_the_environment_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ARROW_IO_THREADS", raising=False)
    before = settings_of_process()
    opened, ends, failures = threading.Barrier(2), threading.Event(), list[BaseException]()

    def first() -> None:
        with cluster.local_client(1):
            opened.wait(300)
        ends.set()

    def second() -> None:
        with cluster.local_client(1) as client:
            opened.wait(300)
            assert ends.wait(300)
            assert set(client.run(os.environ.get, "OMP_NUM_THREADS").values()) == {"1"}
            assert os.environ["ARROW_IO_THREADS"] == "2"

    def guarded(run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as error:
            failures.append(error)
            opened.abort()

    with dask.config.set({"temporary-directory": str(tmp_path)}):
        threads = [threading.Thread(target=guarded, args=(run,)) for run in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert settings_of_process() == before
    assert {path.name for path in (tmp_path / "dask-scratch-space").iterdir()} <= {
        "global.lock", "purge.lock"
    }  # fmt: skip


RUN = """
import os, sys
import tiny_science as tiny
from maiscreen.runners.cluster import cluster, execution
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import remaining_tasks
campaign = Campaign()
if __name__ == "__main__":
    tasks = remaining_tasks(len(campaign.metals), 8)
    with cluster.local_client(2) as client:
        for pid in client.run(os.getpid).values():
            print(pid, flush=True)
        client.run(tiny.wait_for, sys.argv[1])
        for _ in execution.execute(client, tiny.describe_at_gate, campaign, tasks):
            print("one", flush=True)
"""


@pytest.mark.slow
def test_marks_of_a_run_that_was_killed_go_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kill -9` while both workers are in a task."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    (tmp_path / "run.py").write_text(RUN)
    with subprocess.Popen(
        [sys.executable, tmp_path / "run.py", tmp_path / "gate"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        workers = [int(process.stdout.readline()) for _ in range(2)]
        assert process.stdout.readline() == "one\n"
        for pid in [process.pid, *workers]:
            os.kill(pid, signal.SIGKILL)
    assert list(scratch.rglob("maiscreen-task-*"))
    with cluster.local_client(1) as client:
        assert list(client.run(os.getpid))
    assert list(scratch.rglob("maiscreen-*")) == []
