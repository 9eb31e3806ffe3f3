"""Folders of campaigns that a stranger has prepared: links out of them, pipes, wild numbers."""

import contextlib
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli import main
from maiscreen.runners.folder.log import read_run_info
from maiscreen.runners.folder.owner import own_identity, owner_from_bytes
from maiscreen.runners.folder.verify import verify
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

SMALL = Campaign(metals=("Sn", "Si"), fidelity="F0", samples=100)


@pytest.mark.parametrize("name", [".maiscreen", "candidates", "lab"])
def test_a_link_is_not_followed_to_write(tmp_path: Path, name: str) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    for folder in (elsewhere, out):
        folder.mkdir()
    kept = elsewhere / "part-0000009000-0000009999.parquet"
    kept.write_text("mine")
    (out / name).symlink_to(elsewhere)
    with pytest.raises(InputError, match=f"its {name} is a link"):
        run(SMALL, out, serially=True)
    assert [path.name for path in elsewhere.iterdir()] == [kept.name]


def test_a_link_for_the_receipts_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out" / ".maiscreen").mkdir(parents=True)
    (tmp_path / "out" / ".maiscreen" / "f").symlink_to(tmp_path)
    with pytest.raises(InputError, match=r"its \.maiscreen/f is a link"):
        run(SMALL, tmp_path / "out", serially=True)


@pytest.mark.slow
def test_a_damaged_record_of_a_whole_campaign_is_written_anew(tmp_path: Path) -> None:
    run(SMALL, tmp_path, serially=True)
    (record,) = (tmp_path / ".maiscreen").glob("*/campaign.json")
    for content in (b"", None):
        record.write_bytes(content) if content is not None else record.unlink()
        run(SMALL, tmp_path, serially=True)
        found = verify(tmp_path)
        assert found.problems == ()
        assert found.uncovered == 0


def test_a_pipe_in_place_of_a_file_does_not_hang(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main.main(["cluster", "show", str(pipe)]) == 2
    assert "no plain file" in capsys.readouterr().err
    assert read_run_info(pipe) == {}
    run(SMALL, tmp_path / "out", serially=True)
    (lock,) = (tmp_path / "out" / ".maiscreen").glob("lock-*.json")
    lock.unlink()
    os.mkfifo(lock)
    main.main(["status", str(tmp_path / "out")])
    assert main.main(["lab", "import", str(tmp_path / "out"), str(pipe)]) == 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    run(SMALL, out, serially=True)
    return out


def folder(path: Path) -> None:
    path.mkdir()


def socket_file(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(path.parent):
        listening.bind(path.name)


STANDS_IN: list[Callable[[Path], object]] = [
    folder,
    os.mkfifo,
    socket_file,
    lambda path: path.symlink_to("nowhere"),
    lambda path: path.symlink_to(path.name),
    lambda path: path.symlink_to("/dev/zero"),
]
"""What may stand where a file belongs."""


@pytest.mark.parametrize("made", STANDS_IN)
def test_what_has_the_name_of_a_log_tells_nothing(
    whole: Path, tmp_path: Path, made: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(whole, tmp_path / "out"))
    (record,) = (out / ".maiscreen").glob("*/campaign.json")
    made(record.with_name("log-99991231T000000.000000Z-1.jsonl"))
    assert main.main(["status", str(out)]) == 0
    told, err = capsys.readouterr()
    assert "finished" in told
    assert err == ""


@pytest.mark.slow
@pytest.mark.parametrize("made", STANDS_IN)
def test_what_stands_in_place_of_a_file_is_no_traceback(
    whole: Path, tmp_path: Path, made: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    files = [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]
    assert len(files) > 6
    for file in files:
        out = Path(shutil.copytree(whole, tmp_path / file.name / "out"))
        (out / file).unlink()
        made(out / file)
        for command in ("status", "verify", "shortlist", "models suggest --n 1"):
            code = main.main([*command.split(), str(out)])
            err = capsys.readouterr().err
            assert (code in (0, 1)) or (code == 2 and err.count("\n") == 1), (file, command, err)


@pytest.mark.parametrize("name", ["pid", "started", "beat"])
@pytest.mark.parametrize("value", ["Infinity", "NaN", "1e400", "[]", '"x"'])
def test_a_lock_with_wild_numbers_is_damaged(name: str, value: str) -> None:
    whole = json.loads(own_identity("f").to_bytes())
    text = json.dumps({**whole, name: "HERE"}).replace('"HERE"', value)
    assert owner_from_bytes(text.encode()) is None
