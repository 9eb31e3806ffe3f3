"""What the phases with sodium and the vapour look like: data and drawings for the report."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from maiscreen.candidates.boiling import ATMOSPHERE_PA, points
from maiscreen.candidates.elements import METALS
from maiscreen.candidates.snapshot import load_snapshot
from maiscreen.descriptors.alloying import PLATEAU_STD_V, alloy_system
from maiscreen.descriptors.alloys import AlloyPhase, AlloySystem
from maiscreen.descriptors.volatility import best_estimate
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.interphase import ZERO_CELSIUS_K
from maiscreen.screen.svg import (
    Axis,
    bottom_axis,
    box,
    drawing,
    left_axis,
    line,
    mark,
    node,
    subscripts,
    words,
)
from maiscreen.screen.wide import T_LIMIT_C

Row = Mapping[str, Any]

WINDOW_C = (20.0, 60.0)
"""A glovebox: from its room temperature to a hot plate that sodium bears without softening."""

CURVE_C = tuple(range(-60, 101, 5))
"""Temperatures of a curve, °C."""


def systems(campaign: Campaign, metals: Sequence[str]) -> list[AlloySystem]:
    """Give the alloys with sodium of each metal once."""
    snapshot = load_snapshot(campaign.snapshot)
    known = [metal for metal in dict.fromkeys(metals) if metal in METALS]
    return [alloy_system(snapshot, metal, campaign.hull_tolerance_ev_atom) for metal in known]


def on_hull(system: AlloySystem) -> list[AlloyPhase]:
    """Give the phases with a plateau, by rising share of sodium."""
    steps = [phase for phase in system.phases if phase.plateau_v is not None]
    return sorted(steps, key=lambda phase: phase.sodium_per_metal)


def ladder_figure(system: AlloySystem) -> Any:
    """Draw the plateaus of sodium in one metal: full lines computed, dashed ones measured."""
    steps = on_hull(system)
    most = max(step.sodium_per_metal for step in steps)
    values = [v for s in steps for v in (s.plateau_v, s.measured_plateau_v) if v is not None]
    x, y = Axis(0, most * 1.04, 46, 340), Axis(0, max(*values, 0.3) * 1.35, 170, 14)
    parts = [bottom_axis(x, 170, most=6), left_axis(y, 46, most=4)]
    before, level, names = 0.0, None, []
    for step in steps:
        left, right, at = x(before), x(step.sodium_per_metal), y(step.plateau_v or 0.0)
        parts.append(
            box(
                left,
                y((step.plateau_v or 0) + PLATEAU_STD_V),
                right - left,
                y((step.plateau_v or 0) - PLATEAU_STD_V) - y((step.plateau_v or 0) + PLATEAU_STD_V),
                "band",
            )
        )
        if level is not None:
            parts.append(line(left, level, left, at, "step"))
        parts.append(line(left, at, right, at, "step"))
        if step.measured_plateau_v is not None:
            parts.append(
                line(
                    left, y(step.measured_plateau_v), right, y(step.measured_plateau_v), "measured"
                )
            )
        top = min(at, y(step.measured_plateau_v or 0.0)) - 6
        text = subscripts(step.formula)
        turned = f"rotate(-38 {right:.1f} {top:.1f})"
        names.append(node("text", text, x=right, y=top, transform=turned))
        before, level = step.sodium_per_metal, at
    parts.append(words(193, 204, f"Na for each {system.metal}", "middle"))
    parts += [*names, words(54, 12, "V against Na/Na⁺", class_="soft")]
    told = "; ".join(_told(step) for step in steps)
    return drawing(372, 210, f"Plateaus of sodium in {system.metal}: {told}.", *parts)


def _told(step: AlloyPhase) -> str:
    measured = step.measured_plateau_v
    also = f", measured {measured:.2f} V" if measured is not None else ""
    return f"{step.formula} at {step.plateau_v:.2f} V{also}"


def points_c(formula: str) -> dict[str, float | None]:
    """Give melting and boiling point in °C, None where no table has one.

    Examples
    --------
    >>> round(points_c("SnCl4")["boiling"])
    114
    """
    found = points().get(formula)
    pair = (found.melting_k, found.boiling_k) if found else (float("nan"),) * 2
    celsius = [None if isnan(t) else t - ZERO_CELSIUS_K for t in pair]
    return {"melting": celsius[0], "boiling": celsius[1]}


def state_of(formula: str, temperature_c: float) -> str:
    """Tell whether a compound is ``gas``, ``liquid`` or ``solid`` at a temperature, at 1 atm.

    Examples
    --------
    >>> state_of("SnCl4", 25.0), state_of("SiF4", 25.0), state_of("XeF9", 25.0)
    ('liquid', 'gas', 'not known')
    """
    at = points_c(formula)
    if at["boiling"] is not None and at["boiling"] <= temperature_c:
        return "gas"
    if at["melting"] is None:
        return "not known"
    return "liquid" if at["melting"] <= temperature_c else "solid"


def curve(formula: str) -> list[tuple[float, float]]:
    """Give log10(p/Pa) at the temperatures where it is known."""
    found = [(t, best_estimate(formula, t + ZERO_CELSIUS_K)[0].log10_pa) for t in CURVE_C]
    return [(t, p) for t, p in found if not isnan(p)]


def vapour_figure(rows: Sequence[Row], shapes: Mapping[str, str], campaign: Campaign) -> Any:
    """Draw vapour pressure against temperature, with what a glovebox can make use of."""
    from math import log10

    x, y = Axis(CURVE_C[0], CURVE_C[-1], 70, 760), Axis(0, 7, 420, 14)
    least, most = log10(campaign.min_vapour_pressure_pa), log10(ATMOSPHERE_PA)
    left, right = (x(t) for t in WINDOW_C)
    parts = [
        box(left, y(least), right - left, y(most) - y(least), "window"),
        line(x(CURVE_C[0]), y(most), x(CURVE_C[-1]), y(most), "limit"),
        words(
            x(CURVE_C[0]) + 6, y(most) - 5, "1 atm: above it, a gas from a cylinder", class_="soft"
        ),
        line(x(CURVE_C[0]), y(least), x(CURVE_C[-1]), y(least), "limit"),
        words(
            x(CURVE_C[-1]) - 6,
            y(least) + 15,
            f"least asked for: {campaign.min_vapour_pressure_pa:g} Pa",
            "end",
            class_="soft",
        ),
        line(x(T_LIMIT_C), y.start, x(T_LIMIT_C), y.end, "limit"),
        words(x(T_LIMIT_C) - 5, y(0) - 8, "sodium melts", "end", class_="soft"),
        line(x(campaign.temperature_c), y.start, x(campaign.temperature_c), y.end, "process"),
        words(x(campaign.temperature_c) + 5, y(0) - 8, "process", class_="soft"),
        words(left + 4, y(least) - 6, "glovebox window"),
        bottom_axis(x, 420, most=9),
        left_axis(y, 70, logarithmic=True, most=8),
        words(415, 454, "temperature / °C", "middle"),
        words(8, 10, "Pa", class_="soft"),
    ]
    ends = []
    for place, row in enumerate(rows):
        path = [(t, p) for t, p in curve(str(row["formula"])) if y.holds(p)]
        if path:
            kind = "paper" if row["formula"] in shapes else ""
            d = "M" + "L".join(f"{x(t):.1f} {y(p):.1f}" for t, p in path)
            tip = node("title", f"{row['formula']}")
            parts.append(node("path", tip, d=d, class_=f"curve dash{place % 4} {kind}".strip()))
            ends.append((y(path[-1][1]), row, x(path[-1][0])))
            at = [p for t, p in path if t == 5 * round(campaign.temperature_c / 5)]
            if at and kind:
                parts.append(
                    mark(shapes[row["formula"]], x(campaign.temperature_c), y(at[0]), "full paper")
                )
    parts += [_label(*one) for one in _spread(ends)]
    names = ", ".join(str(row["formula"]) for row in rows)
    label = f"Vapour pressure against temperature of {names}; the numbers at 25 and 60 °C are in the table."
    return drawing(900, 462, label, *parts)


def _spread(ends: list[tuple[float, Row, float]]) -> list[tuple[float, float, Row, float]]:
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
