"""Properties of all 118 elements as tables, read from what matminer and pymatgen install.

Shape (118, p), hydrogen first, read-only. What a source lacks is the mean over the elements that
it has, as matminer imputes it, so that a table holds no NaN.
"""

import json
import warnings
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import miedema
from maiscreen.candidates.chemistry.formula import ELEMENTS

Floats = NDArray[np.float64]

MAGPIE = tuple(
    """Number MendeleevNumber AtomicWeight MeltingT Column Row CovalentRadius Electronegativity
    NsValence NpValence NdValence NfValence NValence NsUnfilled NpUnfilled NdUnfilled NfUnfilled
    NUnfilled GSvolume_pa GSbandgap GSmagmom SpaceGroupNumber""".split()
)
"""The 22 properties of matminer's preset ``magpie``: L. Ward et al., npj Comput. Mater. 2, 16028
(2016)."""

_MIEDEMA = ("work_function_v", "electron_density", "molar_volume_cm3", "bulk_modulus_gpa",
            "shear_modulus_gpa")  # fmt: skip
_PERIODIC = ("ionization_energy", "electron_affinity", "atomic_radius", "average_ionic_radius",
             "van_der_waals_radius", "boiling_point", "max_oxidation_state",
             "min_oxidation_state")  # fmt: skip

BONDING = ("cohesive_energy_ev", *_MIEDEMA, *_PERIODIC)
"""Properties that speak of bonds: the cohesive energy (matminer), Miedema's parameters (de Boer
et al. 1988), ionisation energy and electron affinity in eV, radii in Å, boiling point in K and the
range of oxidation states (pymatgen)."""

MATSCHOLAR = tuple(f"embedding {k}" for k in range(1, 201))
"""Components of the word vectors of the elements, from the abstracts of the literature:
L. Weston et al., J. Chem. Inf. Model. 59, 3692 (2019), as matminer's ``matscholar_el``."""


@cache
def magpie_table() -> Floats:
    """Give Magpie's properties of the elements, shape (118, 22), columns as :data:`MAGPIE`."""
    return _table([_magpie_column(name) for name in MAGPIE])


@cache
def bonding_table() -> Floats:
    """Give the properties of bonds, shape (118, 14), columns as :data:`BONDING`."""
    symbols = np.array(ELEMENTS, dtype=np.str_)
    columns = [_cohesive_energy_ev(), *(miedema(name, symbols) for name in _MIEDEMA)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen warns of each value that it lacks
        return _table([*columns, *(_periodic_column(name) for name in _PERIODIC)])


@cache
def matscholar_table() -> Floats:
    """Give the word vectors of the elements, shape (118, 200), columns as :data:`MATSCHOLAR`."""
    path = files("matminer") / "utils" / "data_files" / "matscholar_els.json"
    vectors = json.loads(path.read_text())
    lacking = np.full(len(MATSCHOLAR), np.nan)
    rows = np.array([vectors.get(symbol, lacking) for symbol in ELEMENTS], dtype=np.float64)
    return _table(list(rows.T))


def _table(columns: list[Floats]) -> Floats:
    """Put columns side by side, the mean of the known values where one is missing."""
    table = np.stack([np.where(np.isnan(c), np.nanmean(c), c) for c in columns], axis=1)
    table.flags.writeable = False
    return table


def _magpie_column(name: str) -> Floats:
    """Read a table of Magpie: a line for each element, a word where the value is missing."""
    folder = files("matminer") / "utils" / "data_files" / "magpie_elementdata"
    lines = (folder / f"{name}.table").read_text(encoding="utf-8").splitlines()[: len(ELEMENTS)]
    values = np.full(len(ELEMENTS), np.nan)
    values[: len(lines)] = [_number(line) for line in lines]
    return values


def _number(line: str) -> float:
    try:
        return float(line)
    except ValueError:  # "Missing[...]"
        return np.nan


def _cohesive_energy_ev() -> Floats:
    path = files("matminer") / "utils" / "data_files" / "cohesive_energies.json"
    energies = json.loads(path.read_text())
    return np.array([energies.get(symbol, np.nan) for symbol in ELEMENTS], dtype=np.float64)


def _periodic_column(name: str) -> Floats:
    """Look a property up in pymatgen's periodic table, NaN where it has none."""
    from pymatgen.core.periodic_table import Element

    if name == "electron_affinity":  # its attribute raises where there is no value
        values = [Element(symbol).data.get("Electron affinity") for symbol in ELEMENTS]
    else:
        values = [getattr(Element(symbol), name) for symbol in ELEMENTS]
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
