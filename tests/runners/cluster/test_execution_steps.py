"""What becomes of tasks, step by step, with a client made up for it: no processes, no waiting.

tests/runners/test_execution.py does the same with real workers that are killed.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_science as tiny
from distributed import KilledWorker
from distributed.scheduler import NoWorkerError

from maiscreen.runners.cluster import execution
from maiscreen.runners.cluster import watch as crew
from maiscreen.runners.cluster.guard import ProcessEndedError, TaskLimits, TaskResult
from maiscreen.runners.endings import FaultError, LostError, MismatchError, StorageError
from maiscreen.runners.folder.log import Log
from maiscreen.runners.outcome import Outcome
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_parts, remaining_tasks

CAMPAIGN = Campaign()
TOTAL = len(CAMPAIGN.metals)
TASKS = remaining_tasks(TOTAL, 16)
WORKER = "tcp://127.0.0.1:1"
BAD = 21
TRACE = """Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/here/tiny_science.py", line 7 in describe
  File "/here/guard.py", line 9 in guarded
"""

Ends = Callable[[int, int, TaskLimits], BaseException | None]
"""What a call ends with instead of an outcome: first and last candidate, and its attempt."""


@dataclass(eq=False)
class Future:
    """What a client gives for a call; each look at it gives the next of its results."""

    results: list[Any]
    status: str = "finished"

    def result(self, timeout: float) -> TaskResult:
        found = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(found, BaseException):
            raise found
        return found

    def release(self) -> None:
        """Be held no longer: there is no cluster that would mind."""


@dataclass
class Client:
    """Does each call at once, unless it ends otherwise."""

    ends: Ends
    workers: int = 2
    traces: dict[str, str] = field(default_factory=dict)
    memory: list[tuple[float, dict[str, str]]] = field(default_factory=list)
    calls: list[tuple[int, int, float | None]] = field(default_factory=list)
    cluster: object = "ours"
    status: str = "running"
    dashboard_link: str = ""

    def submit(self, loads: object, call: Any, *, key: str, pure: bool) -> Future:
        perform, describe, given, start, stop, watch = call._given
        self.calls.append((start, stop, watch.limit_s))
        ended = self.ends(start, stop, watch)
        if ended is None:
            return Future([TaskResult(perform(describe, given, start, stop), WORKER)])
        if isinstance(ended, TimeoutError):  # the result comes at the second look
            return Future([ended, TaskResult(perform(describe, given, start, stop), WORKER)])
        lost = isinstance(ended, KilledWorker | ProcessEndedError | NoWorkerError)
        return Future([ended], "lost" if lost else "error")

    def nthreads(self) -> dict[str, int]:
        return {f"{WORKER}{k}": 1 for k in range(self.workers)}

    def scheduler_info(self, n_workers: int) -> dict[str, str]:
        return {"address": "tcp://127.0.0.1:8786"}

    def get_events(self, topic: str) -> list[tuple[float, dict[str, str]]]:
        return self.memory

    def _run(self) -> None: ...

    def sync(self, run: object, question: object, *given: str, **how: object) -> dict[str, object]:
        return {WORKER: self.traces}


class Waiting:
    """Futures that are all ready, in the place of `as_completed`."""

    def __init__(self, futures: list[Future]) -> None:
        self._futures = futures

    def is_empty(self) -> bool:
        return not self._futures

    def has_ready(self) -> bool:
        return True

    def __next__(self) -> Future:
        return self._futures.pop(0)

    def add(self, future: Future) -> None:
        self._futures.append(future)


class Told(logging.Handler):
    """The names of the events of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.events.append(record.getMessage())


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "as_completed", Waiting)
    monkeypatch.setattr(execution, "dumps", lambda call: call)
    monkeypatch.setattr(crew, "LOOK_S", 0.0)


def killed() -> KilledWorker:
    return KilledWorker("task", SimpleNamespace(address=WORKER), 0)  # type: ignore[no-untyped-call]


def performed(client: Client, told: Told | None = None, **terms: Any) -> dict[int, str]:
    """Perform the tasks; see that every candidate comes once; give what failed and why."""
    given = tiny.describe, CAMPAIGN, TASKS
    log = Log(told or Told())
    outcomes = list(execution.execute(client, *given, log=log, terms=crew.RunTerms(**terms)))  # type: ignore[arg-type]
    assert sum(task.size for task, _ in outcomes) == TOTAL
    assert len(choose_parts(TOTAL, [task for task, _ in outcomes])) == len(outcomes)
    failures = [one for _, outcome in outcomes for one in outcome.failures]
    rows = sum(outcome.table.num_rows for _, outcome in outcomes if outcome.table)
    assert rows + len(failures) == TOTAL
    return {one.index: one.reason for one in failures}


def first_time(bad: set[int], how: Callable[[], BaseException]) -> Ends:
    """End the first attempt at the tasks that begin with these candidates."""
    left = set(bad)

    def ends(start: int, stop: int, watch: TaskLimits) -> BaseException | None:
        if start in left:
            left.remove(start)
            return how()
        return None

    return ends


def always(how: Callable[[TaskLimits], BaseException]) -> Ends:
    return lambda start, stop, watch: how(watch) if start <= BAD < stop else None


def test_what_ends_nothing_is_sent_once() -> None:
    client, told = Client(lambda *call: None), Told()
    assert performed(client, told) == {}
    assert [call[:2] for call in client.calls] == [(task.start, task.stop) for task in TASKS]
    assert told.events == ["worker joined"] * 2 + ["cluster"] + ["task done"] * len(TASKS)


def test_the_innocent_are_repeated_together() -> None:
    client, told = Client(first_time({0, 32, 64}, killed)), Told()
    assert performed(client, told) == {}
    assert len(client.calls) == len(TASKS) + 3
    assert (told.events.count("suspect"), told.events.count("suspects")) == (3, 1)
    assert "isolated" not in told.events


@pytest.mark.parametrize(
    ("how", "changes", "reason"),
    [
        (lambda watch: killed(), {}, "ended its worker process: killed by the system"),
        (lambda watch: ProcessEndedError(WORKER, TRACE), {}, "ended its worker process: SIGSEGV"),
        (
            lambda watch: ProcessEndedError(
                WORKER, "Timeout (0:10:00)!\n" + TRACE.partition("\n")[2]
            ),
            {},
            "took longer than 60 s",
        ),
        (
            lambda watch: killed(),
            {"memory": [(0.0, {"worker": WORKER})]},
            "ended its worker process: out of memory",
        ),
        (
            lambda watch: killed(),
            {"traces": {str(k): TRACE for k in range(99)}},
            "ended its worker process: SIGSEGV",
        ),
    ],
)
def test_the_guilty_stands_alone_in_the_end(
    how: Callable[[TaskLimits], BaseException], changes: dict[str, Any], reason: str
) -> None:
    client, told = Client(always(how), **changes), Told()
    (failure,) = performed(client, told, limit_s=600.0).items()
    assert failure[0] == BAD
    assert failure[1].startswith(reason)
    assert told.events.count("quarantined") == 1
    alone = [call for call in client.calls if call[:2] == (BAD, BAD + 1)]
    assert len(alone) == execution.TRIES
    # A piece of a task gets less time than the task.
    assert {limit_s for *_, limit_s in alone} == {execution.LEAST_LIMIT_S}
    assert {limit_s for start, stop, limit_s in client.calls if stop - start == 16} == {600.0}


def test_who_ends_a_worker_sometimes_gets_its_row() -> None:
    tries = iter([True, True, True, True, False])
    client = Client(lambda a, b, w: killed() if a <= BAD < b and next(tries) else None)
    assert performed(client) == {}


@pytest.mark.parametrize("how", [lambda: NoWorkerError("task", 1.0), TimeoutError])
def test_what_dask_gives_up_is_asked_for_again(how: Callable[[], BaseException]) -> None:
    told = Told()
    assert performed(Client(first_time({16}, how)), told) == {}
    assert "suspect" not in told.events


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (StorageError("a.parquet", "No space left"), StorageError, "a.parquet cannot be written"),
        (ModuleNotFoundError("no maiscreen"), MismatchError, "has another maiscreen, or none"),
        (ZeroDivisionError("nobody's\nfault"), FaultError, "ZeroDivisionError: nobody's fault;"),
    ],
)
def test_what_ends_a_run(error: Exception, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as ended:
        performed(Client(first_time({16}, lambda: error)))
    assert "\n" not in str(ended.value)


def test_a_run_whose_workers_have_all_gone() -> None:
    client, told = Client(lambda *call: None), Told()
    terms = crew.RunTerms(wait_s=0.0)
    outcomes: Iterator[tuple[Task, Outcome]] = execution.execute(
        client,  # type: ignore[arg-type]
        tiny.describe,
        CAMPAIGN,
        TASKS,
        log=Log(told),
        terms=terms,
    )
    next(outcomes)
    client.workers = 0
    with pytest.raises(LostError, match="no worker has been left for 0 s"):
        list(outcomes)
    assert told.events[-3:] == ["worker left", "worker left", "lost"]


def test_workers_that_are_gone_for_good_are_started_anew() -> None:
    client = Client(lambda *call: None)
    renewed: list[int] = []
    outcomes = execution.execute(
        client,  # type: ignore[arg-type]
        tiny.describe,
        CAMPAIGN,
        TASKS,
        terms=crew.RunTerms(renew=lambda: renewed.append(client.workers)),
    )
    next(outcomes)
    assert renewed == []
    client.workers = 1
    next(outcomes)
    assert renewed
