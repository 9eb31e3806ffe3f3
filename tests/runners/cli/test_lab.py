"""`maiscreen lab` as it is typed: exit codes, what is kept, what is undone."""

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from lab_files import MESSY
from openpyxl import Workbook
from openpyxl.styles import Font

from maiscreen.runners.cli import main
from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.verify import verify
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.runners.runs.lab import FOLDER, counted_results, read_imports
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

PAPER = Path(__file__).parents[3] / "docs" / "lab_paper.csv"


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "messy.csv"
    path.write_text(MESSY, encoding="utf-8")
    return path


def lab(*arguments: object) -> int:
    return main.main(["lab", *map(str, arguments)])


def kept(out: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (out / FOLDER).glob("*")}


def test_hidden_and_struck_rows_and_lines_are_told(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = Workbook()
    for row in (["precursor", "thickness / µm"], ["SnCl4", 12], ["SiCl4", 8], ["TiCl4", 9]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active["B4"].font = Font(strike=True)
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    assert lab("import", out, tmp_path / "a.xlsx", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "row 3 is hidden in the sheet, and was read\nrow 4 is struck through in" in told
    assert "column 'thickness / µm' is hidden in the sheet, and was read" in told
    sheet = tmp_path / "a.csv"
    sheet.write_text('precursor,thickness / µm,note\nSnCl4,12,"two\nlines"\nSiCl4,xx,\n', "utf-8")
    assert lab("import", out, sheet, "--dry-run") == 3
    assert "row 3 (line 4 of the file), thickness = 'xx': is no number" in capsys.readouterr().out


def test_the_messy_file_is_imported_shown_and_undone(
    out: Path, messy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = tmp_path / "mend.csv"
    assert lab("import", out, messy, "--refused", refused) == 3
    told = capsys.readouterr().out
    assert "row 7, precursor = 'SnCI4': is not known; did you mean SnCl4?" in told
    assert "row 4, thickness = '12': give the unit" in told
    assert "4 accepted, 7 refused, 1 duplicates, 1 not filled in; kept as import 1" in told
    rows = list(csv.DictReader(refused.read_text("utf-8-sig").splitlines()))
    assert [row["row"] for row in rows] == ["4", "7", "8", "9", "11", "14", "15"]
    assert rows[0]["Impedanz / Ohm cm²"] == "1.234,5"
    assert lab("show", out) == 0
    shown = capsys.readouterr().out
    assert "> 650" in shown
    assert "Na15Sn4, NaCl" in shown
    before = kept(out)
    assert lab("import", out, messy) == 3
    assert "0 accepted, 7 refused, 5 duplicates" in capsys.readouterr().out
    assert kept(out) == before
    assert lab("undo", out) == 0
    assert before.items() < kept(out).items()
    assert counted_results(read_imports(out)) == []
    assert lab("undo", out) == 2
    assert lab("undo", out, 1) == 2
    assert "is undone already" in capsys.readouterr().err
    assert lab("import", out, messy) == 3
    assert [(one.number, one.undone) for one in read_imports(out)] == [(1, True), (2, False)]


def test_refused_rows_are_mended_and_imported(
    out: Path, messy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = tmp_path / "mend.csv"
    lab("import", out, messy, "--refused", refused)
    text = refused.read_text("utf-8-sig").replace("SnCI4,", "SnCl4,")
    refused.write_text(text, encoding="utf-8-sig")
    assert lab("import", out, refused) == 3
    assert "1 accepted, 6 refused" in capsys.readouterr().out


def test_the_papers_cells_beside_the_ranks(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lab("import", out, PAPER, "--dry-run") == 0
    assert not (out / FOLDER).exists()
    assert lab("import", out, PAPER) == 0
    capsys.readouterr()
    assert lab("show", out, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    ranks = [one["rank"] for one in told["precursors"] if one["rank"]]
    assert ranks == sorted(ranks) and ranks
    tin = next(one for one in told["precursors"] if one["precursor"] == "SnCl4")
    assert tin["cycles"] == {"cycles": 650.0, "reached": False}
    additive = next(one for one in told["precursors"] if one["route"] == "additive")
    assert additive["score"] > 0
    (source,) = told["imports"]
    assert source["sha256"] == hashlib.sha256(PAPER.read_bytes()).hexdigest()
    assert source["source"] == "lab_paper.csv"
    assert lab("show", out, "--csv") == 0
    assert len(capsys.readouterr().out.splitlines()) == 6


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_filled_in_and_comes_back(
    out: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / f"sheet.{kind}"
    assert lab("template", out, "--format", kind, "--out", sheet, "--top", 3) == 0
    assert lab("template", out, "--out", sheet) == 2
    assert "perhaps filled in" in capsys.readouterr().err
    assert lab("import", out, sheet) == 2
    assert "0 accepted, 0 refused, 0 duplicates, 3 not filled in" in capsys.readouterr().out
    assert not (out / FOLDER).exists()


def test_a_campaign_does_not_mind_its_results(out: Path, narrow: Campaign) -> None:
    ranking = (out / "ranking.parquet").read_bytes()
    lab("import", out, PAPER)
    manifest = ownership.read_manifest(out)
    ownership.check_ours(out, str(manifest["fingerprint"]), narrow.to_dict())
    assert verify(out).problems == ()
    run(narrow, out, serially=True)
    assert (out / "ranking.parquet").read_bytes() == ranking
    assert len(counted_results(read_imports(out))) == 5


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"x", b'{"sha256": 3}\n'])
def test_a_damaged_import_is_said_and_nothing_added(
    out: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    lab("import", out, PAPER)
    (path,) = (out / FOLDER).glob("import-*")
    path.write_bytes(damage)
    for command in (("show", out), ("import", out, PAPER), ("undo", out)):
        assert lab(*command) == 2
        assert "is not what was written" in capsys.readouterr().err
    assert path.read_bytes() == damage


def test_a_changed_value_is_noticed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab("import", out, PAPER)
    (path,) = (out / FOLDER).glob("import-*")
    path.write_bytes(path.read_bytes().replace(b'"cycles": 650', b'"cycles": 950'))
    assert lab("show", out) == 2
    assert "is not what was written" in capsys.readouterr().err


def test_two_imports_of_one_number_are_both_kept(
    out: Path, messy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(out, tmp_path / "other"))
    lab("import", out, PAPER)
    lab("import", other, messy)
    for path in (other / FOLDER).glob("*"):
        shutil.copy(path, out / FOLDER)  # as if both had been told number 1 at the same time
    assert len(counted_results(read_imports(out))) == 9
    capsys.readouterr()
    assert lab("undo", out, 1) == 2
    assert "is the number of several; give 0001-" in capsys.readouterr().err
    name = read_imports(out)[0].name
    assert lab("undo", out, name) == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("import", "{out}", "missing.csv"), "cannot be read"),
        (("import", "{out}", "{out}"), "cannot be read"),
        (("import", "nowhere", "{paper}"), "holds no finished campaign"),
        (("show", "nowhere"), "holds no finished campaign"),
        (("undo", "{out}"), "is no import to undo"),
        (("undo", "{out}", "../x"), "is no import to undo"),
        (("template", "{out}", "--out", "a\0b.xlsx"), "is no name of a file"),
        (("template", "{out}", "--out", "a.csv", "--format", "xlsx"), "ends otherwise"),
    ],
)
def test_bad_input_is_one_line(
    out: Path, arguments: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab(*(a.format(out=out, paper=PAPER) for a in arguments)) == 2
    told = capsys.readouterr()
    assert why in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not (out / FOLDER).exists()


def test_recipes_of_a_wide_campaign_come_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    space = Space(blends=2, ratio_steps=4, temperatures_c=(25,))
    wide = Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl",), fidelity="F0", samples=100,
                    space=space)  # fmt: skip
    out, sheet = tmp_path / "wide", tmp_path / "sheet.csv"
    run_campaign(wide, out, serially=True)
    assert lab("template", out, "--out", sheet) == 0
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    blend = next(row["precursor"] for row in rows if "+" in row["precursor"])
    filled = tmp_path / "filled.csv"
    filled.write_text(f"precursor;thickness / nm\n{blend};800\nSnCl4;90\n", encoding="utf-8")
    assert lab("import", out, filled) == 0
    capsys.readouterr()
    assert lab("show", out, "--json") == 0
    told = {one["precursor"]: one for one in json.loads(capsys.readouterr().out)["precursors"]}
    assert len(told) == 2
    assert all(one["rank"] for one in told.values())
