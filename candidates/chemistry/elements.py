"""Element symbols and what the screen takes for a metal."""

import csv
import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import AVOGADRO_MOL, ELEMENTARY_CHARGE_C
from maiscreen.candidates.reading.packages import package_folder

HALOGENS = ("F", "Cl", "Br", "I")

SYMBOLS = tuple(
    """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se
    Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy
    Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf
    Es Fm Md No Lr""".split()
)
"""Symbols by atomic number, hydrogen first."""

SUPERHEAVY = tuple("Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og".split())
"""Elements after lawrencium, by atomic number."""

NON_METALS = frozenset("H He N O F Ne Cl Ar Br Kr I Xe At Rn C P S Se As".split())

HALIDE_FORMING_NON_METALS = ("C", "N", "P", "S", "As", "Se")
"""Non-metals whose halides are screened beside those of metals and metalloids."""

TRANSITION_METALS = frozenset(
    """Sc Ti V Cr Mn Fe Co Ni Cu Y Zr Nb Mo Tc Ru Rh Pd Ag La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm
    Yb Lu Hf Ta W Re Os Ir Pt Au Ac Th Pa U Np Pu""".split()
)
"""Transition metals in Miedema's sense, noble metals and f elements included, zinc's group not."""

METALS = tuple(
    symbol
    for symbol in SYMBOLS
    if (symbol not in NON_METALS or symbol in HALIDE_FORMING_NON_METALS) and symbol != "Na"
)
"""M of the space MXₙ: metals, metalloids and the halide-forming non-metals, sodium left out."""

# Pauling electronegativity orders the halogens F > Cl > Br > I; every M of the space but
# nitrogen (3.04, above Br and I) and carbon/sulfur/selenium (2.55–2.58, below I 2.66) lies below.
_HALOGEN_RANK = {"F": 4, "Cl": 3, "Br": 2, "I": 1}


def is_more_electronegative(x: str, m: str) -> bool:
    """Return whether halogen ``x`` is named as the anion beside ``m``.

    IUPAC names nitrogen's halides as halides whatever the electronegativities (NI3 is nitrogen
    triiodide), and interhalogens by the lighter halogen (ICl is iodine monochloride).

    Examples
    --------
    >>> is_more_electronegative("Cl", "I"), is_more_electronegative("I", "Cl")
    (True, False)
    """
    return _HALOGEN_RANK.get(x, 0) > _HALOGEN_RANK.get(m, 0) and m != "O"


Floats = NDArray[np.float64]

SURFACE_ENERGY_J_M2 = {
    "Li": 0.525, "Be": 2.70, "Na": 0.260, "Mg": 0.760, "Al": 1.160, "Si": 1.250, "K": 0.130,
    "Ca": 0.490, "Sc": 1.275, "Ti": 2.100, "V": 2.550, "Cr": 2.300, "Mn": 1.600, "Fe": 2.475,
    "Co": 2.550, "Ni": 2.450, "Cu": 1.825, "Zn": 0.990, "Ga": 1.100, "Ge": 1.000, "Rb": 0.110,
    "Sr": 0.410, "Y": 1.125, "Zr": 2.000, "Nb": 2.700, "Mo": 3.000, "Tc": 3.150, "Ru": 3.050,
    "Rh": 2.700, "Pd": 2.050, "Ag": 1.250, "Cd": 0.740, "In": 0.675, "Sn": 0.675, "Sb": 0.535,
    "Cs": 0.095, "Ba": 0.370, "La": 1.020, "Hf": 2.150, "Ta": 3.150, "W": 3.675, "Re": 3.600,
    "Os": 3.450, "Ir": 3.000, "Pt": 2.475, "Au": 1.500, "Tl": 0.575, "Pb": 0.600, "Bi": 0.490,
}  # fmt: skip
"""Solid surface energies at 0 K, from liquid surface tensions: F. R. de Boer et al., Cohesion in
Metals (1988), as tabulated by Vitos et al., Surf. Sci. 411, 186 (1998); quoted from memory. What
was read of bismuth, germanium and lead: docs/attributes.md."""

_COLUMNS = {
    "molar_volume_cm3": "molar_volume",
    "electron_density": "electron_density",
    "work_function_v": "electronegativity",
    "valence": "valence_electrons",
    "charge_transfer": "a_const",
    "hybridisation": "R_const",
    "bulk_modulus_gpa": "compressibility",
    "shear_modulus_gpa": "shear_modulus",
}


@cache
def _miedema() -> dict[str, dict[str, float]]:
    """Read Miedema's parameters, by column and symbol (de Boer et al. 1988, from matminer)."""
    path = files("matminer") / "utils" / "data_files" / "Miedema.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    return {
        ours: {row["element"]: float(row[theirs] or nan) for row in rows}
        for ours, theirs in _COLUMNS.items()
    }


@cache
def _cohesive_energy_ev() -> dict[str, float]:
    path = files("matminer") / "utils" / "data_files" / "cohesive_energies.json"
    return dict(json.loads(path.read_text()))


def miedema(name: str, symbols: NDArray[np.str_]) -> Floats:
    """Look up one of Miedema's parameters.

    Parameters
    ----------
    name : str
        ``molar_volume_cm3``, ``electron_density`` (n_ws, density units), ``work_function_v``
        (φ*), ``valence``, ``charge_transfer`` (a), ``hybridisation`` (R), ``bulk_modulus_gpa``
        (the table heads this column "compressibility") or ``shear_modulus_gpa``.
    symbols : NDArray[np.str_]
        Element symbols, shape (n,).

    Returns
    -------
    Floats
        Shape (n,); NaN where the table has no such element, or a zero for "not known".

    Examples
    --------
    >>> miedema("work_function_v", np.array(["Na", "Se"]))
    array([2.7, nan])
    """
    column = _miedema()[name]
    values = np.array([column.get(s, np.nan) for s in symbols.tolist()], dtype=np.float64)
    if name in ("bulk_modulus_gpa", "shear_modulus_gpa"):
        values[values == 0] = np.nan
    return values


def molar_volume_cm3(symbols: NDArray[np.str_]) -> Floats:
    """Molar volumes of the elements, cm³/mol, shape (n,); Miedema's, else NaN.

    Examples
    --------
    >>> molar_volume_cm3(np.array(["Na", "Sn", ""]))
    array([23.78, 16.3 ,   nan])
    """
    return miedema("molar_volume_cm3", symbols)


def surface_energy_j_m2(symbols: NDArray[np.str_]) -> Floats:
    """Surface energies, J/m², shape (n,), tabulated or else from the cohesive energy.

    Where the table has none, γ = E_coh / (c₀ V^⅔) with c₀ = 4.5e8 mol^(-1/3): Miedema's
    relation of surface to cohesive energy (de Boer et al. 1988), worth ±35 % (measured on the
    tabulated elements in the tests).
    """
    cohesive = _cohesive_energy_ev()
    energy = (
        np.array([cohesive.get(s, np.nan) for s in symbols.tolist()])
        * ELEMENTARY_CHARGE_C
        * AVOGADRO_MOL
    )
    estimate = energy / (4.5e8 * (molar_volume_cm3(symbols) * 1e-6) ** (2 / 3))
    table = np.array([SURFACE_ENERGY_J_M2.get(s, np.nan) for s in symbols.tolist()])
    return np.where(np.isnan(table), estimate, table)


def youngs_modulus_gpa(symbols: NDArray[np.str_]) -> Floats:
    """Young's moduli of the elements, GPa, shape (n,).

    E = 9KG/(3K + G) from the bulk and shear moduli that go with Miedema's table; where it has
    none, pymatgen's tabulated value; else NaN.
    """
    bulk, shear = miedema("bulk_modulus_gpa", symbols), miedema("shear_modulus_gpa", symbols)
    isotropic = 9 * bulk * shear / (3 * bulk + shear)
    return np.where(np.isnan(isotropic), _tabulated_youngs_modulus(symbols), isotropic)


def _tabulated_youngs_modulus(symbols: NDArray[np.str_]) -> Floats:
    values = [periodic_table().get(s, {}).get("Youngs modulus") for s in symbols.tolist()]
    return np.array([v if isinstance(v, int | float) else nan for v in values], dtype=np.float64)


@cache
def periodic_table() -> dict[str, dict[str, Any]]:
    """Properties of the elements by symbol, as pymatgen's table has them.

    Read from its file: pymatgen itself takes a tenth of a second to import.

    Examples
    --------
    >>> periodic_table()["Sn"]["Name"], periodic_table()["Sn"]["Molar volume"]
    ('Tin', 16.29)
    """
    path = package_folder("pymatgen") / "core" / "periodic_table.json.gz"
    table = json.loads(gzip.decompress(path.read_bytes()))
    return {symbol: table[symbol] for symbol in SYMBOLS}


def molar_mass_g(counts: Mapping[str, float]) -> float:
    """Add up the masses of the atoms of a formula, g/mol.

    Examples
    --------
    >>> round(molar_mass_g({"Sn": 1, "Cl": 4}), 2)
    260.52
    """
    return float(sum(n * periodic_table()[symbol]["Atomic mass"] for symbol, n in counts.items()))


@cache
def oxidation_states(symbol: str) -> tuple[int, ...]:
    """Positive oxidation states known for an element, from pymatgen's tables.

    Examples
    --------
    >>> oxidation_states("Sn")
    (2, 3, 4)
    """
    element = periodic_table()[symbol]
    states = {*element.get("Oxidation states", ()), *element.get("ICSD oxidation states", ())}
    return tuple(sorted(int(n) for n in states if n > 0 and n == int(n)))
