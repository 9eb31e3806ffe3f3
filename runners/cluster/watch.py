"""The workers of a run: who is there, who came and went, and how long none is waited for."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from distributed import CancelledError, Client
from distributed.client import ClosedClientError

from maiscreen.candidates.reading import limits
from maiscreen.runners.cluster.guard import (
    read_crash_reports,
    remove_crash_reports,
    resource_limits,
)
from maiscreen.runners.endings import GOES_ON, WAIT_S, LostError
from maiscreen.runners.folder.log import SILENT, Log

LOOK_S = 1.0
"""How often workers are looked for."""

FIRST_S, SAY_S = 10.0, 30.0
"""When waiting is said first, since one that is started anew takes some seconds, and how often."""

_HOST_S, _ANSWER_S = 20.0, 10.0
"""How long a worker of a host is waited for to be asked what another left, and its answer."""


@dataclass(frozen=True, slots=True)
class RunTerms:
    """Time limits and settings that every task of a run shares.

    Attributes
    ----------
    limit_s : float or None
        Time for a task; None for any.
    wait_s : float
        How long no worker is waited for.
    renew : callable, optional
        Starts workers in place of those that are gone for good, where we may.
    """

    limit_s: float | None = None
    wait_s: float = WAIT_S
    renew: Callable[[], None] | None = None


class WorkerWatch:
    """The workers of one run."""

    def __init__(self, client: Client, terms: RunTerms, log: Log = SILENT) -> None:
        self._client, self._terms, self._log = client, terms, log
        self._known: dict[str, int] = {}
        self._most = 0
        self._alive = self._looked = time.monotonic()
        self._said = -math.inf

    def greet(self) -> None:
        """Tell who is there at the beginning, and whether they would stand in each other's way."""
        self.look(at_once=True)
        self._log.record("cluster", **self._about())
        if self._client.cluster is None:
            self._tell_crowds()

    def look(self, *, at_once: bool = False) -> None:
        """See who is there.

        Raises
        ------
        LostError
            If the scheduler has gone, or there has been no worker for too long.
        """
        now = time.monotonic()
        if not at_once and now - self._looked < LOOK_S:
            return
        self._looked = now
        there = nthreads(self._client)
        self._compare(there)
        if len(there) < self._most and self._terms.renew is not None:
            self._terms.renew()
        if there:
            self._alive = now
        else:
            self._waiting(now - self._alive, now)

    def left(self, run: str, attempt: str, worker: str) -> str:
        """Ask the workers on the host of one that is gone what it left of an attempt."""
        begun, host = time.monotonic(), _host(worker)
        while not (here := [one for one in nthreads(self._client) if _host(one) == host]):
            self.look()
            if time.monotonic() - begun > _HOST_S:
                return ""
            time.sleep(LOOK_S / 4)
        said = self._ask(read_crash_reports, run, workers=here)
        return next((one[attempt] for one in said if attempt in one), "")

    def tidy(self, run: str) -> None:
        """Remove what processes left."""
        self._ask(remove_crash_reports, run)

    def out_of_memory(self, worker: str) -> bool:
        """Return whether a nanny has ended a worker for its memory."""
        with lost_scheduler_as_error():
            events = self._client.get_events("worker-restart-memory")
        return any(event.get("worker") == worker for _, event in events)

    def _ask(
        self, question: Callable[..., Any], *arguments: str, workers: list[str] | None = None
    ) -> list[Any]:
        """Ask workers; those that are gone, or too busy to listen, say nothing."""
        how = {"workers": workers, "on_error": "ignore", "callback_timeout": _ANSWER_S}
        with lost_scheduler_as_error():
            try:
                # As Client.run, but not for ever.
                said = self._client.sync(  # type: ignore[no-untyped-call]
                    self._client._run, question, *arguments, **how
                )
            except TimeoutError:
                return []
        return list(said.values())

    def _tell_crowds(self) -> None:
        """Tell of hosts where somebody else's workers start more threads than processors."""
        tasks: Counter[str] = Counter()
        for worker, threads in self._known.items():
            tasks[_host(worker)] += threads
        asked = {_host(worker): worker for worker in self._known}
        for answer in self._ask(resource_limits, workers=list(asked.values())):
            most = tasks[_host(str(answer.pop("worker")))]
            each = max(
                limits.whole_number(number or "") or answer["processors"]
                for number in answer["threads"].values()
            )
            if most * each > answer["processors"]:
                self._log.record("oversubscribed", tasks=most, **answer)

    def _compare(self, there: dict[str, int]) -> None:
        for name in sorted(there.keys() - self._known.keys()):
            self._log.record("worker joined", worker=name, workers=len(there))
        for name in sorted(self._known.keys() - there.keys()):
            self._log.record("worker left", worker=name, workers=len(there))
        self._known, self._most = there, max(self._most, len(there))

    def _waiting(self, silent_s: float, now: float) -> None:
        if silent_s > self._terms.wait_s:
            reason = f"no worker has been left for {self._terms.wait_s:g} s; {GOES_ON}"
            self._log.record("lost", reason=reason)
            raise LostError(reason)
        if silent_s > min(FIRST_S, self._terms.wait_s / 2) and now - self._said > SAY_S:
            self._said = now
            self._log.record("waiting", silent_s=round(silent_s, 1), wait_s=self._terms.wait_s)
            self._log.say(
                f"no worker is left; waiting {self._terms.wait_s - silent_s:.0f} s for one"
            )

    def _about(self) -> dict[str, object]:
        with lost_scheduler_as_error():
            about = self._client.scheduler_info(n_workers=0)
        found = {"scheduler": about.get("address"), "workers": len(self._known)}
        link = str(self._client.dashboard_link)
        return found | ({"dashboard": link} if _has_dashboard(link) else {})


def _has_dashboard(link: str) -> bool:
    """Return whether there is a dashboard: a scheduler without one names an address as well."""
    parts = urlsplit(link)
    if parts.scheme != "http" or parts.hostname is None:
        return parts.scheme == "https"
    connection = HTTPConnection(parts.hostname, parts.port, timeout=1)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status < HTTPStatus.BAD_REQUEST
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def worker_renewer(cluster: Any, count: int) -> Callable[[], None]:
    """Return what starts workers of a local cluster anew that no nanny will start again.

    A nanny that has closed, or was closed because its worker took too long to come back, stays
    away for ever.
    """

    def renew() -> None:
        for name, nanny in list(cluster.workers.items()):
            if nanny.status.name in ("closed", "failed"):
                cluster.workers.pop(name, None)
        cluster.scale(count)

    return lambda: cluster.loop.add_callback(renew)


def nthreads(client: Client) -> dict[str, int]:
    """Ask the scheduler for the workers, and how many tasks each does at a time."""
    with lost_scheduler_as_error():
        threads: dict[str, int] = dict(client.nthreads())  # type: ignore[no-untyped-call]
        # Without a connection there would be no workers either.
        if client.status != "running":
            raise ConnectionError("no connection")
    return threads


def worker_count(client: Client) -> int:
    """Ask the scheduler how many workers there are."""
    return len(nthreads(client))


@contextmanager
def lost_scheduler_as_error() -> Iterator[None]:
    """Turn what distributed raises when the scheduler has gone into one line."""
    try:
        yield
    except (CancelledError, ClosedClientError, OSError) as error:
        raise LostError(f"connection to the scheduler lost; {GOES_ON}") from error


def _host(address: str) -> str:
    return address.rpartition(":")[0]
