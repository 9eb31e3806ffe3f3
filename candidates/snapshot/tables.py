"""Tables of a snapshot beside its phases: materials, elasticity, crystal structures.

Snapshots of the Materials Project have all three; the embedded one has none.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import read_parquet
from maiscreen.candidates.snapshot.columns import check_rows, parse_cell
from maiscreen.candidates.snapshot.snapshot import Snapshot, read_csv, read_verified

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

_MP = "Materials Project, thermo documents"

USER = "user"
"""Origin of an entry that the user added; the Materials Project's own have :data:`SERVICE`."""

SERVICE = "Materials Project"


def _field(
    name: str, unit: str, doc: str, source: str = _MP, kind: pa.DataType | None = None
) -> pa.Field:
    kind = kind or (pa.float64() if unit else pa.string())
    return pa.field(name, kind, metadata={"unit": unit, "doc": doc, "source": source})


MATERIALS = pa.schema(
    [
        _field("material_id", "", "identifier of the material"),
        _field("formula", "", "reduced formula: Na, then M, then X"),
        _field("metal", "", "M; empty for NaX and sodium"),
        _field("halogen", "", "X; empty for Na–M and metals"),
        _field("na_count", "", "atoms of sodium in the formula", kind=pa.int64()),
        _field("metal_count", "", "atoms of M in the formula", kind=pa.int64()),
        _field("halogen_count", "", "atoms of X in the formula", kind=pa.int64()),
        _field("origin", "", "Materials Project, or user", "computed"),
        _field("used", "", "whether it is the lowest of its composition", "computed", pa.bool_()),
        _field("formation_energy_ev_atom", "eV/atom", "formation energy from the elements, 0 K"),
        _field("energy_ev_atom", "eV/atom", "total energy, corrected"),
        _field("uncorrected_energy_ev_atom", "eV/atom", "total energy as calculated"),
        _field(
            "reported_above_hull_ev_atom",
            "eV/atom",
            "energy above the hull as it came with the data; empty for entries of the user",
        ),
        _field("energy_type", "", "functional of the calculation"),
        _field("volume_a3_atom", "Å3/atom", "volume of the calculated cell"),
        _field("space_group", "", "Hermann–Mauguin symbol"),
        _field(
            "theoretical",
            "",
            "false where an experiment has it; empty where not said",
            "Materials Project, summary documents",
            pa.bool_(),
        ),
        _field("band_gap_ev", "eV", "band gap", "Materials Project, summary documents"),
        _field("licence", "", "licence of the entry, as the document states it"),
    ]
)
"""One row for each material, polymorphs and elements included."""

ELASTICITY = pa.schema(
    [
        _field("material_id", "", "identifier of the material", "elasticity documents"),
        _field("formula", "", "reduced formula: Na, then M, then X", "elasticity documents"),
        _field("bulk_modulus_gpa", "GPa", "Voigt–Reuss–Hill mean", "elasticity documents"),
        _field("shear_modulus_gpa", "GPa", "Voigt–Reuss–Hill mean", "elasticity documents"),
        _field(
            "tensor_gpa",
            "",
            "elastic tensor in GPa, 6×6 in Voigt notation as JSON; empty where there is none",
            "elasticity documents",
        ),
    ]
)
"""One row for each material that has both moduli."""

STRUCTURES = pa.schema(
    [
        _field("material_id", "", "identifier of the material"),
        _field("formula", "", "reduced formula: Na, then M, then X"),
        _field("structure", "", "pymatgen's JSON of the calculated cell"),
    ]
)
"""One row for each material whose structure could be read."""

TABLES = ("materials", "elasticity", "structures")
"""All of them."""

_CSV: Mapping[str, pa.Schema] = {"materials": MATERIALS, "elasticity": ELASTICITY}


@lru_cache(maxsize=8)
def table(snapshot: Snapshot, name: str) -> pa.Table:
    """Read a table: ``materials``, ``elasticity`` or ``structures``; empty where there is none.

    Raises
    ------
    InputError
        If it is not the file that the manifest speaks of.
    """
    if name in _CSV:
        file, schema = f"{name}.csv", _CSV[name]
    else:
        file, schema = "structures.parquet", STRUCTURES
    digest = snapshot.manifest["files"].get(file)
    if digest is None:
        return schema.empty_table()
    data = read_verified(snapshot.folder / file, digest)
    if name not in _CSV:
        return _parquet(data, file)
    rows = read_csv(data, file, schema)
    if name == "materials":
        check_rows(rows.to_pylist(), file, alone=False)
        if rows["material_id"].null_count or rows["used"].null_count:
            raise InputError("snapshot", file, "has a material without a name; build it again")
    return rows


def _parquet(data: bytes, file: str) -> pa.Table:
    try:
        structures = read_parquet(data, limits.PHASES)
    except ValueError as error:
        remedy = f"is no such table ({error}); build it again"
        raise InputError("snapshot", file, remedy) from None
    if structures.schema.names != STRUCTURES.names:
        remedy = f"has other columns than {', '.join(STRUCTURES.names)}; build it again"
        raise InputError("snapshot", file, remedy)
    try:
        return structures.cast(STRUCTURES)
    except pa.ArrowException:
        raise InputError("snapshot", file, "holds other types; build it again") from None


def structure(snapshot: Snapshot, formula: str) -> "Structure | None":
    """Return the crystal structure of the lowest material of a composition; None where none is.

    Parameters
    ----------
    snapshot : Snapshot
        Whose table of structures is read.
    formula : str
        Reduced: Na, then M, then X.
    """
    import pyarrow.compute as pc

    materials = table(snapshot, "materials")
    used = pc.and_(materials["used"], pc.equal(materials["formula"], formula))
    ids = materials.filter(used)["material_id"]
    structures = table(snapshot, "structures")
    found = structures.filter(pc.is_in(structures["material_id"], ids))["structure"].to_pylist()
    return parse_cell(found[0]) if found and found[0] else None
