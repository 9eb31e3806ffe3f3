"""One case on its stage: folder, processes, and the steps from start to verdict."""

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
from campaign import MAISCREEN, References, Run, run_arguments
from moments import Meeting, Moment
from pool import Pool, environment, workers_of

MOMENT_S = 240
"""So long for the moment to come."""


class SuiteError(Exception):
    """What should have happened for the case to be one did not."""


@dataclass
class Slot:
    """What cases use one after another.

    Attributes
    ----------
    meeting : Meeting
        Where its processes are met.
    pool : Pool
        Scheduler and workers, started when first needed.
    """

    meeting: Meeting
    pool: Pool


@dataclass
class Scene:
    """One case on its stage.

    Attributes
    ----------
    kind, how : str
        Campaign, and what performs its tasks: ``serial``, ``local``, ``external``.
    moment : Moment or None
        When the fault strikes.
    random : Random
        For what the fault leaves open.
    folder, out : Path
        Of the case, and of its campaign.
    options : list of str
        Further arguments of ``maiscreen run``.
    codes : list
        Exit codes so far; None for a run that hung.
    notes : list of str
        What the reader of the log should know.
    """

    kind: str
    how: str
    moment: Moment | None
    random: Random
    slot: Slot
    references: References
    folder: Path
    out: Path
    options: list[str] = field(default_factory=list)
    worker_options: list[str] = field(default_factory=list)
    row: int | None = None
    fails: bool = False
    met: dict[str, object] = field(default_factory=dict)
    codes: list[int | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    run: Run | None = None

    def start(self, how: str = "") -> Run:
        """Give the command."""
        how = how or self.how
        if how == "external":
            self.pool.up(*self.worker_options)
        file = self.references.file(self.kind)
        arguments = run_arguments(file, self.out, how, self.pool.address)
        return Run([*arguments, *self.options], self.meeting.control, self.folder / "log")

    def meet(self) -> None:
        """Wait for the moment."""
        assert self.run is not None
        met = self.meeting.reached(self.run.is_on, MOMENT_S)
        if met is None:
            raise SuiteError(f"the moment did not come: {self.moment}")
        self.met = met

    def end(self, run: Run | None) -> None:
        """Wait for the end of a run."""
        assert run is not None
        self.codes.append(run.ended())

    def complete(self) -> bool:
        """Tell whether the last run said complete; some candidates may have failed."""
        code = self.codes[-1]
        return code == 0 or (code == 3 and self._is_finished())

    def _is_finished(self) -> bool:
        from maiscreen.runners.folder.status import status

        found = status(self.out)
        return found.finished and found.done == found.total

    def verify(self) -> int:
        """Give the exit code of `maiscreen verify`."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.run(
                [MAISCREEN, "verify", str(self.out)],
                env=environment(self.meeting.control),
                stdout=log,
                stderr=log,
                check=False,
            ).returncode

    def again(self, most: int) -> None:
        """Give the same command until it says complete."""
        for _ in range(most):
            self.end(self.start())
            if self.complete():
                return
        raise SuiteError(f"not complete after {len(self.codes)} runs: exit codes {self.codes}")

    def workers(self) -> list[psutil.Process]:
        """Find the processes that perform tasks now."""
        if self.how == "external":
            return self.pool.workers()
        assert self.run is not None
        return workers_of(self.run.process.pid)

    def victim(self) -> psutil.Process:
        """Choose a worker: the one that was met, if it was one."""
        workers = self.workers()
        met = [one for one in workers if one.pid == self.met.get("pid")]
        if not workers:
            raise SuiteError("no worker to be hurt")
        return (met or [self.random.choice(workers)])[0]

    def pause(self, low_s: float, high_s: float) -> None:
        """Let some time go by."""
        time.sleep(self.random.uniform(low_s, high_s))

    @property
    def pool(self) -> Pool:
        return self.slot.pool

    @property
    def meeting(self) -> Meeting:
        return self.slot.meeting

    def clear(self, *, keep: bool) -> None:
        """Leave nothing behind; the folder for whoever looks for the reason."""
        self.meeting.clear()
        if self.run is not None:
            self.run.kill()
        if self.worker_options:
            self.pool.kill_workers()
        if not keep:
            shutil.rmtree(self.folder)
