"""The page on files of strangers tells the limits that hold."""

import re
from importlib import import_module
from pathlib import Path

from maiscreen.candidates.reading import limits

PAGE = (Path(__file__).parents[1] / "docs" / "hostile_input.md").read_text(encoding="utf-8")
HOMES = {
    "formula": "candidates.chemistry",
    "notation": "candidates.chemistry",
    "smiles": "candidates.molecules",
    "columns": "screen.lab_sheet",
    "table": "candidates.reading",
    "workbook": "candidates.reading",
    "queue_file": "runners.cluster",
    "shipped_data": "runners.cluster",
    "files": "runners.folder",
}
"""Modules of the second table, and the sub-packages that they lie in."""


def numbers(cell: str) -> list[int]:
    return [int(one.replace(",", "")) for one in cell.strip().split(", ")]


def test_the_table_is_all_of_the_limits() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([\d,]+) \|", PAGE, re.MULTILINE)
    told = {name: int(value.replace(",", "")) for name, value in rows}
    assert len(told) == len(rows)
    assert told == {
        name: value
        for name, value in vars(limits).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }


def test_the_limits_of_single_readers() -> None:
    rows = re.findall(r"^\| (`\w+\.[A-Z_]+`.*?) \| ([\d, ]+) \|", PAGE, re.MULTILINE)
    assert {names.strip("`").partition(".")[0] for names, _ in rows} == set(HOMES)
    for names, values in rows:
        first, *others = re.findall(r"`([\w.]+)`", names)
        home, _, name = first.partition(".")
        module = import_module(f"maiscreen.{HOMES[home]}.{home}")
        assert [getattr(module, one) for one in (name, *others)] == numbers(values)


def test_there_is_a_place_for_the_figures_of_fuzzing() -> None:
    assert re.search(r"<!-- fuzz: begin -->.*<!-- fuzz: end -->", PAGE, re.DOTALL)
