"""A nanny whose worker may be killed while it starts."""

from distributed import Nanny
from distributed.core import Status

from maiscreen.runners.endings import GOES_ON, LostError

STARTS = 5
"""So often in a row a worker is started that does not live to join [judgement]."""


class SteadyNanny(Nanny):
    """A nanny that starts its first worker anew if that is killed before it has joined.

    Dask's own gives up there, and its cluster with it; only later workers are started anew.
    """

    async def instantiate(self) -> Status:
        """Start the worker process, and wait until it has joined."""
        for _ in range(STARTS - 1):
            status = await super().instantiate()
            if status is Status.running or self.status not in (Status.init, Status.starting):
                return status
        return await super().instantiate()


def start_error(error: Exception) -> LostError:
    """Describe why the workers of this machine could not be started."""
    cause = error.__cause__ or error
    text = " ".join(f"{type(cause).__name__}: {cause}".split())
    return LostError(f"no workers could be started on this machine ({text}); {GOES_ON}")
