"""Campaign folders from strangers: what lies in them is refused in a line, or made again."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tiny_science as tiny
from resealed import reseal

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.folder import ownership, receipts
from maiscreen.runners.folder.status import status
from maiscreen.runners.folder.verify import verify
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

CAMPAIGN = Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl",), chunk_size=2)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    run(CAMPAIGN, tmp_path / "out", serially=True, screen=tiny.Tiny)
    return tmp_path / "out"


def receipt_of(out: Path) -> Path:
    return next(iter(sorted((out / ".maiscreen").glob("*/part-*.json"))))


@pytest.mark.parametrize(
    "change",
    [
        {"task": [-1, 2]}, {"task": ["0", 2]}, {"task": [0, 10**30]}, {"task": [0]}, {"rows": -1},
        {"rows": True}, {"failures": 1}, {"failures": ["x"]}, {"seconds": "x"}, {"sha256": 1},
        {"failures": [{"index": 99, "reason": "x", "traceback": ""}]}, {"fingerprint": []},
        {"failures": [{"index": 0, "reason": 1, "traceback": ""}]}, {"seconds": 1e300},
        {"task": ["a", "b"]}, {"task": None}, {"gates": {"": 7}}, {"optimistic": [1]},
    ],
)  # fmt: skip
def test_a_receipt_that_is_none_counts_as_not_there(out: Path, change: dict[str, Any]) -> None:
    path = receipt_of(out)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=r".+"):
        receipts.read_receipt(path)
    assert status(out).done < status(out).total
    assert verify(out).problems
    before = (out / "ranking.parquet").read_bytes()
    run(CAMPAIGN, out, serially=True, screen=tiny.Tiny)
    assert (out / "ranking.parquet").read_bytes() == before
    assert not verify(out).problems


@pytest.mark.parametrize(
    "record",
    ["[]", "{", "[" * 100_000, '{"total": 1e400}', '{"total": NaN}', '{"total": true}', "\0"],
)
def test_a_record_that_is_none_is_one_line(
    out: Path, record: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (receipt_of(out).parent / "campaign.json").write_text(record)
    for command in ("status", "verify", "resume"):
        assert main.main([command, str(out)]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "is damaged" in told


@pytest.mark.parametrize("name", ["..", "", "/etc/passwd", "../secret", "a/b", "x\x1b[2J"])
def test_a_manifest_names_no_files_elsewhere(out: Path, name: str) -> None:
    files = json.loads((out / "manifest.json").read_text())["files"]
    reseal(out / "manifest.json", files={**files, name: "0" * 64})
    assert "manifest.json: names files elsewhere" in verify(out).problems


def test_nothing_is_written_through_links(out: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own = (out / ".maiscreen").rename(elsewhere / "moved")
    (out / ".maiscreen").symlink_to(own)
    with pytest.raises(InputError, match="is a link to elsewhere"):
        run(CAMPAIGN, out, serially=True, screen=tiny.Tiny)


def test_pipes_and_devices_in_a_folder_are_not_waited_for(out: Path) -> None:
    Path.unlink(out / "ranking.parquet")
    os.mkfifo(out / "ranking.parquet")
    with pytest.raises(InputError, match=r"no plain file|cannot be read"):
        ownership.read_ranking(out)
    assert any("ranking.parquet" in one for one in verify(out).problems)


def test_names_from_strangers_do_not_steer_the_terminal(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = receipt_of(out).parent / "campaign.json"
    settings = json.loads(path.read_text())["campaign"]
    reseal(path, campaign={**settings, "name": "x", "\x1b]0;owned\x07": 1})
    assert main.main(["status", str(out)]) == 2
    told = capsys.readouterr().err
    assert told.rstrip("\n").isprintable()
    assert "owned" in told
