"""Labels that are damaged or hostile, and a machine without the potential."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny

from maiscreen.models.labels.labels import Label, to_lines
from maiscreen.models.labels.potentials import DEFAULT
from maiscreen.runners.cli import main

HEAVY = ("torch", "sevenn", "ase")

WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({HEAVY!r}))
from maiscreen.runners.cli.main import main
sys.exit(main(sys.argv[1:]))
"""

READS = f"""
import sys
import maiscreen.screen
from maiscreen.runners.cli.main import main
assert main(["labels", "show", "--labels", sys.argv[1]]) == 0
sys.exit(", ".join(name for name in {HEAVY!r} if name in sys.modules) or 0)
"""


def labels(**changed: object) -> list[Label]:
    made = tiny.simulate("NaCl", "structure", DEFAULT)
    return [replace(one, **changed) for one in made]  # type: ignore[arg-type]


def python(program: str, *arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("action", ["show", "export", "compare"])
def test_damaged_labels_give_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    text = to_lines(labels()).replace("false", "0").replace("true", "1")
    (tmp_path / "labels.jsonl").write_text(text, encoding="utf-8")
    assert main.main(["labels", action, "--labels", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "line 1" in said.err
    assert "passed_checks = 1: give true or false; make the labels again" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("action", ["show", "compare"])
def test_terminals_are_not_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    hostile = "\x1b[2J\u2028\x07\x9b31m"
    made = labels(passed_checks=False, reason=f"was{hostile}bad", formula=f"NaCl{hostile}")
    other = labels(model=f"mine{hostile}", passed_checks=False, reason="odd")
    text = to_lines([*made, *other])
    (tmp_path / "labels.jsonl").write_text(text, encoding="utf-8")
    assert main.main(["labels", action, "--labels", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "was [2J 31mbad" in said
    assert "NaCl [2J 31m" in said
    assert "mine [2J 31m" in said
    assert said.replace("\n", "").isprintable()


@pytest.mark.slow
def test_without_the_potential_nothing_is_simulated(tmp_path: Path) -> None:
    options = ["--phases", "NaCl", "--quantities", "structure", "--serial"]
    done = python(WITHOUT, "labels", "run", *options, at=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--models = '7net" in done.stderr
    assert "pip install torch==2.13.0, then pip install -e '.[potential]'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_labels_are_read_without_the_potential(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text(to_lines(labels()), encoding="utf-8")
    done = python(READS, str(tmp_path), at=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "formation_energy" in done.stdout
