"""Published cells in a table: what was put on which metal, how it was cycled, how long it lived."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isnan
from pathlib import Path
from typing import TypeVar

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.cells import Cell, raw_text
from maiscreen.candidates.reading.numbers import notation_of, read_numbers
from maiscreen.candidates.reading.table import Kind, Sheet, Size, read_file, read_sheet

COLUMNS = (
    "host", "precursor", "route", "layer", "current_density_ma_cm2", "capacity_mah_cm2", "life",
    "life_unit", "censored", "electrolyte", "temperature_c", "reference", "evidence",
)  # fmt: skip
"""Headings of a table of cells, of which :data:`NEEDED` must be there."""

NEEDED = ("precursor", "life")

_NUMBERS = ("current_density_ma_cm2", "capacity_mah_cm2", "life", "temperature_c")

EVIDENCE = ("read", "abstract", "quoted", "")
"""Where a life was read: in the work, in its abstract, from memory or another work; not known."""

_CENSORED = {
    **dict.fromkeys(("yes", "true", "1", ">", "running", "censored"), True),
    **dict.fromkeys(("", "no", "false", "0", "failed"), False),
}

_ROUTES = {
    "additive": ("additive",),
    "solution": ("solution", "treat", "immers", "dip", "exchange"),
    "vapour": ("vapo", "gas"),
}
"""Route, and a part of the words by which tables call it."""


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """One row of a table of cells.

    Attributes
    ----------
    row : int
        As a spreadsheet counts.
    host, precursor, route, layer : str
        Metal of the anode; formula; ``vapour``, ``additive``, ``solution`` or ``none``; what was
        found on the metal.
    life : float
        In ``life_unit``; NaN where there is no number.
    censored : bool
        Whether it was still alive then.
    life_unit, electrolyte, reference, evidence : str
    current_density_ma_cm2, capacity_mah_cm2, temperature_c : float
        NaN where not known.
    """

    row: int
    host: str
    precursor: str
    route: str
    layer: str
    life: float
    censored: bool
    life_unit: str
    electrolyte: str
    reference: str
    evidence: str
    current_density_ma_cm2: float
    capacity_mah_cm2: float
    temperature_c: float

    @property
    def conditions(self) -> tuple[object, ...]:
        """What must be equal in two cells whose lives are compared; not known equals not known."""
        numbers = (self.current_density_ma_cm2, self.capacity_mah_cm2, self.temperature_c)
        known = (None if isnan(number) else number for number in numbers)
        return self.host, self.life_unit, self.electrolyte.casefold(), *known


MOST_CELLS = 500
"""Rows of a table; every pair of them is looked at, some thousand times."""


_TABLE = Kind.of_columns(NEEDED, COLUMNS, Size(limits.ENTRIES_BYTES, MOST_CELLS))


def read_cells(path: Path) -> tuple[PublishedCell, ...]:
    """Read a table of cells, CSV or XLSX.

    Raises
    ------
    InputError
        If it cannot be read, or a row says what no cell can: the row, the field, what to write.
    """
    return _read(read_file(path, "--cells", limits.ENTRIES_BYTES), str(path))


@cache
def embedded_cells() -> tuple[PublishedCell, ...]:
    """Return the cells that are known here, each with where it was read."""
    content = files("maiscreen.screen").joinpath("data", "cells.csv").read_bytes()
    return _read(content, "cells.csv")


def _read(content: bytes, name: str) -> tuple[PublishedCell, ...]:
    try:
        sheet = read_sheet(content, _TABLE)
        for row, why in sheet.doubts.items():
            raise ValueError(f"{sheet.place(row)} {why}")
        cells = _cells(sheet)
    except ValueError as error:
        raise InputError("--cells", name, str(error)) from None
    if not cells:
        raise InputError("--cells", name, "holds a header and no rows")
    return cells


def _cells(sheet: Sheet) -> tuple[PublishedCell, ...]:
    blank: list[Cell] = [None] * len(sheet.rows)
    columns = dict.fromkeys(COLUMNS, blank) | sheet.columns(COLUMNS)
    # A life above which a cell was not followed is often written with its sign.
    lives = [cell.strip() if isinstance(cell, str) else cell for cell in columns["life"]]
    above = [isinstance(life, str) and life.startswith(">") for life in lives]
    columns["life"] = [life.lstrip("> ") if isinstance(life, str) else life for life in lives]
    style = notation_of((columns[name] for name in _NUMBERS), dot=sheet.delimiter == ",")
    numbers = {}
    for name in _NUMBERS:
        values, wrong = read_numbers(columns[name], style)
        for i, why in wrong.items():
            raise ValueError(f"{sheet.place(sheet.rows[i][0])}, {name} {why}")
        numbers[name] = values.tolist()
    texts = {n: [raw_text(c).strip() for c in columns[n]] for n in COLUMNS}
    rows = []
    for i, (row, _) in enumerate(sheet.rows):
        where = sheet.place(row)
        life = numbers["life"][i]
        if life < 0:
            raise ValueError(f"{where}, life = {life:g}: give a number of 0 or more")
        rows.append(
            PublishedCell(
                row,
                texts["host"][i] or "Na",
                texts["precursor"][i],
                _route(texts["route"][i]),
                texts["layer"][i],
                life,
                above[i] or _one_of(_CENSORED, texts["censored"][i], where, "censored"),
                texts["life_unit"][i].casefold() or "cycles",
                texts["electrolyte"][i],
                texts["reference"][i],
                _one_of({e: e for e in EVIDENCE}, texts["evidence"][i], where, "evidence"),
                numbers["current_density_ma_cm2"][i],
                numbers["capacity_mah_cm2"][i],
                numbers["temperature_c"][i],
            )
        )
    return tuple(rows)


def _route(text: str) -> str:
    """Recognise a route by a part of its name; an unknown one stays as it is written."""
    plain = text.casefold()
    if plain in ("", "none", "-", "–"):
        return "none" if plain else "vapour"
    known = (name for name, parts in _ROUTES.items() if any(part in plain for part in parts))
    return next(known, text)


_Value = TypeVar("_Value")


def _one_of(known: Mapping[str, _Value], text: str, where: str, name: str) -> _Value:
    try:
        return known[text.strip().casefold()]
    except KeyError:
        names = ", ".join(filter(None, known))
        raise ValueError(f"{where}, {name} = {text!r}: give one of {names}, or nothing") from None
