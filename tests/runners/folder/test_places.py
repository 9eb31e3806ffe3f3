"""Campaigns in object storage: a real server on loopback, the same bytes as in a folder."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import s3_server
import tiny_science as tiny
import wide_faults
from resealed import reseal

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder import files as folder_files
from maiscreen.runners.folder.files import FOLDER
from maiscreen.runners.folder.place import Place, Remote, parse_place, sha256_of
from maiscreen.runners.folder.status import status
from maiscreen.runners.folder.verify import verify
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.runners.work import parts
from maiscreen.runners.work.parts import open_parts
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.halides import Halides
from maiscreen.screen.screens.screen import describe_part

NARROW = Campaign(chunk_size=16)

WIDE = Campaign(
    name="wide",
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    fidelity="F0",
    samples=100,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60)),
)
ROWS = 400
TABLES = ("ranking.parquet", "ingredients.parquet", "shortlist.csv")
HERE = Path(__file__).parent
OWN = os.pathsep.join(map(str, (HERE, HERE.parent, HERE.parents[1] / "candidates")))
"""Where scripts of other processes find this file and what it imports."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server.served("bucket") as url:
        yield url


@pytest.fixture
def out(server: str, request: pytest.FixtureRequest) -> str:
    return f"s3://bucket/{request.node.name.replace('[', '-').rstrip(']')}"


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("narrow") / "out"
    run(NARROW, folder, serially=True, screen=tiny.Tiny)
    return folder


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide") / "out"
    run_campaign(WIDE, folder, serially=True, rows=ROWS)
    return folder


def same(out: str, reference: Path, names: tuple[str, ...]) -> None:
    for name in names:
        assert (parse_place("", out) / name).read_bytes() == (reference / name).read_bytes(), name


def files(folder: Place) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / FOLDER).glob("*.parquet")}


@pytest.mark.slow
def test_a_narrow_campaign_has_the_same_bytes(out: str, narrow: Path) -> None:
    run(NARROW, out, serially=True, screen=tiny.Tiny)
    same(out, narrow, ("ranking.parquet", "shortlist.csv", "report.html"))
    found, ours = status(parse_place("", out)), status(narrow)
    assert (found.state, found.done, found.failed) == ("finished", ours.total, {})
    assert verify(parse_place("", out)) == verify(narrow)
    run(replace(NARROW, name="again"), out, serially=True, screen=tiny.Never)


@pytest.mark.slow
def test_a_wide_campaign_by_workers_has_the_same_bytes(
    out: str, wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished = run_campaign(WIDE, out, workers=2, rows=ROWS)
    assert finished.runner_info["workers"] == 2
    same(out, wide, TABLES)
    assert files(parse_place("", out)) == files(wide)
    assert open_parts(parse_place("", out)).to_table().equals(open_parts(wide).to_table())
    assert main.main(["status", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["left"], told["run_by"]["pid"]) == ("finished", 0, os.getpid())
    assert main.main(["verify", out]) == 0
    assert f"{len(files(wide))} parts are whole" in capsys.readouterr().out
    assert main.main(["shortlist", out]) == 0
    remote = capsys.readouterr().out
    assert main.main(["shortlist", str(wide)]) == 0
    assert capsys.readouterr().out == remote


KILLED = """
import wide_faults
from maiscreen.runners.runs.campaign import run_campaign
from test_places import ROWS, WIDE
run_campaign(WIDE, {out!r}, serially=True, rows=ROWS, screen=wide_faults.Dies)
"""


@pytest.mark.slow
def test_a_killed_client_and_a_damaged_part(
    out: str, wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = KILLED.format(out=out)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            map(str, (HERE, HERE.parent, HERE.parents[1] / "candidates"))
        ),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == -9
    found = status(parse_place("", out))
    assert (found.state, found.done) == ("interrupted", 1200)
    assert main.main(["resume", out, "--serial", "--quiet"]) == 0
    assert capsys.readouterr().err == ""  # nobody was watched: its process has gone
    same(out, wide, TABLES)
    first = min((parse_place("", out) / FOLDER).glob("*.parquet"))
    assert isinstance(first, Remote)
    whole = first.read_bytes()
    first.put(whole[:-1])
    assert main.main(["verify", out]) == 1
    assert first.name in capsys.readouterr().out
    assert main.main(["resume", out, "--serial", "--quiet"]) == 0
    assert first.read_bytes() == whole
    assert main.main(["verify", out]) == 0
    same(out, wide, TABLES)


def test_what_others_write_is_seen_at_once(out: str) -> None:
    folder = parse_place("", out)
    assert list(folder.glob("*.json")) == []
    key = out.removeprefix("s3://bucket/") + "/a.json"
    s3_server.client().put_object(Bucket="bucket", Key=key, Body=b"1")
    assert [path.name for path in folder.glob("*.json")] == ["a.json"]
    s3_server.client().put_object(Bucket="bucket", Key=key, Body=b"22")
    assert ((folder / "a.json").read_bytes(), (folder / "a.json").stat().st_size) == (b"22", 2)
    s3_server.client().delete_object(Bucket="bucket", Key=key)
    assert not (folder / "a.json").exists()


def test_the_address_alone_travels(out: str) -> None:
    where = parse_place("", out) / "a"
    pickled = pickle.dumps(where)
    assert pickle.loads(pickled) == where
    assert out.encode() in pickled
    assert s3_server.SECRET.encode() not in pickled
    assert len(pickled) < 150


@pytest.mark.parametrize("command", ["run", "resume", "status", "verify", "shortlist"])
@pytest.mark.parametrize("trouble", ["away", "bucket", "key"])
def test_storage_that_gives_nothing_gets_one_line(
    server: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    trouble: str,
) -> None:
    asking: AbstractContextManager[None] = nullcontext()
    out, expected = "s3://bucket/none", "Could not connect"
    if trouble == "away":
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    elif trouble == "bucket":
        out = "s3://nobucket/none"
        expected = "bucket does not exist" if command == "run" else "no such bucket"
    else:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
        asking, expected = s3_server.asking_for_credentials(), "Access Key"
    arguments = [command, "--out", out, "--serial"] if command == "run" else [command, out]
    # Patience is for a storage that has answered before.
    monkeypatch.setattr("maiscreen.runners.folder.place._PAUSE_S", None)
    with s3_server.reached_anew(), asking:
        assert main.main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert expected in captured.err
    for secret in ("another-secret", s3_server.SECRET, s3_server.KEY):
        assert secret not in captured.err


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("s3://key:word@bucket/a", "credentials come from the environment"),
        ("s3://word@bucket/a", "credentials come from the environment"),
        ("s3://bucket/a?secret=word", "credentials come from the environment"),
        ("s3://bucket", "give a folder in the bucket"),
        ("s3://bucket/../a", "give a folder in the bucket"),
        ("http://me:word@host/a", "is not known"),
        ("file:///word", "is not known"),
        ("gs://bucket/a", r'pip install "maiscreen\[gcs\]"'),
        ("abfs://bucket/a", r'pip install "maiscreen\[azure\]"'),
    ],
)
def test_bad_addresses(monkeypatch: pytest.MonkeyPatch, address: str, remedy: str) -> None:
    monkeypatch.setattr("maiscreen.runners.folder.place.find_spec", lambda name: None)
    with pytest.raises(InputError, match=remedy) as caught:
        parse_place("--out", address)
    assert "word" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setattr("maiscreen.runners.folder.place.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "maiscreen\[s3\]"'):
        parse_place("--out", "s3://bucket/a")


def test_paths_stay_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert type(parse_place("--out", "a/b")) is type(Path("a/b"))
    assert main.main(["labels", "run", "--out", "s3://bucket/labels"]) == 2
    assert "must be a folder of this machine" in capsys.readouterr().err


def test_workers_that_see_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receipt is removed behind the worker's back, as on a disk of its own."""
    monkeypatch.setattr(parts, "SEEN_S", 0.5)
    sign = parts.Parts._sign

    def sign_elsewhere(self: parts.Parts, receipt: parts.Receipt) -> None:
        sign(replace(self, out=tmp_path / "elsewhere"), receipt)

    monkeypatch.setattr(parts.Parts, "_sign", sign_elsewhere)
    with pytest.raises(StorageError, match=r"the worker on \S+ sees .* is another folder; give"):
        run_campaign(WIDE, tmp_path / "out", serially=True, rows=ROWS)


def test_a_worker_without_the_folder_says_so_first(tmp_path: Path) -> None:
    ours = parts.Parts(tmp_path / "out", "f" * 64).prepare(Blends(WIDE))
    with pytest.raises(StorageError, match=r"the worker on \S+ sees .* is another folder"):
        elsewhere = replace(ours, out=tmp_path / "elsewhere")
        elsewhere.perform(describe_part, wide_faults.Never(WIDE), 0, 100)
    assert not (tmp_path / "elsewhere").exists()


def test_few_precursors_are_sent_by_a_worker_without_the_folder(tmp_path: Path) -> None:
    screen, task = Halides(NARROW), Task(0, 16)
    ours = parts.Parts(tmp_path / "out", "f" * 64).prepare(screen)
    outcome = replace(ours, out=tmp_path / "elsewhere").perform(describe_part, screen, *task)
    assert not (tmp_path / "elsewhere").exists()
    ours.keep(screen, task, outcome)
    sent = ours.receipts()[task]
    (tmp_path / "out" / "candidates" / "part-0000000000-0000000016.parquet").unlink()
    ours.perform(describe_part, screen, *task)
    assert ours.receipts()[task].sha256 == sent.sha256
    assert sent.rows == 16


FULL = """
import resource, sys
from pathlib import Path
import pytest
from maiscreen.runners.cli import main as cli
from maiscreen.runners.folder import files as folder_files
from maiscreen.runners.runs.campaign import run_campaign
from test_places import ROWS, WIDE
from maiscreen.runners.endings import StorageError
out = Path({out!r})
with pytest.raises(StorageError) as caught:
    run_campaign(WIDE, out, serially=True, rows=ROWS)
print(caught.value)
print(*sorted(path.name for path in out.rglob("*.part")), "|")
print(len(list(out.glob("candidates/*.parquet"))))
{freed}
run_campaign(WIDE, out, serially=True, rows=ROWS)
for name in ("ranking.parquet", "shortlist.csv"):
    assert (out / name).read_bytes() == (Path({wide!r}) / name).read_bytes()
"""


@pytest.mark.slow
def test_a_full_disk_in_the_middle(tmp_path: Path, wide: Path) -> None:
    """On a small file system; where none can be mounted, with a limit on the size of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=600k none {disk}"
    probe = subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False)
    full = probe.returncode == 0
    freed = (
        f"__import__('subprocess').run('mount -o remount,size=90m {disk}', shell=True, check=True)"
    )
    if not full:
        mount, freed = "ulimit -S -f 40", "resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))"
    script = tmp_path / "script.py"
    script.write_text(FULL.format(out=str(disk / "out"), wide=str(wide), freed=freed))
    shell = f"{mount} && exec {sys.executable} {script}"
    done = subprocess.run(
        [*(["unshare", "-m"] if full else []), "sh", "-c", shell],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                map(str, (HERE, HERE.parent, HERE.parents[1] / "candidates"))
            ),
        },
    )
    assert done.returncode == 0, done.stderr
    said, halves, written = done.stdout.splitlines()
    why = "No space left on device" if full else "File too large"
    assert f"cannot be written: {why} (worker on " in said
    assert "; mend that, and the same command goes on" in said
    assert (halves, int(written) > 0) == ("|", True)


@pytest.mark.slow
def test_outputs_that_were_half_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = replace(NARROW, metals=("Si", "Ti", "Sn"), halogens=("Cl",), chunk_size=4)
    run(campaign, tmp_path, serially=True)
    ranking = (tmp_path / "ranking.parquet").read_bytes()
    # The outputs of an older time, with a manifest that vouches for them.
    for name in ("ranking.parquet", "shortlist.csv"):
        (tmp_path / name).write_bytes(b"old")
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    old = {name: sha256_of(tmp_path / name) for name in manifest["files"]}
    reseal(tmp_path / "manifest.json", files=old)
    assert verify(tmp_path).problems == ("ranking.parquet: is no ranking",)
    replaced = folder_files._replace

    def full(path: Path, content: bytes) -> None:
        if path.name == "shortlist.csv":
            raise OSError(28, "No space left on device")
        replaced(path, content)

    with monkeypatch.context() as broken:
        broken.setattr(folder_files, "_replace", full)
        assert main.main(["resume", str(tmp_path), "--serial"]) == 3
    assert "shortlist.csv cannot be written: No space left" in capsys.readouterr().err
    assert status(tmp_path).state == "interrupted"
    assert main.main(["verify", str(tmp_path)]) == 1
    assert "not finished" in capsys.readouterr().out
    assert main.main(["resume", str(tmp_path), "--serial"]) == 0
    assert (tmp_path / "ranking.parquet").read_bytes() == ranking
    capsys.readouterr()
    assert main.main(["verify", str(tmp_path)]) == 0


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".maiscreen").write_text("mine")
    with pytest.raises(InputError, match=r"--out = .* cannot be written: File exists"):
        run(NARROW, tmp_path, serially=True, screen=tiny.Tiny)
    assert [path.name for path in tmp_path.iterdir()] == [".maiscreen"]
