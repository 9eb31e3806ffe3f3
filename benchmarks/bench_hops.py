"""Hops of published paths by a potential: measure E of decision 48.

    python benchmarks/bench_hops.py PATHS.json.gz --model 7net-0 --out hops.jsonl

PATHS is the file of interpolated paths (five images each, JARVIS format, the published barrier) of
sai-mat-group/predicting-migration-barriers (MIT; arXiv 2508.06459). It is not part of this
project. What is done was fixed before anything was computed: all paths of sodium in compounds
without open d or f shells (whose states the potentials do not know) and of at most 111 atoms; both
ends relaxed in the published cell to 0.03 eV/Å, then a climbing band of three images to 0.05 eV/Å,
as for labels; the barrier is from the lower end. A path that fails counts 0.5 eV. Each result is
one line; the same command goes on where it stopped.
"""

import argparse
import gzip
import json
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from ase import Atoms

from maiscreen.models.attributes.model_choice import MISS_EV
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.labels.potential_files import read_potential
from maiscreen.models.labels.potentials import DEFAULT
from maiscreen.models.simulation import migration
from maiscreen.models.simulation.band import band
from maiscreen.models.simulation.potential import Potential, load_potential
from maiscreen.models.simulation.vacancy import _descend

CHOSEN = (
    "Na3SeCl Na3SI Na3OBr Na3OI Na7P3S11 Na7P3Se11 Na7P3O11 NaSc2S4 NaSc2Se4 NaSn2P3O12 "
    "NaZr2P3O12 NaTi2P3O12"
).split()

IMAGES = 5
"""Positions of the hopping ion, which come first in a path."""


def ends(entry: dict[str, Any]) -> tuple[Atoms, Atoms]:
    """Lay out the crystal with the ion at the first and at the last image of its path."""
    data = entry["atoms"]
    lattice, coords = np.array(data["lattice_mat"]), np.array(data["coords"], dtype=float)
    symbols = [data["elements"][0], *data["elements"][IMAGES:]]
    way = coords[IMAGES - 1] - coords[0]
    laid = []
    for ion in (coords[0], coords[0] + way - np.rint(way)):
        scaled = np.vstack([ion, coords[IMAGES:]])
        laid.append(Atoms(symbols, cell=lattice, positions=scaled @ lattice, pbc=True))
    return laid[0], laid[1]


def barrier(entry: dict[str, Any], potential: Potential) -> tuple[float, bool]:
    """Compute the barrier from the lower end, eV, and whether the band converged."""
    energies = []
    laid = ends(entry)
    for atoms in laid:
        atoms.calc = potential.calculator
        _descend(atoms, "an end")
        energies.append(float(atoms.get_potential_energy()))
        atoms.calc = None
    path = band(*laid, potential)
    path.relax(migration.ROUGH_EV_A, migration.ROUGH_STEPS, climb=False)
    done = any(
        path.relax(migration.FMAX_EV_A, migration.MAX_STEPS, climb=True)
        for _ in range(migration.GOES)
    )
    return path.saddle_ev - min(energies), done


def one(entry: dict[str, Any], potential: Potential) -> dict[str, Any]:
    """Return the line of a path."""
    begun = time.perf_counter()
    try:
        value, done = barrier(entry, potential)
        result: dict[str, Any] = {"barrier_ev": value, "converged": done}
    except SimulationError as error:
        result = {"barrier_ev": None, "converged": False, "reason": str(error)}
    return {
        "path": entry["sys_name"],
        "model": potential.name,
        "published_ev": float(entry["target"]),
        **result,
        "seconds": round(time.perf_counter() - begun),
    }


def summary(lines: list[dict[str, Any]]) -> str:
    """State the median absolute deviation of each model over the paths that all have."""
    models = sorted({line["model"] for line in lines})
    found = {(line["path"], line["model"]): line for line in lines}
    paths = [p for p in CHOSEN if all((p, m) in found for m in models)]
    told = []
    for model in models:
        off = [
            MISS_EV
            if (x := found[path, model])["barrier_ev"] is None
            else abs(x["barrier_ev"] - x["published_ev"])
            for path in paths
        ]
        if off:
            told.append(f"{model}: median {statistics.median(off):.3f} eV of {len(off)} paths")
    return "\n".join(told)


def main() -> None:
    """Compute what is missing, and print the measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--potential", type=Path, help="TOML file of an own potential")
    parser.add_argument("--out", type=Path, default=Path("hops.jsonl"))
    options = parser.parse_args()
    own = read_potential(options.potential) if options.potential else None
    potential = load_potential(own.name if own else options.model, own)
    text = options.out.read_text() if options.out.exists() else ""
    lines = [json.loads(line) for line in text.splitlines()]
    there = {line["path"] for line in lines if line["model"] == potential.name}
    with gzip.open(options.paths) as stream:
        entries = {entry["sys_name"]: entry for entry in json.load(stream)}
    for name in CHOSEN:
        if name not in there:
            lines.append(one(entries[name], potential))
            with options.out.open("a") as file:
                file.write(json.dumps(lines[-1]) + "\n")
            print(json.dumps(lines[-1]), flush=True)
    print(summary(lines))


if __name__ == "__main__":
    main()
