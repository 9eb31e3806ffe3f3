"""The Materials Project's service through its official client: retries, errors without the key.

The client leaves three things open, which are seen to here: it repeats neither a status of 500 or
503 nor an answer that broke off; it asks for the version of the database once in a process; and
its errors carry whatever the service answered.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.key import HIDDEN, redact_key
from maiscreen.candidates.materials_project.query import FIELDS, ROUTES

if TYPE_CHECKING:
    from requests import Session

Document = dict[str, Any]

PAGE = 1000
"""Documents on a page: the most that the service gives at once."""

KEY_HEADER = "x-api-key"

_STATUS = re.compile(r"status code (\d{3})")

_REFUSED = {"401", "403"}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait, and how often to ask again.

    Attributes
    ----------
    timeout_s : float
        For an answer to begin, or to go on.
    tries : int
        Requests for the same page in all.
    backoff_s : float
        Pause before the second try; it doubles from try to try. A pause that the service asks for
        (``Retry-After``) is kept.
    """

    timeout_s: float = 60.0
    tries: int = 6
    backoff_s: float = 1.0


class ServiceError(Exception):
    """The service could not be reached, or did not answer as it should; the key is not in it."""


class Service:
    """The service, opened by :func:`open_service`; counts what it was asked.

    Attributes
    ----------
    requests : int
        Answers so far, repeated ones and those about the version included.
    """

    def __init__(self, key: str, endpoint: str, session: "Session", patience: RetryPolicy) -> None:
        self._key, self._session, self._patience = key, session, patience
        self.endpoint = endpoint
        self.requests = 0
        self._client: Any = None
        session.hooks["response"].append(self._count)

    def version(self) -> str:
        """Ask for the version of the database."""
        return str(self._with_retries("heartbeat", self._heartbeat))

    def search(self, route: str, **criteria: Any) -> list[Document]:
        """Ask for all documents of a route, page by page, as plain values.

        Parameters
        ----------
        route : str
            One of :data:`maiscreen.candidates.materials_project.query.FIELDS`.
        **criteria
            As the client's ``search`` takes them.

        Raises
        ------
        InputError
            If the key is refused.
        ServiceError
            If there is no proper answer after all tries.
        """
        return list(self._with_retries(route, lambda: self._ask(route, criteria)))

    def _ask(self, route: str, criteria: dict[str, Any]) -> list[Document]:
        rester = getattr(self._opened().materials, ROUTES.get(route, route))
        answers = rester.search(**criteria, fields=list(FIELDS[route]), chunk_size=PAGE)
        documents = [dict(one) for one in answers]
        if len(documents) > PAGE and len({str(one["material_id"]) for one in documents}) < len(
            answers
        ):
            # No order is promised: what moved to another page meanwhile came twice, or not at all.
            raise ValueError("a document came on two pages")
        return documents

    def _opened(self) -> Any:
        """Return the client; it asks for the heartbeat by itself, without any time-out."""
        if self._client is None:
            from mp_api.client import MPRester

            self._client = MPRester(
                self._key,
                endpoint=self.endpoint,
                session=self._session,
                use_document_model=False,
                mute_progress_bars=True,
            )
        return self._client

    def _heartbeat(self) -> str:
        answer = self._session.get(f"{self.endpoint}heartbeat")
        answer.raise_for_status()
        return str(answer.json()["db_version"])

    def _with_retries(self, what: str, ask: Callable[[], Any]) -> Any:
        """Ask again where an answer broke off or was no JSON; the session repeats all else."""
        from mp_api.client.core.exceptions import MPRestError
        from requests.exceptions import RequestException

        for attempt in range(self._patience.tries):
            try:
                return ask()
            except (MPRestError, RequestException, ValueError, KeyError, TypeError) as error:
                fault = redact_key(f"{type(error).__name__}: {error}", self._key)
            # Outside of the handler: what is raised here must not carry the client's error along.
            if _is_permanent(fault):
                break
            if attempt + 1 < self._patience.tries:
                sleep(self._patience.backoff_s * 2**attempt)
        raise ServiceError(f"{what}: no proper answer after all tries ({_shorten(fault)})")

    def _count(self, *_: Any, **__: Any) -> None:
        self.requests += 1


def _is_permanent(fault: str) -> bool:
    """Tell what no further try mends: a status, or a connection that the session gave up."""
    status = _STATUS.search(fault)
    if status and status.group(1) in _REFUSED:
        remedy = "is refused by the service; see your Materials Project dashboard for your key"
        raise InputError("API key", HIDDEN, remedy)
    if "does not support the request" in fault:
        raise ServiceError(f"the service does not take the request ({_shorten(fault)})")
    return status is not None or "Max retries exceeded" in fault


def _shorten(fault: str) -> str:
    return " ".join(fault.split())[:300]


@contextmanager
def open_service(
    key: str, endpoint: str | None = None, patience: RetryPolicy | None = None
) -> Iterator[Service]:
    """Open the service.

    Parameters
    ----------
    key : str
        Of the user.
    endpoint : str, optional
        Address of the service; the client's own if left out.
    patience : RetryPolicy, optional
        How long to wait.

    Raises
    ------
    InputError
        If the address is none.
    """
    patience = patience or RetryPolicy()
    address = _endpoint(endpoint)
    with _session(key, patience) as session, warnings.catch_warnings():
        # The client warns of its own ways, such as deprecated documents, which are left out here.
        warnings.filterwarnings("ignore", module="mp_api")
        yield Service(key, address, session, patience)


def _endpoint(endpoint: str | None) -> str:
    from mp_api.client.core.utils import validate_endpoint

    if endpoint is not None and not re.match(r"https?://[^/\s@]+(/|$)", endpoint):
        remedy = "give the address of a service, such as http://127.0.0.1:8000, without a user"
        raise InputError("--endpoint", endpoint, remedy)
    address: str = validate_endpoint(endpoint)
    return address


def _session(key: str, patience: RetryPolicy) -> "Session":
    """Make a session that repeats by status, and whose key stays on the host that it is for."""
    from requests import PreparedRequest, Response, Session
    from requests.adapters import HTTPAdapter
    from urllib3.util.retry import Retry

    class Keeping(Session):
        def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
            super().rebuild_auth(prepared_request, response)
            old, new = response.request.url or "", prepared_request.url or ""
            if self.should_strip_auth(old, new):
                prepared_request.headers.pop(KEY_HEADER, None)

    class Waiting(HTTPAdapter):
        def send(self, *args: Any, **options: Any) -> Response:
            # The client states its own time-out, and none for the heartbeat.
            return super().send(*args, **{**options, "timeout": patience.timeout_s})

    retry = Retry(
        total=patience.tries - 1,
        status_forcelist=(429, 500, 502, 503, 504),
        backoff_factor=patience.backoff_s,
        respect_retry_after_header=True,
        raise_on_status=False,
    )
    session = Keeping()
    for prefix in ("http://", "https://"):
        session.mount(prefix, Waiting(max_retries=retry))
    session.headers[KEY_HEADER] = key
    return session
