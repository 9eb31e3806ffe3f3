"""A progress bar on stderr, where someone looks at it."""

import sys
from collections.abc import Iterable, Iterator

from maiscreen.runners.work import Outcome
from maiscreen.screen.plan import Task


def shown(
    outcomes: Iterable[tuple[Task, Outcome]], total: int, done: int, *, quiet: bool
) -> Iterator[tuple[Task, Outcome]]:
    """Pass the outcomes on, and show how many candidates are done.

    Parameters
    ----------
    outcomes : iterable
        Outcomes as they come.
    total, done : int
        Candidates in all, and those done in an earlier run.
    quiet : bool
        Show nothing; neither is anything shown if stderr is closed or no terminal.
    """
    from tqdm import tqdm

    off = quiet or sys.stderr is None or not sys.stderr.isatty()
    with tqdm(
        total=total, initial=done, desc="describe", unit=" precursors", disable=off, leave=False
    ) as bar:
        for task, outcome in outcomes:
            bar.update(task.size)
            yield task, outcome
