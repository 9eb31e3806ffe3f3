"""How a command ends: exit codes, and the errors that end a run with one of them."""

import signal
from typing import ClassVar

COMPLETE, FAILED, BAD_INPUT, PARTIAL = 0, 1, 2, 3
"""Exit codes: partial is what is kept but not all done, or done with candidates that failed."""

INTERRUPTED = 128 + signal.SIGINT
"""Exit code after Ctrl-C; after SIGTERM and SIGHUP it is made in the same way: 143, 129."""

TASK_TIMEOUT_S = 600.0
"""Time for a task of a campaign, which takes seconds."""

WAIT_S = 60.0
"""How long a run waits for a worker when there is none."""

GOES_ON = "the same command goes on from here"


class EndingError(RuntimeError):
    """Ends a run; one line says why."""

    code: ClassVar[int] = PARTIAL
    """Exit code: what is done is kept, if the error does not say otherwise."""


class AllFailedError(EndingError):
    """Not one candidate could be described: there is nothing to rank."""

    code = FAILED


class FaultError(EndingError):
    """A task failed where no candidate is to blame."""

    code = FAILED


class LostError(EndingError):
    """Scheduler or workers have gone in the middle of a run; what is done is kept."""


class StorageError(EndingError):
    """A folder could not be written in the middle of a run; what is done is kept.

    Parameters
    ----------
    where : str
        The file.
    why : str
        What the system says, such as "No space left on device".
    """

    def __init__(self, where: str, why: str) -> None:
        # Both as args, so that the error pickles back whole from a worker.
        super().__init__(where, why)

    def __str__(self) -> str:
        """Return the error as one line."""
        where, why = self.args
        return f"{where} cannot be written: {why}; mend that, and the same command goes on"


class MismatchError(EndingError):
    """A worker has other code, packages or data than the process that sent it tasks.

    Before the first task that is bad input (`maiscreen.runners.cluster.open`); later, what is
    done is kept.
    """
