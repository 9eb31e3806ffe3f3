"""The columns of the table of phases."""

import pyarrow as pa

_ENERGY = "Materials Project through crabnet 2.0.8 (CritExam)"
COLUMNS: tuple[tuple[str, pa.DataType, str, str, str], ...] = (
    ("formula", pa.string(), "", "reduced formula: Na, then M, then X", "computed"),
    ("chemical_system", pa.string(), "", "elements in the order of the formula", "computed"),
    ("metal", pa.string(), "", "M; empty for NaX", "computed"),
    ("halogen", pa.string(), "", "X; empty for Na–M", "computed"),
    ("na_count", pa.int64(), "", "atoms of sodium in the formula", "computed"),
    ("metal_count", pa.int64(), "", "atoms of M in the formula", "computed"),
    ("halogen_count", pa.int64(), "", "atoms of X in the formula", "computed"),
    (
        "formation_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "formation energy from the elements at 0 K, corrections of 2020",
        _ENERGY,
    ),
    (
        "legacy_formation_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "the same before the shift to the corrections of 2020",
        _ENERGY,
    ),
    (
        "energy_above_hull_ev_atom",
        pa.float64(),
        "eV/atom",
        "above the hull of the phases of this table, elements at zero; 0 on the hull",
        "computed",
    ),
    (
        "legacy_decomposition_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "signed distance to the hull of the other phases, legacy corrections",
        _ENERGY,
    ),
    (
        "volume_a3_atom",
        pa.float64(),
        "Å3/atom",
        "volume as in the source, low by a known bias: see phase_volume_a3_atom",
        "OQMD through crabnet 2.0.8",
    ),
)
"""Name, type, unit, meaning and source of each column of the table of phases."""

SCHEMA = pa.schema(
    [
        pa.field(name, kind, metadata={"unit": unit, "doc": doc, "source": source})
        for name, kind, unit, doc, source in COLUMNS
    ]
)
"""The table of phases as an Arrow schema, with unit, doc and source in the fields' metadata."""
