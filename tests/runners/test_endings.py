"""How commands end, what failed is done again, and what the log and `status` say of it."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import pathname2url

import pytest
import tiny_science as tiny
import wide_faults

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.endings import AllFailedError, LostError
from maiscreen.runners.folder.log import Log, newest_log, read_run_info, run_log
from maiscreen.runners.folder.status import status
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

TINY = Campaign(chunk_size=16)

WIDE = Campaign(
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    fidelity="F0",
    samples=100,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60)),
)

OUTPUTS = ("ranking.parquet", "shortlist.csv")


def receipts(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in out.glob(".maiscreen/*/part-*.json")}


def same(out: Path, reference: Path) -> None:
    for name in OUTPUTS:
        assert (out / name).read_bytes() == (reference / name).read_bytes(), name


def test_failed_precursors_alone_are_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, reference = tmp_path / "out", tmp_path / "reference"
    run(TINY, reference, serially=True, screen=tiny.Tiny)
    monkeypatch.setattr("maiscreen.runners.runs.campaign.screen_of", tiny.Raising)
    given = ["run", "--out", str(out), "--serial", "--set", "chunk_size=16"]
    assert main.main(given) == 3
    assert "1 candidate failed; done again by: maiscreen retry" in capsys.readouterr().err
    assert main.main(given) == 3  # is not done again by itself
    capsys.readouterr()
    before = receipts(out)
    assert main.main(["status", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["reasons"]) == ("finished", {"ZeroDivisionError: a bad row": 1})
    assert Path(said["log"]).exists()
    assert main.main(["retry", str(out), "--serial"]) == 2
    assert "1 candidates have failed; give --failed" in capsys.readouterr().err
    assert receipts(out) == before
    monkeypatch.setattr("maiscreen.runners.runs.campaign.screen_of", tiny.Tiny)
    assert main.main(["retry", str(out), "--failed", "--serial"]) == 0
    same(out, reference)
    changed = [name for name, moment in receipts(out).items() if before.get(name) != moment]
    assert changed == ["part-0000000000-0000000016.json"]
    assert main.main(["verify", str(out)]) == 0


@pytest.mark.slow
def test_failed_blends_alone_are_done_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, reference = tmp_path / "out", tmp_path / "reference"
    run_campaign(WIDE, reference, serially=True)
    run_campaign(WIDE, out, serially=True, rows=400, screen=wide_faults.Raises)
    before = receipts(out)
    # What failed once more stays failed, with all others.
    again = run_campaign(WIDE, out, serially=True, rows=100, screen=wide_faults.Raises, again=True)
    assert again.ranked.counts["failed"] == 1
    assert again.runner_info["described"] == 400
    assert main.main(["retry", str(out), "--failed", "--serial"]) == 0
    same(out, reference)
    kept = {name for name, moment in receipts(out).items() if before.get(name) == moment}
    assert len(kept) == len(before) - 1
    assert main.main(["verify", str(out)]) == 0
    capsys.readouterr()
    assert main.main(["retry", str(out), "--failed", "--serial"]) == 0  # nothing has failed
    assert "all parts were there" in capsys.readouterr().out


def test_retry_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["retry", str(tmp_path / "none"), "--failed"]) == 2
    assert "holds no campaign" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--task-timeout", "--wait"])
@pytest.mark.parametrize("value", ["0", "-1", "soon", "1e3", "99999999999"])
def test_times_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert main.main(["run", "--out", str(tmp_path / "out"), f"{option}={value}"]) == 2
    assert f"{option} = " in capsys.readouterr().err
    assert main.main(["run", "--out", str(tmp_path / "out"), option, "9", "--serial"]) == 2
    assert "with --serial" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_all_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maiscreen.runners.runs.campaign.screen_of", tiny.Never)
    assert main.main(["run", "--out", str(tmp_path), "--serial"]) == AllFailedError.code == 1
    assert capsys.readouterr().err.startswith("maiscreen: error: all ")


SLOW = """
import signal, sys, time
import tiny_science as tiny
from maiscreen.runners.cli import main as cli
from maiscreen.runners.runs import campaign as run
class Slow(tiny.Tiny):
    def describe(self, start, stop, seconds=None):
        if start:
            print("slow", flush=True)
            time.sleep(3600)
        return super().describe(start, stop)
run.screen_of = Slow
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests run under nohup
sys.exit(cli.main(["run", "--out", sys.argv[1], "--serial", "--set", "chunk_size=16"]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal_keeps_what_is_done(
    tmp_path: Path, number: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, reference = tmp_path / "out", tmp_path / "reference"
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "slow\n"
        process.send_signal(number)
        said = process.stderr.read()
    assert process.returncode == code
    assert said == "maiscreen: error: interrupted; the same command goes on from here\n"
    assert len(receipts(out)) == 1
    last = json.loads(one_log(out).read_text().splitlines()[-1])
    assert (last["event"], status(out).done) == ("stopped", 16)
    run(TINY, reference, serially=True, screen=tiny.Tiny)
    monkeypatch.setattr("maiscreen.runners.runs.campaign.screen_of", tiny.Tiny)
    assert main.main(["resume", str(out), "--serial"]) == 0
    same(out, reference)


def one_log(out: Path) -> Path:
    (path,) = out.glob(".maiscreen/*/log-*.jsonl")
    return path


@pytest.mark.slow
def test_a_log_tells_what_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    run(TINY, tmp_path, workers=1, screen=tiny.Raising)
    text = one_log(tmp_path).read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    events = [line["event"] for line in lines]
    assert events[:3] == ["begun", "worker joined", "cluster"]
    assert events[-1] == "finished"
    assert events.count("task done") == -(-len(TINY.metals) // 16)
    assert "geheim" not in text
    begun, done = lines[0], lines[events.index("task done")]
    assert (begun["pid"], begun["candidates"]) == (os.getpid(), len(TINY.metals))
    moment = datetime.fromisoformat(begun["time"])
    assert moment.utcoffset() == UTC.utcoffset(None)
    assert set(done) == {"time", "event", "task", "rows", "failed", "seconds", "worker"}
    assert sum(line["rows"] for line in lines if line["event"] == "task done") + 1 == len(
        TINY.metals
    )
    found = status(tmp_path)
    assert found.log == one_log(tmp_path)
    assert {**found.where}["last_event"] == "finished"
    assert capsys.readouterr().err == ""


def test_a_run_that_never_begins_leaves_no_log(tmp_path: Path) -> None:
    with pytest.raises(InputError), run_log(tmp_path):
        raise InputError("--out", "x", "is bad")
    assert not list(tmp_path.iterdir())


def test_a_log_where_files_take_no_appending(tmp_path: Path) -> None:
    """As in object storage: kept, and written whole."""
    from upath import UPath

    from maiscreen.runners.folder.place import Remote

    folder = Remote(UPath(f"memory://{pathname2url(str(tmp_path))}"))
    with pytest.raises(LostError), run_log(folder) as log:
        log.begin("f" * 64, {"workers": 3}, 10, 2)
        first = newest_log(folder)
        assert first is not None
        assert len(first.read_text().splitlines()) == 1
        log.record("task done", task=(0, 5))
        raise LostError("all gone")
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["begun", "task done", "stopped"]
    assert lines[-1]["reason"] == "all gone"


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[" * 70_000, b'"x"\n3\n{"event": "a"\n'])
def test_somebody_elses_log_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log-1.jsonl").write_bytes(content)
    assert read_run_info(tmp_path / "log-1.jsonl") == {}


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    with run_log(tmp_path / "file") as log:
        log.begin("f" * 64, {}, 1, 1)
        log.record("task done")
    assert capsys.readouterr().err.count("the log cannot be written: ") == 1


def test_waiting_is_said_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Log(quiet=True).say("nobody is there")
    assert capsys.readouterr().err == ""
    Log(quiet=False).say("nobody is there")
    assert capsys.readouterr().err == "maiscreen: nobody is there\n"


def test_a_retry_that_is_refused_leaves_the_receipts(tmp_path: Path) -> None:
    run(TINY, tmp_path, serially=True, screen=tiny.Raising)
    before = receipts(tmp_path)
    with pytest.raises(InputError, match="cannot be reached"):
        run(TINY, tmp_path, scheduler="tcp://127.0.0.1:9", again=True, screen=tiny.Tiny)
    assert receipts(tmp_path) == before
