"""`maiscreen status` and `maiscreen resume`, of both kinds of campaigns."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_science as tiny
import wide_faults

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.folder.files import FORMAT
from maiscreen.runners.folder.status import status
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

NARROW = Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl", "Br"), chunk_size=4)

WIDE = Campaign(
    name="wide",
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    fidelity="F0",
    samples=100,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60)),
)


@pytest.mark.slow
def test_an_interrupted_campaign_is_told_and_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, reference = tmp_path / "out", tmp_path / "reference"
    with pytest.raises(KeyboardInterrupt):
        run_campaign(WIDE, out, serially=True, rows=400, screen=wide_faults.Interrupted)
    found = status(out)
    assert found.campaign == WIDE
    assert (found.done, found.finished, found.state) == (1600, False, "interrupted")
    assert found.total > found.done
    assert found.rate is not None
    assert found.rate > 0
    assert main.main(["status", str(out)]) == 0
    assert "left: " in capsys.readouterr().out
    assert main.main(["resume", str(out), "--serial"]) == 0
    assert "name: wide" not in capsys.readouterr().err
    run_campaign(WIDE, reference, serially=True)
    assert (out / "ranking.parquet").read_bytes() == (reference / "ranking.parquet").read_bytes()
    assert main.main(["status", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["left"], told["failed"]) == ("finished", 0, 0)
    assert told["fingerprint"] == json.loads((out / "manifest.json").read_bytes())["fingerprint"]


def test_failures_are_told_by_reason(tmp_path: Path) -> None:
    run_campaign(WIDE, tmp_path, serially=True, rows=400, screen=wide_faults.Raises)
    assert status(tmp_path).failed == {"ZeroDivisionError: a bad row": 1}


@pytest.mark.slow
def test_a_campaign_of_precursors_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, reference = tmp_path / "out", tmp_path / "reference"
    with pytest.raises(KeyboardInterrupt):
        run(replace(NARROW, chunk_size=1), out, serially=True, screen=tiny.Interrupted)
    found = status(out)
    assert (found.total, found.done) == (3, 2)
    run(NARROW, reference, serially=True)
    assert status(reference).done == status(reference).total > 6
    (reference / "manifest.json").unlink()
    receipt = next((reference / ".maiscreen").glob("*/part-0000000004-*.json"))
    receipt.unlink()
    assert status(reference).done == status(reference).total - 4
    assert main.main(["resume", str(reference), "--serial"]) == 0
    assert "the paper" in capsys.readouterr().out
    assert status(reference).state == "finished"


@pytest.mark.parametrize("content", ["", "{}", '{"format": 5, "fingerprint": "f", "total": 3}'])
def test_a_damaged_record_is_told(tmp_path: Path, content: str) -> None:
    run_campaign(replace(WIDE, space=Space(limit=100, blends=2)), tmp_path, serially=True)
    next((tmp_path / ".maiscreen").glob("*/campaign.json")).write_text(content)
    with pytest.raises(InputError, match="is damaged; run the campaign again"):
        status(tmp_path)


def test_no_campaign_gets_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "resume"):
        assert main.main([command, str(tmp_path / "none")]) == 2
        assert "holds no campaign" in capsys.readouterr().err


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Campaigns that have been run; to be copied."""
    folder = tmp_path_factory.mktemp("made")
    run_campaign(WIDE, folder / "wide", serially=True, rows=1000)
    run(NARROW, folder / "narrow", serially=True)
    return folder


@pytest.mark.parametrize("kind", ["wide", "narrow"])
@pytest.mark.parametrize("how", ["flip", "gone", "receipt", "output", "stray"])
def test_what_is_damaged_is_named_and_made_again(
    tmp_path: Path, made: Path, capsys: pytest.CaptureFixture[str], kind: str, how: str
) -> None:
    out = shutil.copytree(made / kind, tmp_path / "out")
    parts = sorted((out / "candidates").glob("*.parquet"))
    assert main.main(["verify", str(out)]) == 0
    assert f"{len(parts)} parts are whole" in capsys.readouterr().out
    ranking = (out / "ranking.parquet").read_bytes()
    wrong = parts[1]
    if how == "flip":
        content = bytearray(wrong.read_bytes())
        content[100] ^= 1
        wrong.write_bytes(content)
    elif how == "gone":
        wrong.unlink()
    elif how == "receipt":
        wrong = next((out / ".maiscreen").glob(f"*/{wrong.stem}.json"))
        wrong.write_text("{}")
    elif how == "output":
        wrong = out / "ranking.parquet"
        wrong.write_bytes(ranking[:-1])
    else:
        wrong = out / "candidates" / "part-0000000000-0000000007.parquet"
        wrong.write_bytes(parts[0].read_bytes())
    assert main.main(["verify", str(out)]) == 1
    captured = capsys.readouterr()
    assert wrong.name in captured.out
    assert "maiscreen resume" in captured.err
    assert main.main(["resume", str(out), "--serial"]) == 0
    capsys.readouterr()
    assert main.main(["verify", str(out)]) == 0
    assert (out / "ranking.parquet").read_bytes() == ranking


@pytest.mark.parametrize("content", ["", '{"fingerprint": "f", "cam', "[]"])
def test_half_a_manifest_is_written_anew(tmp_path: Path, made: Path, content: str) -> None:
    out = shutil.copytree(made / "wide", tmp_path / "out")
    whole = json.loads((out / "manifest.json").read_text())["files"]
    (out / "manifest.json").write_text(content)
    run_campaign(WIDE, out, serially=True, rows=1000)
    assert json.loads((out / "manifest.json").read_text())["files"] == whole


@pytest.mark.parametrize("command", ["status", "verify", "resume", "shortlist", "plot", "run"])
def test_a_folder_of_another_format_is_refused_in_one_line(
    tmp_path: Path, made: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    out = shutil.copytree(made / "narrow", tmp_path / "out")
    for path in (out / "manifest.json", next((out / ".maiscreen").glob("*/campaign.json"))):
        written = json.loads(path.read_text())
        assert written.pop("format") == FORMAT
        assert written.pop("seal_sha256")
        path.write_text(json.dumps(written))
    rest = {
        "plot": [str(out), "ranks", "--out", str(tmp_path / "x.svg")],
        "run": ["--out", str(out), "--set", "seed=1"],
    }
    assert main.main([command, *rest.get(command, [str(out)])]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    field = "--out" if command == "run" else "DIR"
    told = f"{field} = '{out}': was written by another version of maiscreen, in another format; run"
    assert told in captured.err
    assert not (tmp_path / "x.svg").exists()
