"""Densities of liquid halides, from the tables of the package chemicals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import fsum, hypot, nan

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.chemistry.elements import molar_mass_g
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.files import Row, number, table_rows
from maiscreen.candidates.handbook.identities import identities

DENSITY_STD = 0.02
"""Relative standard deviation of a tabulated density of a liquid [judgement: at 25 °C the tables
for SnCl4, TiCl4, SbCl5 and SiCl4 agree within 0.4 to 2 %]."""

EXPANSION_PER_K = 1e-3
"""By which a density without a temperature may be off, for each kelvin from room temperature
[judgement: the lines for SnCl4, TiCl4 and SbCl5 fall by 0.08 to 0.12 % for each kelvin]."""

MOLTEN = "Density/CRC Inorganics densties of molten compounds and salts.tsv"
SATURATED = "Density/VDI PPDS Density of Saturated Liquids.tsv"
AT_ROOM = "Density/CRC Liquid Inorganic Constant Densities.tsv"


@dataclass(frozen=True, slots=True)
class Density:
    """Density of a liquid, g/cm³, with its standard deviation and source."""

    g_cm3: float
    std_g_cm3: float
    source: str


def liquid_density(formula: str, temperature_k: float) -> Density | None:
    """Look up the density of a liquid; None where no table has it.

    Parameters
    ----------
    formula : str
        Metal first.
    temperature_k : float
        Of the liquid; that it is one is not asked here.

    Notes
    -----
    The first of: CRC's line for molten compounds, ρ = ρ_m − k (T − T_m), between its ends; the VDI
    Heat Atlas, ρ = ρ_c + A τ^0.35 + B τ^(2/3) + C τ + D τ^(4/3) with τ = 1 − T/T_c; CRC's density
    at room temperature. The tables are those of the package chemicals.

    Examples
    --------
    >>> found = liquid_density("SnCl4", 298.15)
    >>> round(found.g_cm3, 2), round(found.std_g_cm3, 2), found.source
    (2.21, 0.04, 'CRC, molten compounds')
    >>> liquid_density("Si2Cl6", 298.15) is None
    True
    """
    for table, value_of, source in _TABLES:
        row = _rows(table).get(formula)
        value = nan if row is None else value_of(row, formula, temperature_k)
        if value == value:
            off = EXPANSION_PER_K * (temperature_k - ROOM_K) if table == AT_ROOM else 0.0
            return Density(value, value * hypot(DENSITY_STD, off), source)
    return None


@cache
def _rows(table: str) -> dict[str, Row]:
    """Read a table of the package chemicals, by formula; the first row of each."""
    rows: dict[str, Row] = {}
    for cas, row in table_rows(table, identities()):
        rows.setdefault(identities()[cas].formula, row)
    return rows


def _molten(row: Row, formula: str, kelvin: float) -> float:
    low, high = number(row, "Tm"), number(row, "Tmax")
    inside = low <= kelvin <= high
    return (number(row, "rho") - number(row, "k") * (kelvin - low)) / 1e3 if inside else nan


def _saturated(row: Row, formula: str, kelvin: float) -> float:
    tau = 1 - kelvin / number(row, "Tc")
    if not tau > 0:
        return nan
    powers = zip("ABCD", (0.35, 2 / 3, 1.0, 4 / 3), strict=True)
    # Not sum(): from Python 3.12 on its last digit is another one.
    return (number(row, "rhoc") + fsum(number(row, k) * tau**n for k, n in powers)) / 1e3


def _at_room(row: Row, formula: str, kelvin: float) -> float:
    """Return CRC's density, which the package keeps as a molar volume in m³."""
    return molar_mass_g(parse_formula(formula)) / (1e6 * number(row, "Vm"))


_TABLES: tuple[tuple[str, Callable[[Row, str, float], float], str], ...] = (
    (MOLTEN, _molten, "CRC, molten compounds"),
    (SATURATED, _saturated, "VDI Heat Atlas"),
    (AT_ROOM, _at_room, "CRC, at room temperature"),
)
"""In the order of trust: those that know the temperature first."""
