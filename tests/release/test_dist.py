"""Sdist and wheel: the same commit gives the same bytes."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHO = ("-c", "user.name=nobody", "-c", "user.email=nobody")


def git(*words: object, folder: Path) -> str:
    command = ["git", "-C", folder, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def commit(tmp_path: Path) -> Path:
    """A repository that has the tree as it is for its only commit."""
    repository = tmp_path / "repository"
    for name in git("ls-files", "-z", folder=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, repository / name)
    git("init", "--quiet", folder=repository)
    git("add", "--all", folder=repository)
    git(*WHO, "commit", "--quiet", "--message", "tree", folder=repository)
    return repository


@pytest.mark.slow
def test_same_commit_gives_the_same_bytes(commit: Path, tmp_path: Path) -> None:
    """In other folders, with other rights, zones and seeds, at another time, from dirty trees."""
    built = []
    for name, umask, zone in (("here", 0o077, "Asia/Tokyo"), ("far/away", 0o002, "UTC")):
        clone, out = tmp_path / name / "clone", tmp_path / name / "dist"
        git("clone", "--quiet", commit, clone, folder=commit)
        (clone / "models" / "data" / "left.csv").write_text(name)
        (clone / "LICENSE").write_text(name)
        done = subprocess.run(
            [sys.executable, clone / "release" / "dist.py", out],
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": f"{umask}"},
            capture_output=True,
            text=True,
            umask=umask,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        built.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert {Path(name).suffix for name in built[0]} == {".whl", ".gz"}
    assert built[0] == built[1]
    (sdist,) = (tmp_path / "here" / "dist").glob("*.tar.gz")
    date = int(git("log", "-1", "--format=%ct", folder=commit))
    with tarfile.open(sdist) as archive:
        assert {member.mtime for member in archive} == {date}
