"""Workers of a scheduler seen from the client, and whether each would find the same as it."""

import socket
from collections.abc import Callable, Mapping
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.same_code import MISSING, Answer, difference
from maiscreen.runners.folder.log import remark
from maiscreen.runners.provenance import PACKAGES

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
