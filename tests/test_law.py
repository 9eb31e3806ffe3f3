"""The law of imports: an order of folders, and inside each folder an order of its rooms."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ORDER = {
    "candidates": (
        "errors",
        "rounding",
        "reading",
        "chemistry",
        "hulls",
        "snapshot",
        "embedded",
        "materials_project",
        "entries",
        "handbook",
        "precursors",
        "molecules",
    ),
    "descriptors": (
        "alloys",
        "vapour",
        "reaction",
        "layer",
        "blends",
        "columns",
        "composition",
        "hazards",
        "bench",
        "molecules",
    ),
    "models": (
        "acquisition",
        "labels",
        "learning",
        "training_files",
        "storage",
        "predictions",
        "attributes",
        "crystals",
        "retraining",
        "simulation",
    ),
    "screen": (
        "campaign",
        "scoring",
        "describe",
        "text",
        "blends",
        "paper",
        "screens",
        "advice",
        "facts",
        "lab_sheet",
        "lab_cyclers",
        "figures",
        "shortlist",
        "report",
        "lab_learning",
        "lab_exchange",
        "embedding",
    ),
    "runners": (
        "endings",
        "interrupts",
        "kernels",
        "outcome",
        "provenance",
        "stages",
        "folder",
        "work",
        "cluster",
        "runs",
        "cli",
    ),
}
"""Folders in their order, and the sub-packages and single files of each in theirs: all that is
imported stands to the left."""

FOLDERS = tuple(ORDER)

HOMES = {
    "dask": ("runners/",),
    "distributed": ("runners/cluster/",),
    "dask_jobqueue": ("runners/cluster/",),
    "torch": ("models/simulation/",),
    "ase": ("models/simulation/",),
    "sevenn": ("models/simulation/",),
    "matplotlib": ("screen/figures/matplotlib_pen.py", "screen/figures/style.py"),
    "openpyxl": ("candidates/reading/workbook.py", "screen/shortlist/"),
    "pydantic": (
        "candidates/reading/settings.py",
        "screen/campaign/",
        "runners/cluster/queue_file.py",
    ),
    "mp_api": ("candidates/materials_project/",),
}
"""Where each heavy library may be imported."""

TABLE_READERS = re.compile(r"\b(csv\.reader|DictReader|read_csv|load_workbook|read_excel)\(")
OWN_TABLES = {
    "candidates/chemistry/elements.py",
    "candidates/embedded/build.py",
    "candidates/embedded/training.py",
    "candidates/handbook/files.py",
    "candidates/handbook/stability.py",
    "candidates/molecules/registry.py",
    "candidates/snapshot/known_phases.py",
    "candidates/snapshot/sodium_uptake.py",
    "candidates/snapshot/snapshot.py",
    "candidates/snapshot/tables.py",
    "candidates/snapshot/training_data.py",
    "descriptors/hazards/toxicity.py",
    "models/predictions/learned.py",
    "models/storage/model.py",
}
"""What reads tables that maiscreen, or a package, has written itself."""


def files() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in files()}


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Give what a file imports, wherever in it, as dotted names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def own_imports(path: Path) -> set[str]:
    """Give the files of the project that a file imports, as dotted names below maiscreen."""
    names = {n.removeprefix("maiscreen.") for n in imported_names(path) if "maiscreen." in n}
    return {name if name in MODULES else name.rpartition(".")[0] for name in names}


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_import_only_from_the_left(folder: str) -> None:
    allowed = FOLDERS[: FOLDERS.index(folder) + 1]
    for path in (ROOT / folder).rglob("*.py"):
        for name in imported_names(path):
            top, _, rest = name.partition(".")
            if top == "maiscreen":
                assert rest.split(".")[0] in allowed, f"{path} imports {name}"


def test_nothing_enters_by_the_front_door() -> None:
    """The folders import each other's modules, and never what `import maiscreen` offers."""
    for path in MODULES.values():
        names = {n for n in imported_names(path) if n.partition(".")[0] == "maiscreen"}
        assert all(n.split(".")[1:2] and n.split(".")[1] in FOLDERS for n in names), path


@pytest.mark.parametrize("folder", FOLDERS)
def test_rooms_import_only_from_the_left(folder: str) -> None:
    order = ORDER[folder]
    for name, path in MODULES.items():
        here, _, room = name.partition(".")
        if here != folder or not room:
            continue
        allowed = order[: order.index(room.split(".")[0]) + 1]
        for other in own_imports(path):
            there, _, rest = other.partition(".")
            if there == folder and rest:
                assert rest.split(".")[0] in allowed, f"{path} imports {other}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_order_names_every_room(folder: str) -> None:
    inside = {name.split(".")[1] for name in MODULES if name.startswith(f"{folder}.")}
    assert inside == set(ORDER[folder])


def test_no_circle_of_files() -> None:
    left = {name: own_imports(path) & MODULES.keys() - {name} for name, path in MODULES.items()}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert not left


def test_sub_packages_are_one_level_deep_and_explain_themselves() -> None:
    for name, path in MODULES.items():
        assert name.count(".") <= 2, path
        if path.name == "__init__.py" and "." in name:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree), f"{path} has no docstring"
            assert len(tree.body) == 1, f"{path} holds more than its docstring"


@pytest.mark.parametrize("library", HOMES)
def test_heavy_libraries_have_a_home(library: str) -> None:
    for path in MODULES.values():
        where = path.relative_to(ROOT).as_posix()
        if library in {name.partition(".")[0] for name in imported_names(path)}:
            assert where.startswith(HOMES[library]), f"{where} imports {library}"


def test_every_sub_package_is_packaged() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    listed = settings["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted({"maiscreen", *(f"maiscreen.{name}" for name in packages)})


def test_tables_of_strangers_have_one_reader() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES.values()
        if TABLE_READERS.search(path.read_text(encoding="utf-8"))
    }
    reading = ("delimited", "records", "workbook")
    assert readers == {f"candidates/reading/{name}.py" for name in reading} | OWN_TABLES
