"""Boiling and melting points, and vapour-pressure equations with the range of their fit."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import log, nan
from statistics import median

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import why_no_substance
from maiscreen.candidates.handbook.files import number, table_rows
from maiscreen.candidates.handbook.identities import identities

POINT_TABLES = (
    ("Misc/Physical Constants of Inorganic Compounds.csv", "CRC"),
    ("Misc/Physical Constants of Organic Compounds.csv", "CRC"),
    ("Misc/webbook_constants.tsv", "WebBook"),
    ("Misc/common_chemistry_data.tsv", "CAS Common Chemistry"),
    ("Phase Change/Yaws Boiling Points.tsv", "Yaws"),
    ("Misc/wikidata_properties.tsv", "Wikidata"),
)
"""Tables of the package chemicals, in the order of trust."""

UNCONFIRMED = ("CAS Common Chemistry", "Yaws", "Wikidata")
"""Compilations without a critical evaluation: their points need another table's support."""

WRONG_POINTS = {
    ("13453-07-1", "Tm"): "AuCl3 gives off Cl2 at 527 K and does not melt at 1 atm; CAS has 376 K",
}
"""Points that are no melting or boiling points, by CAS number (CRC, "Physical Constants of
Inorganic Compounds": gold(III) chloride decomposes above 160 °C)."""

AGREE = 0.05
"""Two boiling or melting points further apart than this fraction do not agree [judgement]."""

COPIED = 0.01
"""Two halides of the same elements do not boil within 1 % of each other [judgement]."""

ATMOSPHERE_PA = 101325.0

SourcedValues = dict[str, list[tuple[float, str]]]
"""Values with their source, by CAS number."""


@dataclass(frozen=True, slots=True)
class Points:
    """Melting and boiling point of one compound, K, at 1 atm; NaN where missing.

    A boiling point below the melting point is a sublimation point. ``lone`` tells that one of
    them stands in a single table that is not evaluated (``UNCONFIRMED``).
    """

    formula: str
    cas: str
    melting_k: float = nan
    melting_source: str = ""
    boiling_k: float = nan
    boiling_std_k: float = nan
    boiling_source: str = ""
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """ln(p/Pa) of one compound between two temperatures.

    Attributes
    ----------
    form : str
        ``antoine``: A − B/(T + C); ``dippr``: A + B/T + C ln T + D T^E;
        ``wagner``: (Aτ + Bτ^1.5 + Cτ^x + Dτ^y) Tc/T + ln pc, τ = 1 − T/Tc.
    coefficients : tuple[float, ...]
    t_min_k, t_max_k : float
        Range of the fit; outside it the equation gives NaN.
    """

    formula: str
    cas: str
    form: str
    coefficients: tuple[float, ...]
    t_min_k: float
    t_max_k: float
    source: str

    def ln_pressure(self, temperature_k: float) -> float:
        """Return ln(p/Pa), NaN outside the range of the fit."""
        if not self.t_min_k <= temperature_k <= self.t_max_k:
            return nan
        return float(self.ln_pressures(np.array(temperature_k)))

    def ln_pressures(self, temperature_k: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ln(p/Pa) over an array of temperatures that are within the range."""
        return _FORMS[self.form](temperature_k, self.coefficients)


def _antoine(t: NDArray[np.float64], k: tuple[float, ...]) -> NDArray[np.float64]:
    return k[0] - k[1] / (t + k[2])


def _dippr(t: NDArray[np.float64], k: tuple[float, ...]) -> NDArray[np.float64]:
    return np.asarray(k[0] + k[1] / t + k[2] * np.log(t) + k[3] * t ** k[4])


def _wagner(t: NDArray[np.float64], k: tuple[float, ...]) -> NDArray[np.float64]:
    a, b, c, d, x, y, tc, ln_pc = k
    tau = np.maximum(1 - t / tc, 0.0)
    return np.asarray((a * tau + b * tau**1.5 + c * tau**x + d * tau**y) * tc / t + ln_pc)


_FORMS = {"antoine": _antoine, "dippr": _dippr, "wagner": _wagner}


def tabulated_points(
    cas_numbers: Collection[str] | None = None,
) -> tuple[SourcedValues, SourcedValues]:
    """Read melting and boiling points, K, by CAS number; of binary halides if none are given."""
    melting: SourcedValues = defaultdict(list)
    boiling: SourcedValues = defaultdict(list)
    compounds = identities() if cas_numbers is None else cas_numbers
    for file, source in POINT_TABLES:
        for cas, row in table_rows(file, compounds):
            for key, values in (("Tm", melting), ("Tb", boiling)):
                value = number(row, key)
                if value > 0 and (cas, key) not in WRONG_POINTS:
                    values[cas].append((value, source))
    return melting, boiling


@cache
def points() -> dict[str, Points]:
    """Return melting and boiling point by formula, of the CAS number that most tables know."""
    melting, boiling = tabulated_points()
    best: dict[str, Points] = {}
    for cas in sorted(
        melting.keys() | boiling.keys(), key=lambda c: _order_of_trust(boiling, melting, c)
    ):
        formula = identities()[cas].formula
        if not why_no_substance(parse_formula(formula)):
            best.setdefault(formula, points_of(formula, cas, melting[cas], boiling[cas]))
    return {formula: _drop_copied_boiling_point(one, best) for formula, one in best.items()}


def _drop_copied_boiling_point(point: Points, all_points: dict[str, Points]) -> Points:
    """Refuse the boiling point of another halide of the same two elements.

    CAS Common Chemistry gives WF4, a polymer, the boiling point of WF6.
    """
    if point.boiling_source in ("", "CRC", "WebBook"):
        return point
    elements = parse_formula(point.formula).keys()
    for other in all_points.values():
        near = abs(other.boiling_k / point.boiling_k - 1) < COPIED
        trusted = other.formula != point.formula and other.boiling_source in ("CRC", "WebBook")
        if near and trusted and parse_formula(other.formula).keys() == elements:
            return replace(point, boiling_k=nan, boiling_std_k=nan, boiling_source="")
    return point


def _order_of_trust(
    boiling: SourcedValues, melting: SourcedValues, cas: str
) -> tuple[int, int, str]:
    return -len(boiling.get(cas, ())), -len(melting.get(cas, ())), cas


def points_of(
    formula: str,
    cas: str,
    melting: list[tuple[float, str]],
    boiling: list[tuple[float, str]],
) -> Points:
    """Choose melting and boiling point of one compound among values with their source."""
    tb, std, tb_source = _choose(boiling)
    # A compound that melts after it boils sublimes, or one melting point is wrong (SnI4 in CRC).
    below = [(value, source) for value, source in melting if not value > tb]
    tm, _, tm_source = _choose(below or melting)
    lone = _is_lone(tm, tm_source, melting) or _is_lone(tb, tb_source, boiling)
    return Points(formula, cas, tm, tm_source, tb, std, tb_source, lone)


def _is_lone(value: float, source: str, found: list[tuple[float, str]]) -> bool:
    support = sum(abs(value / other - 1) < AGREE for other, _ in found)
    return source in UNCONFIRMED and support == 1


def _choose(values: list[tuple[float, str]]) -> tuple[float, float, str]:
    """Take the most trusted value that at least as many others support as any other value."""
    if not values:
        return nan, nan, ""
    support = [sum(abs(v / w - 1) < AGREE for w, _ in values) for v, _ in values]
    value, source = values[support.index(max(support))]
    near = [w for w, _ in values if abs(value / w - 1) < AGREE]
    lonely = 0.02 * value if max(support) == 1 and len(values) > 1 else 0.0
    return value, max(median(abs(w - value) for w in near), 1.0, lonely), source


@cache
def equations() -> tuple[Equation, ...]:
    """Every vapour-pressure equation of an element or a binary halide that is a substance."""
    formulas = {cas: identity.formula for cas, identity in identities().items()}
    melting = {formula: one.melting_k for formula, one in points().items()}
    every = equations_of_compounds(formulas, melting)
    return tuple(e for e in every if not why_no_substance(parse_formula(e.formula)))


def equations_of_compounds(
    names: Mapping[str, str], melting_k: Mapping[str, float]
) -> tuple[Equation, ...]:
    """Read the equations of some compounds.

    Parameters
    ----------
    names : mapping of str to str
        CAS number to ``formula`` of the equation, or to whatever it is to be found by.
    melting_k : mapping of str to float
        By that name; a liquid's fit without a lower end of its own ends there.
    """
    return (*_antoines(names), *_dipprs(names), *_wagners(names, melting_k))


def _antoines(names: Mapping[str, str]) -> Iterator[Equation]:
    ln10 = log(10)
    for file, source, scale in (
        (
            "Vapor Pressure/Landolt_antoine_sublimation_V20.tsv",
            "Landolt-Börnstein (sublimation)",
            1.0,
        ),
        ("Vapor Pressure/Landolt_antoine_V20.tsv", "Landolt-Börnstein", 1.0),
        ("Vapor Pressure/Antoine Collection Poling.tsv", "Poling", ln10),
        ("Misc/webbook_constants.tsv", "WebBook", 1.0),
    ):
        prefix = "Antoine" if source == "WebBook" else ""
        for cas, row in table_rows(file, names):
            a, b, c, low, high = (number(row, prefix + x) for x in ("A", "B", "C", "Tmin", "Tmax"))
            if a == a:
                k = (a * scale, b * scale, c)
                yield Equation(names[cas], cas, "antoine", k, low, high, f"Antoine, {source}")


def _dipprs(names: Mapping[str, str]) -> Iterator[Equation]:
    file = "Vapor Pressure/Table 2-8 Vapor Pressure of Inorganic and Organic Liquids.tsv"
    for cas, row in table_rows(file, names):
        k = tuple(number(row, f"C{i}") for i in range(1, 6))
        low, high = number(row, "Tmin"), number(row, "Tmax")
        yield Equation(names[cas], cas, "dippr", k, low, high, "DIPPR 101, Perry 2-8")


def _wagners(names: Mapping[str, str], melting_k: Mapping[str, float]) -> Iterator[Equation]:
    for file, source, x, y in (
        ("VDI PPDS Boiling temperatures at different pressures.tsv", "VDI Heat Atlas", 2.5, 5.0),
        ("Wagner Collection Poling.tsv", "Poling", 2.5, 5.0),
        ("Wagner Original McGarry.tsv", "McGarry", 3.0, 6.0),
    ):
        for cas, row in table_rows(f"Vapor Pressure/{file}", names):
            # Without a lower end of its own, a liquid's fit ends at the melting point.
            ends = (number(row, "Tmin"), number(row, "Tm"), melting_k.get(names[cas], nan))
            low = next((t for t in ends if t == t), nan)
            tc, tmax = number(row, "Tc"), number(row, "Tmax")
            k = (*(number(row, n) for n in "ABCD"), x, y, tc, log(number(row, "Pc")))
            high = min(tmax, tc) if tmax == tmax else tc
            yield Equation(names[cas], cas, "wagner", k, low, high, f"Wagner, {source}")


CRITICAL_TABLES = (
    "Misc/heos_constants.tsv",
    "Critical Properties/IUPACOrganicCriticalProps.tsv",
    "Critical Properties/Mathews1972InorganicCriticalProps.tsv",
    "Critical Properties/CRCCriticalOrganics.tsv",
    "Critical Properties/Appendix to PSRK Revision 4.tsv",
    "Critical Properties/PassutDanner1973.tsv",
    "Misc/webbook_constants.tsv",
    "Critical Properties/DIPPRPinaMartines.tsv",
    "Critical Properties/Yaws Collection.tsv",
)
"""Tables of the package chemicals in its own order, without what it computes from the structure."""


@dataclass(frozen=True, slots=True)
class Critical:
    """Critical temperature, K, and pressure, Pa; NaN where not tabulated."""

    temperature_k: float = nan
    pressure_pa: float = nan


@cache
def _critical_points() -> dict[str, Critical]:
    """Critical point by formula; temperature and pressure each from the first table that has it."""
    formulas = {point.cas: formula for formula, point in points().items()}
    best: dict[str, Critical] = defaultdict(Critical)
    for file in CRITICAL_TABLES:
        for cas, row in table_rows(file, formulas):
            t, p = best[formulas[cas]].temperature_k, best[formulas[cas]].pressure_pa
            t = t if t == t else number(row, "Tc")
            best[formulas[cas]] = Critical(t, p if p == p else number(row, "Pc"))
    # What boils has a critical temperature above (KI's of 819 K and BiF5's of 470 K have not).
    return {f: c for f, c in best.items() if not c.temperature_k <= points()[f].boiling_k}


def critical(formula: str) -> Critical:
    """Look up a compound in the tables of the package chemicals.

    Examples
    --------
    >>> critical("SiF4").temperature_k, critical("NpCl4").temperature_k
    (259.0, nan)
    """
    return _critical_points().get(formula, Critical())
