"""Dask: the only file that imports distributed."""

import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import resource_tracker
from typing import Any

import dask
from distributed import CancelledError, Client, KilledWorker, LocalCluster, as_completed
from distributed.client import ClosedClientError

from maiscreen.candidates.errors import InputError
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

PATIENCE_S = 5
"""How long a scheduler and its first worker are waited for."""

WORKERLESS_S = 60
"""How long a run waits for a worker when all have gone."""

_POLL_S, _SLOW_POLL_S, _LOOK_S = 0.01, 0.2, 1.0
"""How often finished tasks are looked for, at first and in the end, and workers when none is."""

_GOES_ON = "the same command goes on from here"

_SETTINGS = {
    # One task on a worker at a time, none in its queue: whoever kills the worker is that task.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.memory.spill": False,
    "distributed.admin.log-format": "%(message)s",
    "distributed.comm.timeouts.connect": f"{PATIENCE_S}s",
}


@contextmanager
def local(workers: int) -> Iterator[Client]:
    """Start worker processes on this machine and end them afterwards.

    Parameters
    ----------
    workers : int
        How many.
    """
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(dask.config.set(_SETTINGS))
        stack.enter_context(_hidden_main())
        with _deaf_to_interrupts():
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                # No dashboard; what HTTP server is left takes any free port, on this machine only.
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                host="127.0.0.1",
                silence_logs=logging.CRITICAL,
            )
        stack.enter_context(cluster)
        yield stack.enter_context(Client(cluster))  # type: ignore[no-untyped-call]


@contextmanager
def connected(address: str, expected: str, ask: Callable[[], str]) -> Iterator[Client]:
    """Connect to a scheduler that runs already.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.1:8786``.
    expected : str
        What the workers must answer, such as the hash of the code here.
    ask : callable
        What they are asked.

    Raises
    ------
    InputError
        If it cannot be reached, has no workers, or its workers have other code; and what ``ask``
        raises there.
    """
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        stack.enter_context(dask.config.set(_SETTINGS))
        client = stack.enter_context(_client(address))
        with _told_when_lost():
            _check_workers(client, address, expected, ask)
        yield client


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
        with _told_when_lost():
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
    with _told_when_lost():
        about = client.scheduler_info(n_workers=-1)
        # Without a connection it gives what it knew last.
        if client.status != "running":
            raise ConnectionError("no connection")
    return len(about["workers"])


@contextmanager
def _told_when_lost() -> Iterator[None]:
    """Turn what distributed raises when the scheduler has gone into one line."""
    try:
        yield
    except (CancelledError, ClosedClientError, OSError) as error:
        raise LostError(f"connection to the scheduler lost; {_GOES_ON}") from error


def _client(address: str) -> Client:
    with suppress(OSError, ValueError, TypeError):
        return Client(address, timeout=PATIENCE_S)  # type: ignore[no-untyped-call]
    # What is left of the client closes itself when it is collected. That must not happen in the
    # event loop of a later one, which would wait for the lock under which it is being started.
    gc.collect()
    remedy = "cannot be reached; start one with: dask scheduler"
    raise InputError("--scheduler", address, remedy)


def _check_workers(client: Client, address: str, expected: str, ask: Callable[[], str]) -> None:
    """See that there are workers and that they would find the same."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
        hashes = set(client.run(ask).values())
    except TimeoutError:
        remedy = f"has no workers; start one with: dask worker {address}"
        raise InputError("--scheduler", address, remedy) from None
    except ImportError:
        hashes = set()
    if hashes != {expected}:
        remedy = "has workers with another maiscreen; install this version there"
        raise InputError("--scheduler", address, remedy)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep distributed's log off the screen: what matters comes back as an outcome."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    # distributed gives some of its loggers a level of their own.
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let worker processes not hear Ctrl-C, which a terminal sends to all: they end with us.

    The event loop's thread, started within, inherits the mask, and so does every worker that it
    starts, now or later. An interrupt meanwhile is not lost: it arrives at the end.
    """
    # Starting the tracker later would unblock the signal for the first worker.
    resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keep worker processes from importing the script that started them.

    A spawned process imports the main module first; a script without
    ``if __name__ == "__main__"`` would start a run in every worker. The workers need nothing of
    it, so it is hidden while they live (they may be started anew at any time).
    """
    main = sys.modules["__main__"]
    hidden = {name: main.__dict__.pop(name, None) for name in ("__file__", "__spec__")}
    main.__dict__["__spec__"] = None
    try:
        yield
    finally:
        main.__dict__.update({k: v for k, v in hidden.items() if v is not None or k == "__spec__"})
