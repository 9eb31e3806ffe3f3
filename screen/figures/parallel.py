"""The four attributes of each candidate as one line across four axes, the better end on top."""

from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.attributes import axis_label, close_axis, estimate
from maiscreen.screen.figures.figure import Axis, Figure, Line, Mark, Panel, Point, Rule, Text
from maiscreen.screen.figures.rows import label_of, paper_keys, point_of, ranked_rows, shape_of
from maiscreen.screen.scoring.score import THRESHOLDS

Row = Mapping[str, Any]

IN_PARALLEL = 20
"""How many are shown if nobody says how many."""

EDGE = 0.2
"""Room beside the outer axes, of what is between two."""

ROW_MM, LEAST_MM = 3.4, 52.0
"""Height for each name at the right end, and of the axes at least."""


def parallel(findings: Findings, of: Sequence[str] = (), most: int = IN_PARALLEL) -> Figure:
    """Draw a line for each candidate through its values of the four attributes.

    Raises
    ------
    InputError
        If nothing passed, or one that is asked for has no rank.
    """
    rows = ranked_rows(findings, of, most)
    axes = {name: _axis(name, rows) for name in ATTRIBUTES}
    marks: list[Mark] = []
    for place, axis in enumerate(axes.values()):
        marks += [Rule("limit", x=float(place)), *_numbers(axis, place)]
    for row in rows:
        marks += _strand(row, axes)
    ticks = tuple((float(i), axis_label(name)) for i, name in enumerate(ATTRIBUTES))
    panel = Panel(
        Axis("", -EDGE, len(ATTRIBUTES) - 1.0 + EDGE, ticks),
        Axis("", 0.0, 1.0, ()),
        tuple(marks),
        max(LEAST_MM, ROW_MM * len(rows)),
    )
    about = f"The four attributes of {', '.join(map(label_of, rows))} as lines, better upwards"
    return Figure((panel,), about, legend=paper_keys(rows))


def _axis(name: str, rows: Sequence[Row]) -> Axis:
    """Let an axis span what is there, the better end upwards."""
    values = [known[0] for row in rows if (known := estimate(row, name))]
    axis = close_axis(name, values, few=False)
    worst, best = THRESHOLDS[name]
    if best > worst:
        return axis
    return Axis(axis.label, axis.high, axis.low, axis.ticks, axis.logarithmic)


def _numbers(axis: Axis, place: int) -> list[Mark]:
    """Write the numbers of an axis beside it."""
    return [
        Text(text, float(place), axis.share(value), side="left", soft=True)
        for value, text in axis.ticks
        if text and 0 <= axis.share(value) <= 1
    ]


def _strand(row: Row, axes: Mapping[str, Axis]) -> list[Mark]:
    """Draw a candidate: marks on the axes whose values are known, and a line through them."""
    known = [(i, name, value) for i, name in enumerate(axes) if (value := estimate(row, name))]
    places = [(float(i), axes[name].share(value[0])) for i, name, value in known]
    if len(places) < len(axes):
        return []
    key, name = str(row["key"]), label_of(row)
    paper = shape_of(row) is not None
    line = Line(tuple(places), "curve", paper=paper, key=key, tip=name, name=name)
    points: list[Point] = [point_of(row, x, y, full=True, tip=name) for x, y in places]
    return [line, *points]
