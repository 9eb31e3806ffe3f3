"""Reduction step by step: MXₙ → MXₙ₋₁ → … → M, and the step that limits.

Of all halides of M that are known in a condensed phase, those on the lower convex hull of Gibbs
energy against halogens per metal are intermediates; one above it would disproportionate, and the
steps around it merge into one.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd, isnan

import numpy as np

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.rules import BestValue
from maiscreen.candidates.handbook.thermochemistry import experiment, isolable
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.reaction.bias import Scheme
from maiscreen.descriptors.reaction.reduction import ESTIMATED, condensed_or_gas, reduction
from maiscreen.descriptors.reaction.thermodynamics import (
    element_gibbs_kj_mol,
    salt_exchange_gibbs_kj_mol,
)
from maiscreen.descriptors.vapour.evaporation import stable_phase


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the reduction.

    Attributes
    ----------
    equation : str
        With the phase of each halide, for one atom of M, whole numbers.
    value_v : float
        V vs Na/Na⁺.
    electrons : float
        Per atom of M.
    """

    equation: str
    value_v: float
    electrons: float


@dataclass(frozen=True, slots=True)
class _Rung:
    """A halide of M: halogens per M, Gibbs energy of M + x (NaX − Na) per M, how it is written."""

    x: float
    gibbs_kj_mol: float
    formula: str
    phase: str
    metal_count: int


def reduction_steps(
    precursor: Precursor,
    temperature_k: float,
    mp_formation_energy_ev_atom: float = float("nan"),
    scheme: Scheme | None = None,
) -> tuple[Step, ...]:
    """Return the steps from the vapour of a halide down to the metal; empty if it has no value.

    Parameters
    ----------
    precursor : Precursor
    temperature_k : float
    mp_formation_energy_ev_atom : float
        For a halide that is in no handbook.
    scheme : Scheme, optional
        Of that energy; that of the embedded snapshot if left out.

    Examples
    --------
    >>> [round(step.value_v, 2) for step in reduction_steps(Precursor.parse("TiCl4"), 298.15)]
    [3.23, 2.03, 1.57]
    """
    top = _start(precursor, temperature_k, mp_formation_energy_ev_atom, scheme)
    metal = _metal(precursor.metal, temperature_k)
    if isnan(top.gibbs_kj_mol) or isnan(metal.gibbs_kj_mol):
        return ()
    between = [
        rung
        for rung in _condensed_rungs(precursor.metal, precursor.halogen, temperature_k)
        if rung.x < top.x - 1e-9
    ]
    hull = _lower_hull([metal, *between, top])
    pairs = zip(hull[::-1], hull[-2::-1], strict=False)
    return tuple(_step(high, low, precursor.halogen) for high, low in pairs)


def limiting_potential_v(steps: tuple[Step, ...]) -> float:
    """Return the lowest potential of the steps, NaN without steps."""
    return min((step.value_v for step in steps), default=float("nan"))


def _start(p: Precursor, temperature_k: float, energy: float, scheme: Scheme | None) -> _Rung:
    reduced = reduction(Precursors.of([p]), temperature_k, np.array([energy]), scheme=scheme)
    # ΔG of the whole reaction puts the halide above M + NaX on the same scale.
    gibbs = float(element_gibbs_kj_mol([p.metal], temperature_k)[0])
    gibbs -= float(reduced.delta_g_kj_mol[0]) / p.metal_count
    phase = str(reduced.phase[0])
    return _Rung(p.halogen_count / p.metal_count, gibbs, p.formula, phase, p.metal_count)


def _metal(symbol: str, temperature_k: float) -> _Rung:
    written = "½ N2" if symbol == "N" else symbol
    return _Rung(0.0, float(element_gibbs_kj_mol([symbol], temperature_k)[0]), written, "", 1)


@cache
def _condensed_rungs(metal: str, halogen: str, temperature_k: float) -> tuple[_Rung, ...]:
    """Every halide of M with X that is isolable and known as a solid or liquid."""
    salt = float(salt_exchange_gibbs_kj_mol([halogen], temperature_k)[0])
    rungs: dict[float, tuple[tuple[bool, float], _Rung]] = {}
    for formula in sorted({formula for formula, phase in experiment().chosen if phase in "sl"}):
        p = _halide(formula, metal, halogen)
        if p is None or not isolable([formula])[0][0]:
            continue
        row = _stable_row(formula, temperature_k)
        x = p.halogen_count / p.metal_count
        gibbs = (row.enthalpy_kj_mol - temperature_k * row.entropy_j_mol_k / 1000) / p.metal_count
        # Measured before estimated: "HgCl" is Hg2Cl2 written by half.
        key = (row.source.endswith(ESTIMATED), gibbs)
        if not isnan(gibbs) and (x not in rungs or key < rungs[x][0]):
            rungs[x] = key, _Rung(x, gibbs - x * salt, formula, row.phase, p.metal_count)
    return tuple(rung for _, rung in rungs.values())


def _halide(formula: str, metal: str, halogen: str) -> Precursor | None:
    counts = parse_formula(formula) if formula.startswith(metal) else {}
    if counts.keys() != {metal, halogen}:
        return None
    return Precursor(metal, halogen, counts[metal], counts[halogen])


def _stable_row(formula: str, temperature_k: float) -> BestValue:
    stable = stable_phase(formula, temperature_k)
    row = condensed_or_gas(formula, stable)
    if isnan(row.enthalpy_kj_mol) or isnan(row.entropy_j_mol_k):
        row = condensed_or_gas(formula, "l" if stable == "s" else "s")
    return row


def _lower_hull(rungs: list[_Rung]) -> list[_Rung]:
    """Lower convex hull from the metal up to the precursor, both of which stay."""
    hull: list[_Rung] = []
    for rung in sorted(rungs, key=lambda r: r.x):
        while len(hull) >= 2 and _is_above(hull[-2], hull[-1], rung):
            hull.pop()
        hull.append(rung)
    return hull


def _is_above(left: _Rung, middle: _Rung, right: _Rung) -> bool:
    slope = (right.gibbs_kj_mol - left.gibbs_kj_mol) / (right.x - left.x)
    return middle.gibbs_kj_mol >= left.gibbs_kj_mol + slope * (middle.x - left.x) - 1e-9


def _step(high: _Rung, low: _Rung, halogen: str) -> Step:
    """Potential and equation of one step; the slope of the hull is −FE per electron."""
    electrons = high.x - low.x
    value = 1000 * (high.gibbs_kj_mol - low.gibbs_kj_mol) / (electrons * FARADAY_C_MOL)
    # Whole numbers: as many atoms of M as both formulas share.
    metal = high.metal_count * low.metal_count // gcd(high.metal_count, low.metal_count)
    left, right = _term(high, metal // high.metal_count), _term(low, metal // low.metal_count)
    n = round(electrons * metal)
    count = "" if n == 1 else f"{n} "
    return Step(f"{left} + {count}Na → {right} + {count}Na{halogen}", value, electrons)


def _term(rung: _Rung, count: int) -> str:
    phase = f"({rung.phase})" if rung.phase else ""
    return ("" if count == 1 else f"{count} ") + rung.formula + phase
