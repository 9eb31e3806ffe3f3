"""Cost of screening the wide space of `wide.toml`: whole runs, the floor, the hot path.

`python benchmarks/bench_wide.py CANDIDATES` makes one run with two workers from a cold start and
prints what it took as JSON; :mod:`bench` starts one such process for each run.
"""

import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np
import psutil
import pyarrow as pa

from maiscreen.runners.folder.files import FOLDER
from maiscreen.runners.runs.campaign import run_campaign
from maiscreen.screen.blends import table as blend_stage
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import part_bytes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe import describe

spaces = cache(BlendSpace)

HERE = Path(__file__).parent

WORKERS = 2

ROWS = 1_000_000
"""Candidates that the floor and the profile are taken of."""

MIB = 2**20


def wide(limit: int) -> Campaign:
    """Read the campaign, thinned to so many candidates."""
    return describe.pin_own_data(
        Campaign.from_toml(HERE / "wide.toml").with_settings([f"space.limit={limit}"])
    )


def whole_run(limit: int) -> dict[str, float]:
    """Screen in this process and its workers, and say what it took."""
    begun = time.perf_counter()
    campaign = Campaign.from_toml(HERE / "wide.toml").with_settings([f"space.limit={limit}"])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        finished = run_campaign(campaign, out, workers=WORKERS)
        seconds = time.perf_counter() - begun
        parts = [path.stat().st_size for path in (out / FOLDER).glob("*.parquet")]
    if sum(finished.ranked.counts.values()) != limit:
        raise ValueError(f"{sum(finished.ranked.counts.values())} candidates instead of {limit}")
    used = json.loads(json.dumps(finished.runner_info))
    spent = used["stages"]
    return {
        "candidates": sum(finished.ranked.counts.values()),
        "passed": finished.ranked.counts["passed"],
        "seconds": seconds,
        "worker_s": spent["task"] - spent["prepare"],
        "tasks": len(parts),
        "peak_rss_mib_per_worker": used["peak_rss_mib"],
        "peak_rss_mib_scheduler": _peak_mib(),
        "parquet_bytes": sum(parts),
        "stages": spent,
    }


def _peak_mib() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cold_run(limit: int) -> dict[str, float]:
    """Make a whole run in a new process; ``seconds`` are from its start to its end."""
    begun = time.perf_counter()
    asked = [sys.executable, str(HERE / "bench_wide.py"), str(limit)]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    return json.loads(done.stdout) | {"seconds": seconds}


def scaling(repeats: dict[int, int]) -> list[dict[str, float]]:
    """Make cold runs of several sizes, so many of each, taking turns; give medians."""
    runs: dict[int, list[dict[str, float]]] = {size: [] for size in repeats}
    for turn in range(max(repeats.values())):
        for size, count in repeats.items():
            if turn < count:
                runs[size].append(cold_run(size))
    return [_typical(some) for some in runs.values()]


def _typical(runs: list[dict[str, float]]) -> dict[str, float]:
    plain = {n: median(run[n] for run in runs) for n in runs[0] if n != "stages"}
    stages_s = {n: median(run["stages"][n] for run in runs) for n in runs[0]["stages"]}
    rate = plain["candidates"] / plain["seconds"]
    more = {"runs": len(runs), "candidates_per_s": rate, "stages": stages_s}
    more["screening_s"] = plain["worker_s"] / min(WORKERS, plain["tasks"])
    more["screened_per_s"] = plain["candidates"] / more["screening_s"]
    more["parquet_bytes_per_candidate"] = plain["parquet_bytes"] / plain["candidates"]
    return plain | more


def exponent(runs: list[dict[str, float]]) -> float:
    """Fit the exponent of the cost by the number of candidates: all workers' time, start-up off."""
    sizes, costs = (np.log([run[n] for run in runs]) for n in ("candidates", "worker_s"))
    return float(np.polyfit(sizes, costs, 1)[0])


def floor(space: BlendSpace, repeats: int) -> dict[str, float]:
    """Time describing and writing beside writing alone, in this process."""
    begun = time.perf_counter()
    _ = space.tables
    prepared = time.perf_counter() - begun
    table = blend_stage.describe_blends(space, 0, ROWS)  # spans the hulls, once
    whole, writing = [], []
    for _ in range(repeats):
        whole.append(seconds(lambda: part_bytes(blend_stage.describe_blends(space, 0, ROWS))))
        writing.append(seconds(lambda: part_bytes(table)))
    return {
        "candidates": ROWS,
        "prepare_s": prepared,
        "describe_and_write_s": median(whole),
        "write_s": median(writing),
        "ratio": median(whole) / median(writing),
        "table_bytes": table.nbytes,
        "parquet_bytes": len(part_bytes(table)),
    }


def hot_path(space: BlendSpace, first: int = 12) -> list[dict[str, object]]:
    """Profile describing and writing by function: the first of them by their own time."""
    profile = cProfile.Profile()
    profile.enable()
    part_bytes(blend_stage.describe_blends(space, 0, ROWS))
    profile.disable()
    found = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in found.values())
    ordered = sorted(found.items(), key=lambda one: -one[1][2])[:first]
    return [
        {"function": _named(*where), "calls": calls, "share": own / total}
        for where, (_, calls, own, _, _) in ordered
    ]


def _named(path: str, line: int, name: str) -> str:
    """Name a function by its file, without the folders that this machine has it in."""
    if path.startswith("~"):
        words = name.strip("{<>}").replace("built-in method ", "").replace("method ", "")
        return words.replace("'", "")
    return f"{Path(path).parent.name}/{Path(path).name}: {name.strip('<>')}"


def limits(space: BlendSpace, repeats: int) -> dict[str, float]:
    """Measure what the time of describing could be spent on.

    The same candidates in blocks of two sizes: what the small ones cost more is what Python and
    NumPy take for a block whatever it holds, and so for the blocks as they are. Beside it the rate
    at which this machine copies memory.
    """
    usual = blend_stage.BLOCK
    small = usual >> 4
    times: dict[int, list[float]] = {usual: [], small: []}
    try:
        for _ in range(repeats):
            for size, spent in times.items():
                blend_stage.BLOCK = size
                spent.append(seconds(lambda: blend_stage.describe_blends(space, 0, ROWS)))
    finally:
        blend_stage.BLOCK = usual
    blocks = {size: -(-ROWS // size) for size in times}
    large_s, small_s = median(times[usual]), median(times[small])
    each = (small_s - large_s) / (blocks[small] - blocks[usual])
    return {
        "describe_s": large_s,
        "call_s_per_block": each,
        "call_share": each * blocks[usual] / large_s,
        "copy_bytes_per_s": copy_rate(),
    }


def copy_rate() -> float:
    """Measure what a copy of memory far larger than the caches moves, read and written, in 1 s."""
    source = np.ones(256 * MIB // 8)
    target = np.empty_like(source)
    np.copyto(target, source)
    times = [seconds(lambda: np.copyto(target, source)) for _ in range(7)]
    return 2 * source.nbytes / median(times)


def seconds(call: Callable[[], object]) -> float:
    """Time one call."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def rss_mib() -> float:
    """Memory that this process holds, MiB."""
    return psutil.Process(os.getpid()).memory_info().rss / MIB


if __name__ == "__main__":
    pa.set_cpu_count(1)
    sys.stdout.write(json.dumps(whole_run(int(sys.argv[1]))))
