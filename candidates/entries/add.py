"""Add the user's own computed entries to a snapshot; the result is a new snapshot."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maiscreen.candidates.entries.entries import Entries
from maiscreen.candidates.entries.files import read_entries
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.build import structures_file
from maiscreen.candidates.materials_project.documents import mark_used
from maiscreen.candidates.materials_project.query import PBE
from maiscreen.candidates.snapshot.folder import check_free, write_snapshot
from maiscreen.candidates.snapshot.phases import (
    Row,
    count_kinds,
    material_order,
    phase_order,
    place_on_hull,
    to_csv,
)
from maiscreen.candidates.snapshot.snapshot import VOLUMES, Snapshot, read_verified
from maiscreen.candidates.snapshot.tables import MATERIALS, table

COPIED = ("elasticity.csv",)
"""Tables that stay as they are."""

_LEFT_OUT = ("wheel", "wheel_sha256", "training_rows")
"""What a manifest says of files that the new snapshot does not have."""


def add_entries(
    snapshot: Snapshot, file: Path, out: Path, scheme: str | None = None
) -> tuple[dict[str, Any], Entries]:
    """Write a new snapshot: the given one and the entries of a file, marked as the user's.

    An entry takes the place of the phase of its composition if it lies lower, and every hull is
    computed anew.

    Parameters
    ----------
    snapshot : Snapshot
        What they are added to; it stays as it is.
    file : Path
        See :func:`maiscreen.candidates.entries.files.read_entries`.
    out : Path
        Folder of the new snapshot, not there yet.
    scheme : str, optional
        Scheme of a CSV without a column for it.

    Returns
    -------
    tuple
        Manifest of the new snapshot, without the hashes, and what was read.

    Raises
    ------
    InputError
        If the file can't be read or nothing in it fits the snapshot, or ``out`` is taken.
    """
    check_free(out)
    materials: list[Row] = table(snapshot, "materials").to_pylist()
    entries = read_entries(file, thermo_type(snapshot), _references(materials), scheme)
    _check_new(entries, materials)
    phases = _merge_phases(snapshot, entries.rows)
    rows = sorted([*materials, *_scale_volumes(entries.rows, snapshot)], key=material_order)
    mark_used(rows)
    _unmark_beaten(rows, phases)
    structures = [*table(snapshot, "structures").to_pylist(), *entries.structures]
    tables = {
        "phases.csv": to_csv(phases),
        "materials.csv": to_csv(rows, MATERIALS.names),
        **{n: _read_copied_file(snapshot, n) for n in COPIED if n in snapshot.manifest["files"]},
        **({"structures.parquet": structures_file(structures)} if structures else {}),
    }
    manifest = _manifest(snapshot, file, entries, phases, rows, len(structures))
    write_snapshot(out, tables, manifest)
    return manifest, entries


def thermo_type(snapshot: Snapshot) -> str:
    """Return the scheme of a snapshot's energies; the embedded one does not name it."""
    return str(snapshot.manifest.get("thermo_type", PBE))


def _references(materials: list[Row]) -> dict[str, float]:
    """Return the lowest energy of each element, eV/atom."""
    references: dict[str, float] = {}
    for row in materials:
        if row["na_count"] + row["metal_count"] + row["halogen_count"] == 1:
            lowest = min(
                row["energy_ev_atom"], references.get(row["formula"], row["energy_ev_atom"])
            )
            references[row["formula"]] = lowest
    return references


def _check_new(entries: Entries, materials: list[Row]) -> None:
    known = {row["material_id"] for row in materials}
    for row in entries.rows:
        if row["material_id"] in known:
            remedy = "is the name of a material of the snapshot; give another entry_id"
            raise InputError("entry_id", row["material_id"], remedy)


def _scale_volumes(rows: list[Row], snapshot: Snapshot) -> list[Row]:
    """Put calculated volumes on the scale of the snapshot's, which has a known bias."""
    ratios = VOLUMES[snapshot.volume_source]
    scaled = []
    for row in rows:
        ratio = ratios["halide" if row["halogen"] else "alloy"]
        volume = row["volume_a3_atom"]
        scaled.append(row | {"volume_a3_atom": None if volume is None else volume * ratio})
    return scaled


def _merge_phases(snapshot: Snapshot, added: list[Row]) -> list[Row]:
    """Return the phases with the added ones in the place of those that lie higher."""
    best: dict[str, Row] = {row["formula"]: row for row in snapshot.phases.to_pylist()}
    for row in _scale_volumes(added, snapshot):
        had = best.get(row["formula"])
        energy = row["formation_energy_ev_atom"]
        if had is None or energy < had["formation_energy_ev_atom"]:
            none = dict.fromkeys(snapshot.phases.column_names)
            volume = row["volume_a3_atom"] or (had or {}).get("volume_a3_atom")
            best[row["formula"]] = none | row | {"volume_a3_atom": volume}
    phases = sorted(best.values(), key=phase_order)
    place_on_hull(phases)
    return phases


def _unmark_beaten(rows: list[Row], phases: list[Row]) -> None:
    """Leave the mark off what lies above a phase that no material of the table stands for."""
    energies = {row["formula"]: row["formation_energy_ev_atom"] for row in phases}
    for row in rows:
        lowest = energies.get(row["formula"])
        row["used"] &= lowest is None or row["formation_energy_ev_atom"] <= lowest


def _read_copied_file(snapshot: Snapshot, name: str) -> bytes:
    return read_verified(snapshot.folder / name, snapshot.manifest["files"][name])


def _manifest(
    snapshot: Snapshot,
    file: Path,
    entries: Entries,
    phases: list[Row],
    rows: list[Row],
    structures: int,
) -> dict[str, Any]:
    base: Mapping[str, Any] = snapshot.manifest
    names = {row["material_id"] for row in entries.rows}
    added = {
        "file": file.name,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "date": datetime.now(UTC).date().isoformat(),
        "entries": len(entries.rows),
        "used": sum(row["used"] for row in rows if row["material_id"] in names),
        "refused": entries.refused,
    }
    kept = {k: v for k, v in base.items() if k not in (*_LEFT_OUT, "files")}
    return {
        **kept,
        "name": f"{base.get('name', 'a snapshot')} + {len(entries.rows)} of the user's",
        "base": snapshot.snapshot_hash,
        "volumes": snapshot.volume_source,
        "added": [*base.get("added", []), added],
        "counts": count_kinds(phases),
        "rows": len(phases),
        "materials": len(rows),
        "structures": structures,
    }
