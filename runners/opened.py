"""What performs the tasks, opened as the user asked: this process, local workers, a scheduler."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from maiscreen.runners import serial
from maiscreen.runners.provenance import code_hash
from maiscreen.runners.work import Describe, Given, Outcome, Perform
from maiscreen.screen.plan import Task

if TYPE_CHECKING:
    from maiscreen.runners.cluster_file import ClusterFile


class Execute(Protocol[Given]):
    """A runner: performs tasks, in whatever order."""

    def __call__(
        self,
        describe: Describe[Given],
        given: Given,
        tasks: Iterable[Task],
        perform: Perform[Given] = ...,
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
    cluster : ClusterFile, optional
        Queue whose jobs do it.
    """

    workers: int | None = None
    serially: bool = False
    scheduler: str | None = None
    cluster: "ClusterFile | None" = None


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
    if how.cluster is not None:
        with _queued(how.cluster, expected, ask) as found:
            yield found
        return
    from maiscreen.runners import cluster, execution

    client_of: AbstractContextManager[Any] = (
        cluster.local(how.workers or min(os.cpu_count() or 1, MAX_WORKERS))
        if how.scheduler is None
        else cluster.connected(how.scheduler, expected, ask)
    )
    with client_of as client:
        used: dict[str, object] = {
            "runner": "local cluster" if how.scheduler is None else "scheduler",
            "workers": execution.worker_count(client),
        }
        yield partial(execution.execute, client), used


@contextmanager
def _queued(
    asked: "ClusterFile", expected: str, ask: Callable[[], str]
) -> Iterator[tuple[Execute[Any], dict[str, object]]]:
    """Open the jobs of a queue; the plan is made for as many workers as may come."""
    from maiscreen.runners import cluster, execution, jobqueue
    from maiscreen.runners.keeping import Tally

    tally = Tally()
    with jobqueue.started(asked, tally) as client:
        cluster._check_workers(client, f"--cluster ({asked.kind})", expected, ask)
        used: dict[str, object] = {
            "runner": f"queue: {asked.kind}",
            "workers": asked.jobs * asked.cores,
        }
        yield partial(execution.execute, client), used
        used["jobs"] = {"submitted": tally.submitted, "ended": tally.ended}
