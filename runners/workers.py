"""Workers of a scheduler seen from the client, and whether each would find the same as it."""

import socket
from collections.abc import Callable, Mapping
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.answers import MISSING, Answer, difference
from maiscreen.runners.provenance import PACKAGES
from maiscreen.runners.work import MismatchError

_ASKED = ("maiscreen", *PACKAGES)

_TOLD = 3
"""Workers named in one line, at most."""

_SAME = "install the same there"


def check_versions(client: Any, address: str, expected: Answer) -> None:
    """See that every worker has the same Python and packages, whatever else it has.

    Parameters
    ----------
    client : distributed.Client
        Connected.
    address : str
        Of its scheduler, as the user gave it.
    expected : Mapping
        What is here; what it does not name is not compared.

    Raises
    ------
    InputError
        If one has not, by its name and what differs.
    """
    message = {"op": "versions", "packages": _ASKED}
    found = client.sync(client.scheduler.broadcast, msg=message, on_error="return")
    _refuse(client, address, {worker: _other(answer, expected) for worker, answer in found.items()})


def check(client: Any, address: str, expected: Answer, ask: Callable[[], Answer]) -> None:
    """See that every worker answers what is expected.

    Parameters
    ----------
    client, address, expected
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
    _refuse(client, address, wrong)


def _wrong(answer: Answer | str | Exception, expected: Answer) -> str:
    if isinstance(answer, Exception):
        return f"another maiscreen, which cannot say what it has ({' '.join(str(answer).split())})"
    # A bare text is the hash of the code.
    return difference({"code": answer} if isinstance(answer, str) else answer, expected)


def _refuse(client: Any, address: str, wrong: Mapping[str, str]) -> None:
    told = [(worker, why) for worker, why in wrong.items() if why]
    if told:
        text = "; ".join(f"worker {_named(client, w)} has {why}" for w, why in told[:_TOLD])
        more = f"; so have {len(told) - _TOLD} others" if len(told) > _TOLD else ""
        raise InputError("--scheduler", address, f"{text}{more}; {_SAME}")


def _other(answer: Any, expected: Answer) -> str:
    """Say which versions differ in an answer of distributed; nothing of a worker that has left."""
    if not isinstance(answer, dict) or "host" not in answer:
        return ""
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


class Newcomers:
    """Workers that join in the middle of a run, asked for their versions as they come.

    A task asks more, where maiscreen can be imported (:func:`answers.vouched`); a worker without
    it falls at the first task, or at a plugin, and would come and go again without a word.
    """

    def __init__(self, client: Any, expected: Answer) -> None:
        self._client, self._expected = client, expected
        self._wrong: list[str] = []
        client.subscribe_topic("all", self._told)

    def heed(self) -> None:
        """Raise an error if one of them has other versions.

        Raises
        ------
        MismatchError
            By its name, and what differs.
        """
        if self._wrong:
            raise MismatchError(f"{self._wrong[0]}; {_SAME}")

    async def _told(self, event: tuple[float, Any]) -> None:
        """Hear from the scheduler what happens; ask whoever is new, before it gets far."""
        _, message = event
        if not isinstance(message, dict) or message.get("action") != "add-worker":
            return
        worker = message["worker"]
        found = await self._client.scheduler.broadcast(
            msg={"op": "versions", "packages": _ASKED}, workers=[worker], on_error="return"
        )
        why = _other(found.get(worker), self._expected)
        if why:
            self._wrong.append(f"worker {worker} has {why}")
