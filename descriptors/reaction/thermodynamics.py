"""Gibbs energy of n Na + M_aX_b → a M + b NaX, per formula unit of the halide.

    ΔG°(T) = ΔH°(298 K) − T ΔS°(298 K)

with heat capacities cancelling (ΔCp = 0). The error is ΔCp (T − 298 − T ln(T/298)): with
|ΔCp| ≤ 100 J/(mol K) it is at most 0.9 kJ/mol at sodium's melting point, 370.95 K, or 9 mV per
electron divided by the number of electrons; above it sodium's enthalpy of fusion is missing too.
"""

from collections.abc import Sequence
from functools import cache
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL, R
from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.handbook.rules import PRIORITY, BestValue
from maiscreen.candidates.handbook.thermochemistry import experiment, value_of_source

STANDARD_PRESSURE_PA = 1e5
"""p° of the tables."""

NAX_STD_KJ_MOL = 0.5
"""Standard deviation of the enthalpy of NaX: CODATA and JANAF give 0.3 to 0.8 kJ/mol."""

_REFERENCE_ENTHALPY_KJ_MOL = 0.05


def reaction_gibbs_kj_mol(
    metal: NDArray[np.str_],
    halogen: NDArray[np.str_],
    metal_count: NDArray[np.int64],
    halogen_count: NDArray[np.int64],
    enthalpy_kj_mol: NDArray[np.float64],
    entropy_j_mol_k: NDArray[np.float64],
    temperature_k: float,
    pressure_pa: float | NDArray[np.float64] = STANDARD_PRESSURE_PA,
) -> NDArray[np.float64]:
    """Return ΔG(T, p) of the reduction to metal, kJ/mol of formula units, shape (n,).

    Parameters
    ----------
    metal, halogen, metal_count, halogen_count : ndarray, shape (n,)
        The halide M_aX_b.
    enthalpy_kj_mol, entropy_j_mol_k : ndarray, shape (n,)
        Enthalpy of formation and absolute entropy of the halide at 298.15 K in its phase.
    temperature_k : float
    pressure_pa : float or ndarray, shape (n,)
        Of a gaseous halide; the term is −RT ln(p/p°).
    """
    product = metal_count * element_gibbs_kj_mol(metal, temperature_k) + (
        halogen_count * salt_exchange_gibbs_kj_mol(halogen, temperature_k)
    )
    reactant = enthalpy_kj_mol - temperature_k * entropy_j_mol_k / 1000
    mixing = R * temperature_k * np.log(np.asarray(pressure_pa) / STANDARD_PRESSURE_PA) / 1000
    return np.asarray(product - reactant - mixing, dtype=np.float64)


def potential_v(
    gibbs_kj_mol: NDArray[np.float64], electrons: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return E = −ΔG/(nF) in V vs Na/Na⁺, shape (n,)."""
    return np.asarray(-1000 * gibbs_kj_mol / (electrons * FARADAY_C_MOL), dtype=np.float64)


def salt_exchange_gibbs_kj_mol(
    halogen: Sequence[str] | NDArray[np.str_], temperature_k: float
) -> NDArray[np.float64]:
    """Return G(NaX) − G(Na), kJ/mol, shape (n,): what each halogen atom brings."""
    table = {x: _salt_exchange(x, temperature_k) for x in HALOGENS}
    return np.array([table[str(x)] for x in halogen], dtype=np.float64)


def _salt_exchange(halogen: str, temperature_k: float) -> float:
    salt = experiment().chosen[f"Na{halogen}", "s"]
    entropy = salt.entropy_j_mol_k - element_entropy_j_mol_k("Na")
    return salt.enthalpy_kj_mol - temperature_k * entropy / 1000


def element_gibbs_kj_mol(
    symbols: Sequence[str] | NDArray[np.str_], temperature_k: float
) -> NDArray[np.float64]:
    """Return G of elements in their standard state, −T S°, kJ per mol of atoms, shape (n,)."""
    return np.array([-temperature_k * element_entropy_j_mol_k(str(s)) / 1000 for s in symbols])


@cache
def element_entropy_j_mol_k(symbol: str) -> float:
    """Return S°(298 K) of one mole of atoms in the standard state: solid, Hg liquid, ½ N2 gas.

    The standard state is the form whose enthalpy of formation is zero in its own table; grey tin
    and red phosphorus fall out by that.

    Examples
    --------
    >>> element_entropy_j_mol_k("Hg"), round(element_entropy_j_mol_k("N"), 1)
    (75.9, 95.8)
    """
    for formula, phase, atoms in (
        (symbol, "s", 1),
        (symbol, "l", 1),
        (f"{symbol}2", "s", 2),
        (f"{symbol}2", "l", 2),
        (f"{symbol}2", "g", 2),
    ):
        for source in PRIORITY:
            row = value_of_source(formula, phase, source)
            if _is_reference(row):
                return row.entropy_j_mol_k / atoms
    return nan


def _is_reference(row: BestValue) -> bool:
    return abs(row.enthalpy_kj_mol) < _REFERENCE_ENTHALPY_KJ_MOL and not isnan(row.entropy_j_mol_k)


def vaporisation_gibbs_kj_mol(
    log10_pressure_pa: NDArray[np.float64], temperature_k: float
) -> NDArray[np.float64]:
    """Return ΔG° of evaporation from the vapour pressure: −RT ln(p/p°), kJ/mol, shape (n,)."""
    ln_p = np.log(10) * log10_pressure_pa - np.log(STANDARD_PRESSURE_PA)
    return np.asarray(-R * temperature_k * ln_p / 1000, dtype=np.float64)
