"""Vapour pressure: measured, from thermochemistry, and from the boiling point, on one curve.

Which methods contradict the others, and are refused, is decided once for each formula, at
298.15 K. All that are kept are joined to one curve, through the boiling point and up to the
critical point. Above the critical temperature there is no vapour pressure: that of the critical
point is given, with the error of the curve there, and ``source`` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isnan, log10, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.errors import InputError, several_texts
from maiscreen.candidates.handbook.points import Critical, Equation, Points, critical, points
from maiscreen.descriptors.vapour.curve import (
    MEASURED_STD_DEX,
    Average,
    Curve,
    Known,
    average,
    corrected,
    grid_k,
    rising,
)
from maiscreen.descriptors.vapour.equations import (
    contradicts_boiling_point,
    equation_source,
    equations_of,
    measured_pressure,
    trusted_equations,
)
from maiscreen.descriptors.vapour.evaporation import (
    MELTING_ENTROPY_J_MOL_K,
    Estimate,
    VapourTables,
    boiling_source,
    evaporates_as_dimer,
    from_boiling_point,
    from_tables,
    known_at_boiling_point,
    table_source,
    vapour_tables,
)

OUTLIER_DEX = 1.0
"""A method this far from two others, which agree, is refused [judgement]."""

AGREE_DEX = 0.5
"""Two methods closer than that agree [judgement]."""

CRITICAL_STD_DEX = 0.02
"""Error of log10(p) at a critical point, 5 % [judgement]."""

NOTHING_KNOWN = "no boiling point, and no vapour-pressure data near the temperature"


@dataclass(frozen=True, slots=True)
class VapourPressure:
    """log10(p/Pa) as arrays of shape (n,); NaN with a reason where it is not known."""

    log10_pa: NDArray[np.float64]
    std_log10: NDArray[np.float64]
    source: NDArray[np.str_]
    reason: NDArray[np.str_]


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
    several_texts("formulas", formulas)
    _check_kelvin(temperature_k)
    rows = [best_estimate(str(formula), float(temperature_k)) for formula in formulas]
    return VapourPressure(
        np.array([row.log10_pa for row, _ in rows], dtype=np.float64),
        np.array([row.std for row, _ in rows], dtype=np.float64),
        np.array([row.source for row, _ in rows], dtype=np.str_),
        np.array([reason for _, reason in rows], dtype=np.str_),
    )


LEAST_K = 100.0
"""No process and no table here is so cold: a lower number is one of °C [judgement]."""


def _check_kelvin(value: object) -> None:
    """Refuse what is no temperature in kelvin.

    Raises
    ------
    InputError
        If it is no single number, or so low that °C were meant.
    """
    if not isinstance(value, int | float | np.number):
        raise InputError("temperature_k", value, "give one number; call it for each of several")
    if not value >= LEAST_K:
        warm = f"{value:g} °C is {value + 273.15:g}" if value == value else "25 °C is 298.15"
        raise InputError("temperature_k", float(value), f"give kelvin: {warm}")


def temperature_for_pressure_k(
    formulas: Sequence[str] | NDArray[np.str_],
    pressure_pa: float,
    low_k: float = 150.0,
    high_k: float = 1500.0,
) -> NDArray[np.float64]:
    """Invert the curves: the temperature at which a pressure is reached, shape (n,).

    NaN where no pressure is known, and where it is reached below ``low_k`` or not up to ``high_k``
    or the critical point.
    """
    several_texts("formulas", formulas)
    curves = [vapour_curve(str(formula)) for formula in formulas]
    target = log10(pressure_pa)
    needed = np.array([curve.temperature_for_k(target) if curve else nan for curve in curves])
    return np.where((needed >= low_k) & (needed <= high_k), needed, nan)


@cache
def best_estimate(formula: str, temperature_k: float) -> tuple[Estimate, str]:
    """Return the value of the curve, and what was refused or missing."""
    curve, point = vapour_curve(formula), critical(formula)
    if curve is None:
        return Estimate(nan, nan, ""), NOTHING_KNOWN
    reason = _refused(formula)[1]
    if temperature_k >= point.temperature_k:
        source = f"gas: above its critical temperature {point.temperature_k:.0f} K; "
        source += f"the {'pressure there' if isnan(point.pressure_pa) else 'critical pressure'}"
        most = float(curve.log10_pa[-1])
        return Estimate(most, float(curve.std[-1]), f"{source} is given"), reason
    found = Estimate(*curve.at(temperature_k))
    return found, NOTHING_KNOWN if isnan(found.log10_pa) else reason


@cache
def vapour_curve(formula: str) -> Curve | None:
    """Join what is kept of a formula; None where nothing is."""
    refused = _refused(formula)[0]
    tables = vapour_tables(formula)
    equations = trusted_equations(equations_of(formula), points().get(formula))
    if refused == "measured":
        equations = tuple(e for e in equations if not e.t_min_k <= ROOM_K <= e.t_max_k)
    return join(
        equations,
        points().get(formula, Points(formula, "")),
        critical(formula),
        tables,
        refused,
        rule=not evaporates_as_dimer(formula),
    )


def join(
    equations: Sequence[Equation],
    point: Points,
    end: Critical,
    tables: VapourTables | None = None,
    refused: str = "",
    rule: bool = True,
) -> Curve | None:
    """Join equations, tables and boiling point of one substance to its curve.

    Parameters
    ----------
    equations : sequence of Equation
    point : Points
    end : Critical
        Where the curve ends.
    tables : VapourTables, optional
    refused : str
        Method that only widens the error: ``tables``, ``rule``, or empty.
    rule : bool
        Whether the rule of the boiling point holds; the point itself is used in any case.
    """
    ranges = [t for e in equations for t in (e.t_min_k, e.t_max_k)]
    kelvin = grid_k(ROOM_K, point.melting_k, point.boiling_k, end.temperature_k, *ranges)
    kelvin = kelvin[~(kelvin > end.temperature_k)]
    boils = [] if isnan(point.boiling_k) else [known_at_boiling_point(point)]
    ends = [_known_at_end(end)] if end.pressure_pa > 0 and end.temperature_k == kelvin[-1] else []
    known = [one for one in (*boils, *ends) if one.temperature_k <= kelvin[-1]]
    fusion = tables.fusion_j_mol_k if tables else MELTING_ENTROPY_J_MOL_K
    measured = [equation_source(e, kelvin, point.melting_k, fusion) for e in equations]
    methods: dict[str, Average] = {}
    if measured:
        methods["measured"] = average([corrected(one, kelvin, known) for one in measured])
    if tables:
        # What is refused is no better for being bent through the boiling point.
        bent = known if refused != "tables" else ()
        methods["tables"] = corrected(table_source(tables, kelvin), kelvin, bent)
    if boils and rule:
        methods["rule"] = corrected(boiling_source(point, kelvin), kelvin, ends)
    kept = [one for name, one in methods.items() if name != refused]
    if not kept:
        return None
    return _curve_of(kelvin, kept, list(methods.values()), ends)


def _known_at_end(end: Critical) -> Known:
    return Known(end.temperature_k, log10(end.pressure_pa), CRITICAL_STD_DEX)


def _curve_of(
    kelvin: NDArray[np.float64],
    kept: Sequence[Average],
    methods: Sequence[Average],
    ends: Sequence[Known],
) -> Curve:
    """Average the methods that are kept.

    A second method that disagrees is evidence of error, agreement is no proof of precision: half
    of the distance to the nearest other method is the least error, to a refused one if there is no
    other.
    """
    mean = average(kept)
    value = rising(mean.log10_pa, mean.std, np.array([one.log10_pa for one in kept]), kelvin)
    if ends:
        value = np.minimum(value, ends[0].log10_pa)
    others = np.array([one.log10_pa for one in (kept if len(kept) > 1 else methods)])
    gaps = np.sort(abs(others - value), axis=0)
    gap = gaps[1] if len(gaps) > 1 else gaps[0]
    moved = abs(value - mean.log10_pa)
    std = np.max([mean.std, gap / 2, moved / 2, np.full(len(kelvin), MEASURED_STD_DEX)], axis=0)
    names: dict[str, str] = {}
    label = tuple(names.setdefault(name, name) for name in mean.label.tolist())
    return Curve(kelvin, value, std, label)


def estimates_by_method(formula: str, temperature_k: float) -> dict[str, Estimate]:
    """Every method that has data, in the order of trust: ``measured``, ``tables``, ``rule``.

    Equations are not extended beyond their range here.
    """
    equations = trusted_equations(equations_of(formula), points().get(formula))
    # The rule of the boiling point holds for molecules that evaporate as they are.
    as_dimer = evaporates_as_dimer(formula)
    by_method = {
        "measured": measured_pressure(formula, temperature_k, equations),
        "tables": from_tables(formula, temperature_k),
        "rule": None if as_dimer else from_boiling_point(formula, temperature_k),
    }
    return {name: one for name, one in by_method.items() if one is not None}


def estimates(formula: str, temperature_k: float) -> list[Estimate]:
    """Every method that has data: measured, thermochemistry, boiling point."""
    return list(estimates_by_method(formula, temperature_k).values())


@cache
def _refused(formula: str) -> tuple[str, str]:
    """Name the method that is refused, and why; both empty where none is."""
    by_method = estimates_by_method(formula, ROOM_K)
    refused = _outlier(by_method) or _against_boiling_point(by_method)
    wrong = [
        f"refused {e.source}: more vapour than the boiling point allows"
        for e in equations_of(formula)
        if contradicts_boiling_point(e, points().get(formula))
    ]
    if refused:
        estimate = by_method[refused]
        wrong.insert(0, f"refused {estimate.source}: {estimate.log10_pa:.2f} dex")
    return refused, "; ".join(wrong)


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
