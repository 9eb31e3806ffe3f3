"""Performing tasks on real workers that are killed, crash, hang and come back."""

import json
import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dask
import pyarrow as pa
import pytest
import tiny_science as tiny
from distributed import Client
from stock_cluster import JOINED, scheduler, worker

from maiscreen.runners import endings
from maiscreen.runners.cluster import cluster, execution, watch
from maiscreen.runners.cluster.guard import (
    ONE_THREAD,
    CrashReport,
    ProcessEndedError,
    _read,
    _stop_if_ended,
    parse_crash_report,
    resource_limits,
)
from maiscreen.runners.endings import MismatchError, StorageError
from maiscreen.runners.folder.log import Log
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.work.parts import Parts
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_parts, remaining_tasks
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.screen import describe_part

CAMPAIGN = Campaign()
TOTAL = len(CAMPAIGN.metals)
TASKS = remaining_tasks(TOTAL, 8)

pytestmark = pytest.mark.slow

HANG_S = 300.0
"""What only something that hangs takes."""


class Told(logging.Handler):
    """The events of a run, and what is to be done at some of them."""

    def __init__(self, **then: Callable[[], object]) -> None:
        super().__init__()
        self.events: list[tuple[str, dict[str, object]]] = []
        self._then = then

    def emit(self, record: logging.LogRecord) -> None:
        event = record.getMessage()
        self.events.append((event, record.__dict__["facts"]))
        self._then.get(event, lambda: None)()

    def count(self, event: str) -> int:
        return sum(name == event for name, _ in self.events)


@contextmanager
def two_workers(scratch: Path) -> Iterator[Client]:
    settings = {"temporary-directory": str(scratch)}
    with dask.config.set(settings), cluster.local_client(2) as client:
        yield client


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, patient: pytest.MonkeyPatch
) -> Iterator[Client]:
    """Two workers of ours, started by somebody who likes many threads."""
    before = dict(os.environ)
    os.environ["OMP_NUM_THREADS"] = "8"
    with two_workers(tmp_path_factory.mktemp("scratch")) as client:
        assert os.environ["OMP_NUM_THREADS"] == "1"
        yield client
    assert os.environ.pop("OMP_NUM_THREADS") == "8"
    os.environ.update(before)


def terms(client: Client, limit_s: float | None = None) -> watch.RunTerms:
    return watch.RunTerms(limit_s, HANG_S, renew=watch.worker_renewer(client.cluster, 2))


def gate_of(client: Client, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINY_GATE", str(path))  # for workers that are started anew
    client.wait_for_workers(2, timeout=HANG_S)
    client.run(tiny.wait_for, str(path))
    return path


@pytest.fixture
def gate(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file; while there is none, the workers wait in their second task."""
    return gate_of(client, tmp_path / "gate", monkeypatch)


def whole(outcomes: list[tuple[Task, Outcome]]) -> dict[int, str]:
    """See that every candidate has come once; give the reasons of those that failed."""
    assert sum(task.size for task, _ in outcomes) == TOTAL
    assert len(choose_parts(TOTAL, [task for task, _ in outcomes])) == len(outcomes)
    rows = [row for _, one in outcomes if one.table for row in one.table["formula"].to_pylist()]
    failures = {one.index: one.reason for _, outcome in outcomes for one in outcome.failures}
    assert sorted(rows) == sorted(
        f"{metal}Cl" for k, metal in enumerate(CAMPAIGN.metals) if k not in failures
    )
    return failures


def test_our_workers_have_one_thread_each(client: Client) -> None:
    for found in client.run(resource_limits).values():
        assert set(found["threads"].values()) == {"1"}
    assert set(client.run(os.environ.get, "ARROW_IO_THREADS").values()) == {
        ONE_THREAD["ARROW_IO_THREADS"]
    }
    assert set(client.run(pa.cpu_count).values()) == {1}


def test_what_crashes_or_hangs_is_quarantined_with_its_trace(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "LEAST_LIMIT_S", HANG_S)
    told = Told()
    given = tiny.describe_or_hang, CAMPAIGN, TASKS
    outcomes = list(
        execution.execute(client, *given, log=Log(told), terms=terms(client, limit_s=HANG_S))
    )
    assert whole(outcomes) == {
        tiny.SEGFAULTS: "ended its worker process: SIGSEGV",
        tiny.HANGS: "took longer than 300 s",
    }
    failures = {one.index: one.traceback for _, outcome in outcomes for one in outcome.failures}
    for text in failures.values():
        assert "tiny_science.py" in text.splitlines()[-1] + text.splitlines()[-2]
        assert "work.py" in text.splitlines()[0]
        assert "/" not in text
    assert told.count("quarantined") == 2
    assert told.count("isolated") == 2
    assert not _traces(client)


def _traces(client: Client) -> set[str]:
    # By value: the workers cannot import this file.
    found = client.run(lambda dask_worker: str(dask_worker.local_directory))
    scratch = Path(next(iter(found.values()))).parent
    return {path.name for path in scratch.glob("maiscreen-task-*")}


def test_a_loss_of_all_workers_repeats_nothing_alone(client: Client, gate: Path) -> None:
    """As at a walltime."""
    told = Told()
    given = tiny.describe_at_gate, CAMPAIGN, TASKS
    outcomes = execution.execute(client, *given, log=Log(told), terms=terms(client))
    came = [next(outcomes)]
    for pid in client.run(os.getpid).values():
        os.kill(pid, signal.SIGKILL)
    gate.touch()
    came += outcomes
    watch.worker_count(client)  # what was released before this answer is gone with it
    assert not client.futures  # of a result that is held, Dask repeats the task of a lost worker
    assert whole(came) == {}
    assert told.count("suspects") == 1
    assert 1 <= told.count("suspect") <= 4
    assert told.count("isolated") == 0
    assert told.count("worker left") >= 1


def test_nannies_that_are_gone_are_replaced(client: Client, gate: Path) -> None:
    given = tiny.describe_at_gate, CAMPAIGN, TASKS
    outcomes = execution.execute(client, *given, terms=terms(client))
    came = [next(outcomes)]
    local = client.cluster

    async def close() -> None:
        for nanny in list(local.workers.values()):
            await nanny.close()

    client.sync(close)
    assert watch.worker_count(client) == 0
    gate.touch()
    assert whole([*came, *outcomes]) == {}
    client.wait_for_workers(2, timeout=HANG_S)


def test_a_worker_that_was_thought_lost_writes_the_same(client: Client, tmp_path: Path) -> None:
    """Two at once write the same part, as one that the scheduler has given up does."""
    space = Space(blends=3, ratio_steps=8, temperatures_c=(25, 60))
    wide = Campaign(metals=("Si", "Ti", "Ge", "Sn"), fidelity="F0", samples=100, space=space)
    parts = Parts(tmp_path, "f" * 64)
    tasks = [Task(0, 1000), Task(0, 1000), Task(1000, 2000)]
    parts, screen = parts.prepare(Blends(wide)), Blends(wide)
    list(execution.execute(client, describe_part, screen, tasks, parts.perform))
    (first, second) = parts.receipts().values()
    assert (first.rows, second.rows) == (1000, 1000)
    again = replace(parts, out=tmp_path / "alone").prepare(screen)
    again.perform(describe_part, screen, 0, 1000)
    assert next(iter(again.receipts().values())).sha256 == first.sha256


def test_a_task_done_twice_comes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patient: pytest.MonkeyPatch
) -> None:
    async def lose(dask_scheduler: object) -> None:
        busy = [one for one in dask_scheduler.workers.values() if one.processing]  # type: ignore[attr-defined]
        await dask_scheduler.remove_worker(busy[0].address, stimulus_id="test", close=False)  # type: ignore[attr-defined]

    # On workers that no other test meets: the one that is given up goes on, and may come back.
    with two_workers(tmp_path / "scratch") as client:
        gate = gate_of(client, tmp_path / "gate", monkeypatch)
        # It is there still when another does its task.
        told = Told(suspect=gate.touch)
        given = tiny.describe_at_gate, CAMPAIGN, TASKS
        outcomes = execution.execute(client, *given, log=Log(told), terms=terms(client))
        came = [next(outcomes)]
        client.run_on_scheduler(lose)
        assert whole([*came, *outcomes]) == {}
    assert told.count("suspect") >= 1  # of a run's first tasks one may wait behind another


def test_what_ends_a_run_does_so_in_one_line(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ending(kind: type[Exception], *given: object) -> str:
        with pytest.raises(kind) as found:
            list(execution.execute(client, *given, terms=terms(client)))
        assert "\n" not in str(found.value)
        return str(found.value)

    given = tiny.describe, CAMPAIGN, TASKS[:1]
    told = ending(StorageError, *given, tiny.perform_without_room)
    assert told.startswith("candidates/part-0.parquet cannot be written: No space left on device;")
    told = ending(endings.FaultError, *given, tiny.perform_wrongly)
    assert told == "a task failed: ZeroDivisionError: nobody's fault; what is done is kept"
    (tmp_path / "only_here.py").write_text("def describe(campaign, start, stop): ...")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here

    told = ending(MismatchError, only_here.describe, CAMPAIGN, TASKS[:1])
    assert "ModuleNotFoundError: No module named 'only_here'" in told
    assert whole(list(execution.execute(client, tiny.describe, CAMPAIGN, TASKS))) == {}


def test_a_run_that_ends_with_an_error_leaves_no_traces(client: Client, gate: Path) -> None:
    # A worker that another test has killed may have left its mark.
    told, before = Told(suspect=gate.touch), _traces(client)
    given = tiny.describe, CAMPAIGN, TASKS[:2], tiny.perform_crash_or_wrongly
    with pytest.raises(endings.FaultError):
        list(execution.execute(client, *given, log=Log(told), terms=terms(client)))
    assert told.count("suspect") >= 1
    assert _traces(client) <= before


def test_a_task_is_small_on_its_way(client: Client) -> None:
    wide = Campaign(space=Space(blends=3))
    sent = Parts(Path("/somewhere"), "f" * 64, "f" * 64).perform, describe_part, Blends(wide)
    assert len(pickle.dumps(sent)) < 10_000


def test_a_stock_scheduler_and_too_little_memory(tmp_path: Path) -> None:
    """Four workers must die there before a task is given back, and neighbours are blamed too."""
    told = Told()
    limit = "--memory-limit=600MiB", "--nthreads=2"
    with (
        scheduler(tmp_path) as (address, _),
        worker(address, tmp_path, None, more=limit) as first,
        worker(address, tmp_path, None, more=limit) as second,
        Client(address, timeout=HANG_S) as client,
    ):
        first.says(JOINED)
        second.says(JOINED)
        assert (
            client.run_on_scheduler(dask.config.get, "distributed.scheduler.allowed-failures") == 3
        )
        given = tiny.describe_or_eat, CAMPAIGN, TASKS
        outcomes = list(execution.execute(client, *given, log=Log(told)))
    assert whole(outcomes) == {tiny.EATS: "ended its worker process: out of memory"}
    assert {name for name, _ in told.events} >= {"cluster", "suspect", "quarantined"}
    assert told.count("worker left") < 3 * 4


FATAL = """
import ctypes, os, signal, sys, threading
from pathlib import Path
from maiscreen.runners.cluster import guard
def perform():
    if sys.argv[2] == "hang":
        ctypes.PyDLL(None).sleep(3600)
    elif sys.argv[2] == "quiet":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        signal.raise_signal(getattr(signal, sys.argv[2]))
def work():
    with guard._time_limit(Path(sys.argv[1]), 0.5, "here"):
        perform()
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    "how", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "hang", "quiet"]
)
def test_how_a_process_ends_is_read_from_what_it_left(tmp_path: Path, how: str) -> None:
    path = tmp_path / "trace"
    done = subprocess.run([sys.executable, "-c", FATAL, path, how], timeout=HANG_S)
    assert done.returncode != 0
    (owner,), text = _read(path)
    assert owner[1] == "here"
    with pytest.raises(ProcessEndedError):
        _stop_if_ended(path)
    found = parse_crash_report(text, 0.5, "guard.py")
    if how == "quiet":
        assert found.reason.endswith("killed by the system (out of memory?)")
    elif how == "hang":
        assert found.reason == "took longer than 0.5 s"
    else:
        assert found.reason == f"ended its worker process: {how}"


@pytest.mark.parametrize(
    "text", ["garbage", "Fatal Python error: \n", "Timeout (x)!\nThread 0x1\n"]
)
def test_a_damaged_trace_is_no_error(text: str) -> None:
    assert isinstance(parse_crash_report(text, None, "guard.py"), CrashReport)
    json.dumps(parse_crash_report(text, 1.0, "guard.py").reason)
