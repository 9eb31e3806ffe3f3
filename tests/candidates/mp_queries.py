"""What the Materials Project's service answers to a query, after the source of emmet-api.

Unknown parameters are refused, as there. Of the many numeric filters those of the models' own
numbers are here (``energy_above_hull_max``), and ``k_vrh`` and ``g_vrh`` of the elasticities.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from emmet.core.types.typing import format_identifier
from mp_documents import MODELS, Document, Route
from pymatgen.core.composition import Composition

MAX_LIMIT, DEFAULT_LIMIT = 1000, 100

Query = dict[str, str]
Test = Callable[[Document], bool]

_PAGING = {"_limit", "_skip", "_page", "_per_page", "_fields", "_all_fields", "_sort_fields"}
_TAKES: dict[str, set[str]] = {
    "thermo": {"chemsys", "formula", "material_ids", "thermo_ids", "thermo_types", "is_stable",
               "license"},
    "summary": {"chemsys", "formula", "material_ids", "deprecated", "is_stable", "theoretical",
                "is_metal", "elements", "exclude_elements", "license", "batch_id_not_eq"},
    "elasticity": {"chemsys", "material_ids"},
}  # fmt: skip
_DEFAULT_FIELDS = {
    "thermo": ("thermo_id", "material_id", "last_updated"),
    "summary": ("material_id",),
    "elasticity": ("material_id", "formula_pretty"),
}
_ELASTIC = {"k_vrh": "bulk_modulus.vrh", "g_vrh": "shear_modulus.vrh"}


class RefusedError(Exception):
    """A query that the service answers with 400 or 422."""

    def __init__(self, detail: Any, status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


def answer(route: Route, docs: Sequence[Document], query: Query) -> tuple[list[Document], int]:
    """Give the page that a query asks for and how many documents match in all.

    Raises
    ------
    RefusedError
        As the service refuses it.
    """
    unknown = [name for name in query if not _is_taken(route, name)]
    if unknown:
        names = ", ".join(unknown)
        raise RefusedError(f"Request contains query parameters which cannot be used: {names}")
    skip, limit = _window(query)
    tests = [_test(route, name, value) for name, value in query.items() if name not in _PAGING]
    if route == "summary" and "deprecated" not in query:
        tests.append(lambda doc: not doc["deprecated"])
    found = _sorted([doc for doc in docs if all(test(doc) for test in tests)], query)
    return [_projected(route, doc, query) for doc in found[skip : skip + limit]], len(found)


def _is_taken(route: Route, name: str) -> bool:
    return name in _PAGING or name in _TAKES[route] or _number(route, name) is not None


def _number(route: Route, name: str) -> str | None:
    """The field that a filter such as ``nsites_max`` is about; None where there is none."""
    stem = re.sub("_(min|max)$", "", name)
    if route == "elasticity":
        return _ELASTIC.get(stem) if stem != name else None
    kinds = _numbers(route)
    return stem if stem in kinds and (stem != name or kinds[stem] is int) else None


@cache
def _numbers(route: Route) -> dict[str, type]:
    kinds: dict[Any, type] = {int: int, int | None: int, float: float, float | None: float}
    fields = MODELS[route].model_fields.items()
    return {name: kinds[f.annotation] for name, f in fields if f.annotation in kinds}


def _window(query: Query) -> tuple[int, int]:
    pages = "_page" in query
    size = "_per_page" if pages else "_limit"
    limit = _integer(query, size, DEFAULT_LIMIT)
    start = _integer(query, "_page" if pages else "_skip", 0)
    if limit > MAX_LIMIT:
        raise RefusedError(
            "Requested more data per query than allowed by this endpoint."
            f" The max limit is {MAX_LIMIT} entries"
        )
    if limit < 0 or start < 0:
        names = "_page or _per_page" if pages else "_skip or _limit"
        raise RefusedError(f"Cannot request negative {names} values")
    return (max(0, start - 1) * limit if pages else start), limit


def _integer(query: Query, name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError:
        message = "Input should be a valid integer, unable to parse string as an integer"
        raise RefusedError([{"loc": ["query", name], "msg": message}], 422) from None


def _test(route: Route, name: str, value: str) -> Test:
    """The condition of one parameter."""
    words = [word.strip() for word in value.split(",")]
    if name == "chemsys":
        return _chemsys(words, wildcards=route != "elasticity")
    if name == "formula":
        return _formula(words)
    if name == "material_ids":
        ids = {format_identifier(word, legacy=True) for word in words}
        return lambda doc: format_identifier(doc["material_id"], legacy=True) in ids
    if name == "thermo_ids":
        return lambda doc: f"{doc['material_id']}_{doc['thermo_type']}" in words
    if name == "thermo_types":
        return lambda doc: doc["thermo_type"] in words
    if name == "elements":
        return lambda doc: {*words} <= {*doc["elements"]}
    if name == "exclude_elements":
        return lambda doc: not {*words} & {*doc["elements"]}
    if name == "license":
        return lambda doc: value == "All" or doc["builder_meta"]["license"] == value
    if name == "batch_id_not_eq":
        return lambda doc: doc["builder_meta"]["batch_id"] != value
    field = _number(route, name)
    return _flag(name, value) if field is None else _between(field, name, value)


def _flag(name: str, value: str) -> Test:
    if value.lower() not in ("true", "false"):
        message = "Input should be a valid boolean, unable to interpret input"
        raise RefusedError([{"loc": ["query", name], "msg": message}], 422)
    wanted = value.lower() == "true"
    return lambda doc: doc[name] is wanted


def _between(field: str, name: str, value: str) -> Test:
    try:
        bound = float(value)
    except ValueError:
        message = "Input should be a valid number, unable to parse string as a number"
        raise RefusedError([{"loc": ["query", name], "msg": message}], 422) from None

    def test(doc: Document) -> bool:
        number = _dig(doc, field)
        if number is None:
            return False
        if name.endswith("_min"):
            return bool(number >= bound)
        return bool(number <= bound if name.endswith("_max") else number == bound)

    return test


def _chemsys(words: list[str], wildcards: bool) -> Test:
    if any("*" in word for word in words) and wildcards:
        if len(words) > 1:
            raise RefusedError("Wild cards only supported for single chemsys queries.")
        elements = words[0].split("-")
        named = {element for element in elements if element != "*"}
        return lambda doc: doc["nelements"] == len(elements) and named <= {*doc["elements"]}
    systems = {"-".join(sorted(word.split("-"))) for word in words}
    return lambda doc: doc["chemsys"] in systems


def _formula(words: list[str]) -> Test:
    if any("*" in word for word in words):
        raise RefusedError("Wild cards in formulas are not part of this stand-in.", 501)
    try:
        formulas = {Composition(word).reduced_formula for word in words}
    except ValueError:
        raise RefusedError("Problem processing one or more provided formulas.") from None
    return lambda doc: doc["formula_pretty"] in formulas


def _sorted(docs: list[Document], query: Query) -> list[Document]:
    for field in reversed([name for name in query.get("_sort_fields", "").split(",") if name]):
        name = field.removeprefix("-")
        docs = sorted(docs, key=itemgetter(name), reverse=field.startswith("-"))
    return docs


def _projected(route: Route, doc: Document, query: Query) -> Document:
    """Keep the fields asked for; those that no model knows come along, as from a newer service."""
    known = MODELS[route].model_fields
    fields = query["_fields"].split(",") if query.get("_fields") else _DEFAULT_FIELDS[route]
    if query.get("_all_fields", "").lower() == "true":
        return doc
    kept: Document = {name: value for name, value in doc.items() if name not in known}
    for field in fields:
        _copy(doc, kept, field.split("."))
    return kept


def _copy(source: Any, target: Document, path: list[str]) -> None:
    if not isinstance(source, dict) or path[0] not in source:
        return
    if len(path) == 1:
        target[path[0]] = source[path[0]]
    else:
        _copy(source[path[0]], target.setdefault(path[0], {}), path[1:])


def _dig(doc: Any, field: str) -> Any:
    for name in field.split("."):
        doc = doc.get(name) if isinstance(doc, dict) else None
    return doc
