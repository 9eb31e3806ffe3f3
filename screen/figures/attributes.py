"""The four attributes: of each candidate in a row, and two against each other."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import log10
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.facts.find import find_rows
from maiscreen.screen.facts.findings import Findings
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
    Text,
    decades,
    linear,
    rows_axis,
)
from maiscreen.screen.figures.rows import (
    choose_rows,
    label_of,
    name_of,
    paper_keys,
    point_of,
    ranked_rows,
    shape_of,
)
from maiscreen.screen.scoring.score import THRESHOLDS, WORTHS
from maiscreen.screen.text import finite_or_none, plain_words, significant

Row = Mapping[str, Any]
Estimate = tuple[float, float, float]
"""Value and the ends of its error bar, in its unit."""

IN_PROFILE = 8
"""How many are shown if nobody says which."""

LABELLED = 12
"""Points of the front that have a name."""

PAIR = ("adhesion", "ionic_conductivity")
"""The two attributes that tell most candidates apart."""

ENDS = {
    "adhesion": (0.0, 0.6),
    "ionic_conductivity": (-8.0, 4.0),
    "youngs_modulus": (0.0, 120.0),
    "electrolyte_permeability": (0.0, 1.0),
}
"""What the axes span at least, logarithms where the attribute is logarithmic."""

BOUNDS = {
    "adhesion": (0.0, 9.0),
    "youngs_modulus": (0.0, 9e3),
    "electrolyte_permeability": (0.0, 1.0),
}
"""Where an error bar ends because there is nothing beyond, such as a negative stiffness."""

ROOM = 0.06
"""Share of its span that an axis is longer at each end, so that no mark lies on its end."""

ROW_MM, GAP = 4.4, 0.7
"""Height of a row, and rows between the chosen and the paper's."""

_CHOICE = f"give two of {', '.join(ATTRIBUTES)}"


def short_name(name: str) -> str:
    """Name an attribute in a word or two.

    Examples
    --------
    >>> short_name("ionic_conductivity"), short_name("youngs_modulus")
    ('conductivity', "Young's modulus")
    """
    return plain_words(name).removeprefix("electrolyte ").removeprefix("ionic ")


def heading(name: str) -> str:
    """Name an attribute with its unit, as the head of a column."""
    unit = {"open volume fraction": "fraction"}.get(ATTRIBUTE_UNITS[name])
    words = short_name(name)
    return f"{words[0].upper()}{words[1:]} / {unit or ATTRIBUTE_UNITS[name]}"


def axis_label(name: str) -> str:
    """Name an attribute with its unit, as of an axis.

    Examples
    --------
    >>> axis_label("ionic_conductivity"), axis_label("electrolyte_permeability")
    ('Conductivity (mS/cm)', 'Permeability (fraction)')
    """
    quantity, _, unit = heading(name).partition(" / ")
    return f"{quantity} ({unit})".replace("'", "’")


def to_unit(name: str, value: float) -> float:
    """Turn an end or a threshold into the attribute's unit: powers of ten where logarithmic."""
    return float(10.0**value) if name in LOGARITHMIC else value


def estimate(row: Row, name: str) -> Estimate | None:
    """Return value and ends of the error bar; None where it is not known."""
    value = finite_or_none(row.get(name))
    if name in LOGARITHMIC:
        std = finite_or_none(row.get(f"{name}_std_log10")) or 0.0
        return (value, value / 10.0**std, value * 10.0**std) if value else None
    std = finite_or_none(row.get(f"{name}_std")) or 0.0
    least, most = BOUNDS[name]
    return None if value is None else (value, max(value - std, least), min(value + std, most))


def attribute_axis(name: str, values: Sequence[float], few: bool = True) -> Axis:
    """Let an axis span what it always does, and all of the values; few numbers fit across."""
    return _axis(name, [*ENDS[name], *_scaled(name, values)], few, 4)


def close_axis(name: str, values: Sequence[float], few: bool = True) -> Axis:
    """Let an axis span the values and the best one of the score, and a little more."""
    inside = [THRESHOLDS[name][1], *_scaled(name, values)]
    room = ROOM * ((max(inside) - min(inside)) or 1.0)
    return _axis(name, [min(inside) - room, max(inside) + room], few, 5)


def _scaled(name: str, values: Sequence[float]) -> list[float]:
    return [log10(value) for value in values] if name in LOGARITHMIC else list(values)


def _axis(name: str, ends: Sequence[float], few: bool, most: int) -> Axis:
    """Make an axis over all of the ends, logarithms where the attribute is logarithmic."""
    if name in LOGARITHMIC:
        return decades(axis_label(name), min(ends), max(ends), 2, 4 if few else 2)
    return linear(axis_label(name), min(ends), max(ends), most)


def profile(findings: Findings, of: Sequence[str] = (), most: int = IN_PROFILE) -> Figure:
    """Show the four attributes with standard deviations, above those of the paper's cells."""
    paper = {row["key"] for row in findings.cells}
    rows = choose_rows(findings, of, most + len(paper))
    apart = [row for row in rows if row["key"] not in paper and (of or shape_of(row) is None)]
    return profile_of(apart[: None if of else most], findings.cells)


def profile_of(chosen: Sequence[Row], beside: Sequence[Row]) -> Figure:
    """Show the attributes of chosen rows, above a line, and of others below it."""
    rows, gap = [*chosen, *beside], GAP if chosen and beside else 0.0
    places = [i + (gap if i >= len(chosen) else 0.0) for i in range(len(rows))]
    names = [label_of(row) for row in rows]
    y = rows_axis(names, places)
    divider = (Rule("divider", y=len(chosen) - 0.5 + gap / 2),) if gap else ()
    panels = []
    for name in ATTRIBUTES:
        known = [estimate(row, name) for row in rows]
        x = attribute_axis(name, [one[0] for one in known if one])
        marks = (*_worth(x, y, name), *divider, *_estimates(name, rows, known, places))
        panels.append(Panel(x, y, marks, ROW_MM * (len(rows) + gap)))
    about = (
        f"The four attributes of {', '.join(map(name_of, rows))}, with one standard deviation; "
        f"shaded: worth {WORTHS[1]:.1f} or more; hatched: {WORTHS[0]:.1f} or less"
    )
    return Figure(tuple(panels), about, (2, 4))


def _worth(x: Axis, y: Axis, name: str) -> list[Mark]:
    """Shade what is beyond the worst value and the best one."""
    worst, best = (to_unit(name, end) for end in THRESHOLDS[name])
    rising = best > worst
    numbers = [
        Text(sign, place, y.high, level="above", soft=True)
        for sign, place in (("\u2013", worst), ("+", best))
    ]
    title = Text("desirability\u00a0\u00a0", x.low, y.high, side="left", level="above", soft=True)
    return [
        Area("good", x=(best, None) if rising else (None, best)),
        Area("bad", x=(None, worst) if rising else (worst, None)),
        Rule("limit", x=worst),
        Rule("limit", x=best),
        *numbers,
        *([title] if name == ATTRIBUTES[0] else []),
    ]


def _estimates(
    name: str, rows: Sequence[Row], estimates: Sequence[Estimate | None], places: Sequence[float]
) -> list[Mark]:
    marks: list[Mark] = []
    for row, known, y in zip(rows, estimates, places, strict=True):
        if known is None:
            marks.append(Text("no layer" if row.get("route") == "none" else "not known", None, y))
            continue
        value, low, high = known
        key, tip = str(row["key"]), _tip(row, name)
        paper = shape_of(row) is not None
        ends = (low, y), (high, y)
        marks.append(Line(ends, "error", paper=paper, capped=True, key=key))
        marks.append(point_of(row, value, y, full=row.get("rank") is not None, tip=tip))
    return marks


def _tip(row: Row, name: str) -> str:
    numbers = f"{significant(row.get(name))} ± {significant(row.get(f'{name}_std'))}"
    if row.get(f"{name}_std") is None and name in LOGARITHMIC:
        numbers = f"{significant(row[name])}, ± {significant(row.get(f'{name}_std_log10'))} decades"
    return f"{label_of(row)}: {numbers} {ATTRIBUTE_UNITS[name]}"


def pareto(findings: Findings, of: Sequence[str] = (), attributes: Sequence[str] = PAIR) -> Figure:
    """Show all that passed by two attributes; ``of`` is named, else the front of all four.

    Raises
    ------
    InputError
        If nothing passed, or the attributes are not two of the four.
    """
    pair = tuple(attributes)
    if len({*pair}) != 2 or not {*pair} <= {*ATTRIBUTES}:
        raise InputError("--attributes", ",".join(pair), _CHOICE)
    ranked_rows(findings, (), 1)
    asked = find_rows(findings, of)
    return _pairs_of_attributes(findings.shown, asked, [(pair[0], pair[1])])


def all_pairs(findings: Findings) -> Figure:
    """Show all that passed by every pair of attributes."""
    return _pairs_of_attributes(findings.shown, [], list(combinations(ATTRIBUTES, 2)))


def _pairs_of_attributes(
    shown: Sequence[Row], asked: Sequence[Row], pairs: Sequence[tuple[str, str]]
) -> Figure:
    there = {row["key"] for row in shown}
    rows = [*shown, *(row for row in asked if row["key"] not in there)]
    front = [row["key"] for row in rows if row.get("pareto")][:LABELLED]
    named = {row["key"] for row in asked} or {*front}
    named |= {row["key"] for row in rows if shape_of(row)}
    panels = [_pair_panel(rows, named, *pair, bars=len(pairs) == 1) for pair in pairs]
    keys = [
        Key("on the front", (Point(0, 0),)),
        Key("not on it", (Point(0, 0, full=False),)),
        *paper_keys(rows),
        *([Key("± 1 std. deviation", (Line((), "error"),))] if len(pairs) == 1 else []),
        Key(f"desirability {WORTHS[1]:.1f} in both", (Area("good"),)),
    ]
    told = "; ".join(f"{plain_words(x)} and {plain_words(y)}" for x, y in pairs)
    return Figure(tuple(panels), f"{len(rows)} candidates by {told}", (1, 3), tuple(keys))


def _pair_panel(rows: Sequence[Row], named: set[str], across: str, up: str, *, bars: bool) -> Panel:
    known = [
        (row, x, y)
        for row in rows
        if (x := estimate(row, across)) is not None and (y := estimate(row, up)) is not None
    ]
    # Names are placed in this order, from top to bottom; marks with one lie above the others.
    known.sort(key=lambda one: (one[0]["key"] in named, bool(one[0].get("pareto")), -one[2][0]))
    marks: list[Mark] = [Area("good", x=_best(across), y=_best(up))]
    for row, x, y in known:
        has_name, paper = row["key"] in named, shape_of(row) is not None
        if has_name and bars:
            marks.append(Line(((x[1], y[0]), (x[2], y[0])), "error", paper=paper))
            marks.append(Line(((x[0], y[1]), (x[0], y[2])), "error", paper=paper))
        tip = f"{label_of(row)}, rank {row['rank']}"
        name = label_of(row) if has_name else ""
        marks.append(point_of(row, x[0], y[0], full=bool(row.get("pareto")), tip=tip, name=name))
    # Error bars need the room that the axes of one pair have.
    axis = attribute_axis if bars else close_axis
    x_axis = axis(across, [x[0] for _, x, _ in known])
    y_axis = axis(up, [y[0] for _, _, y in known], few=False)
    return Panel(x_axis, y_axis, tuple(marks), 60.0, crowded=not bars)


def _best(name: str) -> tuple[float | None, float | None]:
    """Return where an attribute is at its best value or beyond."""
    worst, best = (to_unit(name, end) for end in THRESHOLDS[name])
    return (best, None) if best > worst else (None, best)
