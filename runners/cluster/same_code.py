"""What workers answer before they get a task: versions and hashes, compared with those here."""

import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from maiscreen.candidates.errors import InputError
from maiscreen.runners.endings import MismatchError
from maiscreen.runners.folder.log import SILENT, Log, remark
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.provenance import PACKAGES, provenance
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


_ASKED = ("maiscreen", *PACKAGES)

_TOLD = 3
"""Workers named in one line, at most."""

_SAME = "install the same there"


def check_versions(client: Any, where: tuple[str, str], expected: Answer) -> None:
    """See that every worker has the same Python and packages, whatever else it has.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    where : tuple of str
        What the user gave, such as ``--scheduler``, and its value.
    expected : Mapping
        What is here; what it does not name is not compared.

    Raises
    ------
    InputError
        If one has not, by its name and what differs.
    """
    message = {"op": "versions", "packages": _ASKED}
    found = client.sync(client.scheduler.broadcast, msg=message, on_error="return")
    _refuse(client, where, {worker: _other(answer, expected) for worker, answer in found.items()})


def check(client: Any, where: tuple[str, str], expected: Answer, ask: Callable[[], Answer]) -> None:
    """See that every worker answers what is expected.

    Parameters
    ----------
    client, where, expected
        As for :func:`check_versions`.
    ask : callable
        What they are asked.

    Raises
    ------
    InputError
        If one does not, by its name and what differs; and what ``ask`` raises there.
    """
    wrong = {}
    for worker, answer in client.run(ask, on_error="return").items():
        if isinstance(answer, InputError):
            remedy = f"{answer.remedy} (worker {_named(client, worker)})"
            raise InputError(answer.field, answer.value, remedy)
        wrong[worker] = _wrong(answer, expected)
    _refuse(client, where, wrong)


def _wrong(answer: Answer | str | Exception, expected: Answer) -> str:
    if isinstance(answer, Exception):
        return f"another maiscreen, which cannot say what it has ({' '.join(str(answer).split())})"
    # A bare text is the hash of the code.
    return difference({"code": answer} if isinstance(answer, str) else answer, expected)


def _refuse(client: Any, where: tuple[str, str], wrong: Mapping[str, str]) -> None:
    told = [(worker, why) for worker, why in wrong.items() if why]
    if told:
        text = "; ".join(f"worker {_named(client, w)} has {why}" for w, why in told[:_TOLD])
        more = f"; so have {len(told) - _TOLD} others" if len(told) > _TOLD else ""
        raise InputError(*where, f"{text}{more}; {_SAME}")


def _other(answer: Any, expected: Answer) -> str:
    """Say which versions differ in an answer of distributed."""
    if isinstance(answer, Exception):
        return ""  # It has just left.
    python = ".".join(answer["host"]["python"].split(".")[:2])
    found = {"Python": python} | {k: answer["packages"].get(k) or MISSING for k in _ASKED}
    if found["maiscreen"] == MISSING:
        return "no maiscreen" if "maiscreen" not in expected else _none(expected)
    return difference(found, {name: expected[name] for name in expected if name in found})


def _none(expected: Answer) -> str:
    return f"no maiscreen where {expected['maiscreen']} is here"


def _named(client: Any, worker: str) -> str:
    """Give a worker's address, and the name of its host."""
    # A function of the standard library, which every worker understands.
    host = client.run(socket.gethostname, workers=[worker], on_error="return").get(worker)
    return f"{worker} ({host})" if isinstance(host, str) else worker


def watch(client: Any, expected: Answer) -> None:
    """Ask workers that join in the middle of a run for their versions; name a wrong one on stderr.

    A task asks more, where maiscreen can be imported (:func:`answers.vouched`). A worker without
    it falls at its first task, and would come and go, and come again, without a word.
    """
    told: list[str] = []

    async def heard(event: tuple[float, Any]) -> None:
        _, message = event
        if not isinstance(message, dict) or message.get("action") != "add-worker":
            return
        worker = message["worker"]
        found = await client.scheduler.broadcast(
            msg={"op": "versions", "packages": _ASKED}, workers=[worker], on_error="ignore"
        )
        left = "joined, and left before it could say what it has: see its log"
        why = f"has {_other(found[worker], expected)}" if found else left
        if why != "has " and len(told) < _TOLD:
            told.append(worker)
            remark(f"worker {worker} {why}; {_SAME}" if found else f"worker {worker} {why}")

    client.subscribe_topic("all", heard)
