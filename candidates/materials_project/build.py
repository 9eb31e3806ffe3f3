"""Build a snapshot from today's Materials Project, with the user's key."""

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa

from maiscreen.candidates.materials_project.documents import Materials, parse_documents
from maiscreen.candidates.materials_project.fetch import Fetched, Progress, fetch
from maiscreen.candidates.materials_project.query import CORRECTIONS, FUNCTIONALS, Query
from maiscreen.candidates.materials_project.service import Service, ServiceError
from maiscreen.candidates.snapshot.folder import check_free, work_folder, write_snapshot
from maiscreen.candidates.snapshot.phases import (
    Row,
    count_kinds,
    phase_order,
    place_on_hull,
    to_csv,
)
from maiscreen.candidates.snapshot.snapshot import FORMAT
from maiscreen.candidates.snapshot.tables import ELASTICITY, MATERIALS, STRUCTURES

PACKAGES = ("maiscreen", "mp-api", "emmet-core", "pymatgen", "pymatgen-core", "pyarrow")


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes
    ----------
    manifest : dict
        Of the snapshot, without the hashes.
    requests : int
        Answers of the service in this call.
    """

    manifest: dict[str, Any]
    requests: int


def build_materials_project(
    service: Service, query: Query, out: Path, progress: Progress
) -> BuildResult:
    """Fetch a query and write it as a snapshot.

    An interrupted build leaves its answers in a hidden folder beside ``out``; the same call goes on
    from there, and the snapshot has the same bytes as an undisturbed one of the same day.

    Parameters
    ----------
    service : Service
        The open service.
    query : Query
        What is wanted.
    out : Path
        Folder that is not there yet, or is empty.
    progress : callable
        Told how many requests are answered, and of how many.

    Raises
    ------
    InputError
        If ``out`` can't be used, or the key is refused.
    ServiceError
        If the service gives no proper answer, or lacks what every campaign needs.
    """
    check_free(out)
    fetched = fetch(service, query, work_folder(out), progress)
    content = parse_documents(fetched, query)
    phases = phase_rows(content.rows)
    _check_salts(phases, query)
    manifest = _manifest(fetched, content, phases, query, service.endpoint)
    write_snapshot(out, snapshot_files(phases, content), manifest)
    return BuildResult(manifest, service.requests)


def phase_rows(rows: list[Row]) -> list[Row]:
    """Return the table of phases: the lowest material of each compound, on the hull of all."""
    used = [row for row in rows if row["used"] and len(_elements(row)) > 1]
    phases = [{**row, "chemical_system": "-".join(_elements(row))} for row in used]
    none = ("legacy_formation_energy_ev_atom", "legacy_decomposition_energy_ev_atom")
    for row in phases:
        row |= dict.fromkeys(none)
    phases.sort(key=phase_order)
    place_on_hull(phases)
    return phases


def snapshot_files(phases: list[Row], content: Materials) -> dict[str, bytes]:
    """Write the tables: contents by name of file."""
    return {
        "phases.csv": to_csv(phases),
        "materials.csv": to_csv(content.rows, MATERIALS.names),
        "elasticity.csv": to_csv(content.elasticity, ELASTICITY.names),
        "structures.parquet": structures_file(content.structures),
    }


def structures_file(rows: list[Row]) -> bytes:
    """Write the table of structures as Parquet."""
    import pyarrow.parquet as pq

    sink = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=STRUCTURES), sink, compression="zstd")
    return sink.getvalue()


def _elements(row: Row) -> list[str]:
    named = (("Na", row["na_count"]), (row["metal"], row["metal_count"]))
    return [e for e, n in (*named, (row["halogen"], row["halogen_count"])) if n]


def _check_salts(phases: list[Row], query: Query) -> None:
    there = {row["formula"] for row in phases}
    missing = [f"Na{x}" for x in query.halogens if f"Na{x}" not in there]
    if missing:
        raise ServiceError(f"gave no usable energy of {', '.join(missing)}, which every run needs")


def _manifest(
    fetched: Fetched, content: Materials, phases: list[Row], query: Query, endpoint: str
) -> dict[str, Any]:
    kind = query.thermo_type
    licences = Counter(row["licence"] or "not stated" for row in content.rows)
    return {
        "name": f"Materials Project {fetched.version}, {kind}",
        "format": FORMAT,
        "source": "Materials Project",
        "endpoint": endpoint,
        "database_version": fetched.version,
        "retrieved": fetched.retrieved,
        "thermo_type": kind,
        "functional": FUNCTIONALS[kind],
        "corrections": CORRECTIONS[kind],
        "volumes": "Materials Project",
        "licence": "Materials Project: CC BY 4.0, where an entry does not say otherwise",
        "licences": dict(sorted(licences.items())),
        "query": query.to_dict(),
        "counts": count_kinds(phases),
        "rows": len(phases),
        "materials": len(content.rows),
        "elasticity": len(content.elasticity),
        "structures": len(content.structures),
        "refused": content.refused,
        "unread": content.unread,
        "packages": {name: version(name) for name in PACKAGES},
    }
