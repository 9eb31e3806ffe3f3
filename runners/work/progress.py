"""A progress bar on stderr, where someone looks at it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

from maiscreen.runners.outcome import Outcome
from maiscreen.screen.campaign.plan import Task


def show_progress(
    outcomes: Iterable[tuple[Task, Outcome]],
    total: int,
    done: int,
    *,
    quiet: bool,
    words: tuple[str, str] = ("describe", " precursors"),
    tell: Callable[[Task], str] | None = None,
) -> Iterator[tuple[Task, Outcome]]:
    """Pass the outcomes on, and show how many are done.

    Parameters
    ----------
    outcomes : iterable
        Outcomes as they come.
    total, done : int
        Candidates in all, and those done in an earlier run.
    quiet : bool
        Show nothing; neither is anything shown if stderr is closed or no terminal.
    words : tuple of str
        What is done, and to what.
    tell : callable, optional
        What to say behind the bar of the task that has finished.
    """
    from tqdm import tqdm

    off = quiet or sys.stderr is None or not sys.stderr.isatty()
    with tqdm(
        total=total, initial=done, desc=words[0], unit=words[1], disable=off, leave=False
    ) as bar:
        for task, outcome in outcomes:
            if tell is not None:
                bar.set_postfix_str(tell(task), refresh=False)
            bar.update(task.size)
            yield task, outcome


@contextmanager
def progress_counter(what: str, unit: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback that takes how many things are done, and of how many; show it as a bar.

    Parameters
    ----------
    what, unit : str
        What is done, and to what: "train", " fits".
    quiet : bool
        Show nothing; neither is anything shown if stderr is closed or no terminal.
    """
    from tqdm import tqdm

    off = quiet or sys.stderr is None or not sys.stderr.isatty()
    with tqdm(desc=what, unit=unit, disable=off, leave=False) as bar:

        def told(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield told


def show_fits(*, quiet: bool) -> AbstractContextManager[Callable[[int, int], None]]:
    """Show the fits of a training."""
    return progress_counter("train", " fits", quiet=quiet)
