"""What becomes of the groups on M when sodium takes the halogens: Wurtz coupling, R → ½ R–R.

Beside sodium an organic halide couples (Wurtz, Liebigs Ann. 96, 364 (1855)), and a group set free
from M is taken here to do the same with its like; hydrogen leaves as ½ H2. Nothing is said of how
fast M–C bonds break: where they survive, the layer holds R3M–MR3 instead of M.
"""

from dataclasses import dataclass
from functools import cache
from math import isnan, nan

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.chemistry.elements import molar_mass_g
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.files import number, table_rows
from maiscreen.candidates.handbook.rules import MISSING, BestValue
from maiscreen.candidates.molecules.data import product_thermochemistry

STAYS_K = 473.15
"""What boils below evaporates from the layer [judgement]: at 200 °C it has about 100 Pa at 25 °C,
by which a film of micrometres passes through a centimetre of argon in a quarter of an hour."""

COUPLED = {
    "H": ("1333-74-0", "H2", "hydrogen"),
    "CH3": ("74-84-0", "C2H6", "ethane"),
    "C2H5": ("106-97-8", "C4H10", "butane"),
    "C3H7": ("110-54-3", "C6H14", "hexane"),
    "i-C3H7": ("79-29-8", "C6H14", "2,3-dimethylbutane"),
    "C4H9": ("111-65-9", "C8H18", "octane"),
    "i-C4H9": ("592-13-2", "C8H18", "2,5-dimethylhexane"),
    "s-C4H9": ("583-48-2", "C8H18", "3,4-dimethylhexane"),
    "t-C4H9": ("594-82-1", "C8H18", "2,2,3,3-tetramethylbutane"),
    "C5H11": ("124-18-5", "C10H22", "decane"),
    "C6H13": ("112-40-3", "C12H26", "dodecane"),
    "C7H15": ("629-59-4", "C14H30", "tetradecane"),
    "C8H17": ("544-76-3", "C16H34", "hexadecane"),
    "C10H21": ("112-95-8", "C20H42", "icosane"),
    "C12H25": ("646-31-1", "C24H50", "tetracosane"),
    "C2H3": ("106-99-0", "C4H6", "1,3-butadiene"),
    "C3H5": ("592-42-7", "C6H10", "1,5-hexadiene"),
    "c-C5H9": ("1636-39-6", "C10H18", "bicyclopentyl"),
    "c-C6H11": ("92-51-3", "C12H22", "bicyclohexyl"),
    "C6H5": ("92-52-4", "C12H10", "biphenyl"),
    "C6H5CH2": ("103-29-7", "C14H14", "bibenzyl"),
    "C6H5C2H4": ("1083-56-3", "C16H18", "1,4-diphenylbutane"),
}
"""CAS number, formula and name of R–R by group."""

SODIUM_OXIDE = ("1313-59-3", "Na2O")
"""ΔfH° −418.0 kJ/mol, S° 75.0 J/(mol K) by WebBook, that is JANAF, and −414.2 and 75.1 by CRC; read
at run time, in the order of trust of ``faults.py``."""


@dataclass(frozen=True, slots=True)
class CoupledProduct:
    """R–R of one group.

    Attributes
    ----------
    name : str
        Empty for a group whose R–R is not in :data:`COUPLED`.
    best : BestValue
        Enthalpy and entropy in the phase that is stable at 25 °C and 1 bar.
    volume_cm3_mol : float
        Molar volume of what stays in the layer; 0 for what evaporates (:data:`STAYS_K`), NaN where
        the density is not tabulated.
    """

    name: str
    best: BestValue
    volume_cm3_mol: float


@cache
def coupled_product(group: str) -> CoupledProduct:
    """Look R–R up.

    Examples
    --------
    >>> ethane = coupled_product("CH3")
    >>> ethane.name, ethane.volume_cm3_mol, ethane.best.phase
    ('ethane', 0.0, 'g')
    >>> coupled_product("C4H9").volume_cm3_mol, round(coupled_product("C6H5").volume_cm3_mol)
    (0.0, 148)
    """
    if group not in COUPLED:
        return CoupledProduct("", MISSING, nan)
    cas, formula, name = COUPLED[group]
    melting, boiling, density = _constants(cas)
    is_gas = boiling < ROOM_K or group == "H"
    phase = "g" if is_gas else "s" if melting > ROOM_K else "l"
    known = product_thermochemistry(tuple((c, f) for c, f, _ in COUPLED.values()))
    evaporates = is_gas or boiling < STAYS_K
    volume = 0.0 if evaporates else 1e6 * _molar_mass_kg(formula) / density
    return CoupledProduct(name, known.get((cas, phase), MISSING), volume)


def _molar_mass_kg(formula: str) -> float:
    return molar_mass_g(parse_formula(formula)) / 1000


@cache
def _constants(cas: str) -> tuple[float, float, float]:
    """Melting and boiling point, K, and density, kg/m³, of an organic compound (CRC)."""
    wanted = {c for c, _, _ in COUPLED.values()}
    row = dict(table_rows("Misc/Physical Constants of Organic Compounds.csv", wanted)).get(cas, {})
    melting, boiling, density = (number(row, key) for key in ("Tm", "Tb", "rho"))
    return melting, boiling, density


@cache
def sodium_oxide() -> BestValue:
    """Enthalpy of formation and entropy of solid Na2O.

    Examples
    --------
    >>> sodium_oxide().enthalpy_kj_mol, sodium_oxide().entropy_j_mol_k
    (-417.98, 75.04)
    """
    best = product_thermochemistry((SODIUM_OXIDE,)).get((SODIUM_OXIDE[0], "s"), MISSING)
    assert not isnan(best.enthalpy_kj_mol)  # noqa: S101
    return best
