"""Verify a snapshot: hashes, columns, and every hull against the distances that came with it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import is_sealed
from maiscreen.candidates.snapshot.phases import Row, above_hull_ev_atom, atom_counts
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot, read_verified
from maiscreen.candidates.snapshot.tables import TABLES, USER, table

HULL_TOLERANCE_EV_ATOM = 0.001
"""How far a distance may be from the one that came with the data: sources round to 1 meV."""


REPORTED = "reported hulls"
"""Check against what came with the data: a source may contradict itself."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, whether it is as it should be, and what was seen."""

    name: str
    passed: bool
    seen: str


def verify(snapshot: Snapshot) -> list[Check]:
    """Check a snapshot that could be loaded.

    Raises
    ------
    InputError
        If a file is missing, or differs from its hash or its columns.
    """
    return [_files(snapshot), _tables(snapshot), _own_hull(snapshot), _reported_hull(snapshot)]


def _files(snapshot: Snapshot) -> Check:
    hashes = snapshot.manifest["files"]
    for name, digest in hashes.items():
        read_verified(snapshot.folder / name, digest)
    # The embedded one, wherever it lies, is known to the byte.
    manifest, embedded = (_manifest_bytes(one) for one in (snapshot, load_snapshot()))
    if not is_sealed(manifest) and manifest != embedded:
        remedy = "has no checksum of itself: changed, or of an earlier version; build it again"
        return Check("files", False, f"manifest.json {remedy}")
    return Check("files", True, f"{len(hashes)} files have the hashes of the manifest")


def _manifest_bytes(snapshot: Snapshot) -> bytes:
    return limits.read_bytes(snapshot.folder / "manifest.json", limits.MANIFEST_BYTES)


def _tables(snapshot: Snapshot) -> Check:
    rows = {"phases": snapshot.phases.num_rows} | {n: table(snapshot, n).num_rows for n in TABLES}
    said = {name: snapshot.manifest.get("rows" if name == "phases" else name, 0) for name in rows}
    wrong = [f"{n}: {rows[n]} rows, {said[n]} in the manifest" for n in rows if rows[n] != said[n]]
    seen = ", ".join(f"{count} {name}" for name, count in rows.items() if count)
    return Check("tables", not wrong, "; ".join(wrong) or seen)


def _own_hull(snapshot: Snapshot) -> Check:
    """Recompute the distances that every campaign reads."""
    rows = snapshot.phases.to_pylist()
    above = np.array(above_hull_ev_atom(rows, rows))
    stated = np.array([row["energy_above_hull_ev_atom"] for row in rows])
    worst = float(np.abs(above - stated).max(initial=0.0))
    return Check(
        "hulls", worst < 2e-6, f"{len(rows)} phases, largest difference {worst:.1e} eV/atom"
    )


def _reported_hull(snapshot: Snapshot) -> Check:
    """Compare with the distances that came with the data."""
    rows, phases = _with_reported(snapshot)
    if not rows:
        return Check(REPORTED, True, "none came with the data")
    above = np.array(above_hull_ev_atom(rows, phases))
    off = np.abs(above - np.array([row["reported"] for row in rows]))
    bad = np.flatnonzero(off > HULL_TOLERANCE_EV_ATOM)
    seen = f"{len(rows)} distances, largest difference {1000 * off.max():.2f} meV/atom"
    if bad.size:
        worst = [_describe_difference(rows[k], off[k]) for k in bad[np.argsort(-off[bad])][:5]]
        seen += f"; {bad.size} differ by more than 1: {', '.join(worst)}"
        seen += _excuse(snapshot)
    return Check(REPORTED, not bad.size, seen)


def _describe_difference(row: Row, off_ev_atom: float) -> str:
    return f"{row.get('material_id') or row['formula']} {row['formula']} {1000 * off_ev_atom:.0f}"


def _excuse(snapshot: Snapshot) -> str:
    refused = len(snapshot.manifest.get("refused", []))
    return f" ({refused} documents were refused, and span no hull here)" if refused else ""


def _with_reported(snapshot: Snapshot) -> tuple[list[Row], list[Row]]:
    """Return compounds with a reported distance, and what spans their hull."""
    materials: list[Row] = table(snapshot, "materials").to_pylist()
    theirs = [row for row in materials if row["origin"] != USER and _is_compound(row)]
    if theirs:
        named = [row | {"reported": row["reported_above_hull_ev_atom"]} for row in theirs]
        return [row for row in named if row["reported"] is not None], theirs
    return _with_legacy(snapshot.phases.to_pylist())


def _with_legacy(phases: list[Row]) -> tuple[list[Row], list[Row]]:
    """Do the same for the embedded table, whose distances are signed: on the hull zero or less.

    Where the user's entry took the place of a phase, the distances of its systems say nothing.
    """
    legacy = [
        row | {"formation_energy_ev_atom": row["legacy_formation_energy_ev_atom"]}
        for row in phases
        if row["legacy_formation_energy_ev_atom"] is not None
    ]
    new = {
        (r["metal"], r["halogen"]) for r in phases if r["legacy_formation_energy_ev_atom"] is None
    }
    return [
        row | {"reported": max(row["legacy_decomposition_energy_ev_atom"], 0.0)}
        for row in legacy
        if not any(m in ("", row["metal"]) and x in ("", row["halogen"]) for m, x in new)
    ], legacy


def _is_compound(row: dict[str, Any]) -> bool:
    return int((atom_counts([row]) > 0).sum()) > 1
