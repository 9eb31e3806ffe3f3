"""`maiscreen models suggest` on a real small campaign, and on what is none."""

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from resealed import reseal

from maiscreen.runners.cli import console
from maiscreen.runners.cli.console import Parser
from maiscreen.runners.cli.predictions import add_suggest
from maiscreen.runners.folder.files import to_parquet
from maiscreen.runners.folder.ownership import read_ranking
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.advice.suggest import COLUMNS
from maiscreen.screen.campaign.campaign import Campaign

CAMPAIGN = Campaign(metals=("Si", "Ti", "V", "Ge", "Sn"), halogens=("F", "Cl"), top_k=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("suggest") / "campaign"
    run(CAMPAIGN, out, serially=True, quiet=True)
    return out


def models(*arguments: str | Path) -> int:
    parser = Parser(prog="maiscreen models")
    add_suggest(parser.add_subparsers(metavar="ACTION", required=True))

    def perform(given: object) -> int:
        options = parser.parse_args([str(one) for one in arguments])
        code: int = options.command(options)
        return code

    return console.run_guarded(perform, None)


def test_a_line_for_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models("suggest", folder, "--n", "3") == 0
    said = capsys.readouterr().out
    assert "right ones in top 3 +" in said
    lines = said.splitlines()
    assert 1 <= sum(line[:1].isdigit() for line in lines) <= 3
    assert len(lines) <= 10 and " 0.00 ±" not in said  # ten lines, nothing worth 0.00


def test_json_and_csv_say_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models("suggest", folder, "--n", "4", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert models("suggest", folder, "--n", "4", "--csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert 1 <= len(lines) == len(rows) <= 4
    assert tuple(rows[0]) == tuple(lines[0]) == COLUMNS
    for line, row in zip(lines, rows, strict=True):
        assert float(row["gain"]) == line["gain"]
        assert row["candidates"].split("; ") == line["candidates"]
        assert line["campaign"] == read_ranking(folder)[2][:12]


def test_candidates_by_score(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models("suggest", folder, "--of", "candidates", "--by", "score", "--json") == 0
    keys = [json.loads(line)["phase"] for line in capsys.readouterr().out.splitlines()]
    assert keys
    assert set(keys) <= set(read_ranking(folder)[0]["key"].to_pylist())


def test_nothing_to_gain_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "few"
    run(Campaign(metals=("Sn",), halogens=("Cl",)), out, serially=True, quiet=True)
    assert models("suggest", out) == 0
    assert "no label can change" in capsys.readouterr().out
    assert models("suggest", out, "--json") == 0
    assert capsys.readouterr().out == ""
    assert models("suggest", out, "--csv") == 0
    assert capsys.readouterr().out.strip() == ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["suggest", "none"], "DIR = 'none': holds no finished campaign"),
        (["suggest", ""], "DIR = '': is empty; give a folder"),
        (["suggest", "none", "--n", "0"], "--n = '0': give a whole number from 1 to 1000"),
        (["suggest", "none", "--n", "ten"], "--n = 'ten': give a whole number"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models(*arguments) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    "arguments", [["x", "--n"], ["x", "--of", "metals"], ["x", "--json", "--csv"]]
)
def test_bad_options_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        models("suggest", *arguments)
    assert ended.value.code == 2


def test_a_ranking_of_another_version_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import hashlib

    other = tmp_path / "old"
    other.mkdir()
    content = to_parquet(pq.read_table(folder / "ranking.parquet").drop(["p_alloy_in_operation"]))
    (other / "ranking.parquet").write_bytes(content)
    shutil.copy(folder / "manifest.json", other)
    files = {"ranking.parquet": hashlib.sha256(content).hexdigest()}
    reseal(other / "manifest.json", files=files)
    assert models("suggest", other) == 2
    assert "has no p_alloy_in_operation; run the campaign again" in capsys.readouterr().err
