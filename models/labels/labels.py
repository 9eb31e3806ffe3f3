"""Labels: what an interatomic potential says of a phase (fidelity F2), as data."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError

QUANTITIES: Mapping[str, Mapping[str, str]] = {
    "structure": {"formation_energy": "eV/atom", "volume": "Å3/atom"},
    "elasticity": {"bulk_modulus": "GPa", "shear_modulus": "GPa", "youngs_modulus": "GPa"},
    "migration": {"migration_barrier": "eV", "vacancy_formation_energy": "eV"},
    "adhesion": {"work_of_adhesion": "J/m2"},
}
"""What one simulation of a phase gives: quantity → its properties and their units."""

UNITS = {name: unit for properties in QUANTITIES.values() for name, unit in properties.items()}
"""Unit of each property."""


class SimulationError(RuntimeError):
    """A simulation that has no result; its text is the reason, in one line."""


@dataclass(frozen=True, slots=True)
class Label:
    """One property of one phase by one model.

    Attributes
    ----------
    formula, property : str
        Which phase, which property.
    value : float or None
        None where the simulation failed.
    unit : str
        As :data:`UNITS` has it.
    std : float or None
        Numerical error of the simulation itself, without the error of the model.
    model : str
        Name of the potential.
    passed_checks : bool
        Whether the value may be used.
    seconds : float
        Time that the whole simulation of the quantity took.
    reason : str
        Why it failed or may not be used; empty otherwise.
    model_version, weights_sha256, licence : str
        Of the potential.
    settings : str
        Hash of the settings of the simulation.
    details : Mapping
        What a specialist asks for: convergence, cell, hops, planes; ready for JSON. ``crystal``
        is the hash of the prototype that it was begun from, ``checks`` the version of its checks;
        without them, those of the day when they were first written.
    """

    formula: str
    property: str
    value: float | None
    unit: str
    std: float | None
    model: str
    passed_checks: bool
    seconds: float
    reason: str
    model_version: str
    weights_sha256: str
    licence: str
    settings: str
    details: Mapping[str, Any] = field(default_factory=dict)


def to_lines(labels: Iterable[Label]) -> str:
    """Write labels as JSON Lines, in the order of formula, property and model.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    ordered = sorted(labels, key=lambda label: (label.formula, label.property, label.model))
    return "".join(f"{_json(asdict(label))}\n" for label in ordered)


def from_lines(text: str) -> tuple[Label, ...]:
    """Read labels from JSON Lines.

    Parameters
    ----------
    text : str
        What :func:`to_lines` wrote.

    Raises
    ------
    InputError
        If a line is not a whole label; it names the line, what is wrong and what is expected.

    Examples
    --------
    >>> line = to_lines(load_labels()[:1])
    >>> from_lines(line) == load_labels()[:1]
    True
    """
    # Not splitlines(): a text within a label may hold what Unicode counts as a line break.
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(_label(line, number) for number, line in enumerate(lines, start=1))


def _label(line: str, number: int) -> Label:
    """Read one line; its number is for the error."""
    try:
        return Label(**_checked(_object(line)))
    except InputError as error:
        raise InputError("labels.jsonl", f"line {number}", f"{error}; {_AGAIN}") from None


_AGAIN = "make the labels again"


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _object(line: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("content", line, "give a JSON object") from None
    if not isinstance(content, dict):
        raise InputError("content", content, "give a JSON object")
    return content


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is not a label."""
    if content.keys() != _KINDS.keys():
        raise InputError("keys", ", ".join(content), f"give {', '.join(_KINDS)}")
    for name, (is_sound, expected) in _KINDS.items():
        if not is_sound(content[name]):
            raise InputError(name, content[name], f"give {expected}")
    for name, (is_sound, expected) in _DETAILS.items():
        if not is_sound(content["details"].get(name)):
            raise InputError(f"details.{name}", content["details"][name], f"give {expected}")
    unit = UNITS[content["property"]]
    if content["unit"] != unit:
        raise InputError("unit", content["unit"], f"give {unit}")
    return content


def _is_text(value: object) -> bool:
    # A lone surrogate has no bytes; JSON would be slow for the thousands of sound ones.
    return isinstance(value, str) and (value.isascii() or _is_writable(value))


def _is_number(value: object) -> bool:
    """Tell a finite number; a whole number may be beyond what a float holds."""
    most = sys.float_info.max
    return type(value) in (int, float) and -most <= value <= most  # type: ignore[operator]


def _is_vector(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(map(_is_number, value))


def _is_tensor(value: object) -> bool:
    """Tell a symmetric tensor that is negative in no direction, but for its last digits."""
    if not isinstance(value, list) or len(value) != 3 or not all(map(_is_vector, value)):
        return False
    tensor = np.array(value, dtype=np.float64)
    scaled = tensor / (np.abs(tensor).max() or 1.0)
    symmetric = np.allclose(scaled, scaled.T, rtol=0, atol=_DIGITS)
    return bool(symmetric and np.linalg.eigvalsh(scaled).min() >= -_DIGITS)


_DIGITS = 1e-6
"""To which a tensor that was written is symmetric."""


def _is_writable(value: object) -> bool:
    """Return whether a value can be written again: finite numbers, sound texts."""
    try:
        _json(value).encode()
    except (ValueError, RecursionError):
        return False
    return True


_Kind = tuple[Callable[[Any], bool], str]

_SPECIAL: Mapping[str, _Kind] = {
    "property": (lambda value: _is_text(value) and value in UNITS, f"one of {', '.join(UNITS)}"),
    "value": (lambda value: value is None or _is_number(value), "a number or null"),
    "std": (lambda value: value is None or _is_number(value), "a number or null"),
    "passed_checks": (lambda value: isinstance(value, bool), "true or false"),
    "seconds": (lambda value: _is_number(value) and value >= 0, "a number of 0 or more"),
    "details": (
        lambda value: isinstance(value, dict) and _is_writable(value),
        "an object of finite numbers and texts",
    ),
}

_DETAILS: Mapping[str, _Kind] = {
    **dict.fromkeys(
        ("legacy_ev_atom", "mp2020_ev_atom", "cleavage_j_m2"),
        (lambda value: value is None or _is_number(value), "a number"),
    ),
    "crystal": (lambda value: value is None or _is_text(value), "a text"),
    "checks": (lambda value: value is None or type(value) is int, "a whole number"),
    "barrier_by_dimension_ev": (
        lambda value: value is None or (isinstance(value, list) and all(map(_is_number, value))),
        "a list of numbers",
    ),
    "diffusivity_cm2_s": (lambda value: value is None or _is_tensor(value), "a tensor, 3 × 3"),
    "a3_per_sodium": (
        lambda value: value is None or (_is_number(value) and value > 0),
        "a volume above 0",
    ),
}
"""What is read of the details of a label."""

_KINDS = {one.name: _SPECIAL.get(one.name, (_is_text, "a text")) for one in fields(Label)}
"""What each field of a label must be: the check, and how to say it; a text if nothing else."""


@cache
def load_labels() -> tuple[Label, ...]:
    """Return the embedded labels of all prototypes."""
    path = files("maiscreen.models").joinpath("data", "labels.jsonl")
    return from_lines(path.read_text(encoding="utf-8"))
