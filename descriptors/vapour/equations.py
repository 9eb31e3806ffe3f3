"""Fitted vapour-pressure equations as sources: inside their range, beyond it, and refused ones."""

from collections.abc import Sequence
from functools import cache
from math import inf, isnan, log

import numpy as np

from maiscreen.candidates.chemistry.constants import ROOM_K, R
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, Equation, Points, equations
from maiscreen.descriptors.vapour.curve import MEASURED_STD_DEX, Floats, Source
from maiscreen.descriptors.vapour.evaporation import (
    FAR_BOILING_RATIO,
    MELTING_ENTROPY_J_MOL_K,
    Estimate,
    ln_pressure_atm_boiling_rule,
)

EQUATION_STD_DEX = 0.05
"""Error of a fitted equation inside its range. Of 67 of homoleptic halides whose range holds the
boiling point of the compound 90 % have 1 atm there within 0.04 dex, half within 0.006; of all 88 of
compounds 90 % within 0.05, half within 0.006 [measured, enlarged for the tail]."""

EXTENDED_HEAT_STD = 0.1
"""Relative error of the heat of evaporation with which an equation is extended [judgement]: a heat
capacity of −50 J/(mol K) changes 40 kJ/mol by 6 % in 50 K, and ends of fits are steep or flat."""

EXCESS_DEX = 1.0
"""An equation that gives so much more than the boiling point allows a liquid is refused
[judgement]: Landolt's of C2Br4 and C4F10 give 2 and 5 dex too much."""


@cache
def equations_of(formula: str) -> tuple[Equation, ...]:
    """Equations in the order in which they are used: the nearest to 298 K first.

    Of several that hold there, the one in the middle leads.
    """
    return order_by_temperature([e for e in equations() if e.formula == formula])


def order_by_temperature(mine: Sequence[Equation]) -> tuple[Equation, ...]:
    """Order the equations of one compound: nearest to 298 K first, of several the middle one."""
    here = [e.ln_pressure(ROOM_K) for e in mine]
    middle = float(np.nanmedian(here)) if not np.isnan(here).all() else 0.0

    def order(i: int) -> tuple[float, float]:
        away = max(mine[i].t_min_k - ROOM_K, ROOM_K - mine[i].t_max_k, 0.0)
        return away, abs(here[i] - middle) if away == 0 else 0.0

    return tuple(mine[i] for i in sorted(range(len(mine)), key=order))


def measured_pressure(
    formula: str, temperature_k: float, among: tuple[Equation, ...] | None = None
) -> Estimate | None:
    """Evaluate the first of the fitted equations whose range holds the temperature."""
    mine = equations_of(formula) if among is None else among
    pairs = [(e.ln_pressure(temperature_k) / log(10), e.source) for e in mine]
    pairs = [(value, source) for value, source in pairs if not isnan(value)]
    if not pairs:
        return None
    values = [value for value, _ in pairs]
    spread = (max(values) - min(values)) / 2
    return Estimate(values[0], max(MEASURED_STD_DEX, spread), pairs[0][1])


def equation_source(
    equation: Equation,
    temperature_k: Floats,
    melting_k: float,
    fusion_j_mol_k: float = MELTING_ENTROPY_J_MOL_K,
) -> Source:
    """Return an equation over all temperatures.

    Beyond an end of its range it goes on with the heat of evaporation that it has there, and where
    it passes the melting point with that of the other phase. Both heats may be wrong: by
    ``EXTENDED_HEAT_STD``, and by half of the heat of fusion.
    """
    low, high = equation.t_min_k, equation.t_max_k
    inside = np.clip(temperature_k, low, high)
    ends = np.array([low, high])
    near = ends + np.array([1e-5, -1e-5]) * (high - low)
    slope = np.diff(equation.ln_pressures(np.array([ends, near])), axis=0)[0] / (near - ends)
    heat = np.where(temperature_k < low, *(ends**2 * slope))  # ΔH/R, K
    beyond = -heat * (1 / temperature_k - 1 / inside)
    fusion = _fusion_beyond(temperature_k, low, high, melting_k) * fusion_j_mol_k / R
    log10_pa = (equation.ln_pressures(inside) + beyond - fusion) / log(10)
    spread = np.hypot(EXTENDED_HEAT_STD * beyond, fusion / 2) / log(10)
    modes = np.array([spread * (temperature_k < low), spread * (temperature_k > high)])
    outside = [f"{equation.source}, extended from {end:.0f} K" for end in (low, high)]
    label = np.select([temperature_k < low, temperature_k > high], outside, equation.source)
    return Source(log10_pa, modes, label, EQUATION_STD_DEX)


def _fusion_beyond(t: Floats, low: float, high: float, melting_k: float) -> Floats:
    """|T_m/T − 1| where the melting point lies between the range of a fit and T, else 0.

    Fits that end within 2 % of the melting point are taken to end there.
    """
    below = min(melting_k, low) if melting_k < 1.02 * low else -inf
    above = max(melting_k, high) if melting_k > 0.98 * high else inf
    return np.where(t < below, below / t - 1, np.where(t > above, 1 - above / t, 0.0))


def contradicts_boiling_point(equation: Equation, point: Points | None) -> bool:
    """Tell whether an equation gives a compound more vapour than its boiling point allows.

    It is judged where it is nearest to 25 °C, against the rule for a liquid, which a solid's vapour
    stays below.
    """
    if point is None or point.lone or not point.boiling_k < FAR_BOILING_RATIO * ROOM_K:
        return False
    nearest = min(max(ROOM_K, equation.t_min_k), equation.t_max_k)
    liquid = ln_pressure_atm_boiling_rule(nearest, point.boiling_k, 0.0) + log(ATMOSPHERE_PA)
    return bool((equation.ln_pressure(nearest) - liquid) / log(10) > EXCESS_DEX)


def trusted_equations(equations: Sequence[Equation], point: Points | None) -> tuple[Equation, ...]:
    """Leave out equations that contradict the boiling point."""
    return tuple(e for e in equations if not contradicts_boiling_point(e, point))
