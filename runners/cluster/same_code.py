"""What workers answer before they get a task: versions and hashes, compared with those here."""

import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from maiscreen.candidates.errors import InputError
from maiscreen.runners.endings import MismatchError
from maiscreen.runners.folder.log import SILENT, Log
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.provenance import provenance
from maiscreen.runners.work.work import Describe, Given, Perform, perform
from maiscreen.screen.campaign.plan import Task

Answer = Mapping[str, str]
"""Name → version or hash: Python, maiscreen, packages, ``code``, ``snapshot``."""

MISSING = "none"
"""In place of the version of a package that is not installed."""

_HASHES = ("code", "snapshot")

_vouched: set[str] = set()
"""Runs for which this process has been found to be right."""


def here() -> dict[str, str]:
    """Answer: what a result made by this process would follow from."""
    return flat(provenance())


def asked(pin: Callable[[Given], Given], campaign: Given) -> dict[str, str]:
    """Answer before any task of a campaign; its snapshot, labels and models must be readable."""
    pin(campaign)
    return here()


def flat(sources: Mapping[str, Any]) -> dict[str, str]:
    """Make an answer of what a result follows from (:func:`provenance.provenance`).

    Examples
    --------
    >>> found = flat({"maiscreen": "1", "code": "ab", "packages": {"numpy": "2", "skops": None}})
    >>> [found[name] for name in ("maiscreen", "code", "numpy", "skops")]
    ['1', 'ab', '2', 'none']
    """
    packages = {name: found or MISSING for name, found in sources.get("packages", {}).items()}
    named = {name: str(sources[name]) for name in ("maiscreen", *_HASHES) if name in sources}
    return {"Python": "{}.{}".format(*sys.version_info), **named, **packages}


def difference(found: Answer, expected: Answer) -> str:
    """Say what differs, both values; empty where nothing does.

    Examples
    --------
    >>> difference({"numpy": "2.1.0", "code": "ab"}, {"numpy": "2.2.0", "code": "ab"})
    'numpy 2.1.0 where 2.2.0 is here'
    """
    # Other code goes without saying where the version is another one.
    silent = _HASHES if _differs("maiscreen", found, expected) else ()
    names = [name for name in expected if name not in silent and _differs(name, found, expected)]
    return ", ".join(_pair(name, found.get(name, MISSING), expected[name]) for name in names)


def _differs(name: str, found: Answer, expected: Answer) -> bool:
    return found.get(name) != expected.get(name)


def _pair(name: str, there: str, here: str) -> str:
    if name in _HASHES:
        name, there, here = f"another {name}", there[:12], here[:12]
    return f"{name} {there} where {here} is here"


def vouched(
    execute: Callable[..., Iterator[tuple[Task, Outcome]]],
    expected: Answer,
    ask: Callable[[], Answer],
) -> Callable[..., Iterator[tuple[Task, Outcome]]]:
    """Let each worker process answer before its first task: some join in the middle of a run.

    distributed takes in a worker whose plugin fails, so that no plugin could keep one out.

    Parameters
    ----------
    execute : callable
        Performs tasks on workers.
    expected : Mapping
        What each must answer.
    ask : callable
        What it is asked, there.
    """
    run = uuid4().hex

    def performed(
        describe: Describe[Given],
        given: Given,
        tasks: Iterable[Task],
        perform: Perform[Given] = perform,
        log: Log = SILENT,
    ) -> Iterator[tuple[Task, Outcome]]:
        return execute(describe, given, tasks, partial(_perform, run, expected, ask, perform), log)

    return performed


def _perform(
    run: str,
    expected: Answer,
    ask: Callable[[], Answer],
    perform: Perform[Given],
    describe: Describe[Given],
    given: Given,
    start: int,
    stop: int,
) -> Outcome:
    """Perform a task on a worker that is right."""
    if run not in _vouched:
        try:
            why = difference(ask(), expected)
        except InputError as error:
            raise MismatchError(f"worker {_self()} cannot read the same: {error}") from None
        if why:
            raise MismatchError(f"worker {_self()} has {why}; install the same there")
        _vouched.add(run)
    return perform(describe, given, start, stop)


def _self() -> str:
    from distributed import get_worker

    return f"{get_worker().address} ({socket.gethostname()})"
