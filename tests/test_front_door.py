"""`import maiscreen`: a few names, each imported when it is first used."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import maiscreen
from maiscreen.models.retraining.retrain import retrain
from maiscreen.runners.runs.campaign import run
from maiscreen.runners.runs.compare import compare
from maiscreen.runners.runs.explain import explain
from maiscreen.runners.runs.shortlist import shortlist
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.validate import validate

ROOT = Path(__file__).parents[1]
LONG = {
    "Campaign": Campaign,
    "compare": compare,
    "explain": explain,
    "retrain": retrain,
    "run": run,
    "shortlist": shortlist,
    "validate": validate,
}

LOADED = """
import json, sys
before = set(sys.modules)
{}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(code: str, folder: Path) -> set[str]:
    """Give the modules that a fresh Python loads for some lines."""
    command = [sys.executable, "-c", LOADED.format(code)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", LONG)
def test_short_and_long_name_are_one_thing(name: str) -> None:
    assert getattr(maiscreen, name) is LONG[name]
    assert vars(maiscreen)[name] is LONG[name]


def test_version() -> None:
    assert maiscreen.__version__ == importlib.metadata.version("maiscreen")


def test_names_are_listed() -> None:
    assert set(maiscreen.__all__) == {*LONG, "__version__"}
    assert set(maiscreen.__all__) < set(dir(maiscreen))


def test_names_are_no_modules() -> None:
    """Else what a name means would depend on what was imported before it."""
    names = {path.stem for path in Path(maiscreen.__path__[0]).iterdir()}
    assert not names & set(maiscreen.__all__)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("maiscreen.run")


@pytest.mark.parametrize("at_root", [True, False])
def test_import_loads_nothing_of_weight(tmp_path: Path, *, at_root: bool) -> None:
    """Wherever it is asked for: no folder of the checkout stands before the package."""
    folder = ROOT if at_root else tmp_path
    modules = loaded("import maiscreen; dir(maiscreen)", folder)
    assert {m for m in modules if m.split(".")[0] not in sys.stdlib_module_names} == {"maiscreen"}
    assert "maiscreen.screen.campaign.campaign" in loaded("from maiscreen import Campaign", folder)


def test_the_command_line_loads_what_it_needs_alone(tmp_path: Path) -> None:
    heavy = {
        "numpy",
        "pyarrow",
        "pandas",
        "dask",
        "pydantic",
        "maiscreen.screen",
        "maiscreen.models",
    }
    code = "from maiscreen.runners.cli.parser import parser; parser()"
    assert not heavy & loaded(code, tmp_path)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("expain", "; did you mean 'explain'?"),
        ("campaign", "; did you mean 'Campaign'?"),
        ("zzz", "'zzz'"),
        ("__wrapped__", "'__wrapped__'"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(name: str, end: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(maiscreen, name)
    assert str(caught.value).startswith(f"module 'maiscreen' has no attribute {name!r}")
    assert str(caught.value).endswith(end)


def test_a_name_that_cannot_be_imported_is_an_import_error() -> None:
    with pytest.raises(ImportError, match="expain"):
        exec("from maiscreen import expain")


@pytest.mark.slow
def test_type_checkers_know_the_names(tmp_path: Path) -> None:
    """The last two lines are wrong."""
    (tmp_path / "use.py").write_text(
        "import maiscreen\n"
        "name: str = maiscreen.Campaign().name\n"
        "version: str = maiscreen.__version__\n"
        "number: int = maiscreen.run().num_rows\n"
        "maiscreen.expain\n"
        "maiscreen.explain(60)\n"
    )
    words = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml"]
    more = ["--cache-dir", ROOT / ".mypy_cache", tmp_path / "use.py"]
    done = subprocess.run([*words, *more], cwd=ROOT, capture_output=True, text=True)
    wrong = [line.split(":")[1] for line in done.stdout.splitlines() if "use.py" in line]
    assert wrong == ["5", "6"], done.stdout + done.stderr
