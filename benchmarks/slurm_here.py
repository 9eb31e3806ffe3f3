"""A real Slurm on this machine, for as long as a command runs: munged, slurmctld and slurmd.

    apt-get install slurmctld slurmd slurm-client munge        # Debian's packages
    python benchmarks/slurm_here.py maiscreen run wide.toml --out wide --cluster slurm.yaml

Needs root, and neither systemd nor cgroups. Nothing of the machine's own settings is read or
changed: configuration, key, state and logs lie in a temporary folder, which goes afterwards. All
listens on loopback.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "setpriv")
"""Commands, and what brings them."""

REMEDY = "apt-get install slurmctld slurmd slurm-client munge"

PATIENCE_S = 60

# Whoever is over the walltime is killed within the minute: no grace, two seconds from TERM to KILL.
CONFIGURATION = """\
ClusterName=here
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller}
SlurmdPort={daemon}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobs.txt
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/builtin
SlurmdParameters=config_overrides
PropagateResourceLimits=NONE
ReturnToService=2
MessageTimeout=30
KillWait=2
OverTimeLimit=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mib} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@contextmanager
def slurm(cpus: int = 2, memory_mib: int = 4000) -> Iterator[dict[str, str]]:
    """Start Slurm on this machine and end it, with its jobs.

    Parameters
    ----------
    cpus, memory_mib : int
        What the one node has to give away.

    Yields
    ------
    dict of str to str
        Environment for Slurm's commands.
    """
    missing = [name for name in NEEDED if not shutil.which(name, path=_path())]
    if missing:
        raise SystemExit(f"{', '.join(missing)} cannot be found; {REMEDY}")
    if os.geteuid():
        raise SystemExit("a Slurm of one's own needs root")
    with tempfile.TemporaryDirectory(prefix="slurm-here-") as name, ExitStack() as stack:
        folder = Path(name)
        # munged wants folders that others can enter; its key it wants for itself.
        folder.chmod(0o755)
        environment = {
            **os.environ,
            "PATH": _path(),
            "SLURM_CONF": str(_written(folder, cpus, memory_mib)),
        }
        for command in _daemons(folder):
            stack.enter_context(_running(command, environment, folder))
        stack.callback(_end_jobs, environment)
        _wait_for_node(folder, environment)
        yield environment


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def _written(folder: Path, cpus: int, memory_mib: int) -> Path:
    for name in ("state", "spool"):
        (folder / name).mkdir(mode=0o755)
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    controller, daemon = _free_ports(2)
    path = folder / "slurm.conf"
    path.write_text(
        CONFIGURATION.format(
            folder=folder,
            host=socket.gethostname().partition(".")[0],
            controller=controller,
            daemon=daemon,
            cpus=cpus,
            memory_mib=memory_mib,
        )
    )
    return path


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _daemons(folder: Path) -> list[list[str]]:
    munge = {
        "key-file": folder / "munge.key",
        "socket": folder / "munge.socket",
        "pid-file": folder / "munge.pid",
        "seed-file": folder / "munge.seed",
        "log-file": folder / "munge.log",
    }
    munged = ["munged", "--foreground", "--num-threads=1"]
    # The folder lies under /tmp, which all may write to: munged wants that to be told.
    munged += ["--force", *(f"--{name}={path}" for name, path in munge.items())]
    return [munged, ["slurmctld", "-D", "-c"], ["slurmd", "-D", "-c"]]


@contextmanager
def _running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    """Run a daemon in the foreground; end it, gently at first."""
    with (folder / f"{command[0]}.out").open("wb") as out:
        process = subprocess.Popen(
            # Whatever becomes of this process, none is left behind.
            ["setpriv", "--pdeathsig", "TERM", *command],
            env=environment,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the command that runs, which still needs Slurm to cancel its jobs.
            start_new_session=True,
        )
        try:
            if command[0] == "munged":
                _wait_for(folder / "munge.socket")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while not path.exists():
        if time.monotonic() > until:
            raise SystemExit(f"{path.name} does not appear:\n{_logs(path.parent)}")
        time.sleep(0.05)


def _wait_for_node(folder: Path, environment: dict[str, str]) -> None:
    command = ["sinfo", "--noheader", "--format=%T"]
    until = time.monotonic() + PATIENCE_S
    while True:
        answer = subprocess.run(command, env=environment, capture_output=True, text=True)
        if answer.stdout.strip() == "idle":
            return
        if time.monotonic() > until:
            raise SystemExit(f"no node: {answer.stdout}{answer.stderr}\n{_logs(folder)}")
        time.sleep(0.2)


def _end_jobs(environment: dict[str, str]) -> None:
    """Cancel what is left, and wait until nothing of it runs."""
    subprocess.run(["scancel", "--user=root"], env=environment, check=False)
    until = time.monotonic() + PATIENCE_S
    while (
        time.monotonic() < until
        and subprocess.run(
            ["squeue", "--noheader"], env=environment, capture_output=True
        ).stdout.strip()
    ):
        time.sleep(0.2)


def _logs(folder: Path) -> str:
    paths = [*folder.glob("*.log"), *folder.glob("*.out")]
    return "\n".join(f"== {p.name}\n{p.read_text(errors='replace')[-2000:]}" for p in paths)


def main(arguments: list[str]) -> int:
    """Run a command beside a Slurm; give its exit code."""
    if not arguments:
        raise SystemExit(__doc__)
    with slurm(cpus=os.cpu_count() or 1) as environment:
        process = subprocess.Popen(arguments, env=environment)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # The command heard it too, and cancels its jobs.
                continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
