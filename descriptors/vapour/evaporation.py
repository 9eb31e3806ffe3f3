"""Two ways to a vapour pressure: tables of both phases, and the boiling point.

Each gives p over the phase that is stable at the temperature, so below its melting point a compound
sublimes, and each is a curve over all temperatures that rises without a jump, with its errors.
``volatility.py`` joins them.
"""

from dataclasses import dataclass
from functools import cache
from math import hypot, isnan, log, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import ROOM_K, R
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, Points, points
from maiscreen.candidates.handbook.rules import MISSING, BestValue
from maiscreen.candidates.handbook.thermochemistry import experiment, value_of_source
from maiscreen.descriptors.vapour.curve import Known, Source

Floats = NDArray[np.float64]

BAR_PA = 1e5
"""Standard pressure of the tables."""

BOILING_ENTROPY_J_MOL_K = 97.4
"""ΔS of vaporisation over the range from T_b down to 25 °C. Trouton's 88, enlarged for the heat
capacity; fitted to halides, held to halides in
tests/descriptors/vapour/test_evaporation.py."""

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

BOILING_RULE_REACH = 0.2
"""The rule is exact where a compound boils. Its standard deviation is the above times
r/√(r² + 0.2²), r = T_b/T − 1 [judgement from a measurement]: of 256 fitted equations of halides and
other molecules 90 % lie within 0.06 dex of it for r from 0.02 to 0.05, within 0.10 up to 0.1, 0.18
up to 0.15, 0.36 from 0.2 to 0.3, and 0.5 from 0.4 to 0.7."""

FAR_BOILING_RATIO = 2.35
FAR_BOILING_STD_DEX = 2.0
"""Above T_b/T = 2.35 (700 K at 25 °C) the rule fails more and more: root mean square 1.3 dex up to
a ratio of 3.5 (12 halides), 7 dex above (49 halides, salts that boil above 1000 K). The standard
deviation grows by 2 dex for each unit of the ratio."""

TABLE_STD_FLOOR_DEX = 0.15
"""1 kJ/mol at 298 K is 0.18 dex: tables are not better than that."""

BOILING_POINT_STD_DEX = 0.03
"""Error of 1 atm at a boiling point as a measurement, beside that of its temperature: what makes
90 % of the fitted equations lie within 0.05 dex of it (``equations.EQUATION_STD_DEX``)."""

TABLE_HEAT_CAPACITY_J_MOL_K = -30.0
"""Heat capacity of evaporation of one formula unit, which tables of 298 K leave out, with itself as
its error [judgement from a measurement]. Of the homoleptic halides that have both phases in one
family of tables and a boiling point, tables without it are too high there as if it were −49 (median
of 24 that boil at 400 to 600 K), −34 (18, to 900 K), −27 (55 above)."""

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
    """Evaluate ``table_source`` at one temperature."""
    t = vapour_tables(formula)
    return None if t is None else _at_one(table_source(t, np.array([temperature_k])))


def table_source(t: VapourTables, temperature_k: Floats) -> Source:
    """Return exp(−ΔΔG/RT) of vapour, monomer and dimer, over the condensed phase, of one family.

    Past the melting point ln p differs by ΔS_fus (T_m/T − 1)/R for each formula unit, so that both
    phases have the same pressure where they meet. The difference of two tabulated Gibbs energies at
    298 K may be wrong there, and so may, for itself, the enthalpy with which it goes on: a boiling
    point corrects the latter and leaves the former.
    """
    kelvin = temperature_k
    past, condensed = _past_melting(t, kelvin), _gibbs(t.condensed, kelvin)
    capacity = TABLE_HEAT_CAPACITY_J_MOL_K / R * (ROOM_K / kelvin - 1 + np.log(kelvin / ROOM_K))
    ln_p = np.array(
        [
            (n * condensed - _gibbs(gas, kelvin)) / (R * kelvin) + n * (past + capacity)
            for n, gas in t.gases
        ]
    )
    # The error is that of the gas which leads at 298 K.
    room = [n * _gibbs(t.condensed, ROOM_K) - _gibbs(gas, ROOM_K) for n, gas in t.gases]
    n, gas = t.gases[int(np.argmax(room))]
    spread_kj = hypot(gas.enthalpy_std_kj_mol, t.condensed.enthalpy_std_kj_mol) / 2
    spread = 1000 * spread_kj / (R * ROOM_K) / log(10)
    modes = np.array([spread * (ROOM_K / kelvin - 1), n * capacity / log(10)])
    words = [f"ΔG of vapour and {_WORD[t.phase]}{kind}, {t.family}" for kind in ("", " as dimer")]
    labels = np.array([words[n - 1] for n, _ in t.gases])[ln_p.argmax(axis=0)]
    log10_pa = (np.logaddexp.reduce(ln_p, axis=0) + log(BAR_PA)) / log(10)
    return Source(log10_pa, modes, labels, max(spread, TABLE_STD_FLOOR_DEX))


@cache
def evaporates_as_dimer(formula: str) -> bool:
    """Tell whether the tables have more M2X6 than MX3, say, over the condensed phase at 298 K."""
    room = from_tables(formula, ROOM_K)
    return room is not None and "dimer" in room.source


def _at_one(source: Source) -> Estimate:
    std = hypot(*source.modes[:, 0].tolist(), source.local)
    return Estimate(float(source.log10_pa[0]), std, str(source.label[0]))


_WORD = {"s": "solid", "l": "liquid"}


def _past_melting(t: VapourTables, temperature_k: Floats) -> Floats:
    """How far ln p over the stable phase differs from that over the phase of the tables.

    Never above zero: the stable phase has the lower vapour pressure.
    """
    if isnan(t.melting_k):
        return np.zeros_like(temperature_k)
    other = (temperature_k < t.melting_k) == (t.phase == "l")
    return np.where(other, -abs(t.fusion_j_mol_k / R) * abs(t.melting_k / temperature_k - 1), 0.0)


def _first_complete(formula: str, phase: str, family: tuple[str, ...]) -> BestValue:
    rows = [value_of_source(formula, phase, source) for source in family]
    return next((row for row in rows if _is_complete(row)), MISSING)


def _is_complete(row: BestValue) -> bool:
    return not isnan(row.enthalpy_kj_mol) and not isnan(row.entropy_j_mol_k)


def _gibbs(row: BestValue, temperature_k: float | Floats) -> Floats:
    """J/mol, elements at 298 K as zero of enthalpy, absolute entropy."""
    return np.asarray(1000 * row.enthalpy_kj_mol - temperature_k * row.entropy_j_mol_k)


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
    temperature_k: float | Floats, boiling_k: float | Floats, melting_k: float | Floats
) -> Floats:
    """ln(p/atm) = −(97.4/R)(T_b/T − 1) − (58.8/R) max(0, T_m/T − 1), over arrays that broadcast.

    A boiling point below the melting point is a sublimation point: the solid's vapour has 1 atm
    there, and both entropies act from there down. So it is without a melting point, if it boils
    above ``SOLID_ABOVE_K``.
    """
    solid = np.maximum(0.0, fusion_from_k(boiling_k, melting_k) / temperature_k - 1)
    liquid = np.asarray(boiling_k) / temperature_k - 1
    return np.asarray(-(BOILING_ENTROPY_J_MOL_K * liquid + MELTING_ENTROPY_J_MOL_K * solid) / R)


def fusion_from_k(boiling_k: float | Floats, melting_k: float | Floats) -> Floats:
    """Temperature below which the rule takes a compound for a solid, 0 for never.

    Examples
    --------
    >>> nan = float("nan")
    >>> fusion_from_k(np.array([500.0, 500.0, 300.0]), np.array([300.0, 600.0, nan])).tolist()
    [300.0, 500.0, 0.0]
    """
    unknown = np.where(np.asarray(boiling_k) > SOLID_ABOVE_K, boiling_k, 0.0)
    return np.where(np.isnan(melting_k), unknown, np.minimum(melting_k, boiling_k))


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
    return _at_one(boiling_source(point, np.array([temperature_k])))


def boiling_source(point: Points, temperature_k: Floats) -> Source:
    """Return the rule of a boiling point over all temperatures."""
    ln_p = ln_pressure_atm_boiling_rule(temperature_k, point.boiling_k, point.melting_k)
    ratio = point.boiling_k / temperature_k - 1
    rule = BOILING_RULE_STD_DEX * abs(ratio) / np.hypot(ratio, BOILING_RULE_REACH)
    guessed = fusion_from_k(point.boiling_k, nan) if isnan(point.melting_k) else 0.0
    fusion = MELTING_ENTROPY_J_MOL_K / R * np.maximum(0.0, guessed / temperature_k - 1) / log(10)
    far = FAR_BOILING_STD_DEX * np.maximum(0.0, ratio + 1 - FAR_BOILING_RATIO)
    lone = LONE_POINT_STD_DEX if point.lone else 0.0
    shift = boiling_std_dex(point) * point.boiling_k / temperature_k
    # Above the boiling point the error is one of the heat alone, which the critical point corrects.
    modes = np.array(
        [
            np.where(ratio > 0, np.hypot(rule, fusion / 2) + far, 0.0),
            np.minimum(ratio, 0.0) * BOILING_RULE_STD_DEX / BOILING_RULE_REACH,
            np.hypot(shift, lone),
        ]
    )
    source = f"boiling point {point.boiling_k:.0f} K, {point.boiling_source}"
    log10_pa = (ln_p + log(ATMOSPHERE_PA)) / log(10)
    return Source(log10_pa, modes, np.full(len(temperature_k), source))


def boiling_std_dex(point: Points) -> float:
    """Error of log10(p) at a boiling point, from that of its temperature."""
    return BOILING_ENTROPY_J_MOL_K / R * point.boiling_std_k / point.boiling_k / log(10)


def known_at_boiling_point(point: Points) -> Known:
    """Return 1 atm at the boiling point, with its error."""
    lone = LONE_POINT_STD_DEX if point.lone else 0.0
    std = hypot(boiling_std_dex(point), BOILING_POINT_STD_DEX, lone)
    return Known(point.boiling_k, log(ATMOSPHERE_PA) / log(10), std)
