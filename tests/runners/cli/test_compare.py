"""`maiscreen compare` as it is typed: the default campaign, folders, files, and what is refused."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import maiscreen
from maiscreen.runners.cli import main
from maiscreen.runners.folder.status import status
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

NARROW = Campaign(metals=("Si", "Ti", "Ge", "Sn"), halogens=("Cl", "Br"), samples=100)
WIDE = Campaign(
    metals=("Sn", "Si"),
    halogens=("Cl",),
    samples=100,
    space=Space(blends=2, ratio_steps=4, temperatures_c=(25.0, 60.0)),
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "out"
    run(NARROW, folder, serially=True)
    return folder


def compare(*arguments: object) -> int:
    return main.main(["compare", *map(str, arguments)])


def test_two_of_a_folder_in_words_and_in_json(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare("SnCl4", "germanium tetrachloride", "--campaign", out) == 0
    text = capsys.readouterr().out
    assert compare("SnCl4", "GeCl4", "--campaign", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    chance = said["probability"]["SnCl4"]["GeCl4"]
    assert f"A = SnCl4, B = GeCl4: P(A > B) = {chance:.2f}" in text
    assert "P(row > column)" not in text  # of two there is one
    assert "100 draws of all errors" in text
    for words in ("ionic conductivity, mS/cm", "decades, F2", "P(top 10)"):
        assert words in text, words
    ranking = {r["key"]: r for r in pq.read_table(out / "ranking.parquet").to_pylist()}
    for one in said["candidates"]:
        row = ranking[one["key"]]
        place = f"{row['expected_place']:.1f} ({row['place_low']}–{row['place_high']})"
        assert place in text
        assert (one["tier"], one["expected_place"]) == (row["tier"], row["expected_place"])
    assert said == maiscreen.compare("SnCl4", "GeCl4", campaign=out)


def test_several_with_one_that_failed_a_gate(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("SnCl4", "SiCl4", "TiCl4", "C3H7Cl", "--campaign", out) == 0
    text = capsys.readouterr().out
    assert "no rank: compound: a control of the paper" in text
    assert "P(row > column)" in text
    assert text.count("A = SnCl4, B = ") == 3


def test_a_campaign_ranked_for_it_is_that_of_a_run(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "narrow.toml"
    file.write_text(NARROW.to_toml(), encoding="utf-8")
    said = []
    for more in (["--campaign", file], ["--campaign", out]):
        assert compare("SnCl4", "SiCl4", *more, "--json") == 0
        said.append(json.loads(capsys.readouterr().out))
    assert said[0] == said[1] == maiscreen.compare("SnCl4", "SiCl4", campaign=NARROW)
    assert compare("SnCl4", "SiCl4", "--campaign", file, "--set", "samples=200", "--json") == 0
    assert json.loads(capsys.readouterr().out)["draws"] == 200


@pytest.mark.slow
def test_recipes_of_a_wide_campaign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "wide"
    assert main.main(["run", str(_toml(tmp_path)), "--out", str(folder), "--serial"]) == 0
    told = capsys.readouterr().out
    assert "rank  tier  recipe (liquid)" in told
    assert "ranks count all front-runners" in told
    rows = pq.read_table(folder / "ranking.parquet").to_pylist()
    blend = next(row["recipe"] for row in rows if row["precursor_2"])
    turned = " + ".join(reversed(blend.split(" + ")))
    said = []
    for written in (blend, turned):
        assert compare(written, "SnCl4", "--campaign", folder, "--json") == 0
        said.append(json.loads(capsys.readouterr().out))
    assert said[0] == said[1]
    assert said[0]["candidates"][0]["label"] == blend
    assert compare(f"{blend}x", "SnCl4", "--campaign", folder) == 2
    assert "is none of the front-runners; did you mean" in capsys.readouterr().err
    assert compare("SnCl4", "SiCl4", "--campaign", _toml(tmp_path)) == 2
    assert "is wide: run it, and give its folder" in capsys.readouterr().err


def _toml(folder: Path) -> Path:
    file = folder / "wide.toml"
    file.write_text(WIDE.to_toml(), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["SnCl4", "SiCI4"], "candidate = 'SiCI4': is not known; did you mean SiCl4?"),
        (["SnCl4"], "candidate = 'SnCl4': give two different candidates or more"),
        (["SnCl4", "SbCl5"], "candidate = 'SbCl5': SbCl5 is no candidate of this campaign"),
        (["SnCl4", "SiCl4", "--set", "seed=2"], "leave the other options out"),
        (["SnCl4", "SiCl4", "--labels", "x"], "leave the other options out"),
    ],
)
def test_one_line_says_what_is_wrong(
    out: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(*arguments, "--campaign", out) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert message in told.err


def test_a_folder_without_a_campaign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("SnCl4", "SiCl4", "--campaign", tmp_path) == 2
    assert "holds no finished campaign" in capsys.readouterr().err
    assert compare("SnCl4", "SiCl4", "--set", "tier_probability=0.5") == 2
    assert "give a number above 0.5 and below 1" in capsys.readouterr().err


def test_names_numbers_and_capitals_are_read_and_told(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare("sncl4", "10026-04-7", "--campaign", out, "--json") == 0
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert [one["key"] for one in said["candidates"]] == ["SnCl4", "SiCl4"]
    assert said["read_as"]["10026-04-7"] == {"key": "SiCl4", "rule": "CAS number"}
    assert "maiscreen: sncl4 read as SnCl4 (formula in other capitals)" in told.err
    assert said == maiscreen.compare("sncl4", "10026-04-7", campaign=out)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "give a formula, a name or a CAS number"),
        ("HCl", "is an acid"),
        ("tin chloride", "may be SnCl, SnCl2 or SnCl4"),
        ("10025-67-9", "no candidate"),
    ],
)
def test_what_means_nothing_is_refused(
    out: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    assert compare("SnCl4", text, "--campaign", out) == 2
    assert words in capsys.readouterr().err


def test_run_and_status_count_the_same(out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    assert status(out).total == sum(manifest["counts"].values()) == manifest["rows"]
    # Beside the candidates stand the paper's two controls.
    assert pq.read_table(out / "ranking.parquet").num_rows == manifest["rows"] + 2
