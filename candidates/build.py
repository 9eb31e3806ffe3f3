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
from typing import Any

import numpy as np

from maiscreen.candidates.build_training import training_files
from maiscreen.candidates.corrections import (
    ANION_SHIFT_EV,
    HUBBARD_FLUORIDE_SHIFT_EV,
    shift_ev_atom,
)
from maiscreen.candidates.elements import HALOGENS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hull import System, energy_above_hull
from maiscreen.candidates.precursor import parse_formula
from maiscreen.candidates.snapshot import SCHEMA

WHEEL = "crabnet-2.0.8-py3-none-any.whl"
"""The published wheel (MIT), whose benchmark_data folder holds the tables."""

WHEEL_SHA256 = "4901565abaa5b4cd1a7841b9de647a3906df21676b226a7abf972d113f92054a"
"""SHA-256 of :data:`WHEEL` as published."""

_TABLES = "crabnet/data/benchmark_data"

Row = dict[str, Any]


def build_embedded(wheel: Path, out: Path, sha256: str = WHEEL_SHA256) -> None:
    """Write phases, training tables and ``manifest.json`` into a folder.

    Parameters
    ----------
    wheel : Path
        The wheel of crabnet 2.0.8.
    out : Path
        Folder for the files; made if it is not there.
    sha256 : str
        Hash that the wheel must have.

    Raises
    ------
    InputError
        If the wheel can't be read or is another one.
    """
    data = _checked_wheel(wheel, sha256)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        energies = _table(archive, "CritExam__Ef")
        distances = _table(archive, "CritExam__Ed")
        volumes = _table(archive, "OQMD_Volume_per_atom")
        tables = training_files(archive, energies, volumes)
    rows = sorted(_phases(energies, distances, volumes), key=_order)
    _shift(rows)
    _place_on_hull(rows)
    tables["phases.csv"] = _to_csv(rows)
    tables["manifest.json"] = _manifest(rows, tables, sha256)
    out.mkdir(parents=True, exist_ok=True)
    for name, data in tables.items():
        (out / name).write_bytes(data)


def _checked_wheel(wheel: Path, sha256: str) -> bytes:
    try:
        data = wheel.read_bytes()
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
        roles = _roles(text)
        if roles is not None:
            distance, volume = distances[text], volumes.get(text)
            yield roles | {
                "legacy_formation_energy_ev_atom": round(energy, 6),
                "legacy_decomposition_energy_ev_atom": round(distance, 6),
                "volume_a3_atom": volume,
            }


def _roles(text: str) -> Row | None:
    """Tell Na, M and X of a formula of the table apart; None for other compounds.

    Interhalogens are left out: the legacy scheme corrects both of their elements, so that the
    shift to 2020 is not known for them.
    """
    counts = parse_formula(text)
    halogens = [e for e in counts if e in HALOGENS]
    metals = [e for e in counts if e not in HALOGENS and e != "Na"]
    if len(counts) < 2 or len(halogens) > 1 or len(metals) > 1:
        return None
    metal, halogen = "".join(metals), "".join(halogens)
    elements = [e for e in ("Na", metal, halogen) if e in counts]
    numbers = [counts[e] for e in elements]
    divisor = int(np.gcd.reduce(numbers))
    reduced = {e: n // divisor for e, n in zip(elements, numbers, strict=True)}
    return {
        "formula": "".join(e if n == 1 else f"{e}{n}" for e, n in reduced.items()),
        "chemical_system": "-".join(elements),
        "metal": metal,
        "halogen": halogen,
        "na_count": reduced.get("Na", 0),
        "metal_count": reduced.get(metal, 0),
        "halogen_count": reduced.get(halogen, 0),
    }


def _order(row: Row) -> tuple[str, str, int, int, int]:
    return (
        row["metal"],
        row["halogen"],
        row["na_count"],
        row["metal_count"],
        row["halogen_count"],
    )


def _shift(rows: list[Row]) -> None:
    """Add the formation energy under the corrections of 2020."""
    metal, halogen = (np.array([r[c] for r in rows], np.str_) for c in ("metal", "halogen"))
    counts = _counts(rows)
    atoms = counts.sum(axis=1)
    shift = shift_ev_atom(metal, halogen, counts[:, 1], counts[:, 2], atoms)
    for row, value in zip(rows, shift.tolist(), strict=True):
        row["formation_energy_ev_atom"] = _micro(row["legacy_formation_energy_ev_atom"] + value)


def _micro(value: float) -> float:
    """Round to six decimals, ties upwards, so that the last bit of a sum never shows."""
    return round(value + 1e-11, 6)


def _counts(rows: list[Row]) -> Any:
    names = ("na_count", "metal_count", "halogen_count")
    return np.array([[row[name] for name in names] for row in rows], dtype=np.int64)


def _place_on_hull(rows: list[Row]) -> None:
    """Add the energy above the hull, each phase in the system of its own elements."""
    for metal, halogen in sorted({(row["metal"], row["halogen"]) for row in rows}):
        inside = [r for r in rows if r["metal"] in ("", metal) and r["halogen"] in ("", halogen)]
        counts = np.concatenate([_counts(inside), np.eye(3, dtype=np.int64)])
        energy = np.array([r["formation_energy_ev_atom"] for r in inside] + [0.0] * 3)
        system = System(np.array([""] * len(counts)), counts, energy)
        for row, above in zip(inside, energy_above_hull(system).tolist(), strict=False):
            if (row["metal"], row["halogen"]) == (metal, halogen):
                row["energy_above_hull_ev_atom"] = _micro(above)


def _to_csv(rows: list[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(SCHEMA.names)
    writer.writerows([[_cell(row[name], name) for name in SCHEMA.names] for row in rows])
    return buffer.getvalue().encode()


def _cell(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}" if name.startswith("volume") else f"{value + 0.0:.6f}"
    return str(value)


def _manifest(rows: list[Row], tables: dict[str, bytes], wheel_sha256: str) -> bytes:
    kinds = [("na" if r["na_count"] else "") + bool(r["metal"]) * "m" + bool(r["halogen"]) * "x"
             for r in rows]  # fmt: skip
    names = {"mx": "halides", "nax": "sodium_halides", "nam": "na_m", "namx": "na_m_x"}
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
        "counts": {name: kinds.count(kind) for kind, name in names.items()},
        "rows": len(rows),
        "training_rows": {
            name: tables[name].count(b"\n") - 1 for name in ("energies.csv", "moduli.csv")
        },
        "files": {name: hashlib.sha256(tables[name]).hexdigest() for name in sorted(tables)},
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
