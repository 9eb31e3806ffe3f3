"""What is left to do: pure arithmetic on intervals of candidates."""

from collections.abc import Iterable
from typing import NamedTuple


class Task(NamedTuple):
    """The candidates start, start + 1, …, stop − 1."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many candidates it holds."""
        return self.stop - self.start


def choose_parts(total: int, done: Iterable[tuple[int, int]]) -> tuple[Task, ...]:
    """Choose parts that do not overlap, whatever chunk sizes they come from.

    Parameters
    ----------
    total : int
        Number of candidates.
    done : iterable of (int, int)
        Intervals of the parts that are there.

    Returns
    -------
    tuple of Task
        In order; adding the tasks of `remaining_tasks` to ``done`` adds them here and removes none.

    Examples
    --------
    >>> choose_parts(10, {(4, 8), (0, 5), (5, 6)})
    (Task(start=0, stop=5), Task(start=5, stop=6))
    """
    kept: list[Task] = []
    end = 0
    for start, stop in sorted(done, key=lambda interval: (interval[0], -interval[1])):
        if end <= start < stop <= total:
            kept.append(Task(start, stop))
            end = stop
    return tuple(kept)


def remaining_tasks(
    total: int, chunk_size: int, done: Iterable[tuple[int, int]] = ()
) -> tuple[Task, ...]:
    """Find which tasks are left: all candidates, less the parts that are there.

    Parameters
    ----------
    total : int
        Number of candidates.
    chunk_size : int
        Largest number of candidates in a task.
    done : iterable of (int, int)
        Intervals of the parts that are there.

    Returns
    -------
    tuple of Task
        In order. With `choose_parts` of ``done`` they cover every candidate once.

    Examples
    --------
    >>> remaining_tasks(10, 4, {(4, 8)})
    (Task(start=0, stop=4), Task(start=8, stop=10))
    """
    tasks: list[Task] = []
    end = 0
    for start, stop in (*choose_parts(total, done), (total, total)):
        tasks += [Task(i, min(i + chunk_size, start)) for i in range(end, start, chunk_size)]
        end = stop
    return tuple(tasks)
