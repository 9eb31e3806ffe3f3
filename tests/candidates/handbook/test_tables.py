from pathlib import Path

import pyglenn
import pytest
from pyglenn.database import ThermoDBQuery

from maiscreen.candidates.handbook.tables import read_species

PACKAGE = Path(pyglenn.__file__).parent
SPECIES = {s.label: s for s in read_species(PACKAGE / "data" / "thermo.inp")}


@pytest.mark.parametrize(
    ("label", "enthalpy", "entropy"),
    [("SnCL4", -478.5, 366.9), ("TiCL4", -763.2, 354.9), ("NaCL(cr)", -411.3, 72.1)],
)
def test_known_values(label: str, enthalpy: float, entropy: float) -> None:
    one = SPECIES[label]
    assert one.enthalpy_kj_mol == pytest.approx(enthalpy, abs=0.1)
    assert one.entropy_j_mol_k == pytest.approx(entropy, abs=0.1)


def test_enthalpies_equal_those_that_the_package_lists() -> None:
    # The data base of the package holds the same enthalpy as a column of its own.
    query = ThermoDBQuery(str(PACKAGE / "data" / "thermo.db"))
    assert query.connect(auto_migrate=False)
    assert query.cursor is not None
    rows = query.cursor.execute(
        "select name, heat_of_formation_298K from species where phase = 'gas'"
    ).fetchall()
    query.close()
    seen = 0
    for name, enthalpy in rows:
        if name in SPECIES and SPECIES[name].t_min_k <= 298.15:
            assert SPECIES[name].enthalpy_kj_mol == pytest.approx(enthalpy / 1000, abs=0.02), name
            seen += 1
    assert seen > 1000


def test_composition_and_phase() -> None:
    assert SPECIES["SnCL4"].counts == {"Sn": 1, "Cl": 4}
    assert SPECIES["SnCL4"].gas
    assert SPECIES["SnCL4(L)"].liquid
    assert SPECIES["Na+"].counts["E"] == -1
