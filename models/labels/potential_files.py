"""A potential of the user's own: a TOML file, and the register within a folder of labels.

A file names code that is run: it is to be trusted like a program. docs/potential.md has one.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.labels.potentials import (
    BUILT_IN,
    ENERGIES,
    PotentialEntry,
    WeightsFile,
    register,
)

REGISTER = "potentials.json"
"""The user's own potentials, beside the labels that were made with them."""

_TEXTS = ("functional", "energies", "licence", "citation", "package")

_KEYS = ("name", "calculator", "arguments", "files", *_TEXTS, "opinion_alone")

_OPTION = "--potential"


def read_potential(path: Path) -> PotentialEntry:
    """Read a potential from a TOML file.

    Parameters
    ----------
    path : Path
        Keys: ``name`` and ``calculator`` (``module:callable``, or ``file.py:callable`` beside the
        file), then ``files`` (paths beside it), ``arguments`` (a table), ``functional``,
        ``energies``, ``licence``, ``citation``, ``package``, ``opinion_alone``. With the name of
        a built-in one only ``files``: where those of that one lie.

    Raises
    ------
    InputError
        If it cannot be read, or something in it is not what it should be.
    """
    content = _content(path)
    for key in content:
        if key not in _KEYS:
            raise InputError(_OPTION, key, f"is no key of {path.name}; one of {', '.join(_KEYS)}")
    name = _text(content, "name", path)
    files = _files(content, path)
    if name in BUILT_IN:
        return _moved(name, content, files)
    texts: dict[str, Any] = {key: _text(content, key, path) for key in _TEXTS if key in content}
    entry = PotentialEntry(
        name=name,
        calculator=_calculator(content, path),
        arguments=_arguments(content),
        files=files,
        opinion_alone=_flag(content, "opinion_alone"),
        own=True,
        **texts,
    )
    return _checked(entry)


def write_register(entries: Iterable[PotentialEntry]) -> bytes:
    """Write the user's own potentials as JSON; nothing of where their files lie but their names."""
    own = [_to_json(entry) for entry in entries if entry.own]
    return (json.dumps(own, indent=1, ensure_ascii=False) + "\n").encode() if own else b""


def read_register(content: bytes, field: str, where: Path) -> tuple[PotentialEntry, ...]:
    """Read what :func:`write_register` wrote; for what labels mean, not to load a potential.

    Parameters
    ----------
    content : bytes
        Of the register; nothing if there is none.
    field : str
        What the user gave, for the error.
    where : Path
        The folder of labels, for the error.

    Raises
    ------
    InputError
        If it is something else.
    """
    try:
        return _entries(limits.parse_json(content) if content else [])
    except InputError as error:
        reason = f"{error.value}: {error.remedy}"
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise InputError(field, str(where), f"its {REGISTER} cannot be read: {reason}")


def _entries(found: Any) -> tuple[PotentialEntry, ...]:
    if not isinstance(found, list):
        raise ValueError("holds no list of potentials")
    entries = tuple(_of_json(each) for each in found)
    register(entries)
    return entries


def _to_json(entry: PotentialEntry) -> dict[str, Any]:
    files = [{"name": Path(file.path).name, "sha256": file.sha256} for file in entry.files]
    return {
        "name": entry.name,
        "calculator": Path(entry.calculator).name,
        "arguments": dict(entry.arguments),
        "files": files,
        **{key: getattr(entry, key) for key in _TEXTS},
        "opinion_alone": entry.opinion_alone,
    }


def _of_json(content: Any) -> PotentialEntry:
    if not isinstance(content, dict) or content.keys() != set(_KEYS):
        raise ValueError(f"a potential has not the keys {', '.join(_KEYS)}")
    texts = {key: content[key] for key in ("name", "calculator", *_TEXTS)}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("a potential has no text where one should be")
    files = _files_of_json(content["files"])
    arguments = _arguments(content)
    alone = _flag(content, "opinion_alone")
    if texts["name"] in BUILT_IN:
        raise ValueError(f"{texts['name']} is the name of a built-in potential")
    return _checked(
        PotentialEntry(**texts, arguments=arguments, files=files, opinion_alone=alone, own=True)
    )


def _files_of_json(found: Any) -> tuple[WeightsFile, ...]:
    if not isinstance(found, list) or not all(map(_is_file, found)):
        raise ValueError("the files of a potential have not a name and a sha256 each")
    return tuple(WeightsFile(file["name"], file["sha256"]) for file in found)


def _is_file(found: Any) -> bool:
    keys = isinstance(found, dict) and found.keys() == {"name", "sha256"}
    return keys and all(isinstance(text, str) for text in found.values())


def _content(path: Path) -> dict[str, Any]:
    try:
        text = limits.read_bytes(path, limits.CAMPAIGN_BYTES).decode("utf-8-sig")
        if max(map(len, text.splitlines()), default=0) > limits.CAMPAIGN_LINE:
            raise ValueError(f"a line has more than {limits.CAMPAIGN_LINE} characters")
        return tomllib.loads(text)
    except OSError as error:
        remedy = f"cannot be read: {error.strerror or type(error).__name__}"
        raise InputError(_OPTION, str(path), remedy) from None
    except (ValueError, RecursionError) as error:
        raise InputError(_OPTION, str(path), f"is no TOML file: {error}") from None


def _text(content: Mapping[str, Any], key: str, path: Path) -> str:
    value = content.get(key)
    if value is None:
        raise InputError(_OPTION, str(path), f"lacks {key}; it has to name {_EXAMPLES[key]}")
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise InputError(_OPTION, f"{key} = {value!r}", "give a text")
    return value


_EXAMPLES = {
    "name": "the potential, as its labels will have it",
    "calculator": "what makes ASE's calculator, such as ase.calculators.emt:EMT",
}


def _flag(content: Mapping[str, Any], key: str) -> bool:
    value = content.get(key, False)
    if not isinstance(value, bool):
        raise InputError(_OPTION, f"{key} = {value!r}", "give true or false")
    return value


def _calculator(content: Mapping[str, Any], path: Path) -> str:
    """Return the maker; one in a file of Python by its absolute path."""
    named = _text(content, "calculator", path)
    module, colon, maker = named.rpartition(":")
    if not colon or not maker.isidentifier() or not module:
        raise InputError(_OPTION, f"calculator = {named!r}", f"give {_EXAMPLES['calculator']}")
    if module.endswith(".py"):
        return f"{path.absolute().parent / module}:{maker}"
    return named


def _arguments(content: Mapping[str, Any]) -> tuple[tuple[str, str | int | float | bool], ...]:
    table = content.get("arguments", {})
    if not isinstance(table, dict):
        raise InputError(_OPTION, f"arguments = {table!r}", "give a table")
    for key, value in table.items():
        if not isinstance(value, str | int | float | bool):
            remedy = "give a text, a number, true or false"
            raise InputError(_OPTION, f"arguments.{key} = {value!r}", remedy)
    return tuple(sorted(table.items()))


def _files(content: Mapping[str, Any], path: Path) -> tuple[WeightsFile, ...]:
    """Return the files, with their hashes as they are now."""
    named = content.get("files", [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise InputError(_OPTION, f"files = {named!r}", 'give a list, such as ["weights.pt"]')
    return tuple(_hashed(path.absolute().parent / Path(one).expanduser()) for one in named)


def _hashed(path: Path) -> WeightsFile:
    return WeightsFile(str(path), hash_of_file(path))


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file of weights, however large.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        remedy = f"cannot be read: {error.strerror or type(error).__name__}"
        raise InputError(_OPTION, str(path), remedy) from None


def _moved(name: str, content: Mapping[str, Any], files: tuple[WeightsFile, ...]) -> PotentialEntry:
    """Say where the files of a built-in potential lie; they are to be the same files."""
    known = BUILT_IN[name]
    others = [key for key in content if key not in ("name", "files")]
    if others:
        remedy = f"is built in, and only its files may lie elsewhere: leave out {', '.join(others)}"
        raise InputError(_OPTION, name, remedy)
    if [file.sha256 for file in files] != [file.sha256 for file in known.files]:
        remedy = f"is built in, and these are other files than its own ({known.files[0].sha256})"
        raise InputError(_OPTION, name, f"{remedy}; give it a name of its own")
    return replace(known, files=files)


def _checked(entry: PotentialEntry) -> PotentialEntry:
    if entry.energies not in ENERGIES:
        remedy = f"give one of {', '.join(ENERGIES)}"
        raise InputError(_OPTION, f"energies = {entry.energies!r}", remedy)
    if not set(entry.name) <= _LETTERS or len(entry.name) > _LONGEST_NAME:
        remedy = f"give at most {_LONGEST_NAME} letters, digits, dots, hyphens or underscores"
        raise InputError(_OPTION, f"name = {entry.name!r}", remedy)
    return entry


_LETTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
"""What receipts may have in the names of their files."""

_LONGEST_NAME = 60
