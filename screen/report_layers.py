"""The phases with sodium and their plateaus: data and drawing for the report."""

from collections.abc import Sequence
from typing import Any

from maiscreen.candidates.elements import METALS
from maiscreen.candidates.snapshot import load_snapshot
from maiscreen.descriptors.alloying import PLATEAU_STD_V, alloy_system
from maiscreen.descriptors.alloys import AlloyPhase, AlloySystem
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.report_text import subscripts
from maiscreen.screen.svg import Axis, bottom_axis, box, drawing, left_axis, line, node, words


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
    told = "; ".join(_told(step) for step in steps)
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


def _told(step: AlloyPhase) -> str:
    measured = step.measured_plateau_v
    also = f", measured {measured:.2f} V" if measured is not None else ""
    return f"{step.formula} at {step.plateau_v:.2f} V{also}"
