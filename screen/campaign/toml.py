"""Settings as text: TOML files, and key=value on the command line."""

import json
import re
import tomllib

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

_BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def assign(settings: dict[str, object], setting: str) -> None:
    """Put ``key=value`` into the settings; a dotted key goes one table down.

    Raises
    ------
    InputError
        If it is not written so, or its value is none of TOML.

    Examples
    --------
    >>> changed: dict[str, object] = {"weights": {"adhesion": 1.0}}
    >>> assign(changed, "weights.adhesion=2")
    >>> changed
    {'weights': {'adhesion': 2}}
    """
    key, equals, text = (part.strip() for part in setting.partition("="))
    if not equals or not key:
        raise InputError("--set", setting, "write it as key=value, such as temperature_c=60")
    table, dot, name = key.partition(".")
    if not dot:
        settings[key] = _text(text) if key == "name" else _value(setting, text)
        return
    below = settings.get(table)
    if not isinstance(below, dict):
        raise InputError("--set", setting, "has a dotted key; only weights and space have one")
    settings[table] = {**below, name: _value(setting, text)}


def _value(setting: str, text: str) -> object:
    try:
        document = parse_toml(f"value = {text}")
    except (ValueError, RecursionError):
        # A shell eats quotes: a bare word stands for itself.
        document = {"value": text} if _BARE_WORD.fullmatch(text) else {}
    if set(document) != {"value"}:
        raise InputError("--set", setting, 'has no TOML value: write 60, "text" or ["Sn", "Si"]')
    return document["value"]


def _text(text: str) -> object:
    """Read a text in quotes, or take it as it is: a shell eats quotes."""
    try:
        document = parse_toml(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    value = document.pop("value")
    return value if isinstance(value, str) and not document else text


def parse_toml(text: str) -> dict[str, object]:
    """Read TOML.

    Raises
    ------
    ValueError, RecursionError
        If it is none, has too long a line, or holds a number too long or a nesting too deep to be
        shown in a message.
    """
    if max(map(len, text.split("\n"))) > limits.CAMPAIGN_LINE:
        raise ValueError(f"has a line of more than {limits.CAMPAIGN_LINE:,} characters")
    settings = tomllib.loads(text)
    repr(settings)
    return settings


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def as_toml(settings: dict[str, object]) -> str:
    """Write settings as a TOML file, tables last."""
    # JSON's numbers, strings, lists, true and false are TOML's as well.
    top = [f"{key} = {_toml(value)}" for key, value in settings.items() if not _is_table(value)]
    for name, table in settings.items():
        if isinstance(table, dict):
            top += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return "\n".join([*top, ""])


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
