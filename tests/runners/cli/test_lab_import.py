"""`maiscreen lab import` of what explains itself badly: questions, answers, exports of cyclers."""

import json
from pathlib import Path

import pytest
from cycler_files import biologic, neware, symmetric

from maiscreen.runners.cli import main
from maiscreen.runners.runs.lab import FOLDER, counted_results, read_imports
from maiscreen.runners.runs.lab_import import read_lab_file

ASKED = "precursor;Ergebnis;Box;j (mA/cm2)\nSnCl4;650;3;2\nGeCl4;410;4;2\n"
ANSWERS = ("--column", "Ergebnis=cycles", "--ignore", "Box", "--with", "capacity=1 mAh/cm²")
CELL = ("--area-cm2", 1.13, "--with", "precursor=GeCl4", "--with", "cell=symmetric")
SAVED = Path(__file__).parents[2] / "screen" / "lab_exchange" / "data" / "ax_saved.json"


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    path = tmp_path / "asked.csv"
    path.write_text(ASKED, encoding="utf-8")
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "cell.mpt"
    path.write_bytes(biologic(symmetric([0.03] * 20 + [0.003] * 6, records=4)))
    return path


def lab(*arguments: object) -> int:
    return main.main(["lab", *map(str, arguments)])


def test_the_import_asks_and_takes_the_answer(
    out: Path, asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab("import", out, asked) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert '--column "Ergebnis=cycles"' in told.err
    assert not (out / FOLDER).exists()
    assert lab("import", out, asked, *ANSWERS) == 0
    assert "2 accepted, 0 refused" in capsys.readouterr().out
    assert [one.cycles for one in counted_results(read_imports(out))] == [650, 410]


def test_python_asks_and_takes_the_answer_too(out: Path, asked: Path) -> None:
    read = read_lab_file(out, asked, {"Ergebnis": "cycles"}, ["Box"], {"capacity": "1 mAh/cm²"})
    assert not (out / FOLDER).exists()
    assert [one.cycles for one in read.content.accepted] == [650, 410]
    assert (read.keep(), len(read_imports(out))) == (1, 1)
    again = read_lab_file(out, asked, {"Ergebnis": "cycles"}, ["Box"], {"capacity": "1 mAh/cm²"})
    assert (again.keep(), len(again.content.repeated)) == (0, 2)


def test_cycles_of_an_export_are_shown_before_they_are_kept(
    out: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab("import", out, export, *CELL) == 0
    told = capsys.readouterr().out
    assert told.startswith("rule for a symmetric cell (decision 52):")
    assert "cell.mpt: 20 cycles before short circuit\n  cycle 21: mean |V| 3 mV, 30 mV" in told
    assert "26 whole cycles at 2.26 mA by the sign of the current; the cycler counts 26" in told
    assert told.rstrip().endswith("nothing kept yet; if you agree, add --keep")
    assert not (out / FOLDER).exists()
    electrolyte = ("--with", "electrolyte=1 M NaPF6 in G2")
    assert lab("import", out, export, *CELL, *electrolyte, "--keep") == 0
    assert "kept as import 1" in capsys.readouterr().out
    (record,) = counted_results(read_imports(out))
    assert (record.cycles, record.failure_criterion) == (20, "short circuit")
    assert (record.current_density_ma_cm2, record.capacity_mah_cm2) == (2.0, 1.0)
    (reading,) = (one for one in record.read if one.column == "cycles")
    assert reading.raw == "cell.mpt: 312 records of Ewe/V, <I>/mA, time/s, cycle number"
    assert reading.rule.startswith("counted by decision 52, symmetric cell. short circuit: mean")
    assert lab("import", out, export, *CELL, *electrolyte, "--keep") == 0
    assert "1 duplicates" in capsys.readouterr().out


def test_a_stated_current_density_stands_for_what_was_measured(out: Path, tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_bytes(neware(symmetric([0.03] * 9, current_ma=2.4, records=4)))
    constant = {"precursor": "bare sodium", "cell": "Na|Na", "current density": "2 mA/cm²"}
    (record,) = read_lab_file(out, path, constant=constant, area_cm2=1.13).content.accepted
    assert (record.current_density_ma_cm2, record.capacity_mah_cm2) == (2.0, 1.06)
    assert (record.cycles, record.censored, record.running) == (9, True, False)


def test_an_experiment_of_ax_comes_back(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = ("--with", "current density=2 mA/cm²", "--with", "capacity=1 mAh/cm²")
    assert lab("import", out, SAVED, *beside) == 0
    records = counted_results(read_imports(out))
    assert [(r.precursor, r.cycles, r.running) for r in records] == [
        ("SnCl4", 570, False), ("SiCl4", 220, False), ("GeCl4", 403, False), ("TiCl4", None, True),
    ]  # fmt: skip
    capsys.readouterr()
    assert lab("next", out, "--replicates", 2) == 0
    told = capsys.readouterr().out
    assert "still running, and counted as part of the batch: TiCl4" in told


@pytest.mark.parametrize("reader", ["baybe", "ax"])
def test_campaigns_are_written_for_others(
    out: Path, asked: Path, tmp_path: Path, reader: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lab("import", out, asked, *ANSWERS)
    path = tmp_path / "theirs.json"
    capsys.readouterr()
    assert lab("export", out, "--for", reader, "--out", path) == 0
    told = capsys.readouterr().out
    assert "candidates, 2 cells, 0 of them running" in told
    document = json.loads(path.read_bytes())
    assert ("campaign" in document) == (reader == "baybe")
    assert lab("export", out, "--for", reader, "--out", path) == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("{asked}", "--column", "Ergebnis"), "give a heading and what it is"),
        (("{asked}", "--column", "a=cycles", "--column", "a=cas"), "says 'a' twice"),
        (("{asked}", "--with", "=5"), "give a heading and what it is"),
        (("{asked}", "--area-cm2", "1"), "is for exports of cyclers"),
        (("{asked}", "--area-cm2", "nan"), "give the area of one electrode in cm²"),
        (("{export}",), 'lacks: give --with "precursor=…" --with "cell=…" --area-cm2 …'),
        (("{export}", *CELL, "--area-cm2", "0"), "give one above 0"),
        (("{export}", *CELL[:4], "--with", "cell=round"), "--with = 'cell=round': give symmetric"),
        (
            ("{export}", *CELL, "--with", "weather=fine"),
            "--with = 'weather': 'weather' is none of precursor",
        ),
    ],
)
def test_bad_input_is_one_line(
    out: Path, asked: Path, export: Path, arguments: tuple[object, ...], why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert lab("import", out, *(str(a).format(asked=asked, export=export) for a in arguments)) == 2
    told = capsys.readouterr()
    assert why in told.err
    assert (told.err.count("\n"), told.out) == (1, "")
    assert not (out / FOLDER).exists()
