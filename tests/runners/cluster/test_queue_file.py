"""Files of --cluster: what they may hold, and the job scripts that come out, without any queue."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.cluster.queue import job_script, start_queue
from maiscreen.runners.cluster.queue_file import KINDS, ClusterFile, read_cluster_file

ROOT = Path(__file__).parents[3]

EXAMPLES = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8"), re.DOTALL
)

PLAIN = "kind: slurm\njobs: 4\ncores: 2\nmemory: 2 GiB\nwalltime: 01:00:00\n"


def read(tmp_path: Path, text: str) -> ClusterFile:
    path = tmp_path / "cluster.yaml"
    path.write_text(text, encoding="utf-8")
    return read_cluster_file(path)


def test_the_page_has_an_example_of_each_kind() -> None:
    kinds = [line for text in EXAMPLES for line in text.splitlines() if line.startswith("kind")]
    assert kinds == [f"kind: {kind}" for kind in KINDS]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_become_job_scripts(tmp_path: Path, text: str) -> None:
    asked = read(tmp_path, text)
    script = job_script(asked)
    assert f"tls://{asked.host or asked.interface}:PORT" in script
    assert f"--nworkers {asked.cores}" in script or asked.cores == 1
    assert "--nthreads 1" in script
    assert "--nanny" in script
    assert "export OMP_NUM_THREADS=1" in script
    assert "--tls-key" in script
    assert "--dashboard-address 127.0.0.1:0" in script
    lifetime, stagger = (int(n) for n in re.findall(r"--lifetime(?:-stagger)? (\d+)s", script))
    assert lifetime + stagger == asked.walltime_s - 300
    assert 0 < stagger < lifetime


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (0, ["#SBATCH -p normal", "#SBATCH -A sodium", "#SBATCH --cpus-per-task=8"]),
        (0, ["#SBATCH --mem=16G", "#SBATCH -t 04:00:00", "#SBATCH --constraint=skylake"]),
        (1, ["#PBS -q workq", "#PBS -A sodium", "#PBS -l walltime=04:00:00"]),
        (1, ["#PBS -l select=1:ncpus=8:mem=16gb"]),
        (2, ["#$ -q all.q", "#$ -P sodium", "#$ -l h_rt=04:00:00", "#$ -pe smp 8"]),
        (3, ["#BSUB -q normal", '#BSUB -P "sodium"', "#BSUB -n 8", "#BSUB -W 04:00"]),
        (4, ["Requirements = (OpSysMajorVer == 12)", "MY.DaskWorkerCores = 1"]),
    ],
)
def test_the_queue_is_asked_in_its_own_words(tmp_path: Path, kind: int, lines: list[str]) -> None:
    script = job_script(read(tmp_path, EXAMPLES[kind])).splitlines()
    assert [line for line in lines if line not in script] == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4:00:00", 14400),  # YAML itself would make 14400 of it, and a text of 04:00:00
        ("04:00:00", 14400),
        ("1-12:00:00", 129600),
        ("90 min", 5400),
        ("2 days", 172800),
        ("3600 s", 3600),
        ("240min", 14400),
        ("4 h", 14400),
    ],
)
def test_walltimes(tmp_path: Path, text: str, seconds: float) -> None:
    assert read(tmp_path, PLAIN.replace("01:00:00", text)).walltime_s == seconds


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("walltimes: 1", "walltimes = '1': is no setting; did you mean 'walltime'?"),
        (
            "colour: red",
            "colour = 'red': is no setting; known are: kind, jobs, least_jobs, ",
        ),
        ("queue: normal\nqueue: long", "queue = 'long': is there twice"),
        ("Queue: normal", "Queue = 'normal': is no setting; did you mean 'queue'?"),
        ("memory_bytes: 5", "memory_bytes = '5': is no setting; did you mean 'memory'?"),
        ("walltime_s: 60", "walltime_s = '60': is no setting; did you mean 'walltime'?"),
        (
            "hоst: a",
            "hоst = 'a': is no setting (it has CYRILLIC SMALL LETTER O); did you mean 'host'",
        ),
        ('"a\\e[2J": 1', r"'a\x1b[2J' = '1': is no setting; known are: kind"),
        ("self: 1", "self = '1': is no setting; known are: kind"),
        ("? [a, b]\n: 1", "is no setting|give keys with a value"),
        ("port: 9223372036854775808", "port = '9223372036854775808': give a whole number"),
        ("port: 0x10", "port = '0x10': give a whole number"),
        ("port: 1979-05-27", "port = '1979-05-27': give a whole number"),
        ("margin: .nan", "margin = '.nan': give a time from 0 s to 400 days"),
        ("margin: -1", "margin = '-1': give a time"),
        ("directives: []\nprologue: [a, '']", "prologue = '': give lines of printable text"),
        ("port: [1]", "port = ['1']: give a whole number"),
        ("insecure:", "insecure = '': give true or false"),
        ("wait: [1 day]", "wait = ['1 day']: give a time"),
        ("dashboard: [a]", "dashboard = ['a']: give true, false or HOST:PORT"),
        ("queue: [a, b]", "queue = ['a', 'b']: give a name without blanks"),
        ("queue: two words", "queue = 'two words': give a name"),
        ("queue: ''", "queue = '': give a name"),
        ("queue: -rf", "queue = '-rf': give a name"),
        ("prologue: {a: b}", "without anchors and tags|no keys of its own"),
        ("prologue: [[a]]", "line 6: give keys with a value or a list of values"),
        ("prologue: &x [a]", "line 6: give keys"),
        ("queue: !!python/object/apply:os.system [id]", "line 6: give keys"),
        ("queue: *x", "line 6|is no YAML"),
        ("queue: 'a\n\n  b'", "give a name"),
        ("tls: 'a\n\n  b'", "give a text of one line"),
        ("tls: -rf", "tls = '-rf': give a text of one line that does not begin with -"),
        ("prologue: ['']", "give lines of printable text"),
        ("interface: ib0\nhost: 10.0.0.5", "host = '10.0.0.5': is given beside interface"),
        ("insecure: true\ntls: auto", "insecure = 'true': is given beside tls"),
        ("insecure: yes", "insecure = 'yes': give true or false"),
        ("least_jobs: 5", "least_jobs = 5: is more than jobs, 4"),
        ("margin: 30 min", "margin = '30 min': leaves workers no time"),
        ("port: 70000", "port = '70000': give a whole number from 0 to 65535"),
        ("dashboard: 8787", "dashboard = '8787': give true, false or HOST:PORT"),
        ("wait: soon", "wait = 'soon': give a time from 1 s to 400 days, such as"),
    ],
)
def test_bad_keys_get_one_line(tmp_path: Path, more: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, PLAIN + more + "\n")
    assert any(part in str(caught.value) for part in complaint.split("|")), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("2 GiB", "2", "memory = '2': give memory of a job with its unit"),
        ("2 GiB", "much", "memory = 'much': give memory"),
        ("2 GiB", "400 MiB", "memory = '400 MiB': is less than 256 MiB for each of the 2 cores"),
        (
            "01:00:00",
            "10:30",
            "walltime = '10:30': may be h:min or min:s; write 10:30:00 or 00:10:30",
        ),
        ("01:00:00", "forever", "walltime = 'forever': give a time"),
        ("01:00:00", "10 s", "walltime = '10 s': give a time from 60 s to 400 days"),
        ("jobs: 4", "jobs: many", "jobs = 'many': give a whole number from 1 to 10000"),
        ("jobs: 4\n", "", "jobs = None: is missing; give a whole number from 1 to 10000"),
        ("slurm", "moab", "kind = 'moab': give one of slurm, pbs, sge, lsf, htcondor"),
        ("slurm", "sge", "cores = 2: needs a parallel environment there"),
        ("slurm", "htcondor", "kind = 'htcondor': needs the key disk too"),
        (PLAIN, "", "holds no keys"),
        (PLAIN, "[slurm]", "holds no keys"),
        (PLAIN, "a: b: c", "is no YAML"),
        (PLAIN, "a: [" * 9000, "without anchors and tags"),
        (PLAIN, "#" * 70_000, "is longer than 65,536 bytes"),
    ],
)
def test_bad_values_get_one_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, PLAIN.replace(old, new))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["walltime", "margin", "wait"])
@pytest.mark.parametrize("number", ["240", "30", "3600", "0.5", "240.0", "1."])
def test_times_without_a_unit_are_refused(tmp_path: Path, key: str, number: str) -> None:
    """Of 240, Slurm and LSF make four hours, PBS and SGE four minutes."""
    text = PLAIN.replace("01:00:00", number) if key == "walltime" else f"{PLAIN}{key}: {number}\n"
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == (
        f"{key} = '{number}': has no unit: Slurm and LSF count minutes, PBS and SGE seconds; "
        f"write {number} min or {number} s"
    )


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("walltime: 30:00", "may be h:min or min:s; write 30:00:00 or 00:30:00"),
        ("walltime: 4:00", "may be h:min or min:s; write 4:00:00 or 00:04:00"),
        ("walltime: 1-12", "give a time from 60 s to 400 days, such as"),
        ("walltime: 10 m", "give a time"),
        ("walltime: 240 minutes and a half", "give a time"),
        ("walltime: -240", "give a time"),
        ("walltime: 0", "give a time"),
        ("memory: 16", "give memory of a job with its unit"),
        ("memory: 16G", "give memory of a job with its unit"),
        ("memory: 16384", "give memory of a job with its unit"),
        ("memory: 16 Gb", "is in bits; write 16 GB or GiB"),
        ("memory: 16 Mib", "is in bits; write 16 MB or MiB"),
        ("disk: 2", "give disk of a job with its unit, such as 2 GB"),
        ("disk: 2000000", "give disk of a job with its unit"),
        ("disk: lots", "give disk of a job with its unit"),
    ],
)
def test_numbers_that_may_mean_several_things(tmp_path: Path, more: str, complaint: str) -> None:
    key = more.partition(":")[0]
    lines = [line for line in PLAIN.splitlines() if not line.startswith(key)]
    with pytest.raises(InputError, match=f"^{key} = .*{complaint}"):
        read(tmp_path, "\n".join([*lines, more]))


def test_zero_needs_no_unit(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN + "margin: 0\n").margin == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_files_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "cluster.yaml"
    if content is not None:
        path.write_bytes(content)
    out = tmp_path / "out"
    assert main.main(["run", "--out", str(out), "--cluster", str(path)]) == 2
    assert "maiscreen: error: --cluster" in capsys.readouterr().err
    assert not out.exists()


def test_a_queue_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "cluster.yaml"
    path.write_text(PLAIN)
    out = tmp_path / "out"
    assert main.main(["run", "--out", str(out), "--cluster", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("maiscreen: error: kind = 'slurm': needs the command sbatch")
    assert said.count("\n") == 1
    assert not out.exists()


def _fake_sbatch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a queue that refuses everything on the PATH."""
    path = folder / "sbatch"
    path.write_text("#!/bin/sh\necho 'sbatch: error: invalid account' >&2\nexit 1\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_refused_job_gives_the_message_of_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_sbatch(tmp_path, monkeypatch)
    asked = read(tmp_path, PLAIN + f"shared_directory: {tmp_path}\n")
    complaint = "refuses the job: sbatch: error: invalid account"
    with pytest.raises(InputError, match=complaint), start_queue(asked):
        pass
    assert not list(tmp_path.glob(".maiscreen*"))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("interface: nowhere0", "interface = 'nowhere0': is no network interface of this machine"),
        ("host: 192.0.2.1", "host = '192.0.2.1': cannot be listened to on this machine"),
        ("log_directory: /no/where", "log_directory = '/no/where': is no folder"),
        ("tls: /no/where", "tls = '/no/where': holds no client/ca.pem"),
    ],
)
def test_what_this_machine_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, complaint: str
) -> None:
    _fake_sbatch(tmp_path, monkeypatch)
    with pytest.raises(InputError) as caught, start_queue(read(tmp_path, f"{PLAIN}{more}\n")):
        pass
    assert complaint in str(caught.value)


def test_insecure_is_said_and_done(tmp_path: Path) -> None:
    script = job_script(read(tmp_path, PLAIN + "insecure: true\n"))
    assert "tcp://127.0.0.1:PORT" in script
    assert "tls" not in script


@pytest.mark.slow
def test_ctrl_c_stays_as_it_was(tmp_path: Path) -> None:
    """Importing dask-jobqueue makes it an exit with code 0."""
    code = (
        "import signal, sys\n"
        "from maiscreen.runners.cli import main as cli\n"
        "before = signal.getsignal(signal.SIGINT)\n"
        "cli.main(['cluster', 'show', sys.argv[1]])\n"
        "assert 'dask_jobqueue.runner' in sys.modules\n"
        "assert signal.getsignal(signal.SIGINT) is before\n"
    )
    path = tmp_path / "cluster.yaml"
    path.write_text(PLAIN)
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_show_prints_the_script_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(PLAIN)
    monkeypatch.chdir(tmp_path)
    assert main.main(["cluster", "show", str(path)]) == 0
    assert "#SBATCH -t 01:00:00" in capsys.readouterr().out
    assert [one.name for one in tmp_path.iterdir()] == ["cluster.yaml"]
