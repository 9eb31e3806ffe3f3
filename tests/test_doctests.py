"""Run the examples of every docstring, from the installed modules."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("candidates", "descriptors", "models", "screen", "runners")
MODULES = [
    "maiscreen",
    *(
        ".".join(("maiscreen", *path.relative_to(ROOT).with_suffix("").parts))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    ),
]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
