"""Vapour pressure of molecules that are no homoleptic halides, over arrays.

1. What has an equation or a boiling point of its own has a curve as homoleptic halides have
   (``descriptors/vapour/volatility.py``), by CAS number. The boiling-point rule holds for these
   molecules: where a fitted equation and a boiling point are known and the equation reaches 25 °C,
   the root mean square is 0.11 dex for 16 organohalides and 0.10 dex for 19 others; its standard
   deviation is kept;
2. for a mixed halide without a boiling point of its own, between its homoleptic parents MXₙ, MYₙ:
   T_b and T_m are interpolated linearly in the halogens (SiCl4 57.6, SiCl3Br 80, SiCl2Br2 104,
   SiClBr3 127, SiBr4 153 °C), the rule is applied, and what the parents' own pressures differ from
   the rule is interpolated as well, so that a parent comes out exactly.
"""

from dataclasses import dataclass
from functools import cache
from math import isnan, log, log10, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import R
from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, Critical, Points, points
from maiscreen.candidates.molecules.data import molecule_equations, molecule_points
from maiscreen.candidates.molecules.molecule import Molecules
from maiscreen.descriptors.vapour.curve import Curve
from maiscreen.descriptors.vapour.equations import trusted_equations
from maiscreen.descriptors.vapour.evaporation import (
    BOILING_ENTROPY_J_MOL_K,
    FAR_BOILING_RATIO,
    FAR_BOILING_STD_DEX,
    ln_pressure_atm_boiling_rule,
)
from maiscreen.descriptors.vapour.volatility import best_estimate, join

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

MIXED_BOILING_STD_K = 5.0
"""Error of the interpolated boiling point without fluorine [judgement]: 2.0 K root mean square,
always too high, on the four that CRC has, SiCl3Br, SiCl2Br2, SiClBr3 and SiCl3I."""

MIXED_FLUORIDE_STD_K = 15.0
"""The same with fluorine: 14 K root mean square on 13 fluorides of Si, Ge and P, and always too
high, by 11 K on average (GeF2Cl2: 25 against −3 °C). The bias is left in: the pressure is then
too low, by 0.3 dex on average."""

MIXED_STD_DEX = 0.2
"""Standard deviation of an interpolated log10(p), beside that of the boiling point [judgement]."""

NO_DATA = "no boiling point and no vapour-pressure equation in the tables"


@dataclass(frozen=True, slots=True, eq=False)
class Vapour:
    """log10(p/Pa) of n molecules at t temperatures; NaN with a reason where it is not known.

    Attributes
    ----------
    log10_pa, std_log10 : ndarray, shape (n, t)
    source, reason : ndarray of str, shape (n, t)
    boiling_k, boiling_std_k, melting_k : ndarray, shape (n,)
        At 1 atm; interpolated for mixed halides without their own.
    """

    log10_pa: Floats
    std_log10: Floats
    source: Strings
    reason: Strings
    boiling_k: Floats
    boiling_std_k: Floats
    melting_k: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Parents:
    """Homoleptic parents of mixed halides: p pairs of M and n, with each of the four halogens.

    Attributes
    ----------
    pair : ndarray of int, shape (n,)
        Which pair a molecule belongs to.
    share : ndarray, shape (n, 4)
        Fractions of F, Cl, Br, I among its halogens.
    formula : ndarray of str, shape (p, 4)
    needed : ndarray of bool, shape (p, 4)
    """

    pair: NDArray[np.int64]
    share: Floats
    formula: Strings
    needed: NDArray[np.bool_]

    def mean(self, values: Floats) -> Floats:
        """Average values of shape (p, 4, …) over the halogens of each molecule: (n, …)."""
        mine = values[self.pair]
        share = self.share.reshape(self.share.shape + (1,) * (mine.ndim - 2))
        return np.asarray(np.where(share > 0, share * mine, 0.0).sum(axis=1), dtype=np.float64)

    def lacking(self, known: NDArray[np.bool_]) -> Strings:
        """Name the parents of each molecule that are not known, shape (n,); ``known`` is (p, 4)."""
        text = np.full(len(self.pair), "", dtype="U64")
        for i in range(len(HALOGENS)):
            gap = (self.share[:, i] > 0) & ~known[self.pair, i]
            word = np.where(text == "", "", ", ")
            named = np.char.add(np.char.add(text, word), self.formula[self.pair, i])
            text = np.where(gap, named, text)
        return text


def parents_of(molecules: Molecules) -> Parents:
    """Find the homoleptic parents of each molecule by its M and number of halogens.

    Examples
    --------
    >>> from maiscreen.candidates.molecules.space import mixed_halides
    >>> parents_of(mixed_halides(metals=["Si"], halogens=["Cl", "Br"])).formula[-1].tolist()
    ['SiF4', 'SiCl4', 'SiBr4', 'SiI4']
    """
    total = molecules.halogens.sum(axis=1)
    keys = [f"{m}:{n}" for m, n in zip(molecules.metal.tolist(), total.tolist(), strict=True)]
    unique, pair = np.unique(np.array(keys, dtype=np.str_), return_inverse=True)
    split = [key.split(":") for key in unique.tolist()]
    formula = np.array(
        [[_homoleptic(metal, count, x) for x in HALOGENS] for metal, count in split],
        dtype=np.str_,
    ).reshape(-1, len(HALOGENS))
    needed = np.zeros(formula.shape, dtype=np.bool_)
    rows, columns = np.nonzero(molecules.halogens)
    needed[pair[rows], columns] = True
    return Parents(pair, molecules.halogens / np.maximum(total, 1)[:, None], formula, needed)


def _homoleptic(metal: str, count: str, halogen: str) -> str:
    return f"{metal}{halogen}{'' if count == '1' else count}"


def vapour(molecules: Molecules, temperature_k: Floats) -> Vapour:
    """Return the vapour pressure over the stable condensed phase.

    Parameters
    ----------
    molecules : Molecules, shape (n,)
    temperature_k : ndarray, shape (t,)
    """
    own = np.array([_has_own_data(cas) for cas in molecules.cas.tolist()], dtype=np.bool_)
    between = ~own & (molecules.kind == "mixed_halide")
    shape = (len(molecules), len(temperature_k))
    log10_pa, std = np.full(shape, nan), np.full(shape, nan)
    source, reason = np.full(len(molecules), "", dtype="U160"), np.full(shape, "", dtype="U160")
    tabulated = [molecule_points().get(cas, Points("", cas)) for cas in molecules.cas.tolist()]
    boiling = np.array([p.boiling_k for p in tabulated], dtype=np.float64)
    boiling_std = np.array([p.boiling_std_k for p in tabulated], dtype=np.float64)
    melting = np.array([p.melting_k for p in tabulated], dtype=np.float64)
    temperatures = tuple(temperature_k.tolist())
    for i in np.flatnonzero(own).tolist():
        log10_pa[i], std[i], source[i] = _own_estimates(str(molecules.cas[i]), temperatures)
    reason[~own] = NO_DATA
    reason[own] = np.where(np.isnan(log10_pa[own]), "outside the range of the equations", "")
    if between.any():
        mixed = _interpolate_parents(molecules.take(between), temperature_k)
        log10_pa[between], std[between] = mixed.log10_pa, mixed.std_log10
        source[between], reason[between] = mixed.source[:, 0], mixed.reason
        boiling[between], melting[between] = mixed.boiling_k, mixed.melting_k
        boiling_std[between] = mixed.boiling_std_k
    wide = np.where(np.isnan(log10_pa), "", source[:, None])
    return Vapour(log10_pa, std, wide, reason, boiling, boiling_std, melting)


@cache
def _has_own_data(cas: str) -> bool:
    point = molecule_points().get(cas)
    return cas in molecule_equations() or (point is not None and not isnan(point.boiling_k))


@cache
def _own_estimates(cas: str, temperature_k: tuple[float, ...]) -> tuple[Floats, Floats, str]:
    rows = [own_estimate(cas, t) for t in temperature_k]
    values, stds = (np.array([row[i] for row in rows], dtype=np.float64) for i in (0, 1))
    return values, stds, next((row[2] for row in rows if row[2]), "")


def own_estimate(cas: str, temperature_k: float) -> tuple[float, float, str]:
    """Return log10(p/Pa), its standard deviation and source from a molecule's own data.

    Examples
    --------
    >>> log10_pa, _, source = own_estimate("7727-18-6", 400.15)
    >>> round(10 ** log10_pa / 101325, 3), source
    (1.0, 'boiling point 400 K, CRC')
    """
    curve = _own_curve(cas)
    return curve.at(temperature_k) if curve else (nan, nan, "")


@cache
def _own_curve(cas: str) -> Curve | None:
    point = molecule_points().get(cas, Points("", cas))
    equations = trusted_equations(molecule_equations().get(cas, ()), point)
    return join(equations, point, Critical())


def rule_log10_pa(boiling_k: Floats, melting_k: Floats, temperature_k: Floats) -> Floats:
    """Evaluate the boiling-point rule of ``evaporation.py`` over arrays that broadcast."""
    ln_atm = ln_pressure_atm_boiling_rule(temperature_k, boiling_k, melting_k)
    return np.asarray(ln_atm / log(10) + log10(ATMOSPHERE_PA), dtype=np.float64)


def _interpolate_parents(molecules: Molecules, temperature_k: Floats) -> Vapour:
    """Interpolate between the homoleptic parents."""
    parents = parents_of(molecules)
    shape = parents.formula.shape
    boiling, melting = np.full(shape, nan), np.full(shape, nan)
    log10_pa = np.full((*shape, len(temperature_k)), nan)
    std = log10_pa.copy()
    for i, j in np.argwhere(parents.needed).tolist():
        formula = str(parents.formula[i, j])
        point = points().get(formula)
        if point is not None:
            boiling[i, j], melting[i, j] = point.boiling_k, point.melting_k
        rows = [best_estimate(formula, t)[0] for t in temperature_k.tolist()]
        log10_pa[i, j] = [row.log10_pa for row in rows]
        std[i, j] = [row.std for row in rows]
    tb, tm = parents.mean(boiling), parents.mean(melting)
    rule = rule_log10_pa(boiling[..., None], melting[..., None], temperature_k)
    value = rule_log10_pa(tb[:, None], tm[:, None], temperature_k) + parents.mean(log10_pa - rule)
    slope = BOILING_ENTROPY_J_MOL_K / R / log(10) / temperature_k
    far = np.maximum(0.0, tb[:, None] / temperature_k - FAR_BOILING_RATIO) * FAR_BOILING_STD_DEX
    boiling_std = np.where(parents.share[:, 0] > 0, MIXED_FLUORIDE_STD_K, MIXED_BOILING_STD_K)
    own = np.hypot(boiling_std[:, None] * slope, MIXED_STD_DEX)
    error = np.hypot(parents.mean(std), own) + far
    lacking = parents.lacking(~np.isnan(boiling) & ~np.isnan(log10_pa).all(axis=2))
    why = np.char.add("no boiling point, nor one between parents: none of ", lacking)
    nothing = np.isnan(value)
    why = np.where(lacking == "", "a parent has no vapour pressure at the temperature", why)
    return Vapour(
        value,
        np.where(nothing, nan, error),
        _between_source(parents)[:, None],
        np.where(nothing, why[:, None], ""),
        tb,
        np.where(np.isnan(tb), nan, boiling_std),
        tm,
    )


def _between_source(parents: Parents) -> Strings:
    named = parents.lacking(np.zeros(parents.formula.shape, dtype=np.bool_))
    return np.char.add("boiling point between those of ", named)
