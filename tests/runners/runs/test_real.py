"""The real science, end to end: the default campaign, and the same on every runner."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from maiscreen.runners.cli import main
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

FILES = ("ranking.parquet", "shortlist.csv", "report.html")


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("real") / "reference"
    run(Campaign(), out, serially=True)
    return out


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "chunk_size"), [(None, 33), (1, 1000), (2, 101)])
def test_every_runner_gives_the_same_bytes(
    reference: Path, tmp_path: Path, workers: int | None, chunk_size: int
) -> None:
    campaign = replace(Campaign(), chunk_size=chunk_size)
    run(campaign, tmp_path, workers=workers, serially=workers is None)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (reference / name).read_bytes(), name


def test_all_candidates_are_accounted_for(reference: Path) -> None:
    manifest = json.loads((reference / "manifest.json").read_bytes())
    table = pq.read_table(reference / "ranking.parquet")
    counts = manifest["counts"]
    # Beside the candidates stand the paper's two controls.
    assert sum(counts.values()) == manifest["rows"] == table.num_rows - 2
    assert counts["failed"] == 0
    assert len(set(table["key"].to_pylist())) == table.num_rows
    for row in table.to_pylist():
        assert row["passed"] == (row["status"] == "passed") == (row["rank"] is not None)
        assert bool(row["rejected_reason"]) == (row["status"] == "rejected"), row["key"]


def test_nothing_in_the_folder_names_this_machine(reference: Path) -> None:
    for path in reference.rglob("*"):
        if path.is_file():
            assert str(reference.parent).encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_run_again_then_shortlist(reference: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["run", "--out", str(reference)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for formula in ("SnCl4", "SiCl4", "TiCl4"):
        assert f"\n{formula} vapour" in out
    assert main.main(["shortlist", str(reference), "--top", "3", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert all(row["cas"] and row["equation"] and row["process"] for row in rows)


def test_other_campaign_into_the_same_folder(
    reference: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in reference.rglob("*")}
    assert main.main(["run", "--out", str(reference), "--set", "temperature_c=60"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("maiscreen: error: --out = ")
    assert "differs in temperature_c" in err
    assert {path: path.stat().st_mtime_ns for path in reference.rglob("*")} == before


def test_explain_and_validate_give_one_json_object_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["explain", "SnCl4", "TiCl4", "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["formula"] for line in lines] == ["SnCl4", "TiCl4"]
    assert main.main(["explain", "SnCl4", "Xx"]) == 2
    # A bad one does not hide the good one.
    assert capsys.readouterr().out.startswith("formula: SnCl4")
    assert main.main(["validate", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"order", "chance_probability", "kendall_tau", "states", "controls"} <= set(found)
