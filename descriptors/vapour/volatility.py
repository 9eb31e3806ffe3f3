"""Vapour pressure: measured, from thermochemistry, or from the boiling point, cross-checked.

Which method is refused and which one fills the gaps between measured ranges is decided once for
each formula, at 298.15 K. The pieces are joined so that the pressure never falls with temperature.
Above the critical temperature there is no vapour pressure: the critical pressure is given, and
``source`` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, isnan, log, log10, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.handbook.points import Equation, critical
from maiscreen.descriptors.vapour.evaporation import (
    MEASURED_STD_DEX,
    ROOM_K,
    Estimate,
    equations_of,
    from_boiling_point,
    from_tables,
    measured_pressure,
)

OUTLIER_DEX = 1.0
"""A method this far from two others, which agree, is refused [judgement]."""

AGREE_DEX = 0.5
"""Two methods closer than that agree [judgement]."""

MOVED_DEX = 0.02
MOVED = ", moved to meet the nearest measured range"
"""Said of a value that is shifted by more than that, so that the pressure never falls."""

NOTHING_KNOWN = "no boiling point, and no vapour-pressure data near the temperature"


@dataclass(frozen=True, slots=True)
class VapourPressure:
    """log10(p/Pa) as arrays of shape (n,); NaN with a reason where it is not known."""

    log10_pa: NDArray[np.float64]
    std_log10: NDArray[np.float64]
    source: NDArray[np.str_]
    reason: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """What is used for one formula.

    Attributes
    ----------
    equations : tuple[Equation, ...]
        In the order of precedence.
    fill : str
        What fills the gaps between them: ``tables``, ``rule``, or empty for nothing.
    refused : str
        The method that is refused, or empty.
    reason : str
        Why it is.
    """

    equations: tuple[Equation, ...]
    fill: str
    refused: str
    reason: str


def vapour_pressure(
    formulas: Sequence[str] | NDArray[np.str_], temperature_k: float
) -> VapourPressure:
    """Return the equilibrium vapour pressure over the stable condensed phase.

    Parameters
    ----------
    formulas : sequence of str, shape (n,)
        Metal first.
    temperature_k : float

    Examples
    --------
    >>> p = vapour_pressure(["SnCl4", "NpCl4"], 298.15)
    >>> (10 ** p.log10_pa).round(-2).tolist(), str(p.reason[1][:16])
    ([3200.0, nan], 'no boiling point')
    """
    rows = [best_estimate(str(formula), float(temperature_k)) for formula in formulas]
    return VapourPressure(
        np.array([row.log10_pa for row, _ in rows], dtype=np.float64),
        np.array([row.std for row, _ in rows], dtype=np.float64),
        np.array([row.source for row, _ in rows], dtype=np.str_),
        np.array([reason for _, reason in rows], dtype=np.str_),
    )


def temperature_for_pressure_k(
    formulas: Sequence[str] | NDArray[np.str_],
    pressure_pa: float,
    low_k: float = 150.0,
    high_k: float = 1500.0,
) -> NDArray[np.float64]:
    """Find by bisection the temperature at which a pressure is reached, shape (n,).

    NaN where no pressure is known, where it is reached below ``low_k`` or the lowest temperature
    with an estimate, or not reached up to ``high_k`` or the highest one.
    """
    target = np.log10(pressure_pa)
    return np.array([_solve(str(f), float(target), low_k, high_k) for f in formulas])


def _solve(formula: str, target: float, low: float, high: float) -> float:
    def reached(t: float) -> bool:
        # Between two ranges without an estimate the pressure counts as reached at the upper one.
        return not best_estimate(formula, t)[0].log10_pa < target

    ends = [t for e in _plan(formula).equations for t in (e.t_min_k, e.t_max_k)]
    nodes = sorted({low, high, *(t for t in ends if low < t < high)})
    known = [t for t in nodes if not isnan(best_estimate(formula, t)[0].log10_pa)]
    above = next((i for i, t in enumerate(known) if reached(t)), 0)
    if above == 0:
        exact = bool(known) and best_estimate(formula, known[0])[0].log10_pa == target
        return known[0] if exact else nan
    low, high = known[above - 1], known[above]
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return (low + high) / 2


@cache
def best_estimate(formula: str, temperature_k: float) -> tuple[Estimate, str]:
    """Return the best of three methods after the cross-check, and what was refused or missing."""
    plan, point = _plan(formula), critical(formula)
    most = _log10_at_critical_point(formula)
    if temperature_k >= point.temperature_k and not isnan(most):
        source = f"gas: above its critical temperature {point.temperature_k:.0f} K; "
        source += f"the {'pressure there' if isnan(point.pressure_pa) else 'critical pressure'}"
        return Estimate(most, MEASURED_STD_DEX, f"{source} is given"), plan.reason
    value = _joined_pressure(formula, len(plan.equations) + 1, temperature_k)
    if isnan(value):
        return Estimate(nan, nan, ""), NOTHING_KNOWN
    by_method = estimates_by_method(formula, temperature_k, plan.equations)
    kept = {name: one for name, one in by_method.items() if name != plan.refused}
    best = kept["measured"] if "measured" in kept else kept[plan.fill]
    # A second method that disagrees is evidence of error, agreement is not proof of precision.
    others = [one for one in kept.values() if one is not best] or [
        one for one in by_method.values() if one is not best
    ]
    gap = min((abs(value - other.log10_pa) for other in others), default=0.0)
    moved = abs(value - best.log10_pa)
    source = best.source + (MOVED if moved > MOVED_DEX else "")
    std = max(best.std, gap / 2, moved / 2)
    return Estimate(value if isnan(most) else min(value, most), std, source), plan.reason


@cache
def _log10_at_critical_point(formula: str) -> float:
    """log10(p/Pa) at the critical point, by the methods where the pressure is not tabulated."""
    point = critical(formula)
    if isnan(point.temperature_k) or not isnan(point.pressure_pa):
        return nan if isnan(point.temperature_k) else log10(point.pressure_pa)
    return _joined_pressure(formula, len(_plan(formula).equations) + 1, point.temperature_k)


def estimates_by_method(
    formula: str, temperature_k: float, equations: tuple[Equation, ...] | None = None
) -> dict[str, Estimate]:
    """Every method that has data, in the order of trust: ``measured``, ``tables``, ``rule``."""
    tables = from_tables(formula, temperature_k)
    # The rule of the boiling point holds for molecules that evaporate as they are.
    at_room = from_tables(formula, ROOM_K)
    as_dimer = at_room is not None and "dimer" in at_room.source
    by_method = {
        "measured": measured_pressure(formula, temperature_k, equations),
        "tables": tables,
        "rule": None if as_dimer else from_boiling_point(formula, temperature_k),
    }
    return {name: one for name, one in by_method.items() if one is not None}


def estimates(formula: str, temperature_k: float) -> list[Estimate]:
    """Every method that has data: measured, thermochemistry, boiling point."""
    return list(estimates_by_method(formula, temperature_k).values())


@cache
def _plan(formula: str) -> MethodPlan:
    """Decide at 298.15 K."""
    by_method = estimates_by_method(formula, ROOM_K)
    refused = _outlier(by_method) or _against_boiling_point(by_method)
    reason = (
        f"refused {by_method[refused].source}: {by_method[refused].log10_pa:.2f} dex"
        if refused
        else ""
    )
    used = [
        e
        for e in equations_of(formula)
        if refused != "measured" or not e.t_min_k <= ROOM_K <= e.t_max_k
    ]
    fill = next((name for name in ("tables", "rule") if name in by_method and name != refused), "")
    return MethodPlan(tuple(used), fill, refused, reason)


def _outlier(by_method: dict[str, Estimate]) -> str:
    """Find the estimate against which two others agree."""
    for name, estimate in by_method.items():
        others = [other.log10_pa for other in by_method.values() if other is not estimate]
        agree = len(others) >= 2 and max(others) - min(others) < AGREE_DEX
        if agree and min(abs(estimate.log10_pa - other) for other in others) > OUTLIER_DEX:
            return name
    return ""


def _against_boiling_point(by_method: dict[str, Estimate]) -> str:
    """Find tables that give a compound more vapour than its boiling point allows.

    Whatever boils at T_b loses at least Trouton's entropy on condensing, so its pressure below T_b
    has an upper bound; a lower one it has not, as solids may cling harder. SbBr3 (T_b 561 K)
    would have 1.5 Torr at 25 °C by its tables, and has 1 Torr at 94 °C (Stull, Ind. Eng. Chem.
    39, 540 (1947)): 6 kJ/mol in the difference of two enthalpies are a decade.
    """
    if by_method.keys() != {"tables", "rule"}:
        return ""
    tables, rule = by_method["tables"], by_method["rule"]
    if rule.std > AGREE_DEX:  # for what boils beyond 700 K the rule is no judge
        return ""
    return "tables" if tables.log10_pa - rule.log10_pa > OUTLIER_DEX else ""


@cache
def _joined_pressure(formula: str, count: int, temperature_k: float) -> float:
    """log10(p/Pa) by the first ``count`` pieces: the equations, and last what fills the gaps.

    Each equation holds in its range but where an earlier one does. Where it would give more just
    below the range of an earlier one, or less just above it, it is moved to meet it there: so the
    pressure never falls. A step up is left as it is.
    """
    plan = _plan(formula)
    for i, one in enumerate(plan.equations[:count]):
        if one.t_min_k <= temperature_k <= one.t_max_k:
            return _consistent_piece(formula, i, temperature_k)
    filled = count > len(plan.equations) and not isnan(temperature_k)
    return _consistent_piece(formula, len(plan.equations), temperature_k) if filled else nan


def _consistent_piece(formula: str, i: int, temperature_k: float) -> float:
    """Evaluate piece ``i`` so that it does not contradict the earlier ones."""
    earlier = _plan(formula).equations[:i]
    value = _piece(formula, i, temperature_k)
    above = min((e.t_min_k for e in earlier if e.t_min_k > temperature_k), default=nan)
    below = max((e.t_max_k for e in earlier if e.t_max_k < temperature_k), default=nan)
    most, least = (_joined_pressure(formula, i, t) for t in (above, below))
    # A piece without a value at the end of the range is cut off instead of moved.
    value += min(0.0, _first_known(most - _piece(formula, i, above), 0.0))
    value += max(0.0, _first_known(least - _piece(formula, i, below), 0.0))
    return (
        value
        if isnan(value)
        else max(min(value, _first_known(most, inf)), _first_known(least, -inf))
    )


def _piece(formula: str, i: int, temperature_k: float) -> float:
    plan = _plan(formula)
    if isnan(temperature_k):
        return nan
    if i < len(plan.equations):
        return plan.equations[i].ln_pressure(temperature_k) / log(10)
    by_method = {"tables": from_tables, "rule": from_boiling_point}
    found = by_method[plan.fill](formula, temperature_k) if plan.fill else None
    return found.log10_pa if found else nan


def _first_known(value: float, other: float) -> float:
    return other if isnan(value) else value
