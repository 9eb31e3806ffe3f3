"""What performs the tasks, opened as the user asked: this process, local workers, a scheduler."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import connections
from maiscreen.runners.cluster.same_code import Answer, local_versions, verified_execution
from maiscreen.runners.endings import WAIT_S
from maiscreen.runners.folder.log import Log
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.stages import print_remark
from maiscreen.runners.work import serial
from maiscreen.runners.work.work import Describe, Given, Perform
from maiscreen.screen.campaign.plan import Task

if TYPE_CHECKING:
    from maiscreen.runners.cluster.queue_file import ClusterFile


class Execute(Protocol[Given]):
    """A runner: performs tasks, in whatever order."""

    def __call__(
        self,
        describe: Describe[Given],
        subject: Given,
        tasks: Iterable[Task],
        perform: Perform[Given] = ...,
        log: Log = ...,
    ) -> Iterator[tuple[Task, Outcome]]:
        """Return each outcome as it comes."""


MAX_WORKERS = 4
"""Workers by default, at most: each takes seconds of processor to start, and half a GiB."""

WORKERS_START_S = 6.0
"""What a scheduler and workers take until the first task is done: docs/performance.md."""


def default_workers() -> int:
    """Count the worker processes of this machine, if the user does not."""
    return min(os.cpu_count() or 1, MAX_WORKERS)


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """What the user asked for.

    Attributes
    ----------
    workers : int, optional
        Worker processes on this machine; if left out, :func:`default_workers` where there is enough
        to do, else none.
    serially : bool
        Do everything in this process, without Dask.
    scheduler : str, optional
        Address of a running Dask scheduler.
    cluster : ClusterFile, optional
        Queue whose jobs do it.
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
    cluster: "ClusterFile | None" = None
    tls: str | None = None
    insecure: bool = False
    dashboard: bool = False
    task_timeout_s: float | None = None
    wait_s: float = WAIT_S

    def for_work(self, seconds: float) -> "RunnerOptions":
        """Choose this process for work that takes less time than workers take to start.

        Parameters
        ----------
        seconds : float
            What the work takes on one processor, about.

        Examples
        --------
        >>> RunnerOptions().for_work(1.0).serially, RunnerOptions(workers=2).for_work(1.0).serially
        (True, False)
        """
        if self.workers or self.scheduler or self.cluster or self.dashboard:
            return self
        with_workers = WORKERS_START_S + seconds / default_workers()
        return replace(self, serially=self.serially or seconds < with_workers)

    def __post_init__(self) -> None:
        """Refuse a number of workers that is none, and a connection that others could listen to.

        Raises
        ------
        InputError
            If it is plain and leaves this machine, or its certificates are lacking.
        """
        if self.workers is not None and (type(self.workers) is not int or self.workers < 1):
            raise InputError("workers", self.workers, "give a whole number of 1 or more")
        connections.check_connection(self.scheduler, self.tls, self.insecure)


@contextmanager
def open_runner(
    options: RunnerOptions,
    expected: Answer | str,
    ask: Callable[[], Answer] = local_versions,
    data: Callable[[], Mapping[str, Mapping[str, bytes]]] = dict,
) -> Iterator[tuple[Execute[Any], dict[str, object]]]:
    """Open a runner and close it afterwards.

    Parameters
    ----------
    how : RunnerOptions
        Which.
    expected : Mapping or str
        What workers must answer; a text is the hash of the code.
    ask : callable
        What they are asked: their versions and hashes, if left out.
    data : callable
        Gives the folders that workers of a scheduler may lack, see `pack_folders`.

    Yields
    ------
    tuple
        The runner, and how it is to be named in a manifest.
    """
    if options.serially:
        yield serial.execute, {"runner": "serial", "workers": 1}
        return
    from maiscreen.runners.cluster import execution, same_code, watch

    answer = {"code": expected} if isinstance(expected, str) else expected
    with _open_cluster(options, answer, ask, data) as (client, runner_info):
        _note_dashboard(options, client, runner_info)
        terms = watch.RunTerms(
            options.task_timeout_s, options.wait_s, runner_info.pop("renew", None)
        )
        if terms.renew is None:
            same_code.watch_joining_workers(client, answer)
        yield (
            verified_execution(partial(execution.execute, client, terms=terms), answer, ask),
            runner_info,
        )


@contextmanager
def _open_cluster(
    options: RunnerOptions,
    answer: Answer,
    ask: Callable[[], Answer],
    data: Callable[[], Mapping[str, Mapping[str, bytes]]],
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Open a cluster as the user asked: a client, what to tell of it, how to renew its workers."""
    from maiscreen.runners.cluster import cluster, watch

    if options.cluster is not None:
        from maiscreen.runners.cluster import queue

        with (
            queue.start_queue(options.cluster) as (client, runner_info),
            cluster.prepared_workers(
                client, ("--cluster", options.cluster.kind), answer, ask, data()
            ),
        ):
            yield client, runner_info
    elif options.scheduler is not None:
        with cluster.connected_client(
            options.scheduler, answer, ask, tls=options.tls, data=data()
        ) as client:
            yield client, {"runner": "scheduler", "workers": watch.worker_count(client)}
    else:
        count = options.workers or default_workers()
        with cluster.local_client(count, options.dashboard) as client:
            runner_info = {"runner": "local cluster", "workers": watch.worker_count(client)}
            yield client, runner_info | {"renew": watch.worker_renewer(client.cluster, count)}


def _note_dashboard(options: RunnerOptions, client: Any, runner_info: dict[str, object]) -> None:
    """Note the link of the dashboard, where there is one; print it if it was asked for."""
    shown = options.dashboard or options.scheduler is not None or options.cluster is not None
    # The port of an HTTP server without a dashboard is called otherwise.
    if shown and "dashboard" in client.scheduler_info(n_workers=0).get("services", {}):
        runner_info["dashboard"] = client.dashboard_link
    if options.dashboard:
        print_remark(f"dashboard: {runner_info.get('dashboard', 'the scheduler has none')}")
