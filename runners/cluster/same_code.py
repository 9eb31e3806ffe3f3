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
from maiscreen.runners.provenance import PACKAGES, provenance
from maiscreen.runners.stages import print_remark
from maiscreen.runners.work.work import Describe, Given, Perform, perform
from maiscreen.screen.campaign.plan import Task

Answer = Mapping[str, str]
"""Name → version or hash: Python, maiscreen, packages, ``code``, ``snapshot``."""

MISSING = "none"
"""In place of the version of a package that is not installed."""

_HASHES = ("code", "snapshot")

_verified_runs: set[str] = set()
"""Runs for which this process has been found to be right."""


def local_versions() -> dict[str, str]:
    """Return the versions and hashes that a result of this process depends on."""
    return flatten_sources(provenance())


def campaign_versions(pin: Callable[[Given], Given], campaign: Given) -> dict[str, str]:
    """Return the local versions once the campaign's snapshot, labels and models proved readable."""
    pin(campaign)
    return local_versions()


def flatten_sources(sources: Mapping[str, Any]) -> dict[str, str]:
    """Flatten what a result follows from into one mapping (:func:`provenance.provenance`).

    Examples
    --------
    >>> packages = {"numpy": "2", "skops": None}
    >>> found = flatten_sources({"maiscreen": "1", "code": "ab", "packages": packages})
    >>> [found[name] for name in ("maiscreen", "code", "numpy", "skops")]
    ['1', 'ab', '2', 'none']
    """
    packages = {name: found or MISSING for name, found in sources.get("packages", {}).items()}
    named = {name: str(sources[name]) for name in ("maiscreen", *_HASHES) if name in sources}
    return {"Python": "{}.{}".format(*sys.version_info), **named, **packages}


def difference(answer: Answer, expected: Answer) -> str:
    """State what differs, both values; empty where nothing does.

    Examples
    --------
    >>> difference({"numpy": "2.1.0", "code": "ab"}, {"numpy": "2.2.0", "code": "ab"})
    'numpy 2.1.0 where 2.2.0 is here'
    """
    # Other code goes without saying where the version is another one.
    silent = _HASHES if _differs("maiscreen", answer, expected) else ()
    names = [name for name in expected if name not in silent and _differs(name, answer, expected)]
    return ", ".join(_pair(name, answer.get(name, MISSING), expected[name]) for name in names)


def _differs(name: str, found: Answer, expected: Answer) -> bool:
    return found.get(name) != expected.get(name)


def _pair(name: str, remote: str, local: str) -> str:
    if name in _HASHES:
        name, remote, local = f"another {name}", remote[:12], local[:12]
    return f"{name} {remote} where {local} is here"


def verified_execution(
    execute: Callable[..., Iterator[tuple[Task, Outcome]]],
    expected: Answer,
    ask: Callable[[], Answer],
) -> Callable[..., Iterator[tuple[Task, Outcome]]]:
    """Verify each worker process before its first task: some join in the middle of a run.

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
        subject: Given,
        tasks: Iterable[Task],
        perform: Perform[Given] = perform,
        log: Log = SILENT,
    ) -> Iterator[tuple[Task, Outcome]]:
        return execute(
            describe, subject, tasks, partial(_perform, run, expected, ask, perform), log
        )

    return performed


def _perform(
    run: str,
    expected: Answer,
    ask: Callable[[], Answer],
    perform: Perform[Given],
    describe: Describe[Given],
    subject: Given,
    start: int,
    stop: int,
) -> Outcome:
    """Perform a task on a verified worker."""
    if run not in _verified_runs:
        try:
            why = difference(ask(), expected)
        except InputError as error:
            raise MismatchError(f"worker {_own_address()} cannot read the same: {error}") from None
        if why:
            raise MismatchError(f"worker {_own_address()} has {why}; install the same there")
        _verified_runs.add(run)
    return perform(describe, subject, start, stop)


def _own_address() -> str:
    from distributed import get_worker

    return f"{get_worker().address} ({socket.gethostname()})"


_COMPARED = ("maiscreen", *PACKAGES)

_MAX_LISTED = 3
"""Workers named in one line, at most."""

_REMEDY = "install the same there"


def check_versions(client: Any, where: tuple[str, str], expected: Answer) -> None:
    """Check that every worker has the same Python and packages, whatever else it has.

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
    message = {"op": "versions", "packages": _COMPARED}
    found = client.sync(client.scheduler.broadcast, msg=message, on_error="return")
    _refuse(
        client,
        where,
        {worker: _version_difference(answer, expected) for worker, answer in found.items()},
    )


def check_answers(
    client: Any, where: tuple[str, str], expected: Answer, ask: Callable[[], Answer]
) -> None:
    """Check that every worker answers what is expected.

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
            remedy = f"{answer.remedy} (worker {_worker_and_host(client, worker)})"
            raise InputError(answer.field, answer.value, remedy)
        wrong[worker] = _answer_difference(answer, expected)
    _refuse(client, where, wrong)


def _answer_difference(answer: Answer | str | Exception, expected: Answer) -> str:
    if isinstance(answer, Exception):
        return f"another maiscreen, which cannot say what it has ({' '.join(str(answer).split())})"
    # A bare text is the hash of the code.
    return difference({"code": answer} if isinstance(answer, str) else answer, expected)


def _refuse(client: Any, where: tuple[str, str], wrong: Mapping[str, str]) -> None:
    faulty = [(worker, why) for worker, why in wrong.items() if why]
    if faulty:
        text = "; ".join(
            f"worker {_worker_and_host(client, w)} has {why}" for w, why in faulty[:_MAX_LISTED]
        )
        more = f"; so have {len(faulty) - _MAX_LISTED} others" if len(faulty) > _MAX_LISTED else ""
        raise InputError(*where, f"{text}{more}; {_REMEDY}")


def _version_difference(answer: Any, expected: Answer) -> str:
    """Find which versions differ in an answer of distributed."""
    if isinstance(answer, Exception):
        return ""  # It has just left.
    python = ".".join(answer["host"]["python"].split(".")[:2])
    versions = {"Python": python} | {k: answer["packages"].get(k) or MISSING for k in _COMPARED}
    if versions["maiscreen"] == MISSING:
        return "no maiscreen" if "maiscreen" not in expected else _no_package_text(expected)
    return difference(versions, {name: expected[name] for name in expected if name in versions})


def _no_package_text(expected: Answer) -> str:
    return f"no maiscreen where {expected['maiscreen']} is here"


def _worker_and_host(client: Any, worker: str) -> str:
    """Return a worker's address, and the name of its host."""
    # A function of the standard library, which every worker understands.
    host = client.run(socket.gethostname, workers=[worker], on_error="return").get(worker)
    return f"{worker} ({host})" if isinstance(host, str) else worker


def watch_joining_workers(client: Any, expected: Answer) -> None:
    """Ask workers that join in the middle of a run for their versions; name a wrong one on stderr.

    A task asks more, where maiscreen can be imported (:func:`verified_execution`). A worker without
    it falls at its first task, and would come and go, and come again, without a word.
    """
    named: list[str] = []

    async def heard(event: tuple[float, Any]) -> None:
        _, message = event
        if not isinstance(message, dict) or message.get("action") != "add-worker":
            return
        worker = message["worker"]
        answers = await client.scheduler.broadcast(
            msg={"op": "versions", "packages": _COMPARED}, workers=[worker], on_error="ignore"
        )
        left = "joined, and left before it could say what it has: see its log"
        why = f"has {_version_difference(answers[worker], expected)}" if answers else left
        if why != "has " and len(named) < _MAX_LISTED:
            named.append(worker)
            print_remark(
                f"worker {worker} {why}; {_REMEDY}" if answers else f"worker {worker} {why}"
            )

    client.subscribe_topic("all", heard)
