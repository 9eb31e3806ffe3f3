"""The faults: when each strikes, what it does, and what is put right before the command again."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import damage
import disk
import psutil
from campaign import ROWS
from pool import MEMORY_MIB, WORKERS
from scene import Scene, SuiteError

Step = Callable[[Scene], None]

TASKS = ("begin", "task", "part", "receipt")
WRITES = ("part", "receipt", "outputs")
ALL = ("start", *TASKS, "ranking", "outputs")
CLUSTERS = ("local", "external")
ANYHOW = ("serial", *CLUSTERS)

HANG_LIMIT_S = "20"
"""Long enough for a fresh worker on a busy machine to read its data and do its first task."""


def nothing(scene: Scene) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes
    ----------
    strike : callable
        What happens at the moment; whoever was met waits meanwhile.
    moments : tuple of str
        When it may strike; none if a candidate is what is wrong, or nothing before the end.
    hows, kinds : tuple of str
        Where it can happen.
    prepare, mend, after : callable
        Before the first run; when it has ended; when one has said complete.
    again : bool
        Whether the command is given again even if the first run said complete.
    fails : bool
        Whether a candidate is expected to fail, and no other.
    needs : str
        Option of the command line without which it cannot be survived.
    quick : bool
        Whether the short version plays it.
    """

    strike: Step
    moments: tuple[str, ...] = TASKS
    hows: tuple[str, ...] = CLUSTERS
    kinds: tuple[str, ...] = ("narrow", "wide")
    prepare: Step = nothing
    mend: Step = nothing
    after: Step = nothing
    again: bool = False
    fails: bool = False
    needs: str = ""
    quick: bool = False


def send(process: psutil.Process | int, number: signal.Signals) -> None:
    pid = process if isinstance(process, int) else process.pid
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def stopped(scene: Scene, pid: int) -> None:
    """Stop a process for some seconds while the others go on."""
    send(pid, signal.SIGSTOP)
    scene.meeting.release()
    scene.pause(1, 6)
    send(pid, signal.SIGCONT)


def kill_worker(scene: Scene) -> None:
    send(scene.victim(), signal.SIGKILL)


def stop_worker(scene: Scene) -> None:
    stopped(scene, scene.victim().pid)


def kill_nanny(scene: Scene) -> None:
    """Leave a worker without the process that looks after it."""
    parent = scene.victim().parent()
    if parent is not None:
        parent.kill()


def kill_all_workers(scene: Scene) -> None:
    """Have no worker for a while, then others."""
    if scene.how == "local":  # whose nannies are in the client, and start others
        for worker in scene.workers():
            send(worker, signal.SIGKILL)
        return
    scene.pool.kill_workers()
    scene.meeting.release()
    scene.pause(0.5, 4)
    scene.pool.add_workers(WORKERS)


def kill_scheduler(scene: Scene) -> None:
    """End the scheduler; start another at the same address."""
    scheduler = scene.pool.scheduler
    assert scheduler is not None
    scheduler.kill()
    scheduler.wait()
    scene.meeting.release()
    scene.pause(0.2, 3)
    scene.pool.start_scheduler()


def signalled(number: signal.Signals) -> Step:
    def strike(scene: Scene) -> None:
        assert scene.run is not None
        send(scene.run.process.pid, number)

    return strike


def interrupt(scene: Scene) -> None:
    """Press Ctrl-C: a terminal sends it to all processes of the command."""
    assert scene.run is not None
    with suppress(ProcessLookupError):
        os.killpg(scene.run.process.pid, signal.SIGINT)


def stop_client(scene: Scene) -> None:
    assert scene.run is not None
    stopped(scene, scene.run.process.pid)


def power_cut(scene: Scene) -> None:
    """End every process at once."""
    assert scene.run is not None
    workers = scene.workers()
    scene.run.kill()
    for worker in workers:
        send(worker, signal.SIGKILL)
    if scene.how == "external":
        scene.pool.down()


def network(word: str) -> Step:
    def strike(scene: Scene) -> None:
        scene.pool.say(word)
        scene.meeting.release()
        scene.pause(0.5, 8)
        scene.pool.say("open")

    return strike


def short_lives(scene: Scene) -> None:
    """Give the workers a walltime of seconds, after which others take their places.

    Long enough for a task on a slow machine: with less, no campaign would ever end.
    """
    scene.pool.kill_workers()
    lifetime = f"{scene.random.uniform(8, 20):.1f}s"
    scene.worker_options += ["--lifetime", lifetime, "--lifetime-stagger", "2s"]
    scene.worker_options += ["--lifetime-restart"]
    scene.notes.append(lifetime)


def end_worker(scene: Scene) -> None:
    """Tell a worker to end, as a batch system does at the walltime; another comes."""
    parent = scene.victim().parent()
    if parent is not None:
        send(parent, signal.SIGTERM)
    scene.meeting.release()
    scene.pause(0.5, 3)
    scene.pool.add_workers(1)


def misbehaving(*whats: str, once: bool) -> Step:
    def prepare(scene: Scene) -> None:
        row = scene.random.choice(ROWS[scene.kind])
        what = scene.random.choice(whats)
        scene.row, scene.fails = row, not once
        scene.notes.append(f"candidate {row} {what}")
        scene.meeting.ask(row, what, once=once, mib=MEMORY_MIB)
        if what == "hangs":
            scene.options += ["--task-timeout", HANG_LIMIT_S]

    return prepare


def jump_clock(scene: Scene) -> None:
    jump_s = scene.random.choice((3600, 86400)) * scene.random.choice((1, -1))
    scene.notes.append(f"by {jump_s} s")
    scene.meeting.jump(jump_s)
    scene.pause(0.1, 0.5)


def second_run(scene: Scene) -> None:
    """Give the same command while the first is at work."""
    other = scene.start()
    scene.pause(0, 8)
    scene.meeting.release()
    scene.notes.append(f"the other ended with {other.ended()}")
    other.kill()


def straggler(scene: Scene) -> None:
    """Let a worker of the first run write its part when another run has done everything."""
    assert scene.run is not None
    send(scene.run.process.pid, signal.SIGKILL)
    scene.end(scene.run)
    other = scene.start("local")
    scene.end(other)
    other.kill()
    if not scene.complete():
        raise SuiteError(f"not complete beside a straggler: exit code {scene.codes[-1]}")
    before = _times(scene)
    scene.meeting.release()
    end = time.monotonic() + 10
    while _times(scene) == before and time.monotonic() < end:
        time.sleep(0.05)
    scene.pause(0.5, 0.6)
    scene.notes.append("written late" if _times(scene) != before else "not written")
    scene.notes.append(f"verify {scene.verify()}")


def _times(scene: Scene) -> dict[str, int]:
    files = [*scene.out.glob("candidates/*"), *scene.out.glob(".maiscreen/*/*")]
    return {str(path): path.stat().st_mtime_ns for path in files}


def _damage(mend: Step, *kinds: str, moments: tuple[str, ...] = (), quick: bool = False) -> Fault:
    """Make the fault of damaged files: those of a run that was killed, or of one that is done."""
    return Fault(
        signalled(signal.SIGKILL),
        moments,
        ANYHOW,
        kinds or ("narrow", "wide"),
        mend=mend,
        again=True,
        quick=quick,
    )


def _row(*whats: str, once: bool, needs: str = "", hows: tuple[str, ...] = ("local",)) -> Fault:
    prepare = misbehaving(*whats, once=once)
    # The limit of time is waited for at each level of the search for the row: few levels.
    kinds = ("narrow",) if whats == ("hangs",) and not once else ("narrow", "wide")
    return Fault(nothing, (), hows, kinds, prepare=prepare, fails=not once, needs=needs)


KILL, TERM = signal.SIGKILL, signal.SIGTERM
LATE = ("later", "ranking", "outputs")

FAULTS = {
    "worker killed": Fault(kill_worker, quick=True),
    "worker stopped": Fault(stop_worker),
    "nanny gone": Fault(kill_nanny, hows=("external",)),
    "all workers gone": Fault(kill_all_workers),
    "scheduler killed": Fault(kill_scheduler, hows=("external",)),
    "client killed": Fault(signalled(KILL), ALL, ANYHOW, quick=True),
    "client told to end": Fault(signalled(TERM), ALL, ANYHOW),
    "client interrupted": Fault(interrupt, ALL, ANYHOW, quick=True),
    "client stopped": Fault(stop_client, ALL, ANYHOW),
    "everything killed": Fault(power_cut, ALL, ANYHOW),
    "network cut": Fault(network("cut"), hows=("external",)),
    "network frozen": Fault(network("freeze"), hows=("external",)),
    "walltime": Fault(nothing, (), ("external",), prepare=short_lives),
    "worker told to end": Fault(end_worker, hows=("external",)),
    "out of memory once": _row("memory", once=True, hows=CLUSTERS),
    "out of memory": _row("memory", once=False),
    "crash once": _row("SIGSEGV", "SIGABRT", "SIGKILL", once=True, hows=CLUSTERS),
    "crash": _row("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", once=False),
    "hang once": _row("hangs", once=True, needs="--task-timeout", hows=CLUSTERS),
    "hang": _row("hangs", once=False, needs="--task-timeout"),
    "disk full": Fault(
        disk.fill, WRITES, ANYHOW, prepare=disk.prepare, mend=disk.empty, quick=True
    ),
    "folder read-only": Fault(
        disk.close, WRITES, ANYHOW, prepare=disk.prepare, mend=disk.unlock, quick=True
    ),
    "part damaged": _damage(damage.part_damaged, moments=LATE, quick=True),
    "part truncated": _damage(damage.part_truncated, moments=LATE),
    "part removed": _damage(damage.part_removed, moments=LATE),
    "receipt removed": _damage(damage.receipt_removed, moments=LATE),
    "receipt damaged": _damage(damage.receipt_damaged, moments=LATE),
    "stray part": _damage(damage.stray_part, "wide", moments=LATE),
    "ranking damaged": _damage(damage.ranking_damaged),
    "manifest half": _damage(damage.manifest_half, quick=True),
    "any file flipped": _damage(damage.any_flipped, moments=LATE),
    "clock jump": Fault(jump_clock, ALL, CLUSTERS),
    "two runs": Fault(second_run, ALL, ANYHOW),
    "straggler": Fault(straggler, ("part", "receipt"), ("external",), ("wide",), again=True),
}
