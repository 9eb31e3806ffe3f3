"""What the embedded models learn from: moduli, formation energies and volumes by composition."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import read_csv, read_manifest, read_verified

_ELASTICITY = "Materials Project (de Jong et al. 2015) through matbench and crabnet 2.0.8"


def _field(name: str, unit: str, doc: str, source: str) -> pa.Field:
    kind = pa.float64() if unit else pa.string()
    return pa.field(name, kind, metadata={"unit": unit, "doc": doc, "source": source})


MODULI = pa.schema(
    [
        _field("formula", "", "as in the source, the cell not reduced", _ELASTICITY),
        _field("bulk_modulus_gpa", "GPa", "Voigt–Reuss–Hill mean, in whole GPa", _ELASTICITY),
        _field("shear_modulus_gpa", "GPa", "Voigt–Reuss–Hill mean, in whole GPa", _ELASTICITY),
    ]
)
"""Columns of :func:`moduli`."""

ENERGIES = pa.schema(
    [
        _field("formula", "", "as in the source, elements in alphabetical order", "CritExam__Ef"),
        _field(
            "formation_energy_ev_atom",
            "eV/atom",
            "from the elements at 0 K, legacy corrections, lowest structure of the composition",
            "Materials Project through crabnet 2.0.8 (CritExam)",
        ),
        _field(
            "volume_a3_atom",
            "Å3/atom",
            "as in the source, low by a known bias; null where the source has none",
            "OQMD through crabnet 2.0.8",
        ),
    ]
)
"""Columns of :func:`energies`."""


def moduli() -> pa.Table:
    """Return bulk and shear moduli of the Materials Project, 10,987 rows in matbench's order.

    A composition has as many rows as it has structures. The order makes
    ``KFold(5, shuffle=True, random_state=18012019)`` give matbench's folds.

    Raises
    ------
    InputError
        If the file is not the one that the manifest speaks of.
    """
    return _table("moduli.csv", MODULI)


def energies() -> pa.Table:
    """Return formation energies of the Materials Project and volumes of OQMD, 85,014 rows.

    A composition has one row. Energies are those of the source: the corrections of 2020, which
    :func:`maiscreen.candidates.snapshot.snapshot.load_snapshot` applies to halides, are not in
    them.

    Raises
    ------
    InputError
        If the file is not the one that the manifest speaks of.
    """
    return _table("energies.csv", ENERGIES)


@cache
def _table(name: str, schema: pa.Schema) -> pa.Table:
    folder = Path(str(files("maiscreen.candidates"))) / "data"
    return read_table(folder, name, schema)


def read_table(folder: Path, name: str, schema: pa.Schema) -> pa.Table:
    """Read a training table of a snapshot, checked against the manifest beside it.

    Raises
    ------
    InputError
        If the manifest does not name it, the file differs from its hash or has other columns.
    """
    digest = read_manifest(folder)["files"].get(name)
    if digest is None:
        raise InputError("snapshot", folder.name, f"its manifest names no {name}; build it again")
    data = read_verified(folder / name, digest)
    return read_csv(data, name, schema)
