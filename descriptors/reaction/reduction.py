"""Reduction of a halide vapour by sodium: ΔG, potential vs Na/Na⁺, and where they come from.

The value holds for one phase, which ``phase`` names: the gas at 1 bar where a vapour pressure is
known, otherwise the solid or liquid (a salt that nobody evaporates does not react as a gas), and
for the route ``additive`` too, where the halide is dissolved. The sources in order:

1. gas tables, where a vapour pressure is known;
2. tables of the solid or liquid and the vapour pressure: G(g) = G(cond) − RT ln(p/p°);
3. tables of the solid or liquid alone, where no vapour pressure is known;
4. Materials Project energy, solid, with the bias measured on halides that have both;
5. gas tables without a vapour pressure, less an estimated ΔG of sublimation: the solid. Radicals,
   and classes of halides of which no such ΔG is known, keep the value of the free molecule;
6. an energy that somebody guessed (a learned model), with its error and the same bias;
7. nothing: NaN with the reason.
"""

from dataclasses import dataclass
from functools import cache
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL, R
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import is_radical
from maiscreen.candidates.handbook.rules import MISSING, BestValue
from maiscreen.candidates.handbook.thermochemistry import Thermochemistry, experiment
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.reaction.bias import (
    Scheme,
    condensed_entropy,
    corrected_potential_v,
    embedded_scheme,
    is_covalent,
    raw_potential_v,
)
from maiscreen.descriptors.reaction.thermodynamics import (
    NAX_STD_KJ_MOL,
    potential_v,
    reaction_gibbs_kj_mol,
    vaporisation_gibbs_kj_mol,
)
from maiscreen.descriptors.vapour.evaporation import evaporates_as_dimer, stable_phase
from maiscreen.descriptors.vapour.volatility import VapourPressure, vapour_pressure

PAPER_QUOTED_V = {"SnCl4": 2.7, "SiCl4": 0.3, "TiCl4": 0.8}
"""V vs Na/Na⁺ for Mⁿ⁺/M as quoted in "An artificial metal-alloy interphase for high-rate and
long-life sodium–sulfur batteries". 2.7 is the aqueous couple of tin; 0.3 and 0.8 match no aqueous
couple and contradict the tables (2.38 and 2.10 V). Shown beside the computed value, never used."""

ESTIMATED = " + estimated entropy"

SUBLIMATION_KJ_MOL: dict[tuple[bool, int], tuple[float, float]] = {
    (False, 1): (157.0, 40.0),
    (False, 2): (187.0, 90.0),
    (False, 3): (125.0, 97.0),
    (True, 2): (82.0, 30.0),
    (True, 4): (53.0, 78.0),
    (True, 5): (41.0, 30.0),
    (True, 6): (35.0, 30.0),
}
"""ΔG° of sublimation at 298 K and its error, by ``is_covalent`` and halogens per metal, kJ for a
metal atom: median and standard deviation (at least 30 [judgement]) over the 21, 46, 28, 4, 21, 8
and 6 halides of the space with measured tables of gas and solid (computed again in
test_reduction.py). Covalent trihalides are too few."""

POLYMERIC = frozenset(("Si", "Ge", "Sn"))
"""Formers of covalent dihalides that are polymeric solids. Tin's four are those that were measured;
those of C, N, P and S are molecules and keep the value of the gas."""

LESS_SUBLIMATION = " gas less an estimated sublimation"

AS_GAS = ", as a gas"
"""Said of a value from a condensed phase and its vapour pressure: every source names the phase."""

_WORD = {"g": "gas", "l": "liquid", "s": "solid"}


@dataclass(frozen=True, slots=True)
class Reduction:
    """Reduction of each precursor to its metal, arrays of shape (n,); NaN where not known.

    Attributes
    ----------
    electrons : ndarray of int
        Halogens of the formula unit, which is what ΔG refers to.
    delta_g_kj_mol, delta_g_std_kj_mol : ndarray
    potential_v, potential_std_v : ndarray
        V vs Na/Na⁺.
    phase : ndarray of str
        Phase of the halide that the value holds for; empty where there is none.
    source, reason : ndarray of str
        Where the value comes from; why there is none or what to know of it.
    materials_project_v : ndarray
        The potential from Materials Project energies as they are.
    materials_project_corrected_v, materials_project_std_v : ndarray
        The same with the measured bias, and its standard deviation.
    paper_quoted_v : ndarray
    """

    electrons: NDArray[np.int64]
    delta_g_kj_mol: NDArray[np.float64]
    delta_g_std_kj_mol: NDArray[np.float64]
    potential_v: NDArray[np.float64]
    potential_std_v: NDArray[np.float64]
    phase: NDArray[np.str_]
    source: NDArray[np.str_]
    reason: NDArray[np.str_]
    materials_project_v: NDArray[np.float64]
    materials_project_corrected_v: NDArray[np.float64]
    materials_project_std_v: NDArray[np.float64]
    paper_quoted_v: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GuessedEnergies:
    """Formation energies for halides of which nothing else is known, arrays of shape (n,).

    Attributes
    ----------
    value, std : ndarray
        eV/atom, in the scheme of the Materials Project energies; NaN where there is none.
    source : ndarray of str
    """

    value: NDArray[np.float64]
    std: NDArray[np.float64]
    source: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class PhasePotential:
    """ΔG and potential in a given phase, arrays of shape (n,)."""

    delta_g_kj_mol: NDArray[np.float64]
    delta_g_std_kj_mol: NDArray[np.float64]
    potential_v: NDArray[np.float64]
    potential_std_v: NDArray[np.float64]
    source: NDArray[np.str_]


def reduction(
    precursors: Precursors,
    temperature_k: float,
    mp_formation_energy_ev_atom: NDArray[np.float64],
    guessed: GuessedEnergies | None = None,
    scheme: Scheme | None = None,
) -> Reduction:
    """Return ΔG and potential of every precursor, with its source.

    Parameters
    ----------
    precursors : Precursors, shape (n,)
    temperature_k : float
    mp_formation_energy_ev_atom : ndarray, shape (n,)
        Materials Project formation energy (MP2020 corrections), NaN where there is none.
    guessed : GuessedEnergies, optional
        What to take where there is neither a table nor such an energy.
    scheme : Scheme, optional
        Of the energies given; that of the embedded snapshot if left out. Guessed ones are in the
        latter in any case.
    """
    scheme = scheme or embedded_scheme()
    electrons = precursors.halogen_count
    faradays = electrons * FARADAY_C_MOL / 1000
    pressure = vapour_pressure(precursors.formula, temperature_k)
    table, phase = _best_table(precursors, ~np.isnan(pressure.log10_pa), temperature_k)
    gibbs, std = _gibbs(precursors, table, temperature_k)
    unevaporated = (phase == "g") & np.isnan(pressure.log10_pa) & ~_radical(precursors)
    raw = raw_potential_v(precursors, mp_formation_energy_ev_atom, scheme.salt_ev)
    corrected, mp_std = corrected_potential_v(precursors, raw, scheme.bias)
    use_mp = (np.isnan(gibbs) | unevaporated) & ~np.isnan(corrected)
    gibbs = np.where(use_mp, -corrected * faradays, gibbs)
    std = np.where(use_mp, mp_std * faradays, std)
    phase = np.where(use_mp, "s", phase)
    source = np.where(use_mp, "Materials Project with measured bias", table.source)
    subliming, subliming_std = _sublimation_kj_mol(precursors)
    estimate = unevaporated & ~use_mp & ~np.isnan(subliming)
    gibbs = np.where(estimate, gibbs + subliming, gibbs)
    std = np.where(estimate, np.hypot(std, subliming_std), std)
    phase = np.where(estimate, "s", phase)
    source = np.where(estimate, np.char.add(source, LESS_SUBLIMATION), source)
    use_guess = np.zeros(len(precursors), dtype=bool)
    if guessed is not None:
        guess, guess_std = _guessed_potential_v(precursors, guessed)
        use_guess = np.isnan(gibbs) & ~np.isnan(guess)
        gibbs = np.where(use_guess, -guess * faradays, gibbs)
        std = np.where(use_guess, guess_std * faradays, std)
        phase = np.where(use_guess, "s", phase)
        source = np.where(use_guess, np.char.add(guessed.source, " with measured bias"), source)
    gibbs, std, phase, source = _to_gas(
        precursors, pressure, gibbs, std, phase, source, temperature_k
    )
    nothing = np.isnan(gibbs)
    return Reduction(
        electrons,
        gibbs,
        np.where(nothing, nan, std),
        potential_v(gibbs, electrons),
        np.where(nothing, nan, std / faradays),
        np.where(nothing, "", phase),
        np.where(nothing, "", source),
        _reasons(nothing, use_mp, use_guess, estimate, np.isnan(pressure.log10_pa), phase),
        raw,
        corrected,
        mp_std,
        np.array([PAPER_QUOTED_V.get(str(f), nan) for f in precursors.formula]),
    )


def _guessed_potential_v(
    precursors: Precursors, guessed: GuessedEnergies
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return potential and standard deviation, V, from guessed energies: bias and error join."""
    raw = raw_potential_v(precursors, guessed.value)
    corrected, bias_std = corrected_potential_v(precursors, raw)
    atoms = precursors.metal_count + precursors.halogen_count
    return corrected, np.hypot(bias_std, guessed.std * atoms / precursors.halogen_count)


def _reasons(
    nothing: NDArray[np.bool_],
    use_mp: NDArray[np.bool_],
    use_guess: NDArray[np.bool_],
    estimate: NDArray[np.bool_],
    no_pressure: NDArray[np.bool_],
    phase: NDArray[np.str_],
) -> NDArray[np.str_]:
    reasons = {
        "neither handbook thermochemistry nor a Materials Project energy": nothing,
        "neither handbook thermochemistry nor a Materials Project energy: a learned one": use_guess,
        "no thermochemistry of the solid, no vapour pressure; value of the solid": use_mp
        & (phase == "s"),
        "no handbook thermochemistry": use_mp,
        "no vapour pressure; value of the solid, estimated from the gas": estimate,
        "value of the condensed phase: dissolved, or no vapour pressure": (phase == "s")
        | (phase == "l"),
        "no vapour pressure, and no solid known; value of the free molecule": no_pressure,
    }
    return np.select(list(reasons.values()), list(reasons), "")


def _radical(precursors: Precursors) -> NDArray[np.bool_]:
    return np.array([is_radical(parse_formula(f)) for f in precursors.formula.tolist()], dtype=bool)


def _sublimation_kj_mol(
    precursors: Precursors,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate ΔG of sublimation and its error for the formula unit; NaN where nothing is known."""
    each = np.rint(precursors.halogens_per_metal).astype(int).tolist()
    keys = zip(is_covalent(precursors).tolist(), each, strict=True)
    polymeric = np.isin(precursors.metal, list(POLYMERIC)).tolist()
    rows = [
        SUBLIMATION_KJ_MOL.get(key, (nan, nan)) if key != (True, 2) or solid else (nan, nan)
        for key, solid in zip(keys, polymeric, strict=True)
    ]
    value, std = np.array(rows, dtype=np.float64).reshape(-1, 2).T * precursors.metal_count
    return value, std


def _best_table(
    precursors: Precursors, evaporates: NDArray[np.bool_], temperature_k: float
) -> tuple[Thermochemistry, NDArray[np.str_]]:
    """Gas where a vapour pressure is known, else the stable condensed phase, the other one, gas."""
    pairs = zip(precursors, evaporates.tolist(), strict=True)
    rows = [_best_row(p, known, temperature_k) for p, known in pairs]
    return _as_table(rows), np.array([row.phase for row in rows], dtype=np.str_)


def _best_row(precursor: Precursor, evaporates: bool, temperature_k: float) -> BestValue:
    formula = precursor.formula
    stable = stable_phase(formula, temperature_k)
    phases = [stable, "l" if stable == "s" else "s"]
    if precursor.route == "vapour":
        phases.insert(0 if evaporates else 2, "g")
    for phase in phases:
        row = condensed_or_gas(formula, phase)
        if not isnan(row.enthalpy_kj_mol) and not isnan(row.entropy_j_mol_k):
            return row
    return MISSING


@cache
def condensed_or_gas(formula: str, phase: str) -> BestValue:
    """Look a phase up; a condensed one without measured entropy gets an estimated one."""
    row = experiment().chosen.get((formula, phase), MISSING)
    if phase != "g" and isnan(row.entropy_j_mol_k) and not isnan(row.enthalpy_kj_mol):
        entropy, std = condensed_entropy(formula, phase)
        return BestValue(
            formula,
            phase,
            row.enthalpy_kj_mol,
            row.enthalpy_std_kj_mol,
            entropy,
            std,
            row.source + ESTIMATED,
        )
    return row


def _as_table(rows: list[BestValue]) -> Thermochemistry:
    return Thermochemistry(
        np.array([row.enthalpy_kj_mol for row in rows], dtype=np.float64),
        np.array([row.enthalpy_std_kj_mol for row in rows], dtype=np.float64),
        np.array([row.entropy_j_mol_k for row in rows], dtype=np.float64),
        np.array([row.entropy_std_j_mol_k for row in rows], dtype=np.float64),
        np.array([row.source for row in rows], dtype=np.str_),
    )


def _gibbs(
    p: Precursors, table: Thermochemistry, temperature_k: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    gibbs = reaction_gibbs_kj_mol(
        p.metal,
        p.halogen,
        p.metal_count,
        p.halogen_count,
        table.enthalpy_kj_mol,
        table.entropy_j_mol_k,
        temperature_k,
    )
    std = np.sqrt(
        table.enthalpy_std_kj_mol**2
        + (temperature_k * table.entropy_std_j_mol_k / 1000) ** 2
        + (p.halogen_count * NAX_STD_KJ_MOL) ** 2
    )
    return gibbs, std


def _to_gas(
    p: Precursors,
    pressure: VapourPressure,
    gibbs: NDArray[np.float64],
    std: NDArray[np.float64],
    phase: NDArray[np.str_],
    source: NDArray[np.str_],
    temperature_k: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_], NDArray[np.str_]]:
    """Turn values of condensed phases into those of the vapour where its pressure is known."""
    # Of a dimer's pressure nothing follows for the monomer.
    dimer = np.array([evaporates_as_dimer(f) for f in p.formula.tolist()], dtype=np.bool_)
    condensed = ((phase == "l") | (phase == "s")) & (p.route == "vapour")
    turn = condensed & ~np.isnan(pressure.log10_pa) & ~dimer
    word = np.array([_WORD.get(str(x), "") for x in phase], dtype=np.str_)
    from_gas = np.char.add(np.char.add(source, ", "), word)
    both = np.char.add(np.char.add(from_gas, " and "), np.char.add(pressure.source, AS_GAS))
    dex_kj = R * temperature_k * np.log(10) / 1000
    return (
        np.where(turn, gibbs - vaporisation_gibbs_kj_mol(pressure.log10_pa, temperature_k), gibbs),
        np.where(turn, np.hypot(std, dex_kj * pressure.std_log10), std),
        np.where(turn, "g", phase),
        np.where(turn, both, from_gas),
    )


def potential_in_phase(
    formulas: list[str], phases: list[str], temperature_k: float
) -> PhasePotential:
    """Return the potential of halides in given phases from tables alone.

    Examples
    --------
    >>> potential_in_phase(["SnCl4", "SbCl5"], ["g", "g"], 298.15).potential_v.round(2).tolist()
    [2.86, nan]
    """
    p = Precursors.of(Precursor.parse(formula) for formula in formulas)
    table = _as_table([condensed_or_gas(f, x) for f, x in zip(formulas, phases, strict=True)])
    gibbs, std = _gibbs(p, table, temperature_k)
    volts = 1000 / (p.halogen_count * FARADAY_C_MOL)
    return PhasePotential(
        gibbs, std, potential_v(gibbs, p.halogen_count), std * volts, table.source
    )
