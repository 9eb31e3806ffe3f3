"""Build the embedded snapshot from the wheel that carries the Materials Project energies.

The wheel is read as a zip: nothing of it is installed or run. The same wheel gives the same bytes.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.embedded.training import training_files
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.columns import check_rows
from maiscreen.candidates.snapshot.corrections import (
    ANION_SHIFT_EV,
    HUBBARD_FLUORIDE_SHIFT_EV,
    shift_ev_atom,
)
from maiscreen.candidates.snapshot.folder import check_free, write_folder
from maiscreen.candidates.snapshot.phases import (
    Row,
    atom_counts,
    count_kinds,
    phase_order,
    place_on_hull,
    roles,
    round_to_micro,
    to_csv,
)

WHEEL = "crabnet-2.0.8-py3-none-any.whl"
"""The published wheel (MIT), whose benchmark_data folder holds the tables."""

WHEEL_SHA256 = "4901565abaa5b4cd1a7841b9de647a3906df21676b226a7abf972d113f92054a"
"""SHA-256 of :data:`WHEEL` as published."""

_TABLES = "crabnet/data/benchmark_data"


def build_embedded(wheel: Path, out: Path, sha256: str = WHEEL_SHA256) -> None:
    """Write phases, training tables and ``manifest.json`` into a folder.

    Parameters
    ----------
    wheel : Path
        The wheel of crabnet 2.0.8.
    out : Path
        Folder for the files, not there yet.
    sha256 : str
        Hash that the wheel must have.

    Raises
    ------
    InputError
        If the wheel can't be read or is another one, or ``out`` can't be written.
    """
    check_free(out)
    data = _checked_wheel(wheel, sha256)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        energies = _table(archive, "CritExam__Ef")
        distances = _table(archive, "CritExam__Ed")
        volumes = _table(archive, "OQMD_Volume_per_atom")
        tables = training_files(archive, energies, volumes)
    rows = sorted(_phases(energies, distances, volumes), key=phase_order)
    _shift(rows)
    place_on_hull(rows)
    check_rows(rows, "phases.csv", alone=True)
    tables["phases.csv"] = to_csv(rows)
    tables["manifest.json"] = _manifest(rows, tables, sha256)
    write_folder(out, tables)


def _checked_wheel(wheel: Path, sha256: str) -> bytes:
    try:
        data = limits.read_bytes(wheel, limits.DATA_BYTES)
    except OSError as error:
        remedy = f"can't be read; give the path of {WHEEL}"
        raise InputError("wheel", wheel.name, remedy) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("wheel", wheel.name, f"is not {WHEEL} with SHA-256 {sha256}")
    return data


def _table(archive: zipfile.ZipFile, name: str) -> dict[str, float]:
    """Join the three parts of a table; the csv module leaves a formula such as NaN alone."""
    table: dict[str, float] = {}
    for part in ("train", "val", "test"):
        with archive.open(f"{_TABLES}/{name}/{part}.csv") as file:
            lines = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
            table |= {line["formula"]: float(line["target"]) for line in lines}
    return table


def _phases(
    energies: dict[str, float], distances: dict[str, float], volumes: dict[str, float]
) -> Iterator[Row]:
    """Pick the halides, NaX, Na–M and Na–M–X, and name their elements."""
    for text, energy in energies.items():
        named = roles(parse_formula(text))
        if named is not None:
            distance, volume = distances[text], volumes.get(text)
            yield named | {
                "legacy_formation_energy_ev_atom": round(energy, 6),
                "legacy_decomposition_energy_ev_atom": round(distance, 6),
                "volume_a3_atom": volume,
            }


def _shift(rows: list[Row]) -> None:
    """Add the formation energy under the corrections of 2020."""
    metal, halogen = (np.array([r[c] for r in rows], np.str_) for c in ("metal", "halogen"))
    counts = atom_counts(rows)
    atoms = counts.sum(axis=1)
    shift = shift_ev_atom(metal, halogen, counts[:, 1], counts[:, 2], atoms)
    for row, value in zip(rows, shift.tolist(), strict=True):
        row["formation_energy_ev_atom"] = round_to_micro(
            row["legacy_formation_energy_ev_atom"] + value
        )


def _manifest(rows: list[Row], tables: dict[str, bytes], wheel_sha256: str) -> bytes:
    manifest = {
        "name": "maiscreen embedded snapshot",
        "format": 1,
        "source": "Materials Project through CritExam (Bartel et al. 2020) and matbench"
        " (Dunn et al. 2020); OQMD volumes",
        "wheel": WHEEL,
        "wheel_sha256": wheel_sha256,
        "functional": "PBE and PBE+U (GGA/GGA+U mixing)",
        "corrections": "MaterialsProject2020Compatibility, shifted from legacy by constants",
        "anion_shift_ev": ANION_SHIFT_EV,
        "hubbard_fluoride_shift_ev": HUBBARD_FLUORIDE_SHIFT_EV,
        "licence": "crabnet: MIT; Materials Project: CC BY 4.0; OQMD: CC BY 4.0",
        "counts": count_kinds(rows),
        "rows": len(rows),
        "training_rows": {
            name: tables[name].count(b"\n") - 1 for name in ("energies.csv", "moduli.csv")
        },
        "files": {name: hashlib.sha256(tables[name]).hexdigest() for name in sorted(tables)},
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
