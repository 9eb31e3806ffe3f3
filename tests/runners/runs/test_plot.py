"""`maiscreen plot` as it is typed: files, exit codes, what is refused."""

import json
import shutil
from pathlib import Path

import pytest
from resealed import reseal

from maiscreen.runners.cli import main
from maiscreen.runners.runs.campaign import run
from maiscreen.runners.runs.plots import NAMES, plot
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.figures.figures import FIGURES

NARROW = Campaign(metals=("Si", "Ti", "Ge", "Sn"), halogens=("Cl", "Br"), samples=100)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("finished") / "out"
    run(NARROW, out, serially=True)
    return out


def command(*arguments: object) -> int:
    return main.main(["plot", *map(str, arguments)])


def test_all_figures_have_a_name() -> None:
    assert tuple(FIGURES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_figure_is_written(
    name: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new" / f"{name}.svg"
    assert command(out, name, "--out", file) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"Written to {file}: ")
    assert told.err == ""
    svg = file.read_text(encoding="utf-8")
    fingerprint = json.loads((out / "manifest.json").read_text())["fingerprint"]
    assert f"maiscreen, campaign {fingerprint[:12]}" in svg
    assert svg == plot(out, name).content("svg").decode()


def test_options_reach_the_figure(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.PDF"
    assert command(out, "pareto", "--attributes", "adhesion, youngs_modulus", "--out", file) == 0
    assert file.read_bytes().startswith(b"%PDF")
    figure = plot(str(out), "profile", of=["GeBr4"], width="single")
    names = [one.get_text() for one in figure.axes[0].get_yticklabels()]
    assert names[0] == "GeBr₄"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ranks", "--out", "x.doc"], "--out = 'x.doc': give a name that ends in .pdf, .svg or"),
        (["ranks", "--out", ""], "--out = '': is no name of a file"),
        (["nothing", "--out", "x.pdf"], "NAME = 'nothing': give one of 'profile', 'ranks'"),
        (["funnel", "--of", "SnCl4", "--out", "x.pdf"], "--of = 'SnCl4': is not taken by funnel"),
        (["ranks", "--attributes", "a,b", "--out", "x.pdf"], "is not taken by ranks"),
        (["ranks", "--of", "SnX", "--out", "x.pdf"], "--of = 'SnX': is no halide"),
        (["ranks", "--of", ",", "--out", "x.pdf"], "--of = ',': has an empty name"),
        (["funnel", "--out", "/proc/x.pdf"], "--out = '/proc/x.pdf': cannot be written"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str],
    message: str,
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = command(out, *arguments)
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wide = tmp_path_factory.mktemp("wide") / "out"
    space = Space(blends=2, ratio_steps=2)
    run(Campaign(metals=("Sn", "Si"), halogens=("Cl",), space=space, samples=100), wide,
             serially=True)  # fmt: skip
    return wide


def test_a_wide_campaign_is_drawn_with_its_recipes(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = plot(wide, "ranks", of=["SnCl4", "SiCl4"])
    names = [one.get_text() for one in figure.axes[0].get_yticklabels()]
    assert [name.split()[2] for name in names] == ["SnCl₄", "SiCl₄"]
    assert command(wide, "ranks", "--of", "SnI4", "--out", tmp_path / "x.svg") == 2
    assert "--of = 'SnI4': is none of the front-runners" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_figure_of_a_wide_campaign_is_written(
    name: str, wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"{name}.svg"
    assert command(wide, name, "--out", file) == 0
    assert capsys.readouterr().err == ""
    assert "maiscreen, campaign" in file.read_text(encoding="utf-8")


def test_nothing_passed_is_said_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, file = tmp_path / "empty", tmp_path / "x.png"
    run(Campaign(metals=("La",), halogens=("I",), samples=100), empty, serially=True)
    assert command(empty, "ranks", "--out", file) == 2
    told = capsys.readouterr().err
    assert "nothing passed its gates: no ranks to draw; the figure funnel shows where" in told
    assert command(empty, "funnel", "--out", file) == 0
    assert command(empty, "profile", "--out", file, "--overwrite") == 0


def test_folders_that_cannot_be_drawn(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "ranks", "--out", tmp_path / "x.pdf") == 2
    assert "holds no finished campaign" in capsys.readouterr().err
    # Of other code: the ranking is drawn, and the reader warned where more was computed.
    other = Path(shutil.copytree(out, tmp_path / "other"))
    reseal(other / "manifest.json", fingerprint="0" * 64)
    assert command(other, "vapour", "--out", tmp_path / "x.pdf") == 0
    assert "run with other code or data" in capsys.readouterr().err
