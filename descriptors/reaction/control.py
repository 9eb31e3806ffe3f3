"""The organochloride control of the paper: 1-chloropropane vapour, which leaves NaCl alone."""

from dataclasses import dataclass
from math import hypot

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL
from maiscreen.candidates.handbook.files import number, table_rows
from maiscreen.candidates.handbook.tables import CRC_TABLE, T_REFERENCE_K
from maiscreen.candidates.handbook.thermochemistry import experiment
from maiscreen.descriptors.reaction.thermodynamics import (
    NAX_STD_KJ_MOL,
    element_entropy_j_mol_k,
)

CHLOROPROPANE_CAS, HEXANE_CAS = "540-54-5", "110-54-3"

CONTROL_STD_KJ_MOL = 5.0
"""The entropy of the chloropropane, from Yaws alone, may be an estimate: 15 J/(mol K)."""


@dataclass(frozen=True, slots=True)
class Control:
    """The reaction for one chlorine atom."""

    equation: str
    delta_g_kj_mol: float
    delta_g_std_kj_mol: float
    delta_h_kj_mol: float
    potential_v: float
    potential_std_v: float
    source: str


def control_reduction(temperature_k: float = T_REFERENCE_K) -> Control:
    """Return ΔG and E of Na + C3H7Cl(g) → NaCl + ½ C6H14(l).

    Its potential, about 3.5 V, beats that of SnCl4; the cell still lives 40 cycles. So E cannot be
    the score.

    Examples
    --------
    >>> round(control_reduction().potential_v, 1)
    3.5
    """
    salt = experiment().chosen["NaCl", "s"]
    chloride_h = _tabulated(CRC_TABLE, CHLOROPROPANE_CAS, "Hfg") / 1000
    hexane_h = _tabulated(CRC_TABLE, HEXANE_CAS, "Hfl") / 1000
    chloride_s = _tabulated("Reactions/Yaws Hf S0 (g).tsv", CHLOROPROPANE_CAS, "S0g")
    hexane_s = _tabulated("Misc/webbook_constants.tsv", HEXANE_CAS, "S0l")
    enthalpy = salt.enthalpy_kj_mol + hexane_h / 2 - chloride_h
    entropy = salt.entropy_j_mol_k + hexane_s / 2 - chloride_s - element_entropy_j_mol_k("Na")
    gibbs = enthalpy - temperature_k * entropy / 1000
    std = hypot(CONTROL_STD_KJ_MOL, NAX_STD_KJ_MOL)
    return Control(
        "C3H7Cl(g) + Na → NaCl + ½ C6H14(l)",
        gibbs,
        std,
        enthalpy,
        -1000 * gibbs / FARADAY_C_MOL,
        1000 * std / FARADAY_C_MOL,
        f"NaCl {salt.source}; enthalpies CRC; entropy of C3H7Cl(g) Yaws, of C6H14(l) WebBook",
    )


def _tabulated(file: str, cas: str, column: str) -> float:
    """Read one value of one compound, J/mol or J/(mol K)."""
    return number(dict(table_rows(file, [cas]))[cas], column)
