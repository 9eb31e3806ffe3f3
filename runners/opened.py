"""What performs the tasks, opened as the user asked: this process, local workers, a scheduler."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from maiscreen.candidates.errors import InputError
from maiscreen.runners import serial
from maiscreen.runners.endings import WAIT_S, MismatchError
from maiscreen.runners.events import Log
from maiscreen.runners.provenance import code_hash
from maiscreen.runners.work import Describe, Given, Outcome, Perform
from maiscreen.screen.plan import Task


class Execute(Protocol[Given]):
    """A runner: performs tasks, in whatever order."""

    def __call__(
        self,
        describe: Describe[Given],
        given: Given,
        tasks: Iterable[Task],
        perform: Perform[Given] = ...,
        log: Log = ...,
    ) -> Iterator[tuple[Task, Outcome]]:
        """Give each outcome as it comes."""


MAX_WORKERS = 4
"""Workers by default, at most: a worker takes 2 s to start, the whole screen some seconds."""


@dataclass(frozen=True, slots=True)
class How:
    """What the user asked for.

    Attributes
    ----------
    workers : int, optional
        Worker processes on this machine; one on each processor, at most `MAX_WORKERS`, if left out.
    serially : bool
        Do everything in this process, without Dask.
    scheduler : str, optional
        Address of a running Dask scheduler.
    task_timeout_s : float, optional
        Time that a worker has for a task; any if left out. Nothing ends a task of this process.
    wait_s : float
        How long a run waits when it has no worker.
    """

    workers: int | None = None
    serially: bool = False
    scheduler: str | None = None
    task_timeout_s: float | None = None
    wait_s: float = WAIT_S


@contextmanager
def opened(
    how: How, expected: str, ask: Callable[[], str] = code_hash
) -> Iterator[tuple[Execute[Any], dict[str, object]]]:
    """Open a runner and close it afterwards.

    Parameters
    ----------
    how : How
        Which.
    expected : str
        What the workers of a running scheduler must answer.
    ask : callable
        What they are asked: the hash of their code, if left out.

    Yields
    ------
    tuple
        The runner, and how it is to be named in a manifest.
    """
    if how.serially:
        yield serial.execute, {"runner": "serial", "workers": 1}
        return
    from maiscreen.runners import cluster, crew, execution

    count = how.workers or min(os.cpu_count() or 1, MAX_WORKERS)
    client_of: AbstractContextManager[Any] = (
        cluster.local(count)
        if how.scheduler is None
        else cluster.connected(how.scheduler, expected, ask)
    )
    with ExitStack() as stack:
        try:
            client = stack.enter_context(client_of)
        except MismatchError as error:  # nothing has begun
            raise InputError("--scheduler", str(how.scheduler), str(error)) from None
        used: dict[str, object] = {
            "runner": "local cluster" if how.scheduler is None else "scheduler",
            "workers": execution.worker_count(client),
        }
        renew = crew.renewer(client.cluster, count) if how.scheduler is None else None
        terms = crew.Terms(how.task_timeout_s, how.wait_s, renew)
        yield partial(execution.execute, client, terms=terms), used
