"""Measure everything that docs/performance.md tells, in one run: `make bench`, `… QUICK=1`.

Writes benchmarks/results.json, the part of docs/performance.md between its marks, and
docs/performance.png. Peers and we run in turns in the same process, on one core; whole runs start
a process and two workers each.
"""

import argparse
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import bench_commands
import bench_features
import bench_reactions
import bench_wide
import bench_workers
import numpy as np
import pyarrow as pa
from matminer.featurizers.composition import ElementProperty
from performance_page import machine, write_page
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import energies
from maiscreen.descriptors.composition.features import magpie
from maiscreen.screen.blends.space import BlendSpace

RESULTS = Path(__file__).parent / "results.json"

SIZES = {10**4: 3, 10**5: 3, 10**6: 3, 10**7: 1}
QUICK_SIZES = {10**4: 1, 10**5: 1, 10**6: 1}
"""Candidates of whole runs, and how many of each."""

TASKS, REPEATS, SMALL_TASKS = 6, 5, 1000
QUICK_TASKS, QUICK_REPEATS, QUICK_SMALL_TASKS = 2, 3, 200


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2 minutes instead of 10")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")
    pa.set_cpu_count(1)
    results = measure(quick)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    write_page(results)


def measure(quick: bool) -> dict[str, Any]:
    """Measure everything; the numbers that are asked for stand at the top."""
    begun, load = time.perf_counter(), os.getloadavg()[0]
    repeats, tasks = (QUICK_REPEATS, QUICK_TASKS) if quick else (REPEATS, TASKS)
    small = QUICK_SMALL_TASKS if quick else SMALL_TASKS
    runs = _said("whole runs", bench_wide.scaling, QUICK_SIZES if quick else SIZES)
    peers = _said("peers", _peers, 10 if quick else 1)
    large = bench_wide.wide(bench_workers.TASK_ROWS * tasks)
    workers = _said("workers", bench_workers.workers, large, tasks, repeats, small)
    cores = _said("two cores", bench_workers.two_cores, repeats)
    space = BlendSpace(bench_wide.wide(bench_wide.ROWS))
    floor = _said("floor", bench_wide.floor, space, repeats)
    hot_path = _said("hot path", bench_wide.hot_path, space)
    limits = _said("limits", bench_wide.limits, space, repeats)
    commands = _said("commands", bench_commands.commands, repeats)
    return {
        "ratio_reaction_closed_form": peers["closed_form"]["ratio"],
        "ratio_reaction_general": peers["general"]["ratio"],
        "ratio_featurise": peers["featurise"]["ratio"],
        "candidates_per_s": runs[-1]["candidates_per_s"],
        "floor_ratio": floor["ratio"],
        "peak_rss_mib_per_worker": max(run["peak_rss_mib_per_worker"] for run in runs),
        "dask_overhead": workers["dask_overhead"],
        "speedup_2_workers": workers["speedup_2_workers"],
        "exponent": bench_wide.exponent(runs),
        "exponent_beyond_smallest": bench_wide.exponent(runs[1:]),
        "quick": quick,
        "machine": machine(),
        "load_before": load,
        "load_after": os.getloadavg()[0],
        "seconds": time.perf_counter() - begun,
        "peers": peers,
        "pipeline": runs,
        "floor": floor,
        "workers": workers,
        "two_cores": cores,
        "hot_path": hot_path,
        "limits": limits,
        "commands": commands,
    }


def _said(title, measure, *arguments):
    """Measure one thing and say how long that took."""
    begun = time.perf_counter()
    result = measure(*arguments)
    sys.stdout.write(f"{title}: {time.perf_counter() - begun:.0f} s\n")
    sys.stdout.flush()
    return result


def _peers(step: int) -> dict[str, dict[str, float]]:
    snapshot = load_snapshot()
    return {
        "closed_form": bench_reactions.ratio_reaction_closed_form(snapshot, step),
        "general": bench_reactions.ratio_reaction_general(snapshot, step),
        "featurise": _featurise(),
    }


def _featurise() -> dict[str, float]:
    """Time Magpie statistics of parsed compositions, and compare them."""
    formulas = energies()["formula"].to_pylist()
    rows = np.random.default_rng(0).choice(len(formulas), bench_features.SAMPLE, replace=False)
    few = [formulas[k] for k in rows.tolist()]
    composed, parsed = [Composition(one) for one in few], compositions(formulas)
    peer = ElementProperty.from_preset("magpie")
    ours, theirs = bench_features.rates(
        (lambda: magpie(parsed), len(parsed)),
        (lambda: [peer.featurize(one) for one in composed], len(composed)),
    )
    expected = np.array([peer.featurize(one) for one in composed], dtype=np.float64)
    apart = np.abs(magpie(compositions(few)) - expected)
    # What is zero here is rounding there, beside numbers of the order of one and more.
    relative = (apart / np.maximum(np.abs(expected), 1e-3)).max()
    rates = {"ours_per_s": ours, "theirs_per_s": theirs, "ratio": ours / theirs}
    return rates | {"largest_relative_difference": float(relative)}


if __name__ == "__main__":
    main()
