"""A loopback stand-in of the Materials Project's service, with faults on demand."""

import socket
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from emmet.core import __version__ as emmet_version
from mp_documents import MODELS, VERSION, Document, Documents
from mp_queries import RefusedError, answer

KEY = "KeyOfTheTests0123456789abcdefghi"
"""The key that the stand-in knows: 32 characters, as the client wants them."""

FOREVER = 10**9
MAX_URL_BYTES = 8192
"""Longer request lines are refused with 414, as common proxies do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with some data requests; made by the functions below.

    Attributes
    ----------
    kind : str
        What happens.
    at : int
        Number of the first data request that meets it, from 0; retries count as requests.
    times : int
        How many data requests in a row meet it.
    value : Any
        Seconds, status or version.
    retry_after : float or None
        Seconds in the header Retry-After; None for no header.
    """

    kind: str
    at: int
    times: int = 1
    value: Any = None
    retry_after: float | None = None

    def meets(self, number: int) -> bool:
        """Tell whether a data request meets this fault."""
        return self.at <= number < self.at + self.times


def slow(at: int, seconds: float, times: int = 1) -> Fault:
    """Answer right but late."""
    return Fault("slow", at, times, seconds)


def status(at: int, code: int, times: int = 1, retry_after: float | None = None) -> Fault:
    """Answer with a status such as 429, 500, 502, 503."""
    return Fault("status", at, times, code, retry_after)


def cut(at: int, times: int = 1) -> Fault:
    """Announce the whole body, send half of it, close."""
    return Fault("cut", at, times)


def hang_up(at: int, times: int = 1) -> Fault:
    """Close before any byte."""
    return Fault("hang_up", at, times)


def malformed(at: int, times: int = 1) -> Fault:
    """Answer 200 with half of the JSON, its length announced right."""
    return Fault("malformed", at, times)


def no_data(at: int, times: int = 1) -> Fault:
    """Answer 200 with JSON that holds no ``data``."""
    return Fault("no_data", at, times)


def key_refused(at: int) -> Fault:
    """Refuse the key from a data request on."""
    return Fault("key_refused", at, FOREVER)


def new_version(at: int, version: str) -> Fault:
    """Have another database version from a data request on, in heartbeat and documents."""
    return Fault("new_version", at, FOREVER, version)


def killed(at: int) -> Fault:
    """Be dead from a data request on: every connection is closed, heartbeats too."""
    return Fault("killed", at, FOREVER)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the server saw it; the key itself is not kept."""

    method: str
    path: str
    query: dict[str, str]
    key_right: bool


class Server:
    """The service on a free port of 127.0.0.1, from ``with`` to its end.

    Parameters
    ----------
    documents : Documents
        What it serves.
    key : str
        The key that it takes.
    version : str
        Version of its database.
    faults : iterable of Fault
        What goes wrong; of several that meet one request the first counts.
    port : int
        0 for a free one.
    """

    def __init__(
        self,
        documents: Documents,
        key: str = KEY,
        version: str = VERSION,
        faults: Iterable[Fault] = (),
        port: int = 0,
    ) -> None:
        self.documents = documents
        self.key = key
        self.version = version
        self.faults = tuple(faults)
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self._served = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._http = _Listener(("127.0.0.1", port), _Handler)
        self._http.service = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()
        if error is None and self.errors:
            raise self.errors[0]

    @property
    def endpoint(self) -> str:
        """Where it is, as the client wants it: with a slash at the end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/"

    @property
    def data_requests(self) -> list[Request]:
        """Requests for documents, heartbeats left out."""
        return [request for request in self.requests if request.path.startswith("/materials/")]

    def revive(self, faults: Iterable[Fault] = ()) -> None:
        """Forget faults and requests, and count from 0 again; port and version stay."""
        with self._lock:
            self.faults = tuple(faults)
            self.requests.clear()
            self._served = 0

    def note(self, request: Request) -> Fault | None:
        """Note a request; give the fault that it meets."""
        with self._lock:
            self.requests.append(request)
            number = self._served
            is_data = request.path.startswith("/materials/")
            self._served += is_data
            faults = self.faults
        for fault in faults:
            # A heartbeat shows the state that the next data request will meet.
            if fault.meets(number) and fault.kind == "new_version":
                self.version = fault.value
            elif fault.meets(number) and (is_data or fault.kind == "killed"):
                return fault
        return None

    def wait(self, seconds: float) -> None:
        """Let time pass, but not after the end."""
        self._over.wait(seconds)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    service: Server

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End connections that are kept alive, so that their threads end."""
        for connection in tuple(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.service.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: no wait for acknowledgements
    server: _Listener

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        service = self.server.service
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query, True).items()}
        key = self.headers.get("x-api-key")
        fault = service.note(Request(self.command, url.path, query, key == service.key))
        if fault is not None and fault.kind in ("killed", "hang_up"):
            self.close_connection = True
            return
        if len(self.requestline) > MAX_URL_BYTES:
            self._send(414, b"<html><title>414 Request-URI Too Large</title></html>", "text/html")
            return
        if fault is not None and fault.kind == "status":
            self._fail(fault)
            return
        if fault is not None and fault.kind == "key_refused":
            key = None if key is None else f"not {service.key}"
        code, content = self._answer(url.path, query, key)
        self._deliver(code, orjson.dumps(content), fault)

    def _answer(self, path: str, query: dict[str, str], key: str | None) -> tuple[int, Any]:
        """Status and content without faults."""
        service = self.server.service
        if path == "/heartbeat":
            return 200, _heartbeat(service.version)
        route = path.removeprefix("/materials/").removesuffix("/")
        if path != f"/materials/{route}/" or route not in MODELS:
            return 404, {"message": "no Route matched with those values"}
        if key is None:
            return 401, {"message": "No API key found in request"}
        if key != service.key:
            return 401, {"message": "Invalid authentication credentials"}
        try:
            docs, total = answer(route, service.documents.of(route), query)
        except RefusedError as refused:
            return refused.status, {"detail": refused.detail}
        meta = {"api_version": emmet_version, "time_stamp": _now(), "total_doc": total,
                "facet": None, "max_limit": 1000}  # fmt: skip
        return 200, {"data": [_built_for(doc, service.version) for doc in docs], "meta": meta}

    def _deliver(self, code: int, body: bytes, fault: Fault | None) -> None:
        kind = None if fault is None else fault.kind
        if kind == "slow" and fault is not None:
            self.server.service.wait(fault.value)
        if kind == "malformed":
            body = body[: len(body) // 2]
        if kind == "no_data":
            body = orjson.dumps({"documents": [], "meta": {}})
        if kind == "cut":
            self.close_connection = True
            self._send(code, body[: len(body) // 2], length=len(body))
        else:
            self._send(code, body)

    def _fail(self, fault: Fault) -> None:
        more = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        if fault.value == 429:
            content: Any = {"message": "API rate limit exceeded"}
        elif fault.value == 500:
            content = {"detail": "Server error: out of order"}
        else:
            content = {"message": "An invalid response was received from the upstream server"}
        self._send(fault.value, orjson.dumps(content), more=more)

    def _send(
        self,
        code: int,
        body: bytes,
        kind: str = "application/json",
        length: int | None = None,
        more: dict[str, str] | None = None,
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _heartbeat(version: str) -> dict[str, Any]:
    return {
        "status": "OK",
        "time": _now(),
        "version": emmet_version,
        "db_version": version,
        "access_controlled_batch_ids": ["gnome_r2scan_statics"],
    }


def _built_for(doc: Document, version: str) -> Document:
    meta = doc.get("builder_meta")
    if not isinstance(meta, dict) or meta.get("database_version", version) == version:
        return doc
    return {**doc, "builder_meta": {**meta, "database_version": version}}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
