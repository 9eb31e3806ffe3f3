"""Performing tasks on a cluster of Dask, whatever becomes of its workers."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from distributed import CancelledError, Client, KilledWorker, as_completed
from distributed.client import ClosedClientError

from maiscreen.runners.work import (
    Describe,
    Given,
    LostError,
    Outcome,
    Perform,
    join,
    killed,
    perform,
    split,
)
from maiscreen.screen.plan import Task

WORKERLESS_S = 60
"""How long a run waits for a worker when all have gone."""

_POLL_S, _SLOW_POLL_S, _LOOK_S = 0.01, 0.2, 1.0
"""How often finished tasks are looked for, at first and in the end, and workers when none is."""

_GOES_ON = "the same command goes on from here"


def execute(
    client: Client,
    describe: Describe[Given],
    given: Given,
    tasks: Iterable[Task],
    perform: Perform[Given] = perform,
) -> Iterator[tuple[Task, Outcome]]:
    """Perform the tasks on the workers and give each outcome as it comes.

    A task that ends its worker is cut up when all others are done, with nothing beside it, so
    that no other can be blamed, until the rows that do it stand alone.

    Raises
    ------
    LostError
        If the scheduler goes away, or all workers do and none comes back.
    """
    submit = partial(_submit, client, perform, describe, given)
    futures = {submit(task): task for task in tasks}
    suspects = []
    for future in _finished(client, futures):
        task = futures.pop(future)
        outcome = _outcome(future)
        if outcome is None:
            suspects.append(task)
        else:
            yield task, outcome
        future.release()
    for task in sorted(suspects):
        yield task, _isolate(client, submit, task)


def _submit(
    client: Client, perform: Perform[Given], describe: Describe[Given], given: Given, task: Task
) -> Any:
    return client.submit(perform, describe, given, task.start, task.stop, pure=False)


def _isolate(client: Client, submit: Callable[[Task], Any], task: Task) -> Outcome:
    """Repeat a suspect alone; cut it up if it ends its worker again."""
    (future,) = _finished(client, [submit(task)])
    outcome = _outcome(future)
    if outcome is not None:
        return outcome
    if task.size == 1:
        return killed(task.start)
    return join(*(_isolate(client, submit, piece) for piece in split(task)))


def _outcome(future: Any) -> Outcome | None:
    """Fetch the outcome of a task; None if it ended its worker."""
    try:
        with told_when_lost():
            outcome: Outcome = future.result()
    except KilledWorker:
        return None
    return outcome


def _finished(client: Client, futures: Iterable[Any]) -> Iterator[Any]:
    """Give futures as they finish; `as_completed` alone would wait for workers for ever."""
    waiting = as_completed(list(futures))  # type: ignore[no-untyped-call]
    done = looked = alive = time.monotonic()
    while not waiting.is_empty():  # type: ignore[no-untyped-call]
        if waiting.has_ready():  # type: ignore[no-untyped-call]
            yield next(waiting)
            done = looked = alive = time.monotonic()
            continue
        # Tasks of minutes are not asked for a hundred times a second.
        time.sleep(min(_SLOW_POLL_S, _POLL_S + (time.monotonic() - done) / 50))
        if time.monotonic() - looked < _LOOK_S:
            continue
        looked = time.monotonic()
        alive = looked if worker_count(client) else alive
        if looked - alive > WORKERLESS_S:
            raise LostError(f"no worker has been left for {WORKERLESS_S} s; {_GOES_ON}")


def worker_count(client: Client) -> int:
    """Ask the scheduler how many workers there are."""
    with told_when_lost():
        about = client.scheduler_info(n_workers=-1)
        # Without a connection it gives what it knew last.
        if client.status != "running":
            raise ConnectionError("no connection")
    return len(about["workers"])


@contextmanager
def told_when_lost() -> Iterator[None]:
    """Turn what distributed raises when the scheduler has gone into one line."""
    try:
        yield
    except (CancelledError, ClosedClientError, OSError) as error:
        raise LostError(f"connection to the scheduler lost; {_GOES_ON}") from error
