"""What results teach, as it is typed: proposals, weights, a table for the models, a replay."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maiscreen.models.storage.model import load
from maiscreen.runners.cli import main
from maiscreen.runners.cli.lab_learning import replay_table
from maiscreen.runners.runs.campaign import run_campaign
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.facts.precursors import Catalogue, KnownPrecursor
from maiscreen.screen.lab_learning.replay import replay
from maiscreen.screen.lab_sheet.reader import read_results

PAPER = Path(__file__).parents[3] / "docs" / "lab_paper.csv"


def lab(*arguments: object) -> int:
    return main.main(["lab", *map(str, arguments)])


def files(out: Path) -> dict[str, str]:
    every = (p for p in out.rglob("*") if p.is_file())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in every}


def test_proposals_before_and_after_the_papers_cells(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab("next", out, "--n", 3, "--without-paper") == 0
    told = capsys.readouterr().out
    assert told.startswith("Try next: SnCl4 (tin tetrachloride), out of a bottle.")
    assert "\nno results that can be compared: equal weights" in told
    assert "1. SnCl4: outlives bare sodium in" in told
    # The paper's cells are known from the start, and an import of them adds nothing.
    assert lab("next", out) == 0
    fresh = capsys.readouterr().out
    assert "learned from 5 cells of 5 precursors" in fresh and "\n1. SnCl4:" not in fresh
    assert lab("next", out, "--handling", "cylinder", "--json") == 0
    gases = [json.loads(line)["precursor"] for line in capsys.readouterr().out.splitlines()]
    assert gases and set(gases) <= {"GeF4", "SiF4", "BF3", "BCl3"}
    assert lab("next", out, "--handling", "bottle", "--json") == 0
    poured = [json.loads(line)["precursor"] for line in capsys.readouterr().out.splitlines()]
    assert poured and not {"GeF4", "SiF4", "BF3", "BCl3"} & set(poured)
    assert lab("import", out, PAPER) == 0
    capsys.readouterr()
    before = files(out)
    assert lab("next", out) == 0
    assert capsys.readouterr().out == fresh
    assert lab("show", out) == 0
    assert capsys.readouterr().out.startswith(fresh.partition("\n\n")[0])
    assert lab("next", out, "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert 1 <= len(rows) <= 5
    assert not {"SnCl4", "SiCl4", "TiCl4"} & {row["precursor"] for row in rows if not row["repeat"]}
    assert {row["beats"] for row in rows} == {"SnCl4"}
    assert lab("next", out, "--csv") == 0
    table = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["precursor"] for row in table] == [row["precursor"] for row in rows]
    assert files(out) == before


def test_weights_are_shown_and_can_be_used(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab("import", out, PAPER)
    capsys.readouterr()
    before = files(out)
    assert lab("weights", out) == 0
    told = capsys.readouterr().out
    assert "learned from 5 cells (1 still running) of 5 precursors in 1 group" in told
    assert "so few precursors hardly move the weights" in told
    assert lab("weights", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    means = [one["mean"] for one in said["weights"].values()]
    assert sum(means) == pytest.approx(1)
    assert max(abs(mean - 0.25) for mean in means) < 0.05
    assert files(out) == before
    path = tmp_path / "learned.toml"
    path.write_text(said["toml"])
    by_file = Campaign.from_toml(path)
    assert by_file == Campaign().with_settings(said["set"].replace("--set ", "").split())
    assert by_file.weights.values == pytest.approx(means, abs=5e-4)


@pytest.mark.slow
def test_the_paper_played_again(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lab("replay", out, "--without-paper") == 2
    assert "fewer than three precursors" in capsys.readouterr().err
    lab("import", out, PAPER)
    capsys.readouterr()
    assert lab("replay", out) == 0
    told = capsys.readouterr().out
    assert "SnCl4 > 650, SiCl4 220, TiCl4 150, SnCl2 additive 100, C3H7Cl 40" in told
    assert "(by lots 3.0)" in told
    assert "TiCl4 outlived SnCl2 additive, expected the other way round" in told


@pytest.mark.slow
def test_the_page_shows_what_replay_prints(default_ranking: pa.Table) -> None:
    known = [
        KnownPrecursor(row["formula"], row["name"] or "", row["cas"] or "")
        for row in default_ranking.select(["formula", "name", "cas"]).to_pylist()
        if row["formula"] != "Na"
    ]
    found = read_results(PAPER.read_bytes(), PAPER.name, Catalogue(known))
    printed = replay_table(replay(Campaign(), default_ranking, found.accepted)).splitlines()
    page = (PAPER.parent / "learning.md").read_text("utf-8")
    block = page.split("proposed next?\n")[1].split("\nHow little")[0]
    shown = [line.strip() for line in block.splitlines() if line.strip()]
    assert len(shown) > 8
    assert [line for line in shown if line not in map(str.strip, printed)] == []


def test_layers_are_imported_exported_and_learned_from(
    out: Path,
    tmp_path: Path,
    quick_recipe: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Sixty layers whose conductivity falls with the halogens: measured, written, learned."""
    ranking = pq.read_table(out / "ranking.parquet").to_pylist()
    rows = [r for r in ranking if r["metal"] and r["route"] != "additive"][:60]
    noise = np.random.default_rng(0)
    sheet = tmp_path / "sheet.csv"
    lines = ["precursor,thickness (nm),impedance (Ω cm²)"]
    for row in rows:
        share = row["halogen_count"] / row["metal_count"]
        decades = -0.4 * share + noise.normal(0, 0.05)
        lines.append(f"{row['formula']},6000,{0.6 / 10**decades:.6g}")
    sheet.write_text("\n".join(lines), encoding="utf-8")
    assert lab("import", out, sheet) == 0
    table = tmp_path / "layers.csv"
    assert lab("export", out, "--for", "models", "--out", table) == 0
    told = capsys.readouterr().out
    assert f"60 conductivities of layers written to {table}" in told
    assert lab("export", out, "--out", table) == 2
    assert "is there already" in capsys.readouterr().err
    written = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert {row["source"].split(",")[0] for row in written} == {"import 1"}
    assert all(float(row["uncertainty"]) > 0 for row in written)
    model = tmp_path / "layers"
    train = ["models", "train", "--target", "ionic_conductivity_ms_cm", "--data", str(table)]
    assert main.main([*train, "--base", "none", "--out", str(model), "--quiet"]) == 0
    card = load(model).card
    assert (card.target, card.unit, card.scale) == ("ionic_conductivity_ms_cm", "mS/cm", "log10")
    few = tmp_path / "few.csv"
    few.write_text("\n".join(table.read_text("utf-8").splitlines()[:20]), encoding="utf-8")
    train[-1] = str(few)
    capsys.readouterr()
    assert main.main([*train, "--out", str(tmp_path / "no"), "--quiet"]) == 2
    assert "give at least 50 compositions" in capsys.readouterr().err


def test_cycles_alone_teach_no_model(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab("import", out, PAPER)
    table = tmp_path / "layers.csv"
    assert lab("export", out, "--out", table) == 0
    told = capsys.readouterr().out
    assert "nothing is written" in told
    assert "cycles (5 results): they teach the weights" in told
    assert not table.exists()


@pytest.mark.parametrize("action", ["next", "weights", "replay", "export"])
def test_what_is_no_campaign_is_refused(
    tmp_path: Path, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab(action, tmp_path / "nothing") == 2
    assert "holds no finished campaign" in capsys.readouterr().err


def test_a_batch_has_a_number(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lab("next", out, "--n", "0") == 2
    assert (
        capsys.readouterr().err
        == "maiscreen: error: --n = '0': give a whole number from 1 to 100\n"
    )


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wide campaign with results of two recipes and a precursor, in equal cells."""
    out = tmp_path_factory.mktemp("lab") / "wide"
    campaign = Campaign(metals=("Sn", "Si"), halogens=("Cl",), samples=100, space=Space(blends=2))
    run_campaign(campaign, out, serially=True)
    sheet = out.parent / "cells.csv"
    sheet.write_text(
        "precursor,cycles,current density / mA cm-2,capacity / mAh cm-2\n"
        "SnCl4,650,1,1\nSiCl4,220,1,1\n0.3 SiCl4 + 0.7 SnCl4,400,1,1\n"
    )
    assert lab("import", out, str(sheet)) == 0
    return out


def test_results_of_recipes_teach(wide: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lab("weights", wide, "--json", "--without-paper") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cells"], said["precursors"], said["left_out"]) == (3, 3, [])
    assert lab("weights", wide, "--json") == 0
    with_paper = json.loads(capsys.readouterr().out)
    left_out = sum(entry["cells"] for entry in with_paper["left_out"])
    assert with_paper["cells"] + left_out == 3 + 5  # each is learned from, or named
    assert lab("next", wide, "--n", "3", "--json") == 0
    proposed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert proposed
    assert all(one["temperature_c"] == 25.0 and one["rank"] for one in proposed)
    sets = [frozenset(one["cas"].split(" + ")) for one in proposed]
    assert len(set(sets)) == len(sets)  # another ratio of the same is no other idea
    assert lab("replay", wide, "--json", "--without-paper") == 0
    assert len(json.loads(capsys.readouterr().out)["measured"]) == 3
