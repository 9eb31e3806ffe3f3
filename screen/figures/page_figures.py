"""Drawings of scores, ranks and attributes."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import log10
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.figures.svg import (
    Axis,
    bottom_axis,
    box,
    drawing,
    left_axis,
    line,
    mark,
    node,
    words,
)
from maiscreen.screen.scoring.score import THRESHOLDS
from maiscreen.screen.text import finite_or_none, plain_words, significant, subscripts

Row = Mapping[str, Any]
Shapes = Mapping[str, str]
"""Key of a row to the shape of its mark, for the paper's cells; all others are circles."""

ROW = 20
"""Height of a row."""

LABELLED = 12
"""Points of the front that are named in a drawing; tooltips name all."""

ENDS = {
    "adhesion": (0.0, 0.6),
    "ionic_conductivity": (-8.0, 2.0),
    "youngs_modulus": (0.0, 120.0),
    "electrolyte_permeability": (0.0, 1.0),
}
"""What the axes of the attributes span, logarithms where the attribute is logarithmic."""

BOUNDS = {
    "adhesion": (0.0, 9.0),
    "youngs_modulus": (0.0, 9e3),
    "electrolyte_permeability": (0.0, 1.0),
}
"""Where an error bar ends because there is nothing beyond, such as a negative stiffness."""


def drawn_values(row: Row, name: str) -> tuple[float | None, float]:
    """Give value and standard deviation as they are drawn: decades where logarithmic."""
    value = finite_or_none(row.get(name))
    if name not in LOGARITHMIC:
        return value, finite_or_none(row.get(f"{name}_std")) or 0.0
    return (log10(value) if value else None), finite_or_none(row.get(f"{name}_std_log10")) or 0.0


def error_bar(name: str, value: float, std: float) -> tuple[float, float]:
    """Give the ends of an error bar, as they are drawn."""
    least, most = (-99.0, 99.0) if name in LOGARITHMIC else BOUNDS[name]
    return max(value - std, least), min(value + std, most)


def heading(name: str) -> str:
    """Name an attribute with its unit."""
    unit = {"open volume fraction": "fraction"}.get(ATTRIBUTE_UNITS[name])
    words = plain_words(name).removeprefix("electrolyte ").removeprefix("ionic ")
    return f"{words[0].upper()}{words[1:]} / {unit or ATTRIBUTE_UNITS[name]}"


def profile_figure(rows: Sequence[Row], shapes: Shapes, first: int = 0) -> Any:
    """Draw the four attributes with their standard deviations, one row for each precursor.

    Parameters
    ----------
    rows : sequence of mapping
        With ``label``, and the attributes.
    shapes : mapping
        See :data:`Shapes`.
    first : int
        How many rows to set apart on top.
    """
    bottom = 40 + ROW * len(rows) + (8 if first else 0)
    parts = []
    places = [40 + ROW * i + (8 if first and i >= first else 0) for i in range(len(rows))]
    for panel, name in enumerate(ATTRIBUTES):
        axis = Axis(*ENDS[name], 150 + 190 * panel, 150 + 190 * panel + 168)
        parts.append(_panel(axis, name, bottom))
        for y, row in zip(places, rows, strict=True):
            parts.append(_estimate(axis, y + ROW / 2, row, name, shapes))
    parts += [line(0, y - 4, 890, y - 4, "grid") for y in places[first : first + 1] if first]
    for y, row in zip(places, rows, strict=True):
        parts.append(words(138, y + 14, subscripts(row["label"]), "end"))
    names = ", ".join(str(row["label"]) for row in rows)
    return drawing(
        910,
        bottom + 24,
        f"The four attributes of {names}, with standard deviations; the numbers are in tables.",
        *parts,
    )


def _panel(axis: Axis, name: str, bottom: float) -> Any:
    worst, best = (axis(end) for end in THRESHOLDS[name])
    rising = best > worst
    good = box(best, 36, (axis.end if rising else axis.start) - best, bottom - 36, "good")
    bad = box(worst, 36, (axis.start if rising else axis.end) - worst, bottom - 36, "bad")
    most = 4 if name in LOGARITHMIC else 5
    return node(
        "g",
        words((axis.start + axis.end) / 2, 14, heading(name), "middle", class_="strong"),
        good,
        bad,
        line(worst, 36, worst, bottom, "limit"),
        line(best, 36, best, bottom, "limit"),
        words(worst, 31, "0", "middle", class_="soft"),
        words(best, 31, "1", "middle", class_="soft"),
        bottom_axis(axis, bottom, name in LOGARITHMIC, most),
    )


def _estimate(axis: Axis, y: float, row: Row, name: str, shapes: Shapes) -> Any:
    value, std = drawn_values(row, name)
    if value is None:
        return words(
            (axis.start + axis.end) / 2,
            y + 4,
            "no layer" if row.get("route") == "none" else "not known",
            "middle",
            class_="soft",
        )
    low, high = error_bar(name, value, std)
    numbers = f"{significant(row.get(name))} ± {significant(row.get(f'{name}_std'))}"
    text = f"{row['label']}: {numbers} {ATTRIBUTE_UNITS[name]}"
    bar = line(axis(low), y, axis(high), y, "error")
    ends = _end(axis, low, y), _end(axis, high, y)
    return node("g", node("title", text), bar, *ends, _mark(row, axis(value), y, shapes))


def _end(axis: Axis, value: float, y: float) -> Any:
    """Close an error bar, or tell by an arrow that it goes on."""
    at = axis(value)
    if axis.holds(value):
        return line(at, y - 4, at, y + 4, "error")
    back = 5 if at == axis.start else -5
    return node(
        "path",
        d=f"M{at + back:.1f} {y - 4:.1f}L{at:.1f} {y:.1f}L{at + back:.1f} {y + 4:.1f}",
        class_="error",
    )


def _mark(row: Row, x: float, y: float, shapes: Shapes, title: str = "") -> Any:
    shape = shapes.get(str(row["key"]), "circle")
    kind = "paper" if shape != "circle" else ""
    return mark(shape, x, y, f"{kind} full" if row.get("rank") else kind, title)


def rank_figure(rows: Sequence[Row], weighted: Sequence[Row], shapes: Shapes, ranked: int) -> Any:
    """Draw rank intervals: over the errors of the inputs, and dashed over all weightings."""
    axis = Axis(1, max(ranked, 2), 150, 760)
    bottom = 10 + 24 * len(rows)
    parts = [bottom_axis(axis, bottom, most=10)]
    parts += [line(axis(t), 6, axis(t), bottom, "grid") for t in axis.ticks(10) if t >= 1]
    for place, (row, other) in enumerate(zip(rows, weighted, strict=True)):
        y = 20 + 24 * place
        parts.append(words(140, y + 4, f"{row['rank']}  {subscripts(row['formula'])}", "end"))
        parts.append(line(axis(row["rank_low"]), y - 3, axis(row["rank_high"]), y - 3, "interval"))
        parts.append(line(axis(other["low"]), y + 5, axis(other["high"]), y + 5, "dashed"))
        tip = f"{row['formula']}: rank {row['rank']}, {row['rank_low']} to {row['rank_high']}"
        parts.append(_mark(row, axis(row["rank"]), y - 3, shapes, tip))
        parts.append(words(775, y + 4, f"P {significant(row['p_top_k'])}", class_="soft"))
    parts.append(words(455, bottom + 34, "rank", "middle"))
    label = f"Rank intervals of the {len(rows)} best; the numbers are in the tables."
    return drawing(860, bottom + 42, label, *parts)


def score_figure(rows: Sequence[Row], marked: Iterable[str]) -> Any:
    """Draw scores with the interval of 90 % of the draws, best on top."""
    paper = set(marked)
    axis = Axis(0, 1, 300, 860)
    bottom = 10 + ROW * len(rows)
    parts = [bottom_axis(axis, bottom)]
    for place, row in enumerate(rows):
        y = 18 + ROW * place
        parts.append(words(290, y + 4, f"{row['rank']}  {subscripts(row['formula'])}", "end"))
        parts.append(line(axis(row["score_low"]), y, axis(row["score_high"]), y, "interval"))
        known = row["formula"] in paper
        parts.append(
            mark(
                "square" if known else "circle",
                axis(row["score"]),
                y,
                "full paper" if known else "full",
            )
        )
    parts.append(
        words(580, bottom + 32, "score, and 5th to 95th percentile of the draws", "middle")
    )
    return drawing(
        900, bottom + 40, f"Scores of the {len(rows)} best; the numbers are in the table.", *parts
    )


def pareto_figure(rows: Sequence[Row], shapes: Shapes) -> Any:
    """Draw every pair of attributes; filled are those that nothing beats in all four."""
    parts = []
    for place, (across, up) in enumerate(combinations(ATTRIBUTES, 2)):
        left, top = 60 + 290 * (place % 3), 16 + 262 * (place // 3)
        x = Axis(*ENDS[across], left, left + 215)
        y = Axis(*ENDS[up], top + 190, top)
        parts.append(bottom_axis(x, top + 190, across in LOGARITHMIC, 5))
        parts.append(left_axis(y, left, up in LOGARITHMIC, 5))
        parts.append(words(left + 107, top + 226, heading(across), "middle"))
        turned = f"rotate(-90 {left - 42} {top + 95})"
        parts.append(
            node(
                "text", heading(up), x=left - 42, y=top + 95, transform=turned, text_anchor="middle"
            )
        )
        parts.append(_better(x, across, y, up))
        parts.append(_points(x, across, y, up, rows, shapes))
    return drawing(
        910,
        520,
        "Every pair of the four attributes; the values are in the table of the ranking.",
        *parts,
    )


def _better(x: Axis, across: str, y: Axis, up: str) -> Any:
    """Shade where both attributes are worth all that they can be."""
    (_, right), (_, high) = THRESHOLDS[across], THRESHOLDS[up]
    ends = [
        a.end if THRESHOLDS[n][1] > THRESHOLDS[n][0] else a.start for a, n in ((x, across), (y, up))
    ]
    return box(x(right), y(high), ends[0] - x(right), ends[1] - y(high), "good")


def _points(x: Axis, across: str, y: Axis, up: str, rows: Sequence[Row], shapes: Shapes) -> Any:
    parts: list[Any] = []
    taken: list[tuple[float, float, float]] = []
    for row in sorted(rows, key=lambda row: bool(row["pareto"])):
        (a, _), (b, _) = drawn_values(row, across), drawn_values(row, up)
        if a is None or b is None:
            continue
        shape = shapes.get(str(row["key"]), "circle")
        kind = " ".join(
            k for k in ("full" if row["pareto"] else "", "paper" if shape != "circle" else "") if k
        )
        parts.append(mark(shape, x(a), y(b), kind, f"{row['formula']}, rank {row['rank']}"))
        taken.append((x(a) - 4, y(b) + 4, 8))
    front = [row for row in rows if row["pareto"]][:LABELLED]
    for row in rows:
        if row in front or str(row["key"]) in shapes:
            (a, _), (b, _) = drawn_values(row, across), drawn_values(row, up)
            if a is not None and b is not None:
                parts += _place_label(x(a), y(b), subscripts(row["formula"]), taken, x, y)
    return node("g", *parts)


def _place_label(
    px: float, py: float, text: str, taken: list[tuple[float, float, float]], x: Axis, y: Axis
) -> list[Any]:
    """Put a label where nothing is yet, on a leader if far; leave it to the tooltip otherwise."""
    width = 6.5 * len(text)
    for dy in (4, -10, 18, -26, 34, -42, 50, -58, 66, -74):
        for left in (px + 8, px - 8 - width, px - width / 2):
            base = py + dy
            inside = x.start <= left and left + width <= x.end + 40 and y.end + 6 <= base < y.start
            if inside and all(_apart(left, base, width, *other) for other in taken):
                taken.append((left, base, width))
                far = abs(dy) > 20
                leader = [line(px, py, left + width / 2, base - (0 if dy < 0 else 9), "leader")]
                return [*(leader if far else []), words(left, base, text, class_="tag")]
    return []


def _apart(left: float, base: float, width: float, x: float, y: float, other: float) -> bool:
    return abs(base - y) > 11 or left + width < x or left > x + other


def paper_figure(cells: Sequence[Row], shapes: Shapes) -> Any:
    """Draw scores against the cycles that were measured."""
    x, y = Axis(log10(30), 3, 60, 400), Axis(0, 1, 250, 12)
    parts = [left_axis(y, 60), line(60, 250, 400, 250, "axis")]
    for tick in (30, 100, 300, 1000):
        parts.append(line(x(log10(tick)), 250, x(log10(tick)), 254, "axis"))
        parts.append(words(x(log10(tick)), 266, str(tick), "middle", class_="soft"))
    for cell in cells:
        across, score = x(log10(cell["cycles"])), finite_or_none(cell.get("score"))
        if score is None:
            continue
        low, high = finite_or_none(cell.get("score_low")), finite_or_none(cell.get("score_high"))
        if low is not None and high is not None:
            parts.append(line(across, y(low), across, y(high), "error"))
        parts.append(
            mark(
                shapes.get(str(cell["key"]), "circle"),
                across,
                y(score),
                "full paper",
                str(cell["name"]),
            )
        )
        left = across > 330
        parts.append(
            words(
                across + (-9 if left else 9),
                y(score) - 6,
                subscripts(cell["formula"]),
                "end" if left else "start",
                class_="tag",
            )
        )
    parts.append(words(230, 290, "cycles measured", "middle"))
    parts.append(words(66, 12, "score", class_="soft"))
    summary = "; ".join(
        f"{c['name']}: {c['cycles']} cycles, score {significant(c.get('score'))}" for c in cells
    )
    return drawing(420, 298, f"Scores against measured cycles. {summary}.", *parts)
