"""A snapshot appears with all of its files, sound, or not at all, whatever the disk does."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.check import verify
from maiscreen.candidates.snapshot.folder import work_folder, write_folder, write_snapshot
from maiscreen.candidates.snapshot.snapshot import load_snapshot

FILES = ("phases.csv", "materials.csv", "elasticity.csv", "structures.parquet")


def contents(folder: Path) -> tuple[dict[str, bytes], dict[str, object]]:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"], manifest["seal_sha256"]
    return {name: (folder / name).read_bytes() for name in FILES}, manifest


def test_what_is_sound_is_written(fetched: Path, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "out", *contents(fetched))
    assert all(check.passed for check in verify(load_snapshot(tmp_path / "out")))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("phases.csv", lambda t: t.replace(b",0.000000,", b",0.100000,", 1), "hulls"),
        ("phases.csv", lambda t: t.replace(b"NaCl,", b"NaBr,", 1), "another formula"),
        ("phases.csv", lambda t: t + t.splitlines(keepends=True)[1], "twice"),
        ("materials.csv", lambda t: b"".join(t.splitlines(keepends=True)[:-1]), "materials: "),
        ("elasticity.csv", lambda t: t.replace(b"bulk_modulus_gpa", b"k", 1), "other columns"),
        ("structures.parquet", lambda t: t[:-9], "is no such table"),
    ],
)
def test_what_is_not_sound_does_not_appear(
    fetched: Path, tmp_path: Path, name: str, change: Callable[[bytes], bytes], why: str
) -> None:
    tables, manifest = contents(fetched)
    assert change(tables[name]) != tables[name]
    with pytest.raises(InputError, match=why):
        write_snapshot(tmp_path / "out", tables | {name: change(tables[name])}, manifest)
    assert not [*tmp_path.iterdir()]


def test_answers_that_were_kept_stay(fetched: Path, tmp_path: Path) -> None:
    kept = work_folder(tmp_path / "out") / "answer.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    tables, manifest = contents(fetched)
    with pytest.raises(InputError, match="rows, 1 in the manifest"):
        write_snapshot(tmp_path / "out", tables, manifest | {"rows": 1})
    assert [path.name for path in kept.parent.iterdir()] == ["answer.json"]
    write_snapshot(tmp_path / "out", tables, manifest)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


FULL = """
import resource, sys
from pathlib import Path
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.folder import write_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    write_folder(Path(sys.argv[1]), {"small": b"x", "large": b"x" * 100_000})
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize("kept", [False, True])
def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path, kept: bool) -> None:
    """Nothing but the answers of a service, with which the next command goes on."""
    out = tmp_path / "out"
    answer = work_folder(out) / "thermo-0000.json"
    if kept:
        answer.parent.mkdir()
        answer.write_text("[]")
    command = [sys.executable, "-c", FULL, str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "can't be written: File too large" in done.stdout
    assert list(tmp_path.rglob("*")) == ([answer.parent, answer] if kept else [])


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", {"a": b"1"})
    with pytest.raises(InputError, match="is there already"):
        write_folder(tmp_path / "out", {"a": b"2"})
    assert (tmp_path / "out" / "a").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
