"""The reference runner: one task after another, in this process."""

from collections.abc import Iterable, Iterator

from maiscreen.runners.folder.log import SILENT, Log
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.work.work import Describe, Given, Perform, perform
from maiscreen.screen.campaign.plan import Task


def execute(
    describe: Describe[Given],
    subject: Given,
    tasks: Iterable[Task],
    perform: Perform[Given] = perform,
    log: Log = SILENT,
) -> Iterator[tuple[Task, Outcome]]:
    """Perform the tasks and give each outcome as it comes."""
    for task in tasks:
        outcome = perform(describe, subject, task.start, task.stop)
        failed, seconds = len(outcome.failures), round(outcome.seconds, 3)
        log.record("task done", task=task, rows=task.size - failed, failed=failed, seconds=seconds)
        yield task, outcome
