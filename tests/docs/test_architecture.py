"""The page on the architecture: its rooms are those of the tree, its way is the way of a run."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from doc_blocks import PAGES, ROOT

sys.path.insert(0, str(ROOT / "docs"))
pictures = importlib.import_module("pictures")

ROOMS: dict[str, list[str]] = pictures.rooms()


def rooms_of_tree(folder: str) -> set[str]:
    packages = {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}
    return packages | {path.name for path in (ROOT / folder).glob("*.py")} - {"__init__.py"}


@pytest.mark.parametrize("folder", ROOMS)
def test_the_page_lists_the_rooms_of_the_tree(folder: str) -> None:
    assert len(ROOMS[folder]) == len(set(ROOMS[folder]))
    assert set(ROOMS[folder]) == rooms_of_tree(folder)


def imported_rooms(path: Path, folder: str) -> Iterator[str]:
    """Give the rooms of a folder from which one of its files imports, at the top or later."""
    head = f"maiscreen.{folder}"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(head):
            for alias in node.names:
                name = f"{node.module}.{alias.name}".split(".")[2]
                yield name if (ROOT / folder / name).is_dir() else f"{name}.py"


@pytest.mark.parametrize("folder", ROOMS)
def test_a_room_imports_from_those_before_it(folder: str) -> None:
    order = ROOMS[folder]
    for path in (ROOT / folder).rglob("*.py"):
        room = path.relative_to(ROOT / folder).parts[0]
        if room != "__init__.py":
            for name in imported_rooms(path, folder):
                assert order.index(name) <= order.index(room), f"{path} imports from {name}"


@pytest.mark.parametrize("folder", ROOMS)
def test_a_room_says_what_it_is(folder: str) -> None:
    for path in (ROOT / folder).glob("*/__init__.py"):
        (docstring,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(docstring, ast.Expr), f"{path} holds more than a docstring"


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_pictures_are_drawn_from_the_page(name: str) -> None:
    drawn = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert drawn == pictures.PICTURES[name](), "python docs/pictures.py"


def functions_of(path: Path) -> set[str]:
    """Name the functions and methods of a file: ``run``, ``Campaign.from_toml``."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    methods = {
        f"{node.name}.{inner.name}"
        for node in classes
        for inner in node.body
        if isinstance(inner, ast.FunctionDef)
    }
    return methods | {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_every_step_names_a_function_of_its_room() -> None:
    assert len(pictures.steps()) > 15
    for step in pictures.steps():
        assert step.file.startswith(step.room), step
        assert step.function in functions_of(ROOT / step.file), step


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_files_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    top = "candidates|descriptors|models|screen|runners|tests|benchmarks|docs"
    for name in re.findall(rf"`((?:{top})/[\w/.*-]+\.py)\b", text):
        assert list(ROOT.glob(name)), name


@pytest.mark.parametrize("name", [".pre-commit-config.yaml", ".github/workflows/ci.yml"])
def test_files_of_services_are_yaml_and_make_has_what_they_run(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert isinstance(yaml.safe_load(text), dict)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    asked = re.findall(r"make (test[\w-]*|docs)", text)
    assert asked
    assert set(asked) <= set(targets)


@pytest.mark.slow
def test_a_run_goes_the_way_of_the_page(tmp_path: Path) -> None:
    names = [f"{step.file}:{step.function}" for step in pictures.steps()]
    command = [sys.executable, str(ROOT / "tests" / "docs" / "doc_way.py"), str(tmp_path), *names]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == ["WAY", *names]
