"""What performs the tasks, opened as the user asked: this process, local workers, a scheduler."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from maiscreen.runners import connections, serial
from maiscreen.runners.answers import Answer, here, vouched
from maiscreen.runners.console import remark
from maiscreen.runners.endings import WAIT_S
from maiscreen.runners.events import Log
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
    tls : str, optional
        Folder of certificates for it.
    insecure : bool
        Let its address be plain ``tcp://`` to another machine.
    dashboard : bool
        Show Dask's dashboard, and print its link.
    task_timeout_s : float, optional
        Time that a worker has for a task; any if left out. Nothing ends a task of this process.
    wait_s : float
        How long a run waits when it has no worker.
    """

    workers: int | None = None
    serially: bool = False
    scheduler: str | None = None
    tls: str | None = None
    insecure: bool = False
    dashboard: bool = False
    task_timeout_s: float | None = None
    wait_s: float = WAIT_S

    def __post_init__(self) -> None:
        """Refuse a connection that others could listen to.

        Raises
        ------
        InputError
            If it is plain and leaves this machine, or its certificates are lacking.
        """
        connections.check(self.scheduler, self.tls, self.insecure)


@contextmanager
def opened(
    how: How,
    expected: Answer | str,
    ask: Callable[[], Answer] = here,
    data: Callable[[], Mapping[str, Mapping[str, bytes]]] = dict,
) -> Iterator[tuple[Execute[Any], dict[str, object]]]:
    """Open a runner and close it afterwards.

    Parameters
    ----------
    how : How
        Which.
    expected : Mapping or str
        What workers must answer; a text is the hash of the code.
    ask : callable
        What they are asked: their versions and hashes, if left out.
    data : callable
        Gives the folders that workers of a scheduler may lack, see :func:`own_data.packed`.

    Yields
    ------
    tuple
        The runner, and how it is to be named in a manifest.
    """
    if how.serially:
        yield serial.execute, {"runner": "serial", "workers": 1}
        return
    from maiscreen.runners import cluster, crew, execution, workers

    answer = {"code": expected} if isinstance(expected, str) else expected
    count = how.workers or min(os.cpu_count() or 1, MAX_WORKERS)
    client_of: AbstractContextManager[Any] = (
        cluster.local(count, how.dashboard)
        if how.scheduler is None
        else cluster.connected(how.scheduler, answer, ask, tls=how.tls, data=data())
    )
    with client_of as client:
        used: dict[str, object] = {
            "runner": "local cluster" if how.scheduler is None else "scheduler",
            "workers": execution.worker_count(client),
        }
        _tell_dashboard(how, client, used)
        if how.scheduler is not None:
            workers.watch(client, answer)
        renew = crew.renewer(client.cluster, count) if how.scheduler is None else None
        terms = crew.Terms(how.task_timeout_s, how.wait_s, renew)
        yield vouched(partial(execution.execute, client, terms=terms), answer, ask), used


def _tell_dashboard(how: How, client: Any, used: dict[str, object]) -> None:
    """Note the link of the dashboard, where there is one; print it if it was asked for."""
    shown = how.dashboard or how.scheduler is not None
    # The port of an HTTP server without a dashboard is called otherwise.
    if shown and "dashboard" in client.scheduler_info(n_workers=0).get("services", {}):
        used["dashboard"] = client.dashboard_link
    if how.dashboard:
        remark(f"dashboard: {used.get('dashboard', 'the scheduler has none')}")
