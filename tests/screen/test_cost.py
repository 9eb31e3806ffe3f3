"""What the screen of a wide space costs: ratios and counts of one run, never seconds."""

import io
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maiscreen.screen.blend_stage import describe_blends
from maiscreen.screen.blends import mixture_space
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.wide import Space

ROWS = 200_000

REPEATS = 5

MOST_WORKLOADS = 4.0
"""Describing takes so many times a fixed amount of NumPy; it took 1.3 when this was written."""

MOST_WRITINGS = 2.0
"""And so many times writing its own table as Parquet, every column by dictionary; it took 0.7."""

MOST_CALLS = 30_000
"""Calls of functions for a table, however many rows it has; there were 10,600."""


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """Blends of halides with tables alone, so that nothing is learned or loaded."""
    space = Space(blends=3, temperatures_c=(25.0, 60.0), limit=ROWS)
    found = Campaign(fidelity="F0", space=space)
    assert mixture_space(found).size == ROWS
    describe_blends(found, 0, ROWS)  # what is prepared once
    return found


def process_s(*calls: Callable[[], object]) -> list[float]:
    """Time of this process for each call, the calls taking turns: medians."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for call, spent in zip(calls, times, strict=True):
            begun = time.process_time()
            call()
            spent.append(time.process_time() - begun)
    return [median(spent) for spent in times]


def workload() -> float:
    """Arithmetic over as many rows as are described, in memory of the same kind."""
    numbers = np.linspace(0.0, 1.0, ROWS)
    for _ in range(60):
        numbers = np.log(1.0 + np.exp(-numbers))
    return float(numbers.sum())


def written(table: pa.Table) -> None:
    pq.write_table(table, io.BytesIO(), compression="zstd", compression_level=1)


def calls_of(work: Callable[[], object]) -> int:
    """Count the functions that are called, of Python and of C."""
    count = 0

    def seen(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_describing_costs_no_more_than_a_fixed_workload(campaign: Campaign) -> None:
    ours, fixed = process_s(lambda: describe_blends(campaign, 0, ROWS), workload)
    assert ours < MOST_WORKLOADS * fixed


def test_describing_costs_a_few_times_what_writing_does(campaign: Campaign) -> None:
    table = describe_blends(campaign, 0, ROWS)
    ours, writing = process_s(lambda: describe_blends(campaign, 0, ROWS), lambda: written(table))
    assert ours < MOST_WRITINGS * writing


def test_four_times_as_many_candidates_cost_four_times_as_much(campaign: Campaign) -> None:
    quarter = ROWS // 4
    quarters = [range(k * quarter, (k + 1) * quarter) for k in range(4)]
    whole, by_quarters = process_s(
        lambda: describe_blends(campaign, 0, ROWS),
        lambda: [describe_blends(campaign, one.start, one.stop) for one in quarters],
    )
    assert 0.4 < whole / by_quarters < 1.6


def test_no_function_is_called_for_every_candidate(campaign: Campaign) -> None:
    assert calls_of(lambda: describe_blends(campaign, 0, ROWS)) < MOST_CALLS
    some = calls_of(lambda: describe_blends(campaign, 0, ROWS // 4))
    assert calls_of(lambda: describe_blends(campaign, 0, ROWS)) < 2 * some
