"""Labels: what an interatomic potential says of a phase (fidelity F2), as data."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

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
        What a specialist asks for: convergence, cell, hops, planes; ready for JSON.
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
    """Write labels as JSON Lines, in the order of formula, property and model."""
    ordered = sorted(labels, key=lambda label: (label.formula, label.property, label.model))
    return "".join(json.dumps(asdict(label), ensure_ascii=False) + "\n" for label in ordered)


def from_lines(text: str) -> tuple[Label, ...]:
    """Read labels from JSON Lines.

    Examples
    --------
    >>> line = to_lines(load_labels()[:1])
    >>> from_lines(line) == load_labels()[:1]
    True
    """
    return tuple(Label(**json.loads(line)) for line in text.splitlines())


@cache
def load_labels() -> tuple[Label, ...]:
    """Give the embedded labels of all prototypes."""
    path = files("maiscreen.models").joinpath("data", "labels.jsonl")
    return from_lines(path.read_text(encoding="utf-8"))
