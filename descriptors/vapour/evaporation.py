"""Three ways to a vapour pressure: fitted equations, tables of both phases, the boiling point.

Each gives p over the phase that is stable at the temperature, so below its melting point a compound
sublimes, and each rises with temperature without a jump. ``volatility.py`` chooses between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, hypot, isnan, log, nan

import numpy as np

from maiscreen.candidates.chemistry.constants import R
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, Equation, Points, equations, points
from maiscreen.candidates.handbook.rules import MISSING, BestValue
from maiscreen.candidates.handbook.thermochemistry import experiment, value_of_source

ROOM_K = 298.15
"""Where methods and sources are chosen, once for each formula."""

BAR_PA = 1e5
"""Standard pressure of the tables."""

BOILING_ENTROPY_J_MOL_K = 97.4
"""ΔS of vaporisation over the range from T_b down to 25 °C. Trouton's 88, enlarged for the heat
capacity; fitted to halides, see tests/descriptors/test_volatility.py."""

MELTING_ENTROPY_J_MOL_K = 58.8
"""ΔS of fusion, from the same fit."""

MELTING_ENTROPY_RANGE = (5.0, 150.0)
"""J/(mol K); tables that give another ΔS of fusion are not used for it [judgement]."""

SOLID_ABOVE_K = 450.0
"""What boils above and has no melting point in a handbook is taken for a solid up to there
[judgement]: HfBr4, HfI4, ZrBr4, OsCl4 and ReBr3 sublime, and without the fusion term they would
seem to have a hundred times their vapour at 25 °C."""

LONE_POINT_STD_DEX = 1.0
"""Added in quadrature where a melting or boiling point has only one source, and that one is not
evaluated (``boiling.UNCONFIRMED``) [judgement]: of such points AuCl3's and S2Br2's were wrong by
more than 100 K."""

BOILING_RULE_STD_DEX = 0.45
"""Standard deviation of the rule at 25 °C [judgement from a measurement]. Of the 59 halides that
boil below 700 K as monomers and have a fitted equation or tables, 52 lie within 1.2 dex of it, with
a root mean square of 0.33 dex; seven lie further off (SbBr3, C2Br4, GaI3, WBr5, NbBr5, ZrCl4,
ZrBr4), some because their tables are wrong. The number is enlarged for that tail."""

FAR_BOILING_RATIO = 2.35
FAR_BOILING_STD_DEX = 2.0
"""Above T_b/T = 2.35 (700 K at 25 °C) the rule fails more and more: root mean square 1.3 dex up to
a ratio of 3.5 (12 halides), 7 dex above (49 halides, salts that boil above 1000 K). The standard
deviation grows by 2 dex for each unit of the ratio."""

MEASURED_STD_DEX = 0.1
"""Handbook equations of one compound differ by about that inside their range [judgement]."""

TABLE_STD_FLOOR_DEX = 0.15
"""1 kJ/mol at 298 K is 0.18 dex: tables are not better than that."""

FAMILIES = (("JANAF", "WebBook"), ("CRC",), ("Glenn",))
"""Tables that belong together: vapour and condensed phase are never taken from different ones.
WebBook's condensed phases are JANAF's."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """log10(p/Pa) by one method."""

    log10_pa: float
    std: float
    source: str


@dataclass(frozen=True, slots=True)
class VapourTables:
    """Vapour and condensed phase of one family of tables.

    Attributes
    ----------
    family : str
    phase : str
        ``s`` or ``l``: what ``condensed`` is.
    condensed : BestValue
    gases : tuple[tuple[int, BestValue], ...]
        Formula units in the molecule, and the molecule.
    melting_k, fusion_j_mol_k : float
        Where and by how much the other condensed phase differs; NaN where it never melts.
    """

    family: str
    phase: str
    condensed: BestValue
    gases: tuple[tuple[int, BestValue], ...]
    melting_k: float
    fusion_j_mol_k: float


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
    """Evaluate the first of the fitted equations whose range holds the temperature.

    They are never extrapolated.
    """
    mine = equations_of(formula) if among is None else among
    pairs = [(e.ln_pressure(temperature_k) / log(10), e.source) for e in mine]
    pairs = [(value, source) for value, source in pairs if not isnan(value)]
    if not pairs:
        return None
    values = [value for value, _ in pairs]
    spread = (max(values) - min(values)) / 2
    return Estimate(values[0], max(MEASURED_STD_DEX, spread), pairs[0][1])


def stable_phase(formula: str, temperature_k: float) -> str:
    """Tell solid from liquid by the melting point; without one, by which phase has data.

    Without a melting point nothing is a solid above its boiling point.
    """
    point = points().get(formula)
    if point and not isnan(point.melting_k):
        return "s" if temperature_k < point.melting_k else "l"
    if point and temperature_k > point.boiling_k:
        return "l"
    return "s" if (formula, "s") in experiment().chosen else "l"


@cache
def vapour_tables(formula: str) -> VapourTables | None:
    """Choose the family that has vapour and condensed phase, the one stable at 298 K if possible.

    A liquid stands in for a solid that a family lacks, and the other way round.
    """
    point, stable = points().get(formula), stable_phase(formula, ROOM_K)
    melting = point.melting_k if point else nan
    for phase in (stable,) if isnan(melting) else (stable, "l" if stable == "s" else "s"):
        for family in FAMILIES:
            condensed = _first_complete(formula, phase, family)
            gases = [
                (1, _first_complete(formula, "g", family)),
                (2, _first_complete(dimer(formula), "g", family)),
            ]
            known = tuple((n, gas) for n, gas in gases if _is_complete(gas))
            if _is_complete(condensed) and known:
                fusion = _fusion_entropy(formula, family, melting)
                return VapourTables(family[0], phase, condensed, known, melting, fusion)
    return None


def _fusion_entropy(formula: str, family: tuple[str, ...], melting_k: float) -> float:
    """ΔH of fusion by T_m where the family has both phases, else that of the boiling-point rule."""
    solid, liquid = (_first_complete(formula, phase, family) for phase in "sl")
    entropy = 1000 * (liquid.enthalpy_kj_mol - solid.enthalpy_kj_mol) / melting_k
    low, high = MELTING_ENTROPY_RANGE
    return entropy if low < entropy < high else MELTING_ENTROPY_J_MOL_K


def from_tables(formula: str, temperature_k: float) -> Estimate | None:
    """Return exp(−ΔΔG/RT) of vapour, monomer and dimer, over the condensed phase, of one family.

    Past the melting point ln p differs by ΔS_fus (T_m/T − 1)/R for each formula unit, so that both
    phases have the same pressure where they meet.
    """
    t = vapour_tables(formula)
    if t is None:
        return None
    ln_p = [
        -(_gibbs(gas, temperature_k) - n * _gibbs(t.condensed, temperature_k)) / (R * temperature_k)
        + n * _past_melting(t, temperature_k)
        for n, gas in t.gases
    ]
    top = int(np.argmax(ln_p))
    count, gas = t.gases[top]
    std_kj = hypot(gas.enthalpy_std_kj_mol, t.condensed.enthalpy_std_kj_mol) / 2
    std = max(1000 * std_kj / (R * temperature_k * log(10)), TABLE_STD_FLOOR_DEX)
    log10 = (ln_p[top] + log(sum(exp(x - ln_p[top]) for x in ln_p)) + log(BAR_PA)) / log(10)
    kind = " as dimer" if count == 2 else ""
    return Estimate(log10, std, f"ΔG of vapour and {_WORD[t.phase]}{kind}, {t.family}")


_WORD = {"s": "solid", "l": "liquid"}


def _past_melting(t: VapourTables, temperature_k: float) -> float:
    """How far ln p over the stable phase differs from that over the phase of the tables.

    Never above zero: the stable phase has the lower vapour pressure.
    """
    if isnan(t.melting_k):
        return 0.0
    other = temperature_k < t.melting_k if t.phase == "l" else temperature_k > t.melting_k
    return -abs(t.fusion_j_mol_k / R * (t.melting_k / temperature_k - 1)) if other else 0.0


def _first_complete(formula: str, phase: str, family: tuple[str, ...]) -> BestValue:
    rows = [value_of_source(formula, phase, source) for source in family]
    return next((row for row in rows if _is_complete(row)), MISSING)


def _is_complete(row: BestValue) -> bool:
    return not isnan(row.enthalpy_kj_mol) and not isnan(row.entropy_j_mol_k)


def _gibbs(row: BestValue, temperature_k: float) -> float:
    """J/mol, elements at 298 K as zero of enthalpy, absolute entropy."""
    return 1000 * row.enthalpy_kj_mol - temperature_k * row.entropy_j_mol_k


@cache
def dimer(formula: str) -> str:
    """Double a formula.

    Examples
    --------
    >>> dimer("AlCl3")
    'Al2Cl6'
    """
    return "".join(f"{symbol}{2 * count}" for symbol, count in parse_formula(formula).items())


def ln_pressure_atm_boiling_rule(
    temperature_k: float,
    boiling_k: float,
    melting_k: float,
    boiling_entropy: float = BOILING_ENTROPY_J_MOL_K,
    melting_entropy: float = MELTING_ENTROPY_J_MOL_K,
) -> float:
    """ln(p/atm) = −(97.4/R)(T_b/T − 1) − (58.8/R) max(0, T_m/T − 1).

    A boiling point below the melting point is a sublimation point: the solid's vapour has 1 atm
    there, and both entropies act from there down. So it is without a melting point, if it boils
    above ``SOLID_ABOVE_K``.
    """
    fusion = melting_entropy * max(0.0, fusion_from_k(boiling_k, melting_k) / temperature_k - 1)
    return -(boiling_entropy * (boiling_k / temperature_k - 1) + fusion) / R


def fusion_from_k(boiling_k: float, melting_k: float) -> float:
    """Temperature below which the rule takes the compound for a solid, 0 for never.

    Examples
    --------
    >>> fusion_from_k(500, 300), fusion_from_k(500, 600), fusion_from_k(300, nan)
    (300, 500, 0.0)
    """
    if isnan(melting_k):
        return boiling_k if boiling_k > SOLID_ABOVE_K else 0.0
    return min(melting_k, boiling_k)


def from_boiling_point(formula: str, temperature_k: float) -> Estimate | None:
    """Estimate the pressure from the boiling and the melting point.

    Without a melting point half of the fusion term is added to the standard deviation: T_m may lie
    anywhere up to T_b.
    """
    point = points().get(formula)
    return None if point is None else by_boiling_rule(point, temperature_k)


def by_boiling_rule(point: Points, temperature_k: float) -> Estimate | None:
    """Return the rule's pressure and its error; None without a boiling point."""
    if isnan(point.boiling_k):
        return None
    ln_p = ln_pressure_atm_boiling_rule(temperature_k, point.boiling_k, point.melting_k)
    shift = BOILING_ENTROPY_J_MOL_K / R * point.boiling_std_k / temperature_k / log(10)
    guessed = fusion_from_k(point.boiling_k, nan) if isnan(point.melting_k) else 0.0
    fusion = MELTING_ENTROPY_J_MOL_K / R * max(0.0, guessed / temperature_k - 1) / log(10)
    lone = LONE_POINT_STD_DEX if point.lone else 0.0
    far = max(0.0, point.boiling_k / temperature_k - FAR_BOILING_RATIO)
    std = hypot(BOILING_RULE_STD_DEX, shift, fusion / 2, lone) + FAR_BOILING_STD_DEX * far
    source = f"boiling point {point.boiling_k:.0f} K, {point.boiling_source}"
    return Estimate((ln_p + log(ATMOSPHERE_PA)) / log(10), std, source)
