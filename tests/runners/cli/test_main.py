import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
import tiny_science as tiny
from resealed import reseal

from maiscreen.runners.cli import main
from maiscreen.runners.folder.files import to_parquet
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

COMMAND = [
    sys.executable,
    "-c",
    "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())",
]
BUILD = ["snapshot", "build", "--source", "crabnet", "--wheel"]
WHOLE = "give a whole number from"
CAMPAIGN = Campaign(metals=("Si", "Ti", "Sn"))


def maiscreen(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=300)


@pytest.fixture
def tiny_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maiscreen.runners.runs.campaign.screen_of", tiny.Tiny)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_answers_at_once(arguments: list[str]) -> None:
    counting = (
        "import atexit, sys; atexit.register(lambda: print(len(sys.modules), file=sys.stderr))"
    )
    command = [sys.executable, "-c", f"{counting}; {COMMAND[2]}"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0
    assert "maiscreen" in done.stdout
    # Modules: Python starts with 70, and there were 190; NumPy alone would be 120 more.
    assert int(done.stderr) < 250


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from maiscreen.runners.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print({'numpy', 'pyarrow', 'pandas', 'dask', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND; see: maiscreen --help"),
        (["screen"], "COMMAND = 'screen': give one of"),
        (["run"], "required: --out"),
        (["run", "--out", "x", "--workers", "0"], "--workers = '0': give a whole number"),
        (["run", "--out", "x", "--workers", "two"], "--workers = 'two': give a whole number"),
        (["run", "--out", "x", "--workers", "9" * 5000], f"9': {WHOLE} 1 to 256"),
        (["run", "--out", "x", "--workers", ""], f"--workers = '': {WHOLE}"),
        (["run", "--out", "x", "--workers", "", "--serial"], "not allowed with"),
        (["run", "--out", "x", "--scheduler", ""], "--scheduler = '': is empty; give an address"),
        (["run", "--out", ""], "--out = '': is empty; give a folder"),
        (["run", "", "--out", "x"], "campaign = '': cannot be read"),
        (["run", "--out", "x" * 300, "--serial"], "cannot be read: File name too long"),
        (["run", "--out", "a\0b", "--serial"], "embedded null byte"),
        (["run", "--out", "x", "--set", "temperature_c=" + "9" * 400], "give a number from 0"),
        (["run", "--out", "x", "--set", "temperature_c=" + "9" * 5000], "has no TOML value"),
        (["run", "--out", "x", "--set", "metals=" + "[" * 3000], "has no TOML value"),
        (["run", "-x"], "unrecognized arguments: -x; see: maiscreen run --help"),
        (["run", "--ot=x"], "unrecognized arguments: --ot=x; did you mean '--out'? see"),
        (["-x"], "unrecognized arguments: -x; see: maiscreen --help"),
        (["explain", "-x"], "unrecognized arguments: -x; see: maiscreen explain --help"),
        (["explain", "SnCl4", "-x"], "unrecognized arguments: -x; see: maiscreen explain --help"),
        (["lab", "show", "a", "b"], "unrecognized arguments: b; see: maiscreen lab show --help"),
        (["explain", "--temperature-c", "25"], "required: FORMULA"),
        (["explain", "--temperature-c", "-5"], "required: FORMULA"),
        (["run", "--out", "x", "--serial", "--workers", "2"], "not allowed with"),
        (["run", "--out", "x", "--set", "temprature_c=3"], "did you mean 'temperature_c'?"),
        (["run", "--out", "x", "--set", "weights.adhesion=-1"], "weights.adhesion = -1: give"),
        (["run", "none.toml", "--out", "x"], "campaign = 'none.toml': cannot be read"),
        (["run", "--out", "/proc/none/x", "--serial"], "--out = '/proc/none/x': cannot be"),
        (["explain"], "required: FORMULA"),
        (["explain", "SnCl4", "--temperature-c", "warm"], "--temperature-c = 'warm': give a"),
        (["explain", "SnCl4", "--temperature-c", "-3"], "temperature_c = -3.0: give a number"),
        (["explain", "SnCl4", "--temperature-c", "nan"], "temperature_c = nan: give a number"),
        (["shortlist", "none"], "DIR = 'none': holds no finished campaign"),
        (["shortlist", "none", "--top", "-1"], "--top = '-1': give a whole number"),
        (["shortlist", "none", "--top", "9" * 5000], f"9': {WHOLE} 1 to 1000000"),
        (["shortlist", ""], "DIR = '': is empty; give a folder"),
        (["shortlist", "x" * 300], "holds no finished campaign"),
        (["shortlist", "a\0b"], "holds no finished campaign"),
        (["shortlist", "none", "--format", "xml"], "--format = 'xml': give one of"),
        (["snapshot", "build", "--source", "mp"], "--source = 'mp': give one of"),
        (
            ["snapshot", "build", "--source", "crabnet", "--wheel", "none.whl", "--out", "x"],
            "--wheel = 'none.whl': is no file",
        ),
        ([*BUILD, "x" * 300, "--out", "x"], "x': File name too long; give the wheel of"),
        ([*BUILD, "a\0b", "--out", "x"], "is no file; give the wheel"),
        ([*BUILD, __file__, "--out", ""], "--out = '': is empty; give a folder"),
        ([*BUILD, __file__, "--out", "x" * 300], "can't be used: File name too long"),
        ([*BUILD, __file__, "--out", __file__], "is there already; give a new folder"),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(
    arguments: Sequence[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_run: None,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = main.main(arguments)
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("maiscreen: error: ")
    assert err.count("\n") == 1
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_run_shows_the_best_and_the_paper(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, tiny_run: None
) -> None:
    out = tmp_path / "out"
    code = main.main(["run", "--out", str(out), "--serial", "--set", 'metals=["Sn", "Ti", "Si"]'])
    text, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert "3 candidates: 2 passed, 1 rejected, 0 failed" in text
    assert "1     I     SiCl" in text
    assert "SnCl4 vapour              650     score 0.922 (0.62–0.93), not in this campaign" in text
    assert sorted(path.name for path in out.iterdir() if path.is_file()) == [
        "manifest.json",
        "ranking.parquet",
        "report.html",
        "shortlist.csv",
    ]


def test_shortlist_in_both_formats(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    assert main.main(["shortlist", str(tmp_path), "--top", "1"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.startswith("rank,formula,")
    assert row.startswith("1,SiCl,")
    assert main.main(["shortlist", str(tmp_path), "--format", "json"]) == 0
    assert [r["formula"] for r in json.loads(capsys.readouterr().out)["rows"]] == ["SiCl", "TiCl"]


@pytest.mark.parametrize("damage", ["ranking.parquet", "manifest.json"])
def test_shortlist_of_a_changed_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, damage: str
) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    with (tmp_path / damage).open("ab") as file:
        file.write(b"x")
    assert main.main(["shortlist", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("garbage", "its ranking.parquet is damaged; run the campaign again"),
        ("columns", "its ranking.parquet is damaged; run the campaign again"),
        ("changed", "its ranking.parquet was changed; run the campaign again"),
        ("gone", "its ranking.parquet cannot be read (No such file or directory); run"),
        ("broken", "holds a damaged or foreign manifest.json; run the campaign again"),
        ("nested", "holds a damaged or foreign manifest.json; run the campaign again"),
        ("setting", "its manifest.json holds a setting not taken here (temperature_c = 99: give"),
        ("key", "its manifest.json holds a setting not taken here (heat = 1: is no setting"),
        ("none", "has a damaged manifest.json; run the campaign again"),
    ],
)
def test_shortlist_of_a_damaged_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, damage: str, message: str
) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    manifest, ranking = tmp_path / "manifest.json", tmp_path / "ranking.parquet"
    if damage in ("garbage", "columns"):
        content = b"garbage" if damage == "garbage" else to_parquet(pa.table({"key": ["a"]}))
        ranking.write_bytes(content)
        reseal(manifest, files={"ranking.parquet": hashlib.sha256(content).hexdigest()})
    elif damage == "changed":
        ranking.write_bytes(b"garbage")
    elif damage == "gone":
        ranking.unlink()
    elif damage in ("broken", "nested"):
        manifest.write_text("{" if damage == "broken" else "[" * 100_000)
    else:
        campaigns = {"setting": {"temperature_c": 99}, "key": {"heat": 1}, "none": None}
        reseal(manifest, campaign=campaigns[damage])
    assert main.main(["shortlist", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"maiscreen: error: DIR = {str(tmp_path)!r}: ")
    assert message in err
    assert err.count("\n") == 1
    assert "--out" not in err


SLOW = """
import sys, time
import tiny_science as tiny
import maiscreen.runners.runs.campaign as runs
from maiscreen.runners.cli.main import main

class Slow(tiny.Tiny):
    def describe(self, start, stop, seconds=None):
        time.sleep(1)
        return super().describe(start, stop)

runs.screen_of = Slow
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [["--serial"], ["--workers", "2"]])
def test_interrupt_keeps_what_is_done(tmp_path: Path, how: list[str]) -> None:
    arguments = ["run", "--out", tmp_path / "out", "--set", "chunk_size=2", *how]
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 300
        while not list(tmp_path.rglob("part-*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        # As a terminal does it: to the whole group, workers included.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, "")
    assert err == "maiscreen: error: interrupted; the same command goes on from here\n"
    assert list(tmp_path.rglob("part-*.json"))
    assert not list(tmp_path.rglob("manifest.json"))


@pytest.mark.slow
def test_reader_that_goes_away(tmp_path: Path) -> None:
    run(Campaign(), tmp_path, serially=True, screen=tiny.Tiny)
    with subprocess.Popen(
        [*COMMAND, "shortlist", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 128 + signal.SIGPIPE


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_character_is_lost_on_the_way_to_a_program(tmp_path: Path, encoding: str) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)

    def printed(*arguments: str | Path) -> bytes:
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, env=environment, check=True
        ).stdout

    assert "°C, under argon" in printed("shortlist", tmp_path).decode()
    text = printed("shortlist", tmp_path, "--format", "json")
    assert text.isascii() == (encoding != "utf-8")
    assert "°C, under argon" in json.loads(text)["rows"][0]["process"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("command", "redirected", "code", "error"),
    [
        ("shortlist OUT", ">&-", 1, "stdout cannot be written: Bad file descriptor"),
        ("shortlist OUT", ">/dev/full", 1, "stdout cannot be written: No space left on device"),
        ("shortlist OUT --format json", ">/dev/full", 1, "stdout cannot be written: No space"),
        ("snapshot show", ">&-", 1, "stdout cannot be written: Bad file descriptor"),
        ("snapshot show", ">/dev/full", 1, "stdout cannot be written: No space left on device"),
        ("--help", ">/dev/full", 1, "stdout cannot be written: No space left on device"),
        ("--version", ">/dev/full", 1, "stdout cannot be written: No space left on device"),
        ("shortlist OUT", "2>&-", 0, ""),
        ("shortlist none", "2>&-", 2, ""),
        ("shortlist none", "2>/dev/full", 2, ""),
        ("shortlist OUT", "<&- 2>&- >&-", 1, ""),
    ],
)
def test_standard_streams_closed_or_full(
    tmp_path: Path, command: str, redirected: str, code: int, error: str
) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    words = [str(tmp_path) if word == "OUT" else word for word in command.split()]
    shell = ["sh", "-c", f'"$@" {redirected}', "sh", *COMMAND, *words]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=300)
    assert done.returncode == code
    assert error in done.stderr
    assert done.stderr.count("\n") == bool(error)
    assert bool(done.stdout) == (code == 0)


def test_a_run_without_stderr(
    tmp_path: Path, tiny_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main(["run", "--out", str(tmp_path / "out"), "--serial"]) == 0
    assert main.main(["run", "--out", str(tmp_path / "out"), "--set", "seed=1"]) == 2


def test_interrupt_during_the_imports(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str, *more: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("builtins.__import__", interrupted)
        code = main.main(["--version"])
    assert code == 130
    assert capsys.readouterr().err.startswith("maiscreen: error: interrupted; ")
