"""What the gates take, vapour over temperature, plateaus of the alloys."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.descriptors.alloys.alloying import PLATEAU_STD_V
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.facts.find import find_rows
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.plateaus import metals_of, on_hull
from maiscreen.screen.facts.vapour import CURVE_C, WINDOW_C, row_log10_pa
from maiscreen.screen.figures.figure import (
    Area,
    Axis,
    Figure,
    Key,
    Line,
    Mark,
    Panel,
    Rule,
    Text,
    decades,
    linear,
    rows_axis,
)
from maiscreen.screen.figures.rows import (
    choose_rows,
    label_of,
    line_of_text,
    name_of,
    point_of,
    shape_of,
)
from maiscreen.screen.paper.controls import PRECURSORS

Row = Mapping[str, Any]

IN_CURVES, METALS = 8, 4
"""Curves and metals that are shown if nobody says which."""


def funnel(findings: Findings) -> Figure:
    """Show how many candidates are left after each gate, and how many it takes, hatched."""
    steps = findings.funnel
    marks: list[Mark] = []
    for y, (name, left) in enumerate(steps):
        before, ends = steps[max(y - 1, 0)][1], (y - 0.33, y + 0.33)
        marks.append(Area("left", (0.0, left), ends, f"{name} left"))
        if y:
            marks.append(Area("lost", (left, before), ends, f"{name} lost"))
        told = f"{left:,} left" + (f", {before - left:,} lost" if y else "")
        marks.append(Text(told, before, y, side="right"))
    x = linear("Candidates", 0.0, max(steps[0][1], 1) * 1.02, 8)
    rows = rows_axis([line_of_text(name) for name, _ in steps])
    about = "; ".join(f"{name}: {left:,} left" for name, left in steps)
    panel = Panel(x, rows, tuple(marks), 6.0 * len(steps))
    return Figure((panel,), f"Candidates left after each gate. {about}")


_PRESSURE = decades("Vapour pressure (Pa)", 0.0, 7.0)
_TEMPERATURE = linear("Temperature (°C)", float(CURVE_C[0]), float(CURVE_C[-1]), 8)


def vapour(findings: Findings, of: Sequence[str] = (), most: int = IN_CURVES) -> Figure:
    """Show vapour pressures against temperature, the paper's precursors among them.

    What has no pressure that is known is left out; recipes have that of Raoult's law.
    """
    rows = choose_rows(findings, of, most)
    there, paper = {shape_of(row) for row in rows}, {case.key for case in PRECURSORS}
    rows = [
        *rows,
        *(row for row in findings.cells if row["key"] in paper and shape_of(row) not in there),
    ]
    curves = [(row, path) for row in rows if (path := _path(row))]
    marks, others = _window(findings.campaign), 0
    for row, path in curves:
        others += shape_of(row) is None
        marks += _curve(row, path, findings.campaign.temperature_c, others)
    names = ", ".join(name_of(row) for row, _ in curves)
    about = f"Vapour pressure against temperature of {names}"
    return Figure((Panel(_TEMPERATURE, _PRESSURE, tuple(marks), 71.0),), about)


def _path(row: Row) -> tuple[tuple[float, float], ...]:
    """Return temperature and pressure where the axis holds them."""
    known = ((float(t), row_log10_pa(row, t)) for t in CURVE_C)
    path = ((t, float(10.0**p)) for t, p in known if not isnan(p))
    return tuple((t, p) for t, p in path if _PRESSURE.holds(p))


def _window(campaign: Campaign) -> list[Mark]:
    """Show what bounds a process, and what a glovebox can make use of."""
    least, (left, right) = campaign.min_vapour_pressure_pa, WINDOW_C
    asked = Text(f"asked for: {least:g} Pa", T_LIMIT_C, least, side="left", level="below")
    window: list[Mark] = [
        Area("window", (left, right), (least, ATMOSPHERE_PA)),
        Text("glovebox\nwindow", right, least, side="left", level="above"),
    ]
    return [
        *(window if least < ATMOSPHERE_PA else []),
        Rule("limit", y=least),
        asked,
        Rule("limit", y=ATMOSPHERE_PA),
        Text("1 atm", _TEMPERATURE.low, ATMOSPHERE_PA, side="right", level="above"),
        Rule("process", x=campaign.temperature_c),
        Text("process", campaign.temperature_c, _PRESSURE.low, turn=90),
        Rule("limit", x=T_LIMIT_C),
        Text("Na melts", T_LIMIT_C, _PRESSURE.low, turn=90),
    ]


def _curve(
    row: Row, path: tuple[tuple[float, float], ...], temperature_c: float, number: int
) -> list[Mark]:
    """Show one curve, of the paper's whole and with its mark at the process temperature."""
    shape, label = shape_of(row), label_of(row)
    name = f"{row['rank']}  {label}" if row.get("rank") else label
    number, key, paper = 0 if shape else number, str(row["key"]), shape is not None
    curve = Line(path, "curve", number, paper, shape, key=key, tip=label, name=name)
    at = row_log10_pa(row, temperature_c)
    if not shape or isnan(at):
        return [curve]
    full = row.get("rank") is not None
    return [curve, point_of(row, temperature_c, 10.0**at, full=full, tip=label)]


def plateaus(findings: Findings, of: Sequence[str] = ()) -> Figure:
    """Show the plateaus of sodium in metals; ``of`` holds metals or precursors of them.

    Raises
    ------
    InputError
        If no phase with sodium is known of any of them.
    """
    if of:
        own = findings.campaign.metals
        metals = [m for one in of for m in ([one] if one in own else _metals(findings, one))]
    else:
        best = findings.distinct[:IN_CURVES]
        metals = [metal for row in best for metal in metals_of(row)] or ["Sn"]
    known = [system for system in findings.systems_of(metals) if on_hull(system)]
    if not known:
        told = ", ".join(dict.fromkeys(metals))
        raise InputError("--of", told, "no phase with sodium is known; give metals such as Sn,Ge")
    return plateaus_of(known if of else known[:METALS])


def _metals(findings: Findings, text: str) -> list[str]:
    return metals_of(find_rows(findings, [text])[0])


def plateaus_of(systems: Sequence[AlloySystem]) -> Figure:
    """Show the ladders of plateaus, a panel for each system that has any phase on its hull."""
    tops = [_top(step) for system in systems for step in on_hull(system)]
    y = linear("Potential (V vs Na/Na⁺)", 0.0, 1.25 * max(*tops, 0.2) + 0.1)
    keys = (
        Key("computed", (Line((), "step"),)),
        Key(f"± {PLATEAU_STD_V:.2f} V", (Area("band"),)),
        Key("measured", (Line((), "measured"),)),
    )
    about = ". ".join(
        f"Plateaus of sodium in {system.metal}: {'; '.join(map(_step_text, on_hull(system)))}"
        for system in systems
    )
    return Figure(tuple(_ladder(system, y) for system in systems), about, (1, 2), keys)


def _ladder(system: AlloySystem, y: Axis) -> Panel:
    marks: list[Mark] = []
    before = 0.0, 0.0
    for step in on_hull(system):
        right, level = step.sodium_per_metal, step.plateau_v or 0.0
        marks += _step(step, before)
        middle, top = (before[0] + right) / 2, _top(step) + PLATEAU_STD_V
        marks.append(Text(line_of_text(step.formula), middle, top, turn=60))
        before = right, level
    x = linear(f"Sodium atoms per {system.metal} atom", 0.0, before[0] * 1.12, 6)
    return Panel(x, y, tuple(marks), 41.0, f"Na–{system.metal}")


def _step(step: AlloyPhase, before: tuple[float, float]) -> list[Mark]:
    """Show one plateau with its error, the fall from the last one, and what was measured."""
    left, right, level = before[0], step.sodium_per_metal, step.plateau_v or 0.0
    band = Area("band", (left, right), (level - PLATEAU_STD_V, level + PLATEAU_STD_V))
    fall = [Line(((left, before[1]), (left, level)), "step")] if left else []
    plateau = Line(((left, level), (right, level)), "step", key=step.formula)
    at = step.measured_plateau_v
    key = f"{step.formula} measured"
    seen = [] if at is None else [Line(((left, at), (right, at)), "measured", key=key)]
    return [band, *fall, plateau, *seen]


def _top(step: AlloyPhase) -> float:
    return max(step.plateau_v or 0.0, step.measured_plateau_v or 0.0)


def _step_text(step: AlloyPhase) -> str:
    measured = step.measured_plateau_v
    also = f", measured {measured:.2f} V" if measured is not None else ""
    return f"{step.formula} at {step.plateau_v:.2f} V{also}"
