"""Performing tasks on a cluster of Dask, whatever becomes of its workers.

A worker may go for reasons of its own (walltime, a node lost) or because of what it does. So tasks
that ended with their worker are repeated together first: the innocent pass, a hundred of them as
fast as one. What is left is cut up, and its pieces done one after another with nothing beside,
so that no other can be blamed, until the candidates that do it stand alone.
"""

import time
import uuid
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from itertools import count
from pickle import UnpicklingError, loads
from typing import Any, Generic

from distributed import Client, KilledWorker, as_completed
from distributed.protocol.pickle import dumps
from distributed.scheduler import NoValidWorkerError, NoWorkerError

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.guard import (
    KILLED,
    MARKER,
    OUT_OF_MEMORY,
    CrashReport,
    GuardedCall,
    ProcessEndedError,
    TaskLimits,
    TaskResult,
    parse_crash_report,
)
from maiscreen.runners.cluster.watch import RunTerms, WorkerWatch, lost_scheduler_as_error
from maiscreen.runners.endings import EndingError, FaultError, LostError, MismatchError
from maiscreen.runners.folder.log import SILENT, Log
from maiscreen.runners.outcome import Outcome, quarantined_outcome
from maiscreen.runners.work.work import Describe, Given, Perform, perform, split_task
from maiscreen.screen.campaign.plan import Task

TRIES = 3
"""So often a candidate must end its worker, with nothing beside it, to be given up."""

LEAST_LIMIT_S = 60.0
"""A piece of a task gets less time than the task, but not less than this: a fresh worker reads its
data first."""

_POLL_S, _SLOW_POLL_S = 0.01, 0.2
"""How often finished tasks are looked for, at first and in the end."""

_FETCH_S = 10.0
"""How long a result is waited for that is said to be there, before workers are looked for again."""

_DESERIALISING = (ImportError, AttributeError, UnpicklingError)


def execute(
    client: Client,
    describe: Describe[Given],
    subject: Given,
    tasks: Iterable[Task],
    perform: Perform[Given] = perform,
    log: Log = SILENT,
    *,
    terms: RunTerms | None = None,
) -> Iterator[tuple[Task, Outcome]]:
    """Perform the tasks on the workers and give each outcome as it comes.

    A task that ends its workers comes back in pieces.

    Raises
    ------
    LostError
        If the scheduler goes away, or all workers do and none comes back.
    MismatchError
        If a worker cannot read what it is sent.
    FaultError
        If a task fails where no candidate is to blame.
    """
    work = _Work(client, perform, describe, subject, terms or RunTerms(), log)
    try:
        yield from work.all(list(tasks))
    except LostError:  # nobody is left to be asked
        raise
    except Exception:
        with suppress(LostError):
            work.tidy()
        raise
    if work.left_traces:
        work.tidy()


class _Work(Generic[Given]):
    """What all tasks of a run have in common."""

    def __init__(
        self,
        client: Client,
        perform: Perform[Given],
        describe: Describe[Given],
        subject: Given,
        terms: RunTerms,
        log: Log,
    ) -> None:
        self.terms = terms
        self._client, self._log = client, log
        self._sent = perform, describe, subject
        self._run, self._numbers = uuid.uuid4().hex, count()
        self._crew = WorkerWatch(client, terms, log)
        self._crew.greet()
        self.left_traces = False

    def all(self, tasks: list[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Perform all tasks: suspects together once more, and what is blamed again by itself."""
        suspects = yield from self.together(tasks)
        while suspects:
            self._log.record("suspects", tasks=len(suspects))
            again = yield from self.together(suspects)
            if 2 * len(again) > len(suspects):
                for task in sorted(again):
                    yield from self.isolated(task, self.terms.limit_s)
                break
            suspects = again

    def together(self, tasks: list[Task]) -> Generator[tuple[Task, Outcome], None, list[Task]]:
        """Perform tasks side by side; return those that ended with their worker."""
        suspects = []
        for task, _, came in self._performed(tasks, self.terms.limit_s):
            if isinstance(came, TaskResult):
                yield task, came.outcome
            else:
                self._log.record("suspect", task=task, worker=_worker_name(came))
                self._crew.look(at_once=True)  # the log says beside it who has left
                suspects.append(task)
        return suspects

    def isolated(self, task: Task, limit_s: float | None) -> Iterator[tuple[Task, Outcome]]:
        """Perform the pieces of a suspect, one after another, with nothing beside them."""
        self._log.record("isolated", task=task, limit_s=limit_s)
        if task.size == 1:
            yield task, self._alone(task, limit_s)
            return
        for piece in split_task(task):
            less_s = _piece_limit_s(limit_s, piece.size / task.size)
            if piece.size == 1:
                yield piece, self._alone(piece, less_s)
                continue
            ((_, _, came),) = self._performed([piece], less_s)
            if isinstance(came, TaskResult):
                yield piece, came.outcome
            else:
                yield from self.isolated(piece, less_s)

    def tidy(self) -> None:
        """Remove traces from the hosts of the workers."""
        self._crew.tidy(self._run)

    def _alone(self, task: Task, limit_s: float | None) -> Outcome:
        """Perform a single candidate; give it up if it ends its worker time and again."""
        failure = KILLED
        for _ in range(TRIES):
            ((_, attempt, came),) = self._performed([task], limit_s)
            if isinstance(came, TaskResult):
                return came.outcome
            latest = self._trace(attempt, came, limit_s)
            failure = failure if latest is KILLED else latest
        self._log.record("quarantined", index=task.start, reason=failure.reason)
        return quarantined_outcome(task.start, failure.reason, failure.traceback)

    def _trace(
        self, attempt: str, came: KilledWorker | ProcessEndedError, limit_s: float | None
    ) -> CrashReport:
        """Find out how a worker ended."""
        if isinstance(came, ProcessEndedError) and came.text:
            return parse_crash_report(came.text, limit_s, MARKER)
        if self._crew.out_of_memory(_worker_name(came)):
            return OUT_OF_MEMORY
        return parse_crash_report(
            self._crew.left(self._run, attempt, _worker_name(came)), limit_s, MARKER
        )

    def _performed(
        self, tasks: list[Task], limit_s: float | None
    ) -> Iterator[tuple[Task, str, TaskResult | KilledWorker | ProcessEndedError]]:
        """Yield what becomes of tasks as they finish, each with the name of its attempt."""
        futures = dict(self._submitted(task, limit_s) for task in tasks)
        with lost_scheduler_as_error():
            waiting = as_completed(list(futures))  # type: ignore[no-untyped-call]
        try:
            for future in self._finished(waiting):
                task, attempt = futures.pop(future)
                came = _result(future)
                if came is _NoResult.HERE:
                    futures[future] = task, attempt
                    waiting.add(future)  # type: ignore[no-untyped-call]
                    continue
                # Dask would do it once more whenever the worker that has its result goes.
                future.release()
                if came is _NoResult.TRIED:
                    again, named = self._submitted(task, limit_s)
                    futures[again] = named
                    waiting.add(again)  # type: ignore[no-untyped-call]
                else:
                    self._tell_done(task, came)
                    yield task, attempt, came
        finally:
            for left in futures:
                left.release()

    def _submitted(self, task: Task, limit_s: float | None) -> tuple[Any, tuple[Task, str]]:
        attempt = str(next(self._numbers))
        watch = TaskLimits(self._run, attempt, limit_s)
        call = GuardedCall(*self._sent, task.start, task.stop, watch)
        sent = dumps(call)  # type: ignore[no-untyped-call]
        key = f"maiscreen-{self._run}-{attempt}"
        with lost_scheduler_as_error():
            return self._client.submit(loads, sent, key=key, pure=False), (task, attempt)

    def _finished(self, waiting: Any) -> Iterator[Any]:
        """Yield futures as they finish; `as_completed` alone would wait for workers for ever."""
        done = time.monotonic()
        while not waiting.is_empty():
            if waiting.has_ready():
                with lost_scheduler_as_error():
                    future = next(waiting)
                yield future
                done = time.monotonic()
            else:
                # Tasks of minutes are not asked for a hundred times a second.
                time.sleep(min(_SLOW_POLL_S, _POLL_S + (time.monotonic() - done) / 50))
            self._crew.look()

    def _tell_done(self, task: Task, came: TaskResult | KilledWorker | ProcessEndedError) -> None:
        if not isinstance(came, TaskResult):
            self.left_traces = True
            return
        failed = len(came.outcome.failures)
        seconds = round(came.outcome.seconds, 3)
        facts = {"rows": task.size - failed, "failed": failed, "seconds": seconds}
        self._log.record("task done", task=task, **facts, worker=came.worker)


class _NoResult(Enum):
    """Why there is no result of a future that seemed to be done."""

    HERE = "its worker went before it could be fetched, so that Dask does the task once more"
    TRIED = "the scheduler has given up waiting for a worker; we have not"


def _result(future: Any) -> TaskResult | KilledWorker | ProcessEndedError | _NoResult:
    """Return what became of a task.

    Raises
    ------
    EndingError
        What ends the run.
    """
    try:
        # Not for ever: there may be nobody left to do it once more.
        done: TaskResult = future.result(timeout=_FETCH_S)
        return done
    except (KilledWorker, ProcessEndedError) as error:
        return error
    except (NoWorkerError, NoValidWorkerError):
        return _NoResult.TRIED
    except Exception as error:
        if future.status == "error":  # the task's own
            raise _ending(error) from error
        if isinstance(error, TimeoutError):
            return _NoResult.HERE
        with lost_scheduler_as_error():
            raise


def _ending(error: BaseException) -> Exception:
    """Turn what a task raised beyond its candidates into what ends the run in one line."""
    if isinstance(error, EndingError | InputError):
        return error
    cause = error.__cause__ or error
    text = " ".join(f"{type(cause).__name__}: {cause}".split())
    if isinstance(error, _DESERIALISING) or isinstance(cause, _DESERIALISING):
        return MismatchError(
            f"a worker or the scheduler has another maiscreen, or none ({text}); install this"
            " version there, and the same command goes on"
        )
    return FaultError(f"a task failed: {text}; what is done is kept")


def _piece_limit_s(limit_s: float | None, share: float) -> float | None:
    """Return the time that a piece of a task gets.

    Examples
    --------
    >>> _piece_limit_s(600.0, 1 / 2), _piece_limit_s(600.0, 1 / 16)
    (300.0, 60.0)
    >>> _piece_limit_s(5.0, 1 / 2), _piece_limit_s(None, 1 / 2)
    (5.0, None)
    """
    return None if limit_s is None else max(min(limit_s, LEAST_LIMIT_S), limit_s * share)


def _worker_name(came: KilledWorker | ProcessEndedError) -> str:
    return str(came.last_worker.address if isinstance(came, KilledWorker) else came.worker)
