"""Labels on the command line: exported, shown, compared, and what is refused."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny

from maiscreen.models.labels.labels import Label
from maiscreen.models.labels.potentials import DEFAULT, MODELS
from maiscreen.runners.cli import main
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_receipts import read_labels
from maiscreen.runners.runs.simulation import LabelRequest


def test_nothing_to_export(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("maiscreen.models.labels.labels.load_labels", tuple)
    assert main.main(["labels", "export"]) == 0
    (header,) = capsys.readouterr().out.splitlines()
    assert header.split(",")[:3] == ["formula", "property", "value"]
    assert main.main(["labels", "export", "--json"]) == 0
    assert capsys.readouterr().out == ""
    assert main.main(["labels", "show", "NaCl"]) == 2
    remedy = "NaCl': has no labels yet; make some with: maiscreen labels run --phases NaCl\n"
    assert capsys.readouterr().err.endswith(remedy)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
        first, *rest = tiny.simulate(formula, quantity, model)
        return (replace(first, passed_checks=False, reason="=1+1\nbad"), *rest)

    tiny.run(tmp_path / "labels", simulate)
    return tmp_path / "labels"


def test_export_as_json(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["labels", "export", "--json", "--labels", str(finished)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = "formula property value unit std model passed_checks seconds reason"
    assert {" ".join(list(row)[:9]) for row in rows} == {names}
    assert len(rows) == 60
    assert {Label(**row) in read_labels(finished) for row in rows} == {True}
    assert {row["value"] for row in rows if row["formula"] == "NaSn"} >= {None}


def test_export_as_csv_is_safe_in_a_spreadsheet(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["labels", "export", "--labels", str(finished)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 60
    reasons = {row["reason"] for row in rows}
    assert reasons == {"", "'=1+1 bad", "no hop converged"}
    nothing = [row["value"] for row in rows if row["reason"].startswith("no hop")]
    assert set(nothing) == {""}
    assert json.loads(rows[0]["details"]) == {"hops": [1.5, None]}


def test_show(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["labels", "show", "NaSn", "--labels", str(finished)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["phase", "property", "unit", "first", "second", "checks"]
    assert len(lines) == 11
    assert {line.split()[0] for line in lines[1:9]} == {"NaSn"}
    assert lines[10].startswith("no evidence for first, second: a screen refuses these labels")
    (barrier,) = [line for line in lines if "migration_barrier" in line]
    assert barrier.split()[3:5] == ["none", "none"]
    assert "first: no hop converged" in barrier


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "NaXx"], "FORMULA = 'NaXx': is not known"),
        (["show", "--labels", ""], "--labels = '': is empty; give a folder"),
        (["export", "--labels", "/nowhere"], "holds no labels; make some with: maiscreen labels"),
        (["run", "--phases", "NaCl,,NaSn"], "--phases = 'NaCl,,NaSn': has an empty name"),
        (["run", "--workers", "0"], "--workers = '0': give a whole number"),
        (["run", "--serial", "--workers", "2"], "not allowed with"),
        (["run", "--out", ""], "--out = '': is empty"),
        (["paint"], "ACTION = 'paint': give one of"),
        ([], "the following arguments are required: ACTION"),
    ],
)
def test_bad_arguments_give_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    try:
        code = main.main(["labels", *arguments])
    except SystemExit as end:
        code = int(str(end.code))
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_compare_gives_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
        first, *rest = tiny.simulate(formula, quantity, model)
        return (replace(first, passed_checks=False, reason="3 | 4\noff"), *rest)

    parts = replace(tiny.parts(simulate), models=tuple(MODELS))
    run_labels(LabelRequest(), tmp_path, tiny.SERIAL, simulator=parts)
    assert main.main(["labels", "compare", "--labels", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 6  # Without the spread: no structure passed its check.
    for lines in tables:
        assert len({line.count("|") for line in lines}) == 1
    (salt,) = [line for line in tables[0] if line.startswith("| NaCl | Young's modulus")]
    labels = {(one.formula, one.property, one.model): one for one in read_labels(tmp_path)}
    value = labels["NaCl", "youngs_modulus", DEFAULT].value
    assert value is not None
    assert f"| {value:.3g} ({value / 37.6 - 1:+.0%}, **missed**) |" in salt
    assert "| no hop converged |" in text
    assert "3 / 4 off" in text


@pytest.mark.parametrize("action", ["run", "show", "export", "compare"])
def test_help_teaches(capsys: pytest.CaptureFixture[str], action: str) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["labels", action, "--help"])
    assert end.value.code == 0
    assert f"maiscreen labels {action} " in capsys.readouterr().out.split("example", 1)[1]
