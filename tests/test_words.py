"""Words: a name that says nothing of its value lives for three lines at most."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("api", "candidates", "descriptors", "models", "screen", "runners")

VAGUE = {"one", "found", "given", "told"}
LONGEST = 3
"""Lines from where a value gets its name to where it is used last."""

WITHIN = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)


def long_lived(path: Path) -> Iterator[str]:
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inner = {
            id(node)
            for one in ast.walk(function)
            if isinstance(one, WITHIN)
            for node in ast.walk(one)
        }
        lines: dict[str, list[int]] = {}
        for argument in (*function.args.args, *function.args.kwonlyargs):
            lines.setdefault(argument.arg, []).append(function.lineno)
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and id(node) not in inner:
                lines.setdefault(node.id, []).append(node.lineno)
        for name in VAGUE & lines.keys():
            if max(lines[name]) - min(lines[name]) > LONGEST:
                yield f"{path.relative_to(ROOT)}:{min(lines[name])} {function.name}: {name}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_vague_names_are_short_lived(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert [where for path in files for where in long_lived(path)] == []
