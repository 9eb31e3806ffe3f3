"""`maiscreen models` at the command line."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from maiscreen.candidates.reading.sealed import open_sealed
from maiscreen.models.learning.duplicates import WAYS
from maiscreen.models.storage.model import CARD, MODEL
from maiscreen.runners.cli import main
from maiscreen.runners.cli.training_options import DUPLICATES

SHEAR = "shear_modulus_gpa"
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())",
]
pytestmark = pytest.mark.usefixtures("quick_recipe")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def trained(at: Path, trained_models: Path) -> Path:
    """A store with a model ``mine`` and one of the same data."""
    for name in ("mine", "again"):
        shutil.copytree(trained_models / name, at / "models" / name)
    return at / "models"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main.main(["models", *arguments]) == 0
    return capsys.readouterr().out


def test_lists_shows_and_uses(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "list", "--json")
    cards = {card["name"]: card for card in map(json.loads, out.splitlines())}
    assert {"mine", "again"} <= cards.keys()
    assert cards["mine"]["metrics"][SHEAR]["systems"]["nominal"] == 0.9
    assert cards["mine"]["in_use"] is False
    card = json.loads(said(capsys, "show", "mine", "--json"))
    assert card == open_sealed((trained / "mine" / CARD).read_bytes())
    assert "promoted" in said(capsys, "show", "mine")
    assert "maiscreen run --models models" in said(capsys, "use", "mine")
    assert any(
        line.startswith("*") and " mine " in line for line in said(capsys, "list").split("\n")
    )
    assert "mine" in said(capsys, "list", "--store", "models")


def test_evaluates_and_compares(
    trained: Path, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(said(capsys, "evaluate", "mine", "--data", str(mine), "--json"))
    assert found["all"]["rows"] == found["seen"]["rows"] == 120
    assert "coverage" in said(capsys, "evaluate", "mine", "--data", str(mine))
    assert main.main(["models", "compare", "mine", "again", "--data", str(mine)]) == 2
    assert "are new to both models; give some of 2 systems" in capsys.readouterr().err
    mine.write_text(mine.read_text() + "NaSn,11\nBaO,30\n")
    out = said(capsys, "compare", "mine", "again", "--data", str(mine))
    assert "again against mine" in out
    found = json.loads(said(capsys, "compare", "mine", "again", "--data", str(mine), "--json"))
    assert (found["unseen"]["rows"], found["unseen"]["systems"]) == (2, 2)


def test_prints_the_table_of_the_documentation(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "evaluate", "--markdown")
    rows = [line for line in out.splitlines() if line.startswith(f"| {SHEAR} (mine) |")]
    card = json.loads((trained / "mine" / CARD).read_text())
    mae = card["metrics"][SHEAR]["systems"]["mae"]
    assert any("| systems |" in row and f"| {mae:.4f} |" in row for row in rows)
    assert "predictions / s" in out


def test_writes_what_was_left_out_safe_for_a_spreadsheet(at: Path, mine: Path) -> None:
    mine.write_text(mine.read_text() + "=HYPERLINK(1),5\n")
    base = ["models", "train", "--target", SHEAR, "--data", str(mine), "--base", "none"]
    assert main.main([*base, "--left-out", "out.csv"]) == 0
    assert (at / "models" / f"my_{SHEAR}" / MODEL).exists()
    with (at / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["formula"] == "'=HYPERLINK(1)"
    assert row["row"] == "122"


def test_gives_the_report_as_json(at: Path, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("train", "--target", SHEAR, "--data", str(mine), "--base", "none", "--json")
    report = json.loads(said(capsys, *arguments, "--out", "m"))
    assert report["promoted"] is True
    assert report["rows_used"] == 120
    assert report == json.loads((at / "m" / "report.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: ACTION"),
        (["teach"], "ACTION = 'teach': give one of"),
        (["train"], "--target = '': is missing"),
        (["train", "--target", SHEAR], "--data = '': is missing"),
        (["train", "--target", "hardness", "--data", "x.csv"], "target = 'hardness': is none"),
        (["train", "--target", SHEAR, "--data", "x.csv"], "data = 'x.csv': cannot be read"),
        (["train", "--target", SHEAR, "--data", "a\0b"], "cannot be read"),
        (["train", "--target", SHEAR, "--data", ""], "--data = '': is missing"),
        (["train", "--target", SHEAR, "--data", "x", "--seed", "-1"], "--seed = '-1': give"),
        (["train", "--target", SHEAR, "--data", "x", "--seed", "9" * 5000], "give a whole"),
        (["train", "--target", SHEAR, "--data", "x", "--out", ""], "--out = '': is empty"),
        (["train", "--target", SHEAR, "--data", "x", "--out", "/proc/x"], "cannot be written"),
        (["train", "--target", SHEAR, "--data", "x", "--out", "x" * 300], "cannot be written"),
        (["train", "--embedded"], "--out = '': is missing"),
        (["train", "--embedded", "--out", "x", "--target", "hardness"], "'hardness': is none"),
        (["show"], "required: NAME"),
        (["show", "none"], "NAME = 'none': is no model"),
        (["show", "none", "--store", ""], "--store = '': is empty"),
        (["use", "embedded/hardness"], "is not embedded"),
        (["evaluate", "none", "--data", "x.csv"], "NAME = 'none': is no model"),
        (["evaluate"], "give a model and --data, or --markdown"),
        (["compare", "a", "b"], "required: --data"),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(
    at: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], message: str
) -> None:
    try:
        code = main.main(["models", *arguments])
    except SystemExit as error:
        code = error.code  # type: ignore[assignment]
    assert code == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert list(at.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("formula,shear_modulus_gpa\nNaSn,5\nKSn,6\n", "has 2 compositions"),
        ("formula\nNaSn\n", "has no column"),
        ("formula,shear_modulus_gpa\n" + "NaSn,nan\n" * 9, "no row is left"),
        ("formula,value\nNaSn,5\n", "unit = '': is not stated"),
    ],
)
def test_bad_data_leave_the_old_model(
    trained: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert main.main(["models", "use", "mine"]) == 0
    before = {p: p.read_bytes() for p in trained.rglob("*") if p.is_file()}
    (trained.parent / "bad.csv").write_text(text)
    capsys.readouterr()
    arguments = ["--target", SHEAR, "--data", "bad.csv", "--out", "models/mine", "--force"]
    assert main.main(["models", "train", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert {p: p.read_bytes() for p in trained.rglob("*") if p.is_file()} == before


def test_a_tampered_model_is_refused(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (trained / "mine" / MODEL).write_bytes(b"\x80\x04cos\nsystem\n.")
    for action in (["show", "mine"], ["use", "mine"], ["evaluate", "mine", "--data", "mine.csv"]):
        assert main.main(["models", *action]) == 2
        assert "was changed" in capsys.readouterr().err


def test_interrupted_ends_with_130(
    at: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("maiscreen.models.retraining.held_back.RetrainingPlan.compare", interrupted)
    arguments = ["--target", SHEAR, "--data", str(mine), "--base", "none", "--out", "m"]
    assert main.main(["models", "train", *arguments]) == 130
    assert not (at / "m").exists()


def test_help_answers_without_heavy_imports() -> None:
    code = (
        "import sys\n"
        "from maiscreen.runners.cli.main import main\n"
        "try: main(['models', 'train', '--help'])\n"
        "except SystemExit: pass\n"
        "print({'numpy', 'pyarrow', 'pandas', 'sklearn', 'skops'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("set()\n")
    assert "shear_modulus_mpa" in done.stdout


def test_trained_models_do_not_change_the_hash_of_the_code(tmp_path: Path) -> None:
    """In a checkout they lie beside the code; what a campaign used, its own settings say."""
    from maiscreen.runners.provenance import _contents

    code = ("one.py", "room/__init__.py", "room/two.py", "data/table.csv")
    for name in (*code, "mine/card.json", "mine/three.py", "in_use.json", "room/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    contents = _contents("models", tmp_path, is_data=False)
    assert {name for name, _ in contents} == {f"models/{name}" for name in code}


def test_the_hash_of_the_code_reads_every_file_of_the_science() -> None:
    from maiscreen.runners.provenance import SCIENCE, _contents

    root = Path(__file__).parents[3]
    for part in SCIENCE:
        hashed = {name for name, _ in _contents(part, root / part, is_data=False)}
        assert {str(path.relative_to(root)) for path in (root / part).rglob("*.py")} <= hashed


@pytest.mark.slow
def test_a_refusal_after_large_tables_ends_with_its_code(tmp_path: Path) -> None:
    """Threads that Arrow had left behind aborted every other of these processes."""
    (tmp_path / "few.csv").write_text(f"formula,{SHEAR}\nNaSn,11\n")
    code = "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())"
    train = ["models", "train", "--target", SHEAR, "--data", "few.csv", "--out", "mine"]
    command = [sys.executable, "-c", code, *train]
    for _ in range(8):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


GAP = 'name = "band_gap_ev"\nunit = "eV"\nlow = 0\nhigh = 2000\n'


def test_trains_a_target_of_ones_own_on_json(
    at: Path, moduli: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    (at / "gap.toml").write_text(GAP)
    rows = [{"Compound": f, "gap": str(v), "why": [1]} for f, v in list(moduli.items())[::2]]
    rows[0]["gap"] = f"< {rows[0]['gap']}"
    twice = {**rows[1], "gap": str(float(str(rows[1]["gap"])) + 1)}
    (at / "gaps.json").write_text(json.dumps([*rows, twice]))
    data = ["--data", "gaps.json", "--value-column", "gap", "--formula-column", "Compound"]
    asked = ["train", "--target", "gap.toml", *data, "--out", "models/gap", "--quiet"]
    asked += ["--split", "without Ti", "--tests", "quick", "--duplicates", "min"]
    report = json.loads(said(capsys, *asked, "--json"))
    card = report["card"]
    assert card["definition"]["unit"] == "eV" and card["data"]["bounds"] == 1
    assert list(card["splits"]) == ["without Ti", "with Ti"]
    assert (report["rows"], report["rows_used"], report["disagreeing"]) == (61, 60, 1)
    out = said(capsys, "show", "gap")
    assert "no compound of Ti in any training part; 2 of them tested" in out
    assert "band_gap_ev" in said(capsys, "list")
    with_gap = ("--data", "gaps.json", "--formula-column", "Compound")
    lines = said(capsys, "predict", "gap", *with_gap, "--json").splitlines()
    assert len(lines) == 61 and "band_gap_ev_high" in json.loads(lines[0])
    found = json.loads(said(capsys, "evaluate", "gap", *data, "--json"))
    assert found["seen"]["rows"] == 60


def test_compares_on_rows_that_are_held_back(
    at: Path, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, *lines = mine.read_text().splitlines()
    (at / "train.csv").write_text("\n".join([head, *lines[:100]]))
    (at / "held.csv").write_text("\n".join([head, *lines[100:]]))
    asked = ("train", "--target", SHEAR, "--data", "train.csv", "--base", "none", "--quiet")
    out = said(capsys, *asked, "--held-back", "held.csv", "--tests", "quick", "--out", "m")
    assert "on 20 rows of 10 chemical systems (held back by the user)" in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("name = 3", "target.name = 3: give a text"),
        ('name = "g"\nlimit = 3', "target.limit = 3: take name, unit"),
        ('name = "g', "is no TOML"),
        ("\xff", "is no text in UTF-8"),
        ('name = "shear_modulus_gpa"\nunit = "kbar"', "is built in, with other parts"),
    ],
)
def test_refuses_a_wrong_file_of_a_target(
    at: Path, mine: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (at / "gap.toml").write_bytes(text.encode("latin-1"))
    assert main.main(["models", "train", "--target", "gap.toml", "--data", str(mine)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert message in line
    assert not (at / "models").exists()


def test_choices_are_those_of_the_library() -> None:
    assert DUPLICATES == WAYS
