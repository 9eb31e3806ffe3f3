"""The law of imports: candidates → descriptors → models → screen → runners; Dask in runners/."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DASK = {
    "answers.py",
    "cluster.py",
    "crew.py",
    "execution.py",
    "guard.py",
    "job_options.py",
    "jobqueue.py",
    "keeping.py",
    "own_data_plugin.py",
}
FOLDERS = ("candidates", "descriptors", "models", "screen", "runners")


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_only_from_the_left(folder: str) -> None:
    allowed = FOLDERS[: FOLDERS.index(folder) + 1]
    for path in (ROOT / folder).rglob("*.py"):
        for module in imported_modules(path):
            top, _, rest = module.partition(".")
            if top == "maiscreen":
                assert rest.split(".")[0] in allowed, f"{path} imports {module}"
            if folder != "runners":
                assert top not in {"dask", "distributed"}, f"{path} imports {module}"


def test_distributed_appears_in_few_files() -> None:
    for path in (ROOT / "runners").rglob("*.py"):
        tops = {module.partition(".")[0] for module in imported_modules(path)}
        assert "distributed" not in tops or path.name in DASK


def test_nothing_enters_by_the_front_door() -> None:
    """The folders import each other's modules, and never what `import maiscreen` offers."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            names = {m for m in imported_modules(path) if m.partition(".")[0] == "maiscreen"}
            assert all(m.split(".")[1:2] and m.split(".")[1] in FOLDERS for m in names), path
