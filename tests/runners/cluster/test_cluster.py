"""Real clusters on one machine: Slurm, and hosts in network namespaces. Needs root.

The four long campaigns, of tasks that mostly sleep, run beside each other.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from network import HEAD, Network, network
from wide_faults import nap
from wide_folders import same

from maiscreen.runners.cli import main
from maiscreen.runners.cluster.queue import start_queue as running_jobs
from maiscreen.runners.cluster.queue_file import read_cluster_file
from maiscreen.runners.cluster.scaling import IDLE_S

pytestmark = pytest.mark.cluster

HERE = Path(__file__).parents[1]

SCRIPTS = Path(sys.executable).parent

CUT_S = 60.0

WALLTIME = "walltime: 00:01:00"

TWO_JOBS, TWO_WORKERS = "jobs: 2\ncores: 1", "jobs: 1\ncores: 2"

PATIENCE_S = 600.0


def slurm_here() -> Any:
    path = HERE.parents[1] / "benchmarks" / "slurm_here.py"
    spec = importlib.util.spec_from_file_location("slurm_here", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def slurm() -> Iterator[dict[str, str]]:
    """A Slurm that believes in six processors; its commands work in this process, too."""
    with slurm_here().slurm(cpus=6, memory_mib=16384) as environment:
        before = dict(os.environ)
        os.environ.update(environment, OMP_NUM_THREADS="1", PYTHONPATH=str(HERE))
        yield dict(os.environ)
        os.environ.clear()
        os.environ.update(before)


REFERENCE = """
import sys
from maiscreen.runners.kernels import pin
pin()
from cluster_client import FEW
from maiscreen.runners.runs.campaign import run_campaign
run_campaign(FEW, sys.argv[1], serially=True)
"""


@pytest.fixture(scope="module")
def reference(slurm: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The campaign in a process by itself, with the kernels that jobs ask for."""
    out = tmp_path_factory.mktemp("cluster") / "reference"
    subprocess.run([sys.executable, "-c", REFERENCE, out], check=True)
    return out


def cluster_file(folder: Path, name: str, more: str = WALLTIME, shape: str = TWO_JOBS) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(
        f"kind: slurm\n{shape}\nmemory: 2 GiB\n"
        f"shared_directory: {folder}\nlog_directory: {folder}\n{more}\n"
    )
    return path


def states(slurm: dict[str, str], folder: Path) -> list[str]:
    """Say what became of the jobs whose logs are in a folder."""
    numbers = {path.stem.partition("-")[2] for path in folder.glob("maiscreen-*.err")}
    lines = (Path(slurm["SLURM_CONF"]).parent / "jobs.txt").read_text().splitlines()
    jobs = [dict(pair.split("=", 1) for pair in line.split() if "=" in pair) for line in lines]
    return sorted(one["JobState"] for one in jobs if one["JobId"] in numbers)


def queue(slurm: dict[str, str]) -> str:
    command = ["squeue", "--noheader", "--format=%A %T"]
    return subprocess.run(command, env=slurm, capture_output=True, text=True, check=True).stdout


def wait_until(true: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


@contextmanager
def running(
    command: list[str], log: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the test; end it, and what it started, with the test."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, env=environment, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


Started = dict[str, tuple[Path, "subprocess.Popen[bytes]", Network | None]]


def baseline_kernels() -> dict[str, str]:
    """Give what a worker of one's own needs to have the kernels of the command."""
    code = (
        "import json\nfrom maiscreen.runners.kernels import pin\n"
        "asked = {}\npin(asked)\nprint(json.dumps(asked))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    asked: dict[str, str] = json.loads(done.stdout)
    return asked


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, slurm: dict[str, str]) -> Iterator[Started]:
    """The four campaigns, begun."""
    found: Started = {}
    with ExitStack() as stack:
        asked = {
            "leave": ("walltime: 2 min", TWO_WORKERS),
            "killed": (f"{WALLTIME}\nmargin: 0", TWO_JOBS),
        }
        for name, (more, shape) in asked.items():
            folder = tmp_path_factory.mktemp(name)
            how = {"cluster": str(cluster_file(folder, name, more, shape))}
            found[name] = (folder, stack.enter_context(client(folder, how, slurm)), None)
        for name, timeouts_s in {"short": (180, 300), "long": (15, 20)}.items():
            folder = tmp_path_factory.mktemp(name)
            hosts = stack.enter_context(network(name[0], "a", "b"))
            environment = {
                **slurm,
                **baseline_kernels(),
                "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": f"{timeouts_s[0]}s",
                "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{timeouts_s[1]}s",
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            }
            stack.enter_context(dask(hosts, folder, environment))
            how = {"scheduler": "tcp://127.0.0.1:8786"}
            process = stack.enter_context(client(folder, how, environment, hosts))
            found[name] = (folder, process, hosts)
        yield found


@contextmanager
def client(
    folder: Path, how: dict[str, str], environment: dict[str, str], hosts: Network | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        sys.executable,
        str(HERE / "cluster_client.py"),
        str(folder / "out"),
        json.dumps(how),
    ]
    command = command if hosts is None else hosts.on("head", *command)
    with running(command, folder / "client.log", environment) as process:
        yield process


@contextmanager
def dask(hosts: Network, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start the stock commands: a scheduler on the head, a worker for ever on each host."""
    module = f"{sys.executable} -m distributed.cli"
    # All of the head's addresses: the client takes its loopback.
    command = ["bash", "-c", f"exec {module}.dask_scheduler --host 0.0.0.0 --no-dashboard"]
    with ExitStack() as stack:
        log = folder / "scheduler.log"
        stack.enter_context(running(hosts.on("head", *command), log, environment))
        for host in ("a", "b"):
            worker = (
                f"{module}.dask_worker tcp://{HEAD}:8786 --nthreads 1 --no-dashboard"
                f" --death-timeout 60 --local-directory {folder}/{host}"
            )
            loop = ["bash", "-c", f"while true; do {worker}; sleep 1; done"]
            own = {**environment, "TASK_LOG": str(folder / f"tasks-{host}")}
            log = folder / f"worker-{host}.log"
            stack.enter_context(running(hosts.on(host, *loop), log, own))
        yield


def result(folder: Path, process: "subprocess.Popen[bytes]", reference: Path) -> dict[str, Any]:
    """Wait for the end of a campaign; see that its tables are the undisturbed ones."""
    code = process.wait(PATIENCE_S)
    log = (folder / "client.log").read_text()
    assert code == 0, log
    same(folder / "out", reference)
    told: dict[str, Any] = json.loads(log.splitlines()[-1])
    assert told["failed"] == 0
    return told


def tasks(folder: Path, host: str) -> list[float]:
    """Give the times at which a host ended its tasks."""
    path = folder / f"tasks-{host}"
    return [float(line) for line in path.read_text().split()] if path.exists() else []


def test_a_host_cut_off_for_a_minute(
    started: Started, reference: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the settings of the page its connections outlive that; with less, it joins anew."""
    for name in ("short", "long"):
        folder, process, _ = started[name]
        wait_until(lambda folder=folder: len(tasks(folder, "a")) >= 3)  # type: ignore[misc]
    for name in ("short", "long"):
        hosts = started[name][2]
        assert hosts is not None
        hosts.unplug("a")
    cut = time.time()
    wait_until(lambda: time.time() - cut > CUT_S, 2 * CUT_S)
    for name in ("short", "long"):
        hosts = started[name][2]
        assert hosts is not None
        hosts.plug("a")
    back = time.time()
    for name in ("short", "long"):
        folder, process, _ = started[name]
        told = result(folder, process, reference)
        starts = (folder / "worker-a.log").read_text().count("Start worker at")
        after = [moment - back for moment in tasks(folder, "a") if moment > back]
        with capsys.disabled():
            print(f"\n{name}: {told}, worker begun {starts} times, at work after {after[:1]} s")
        assert starts == 1 if name == "short" else starts > 1
        assert after, "the host did no task after it came back"


@pytest.mark.parametrize(
    ("name", "state", "least"), [("leave", "COMPLETED", 1), ("killed", "TIMEOUT", 2)]
)
def test_a_walltime_shorter_than_the_campaign(
    started: Started,
    reference: Path,
    slurm: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    name: str,
    state: str,
    least: int,
) -> None:
    """Jobs leave before their walltime, or are killed at it; others go on, nothing changes."""
    folder, process, _ = started[name]
    told = result(folder, process, reference)
    wait_until(lambda: len(states(slurm, folder)) == told["jobs"]["submitted"])
    found = states(slurm, folder)
    with capsys.disabled():
        print(f"\n{name}: {told}, {found}")
    assert found.count(state) >= least
    assert len(found) > least


def heard(folder: Path) -> set[str]:
    """Give the addresses at which the client and its workers listen."""
    workers = [
        one for one in psutil.process_iter(["cmdline"]) if str(folder) in str(one.info["cmdline"])
    ]
    assert any("dask_worker" in str(one.info["cmdline"]) for one in workers)
    everyone = {*workers, *(child for one in workers for child in one.children(recursive=True))}
    connections = [link for one in everyone for link in one.net_connections("inet")]
    return {link.laddr.ip for link in connections if link.status == psutil.CONN_LISTEN}


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_no_job_outlives_its_client(
    tmp_path: Path, slurm: dict[str, str], started: Started, number: int, code: int
) -> None:
    for _, process, _ in started.values():
        process.wait(PATIENCE_S)
    wait_until(lambda: not queue(slurm))
    path, out = cluster_file(tmp_path, "mine", "walltime: 1 h", TWO_WORKERS), tmp_path / "out"
    # A shell's & leaves its children deaf to Ctrl-C.
    command = ["env", "--default-signal=INT", str(SCRIPTS / "maiscreen"), "run"]
    command += ["--out", str(out), "--cluster", str(path)]
    sets = ["fidelity='F0'", "space.blends=3", "space.limit=5000000", "samples=100"]
    command += [word for one in sets for word in ("--set", one)]
    with running([*command, "--quiet"], tmp_path / "log", slurm) as process:
        wait_until(lambda: any(out.glob("candidates/*.parquet")))
        assert heard(tmp_path) == {"127.0.0.1"}
        process.send_signal(number)
        assert process.wait(180) == code, (tmp_path / "log").read_text()
        if number != signal.SIGKILL:
            assert "RUNNING" not in queue(slurm)
            assert not list(tmp_path.glob(".maiscreen-tls-*"))
        # Those that still waited are among them: cancelled, or ended by themselves.
        wait_until(lambda: not queue(slurm), 400)


def test_jobs_follow_the_tasks(tmp_path: Path, slurm: dict[str, str], started: Started) -> None:
    """A second job comes when there is work for it, and goes when there is none."""
    for _, process, _ in started.values():
        process.wait(PATIENCE_S)
    wait_until(lambda: not queue(slurm))
    asked = read_cluster_file(cluster_file(tmp_path, "mine", "walltime: 1 h"))
    with running_jobs(asked) as (client, _):
        futures = client.map(nap, range(60), pure=False)
        wait_until(lambda: len(client.nthreads()) == 2, PATIENCE_S)
        assert sorted(client.gather(futures)) == list(range(60))
        wait_until(lambda: queue(slurm).count("RUNNING") == 1, 2 * IDLE_S + 180)
        assert client.submit(nap, 1, pure=False).result(PATIENCE_S) == 1
    assert "RUNNING" not in queue(slurm)


def test_a_job_that_slurm_refuses(
    tmp_path: Path, slurm: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = cluster_file(tmp_path, "mine", WALLTIME + "\nqueue: nowhere")
    assert main.main(["run", "--out", str(tmp_path / "out"), "--cluster", str(path)]) == 2
    said = capsys.readouterr().err
    assert "the queue refuses the job: sbatch: error: invalid partition specified: nowhere" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_jobs_that_end_at_once(
    tmp_path: Path, slurm: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = cluster_file(tmp_path, "mine", WALLTIME + "\npython: /no/such/python")
    assert main.main(["run", "--out", str(tmp_path / "out"), "--cluster", str(path)]) == 2
    said = capsys.readouterr().err
    assert "jobs ended before a worker came; their log says why" in said
    assert "No such file" in next(tmp_path.glob("maiscreen-*.err")).read_text()
