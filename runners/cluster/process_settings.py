"""Settings of this process while workers of Dask are at work, taken back afterwards."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing import resource_tracker

import dask

from maiscreen.runners.cluster.guard import ONE_THREAD

PATIENCE_S = 5
"""How long a scheduler and its first worker are waited for."""

SETTINGS = {
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


_LOOPBACK = {"distributed.comm.require-encryption": False}


_LEFT_BY_DASK = ("PYTHONHASHSEED", "__DASK_PARENT_PID")
"""Variables that starting a worker sets in this process, beside those of Dask's settings."""


class SharedSettings:
    """Settings of this process that runs in several threads have in common.

    The first run makes them and the last one takes them back: what another run finds are not the
    caller's.

    Parameters
    ----------
    make : callable
        Gives a context that makes them and takes them back.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[object]]) -> None:
        self._make, self._made = make, ExitStack()
        self._runs, self._lock = 0, threading.Lock()

    @contextmanager
    def use(self) -> Iterator[None]:
        """Have them made while this context lasts."""
        with self._lock:
            if self._runs == 0:
                self._made.enter_context(self._make())
            self._runs += 1
        try:
            yield
        finally:
            with self._lock:
                self._runs -= 1
                if self._runs == 0:
                    self._made.close()


@contextmanager
def _quiet_dask() -> Iterator[None]:
    with _silence_logs(), dask.config.set(SETTINGS):
        yield


@contextmanager
def _local_workers() -> Iterator[None]:
    # The user's own settings for clusters elsewhere, such as TLS, mean nothing on loopback.
    # Workers, now or started anew, do not start a thread for each processor. Dask says so too,
    # but what is set in this process's environment would win.
    left = [*dask.config.get("distributed.nanny.pre-spawn-environ", {}), *_LEFT_BY_DASK]
    with dask.config.set(_LOOPBACK), _hidden_main(), _environment(ONE_THREAD, left):
        yield


@contextmanager
def _silence_logs() -> Iterator[None]:
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
def deaf_processes() -> Iterator[None]:
    """Let worker processes ignore Ctrl-C, which a terminal sends to all: they end with us.

    The event loop's thread, started within, inherits the mask, and so does every worker that it
    starts, now or later.
    """
    # Starting the tracker later would unblock the signal for the first worker. It cleans up after a
    # process that was ended by force, and need not say so.
    with _QUIET_TRACKER.use():
        resource_tracker.ensure_running()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def _environment(settings: Mapping[str, str], left: Iterable[str] = ()) -> Iterator[None]:
    """Set variables for processes that are started within; take back those that Dask leaves too."""
    before = {name: os.environ.get(name) for name in (*settings, *left)}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


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


QUIET_DASK = SharedSettings(_quiet_dask)
"""For every run that speaks to a scheduler."""

LOCAL_WORKERS = SharedSettings(_local_workers)
"""For a run whose workers are processes of ours."""

_QUIET_TRACKER = SharedSettings(lambda: _environment({"PYTHONWARNINGS": "ignore"}))
