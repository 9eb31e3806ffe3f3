"""A cluster in the jobs of a queue: Slurm, PBS, SGE, LSF, HTCondor, through dask-jobqueue."""

import os
import shlex
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
from tempfile import TemporaryDirectory
from typing import Any

import dask
from distributed import Client
from distributed.security import Security

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.process_settings import QUIET_DASK, SharedSettings, deaf_processes
from maiscreen.runners.cluster.queue_file import ClusterFile
from maiscreen.runners.cluster.scaling import STILLBORN, JobCounts, QueueScaling, refusal
from maiscreen.runners.cluster.watch import lost_scheduler_as_error
from maiscreen.runners.interrupts import held, patience
from maiscreen.runners.kernels import job_lines

TCP_TIMEOUT_S = 180
"""A host may be cut off for half of this and come back: what was lost is sent again by then."""

_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": f"{TCP_TIMEOUT_S}s",
    **{f"DASK_DISTRIBUTED__WORKER__MEMORY__{k}": "False" for k in ("TARGET", "SPILL", "PAUSE")},
}

_HOST_VARIABLE = "MAISCREEN_HOST"

_NEARBY = (
    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
    " s.connect(({host!r}, 9)); print(s.getsockname()[0])"
)
"""Prints the address by which a machine reaches a host; nothing is sent."""

DEATH_TIMEOUT_S = 120
"""A worker that finds no scheduler for so long ends, and so does its job."""


def jobqueue_options(asked: ClusterFile) -> dict[str, Any]:
    """Return the options of dask-jobqueue that the file asks for."""
    arguments: dict[str, Any] = {
        "cores": asked.cores,
        "processes": asked.cores,
        "memory": f"{asked.memory_bytes}B",
        "nanny": True,
        "interface": asked.interface or None,
        "death_timeout": DEATH_TIMEOUT_S,
        "local_directory": _quote(asked.local_directory),
        "log_directory": _absolute(asked.log_directory),
        "python": _python(asked),
        "job_name": "maiscreen",
        "worker_extra_args": _worker_arguments(asked),
        "job_script_prologue": _prologue(asked),
        "job_extra_directives": list(asked.directives),
    }
    if asked.kind == "htcondor":
        pairs = (line.partition("=") for line in asked.directives)
        arguments["job_extra_directives"] = {k.strip(): v.strip() for k, _, v in pairs}
        return arguments | {"disk": asked.disk}
    arguments |= {"walltime": _walltime_text(asked), "queue": asked.queue or None}
    arguments["account" if asked.kind in ("slurm", "pbs") else "project"] = asked.account or None
    if asked.kind in ("pbs", "sge"):
        arguments["resource_spec"] = asked.resources or None
    return arguments


def _prologue(asked: ClusterFile) -> list[str]:
    """Write the lines before the worker: environment, the user's own, where to listen."""
    lines = [f"export {name}={value}" for name, value in _ENVIRONMENT.items()]
    lines += [*job_lines(), *asked.prologue]
    if not asked.interface:
        # Left alone, a worker listens where the default route goes, which may be the internet.
        script = shlex.quote(_NEARBY.format(host=asked.host or "127.0.0.1"))
        # Backticks: to HTCondor $(…) is a macro of its own.
        lines.append(f"export {_HOST_VARIABLE}=`{_python(asked)} -c {script}`")
    return lines


def _python(asked: ClusterFile) -> str:
    return shlex.quote(asked.python or sys.executable)


def _worker_arguments(asked: ClusterFile) -> list[str]:
    """Let workers leave before the walltime, not all at once; what they show, show to loopback."""
    arguments = ["--dashboard-address", "127.0.0.1:0"]
    if not asked.interface:
        arguments += ["--host", f"${_HOST_VARIABLE}"]
    if asked.margin:
        stagger = asked.margin / 2
        lifetime = asked.walltime_s - asked.margin - stagger
        arguments += ["--lifetime", f"{lifetime:.0f}s", "--lifetime-stagger", f"{stagger:.0f}s"]
    return arguments


def _walltime_text(asked: ClusterFile) -> str:
    """Return the walltime as the queue wants it; LSF has no seconds."""
    minutes, seconds = divmod(round(asked.walltime_s), 60)
    if asked.kind == "lsf":
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _quote(text: str) -> str | None:
    return shlex.quote(text) if text else None


def _absolute(text: str) -> str | None:
    return str(Path(text).absolute()) if text else None


def _shared(asked: ClusterFile) -> Path:
    return Path(asked.shared_directory or ".").absolute()


@contextmanager
def cluster_security(asked: ClusterFile) -> Iterator[Security | None]:
    """Take the certificates of the file, or make some for as long as the run."""
    if asked.insecure or asked.tls != "auto":
        yield security(asked)
        return
    # dask-jobqueue would write them too, and leave it to the garbage collector when they go.
    with TemporaryDirectory(prefix=".maiscreen-tls-", dir=_shared(asked)) as name:
        made = Security.temporary()  # type: ignore[no-untyped-call]
        for field, path in _certificates(asked, Path(name)).items():
            path.touch(mode=0o600)
            path.write_text(getattr(made, field))
        yield security(asked, Path(name))


def security(asked: ClusterFile, temporary: Path = Path("TEMPORARY")) -> Security | None:
    """State where the certificates lie."""
    if asked.insecure:
        return None
    paths = _certificates(asked, temporary)
    for path in paths.values():
        if asked.tls != "auto" and not path.is_file():
            name = path.relative_to(Path(asked.tls).absolute())
            remedy = f"holds no {name}; make them with: maiscreen cluster certificates"
            raise InputError("tls", asked.tls, remedy)
    given = {field: str(path) for field, path in paths.items()}
    return Security(require_encryption=True, **given)  # type: ignore[no-untyped-call]


def _certificates(asked: ClusterFile, temporary: Path) -> dict[str, Path]:
    """Return the files of all roles: a folder for each, or one pair for all of them."""
    auto = asked.tls == "auto"
    folder = _shared(asked) / temporary if auto else Path(asked.tls).absolute()
    paths = {"tls_ca_file": (folder if auto else folder / "client") / "ca.pem"}
    for role in ("scheduler", "worker", "client"):
        own = folder if auto else folder / role
        paths |= {f"tls_{role}_cert": own / "cert.pem", f"tls_{role}_key": own / "key.pem"}
    return paths


WORKER_TTL_S = 300
"""A worker that has not been heard for so long is given up."""

SETTINGS = {
    "distributed.comm.timeouts.tcp": f"{TCP_TIMEOUT_S}s",
    "distributed.scheduler.worker-ttl": f"{WORKER_TTL_S}s",
    # Jobs are counted, and ended, by QueueScaling alone.
    "distributed.deploy.lost-worker-timeout": "1000 days",
}

_QUEUE_SETTINGS = SharedSettings(lambda: dask.config.set(SETTINGS))

_NAMES = {
    "slurm": ("slurm", "SLURM", "sbatch"),
    "pbs": ("pbs", "PBS", "qsub"),
    "sge": ("sge", "SGE", "qsub"),
    "lsf": ("lsf", "LSF", "bsub"),
    "htcondor": ("htcondor", "HTCondor", "condor_submit"),
}
"""For each kind: module and class of dask-jobqueue, and what submits a job."""

_TOLD_AFTER_S, _LOOK_S = 10.0, 1.0

CANCELLING_S = 60.0
"""Time to cancel all jobs after Ctrl-C; those that are left then end by themselves."""


@contextmanager
def start_queue(asked: ClusterFile) -> Iterator[tuple[Client, dict[str, object]]]:
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
    counts = JobCounts()
    used = {"runner": f"queue: {asked.kind}", "workers": asked.jobs * asked.cores}
    with ExitStack() as stack:
        stack.enter_context(QUIET_DASK.use())
        stack.enter_context(_QUEUE_SETTINGS.use())
        # The scheduler's thread, and sbatch and scancel with it, do not hear Ctrl-C: they are
        # needed to end the jobs.
        stack.enter_context(patience(CANCELLING_S))
        with held(), deaf_processes():
            queue = stack.enter_context(_open_scheduler(asked))
            client = stack.enter_context(Client(queue))  # type: ignore[no-untyped-call]
        scaling = queue.adapt(Adaptive=QueueScaling, **_scaling_options(asked, counts))
        try:
            queue.sync(scaling.submit, max(1, asked.least_jobs))
        except RuntimeError as error:
            raise InputError("--cluster", asked.kind, refusal(error)) from None
        _await_first_worker(client, asked, counts)
        yield client, used
        used["jobs"] = {"submitted": counts.submitted, "ended": counts.ended}


def job_script(asked: ClusterFile) -> str:
    """Return the job script as it would be submitted, with a placeholder for the scheduler."""
    _check(asked, here=False)
    protocol = "tcp" if asked.insecure else "tls"
    address = f"{protocol}://{asked.host or asked.interface or '127.0.0.1'}:{asked.port or 'PORT'}"
    given = jobqueue_options(asked) | {"protocol": f"{protocol}://", "security": security(asked)}
    script: str = _class(asked.kind).job_cls(address, name="job1", **given).job_script()
    return script


def _check(asked: ClusterFile, *, here: bool = True) -> None:
    """Check that all that is needed is there; what submits jobs too, unless told otherwise."""
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
def _open_scheduler(asked: ClusterFile) -> Iterator[Any]:
    """Open the scheduler, in this process, where the file says."""
    listening: dict[str, object] = {"dashboard": bool(asked.dashboard), "port": asked.port}
    listening["dashboard_address"] = asked.dashboard or "127.0.0.1:0"
    if not asked.interface:
        listening["host"] = asked.host or "127.0.0.1"
    _check_listening(asked)
    with cluster_security(asked) as tls:
        settings = jobqueue_options(asked) | {
            "scheduler_options": listening,
            "security": tls,
            "protocol": "tcp://" if asked.insecure else "tls://",
            "silence_logs": "critical",
        }
        with _class(asked.kind)(**settings) as opened:
            yield opened


def _check_listening(asked: ClusterFile) -> None:
    """Check that the interface or address is one of this machine, before anything is begun."""
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


def _scaling_options(asked: ClusterFile, counts: JobCounts) -> dict[str, Any]:
    """Return the options of QueueScaling that the file asks for."""
    listing: tuple[str, ...] = ()
    if asked.kind == "slurm":
        listing = ("squeue", "--noheader", f"--user={os.getuid()}", "--format=%A")
    return {
        "counts": counts,
        "least": asked.least_jobs,
        "most": asked.jobs,
        "old_s": asked.walltime_s - 2.5 * max(asked.usual_margin, asked.margin),
        "listing": listing,
    }


def _await_first_worker(client: Client, asked: ClusterFile, counts: JobCounts) -> None:
    """Wait for the first worker; say so while it lasts."""
    begun, announced = time.monotonic(), False
    while not _has_worker(client):
        waited = time.monotonic() - begun
        if counts.stillborn >= STILLBORN:
            remedy = f"{counts.stillborn} jobs ended before a worker came; their log says why"
            raise InputError("--cluster", asked.kind, remedy)
        if waited > asked.wait_s:
            raise InputError("wait", f"{asked.wait_s:.0f} s", "have passed, and no job has begun")
        if waited > _TOLD_AFTER_S and not announced and sys.stderr is not None:
            announced = True
            print("maiscreen: waiting for the queue to begin a job", file=sys.stderr)


def _has_worker(client: Client) -> bool:
    with lost_scheduler_as_error():
        try:
            client.wait_for_workers(1, timeout=_LOOK_S)
        except TimeoutError:
            return False
        return True
