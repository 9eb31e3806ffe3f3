"""What Dask costs beside plain processes, what a second worker brings, what the scheduler holds.

The tasks are those of a wide run: a slice is described, written as Parquet and signed. Workers are
warmed up first, and the kinds of workers take turns.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from statistics import median

from bench_wide import rss_mib, seconds

from maiscreen.runners.cluster import cluster, execution
from maiscreen.runners.work.parts import Parts
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.screen import describe_part

spaces = cache(BlendSpace)

TASK_ROWS = 1 << 20

SMALL_ROWS = 64

ARITHMETIC = 12_000_000


def prepare(campaign: Campaign) -> None:
    """Read in a worker what all tasks need."""
    _ = Blends(campaign).space.tables


def workers(campaign: Campaign, count: int, repeats: int, small: int) -> dict[str, object]:
    """Measure ``count`` tasks on plain processes, on two Dask workers, and on one.

    After them come ``small`` tasks of a few candidates, twice.
    """
    tasks = [Task(k * TASK_ROWS, (k + 1) * TASK_ROWS) for k in range(count)]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        parts = Parts(Path(folder), "bench").prepare(Blends(campaign))
        pool = stack.enter_context(_pool(campaign))
        clients = {n: stack.enter_context(cluster.local_client(n)) for n in (1, 2)}
        for client in clients.values():
            client.run(prepare, campaign)

        def on_dask(n: int) -> Callable[[], object]:
            given = describe_part, Blends(campaign), tasks, parts.perform
            return lambda: list(execution.execute(clients[n], *given))

        kinds = {"plain": lambda: _on_pool(pool, parts, campaign, tasks)}
        kinds |= {"two": on_dask(2), "one": on_dask(1)}
        loads, task_s = [], []
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(repeats + 1):
            for name, call in kinds.items():
                spent = seconds(call)
                if turn:  # the first one warms up
                    times[name].append(spent)
                    task_s += [one.seconds["task"] for one in parts.receipts().values()]
            loads.append(os.getloadavg()[0])
        scheduler = _small_tasks(clients[2], campaign, parts, small)
    took = {name: median(some) for name, some in times.items()}
    each = [a / b - 1 for a, b in zip(times["two"], times["plain"], strict=True)]
    return {
        "tasks": count,
        "median_task_s": median(task_s),
        "plain_processes_s": took["plain"],
        "dask_2_workers_s": took["two"],
        "dask_1_worker_s": took["one"],
        "dask_overhead": took["two"] / took["plain"] - 1,
        "dask_overhead_each": each,
        "speedup_2_workers": took["one"] / took["two"],
        "load_average_1_min": loads,
        "scheduler": scheduler,
    }


def _pool(campaign: Campaign) -> ProcessPoolExecutor:
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(2, spawned, initializer=prepare, initargs=(campaign,))


def _on_pool(
    pool: ProcessPoolExecutor, parts: Parts, campaign: Campaign, tasks: list[Task]
) -> None:
    waiting = [
        pool.submit(parts.perform, describe_part, Blends(campaign), task.start, task.stop)
        for task in tasks
    ]
    for one in waiting:
        one.result()


def _small_tasks(client, campaign: Campaign, parts: Parts, count: int) -> dict[str, float]:
    """Hold against each other what the scheduler's process holds before and after many tasks."""
    step = SMALL_ROWS
    tasks = [Task(k * step, (k + 1) * step) for k in range(count)]
    held = [rss_mib()]
    for _ in range(2):
        begun = time.perf_counter()
        for _ in execution.execute(client, describe_part, Blends(campaign), tasks, parts.perform):
            pass
        took = time.perf_counter() - begun
        held.append(rss_mib())
    return {
        "small_tasks": count,
        "rss_mib_before": held[0],
        "rss_mib_after": held[1],
        "rss_mib_after_as_many_again": held[2],
        "tasks_remembered": len(client.cluster.scheduler.tasks),
        "seconds_per_small_task": took / count,
    }


def arithmetic(count: int) -> float:
    """Keep one core busy with numbers that never leave its cache."""
    value = 0.0
    for k in range(count):
        value += k * 1e-9
    return value


def two_cores(repeats: int) -> dict[str, float]:
    """See whether two real cores are free: the same arithmetic in one process and in two."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:

        def together() -> None:
            for one in [pool.submit(arithmetic, ARITHMETIC) for _ in range(2)]:
                one.result()

        def in_turn() -> None:
            for _ in range(2):
                pool.submit(arithmetic, ARITHMETIC).result()

        together()
        alone, both = [], []
        for _ in range(repeats):
            alone.append(seconds(in_turn))
            both.append(seconds(together))
    return {"in_turn_s": median(alone), "together_s": median(both)} | {
        "speedup": median(alone) / median(both)
    }
