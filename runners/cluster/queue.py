"""A cluster in the jobs of a queue: Slurm, PBS, SGE, LSF, HTCondor, through dask-jobqueue."""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dask
from distributed import Client

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import cluster
from maiscreen.runners.cluster.job_options import TCP_TIMEOUT_S, certified, options, security
from maiscreen.runners.cluster.queue_file import ClusterFile
from maiscreen.runners.cluster.scaling import STILLBORN, Keeper, Tally, refusal
from maiscreen.runners.cluster.watch import told_when_lost

WORKER_TTL_S = 300
"""A worker that has not been heard for so long is given up."""

SETTINGS = {
    "distributed.comm.timeouts.tcp": f"{TCP_TIMEOUT_S}s",
    "distributed.scheduler.worker-ttl": f"{WORKER_TTL_S}s",
    # Jobs are counted, and ended, by the Keeper alone.
    "distributed.deploy.lost-worker-timeout": "1000 days",
}

_NAMES = {
    "slurm": ("slurm", "SLURM", "sbatch"),
    "pbs": ("pbs", "PBS", "qsub"),
    "sge": ("sge", "SGE", "qsub"),
    "lsf": ("lsf", "LSF", "bsub"),
    "htcondor": ("htcondor", "HTCondor", "condor_submit"),
}
"""For each kind: module and class of dask-jobqueue, and what submits a job."""

_TOLD_AFTER_S, _LOOK_S = 10.0, 1.0


@contextmanager
def started(asked: ClusterFile) -> Iterator[tuple[Client, dict[str, object]]]:
    """Submit jobs, wait for the first worker, keep jobs going; cancel all of them at the end.

    Parameters
    ----------
    asked : ClusterFile
        What to ask for.

    Yields
    ------
    tuple
        The client, and how all this is to be named in a manifest: the plan is made for as many
        workers as may come. What became of the jobs is added at the end.

    Raises
    ------
    InputError
        If something is not there that is needed, the queue refuses the job, or no worker comes.
    """
    _check(asked)
    tally = Tally()
    used = {"runner": f"queue: {asked.kind}", "workers": asked.jobs * asked.cores}
    with ExitStack() as stack:
        stack.enter_context(cluster._quiet())
        stack.enter_context(dask.config.set({**cluster._SETTINGS, **SETTINGS}))
        # The scheduler's thread, and sbatch and scancel with it, do not hear Ctrl-C: they are
        # needed to end the jobs.
        with cluster._deaf_to_interrupts():
            queue = stack.enter_context(_opened(asked))
        client = stack.enter_context(Client(queue))  # type: ignore[no-untyped-call]
        keeper = queue.adapt(Adaptive=Keeper, **_keeping(asked, tally))
        try:
            queue.sync(keeper.submit, max(1, asked.least_jobs))
        except RuntimeError as error:
            raise InputError("--cluster", asked.kind, refusal(error)) from None
        _wait(client, asked, tally)
        yield client, used
        used["jobs"] = {"submitted": tally.submitted, "ended": tally.ended}


def job_script(asked: ClusterFile) -> str:
    """Give the job script as it would be submitted, with a placeholder for the scheduler."""
    _check(asked, here=False)
    protocol = "tcp" if asked.insecure else "tls"
    address = f"{protocol}://{asked.host or asked.interface or '127.0.0.1'}:{asked.port or 'PORT'}"
    given = options(asked) | {"protocol": f"{protocol}://", "security": security(asked)}
    script: str = _class(asked.kind).job_cls(address, name="job1", **given).job_script()
    return script


def _check(asked: ClusterFile, *, here: bool = True) -> None:
    """See that all is there that is needed; what submits jobs, too, unless it is not yet meant."""
    missing = [name for name in ("dask_jobqueue", "cryptography") if find_spec(name) is None]
    if missing:
        remedy = f'needs {" and ".join(missing)}: pip install "maiscreen[cluster]"'
        raise InputError("--cluster", asked.kind, remedy)
    if asked.dashboard and find_spec("bokeh") is None:
        raise InputError("dashboard", asked.dashboard, "needs bokeh: pip install bokeh")
    command = _NAMES[asked.kind][2]
    if here and shutil.which(command) is None:
        remedy = f"needs the command {command}, which is not on the PATH of this machine"
        raise InputError("kind", asked.kind, remedy)
    for key in ("shared_directory", "log_directory"):
        given = getattr(asked, key)
        if given and not Path(given).is_dir():
            raise InputError(key, given, "is no folder; make it, where workers see it too")


def _class(kind: str) -> Any:
    """Import a class of dask-jobqueue, which sets a handler of its own for Ctrl-C: exit code 0."""
    module, name, _ = _NAMES[kind]
    handler = signal.getsignal(signal.SIGINT)
    try:
        return getattr(import_module(f"dask_jobqueue.{module}"), f"{name}Cluster")
    finally:
        signal.signal(signal.SIGINT, handler)


@contextmanager
def _opened(asked: ClusterFile) -> Iterator[Any]:
    """Open the scheduler, in this process, where the file says."""
    listening: dict[str, object] = {"dashboard": bool(asked.dashboard), "port": asked.port}
    listening["dashboard_address"] = asked.dashboard or "127.0.0.1:0"
    if not asked.interface:
        listening["host"] = asked.host or "127.0.0.1"
    _check_listening(asked)
    with certified(asked) as found:
        given = options(asked) | {
            "scheduler_options": listening,
            "security": found,
            "protocol": "tcp://" if asked.insecure else "tls://",
            "silence_logs": "critical",
        }
        with _class(asked.kind)(**given) as opened:
            yield opened


def _check_listening(asked: ClusterFile) -> None:
    """See that the interface or address is one of this machine, before anything is begun."""
    if asked.interface:
        import psutil

        there = psutil.net_if_addrs()
        if asked.interface not in there:
            remedy = f"is no network interface of this machine; it has {', '.join(sorted(there))}"
            raise InputError("interface", asked.interface, remedy)
    try:
        family, kind, _, _, where = socket.getaddrinfo(
            asked.host or "127.0.0.1", asked.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        field, value = ("port", asked.port) if asked.port else ("host", asked.host)
        remedy = f"cannot be listened to on this machine: {error.strerror}"
        raise InputError(field, value, remedy) from None


def _keeping(asked: ClusterFile, tally: Tally) -> dict[str, Any]:
    """Say to the Keeper what the file says."""
    listing: tuple[str, ...] = ()
    if asked.kind == "slurm":
        listing = ("squeue", "--noheader", f"--user={os.getuid()}", "--format=%A")
    return {
        "tally": tally,
        "least": asked.least_jobs,
        "most": asked.jobs,
        "old_s": asked.walltime_s - 2.5 * max(asked.usual_margin, asked.margin),
        "listing": listing,
    }


def _wait(client: Client, asked: ClusterFile, tally: Tally) -> None:
    """Wait for the first worker; say so while it lasts."""
    begun, told = time.monotonic(), False
    while not _has_worker(client):
        waited = time.monotonic() - begun
        if tally.stillborn >= STILLBORN:
            remedy = f"{tally.stillborn} jobs ended before a worker came; their log says why"
            raise InputError("--cluster", asked.kind, remedy)
        if waited > asked.wait_s:
            raise InputError("wait", f"{asked.wait_s:.0f} s", "have passed, and no job has begun")
        if waited > _TOLD_AFTER_S and not told and sys.stderr is not None:
            told = True
            print("maiscreen: waiting for the queue to begin a job", file=sys.stderr)


def _has_worker(client: Client) -> bool:
    with told_when_lost():
        try:
            client.wait_for_workers(1, timeout=_LOOK_S)
        except TimeoutError:
            return False
        return True
