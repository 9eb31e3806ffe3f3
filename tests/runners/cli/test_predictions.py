"""`maiscreen models predict`, `distil` and `train --fast` at the command line."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.models.learning import student
from maiscreen.models.retraining import distil
from maiscreen.models.storage.model import CARD, STUDENT
from maiscreen.runners.cli import main

SHEAR = "shear_modulus_gpa"
pytestmark = pytest.mark.usefixtures("quick_recipe")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table of formulas, where students are taught in no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(student, "STEPS", 2)
    few = compositions([f"{m}{x}" for m in ("Na", "Mg", "Ti", "Sn", "Cu") for x in ("Br", "I")])
    monkeypatch.setattr(distil, "_embedded", lambda: few)
    (tmp_path / "phases.csv").write_text("formula\nMgO\n=HYPERLINK(1)\nTiN\nXeNe\n")
    return tmp_path


@pytest.fixture
def trained(at: Path, trained_models: Path) -> Path:
    """A store with a model ``mine`` without a student."""
    return shutil.copytree(trained_models / "mine", at / "models" / "mine")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main.main(["models", *arguments]) == 0
    return capsys.readouterr().out


def test_prints_a_table(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "predict", "mine", "--data", "phases.csv")
    assert "shear_modulus_gpa (GPa)" in out
    lines = [line for line in out.splitlines() if " XeNe " in line]
    assert lines[0].endswith("no")
    assert "1 rows were left out" in out
    assert "row 3: '=HYPERLINK(1)'" in out


def test_gives_every_row_as_json(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "predict", "mine", "--data", "phases.csv", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["row"] for row in rows] == [2, 3, 4, 5]
    assert "reason" in rows[1]
    assert rows[0]["shear_modulus_gpa_low"] < rows[0][SHEAR] < rows[0]["shear_modulus_gpa_high"]
    assert rows[3]["inside"] is False


def test_writes_csv_and_parquet_alike(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for end in ("csv", "parquet"):
        said(capsys, "predict", "mine", "--data", "phases.csv", "--out", f"deep/out.{end}")
    with Path("deep/out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    table = pq.ParquetFile("deep/out.parquet").read(use_threads=False)
    assert (
        [row["formula"] for row in rows] == table["formula"].to_pylist() == ["MgO", "TiN", "XeNe"]
    )
    assert [float(row[SHEAR]) for row in rows] == table[SHEAR].to_pylist()
    assert table.schema.field(SHEAR).metadata[b"unit"] == b"GPa"


def test_a_name_of_a_model_does_no_harm_in_a_spreadsheet(
    at: Path, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["--target", SHEAR, "--data", str(mine), "--base", "none", "--name", "=1+1"]
    said(capsys, "train", *base, "--out", "m")
    said(capsys, "predict", "m", "--data", "phases.csv", "--out", "o.csv", "--left-out", "l.csv")
    assert "'=1+1" in Path("o.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK(1)" in Path("l.csv").read_text(encoding="utf-8-sig")


def test_a_model_gets_a_student_later(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fast = ("predict", "mine", "--data", "phases.csv", "--fast")
    assert main.main(["models", *fast]) == 2
    assert "has no student; make one: maiscreen models distil" in capsys.readouterr().err
    slow = said(capsys, *fast[:-1])
    assert "predict --fast asks it" in said(capsys, "distil", "mine", "--quiet")
    assert "its student" in said(capsys, *fast)
    assert said(capsys, *fast[:-1]) == slow
    assert "predict --fast asks it" in said(capsys, "show", "mine")
    assert "alone_per_second" in json.loads(said(capsys, "show", "mine", "--json"))["student"]
    assert said(capsys, "use", "mine")


def test_trains_with_a_student(at: Path, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--target", SHEAR, "--data", str(mine), "--base", "none", "--fast", "--json"]
    report = json.loads(said(capsys, "train", *base, "--out", "m"))
    assert report["card"]["student"] == json.loads((at / "m" / CARD).read_text())["student"]
    assert (at / "m" / STUDENT).is_file()
    out = said(capsys, "evaluate", "--markdown", "--store", ".")
    mae = report["card"]["student"]["metrics"]["systems"]["mae"]
    rows = [line for line in out.splitlines() if line.startswith(f"| {SHEAR} (m) | log10(GPa) |")]
    assert [f"| {mae:.4f} |" in row for row in rows if "| systems |" in row] == [True]
    assert all(row.endswith("| – | – |") for row in rows if "| random |" in row)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "mine"], "required: --data"),
        (["predict", "none", "--data", "phases.csv"], "NAME = 'none': is no model"),
        (["predict", "mine", "--data", "none.csv"], "--data = 'none.csv': cannot be read"),
        (["predict", "mine", "--data", "a\0b"], "cannot be read"),
        (
            ["predict", "mine", "--data", "wrong.csv"],
            "has no column 'formula'; it begins with",
        ),
        (["predict", "mine", "--data", "bad.csv"], "has no formula that can be read; row 2"),
        (["predict", "mine", "--data", "phases.csv", "--out", "x.xlsx"], "neither .csv nor"),
        (["predict", "mine", "--data", "phases.csv", "--out", ""], "--out = '': is no name"),
        (
            ["predict", "mine", "--data", "phases.csv", "--out", "phases.csv"],
            "what the command reads",
        ),
        (
            ["predict", "mine", "--data", "phases.csv", "--out", "/proc/x/y.csv"],
            "cannot be written",
        ),
        (["predict", "mine", "--data", "phases.csv", "--out", "d.csv"], "is a folder"),
        (["predict", "mine", "--data", "phases.csv", "--out", "a", "--json"], "not allowed with"),
        (["distil"], "required: NAME"),
        (["distil", "none"], "NAME = 'none': is no model"),
        (["distil", f"embedded/{SHEAR}"], "comes with a student"),
        (["distil", SHEAR], "comes with a student"),
    ],
)
def test_bad_input_is_one_line(
    trained: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    Path("wrong.csv").write_text("mass\n1\n")
    Path("bad.csv").write_text("formula\n??\n")
    Path("d.csv").mkdir()
    before = sorted(Path().rglob("*"))
    capsys.readouterr()
    try:
        code = main.main(["models", *arguments])
    except SystemExit as error:
        code = error.code  # type: ignore[assignment]
    assert code == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert sorted(Path().rglob("*")) == before
