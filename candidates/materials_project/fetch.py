"""Fetch the documents of a query, request by request; an interrupted fetch goes on where it was."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.query import (
    FIELDS,
    IDS_PER_REQUEST,
    SYSTEMS_PER_REQUEST,
    Query,
    in_batches,
)
from maiscreen.candidates.materials_project.service import Document, Service, ServiceError
from maiscreen.candidates.reading import limits

PLAN = "plan.json"
"""What the folder of a fetch is of; beside it lies one file for each answered request."""

Request = tuple[str, dict[str, Any]]
"""A request: which documents, and the criteria of the client's ``search``."""

Progress = Callable[[int, int], None]
"""What is told how many requests are answered, and of how many."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """All documents of a query.

    Attributes
    ----------
    documents : Mapping
        By route (:data:`maiscreen.candidates.materials_project.query.FIELDS`).
    version : str
        Of the database; the same before the first and after the last request.
    retrieved : str
        Day on which the fetch began, UTC.
    """

    documents: Mapping[str, list[Document]]
    version: str
    retrieved: str


def fetch(
    service: Service, query: Query, folder: Path, progress: Progress, restarts: int = 2
) -> Fetched:
    """Fetch everything, each answer kept in a folder as soon as it is there.

    Parameters
    ----------
    service : Service
        The service.
    query : Query
        What is wanted.
    folder : Path
        For the answers; what an earlier call left there is not asked for again.
    progress : callable
        Told of the progress.
    restarts : int
        How often all is fetched anew because the database changed meanwhile.

    Raises
    ------
    InputError
        If the folder holds answers to another query, or the key is refused.
    ServiceError
        If the service gives no proper answer, or its database changes again and again.
    """
    for _ in range(restarts + 1):
        version = service.version()
        retrieved = _open_folder(folder, query, version)
        found = _fetch_all(service, query, folder, progress)
        if service.version() == version:
            return Fetched(found, version, retrieved)
    raise ServiceError("its database changes while it is read; try again later")


def naive_requests(query: Query, materials: int) -> int:
    """Count the requests of a loop that asks for each system, then for each material."""
    return len(query.systems) + 2 * materials


def _open_folder(folder: Path, query: Query, version: str) -> str:
    """Open the folder; answers of another version of the database are thrown away."""
    wanted = {"query": query.to_dict(), "database_version": version}
    plan = _plan(folder)
    if plan is not None and plan.get("query") != wanted["query"]:
        remedy = f"holds an interrupted build of another query; delete {folder}, or give another"
        raise InputError("--out", str(folder), remedy)
    if plan is not None and plan["database_version"] == version:
        return str(plan["retrieved"])
    shutil.rmtree(folder, ignore_errors=True)
    retrieved = datetime.now(UTC).date().isoformat()
    _write(folder / PLAN, {**wanted, "retrieved": retrieved})
    return retrieved


def _plan(folder: Path) -> dict[str, Any] | None:
    try:
        plan = limits.parse_json(limits.read_bytes(folder / PLAN, limits.MANIFEST_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = f"its {PLAN} can't be read ({type(error).__name__}); delete that folder"
        raise InputError("--out", str(folder), remedy) from None
    return plan if isinstance(plan, dict) and {"database_version", "retrieved"} <= set(plan) else {}


def _fetch_all(
    service: Service, query: Query, folder: Path, progress: Progress
) -> dict[str, list[Document]]:
    """Ask by system first, then by identifier for what only some materials have."""
    systems = in_batches(query.systems, SYSTEMS_PER_REQUEST)
    asked: list[Request] = [
        *(("thermo", {"chemsys": s, "thermo_types": [query.thermo_type]}) for s in systems),
        *(("summary", {"chemsys": s}) for s in systems),
    ]
    documents: dict[str, list[Document]] = {route: [] for route in FIELDS}
    for route, answer in _fetch_answers(service, asked, folder, progress, 0):
        documents[route] += answer
    for route, answer in _fetch_answers(
        service, _by_identifier(documents), folder, progress, len(asked)
    ):
        documents[route] += answer
    return documents


def _by_identifier(by_route: Mapping[str, list[Document]]) -> list[Request]:
    """List the requests for moduli, and for structures of which there was no entry."""
    wanted = {
        "elasticity": [one for one in by_route["summary"] if one.get("bulk_modulus")],
        "structures": [one for one in by_route["thermo"] if not one.get("entries")],
    }
    return [
        (route, {"material_ids": ids})
        for route, documents in wanted.items()
        for ids in in_batches(
            sorted({str(one.get("material_id")) for one in documents}), IDS_PER_REQUEST
        )
    ]


def _fetch_answers(
    service: Service,
    asked: list[Request],
    folder: Path,
    progress: Progress,
    done: int,
) -> Iterator[tuple[str, list[Document]]]:
    """Yield route and answer of each request, from the folder or from the service."""
    for number, (route, criteria) in enumerate(asked):
        path = folder / f"{route}-{number:04}.json"
        answer = _read_cached(path)
        if answer is None:
            answer = service.search(route, **criteria)
            _write(path, answer)
        progress(done + number + 1, done + len(asked))
        yield route, answer


def _read_cached(path: Path) -> list[Document] | None:
    """Read an answer that is there; one that can't be read is asked for again."""
    try:
        answer = limits.parse_json(limits.read_bytes(path, limits.ANSWER_BYTES), lenient=True)
    except (OSError, ValueError):
        return None
    sound = isinstance(answer, list) and all(isinstance(one, dict) for one in answer)
    return answer if sound else None


def _write(path: Path, content: object) -> None:
    """Write JSON whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)  # never through a link that somebody has put there
        try:
            with part.open("x", encoding="utf-8") as file:
                file.write(json.dumps(content))
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError("--out", str(path), f"cannot be written: {why}") from None
