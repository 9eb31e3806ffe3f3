"""The reference runner: one task after another, in this process."""

from collections.abc import Iterable, Iterator

from maiscreen.runners.work import Describe, Outcome, perform
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.plan import Task


def execute(
    describe: Describe, campaign: Campaign, tasks: Iterable[Task]
) -> Iterator[tuple[Task, Outcome]]:
    """Perform the tasks and give each outcome as it comes."""
    for task in tasks:
        yield task, perform(describe, campaign, task.start, task.stop)
