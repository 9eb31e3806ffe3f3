"""Keeping jobs in a queue: as many as the tasks need, new ones for those that have ended.

distributed's own `Adaptive` counts workers and does not know that several share a job: it would
cancel a job that works because one worker of it has left, and never replace one whose workers all
have. This one counts jobs. Everything here runs in the event loop of the scheduler.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from math import ceil
from typing import Any

from distributed import Adaptive, Status

LOST_S = 60.0
"""How long a job without workers is waited for: its nannies may be starting them anew."""

IDLE_S = 30.0
"""How long a job that is not needed is kept."""

RETRY_S = 60.0
"""How long the queue is left alone after it refused a job, or jobs ended at once."""

STILLBORN = 3
"""Jobs in a row that may end before a worker arrives; then something is wrong with all."""

LOOK_S = 1.0


@dataclass(slots=True)
class JobTimes:
    """Times of a job: when its first worker came, when its last one was there, at work."""

    arrived_s: float
    here_s: float
    needed_s: float


@dataclass(slots=True)
class JobCounts:
    """Counts of the jobs: all that were submitted, those that ended, and why none goes on."""

    submitted: int = 0
    ended: int = 0
    stillborn: int = 0
    refused: str = ""


class QueueScaling(Adaptive):
    """Scaling by jobs.

    Parameters
    ----------
    cluster : JobQueueCluster
        Which.
    counts : JobCounts
        To be kept; it outlives this object.
    least, most : int
        Jobs at a time.
    old_s : float
        Age from which a job without workers has ended for good: its walltime is near.
    listing : sequence of str
        Command that prints the ids of the jobs that still wait or run, one on a line; empty
        where the queue has none that is understood.
    **options
        For `distributed.Adaptive`.
    """

    def __init__(
        self,
        cluster: Any,  # typed as less than it is
        *,
        counts: JobCounts,
        least: int,
        most: int,
        old_s: float,
        listing: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        self.counts, self.least, self.most, self.old_s = counts, least, most, old_s
        self.listing = listing
        self.seen: dict[str, JobTimes] = {}
        self._rest_until = self._listed = 0.0
        self.queue = cluster
        super().__init__(cluster, interval=LOOK_S, **options)

    async def safe_target(self) -> int:
        """Return the number of jobs that there should be."""
        scheduler = self.queue.scheduler
        tasks = len(scheduler.queued) + len(scheduler.unrunnable)
        tasks += sum(len(worker.processing) for worker in scheduler.workers.values())
        return int(max(self.least, min(self.most, ceil(tasks / self._processes))))

    async def recommendations(self, target: int) -> dict[str, Any]:
        """State how to get there, from the jobs that there are."""
        now = time.monotonic()
        self._look(now)
        # One near its walltime ends by itself; its last task may still be at work.
        await self._drop(self._ended(now), cancel=False)
        await self._drop(self._lost(now))
        await self._drop(await self._gone(now))
        jobs = self.queue.worker_spec
        if len(jobs) < target:
            return {"status": "same"} if now < self._rest_until else {"status": "up", "n": target}
        idle = self._idle(now)[: len(jobs) - target]
        return {"status": "down", "workers": idle} if idle else {"status": "same"}

    async def scale_up(self, n: int) -> None:  # type: ignore[override]
        """Submit jobs until there are so many; rest if the queue refuses one."""
        try:
            await self.submit(n)
        except RuntimeError as error:
            self._rest(refusal(error))

    async def submit(self, n: int) -> None:
        """Submit jobs until there are so many.

        Raises
        ------
        RuntimeError
            With what the queue said, if it refuses one. None that it refused is kept.
        """
        while len(self.queue.worker_spec) < n:
            self.counts.submitted += 1
            # A name is never used again: a late worker of an old job would be taken for the new.
            self.queue.worker_spec[f"job{self.counts.submitted}"] = self.queue.new_spec
        try:
            await self.queue
            self.counts.refused = ""
        finally:
            for name, job in list(self.queue.workers.items()):
                if job.job_id is None:
                    self.counts.submitted -= 1
                    del self.queue.workers[name], self.queue.worker_spec[name]
                    # distributed insists on that of everything it ever made.
                    job.status = Status.failed

    async def scale_down(self, workers: list[str]) -> None:  # type: ignore[override]
        """End jobs, once what they hold is elsewhere."""
        names = [worker for job in workers for worker in self._names(job)]
        await self.queue.scheduler.retire_workers(names=names, remove=True, close_workers=True)
        await self._drop(workers)

    @property
    def _processes(self) -> int:
        return len(self.queue.new_spec.get("group", [""]))

    def _names(self, job: str) -> list[str]:
        """Return the names of a job's workers."""
        return [job + suffix for suffix in self.queue.new_spec.get("group", [""])]

    def _look(self, now: float) -> None:
        """See who is here."""
        workers = {str(worker.name): worker for worker in self.queue.scheduler.workers.values()}
        for job in self.queue.worker_spec:
            here = [workers[name] for name in self._names(job) if name in workers]
            if here:
                seen = self.seen.setdefault(job, JobTimes(now, now, now))
                seen.here_s = now
                if any(worker.processing for worker in here):
                    seen.needed_s = now
                self.counts.stillborn = 0

    def _ended(self, now: float) -> list[str]:
        """Return the jobs near their walltime whose workers have gone: they do not come back."""
        seen = self.seen.items()
        return [job for job, one in seen if one.here_s < now and now - one.arrived_s >= self.old_s]

    def _lost(self, now: float) -> list[str]:
        """Return the jobs whose workers have gone, and were not started anew."""
        return [job for job, one in self.seen.items() if now - one.here_s > LOST_S]

    async def _gone(self, now: float) -> list[str]:
        """Return the jobs that the queue does not know any more, where it can be asked."""
        absent = [job for job in self.queue.worker_spec if self._absent(job, now)]
        if not (self.listing and absent) or now - self._listed < 5 * LOOK_S:
            return []
        self._listed = now
        known = await _known_jobs(self.listing)
        if known is None:
            return []
        gone = [job for job in absent if self.queue.workers[job].job_id not in known]
        self.counts.stillborn += sum(job not in self.seen for job in gone)
        if self.counts.stillborn >= STILLBORN:
            self._rest("jobs end before a worker of theirs arrives; their log says why")
        return gone

    def _absent(self, job: str, now: float) -> bool:
        seen = self.seen.get(job)
        return job in self.queue.workers and (seen is None or now - seen.here_s > LOOK_S)

    def _idle(self, now: float) -> list[str]:
        """Return the jobs that can go, those that wait in the queue first."""
        waiting = [job for job in reversed(self.queue.worker_spec) if job not in self.seen]
        idle = [job for job, seen in self.seen.items() if now - seen.needed_s > IDLE_S]
        return waiting + idle

    async def _drop(self, jobs: list[str], *, cancel: bool = True) -> None:
        """Strike jobs off, and cancel what may be left of them."""
        for job in jobs:
            self.counts.ended += 1
            self.seen.pop(job, None)
            self.queue.worker_spec.pop(job, None)
            found = self.queue.workers.pop(job, None)
            if found is not None and cancel:
                await found.close()

    def _rest(self, why: str) -> None:
        """Leave the queue alone for a while, and say why, once."""
        self._rest_until = time.monotonic() + RETRY_S
        if why != self.counts.refused and sys.stderr is not None:
            print(f"maiscreen: {why}; tried again in {RETRY_S:.0f} s", file=sys.stderr)
        self.counts.refused = why


async def _known_jobs(command: tuple[str, ...]) -> set[str] | None:
    """Ask the queue for the ids of the jobs it knows; None if it does not answer."""
    import asyncio

    pipe = subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    out, _ = await process.communicate()
    return set(out.decode().split()) if process.returncode == 0 else None


def refusal(error: BaseException) -> str:
    r"""Return what the queue said, in one line.

    Examples
    --------
    >>> refusal(RuntimeError("Command exited.\nstdout:\n\nstderr:\nsbatch: error: no such queue\n"))
    'the queue refuses the job: sbatch: error: no such queue'
    """
    said = str(error).rpartition("stderr:")[2].split() or str(error).split()
    return f"the queue refuses the job: {' '.join(said)[:500]}"
