"""The reference runner: one task after another, in this process."""

from collections.abc import Iterable, Iterator

from maiscreen.runners.work import Describe, Given, Outcome, Perform, perform
from maiscreen.screen.plan import Task


def execute(
    describe: Describe[Given],
    given: Given,
    tasks: Iterable[Task],
    perform: Perform[Given] = perform,
) -> Iterator[tuple[Task, Outcome]]:
    """Perform the tasks and give each outcome as it comes."""
    for task in tasks:
        yield task, perform(describe, given, task.start, task.stop)
