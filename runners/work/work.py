"""One task: describe a slice of the candidates; a row that fails does not take the others along.

The candidates are whatever a plan holds: precursors of a campaign, simulations of phases.
"""

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from maiscreen.runners.kernels import kernels
from maiscreen.runners.outcome import Failure, Outcome
from maiscreen.screen.campaign.plan import Task

Given = TypeVar("Given")
"""What the candidates are numbered in: a campaign, or a plan of simulations."""

Describe = Callable[[Given, int, int], pa.Table]
"""A pure function: the rows start … stop − 1 of the descriptor table."""


Perform = Callable[[Describe[Given], Given, int, int], "Outcome"]
"""What a worker does with a task: `perform`, or more than that."""


def perform(describe: Describe[Given], subject: Given, start: int, stop: int) -> Outcome:
    """Describe the candidates start … stop − 1, halving the slice down to a row that fails."""
    begun = time.perf_counter()
    try:
        table = describe(subject, start, stop)
        if table.num_rows != stop - start:
            raise ValueError(f"{table.num_rows} rows instead of {stop - start}")
    except Exception as error:
        if stop - start == 1:
            failures, seconds = (_failure(start, error),), time.perf_counter() - begun
            return Outcome(None, failures, seconds, kernels=kernels())
        middle = (start + stop) // 2
        return join_outcomes(
            perform(describe, subject, start, middle), perform(describe, subject, middle, stop)
        )
    return Outcome(table, (), time.perf_counter() - begun, kernels=kernels())


def join_outcomes(*outcomes: Outcome) -> Outcome:
    """Put the outcomes of neighbouring slices together, in their order."""
    return Outcome(
        stack_tables([outcome.table for outcome in outcomes]),
        tuple(failure for outcome in outcomes for failure in outcome.failures),
        sum(outcome.seconds for outcome in outcomes),
        kernels=outcomes[0].kernels,
    )


def stack_tables(tables: list[pa.Table | None]) -> pa.Table | None:
    """Stack tables; a column that is null throughout a table takes its type from the others."""
    present = [table for table in tables if table is not None]
    if not present:
        return None
    return pa.concat_tables(present, promote_options="default").combine_chunks()


def split_task(task: Task, pieces: int = 16) -> tuple[Task, ...]:
    """Cut a task into at most so many pieces.

    Examples
    --------
    >>> split_task(Task(0, 5), 2)
    (Task(start=0, stop=3), Task(start=3, stop=5))
    """
    step = -(-task.size // pieces)
    return tuple(Task(i, min(i + step, task.stop)) for i in range(task.start, task.stop, step))


def _failure(index: int, error: Exception) -> Failure:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(index, reason, "\n".join(_frames(error)))


def _frames(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(f.filename).name}:{f.lineno} in {f.name}: {f.line}" for f in frames]
