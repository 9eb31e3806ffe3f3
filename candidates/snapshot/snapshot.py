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
from maiscreen.candidates.hulls.section import System
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import is_sealed, open_sealed
from maiscreen.candidates.snapshot.columns import SCHEMA, check_rows
from maiscreen.candidates.snapshot.known_phases import known_phases_hash
from maiscreen.candidates.snapshot.pins import PIN, digest_of, folder_of, resolve_folder

VOLUME_RATIO = {"halide": 0.92, "alloy": 0.96}
"""OQMD volume / Materials Project volume, medians over the phases that both hold.

Measured lattices say the same of the alloys: Na15Sn4 0.95, NaSi 0.96, NaSn 0.98.
"""

VOLUMES = {"OQMD / 0.96": VOLUME_RATIO, "Materials Project": {"halide": 1.0, "alloy": 1.0}}
"""Sources of volumes, as a manifest names them (``volumes``), and by what theirs are divided."""

EMBEDDED = "embedded"
"""In place of the folder of the snapshot that comes with the project."""

FORMAT = 1
"""Version of the tables and the manifest that is read and written here."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Phases and where they come from.

    Attributes
    ----------
    phases : pa.Table
        One row for each composition, columns as
        :data:`~maiscreen.candidates.snapshot.columns.SCHEMA`.
    manifest : Mapping
        Source, functional, corrections, licence, counts and the hashes of the files.
    folder : Path
        Where its files lie.
    """

    phases: pa.Table
    manifest: Mapping[str, Any]
    folder: Path

    @property
    def snapshot_hash(self) -> str:
        """SHA-256 over the manifest, which holds the hashes of the tables, and the known phases."""
        return manifest_hash(self.manifest)

    @property
    def volume_source(self) -> str:
        """Where volumes are from, one of :data:`VOLUMES`; the embedded manifest does not say."""
        return str(self.manifest.get("volumes", "OQMD / 0.96"))


def manifest_hash(manifest: Mapping[str, Any]) -> str:
    """Name a snapshot by its manifest and the known phases.

    The hand-written table of known phases comes with the package, whatever the snapshot; results
    rest on both.
    """
    parts = {"manifest": dict(manifest), "known_phases": known_phases_hash()}
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


def load_snapshot(where: Path | str | None = None) -> Snapshot:
    """Read a snapshot, and check its phases against the hash in its manifest.

    Parameters
    ----------
    where : Path or str, optional
        Folder with ``manifest.json`` and ``phases.csv``, pinned or not; the embedded snapshot if
        left out, empty or ``embedded``. Each is read once in a process.

    Raises
    ------
    InputError
        If a file is missing, or is not the one that the manifest speaks of; if the snapshot is
        another one than it is pinned to, or of a later format.
    """
    if where is None or str(where) in ("", EMBEDDED):
        return _embedded()
    return _load_pinned(pin_snapshot(str(where)))


def pin_snapshot(where: str) -> str:
    """Pin a folder to the snapshot that is in it, its path made absolute; "" stays as it is.

    Raises
    ------
    InputError
        If it holds no snapshot.
    """
    if PIN in where or where in ("", EMBEDDED):
        return "" if where == EMBEDDED else where
    folder = Path(where).absolute()
    return f"{folder}{PIN}{manifest_hash(read_manifest(folder))}"


@lru_cache(maxsize=8)
def _load_pinned(pin: str) -> Snapshot:
    snapshot = read_snapshot(resolve_folder(pin))
    if snapshot.snapshot_hash != digest_of(pin):
        remedy = "holds another snapshot than the campaign was started with; put that one back"
        raise InputError("snapshot", folder_of(pin), remedy)
    return snapshot


@cache
def _embedded() -> Snapshot:
    return read_snapshot(Path(str(files("maiscreen.candidates"))) / "data")


def read_snapshot(folder: Path) -> Snapshot:
    """Read a snapshot from its folder; :func:`load_snapshot` does so once in a process.

    Raises
    ------
    InputError
        If a file is missing, or is not the one that the manifest speaks of.
    """
    manifest = read_manifest(folder)
    data = read_verified(folder / "phases.csv", manifest["files"]["phases.csv"])
    snapshot = Snapshot(read_csv(data, "phases.csv", SCHEMA), manifest, folder)
    check_rows(snapshot.phases.to_pylist(), "phases.csv", alone=True)
    if snapshot.volume_source not in VOLUMES:
        raise InputError("snapshot", snapshot.volume_source, "is no source of volumes known here")
    return snapshot


def read_csv(data: bytes, name: str, schema: pa.Schema) -> pa.Table:
    """Read a table of a snapshot, which must have the columns of a schema.

    Raises
    ------
    InputError
        If it is no such table.
    """
    header = data.partition(b"\n")[0].strip().decode("utf-8", "replace")
    if header.removeprefix("\ufeff").replace('"', "").split(",") != schema.names:
        remedy = f"has other columns than {', '.join(schema.names)}; build it again"
        raise InputError("snapshot", name, remedy)
    types = {field.name: field.type for field in schema}
    options = csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=False)
    try:
        # In one thread: Arrow's others, still there at the end of a short process, abort it.
        one_thread = csv.ReadOptions(use_threads=False)
        table = csv.read_csv(io.BytesIO(data), one_thread, convert_options=options)
        return table.cast(schema)
    except (pa.ArrowException, ValueError) as error:
        remedy = f"is no such table ({str(error).splitlines()[0]}); build it again"
        raise InputError("snapshot", name, remedy) from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a snapshot: its ``files`` hold a SHA-256 by name.

    Raises
    ------
    InputError
        If there is none, it names no ``phases.csv``, or it is of a later format.
    """
    try:
        content = limits.read_bytes(folder / "manifest.json", limits.MANIFEST_BYTES)
        manifest = open_sealed(content) if is_sealed(content) else limits.parse_json(content)
        named, version = manifest["files"], manifest.get("format", FORMAT)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        remedy = "holds no readable manifest.json; give the folder of a snapshot"
        raise InputError("snapshot", str(folder), remedy) from error
    if not isinstance(version, int) or not 1 <= version <= FORMAT:
        remedy = f"has format {version!r:.40}, known here up to {FORMAT}; update maiscreen"
        raise InputError("snapshot", str(folder), remedy)
    if not isinstance(named, dict) or "phases.csv" not in named:
        raise InputError("snapshot", str(folder), "its manifest names no phases.csv")
    if not all(limits.is_plain_name(name) for name in named):
        raise InputError(
            "snapshot", str(folder), "its manifest names no phases.csv, or paths beside it"
        )
    _check_manifest(folder, manifest)
    return dict(manifest)


def _check_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Check the types of those manifest entries that are read later."""
    for name, kind in _KINDS.items():
        if name in manifest and not isinstance(manifest[name], kind):
            raise InputError("snapshot", str(folder), f"its manifest has a wrong {name}")
    query = manifest.get("query", {})
    for name in ("metals", "halogens"):
        known = query.get(name, [])
        if not isinstance(known, list) or not all(isinstance(one, str) for one in known):
            raise InputError("snapshot", str(folder), f"its manifest has a wrong query.{name}")


_KINDS: Mapping[str, type] = {
    "name": str, "source": str, "functional": str, "corrections": str, "volumes": str,
    "thermo_type": str, "licence": str, "query": dict, "refused": list, "added": list,
    "counts": dict, "rows": int, "materials": int, "elasticity": int, "structures": int,
}  # fmt: skip


def read_verified(path: Path, digest: str) -> bytes:
    """Read a file of a snapshot that must have a SHA-256.

    Raises
    ------
    InputError
        If it can't be read or is another one.
    """
    try:
        data = limits.read_bytes(path, limits.TABLE_BYTES)
    except OSError as error:
        raise InputError("snapshot", path.name, "can't be read; build it again") from error
    if hashlib.sha256(data).hexdigest() != digest:
        remedy = "differs from the hash in manifest.json; restore the file or build it again"
        raise InputError("snapshot", path.name, remedy)
    return data


def check_covers(snapshot: Snapshot, metals: tuple[str, ...], halogens: tuple[str, ...]) -> None:
    """Check that a snapshot was built for the systems of a campaign; the embedded one has them all.

    Raises
    ------
    InputError
        If it was built for fewer.
    """
    query = snapshot.manifest.get("query", {})
    for name, wanted in (("metals", metals), ("halogens", halogens)):
        missing = [one for one in wanted if one not in query.get(name, wanted)]
        if missing:
            had = ", ".join(f'"{one}"' for one in query[name])
            remedy = f"are not in the snapshot; build it with them, or set {name} = [{had}]"
            raise InputError(name, missing, remedy)


@lru_cache(maxsize=8)
def phase_arrays(snapshot: Snapshot) -> PhaseArrays:
    """Return the columns of the table of phases as arrays, NaN where a volume is missing."""
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
    """Return the formation energy of every phase, eV/atom, by reduced formula."""
    columns = phase_arrays(snapshot)
    energies = columns.energy_ev_atom.tolist()
    return dict(zip(columns.formula.tolist(), energies, strict=True))


def phase_volume_a3_atom(snapshot: Snapshot) -> NDArray[np.float64]:
    """Return volumes freed of the bias of their source (:data:`VOLUME_RATIO`), Å3/atom, shape (n,).

    NaN where the source has none.
    """
    columns, ratios = phase_arrays(snapshot), VOLUMES[snapshot.volume_source]
    ratio = np.where(columns.halogen == "", ratios["alloy"], ratios["halide"])
    return np.asarray(columns.volume_a3_atom / ratio, dtype=np.float64)
