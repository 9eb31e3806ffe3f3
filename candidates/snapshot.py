"""The snapshot: a versioned table of computed phases, and the manifest that vouches for it."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hull import System
from maiscreen.candidates.known_phases import known_phases_hash

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

VOLUME_RATIO = {"halide": 0.92, "alloy": 0.96}
"""OQMD volume / Materials Project volume, medians over the phases that both hold.

Measured lattices say the same of the alloys: Na15Sn4 0.95, NaSi 0.96, NaSn 0.98.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Phases and where they come from.

    Attributes
    ----------
    phases : pa.Table
        One row for each composition, columns as :data:`COLUMNS`.
    manifest : Mapping
        Source, functional, corrections, licence, counts and the hashes of the files.
    """

    phases: pa.Table
    manifest: Mapping[str, Any]

    @property
    def snapshot_hash(self) -> str:
        """SHA-256 over the manifest, which holds the hashes of the tables, and the known phases.

        The hand-written table of known phases comes with the package, whatever the snapshot;
        results rest on both.
        """
        parts = {"manifest": dict(self.manifest), "known_phases": known_phases_hash()}
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class PhaseArrays:
    """The columns of the table of phases that hulls need, as arrays of shape (n,) or (n, 3)."""

    formula: NDArray[np.str_]
    metal: NDArray[np.str_]
    halogen: NDArray[np.str_]
    counts: NDArray[np.int64]
    energy_ev_atom: NDArray[np.float64]
    above_hull_ev_atom: NDArray[np.float64]
    volume_a3_atom: NDArray[np.float64]


def load_snapshot(folder: Path | None = None) -> Snapshot:
    """Read a snapshot, and check its phases against the hash in its manifest.

    Parameters
    ----------
    folder : Path or None
        Where ``manifest.json`` and ``phases.csv`` lie; None for the embedded snapshot, which is
        read once in a process.

    Raises
    ------
    InputError
        If a file is missing, or is not the one that the manifest speaks of.
    """
    return _embedded() if folder is None else _read(folder)


@cache
def _embedded() -> Snapshot:
    return _read(Path(str(files("maiscreen.candidates"))) / "data")


def _read(folder: Path) -> Snapshot:
    manifest = read_manifest(folder)
    data = read_checked(folder / "phases.csv", manifest["files"]["phases.csv"])
    types = {field.name: field.type for field in SCHEMA}
    options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False)
    table = csv.read_csv(io.BytesIO(data), convert_options=options)
    if table.column_names != SCHEMA.names:
        remedy = f"has other columns than {', '.join(SCHEMA.names)}; build it again"
        raise InputError("snapshot", "phases.csv", remedy)
    return Snapshot(table.cast(SCHEMA), manifest)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a snapshot: its ``files`` hold a SHA-256 by name.

    Raises
    ------
    InputError
        If there is none, or it names no ``phases.csv``.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        named = set(manifest["files"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        remedy = "holds no readable manifest.json; give the folder of a snapshot"
        raise InputError("snapshot", folder.name, remedy) from error
    if "phases.csv" not in named or any(Path(name).name != name for name in named):
        raise InputError("snapshot", folder.name, "its manifest names no phases.csv")
    return dict(manifest)


def read_checked(path: Path, digest: str) -> bytes:
    """Read a file of a snapshot that must have a SHA-256.

    Raises
    ------
    InputError
        If it can't be read or is another one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError("snapshot", path.name, "can't be read; build it again") from error
    if hashlib.sha256(data).hexdigest() != digest:
        remedy = "differs from the hash in manifest.json; restore the file or build it again"
        raise InputError("snapshot", path.name, remedy)
    return data


@lru_cache(maxsize=8)
def phase_arrays(snapshot: Snapshot) -> PhaseArrays:
    """Give the columns of the table of phases as arrays, NaN where a volume is missing."""
    table = snapshot.phases
    columns = {name: table[name].to_numpy() for name in table.column_names}
    counts = [columns[name] for name in ("na_count", "metal_count", "halogen_count")]
    return PhaseArrays(
        columns["formula"].astype(np.str_),
        columns["metal"].astype(np.str_),
        columns["halogen"].astype(np.str_),
        np.stack(counts, axis=1),
        columns["formation_energy_ev_atom"],
        columns["energy_above_hull_ev_atom"],
        columns["volume_a3_atom"],
    )


@lru_cache(maxsize=1024)
def phase_system(
    snapshot: Snapshot, metal: str, halogen: str = "", stable_only: bool = False
) -> System:
    """Gather the phases of Na–M–X, its edges and elements included; of Na–M without a halogen.

    With ``stable_only`` those on the hull alone: they span the same hull, in less time.
    """
    columns = phase_arrays(snapshot)
    inside = np.isin(columns.metal, ["", metal]) & np.isin(columns.halogen, ["", halogen])
    if stable_only:
        # The column has six decimals; what rounds to zero is kept, for the hull to decide.
        inside &= columns.above_hull_ev_atom < 1e-6
    elements = ["Na", metal, halogen] if halogen else ["Na", metal]
    return System(
        np.concatenate([np.array(elements, dtype=np.str_), columns.formula[inside]]),
        np.concatenate([np.eye(3, dtype=np.int64)[: len(elements)], columns.counts[inside]]),
        np.concatenate([np.zeros(len(elements)), columns.energy_ev_atom[inside]]),
    )


@lru_cache(maxsize=8)
def formation_energies_ev_atom(snapshot: Snapshot) -> Mapping[str, float]:
    """Give the formation energy of every phase, eV/atom, by reduced formula."""
    columns = phase_arrays(snapshot)
    energies = columns.energy_ev_atom.tolist()
    return dict(zip(columns.formula.tolist(), energies, strict=True))


def phase_volume_a3_atom(snapshot: Snapshot) -> NDArray[np.float64]:
    """Give volumes freed of the bias of their source (:data:`VOLUME_RATIO`), Å3/atom, shape (n,).

    NaN where the source has none.
    """
    columns = phase_arrays(snapshot)
    ratio = np.where(columns.halogen == "", VOLUME_RATIO["alloy"], VOLUME_RATIO["halide"])
    return np.asarray(columns.volume_a3_atom / ratio, dtype=np.float64)
