"""Places, tiers and scores, and how far they hang on the errors and on the weights."""

from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.answer import IN_TABLE
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.attributes import short_name
from maiscreen.screen.figures.figure import (
    Area,
    Axis,
    Figure,
    Key,
    Line,
    Mark,
    Panel,
    Point,
    Rule,
    linear,
    round_numbers,
    rows_axis,
    tick_text,
)
from maiscreen.screen.figures.rows import label_of, paper_keys, point_of, ranked_rows, shape_of
from maiscreen.screen.text import number, roman

Row = Mapping[str, Any]

IN_RANKS, IN_WEIGHTS = 20, 10
"""How many are shown if nobody says which."""

ROW_MM = 5.0
"""Height of a row."""

WITHOUT: Mapping[str, str] = dict(zip(ATTRIBUTES, ("left", "circle", "plus", "star"), strict=True))
"""Marks of the rank without an attribute."""


def ranks(findings: Findings, of: Sequence[str] = (), most: int = IN_RANKS) -> Figure:
    """Show expected places, their intervals over the errors, and those over all weightings."""
    rows = ranked_rows(findings, of, most)
    x = _rank_axis(max(len(findings.ranked), *(row["place_high"] for row in rows)))
    marks: list[Mark] = [*_grid(x), *_between_tiers(rows)]
    for y, (row, other) in enumerate(zip(rows, findings.weightings(rows), strict=True)):
        high, low = y - 0.14, y + 0.24
        key, ends = str(row["key"]), ((row["place_low"], high), (row["place_high"], high))
        marks.append(Line(ends, "interval", key=key))
        marks.append(Line(_seen(other["low"], other["high"], low), "weightings", key=key))
        place = f"{number(row['expected_place'], 1)} ({row['place_low']} to {row['place_high']})"
        tip = f"{label_of(row)}: rank {row['rank']}, tier {roman(row['tier'])}, place {place}"
        marks.append(point_of(row, row["expected_place"], high, full=True, tip=tip))
    notes = [(y, number(row["p_top_k"])) for y, row in enumerate(rows)]
    head = (-1.0, f"P(top {findings.campaign.top_k})")
    paper = tuple(mark for key in paper_keys(rows) for mark in key.marks)
    keys = [
        Key("90 % of the draws over the errors", (Line((), "interval"),)),
        Key("90 % of all weightings", (Line((), "weightings"),)),
        Key("expected place", (Point(0, 0),)),
        *([Key("tried in the paper", paper)] if paper else []),
    ]
    names = [f"{roman(row['tier'])}  {row['rank']}  {label_of(row)}" for row in rows]
    panel = Panel(x, rows_axis(names), tuple(marks), ROW_MM * len(rows), notes=(head, *notes))
    about = f"Places and tiers of {len(rows)} of the {len(findings.ranked)} that have a rank"
    return Figure((panel,), about, legend=tuple(keys))


def weights(findings: Findings, of: Sequence[str] = (), most: int = IN_WEIGHTS) -> Figure:
    """Show the places by nominal score of other weights, and those without each attribute."""
    rows = ranked_rows(findings, of, most)
    weightings = findings.weightings(rows)
    x = _rank_axis(min(len(findings.ranked), max(IN_TABLE, *(r["high"] for r in weightings))))
    marks: list[Mark] = _grid(x)
    for y, (row, other) in enumerate(zip(rows, weightings, strict=True)):
        marks += _bar(y, row, other)
    keys = [
        Key("90 % of all weightings", (Area("span"),)),
        Key("the campaign’s weights", (Line((), "usual"),)),
        *(
            Key(f"without {short_name(n)}".replace("'", "’"), (Point(0, 0, s, False, "otherwise"),))
            for n, s in WITHOUT.items()
        ),
    ]
    panel = Panel(x, _row_axis(rows), tuple(marks), 1.3 * ROW_MM * len(rows))
    about = "Places by score over all weightings of the attributes, and without each of them"
    return Figure((panel,), about, legend=tuple(keys))


def _bar(y: int, row: Row, other: Row) -> list[Mark]:
    """Show the span over all weightings, the usual rank as a line, the others one below another."""
    ends, paper = (y - 0.42, y + 0.42), shape_of(row) is not None
    marks: list[Mark] = [
        Area("span", (other["low"], other["high"]), ends, key=str(row["key"])),
        Line(tuple((other["rank"], end) for end in ends), "usual", paper=paper),
    ]
    for place, (name, rank) in enumerate(zip(ATTRIBUTES, other["without"], strict=True)):
        if rank is not None:
            key, tip = f"{row['key']} without {name}", f"{label_of(row)}: {rank} without {name}"
            at = y + 0.21 * (place - 1.5)
            marks.append(Point(rank, at, WITHOUT[name], False, "otherwise", key, tip))
    return marks


def scores(findings: Findings, most: int = IN_RANKS) -> Figure:
    """Show scores with the interval of 90 % of the draws, best on top."""
    rows = ranked_rows(findings, (), most)
    marks: list[Mark] = []
    for y, row in enumerate(rows):
        marks.append(Line(((row["score_low"], y), (row["score_high"], y)), "interval"))
        tip = f"{label_of(row)}: score {number(row['score'])}"
        marks.append(point_of(row, row["score"], y, full=True, tip=tip))
    x = linear("Score, and 5th to 95th percentile of the draws", 0.0, 1.0)
    panel = Panel(x, _row_axis(rows), tuple(marks), ROW_MM * len(rows))
    return Figure((panel,), f"Scores of the {len(rows)} best")


def _seen(first: int, last: int, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Draw an interval of one place as long as can be seen."""
    half = 0.15 if first == last else 0.0
    return (first - half, y), (last + half, y)


def _row_axis(rows: Sequence[Row]) -> Axis:
    return rows_axis([f"{row['rank']}  {label_of(row)}" for row in rows])


def _rank_axis(last: int) -> Axis:
    last = max(last, 2)
    places = [1.0, *(t for t in round_numbers(0, last, 6) if t > 1 and t == int(t))]
    return Axis("Place", 0.5, last + 0.5, tuple((t, tick_text(t)) for t in places))


def _between_tiers(rows: Sequence[Row]) -> list[Mark]:
    """Draw a line above each row that begins another tier than that of the row before."""
    tiers = [row["tier"] for row in rows]
    return [Rule("divider", y=y - 0.5) for y in range(1, len(rows)) if tiers[y] != tiers[y - 1]]


def _grid(axis: Axis) -> list[Mark]:
    return [Rule("grid", x=place) for place, _ in axis.ticks]
