"""What a run holds while it works on a folder: its lock, and its log."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.lock import Lock, held
from maiscreen.runners.folder.log import Log, logged
from maiscreen.runners.folder.place import Place
from maiscreen.runners.folder.shards import HIDDEN
from maiscreen.runners.kernels import kernels, mix


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder that a run works on.

    Attributes
    ----------
    lock : Lock
        Keeps other runs out of it.
    log : Log
        What the run tells.
    again : bool
        Whether candidates that failed in an earlier run are done again.
    quiet : bool
        Whether no progress is shown.
    """

    lock: Lock
    log: Log
    again: bool
    quiet: bool

    def begin(
        self, fingerprint: str, used: Mapping[str, object], candidates: int, tasks: int
    ) -> None:
        """Tell what is about to be done, and where it can be watched."""
        if "dashboard" in used:
            self.lock.tell(str(used["dashboard"]))
        self.log.begin(fingerprint, used, candidates, tasks)

    def kernels(self, named: Iterable[str]) -> list[str]:
        """Give the kernels of tasks, and of this process, for the manifest; tell of a mix.

        Parameters
        ----------
        named : iterable of str
            Of each task; empty where its receipt names none.
        """
        several = {*named, kernels()} - {""}
        if text := mix(several):
            self.log.tell("several kernels", kernels=sorted(several))
            self.log.say(text)
        return sorted(several)


@contextmanager
def desk(
    out: Place, fingerprint: str, given: Mapping[str, object], *, again: bool, quiet: bool
) -> Iterator[Desk]:
    """Take a folder for a run, if it is ours to write into.

    Parameters
    ----------
    out : Path or Remote
        The folder; it may be missing.
    fingerprint : str
        Of the run.
    given : mapping
        Its settings.
    again, quiet : bool
        As in :class:`Desk`.

    Raises
    ------
    InputError
        If the folder belongs to another campaign, another run is at work on it, or it cannot be
        written.
    """
    ownership.check(out, fingerprint, given)
    with held(out, fingerprint) as lock:
        # What another run did here before this one held the folder.
        ownership.check(out, fingerprint, given)
        with logged(out / HIDDEN / fingerprint, quiet=quiet) as log:
            yield Desk(lock, log, again, quiet)
