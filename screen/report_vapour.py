"""Melting, boiling and vapour pressure: data and drawing for the report."""

from collections.abc import Mapping, Sequence
from math import isnan, log10
from typing import Any

from maiscreen.candidates.boiling import ATMOSPHERE_PA, points
from maiscreen.descriptors.volatility import best_estimate
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.interphase import ZERO_CELSIUS_K
from maiscreen.screen.report_text import subscripts
from maiscreen.screen.svg import Axis, bottom_axis, box, drawing, left_axis, line, mark, node, words
from maiscreen.screen.wide import T_LIMIT_C

Row = Mapping[str, Any]

WINDOW_C = (20.0, 60.0)
"""A glovebox: from its room temperature to a hot plate that sodium bears without softening."""

CURVE_C = tuple(range(-60, 101, 5))
"""Temperatures of a curve, °C."""

X, Y = Axis(CURVE_C[0], CURVE_C[-1], 70, 760), Axis(0, 7, 420, 14)
"""Temperature in °C, and log10(p/Pa)."""


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


def log10_pa(formula: str, temperature_c: float) -> float:
    """Give log10(p/Pa), NaN where it is not known."""
    return best_estimate(formula, temperature_c + ZERO_CELSIUS_K)[0].log10_pa


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
    labels = [_label(*one) for one in _spread(ends)]
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
