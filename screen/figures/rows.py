"""Which rows of a ranking a figure shows, and how each is named and marked."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from maiscreen.candidates.errors import InputError, harmless
from maiscreen.screen.facts.find import find_rows
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.figure import Key, Point
from maiscreen.screen.paper.cells import LABELS, SHAPES
from maiscreen.screen.scoring.ranking import STANDING
from maiscreen.screen.text import subscripts

Row = Mapping[str, Any]

MOST_LETTERS = 40
"""Of a text from a table; what is longer is cut."""

NOBODY = "nothing passed its gates: no ranks to draw; the figure funnel shows where all were lost"

_NUMBERS = (*STANDING, "score")


def check(findings: Findings) -> None:
    """Refuse a table that is no ranking.

    Raises
    ------
    InputError
        If it lacks a column that every figure needs, or it is of another type.
    """
    table, types = findings.ranking, pa.types
    texts = ("key", "recipe" if findings.is_wide else "formula")
    good = {**dict.fromkeys(_NUMBERS, _is_number), **dict.fromkeys(texts, types.is_string)}
    for name, is_good in good.items():
        if name not in table.column_names or not is_good(table.schema.field(name).type):
            raise InputError("ranking", name, "is no column of this table, or of another type")


def _is_number(kind: pa.DataType) -> bool:
    # Where nothing passed, columns of nothing have no type.
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind))


def choose_rows(findings: Findings, of: Sequence[str], most: int) -> Sequence[Row]:
    """Return the rows that are asked for, or so many of the best."""
    return find_rows(findings, of) if of else findings.distinct[:most]


def ranked_rows(findings: Findings, of: Sequence[str], most: int) -> Sequence[Row]:
    """Return rows with a rank: those asked for, or so many of the best.

    Raises
    ------
    InputError
        If there are none, or one that is asked for has none, with the reason.
    """
    if not findings.ranked:
        raise InputError("ranking", f"{findings.ranking.num_rows} candidates", NOBODY)
    rows = choose_rows(findings, of, most)
    for row in rows:
        if row["rank"] is None:
            why = row.get("rejected_reason") or row.get("failed_reason") or "not known why"
            raise InputError("--of", str(row["key"]), f"has no rank: {why}")
    return rows


def shape_of(row: Row) -> str | None:
    """Return the mark of a cell of the paper, None for all other rows."""
    return SHAPES.get(str(row.get("key"))) or SHAPES.get(str(row.get("label")))


def name_of(row: Row) -> str:
    """Name a candidate, for those who listen."""
    name = LABELS.get(str(row.get("key"))) or row.get("label") or row["formula"]
    return " ".join(harmless(str(name)).split())


def label_of(row: Row) -> str:
    """Name a candidate in a drawing."""
    return line_of_text(name_of(row))


def line_of_text(value: str) -> str:
    """Write a text on one line, not too long, with the counts of formulas lowered.

    Examples
    --------
    >>> line_of_text("Na15Sn4"), line_of_text("tin (IV) chloride, " * 3)
    ('Na₁₅Sn₄', 'tin (IV) chloride, tin (IV) chloride, t…')
    """
    line = " ".join(harmless(subscripts(value)).split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}…"


def point_of(row: Row, x: float, y: float, *, full: bool, tip: str = "", name: str = "") -> Point:
    """Mark a candidate, each cell of the paper by its own shape."""
    shape = shape_of(row)
    series: Literal["paper", "candidate"] = "paper" if shape else "candidate"
    return Point(x, y, shape or "circle", full, series, str(row["key"]), tip, name)


def paper_keys(rows: Sequence[Row]) -> tuple[Key, ...]:
    """Explain the marks of those cells of the paper that are among the rows."""
    there = {shape_of(row) for row in rows}
    return tuple(
        Key(line_of_text(LABELS.get(key, key)), (Point(0, 0, shape, series="paper"),))
        for key, shape in SHAPES.items()
        if shape in there
    )
