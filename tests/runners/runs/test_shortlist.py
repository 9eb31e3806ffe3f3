"""`maiscreen shortlist` as it is typed, and the function for notebooks."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.runners.runs.shortlist import shortlist
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

NARROW = Campaign(metals=("Si", "Ti", "Ge", "Sn"), halogens=("Cl", "Br"), samples=100)
WIDE = Campaign(
    metals=("Si", "Ti", "Sn"), halogens=("Cl",), samples=100, fidelity="F0",
    space=Space(blends=2, exposures_s=(10.0, 20.0)),
)  # fmt: skip


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("narrow") / "out"
    run(NARROW, out, serially=True)
    return out


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wide") / "out"
    run_campaign(WIDE, out, serially=True)
    return out


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def command(*arguments: object) -> int:
    return main.main(["shortlist", *map(str, arguments)])


@pytest.mark.parametrize("campaign", ["narrow", "wide"])
def test_every_format_of_every_campaign(
    campaign: str, here: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    out = request.getfixturevalue(campaign)
    name = "formula" if campaign == "narrow" else "recipe"
    for kind in ("csv", "xlsx", "json", "parquet", "cards"):
        end = "pdf" if kind == "cards" else kind
        assert command(out, "--top", 2, "--format", kind, "--out", f"best.{end}") == 0
        assert capsys.readouterr().out.endswith(f"Written to best.{end}: 2 precursors\n")
    rows = list(csv.DictReader(io.StringIO((here / "best.csv").read_text("utf-8-sig"))))
    names = [row[name] for row in rows]
    assert len(names) == 2
    assert [r[name] for r in json.loads((here / "best.json").read_bytes())["rows"]] == names
    assert pq.read_table(here / "best.parquet")[name].to_pylist() == names
    sheet = load_workbook(here / "best.xlsx")["Bench sheet"]
    assert {sheet.cell(i, 2).value for i in (3, 4)} == {*names}
    assert (here / "best.pdf").read_bytes().startswith(b"%PDF")
    assert command(out, "--top", 50) == 0
    every = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert next(row for row in every if row[name] == "SnCl4")["expected_thickness_low_um"]


def test_printed_is_what_is_written(
    narrow: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert command(narrow) == 0
    text = capsysbinary.readouterr().out
    assert text == (narrow / "shortlist.csv").read_bytes().removeprefix(b"\xef\xbb\xbf").replace(
        b"\r\n", b"\n"
    )


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["--format", "xlsx"], "shortlist.xlsx"), (["--format", "cards"], "shortlist.pdf"),
     (["--out", "mine.XLSX"], "mine.XLSX"), (["--out", "mine.json"], "mine.json")],
)  # fmt: skip
def test_nothing_is_written_over_without_being_told(
    narrow: Path, here: Path, arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*arguments, "--top", "1"]
    assert command(narrow, *arguments) == 0
    written = (here / name).read_bytes()
    (here / name).write_bytes(b"filled in")
    assert command(narrow, *arguments) == 2
    assert "is there already, perhaps filled in" in capsys.readouterr().err
    assert (here / name).read_bytes() == b"filled in"
    assert command(narrow, *arguments, "--overwrite") == 0
    if name.endswith(("json", "pdf")):
        assert (here / name).read_bytes() == written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "cards", "--out", "a.xlsx"], "ends otherwise than --format cards: .pdf"),
        (["--out", "a.txt"], "give a file that ends with .csv, .xlsx, .json, .parquet or .pdf"),
        (["--out", ""], "--out = '': is no name of a file"),
        (["--out", "none/\0.csv"], ".csv': is no name of a file"),
        (["--per-metal", "0"], "--per-metal = '0': give a whole number"),
        (["--per-metal", "many"], "--per-metal = 'many': give a whole number"),
        (["--format", "cards", "--top", "1001"], "from 1 to 1000 with --format cards"),
    ],
)
def test_bad_options_write_nothing(
    narrow: Path, here: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(narrow, *arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err
    assert list(here.iterdir()) == []


def test_diverse(narrow: Path, wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(narrow, "--diverse", "--format", "json") == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)["rows"]
    assert sorted(row["formula"][:2] for row in rows) == ["Ge", "Si", "Sn", "Ti"]
    assert "4 precursors: no other metals are left for --top 10" in err
    assert command(narrow, "--per-metal", 2, "--top", 6, "--format", "json") == 0
    taken = [row["formula"][:2] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert max(taken.count(metal) for metal in taken) == 2
    assert command(wide, "--diverse", "--format", "json") == 0
    phases = [row["expected_phases"] for row in json.loads(capsys.readouterr().out)["rows"]]
    for metal in ("Sn", "Si", "Ti"):
        assert sum(metal in text for text in phases) == 1


def test_bottles_first_and_one_list_alone(
    narrow: Path, wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gases = Campaign(metals=("Si", "Ge", "Sn"), halogens=("F", "Cl"), samples=100)
    out = narrow.parent / "gases"
    run(gases, out, serially=True)
    capsys.readouterr()
    assert command(out, "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    kinds = [row["handling"] for row in rows]
    assert kinds == sorted(kinds) and {"bottle", "cylinder"} == set(kinds)
    for kind in ("bottle", "cylinder"):
        assert command(out, "--handling", kind, "--format", "json") == 0
        whole = json.loads(capsys.readouterr().out)
        assert whole["rows"] == [row for row in rows if row["handling"] == kind]
        assert whole["provenance"]["choice"] == f"by rank, from a {kind}"
        assert [r["formula"] for r in shortlist(out, handling=kind)] == [
            row["formula"] for row in whole["rows"]
        ]
    assert len(shortlist(wide, handling="cylinder")) == 0
    with pytest.raises(InputError, match="give bottle or cylinder"):
        shortlist(out, handling="bag")
    with pytest.raises(SystemExit):
        command(out, "--handling", "bag")


@pytest.mark.slow
@pytest.mark.parametrize("campaign", ["narrow", "wide"])
def test_filled_in_it_is_imported(
    campaign: str, here: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    out = request.getfixturevalue(campaign)
    for end in ("xlsx", "csv"):
        assert command(out, "--out", f"best.{end}") == 0
        assert main.main(["lab", "import", str(out), f"best.{end}", "--dry-run"]) == 2
        told = capsys.readouterr().out
        assert "0 accepted, 0 refused, 0 duplicates" in told
        assert "not known" not in told
    book = load_workbook(here / "best.xlsx")
    sheet = book["Bench sheet"]
    titles = [cell.value for cell in sheet[2]]
    sheet.cell(3, titles.index("thickness (nm)") + 1, 5_000)
    sheet.cell(3, titles.index("phases seen") + 1, "Na15Sn4")
    book.save(here / "best.xlsx")
    assert main.main(["lab", "import", str(out), "best.xlsx", "--dry-run"]) == 0
    assert "1 accepted, 0 refused, 0 duplicates" in capsys.readouterr().out


def test_for_a_notebook(narrow: Path, wide: Path) -> None:
    found = shortlist(narrow, top=5, diverse=True)
    assert len(found) == 4
    assert repr(found).startswith(f"<Shortlist of 4: {found.names[0]}, ")
    assert [row["formula"] for row in found] == found.names
    assert "<table>" in found._repr_html_()
    assert len(shortlist(str(narrow), top=5, per_metal=2)) == 5
    assert "SnCl" in shortlist(wide, top=2)._repr_html_()
    for wrong in (0, -1, 2.5, True, "3"):
        with pytest.raises(InputError, match="give a whole number from 1"):
            shortlist(narrow, top=wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="holds no finished campaign"):
        shortlist("none")
    slip = narrow.with_name(narrow.name[:-1])
    with pytest.raises(InputError, match=f"no finished campaign; did you mean {narrow.name!r}"):
        shortlist(slip)
