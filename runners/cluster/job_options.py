"""What a cluster file says, as dask-jobqueue and the job scripts want it."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from distributed.security import Security

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.queue_file import ClusterFile
from maiscreen.runners.kernels import job_lines

TCP_TIMEOUT_S = 180
"""A host may be cut off for half of this and come back: what was lost is sent again by then."""

_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": f"{TCP_TIMEOUT_S}s",
    **{f"DASK_DISTRIBUTED__WORKER__MEMORY__{k}": "False" for k in ("TARGET", "SPILL", "PAUSE")},
}

_HERE = "MAISCREEN_HOST"

_NEARBY = (
    "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
    " s.connect(({host!r}, 9)); print(s.getsockname()[0])"
)
"""Prints the address by which a machine reaches a host; nothing is sent."""

DEATH_TIMEOUT_S = 120
"""A worker that finds no scheduler for so long ends, and so does its job."""


def options(asked: ClusterFile) -> dict[str, Any]:
    """Say to dask-jobqueue what the file says."""
    options: dict[str, Any] = {
        "cores": asked.cores,
        "processes": asked.cores,
        "memory": f"{asked.memory_bytes}B",
        "nanny": True,
        "interface": asked.interface or None,
        "death_timeout": DEATH_TIMEOUT_S,
        "local_directory": _quoted(asked.local_directory),
        "log_directory": _absolute(asked.log_directory),
        "python": _python(asked),
        "job_name": "maiscreen",
        "worker_extra_args": _worker_arguments(asked),
        "job_script_prologue": _prologue(asked),
        "job_extra_directives": list(asked.directives),
    }
    if asked.kind == "htcondor":
        pairs = (line.partition("=") for line in asked.directives)
        options["job_extra_directives"] = {k.strip(): v.strip() for k, _, v in pairs}
        return options | {"disk": asked.disk}
    options |= {"walltime": _clock(asked), "queue": asked.queue or None}
    options["account" if asked.kind in ("slurm", "pbs") else "project"] = asked.account or None
    if asked.kind in ("pbs", "sge"):
        options["resource_spec"] = asked.resources or None
    return options


def _prologue(asked: ClusterFile) -> list[str]:
    """Write the lines before the worker: environment, the user's own, where to listen."""
    lines = [f"export {name}={value}" for name, value in _ENVIRONMENT.items()]
    lines += [*job_lines(), *asked.prologue]
    if not asked.interface:
        # Left alone, a worker listens where the default route goes, which may be the internet.
        script = shlex.quote(_NEARBY.format(host=asked.host or "127.0.0.1"))
        # Backticks: to HTCondor $(…) is a macro of its own.
        lines.append(f"export {_HERE}=`{_python(asked)} -c {script}`")
    return lines


def _python(asked: ClusterFile) -> str:
    return shlex.quote(asked.python or sys.executable)


def _worker_arguments(asked: ClusterFile) -> list[str]:
    """Let workers leave before the walltime, not all at once; what they show, show to loopback."""
    arguments = ["--dashboard-address", "127.0.0.1:0"]
    if not asked.interface:
        arguments += ["--host", f"${_HERE}"]
    if asked.margin:
        stagger = asked.margin / 2
        lifetime = asked.walltime_s - asked.margin - stagger
        arguments += ["--lifetime", f"{lifetime:.0f}s", "--lifetime-stagger", f"{stagger:.0f}s"]
    return arguments


def _clock(asked: ClusterFile) -> str:
    """Give the walltime as the queue wants it; LSF has no seconds."""
    minutes, seconds = divmod(round(asked.walltime_s), 60)
    if asked.kind == "lsf":
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


def _quoted(text: str) -> str | None:
    return shlex.quote(text) if text else None


def _absolute(text: str) -> str | None:
    return str(Path(text).absolute()) if text else None


def _shared(asked: ClusterFile) -> Path:
    return Path(asked.shared_directory or ".").absolute()


@contextmanager
def certified(asked: ClusterFile) -> Iterator[Security | None]:
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
    """Say where the certificates lie."""
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
    """Give the files of all roles: a folder for each, or one pair for all of them."""
    auto = asked.tls == "auto"
    folder = _shared(asked) / temporary if auto else Path(asked.tls).absolute()
    paths = {"tls_ca_file": (folder if auto else folder / "client") / "ca.pem"}
    for role in ("scheduler", "worker", "client"):
        own = folder if auto else folder / role
        paths |= {f"tls_{role}_cert": own / "cert.pem", f"tls_{role}_key": own / "key.pem"}
    return paths
