"""The wheel holds what git tracks of its folders, nothing more and nothing less."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("candidates", "descriptors", "models", "screen", "runners")
FRONT_DOOR = "api/"
"""Folder of what `import maiscreen` itself offers."""


def tracked() -> list[str]:
    done = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names in a wheel built from a copy, so that the tree stays as it is."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in tracked():
        if not name.startswith((".typing/", "tests/")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    # From outside the copy: the copy may hold a folder that hides a module from Python.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", out, copy]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_wheel_is_what_git_tracks(wheel_names: set[str]) -> None:
    inside = {name for name in wheel_names if ".dist-info/" not in name}
    wanted = {f"maiscreen/{n}" for n in tracked() if n.partition("/")[0] in FOLDERS and "/" in n}
    front = {n.replace(FRONT_DOOR, "maiscreen/", 1) for n in tracked() if n.startswith(FRONT_DOOR)}
    assert front == {"maiscreen/__init__.py", "maiscreen/py.typed"}
    assert inside == wanted | front


def test_wheel_brings_licences_and_command(wheel_names: set[str]) -> None:
    ends = {name.partition(".dist-info/")[2] for name in wheel_names}
    texts = {name for name in tracked() if name.startswith("licenses/")}
    assert texts == {
        f"licenses/{n}.txt" for n in ("CC-BY-4.0", "crabnet", "matbench", "nequix", "sevenn")
    }
    licences = {f"licenses/{name}" for name in {"LICENSE", "NOTICE"} | texts}
    assert {name for name in ends if name.startswith("licenses/")} == licences
    assert "entry_points.txt" in ends


def test_notice_names_all_data_and_all_licences() -> None:
    """Whose it is, for everything in the folders of data but what describes them."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    named = set(re.findall(r"[\w./-]+\w", notice))
    for name in tracked():
        if re.match(r"(candidates|models)/data/|licenses/", name):
            assert {name, Path(name).name, str(Path(*Path(name).parts[:3]))} & named, name
