"""Vapour pressure: measured, from thermochemistry, or from the boiling point, cross-checked.

Each method gives ln p of the phase that is stable at the temperature, so below its melting point
a compound sublimes. A value is measured if an equation was fitted around that temperature;
equations are never extrapolated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, hypot, isnan, log, nan

import numpy as np
from numpy.typing import NDArray
from scipy.constants import R

from maiscreen.candidates.boiling import ATMOSPHERE_PA, Equation, equations, points
from maiscreen.candidates.choice import MISSING, Best
from maiscreen.candidates.experiment import experiment
from maiscreen.candidates.precursor import parse_formula

BAR_PA = 1e5
"""Standard pressure of the tables."""

BOILING_ENTROPY_J_MOL_K = 97.4
"""ΔS of vaporisation over the range from T_b down to 25 °C. Trouton's 88, enlarged for the heat
capacity; fitted to halides, see tests/descriptors/test_volatility.py."""

MELTING_ENTROPY_J_MOL_K = 58.8
"""ΔS of fusion, from the same fit."""

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

OUTLIER_DEX = 1.0
"""A method this far from two others, which agree, is refused [judgement]."""

AGREE_DEX = 0.5
"""Two methods closer than that agree [judgement]."""

NOTHING_KNOWN = "no boiling point, and no vapour-pressure data near the temperature"

FAMILIES = (("JANAF", "WebBook"), ("CRC",), ("Glenn",))
"""Tables that belong together: vapour and condensed phase are never taken from different ones.
WebBook's condensed phases are JANAF's."""


@dataclass(frozen=True, slots=True)
class VapourPressure:
    """log10(p/Pa) as arrays of shape (n,); NaN with a reason where it is not known."""

    log10_pa: NDArray[np.float64]
    std_log10: NDArray[np.float64]
    source: NDArray[np.str_]
    reason: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """log10(p/Pa) by one method."""

    log10_pa: float
    std: float
    source: str


def vapour_pressure(
    formulas: Sequence[str] | NDArray[np.str_], temperature_k: float
) -> VapourPressure:
    """Give the equilibrium vapour pressure over the stable condensed phase.

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

    NaN where no pressure is known or the temperature lies outside [low_k, high_k].
    """
    target = np.log10(pressure_pa)
    return np.array([_solve(str(f), float(target), low_k, high_k) for f in formulas])


def _solve(formula: str, target: float, low: float, high: float) -> float:
    def miss(t: float) -> float:
        return best_estimate(formula, t)[0].log10_pa - target

    if not (miss(low) <= 0 <= miss(high)):
        return nan
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (middle, high) if miss(middle) < 0 else (low, middle)
    return (low + high) / 2


@cache
def best_estimate(formula: str, temperature_k: float) -> tuple[Estimate, str]:
    """Give the best of the three methods after the cross-check, and what was refused or missing."""
    found = estimates(formula, temperature_k)
    if not found:
        return Estimate(nan, nan, ""), NOTHING_KNOWN
    refused = _outlier(found) or _against_boiling_point(found)
    kept = [one for one in found if one is not refused]
    best = kept[0]
    # A second method that disagrees is evidence of error, agreement is not proof of precision.
    others = kept[1:] or [one for one in found if one is not best]
    gap = min((abs(best.log10_pa - o.log10_pa) for o in others), default=0.0)
    reason = f"refused {refused.source}: {refused.log10_pa:.2f} dex" if refused else ""
    return Estimate(best.log10_pa, max(best.std, gap / 2), best.source), reason


def _outlier(found: Sequence[Estimate]) -> Estimate | None:
    """Find the estimate against which two others agree."""
    for one in found:
        others = [o.log10_pa for o in found if o is not one]
        agree = len(others) >= 2 and max(others) - min(others) < AGREE_DEX
        if agree and min(abs(one.log10_pa - o) for o in others) > OUTLIER_DEX:
            return one
    return None


def _against_boiling_point(found: Sequence[Estimate]) -> Estimate | None:
    """Find tables that give a compound more vapour than its boiling point allows.

    Whatever boils at T_b loses at least Trouton's entropy on condensing, so its pressure below T_b
    has an upper bound; a lower one it has not, as solids may cling harder. SbBr3 (T_b 561 K)
    would have 1.5 Torr at 25 °C by its tables, and has 1 Torr at 94 °C (Stull, Ind. Eng. Chem.
    39, 540 (1947)): 6 kJ/mol in the difference of two enthalpies are a decade.
    """
    if len(found) != 2 or not found[0].source.startswith("ΔG"):
        return None
    tables, rule = found
    if rule.std > AGREE_DEX:  # for what boils beyond 700 K the rule is no judge
        return None
    return tables if tables.log10_pa - rule.log10_pa > OUTLIER_DEX else None


def estimates(formula: str, temperature_k: float) -> list[Estimate]:
    """Every method that has data: measured, thermochemistry, boiling point."""
    tables = from_tables(formula, temperature_k)
    # The rule of the boiling point holds for molecules that evaporate as they are.
    as_dimer = tables is not None and "dimer" in tables.source
    rule = None if as_dimer else from_boiling_point(formula, temperature_k)
    return [one for one in (measured(formula, temperature_k), tables, rule) if one is not None]


@cache
def _equations_of(formula: str) -> tuple[Equation, ...]:
    return tuple(e for e in equations() if e.formula == formula)


def measured(formula: str, temperature_k: float) -> Estimate | None:
    """Evaluate the fitted equations whose range holds the temperature."""
    pairs = [(e.ln_pressure(temperature_k) / log(10), e.source) for e in _equations_of(formula)]
    pairs = [(value, source) for value, source in pairs if not isnan(value)]
    if not pairs:
        return None
    values = [value for value, _ in pairs]
    middle = min(pairs, key=lambda p: (abs(p[0] - float(np.median(values))), pairs.index(p)))
    return Estimate(middle[0], max(MEASURED_STD_DEX, (max(values) - min(values)) / 2), middle[1])


def stable_phase(formula: str, temperature_k: float) -> str:
    """Tell solid from liquid by the melting point; without one, by which phase has data."""
    point = points().get(formula)
    if point and not isnan(point.melting_k):
        return "s" if temperature_k < point.melting_k else "l"
    return "s" if (formula, "s") in experiment().chosen else "l"


def from_tables(formula: str, temperature_k: float) -> Estimate | None:
    """Give exp(−ΔΔG/RT) of vapour, monomer and dimer, over the condensed phase, of one source."""
    phase = stable_phase(formula, temperature_k)
    direct = [(family, _pick(formula, phase, family), 0.0) for family in FAMILIES]
    frozen = [(family, *_frozen(formula, phase, family, temperature_k)) for family in FAMILIES]
    for family, condensed, fusion in direct + frozen:
        gases = [(1, _pick(formula, "g", family)), (2, _pick(dimer(formula), "g", family))]
        terms = [(n, gas) for n, gas in gases if _complete(gas)]
        if not _complete(condensed) or not terms:
            continue
        ln_p = [
            -(_gibbs(gas, temperature_k) - n * _gibbs(condensed, temperature_k))
            / (R * temperature_k)
            - n * fusion
            for n, gas in terms
        ]
        top = int(np.argmax(ln_p))
        std_kj = hypot(terms[top][1].enthalpy_std_kj_mol, condensed.enthalpy_std_kj_mol) / 2
        std = max(1000 * std_kj / (R * temperature_k * log(10)), TABLE_STD_FLOOR_DEX)
        log10 = (ln_p[top] + log(sum(exp(x - ln_p[top]) for x in ln_p)) + log(BAR_PA)) / log(10)
        kind = " as dimer" if terms[top][0] == 2 else ""
        return Estimate(log10, std, f"ΔG of vapour and {_WORD[phase]}{kind}, {family[0]}")
    return None


_WORD = {"s": "solid", "l": "liquid"}


def _frozen(
    formula: str, phase: str, family: tuple[str, ...], temperature_k: float
) -> tuple[Best, float]:
    """Liquid in place of a solid that the source lacks, and how far ln p lies lower for freezing.

    The entropy of fusion is that of the boiling-point rule.
    """
    melting = points()[formula].melting_k if formula in points() else nan
    if phase == "l" or isnan(melting):
        return MISSING, 0.0
    return _pick(formula, "l", family), MELTING_ENTROPY_J_MOL_K / R * (melting / temperature_k - 1)


def _pick(formula: str, phase: str, family: tuple[str, ...]) -> Best:
    rows = [experiment().by_source.get((formula, phase, source), MISSING) for source in family]
    return next((row for row in rows if _complete(row)), MISSING)


def _complete(row: Best) -> bool:
    return not isnan(row.enthalpy_kj_mol) and not isnan(row.entropy_j_mol_k)


def _gibbs(row: Best, temperature_k: float) -> float:
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
    there, and both entropies act from there down.
    """
    fusion_from = min(melting_k, boiling_k) if not isnan(melting_k) else 0.0
    return -(
        boiling_entropy * (boiling_k / temperature_k - 1)
        + melting_entropy * max(0.0, fusion_from / temperature_k - 1)
    ) / float(R)


def from_boiling_point(formula: str, temperature_k: float) -> Estimate | None:
    """Estimate the pressure from the boiling and the melting point."""
    point = points().get(formula)
    if point is None or isnan(point.boiling_k):
        return None
    ln_p = ln_pressure_atm_boiling_rule(temperature_k, point.boiling_k, point.melting_k)
    shift = BOILING_ENTROPY_J_MOL_K / R * point.boiling_std_k / temperature_k / log(10)
    far = max(0.0, point.boiling_k / temperature_k - FAR_BOILING_RATIO)
    std = hypot(BOILING_RULE_STD_DEX, shift) + FAR_BOILING_STD_DEX * far
    source = f"boiling point {point.boiling_k:.0f} K, {point.boiling_source}"
    return Estimate((ln_p + log(ATMOSPHERE_PA)) / log(10), std, source)
