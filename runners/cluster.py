"""Opening a cluster of Dask: on this machine, or one that runs already."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker

import dask
from distributed import Client, LocalCluster

from maiscreen.candidates.errors import InputError
from maiscreen.runners.crew import told_when_lost
from maiscreen.runners.guard import ONE_THREAD

PATIENCE_S = 5
"""How long a scheduler and its first worker are waited for."""

_SETTINGS = {
    # One task on a worker at a time, none in its queue: whoever kills the worker is that task.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.memory.spill": False,
    # A worker above 95 % of its memory is ended, and its task repeated; one that only paused
    # would wait for ever with what it cannot give back.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.pause": False,
    # On a busy machine a worker takes a while to come back.
    "distributed.deploy.lost-worker-timeout": "30s",
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
        stack.enter_context(_one_thread_each())
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
        with told_when_lost():
            _check_workers(client, address, expected, ask)
        yield client


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
def _one_thread_each() -> Iterator[None]:
    """Let workers, now or started anew, not start a thread for each processor.

    Dask says so too, but what is set in this process's environment would win, and it leaves its
    settings there.
    """
    before = dict(os.environ)
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


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
