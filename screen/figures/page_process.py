"""Figures of the page: what the gates remove, plateaus of alloys, vapour over temperature."""

from collections.abc import Mapping, Sequence
from math import isnan, log10
from typing import Any

from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.descriptors.alloys.alloying import PLATEAU_STD_V
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.facts.vapour import CURVE_C, WINDOW_C, log10_pa
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
from maiscreen.screen.text import subscripts

Row = Mapping[str, Any]


def funnel_figure(steps: Sequence[tuple[str, int]]) -> Any:
    """Draw how many candidates are left after each gate, and how many it takes, hatched."""
    axis = Axis(0, max(steps[0][1], 1), 130, 640)
    parts = []
    for place, (name, left) in enumerate(steps):
        y, before = 8 + 28 * place, steps[max(place - 1, 0)][1]
        parts.append(words(120, y + 14, name, "end"))
        parts.append(box(130, y, axis(left) - 130, 20, "bar"))
        parts.append(box(axis(left), y, axis(before) - axis(left), 20, "hatched"))
        gone = f"{left:,} left" + (f", {before - left:,} lost" if place else "")
        parts.append(words(axis(before) + 8, y + 14, gone))
    label = "; ".join(f"{name}: {left:,} left" for name, left in steps)
    return drawing(800, 16 + 28 * len(steps), f"Candidates left after each gate. {label}.", *parts)


X, Y = Axis(CURVE_C[0], CURVE_C[-1], 70, 760), Axis(0, 7, 420, 14)
"""Temperature in °C, and log10(p/Pa)."""


def vapour_figure(rows: Sequence[Row], shapes: Mapping[str, str], campaign: Campaign) -> Any:
    """Draw vapour pressure against temperature, with what a glovebox can make use of."""
    ends, curves = [], []
    for place, row in enumerate(rows):
        path = [(t, p) for t in CURVE_C if Y.holds(p := log10_pa(str(row["formula"]), t))]
        if path:
            curves.append(_curve(path, place % 4, row, shapes, campaign))
            ends.append((Y(path[-1][1]), row, X(path[-1][0])))
    names = ", ".join(str(row["formula"]) for row in rows)
    label = f"Vapour pressure against temperature of {names}; the table has it at 25 and 60 °C."
    labels = [_label(*one) for one in _spread_labels(ends)]
    return drawing(900, 462, label, *_window(campaign), *curves, *labels)


def _window(campaign: Campaign) -> list[Any]:
    """Draw the axes, what bounds a process, and what a glovebox can make use of."""
    least, most = Y(log10(campaign.min_vapour_pressure_pa)), Y(log10(ATMOSPHERE_PA))
    (left, right), process, melts = map(X, WINDOW_C), X(campaign.temperature_c), X(T_LIMIT_C)
    asked = f"least asked for: {campaign.min_vapour_pressure_pa:g} Pa"
    return [
        box(left, least, right - left, min(most - least, 0.0), "window"),
        line(X.start, most, X.end, most, "limit"),
        words(X.start + 6, most - 5, "1 atm: above it, a gas from a cylinder", class_="soft tag"),
        line(X.start, least, X.end, least, "limit"),
        words(X.end - 6, least + 15, asked, "end", class_="soft"),
        line(melts, Y.start, melts, Y.end, "limit"),
        words(melts - 5, Y.start - 8, "sodium melts", "end", class_="soft"),
        line(process, Y.start, process, Y.end, "process"),
        words(process + 5, Y.start - 8, "process", class_="soft"),
        words(left + 4, least - 6, "glovebox window"),
        bottom_axis(X, Y.start, most=9),
        left_axis(Y, X.start, logarithmic=True, most=8),
        words(415, 454, "temperature / °C", "middle"),
        words(8, 10, "Pa", class_="soft"),
    ]


def _curve(
    path: Sequence[tuple[float, float]],
    dash: int,
    row: Row,
    shapes: Mapping[str, str],
    campaign: Campaign,
) -> Any:
    """Draw one curve, of the paper's with its mark at the process temperature."""
    kind = " paper" if row["formula"] in shapes else ""
    d = "M" + "L".join(f"{X(t):.1f} {Y(p):.1f}" for t, p in path)
    curve = node("path", node("title", row["formula"]), d=d, class_=f"curve dash{dash}{kind}")
    at = log10_pa(str(row["formula"]), campaign.temperature_c)
    if not kind or isnan(at):
        return curve
    place = X(campaign.temperature_c), Y(at)
    return node("g", curve, mark(shapes[row["formula"]], *place, "full paper"))


def _spread_labels(ends: list[tuple[float, Row, float]]) -> list[tuple[float, float, Row, float]]:
    """Move labels apart where curves end close to each other."""
    placed: list[tuple[float, float, Row, float]] = []
    last = 0.0
    for y, row, x in sorted(ends, key=lambda end: end[0]):
        last = max(y, last + 15)
        placed.append((last, y, row, x))
    return placed


def _label(at: float, y: float, row: Row, x: float) -> Any:
    name = subscripts(row["formula"])
    rank = f"{row['rank']}  " if row.get("rank") else ""
    leader = node("path", d=f"M{x:.1f} {y:.1f}L772 {at:.1f}H778", class_="leader")
    return node("g", leader, words(782, at + 4, f"{rank}{name}"))


def ladder_figure(system: AlloySystem) -> Any:
    """Draw the plateaus of sodium in one metal: full lines computed, dashed ones measured."""
    steps = on_hull(system)
    most = max(step.sodium_per_metal for step in steps)
    values = [v for s in steps for v in (s.plateau_v, s.measured_plateau_v) if v is not None]
    x, y = Axis(0, most * 1.04, 46, 340), Axis(0, max(*values, 0.3) * 1.35, 170, 14)
    parts = [bottom_axis(x, 170, most=6), left_axis(y, 46, most=4)]
    names, before = [], (0.0, 0.0)
    for step in steps:
        at = step.sodium_per_metal, step.plateau_v or 0.0
        parts += _step(x, y, before, at, step.measured_plateau_v)
        right, top = x(at[0]), y(max(at[1], step.measured_plateau_v or 0.0)) - 6
        turned = f"rotate(-38 {right:.1f} {top:.1f})"
        names.append(node("text", subscripts(step.formula), x=right, y=top, transform=turned))
        before = at
    parts += [*names, words(54, 12, "V against Na/Na⁺", class_="soft")]
    parts.append(words(193, 204, f"Na for each {system.metal}", "middle"))
    told = "; ".join(_step_text(step) for step in steps)
    return drawing(372, 210, f"Plateaus of sodium in {system.metal}: {told}.", *parts)


def _step(
    x: Axis, y: Axis, before: tuple[float, float], at: tuple[float, float], measured: float | None
) -> list[Any]:
    """Draw one plateau with its error, the fall from the last one, and what was measured."""
    left, right, level = x(before[0]), x(at[0]), y(at[1])
    top, bottom = y(at[1] + PLATEAU_STD_V), y(at[1] - PLATEAU_STD_V)
    parts = [box(left, top, right - left, bottom - top, "band")]
    if before[0]:
        parts.append(line(left, y(before[1]), left, level, "step"))
    parts.append(line(left, level, right, level, "step"))
    if measured is not None:
        parts.append(line(left, y(measured), right, y(measured), "measured"))
    return parts


def _step_text(step: AlloyPhase) -> str:
    measured = step.measured_plateau_v
    also = f", measured {measured:.2f} V" if measured is not None else ""
    return f"{step.formula} at {step.plateau_v:.2f} V{also}"
