"""The wheel in a fresh environment, far from the checkout: `make test-wheel`.

Built from the sdist, installed with the versions of constraints.txt from the package index, and
used in an empty folder.
"""

import csv
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("candidates", "descriptors", "models", "screen", "runners")

pytestmark = pytest.mark.wheel

TYPED = """\
import maiscreen
from maiscreen.models.retraining.retrain import retrain
from maiscreen.runners.runs.campaign import run
from maiscreen import Campaign, explain

name: str = Campaign().name
temperature: str = Campaign().temperature_c
explain(60)
maiscreen.explain(60)
maiscreen.expain("SnCl4")
length: int = len(maiscreen.shortlist("first")) + maiscreen.run().num_rows
"""
"""Four lines of it are wrong, which only a type checker that sees our types can know."""


def tracked() -> list[str]:
    listed = ["git", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def told(*command: object, cwd: Path) -> str:
    """Run a command without anything of this environment; give what it prints."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with sdist and wheel; the wheel is made of the sdist."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    told(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, copy, cwd=out)
    return out


@pytest.fixture(scope="module")
def fresh(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that has the wheel and what it depends on."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=True)
    (wheel,) = built.glob("*.whl")
    pip = (home / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    told(*pip, "install", "--quiet", "-c", ROOT / "constraints.txt", wheel, cwd=home)
    told(*pip, "check", cwd=home)
    return home / "bin"


def test_nothing_of_git_is_missing(fresh: Path, tmp_path: Path) -> None:
    """Modules, data, templates and py.typed, made by way of the sdist."""
    code = "import maiscreen.screen as s; print(s.__path__[0])"
    package = Path(told(fresh / "python", "-I", "-c", code, cwd=tmp_path).strip()).parent
    assert not package.is_relative_to(ROOT)
    installed = {
        f"{path.relative_to(package)}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted = {name for name in tracked() if name.partition("/")[0] in FOLDERS}
    assert installed == wanted | {"__init__.py", "py.typed"}
    assert {f"{folder}/py.typed" for folder in FOLDERS} <= installed


def test_the_command_runs_from_an_empty_folder(fresh: Path, tmp_path: Path) -> None:
    command = fresh / "maiscreen"
    version = distribution("maiscreen").version
    assert told(command, "--version", cwd=tmp_path).strip() == f"maiscreen {version}"
    assert "tin tetrachloride" in told(command, "explain", "SnCl4", cwd=tmp_path)
    code = "import maiscreen; print(maiscreen.__version__, maiscreen.Campaign().name)"
    for folder in (tmp_path, ROOT):
        assert told(fresh / "python", "-c", code, cwd=folder) == f"{version} default\n"
    printed = told(command, "run", "--out", "first", "--workers", "2", "--quiet", cwd=tmp_path)
    assert "1393 candidates: 22 passed, 1371 rejected, 0 failed" in printed
    with (tmp_path / "first" / "shortlist.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["formula"] == "SnCl4"
    assert "</html>" in (tmp_path / "first" / "report.html").read_text(encoding="utf-8")
    assert "parts are whole" in told(command, "verify", "first", cwd=tmp_path)


def test_other_peoples_type_checkers_see_our_types(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(TYPED)
    words = (sys.executable, "-m", "mypy", "--python-executable", fresh / "python", "use.py")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    wrong = [line for line in done.stdout.splitlines() if "error:" in line]
    assert [line.split(":")[1] for line in wrong if line.startswith("use.py")] == [
        "7",
        "8",
        "9",
        "10",
    ]
    assert not [line for line in wrong if "py.typed" in line], done.stdout
