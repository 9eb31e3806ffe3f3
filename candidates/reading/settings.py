"""Settings that a user writes, as models of pydantic: strict, frozen, refused in one line.

A model is a frozen dataclass, so that ``dataclasses.replace`` checks what it changes. What a
setting takes stands in its type; from there come the check, the message of
:class:`~maiscreen.candidates.errors.InputError`, the page of settings and the JSON schema for
editors. Where words that follow from type and bounds would not do, `says` gives others.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial, wraps
from reprlib import repr as short_repr
from typing import Annotated, Any, TypeVar, dataclass_transform

import pydantic.dataclasses
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ArgsKwargs, CoreSchema, core_schema

from maiscreen.candidates.errors import InputError

T = TypeVar("T")

Json = dict[str, Any]

_CONFIG = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

_LONGEST_KEY = 60
"""Characters of an unknown key in a message; TOML's own may have thousands."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(Field,))
def settings(table: str = "") -> Callable[[type[T]], type[T]]:
    """Make a model of a class: a frozen dataclass that checks its fields.

    Parameters
    ----------
    table : str
        Name of the table of the file that it stands for; empty for the whole file.

    Returns
    -------
    callable
        The decorator. What it makes raises `InputError` for the first fault of its arguments.
    """

    def make(plain: type[T]) -> type[T]:
        to_model = pydantic.dataclasses.dataclass(
            frozen=True, slots=True, kw_only=True, config=_CONFIG
        )
        model: Any = to_model(plain)

        # In place of pydantic's own: a key may be any text, such as the name of its first argument.
        @wraps(model.__init__)
        def init(self: T, /, **values: object) -> None:
            try:
                _fill(self, values)
            except ValidationError as error:
                raise _input_error(error, values, model, table) from None

        model.__init__ = init
        return model  # type: ignore[no-any-return]

    return make


def _fill(instance: Any, values: Mapping[str, object]) -> None:
    """Check the values, and give them to a model that is being made."""
    arguments = ArgsKwargs((), dict(values))
    instance.__pydantic_validator__.validate_python(arguments, self_instance=instance)


def json_schema(model: type) -> Json:
    """Write the JSON schema of a model, with its tables in their places."""
    return deepcopy(_schema(model))


@cache
def _schema(model: type) -> Json:
    schema = TypeAdapter(model).json_schema()
    tables = schema.pop("$defs", {})
    for part in schema["properties"].values():
        if "$ref" in part:
            part |= tables[part.pop("$ref").rpartition("/")[2]]
    return schema


def takes(part: Json) -> str:
    """State what a setting takes, from its part of the JSON schema.

    Examples
    --------
    >>> takes({"type": "number", "minimum": 0, "exclusiveMaximum": 97.7})
    'a number from 0 to below 97.7'
    >>> takes({"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1})
    'a number above 0.5 and below 1'
    >>> takes({"type": "array", "items": {"enum": ["Li", "Be"]}})
    'a list, such as ["Li"]'
    """
    if "x-takes" in part:
        return str(part["x-takes"])
    if "enum" in part:
        return "one of " + ", ".join(part["enum"])
    low, high, below = (part.get(k) for k in ("minimum", "maximum", "exclusiveMaximum"))
    if part["type"] == "integer":
        return f"a whole number from {low} to {high}"
    if "exclusiveMinimum" in part:
        return f"a number above {part['exclusiveMinimum']:g} and below {below:g}"
    if part["type"] == "number":
        return f"a number from {low:g} to " + (f"{high:g}" if below is None else f"below {below:g}")
    if part["type"] == "array":
        return f"a list, such as {_example(part)}"
    if part["type"] == "object":
        return "a table of: " + ", ".join(part["properties"])
    return "true or false" if part["type"] == "boolean" else "a text"


def _example(part: Json) -> str:
    example = part["examples"][0] if "examples" in part else part["items"]["enum"][:1]
    return json.dumps(example, ensure_ascii=False)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Find which of the words was probably meant: one that is like it, or begins like it.

    Examples
    --------
    >>> nearest("temprature_c", ["temperature_c", "seed"]), nearest("Seed", ["seed"])
    ('temperature_c', 'seed')
    >>> nearest("temp", ["temperature_c", "seed"])
    'temperature_c'
    >>> nearest("zzz", ["temperature_c", "seed"])
    """
    folded = {known.casefold(): known for known in words}
    plain = unicodedata.normalize("NFKC", word[:_LONGEST_KEY]).casefold()
    close = get_close_matches(plain, folded, n=1, cutoff=0.7)
    # Three letters at least: tin is not Ti.
    close += [
        known
        for known in folded
        if min(len(known), len(plain)) > 2 and (known.startswith(plain) or plain.startswith(known))
    ]
    return folded[close[0]] if close else None


def _input_error(
    error: ValidationError, values: Mapping[str, object], model: type, table: str
) -> InputError:
    """Turn the first fault into one line; an unknown key comes first, for it may explain others."""
    faults = error.errors(include_url=False)
    unknown = [fault for fault in faults if fault["type"] == "unexpected_keyword_argument"]
    fault = (unknown or faults)[0]
    reason = fault.get("ctx", {}).get("error")
    if isinstance(reason, InputError):
        return reason
    # Without a place, it is the key itself that cannot be written in UTF-8.
    place = fault["loc"] or (fault["input"],)
    keys = [step for step in place if isinstance(step, str)]
    field = ".".join(map(_shown, [table, *keys] if table else keys))
    if unknown or not fault["loc"]:
        return InputError(field, fault["input"], _remedy_of_unknown(keys, _schema(model)))
    part: Json = _schema(model)
    value: Any = values
    if fault["type"].startswith("missing"):
        return InputError(field, None, f"is missing; give {takes(part['properties'][keys[-1]])}")
    for step in place:
        part = part["items"] if isinstance(step, int) else part["properties"][step]
        # As it was written: what pydantic names may have been made of it.
        value = _item(value, step)
    return InputError(field, value, str(reason or "") or _remedy(fault["type"], value, part))


def _item(value: Any, step: Any) -> Any:
    return value[step] if isinstance(value, dict | list | tuple) else value


def _remedy(kind: str, value: object, part: Json) -> str:
    if kind == "too_short":
        return f"give at least one, such as {_example(part)}"
    if kind == "too_long":
        return f"give at most {part['maxItems']}"
    if part.get("type") == "array" and value in part["items"].get("enum", ()):
        return f"give a list: {json.dumps([value])}"
    near = nearest(value, part.get("enum", ())) if isinstance(value, str) else None
    return f"did you mean {near!r}?" if near else f"give {takes(part)}"


def _remedy_of_unknown(keys: list[str], whole: Json) -> str:
    """Name the setting that was meant, or the table that has one of this name."""
    *above, key = keys
    top = whole["properties"]
    known = top[above[0]]["properties"] if above else top
    near, no_setting = nearest(key, known), f"is no setting{_look_alikes(key)}"
    if near:
        return f"{no_setting}; did you mean {near!r}?"
    if above and key in top:
        return f"is no setting of [{above[0]}]; write {key}, above the first [table] of a file"
    for name, part in top.items():
        if key in part.get("properties", ()):
            return f"is a setting of [{name}]; write {name}.{key}"
    return f"{no_setting}; known are: {', '.join(known)}"


def _look_alikes(key: str) -> str:
    """Name letters that look like others: a reader would see no difference."""
    names = [unicodedata.name(letter, "a nameless one") for letter in key if not letter.isascii()]
    return f" (it has {names[0]})" if names else ""


def _shown(key: str) -> str:
    """Return a key as it can be shown on one line."""
    shown = key if key and key.isprintable() and key == key.strip() else repr(key)
    return shown if len(shown) <= _LONGEST_KEY else f"{shown[:_LONGEST_KEY]}…"


def says(takes: str, **keywords: Any) -> Any:
    """Attach to a type its own words for what it takes, and keywords of its JSON schema."""
    return Field(json_schema_extra={"x-takes": takes, **keywords})


def _is_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return value


def _is_printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError
    return text


def _is_each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"lists {short_repr(value)} more than once; list it once")
    return values


NUMBER = BeforeValidator(_is_number)
"""Mark of a type: no yes or no of NumPy's, which could become a number."""

PRINTABLE = AfterValidator(_is_printable)

LISTED = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
"""Mark of a tuple that is a list in a file. Bounds stand before it, or the schema lacks them."""

EACH_ONCE = AfterValidator(_is_each_once)


@dataclass(frozen=True)
class OneOf:
    """Type of a text that is one of some words."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, of: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Hand pydantic the check."""
        return core_schema.literal_schema(list(self.words))


@dataclass(frozen=True)
class SeveralOf:
    """Type of a list of some words; it comes out in the order of the words."""

    words: tuple[str, ...]
    at_least: int = 1

    def __get_pydantic_core_schema__(self, of: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Hand pydantic the check."""
        words = Annotated[
            tuple[Annotated[str, OneOf(self.words)], ...],
            Field(min_length=self.at_least, json_schema_extra={"uniqueItems": True}),
            LISTED,
            EACH_ONCE,
            AfterValidator(lambda values: tuple(word for word in self.words if word in values)),
        ]
        return handler.generate_schema(words)


class Table:
    """Mark of a model that is a table of the file, and in Python may be given as it is."""

    def __get_pydantic_core_schema__(self, of: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Hand pydantic the check: where it is strict, it takes no mapping for a model."""
        return core_schema.no_info_before_validator_function(partial(_filled, of), handler(of))


def _filled(model: type, value: object) -> object:
    if not isinstance(value, dict):
        return value
    table: object = object.__new__(model)
    _fill(table, value)
    return table
