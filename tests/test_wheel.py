"""The wheel in a fresh environment, far from the checkout: `make test-wheel`.

Built from the sdist, installed from the package index, every file of it with its hash, and used in
an empty folder; on the other Pythons of this machine, too.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "release" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
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
    return environment(Path(sys.executable), built, tmp_path_factory.mktemp("fresh"))


def environment(python: Path, built: Path, home: Path) -> Path:
    """Make an environment with the wheel and what it depends on, as locked; give its programs."""
    told(python, "-m", "venv", home, cwd=built)
    pip = (home / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    install = (*pip, "install", "--quiet", "--no-build-isolation")
    for lock in ("build", "run"):
        told(*install, "--require-hashes", "-r", LOCKS / f"{lock}.txt", cwd=home)
    (wheel,) = built.glob("*.whl")
    told(*install, "--no-deps", wheel, cwd=home)
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
    assert "1,400 candidates: 18 passed, 1,382 rejected, 0 failed" in printed
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


def test_bill_of_materials_has_what_is_installed(fresh: Path, tmp_path: Path) -> None:
    """By the command of `make sbom`: every package, its version, its licence, and who needs it."""
    listed = told(fresh / "python", "-m", "pip", "list", "--format", "json", cwd=tmp_path)
    installed = {(package["name"], package["version"]) for package in json.loads(listed)}
    words = ("environment", "--pyproject", ROOT / "pyproject.toml", "--output-reproducible")
    program = Path(sys.executable).with_name("cyclonedx-py")
    bill = json.loads(told(program, *words, fresh.parent, cwd=tmp_path))
    root = bill["metadata"]["component"]
    parts = {part["name"]: part for part in (root, *bill["components"])}
    assert {(name, part["version"]) for name, part in parts.items()} == installed
    assert root["licenses"][0]["expression"] == PROJECT["license"]
    assert parts["lightgbm"]["licenses"][0]["license"]["id"] == "MIT"
    needs = {node["ref"]: node.get("dependsOn", []) for node in bill["dependencies"]}
    assert f"lightgbm=={parts['lightgbm']['version']}" in needs[root["bom-ref"]]


OTHERS = sorted({"3.11", "3.12", "3.13", "3.14"} - {"{}.{}".format(*sys.version_info)})


def interpreter(version: str) -> Path | None:
    """Find a Python on PATH or among those of pyenv, whose programs there may be empty shells."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    on_path = shutil.which(f"python{version}")
    pythons = [Path(on_path)] if on_path else []
    pythons += sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    for python in pythons:
        if subprocess.run([python, "--version"], capture_output=True).returncode == 0:
            return python
    return None


@pytest.mark.parametrize("version", OTHERS)
def test_every_python_gives_the_same_bytes(
    version: str, fresh: Path, built: Path, tmp_path: Path
) -> None:
    """Of ranking, shortlist, report and parts; the manifest has the time that they took."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    other = environment(python, built, tmp_path / "other")
    assert told(other / "python", "--version", cwd=tmp_path).startswith(f"Python {version}.")
    written = []
    for name, programs in (("here", fresh), ("there", other)):
        told(programs / "maiscreen", "run", "--out", name, "--quiet", cwd=tmp_path)
        paths = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        outputs = {f"{path.relative_to(tmp_path / name)}": path.read_bytes() for path in paths}
        written.append({n: b for n, b in outputs.items() if n[0] != "." and n != "manifest.json"})
    assert {"ranking.parquet", "shortlist.csv", "report.html"} < set(written[0])
    assert written[0] == written[1]


MOST = 350
"""Archives that pip may look at: `test` needs two hundred, and a few dozen of boto3 are tried in
vain, as aiobotocore lags behind. Where versions are tried against each other there is no end."""


@pytest.mark.parametrize("extra", PROJECT["optional-dependencies"])
def test_pip_resolves_every_extra_without_constraints(
    extra: str, built: Path, tmp_path: Path
) -> None:
    """Today's versions, chosen without going back and forth: counted, since clocks depend."""
    (wheel,) = built.glob("*.whl")
    # As docs/commands.md has it.
    torch = ["torch==2.13.0"] if extra == "potential" else []
    options = ("--dry-run", "--ignore-installed", "--no-color")
    command = [sys.executable, "-m", "pip", "install", *options, *torch, f"{wheel}[{extra}]"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        hang = threading.Timer(1800, pip.kill)
        hang.start()
        lines, archives = [], set()
        for line in pip.stdout or ():
            lines.append(line)
            archives.update(re.findall(r"[\w.+-]+-\d[\w.+-]*?(?=\.whl|\.tar\.gz|\.zip)", line))
            if len(archives) > MOST:
                pip.kill()
        hang.cancel()
    assert pip.returncode == 0, f"{len(archives)} archives looked at: {''.join(lines[-20:])}"
