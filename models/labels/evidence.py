"""What may be used of the labels, and how far it can be trusted.

The value is the default model's. Its standard deviation joins the numerical error of the
simulation with the error of the model, which nobody knows; the difference between two models,
trained alike, is the least that it can be. Two models may agree by chance, so the error of the
model is never taken for less than half of the root mean square of the differences over all phases
that have both (salts, or everything else) [judgement]. Where there is no second opinion that root
mean square stands in, and where too few phases have both, :data:`UNTESTED`.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.pins import PIN, digest_of, resolve_folder
from maiscreen.models.labels.conduction import conduction_barrier_ev
from maiscreen.models.labels.labels import QUANTITIES, UNITS, Label, from_lines, load_labels
from maiscreen.models.labels.potentials import DEFAULT, SECOND
from maiscreen.models.labels.table import TABLE, read_table

RELATIVE = ("volume", "bulk_modulus", "shear_modulus", "youngs_modulus")
"""Properties whose differences are compared as shares of the mean; the others' in their unit."""

SALTS = ("NaF", "NaCl", "NaBr", "NaI")
"""Models agree on salts far better than on alloys: their differences are not pooled."""

FEWEST_PAIRS = 5
"""Phases with both models, below which their root mean square says little [judgement]."""

UNTESTED: Mapping[str, float] = {
    "formation_energy": 0.04,
    "volume": 0.03,
    "bulk_modulus": 0.25,
    "shear_modulus": 0.25,
    "youngs_modulus": 0.25,
    "migration_barrier": 0.1,
    "vacancy_formation_energy": 1.0,
    "work_of_adhesion": 0.15,
}
"""Error of the model where it cannot be measured [judgement]: shares for :data:`RELATIVE`, else in
the property's unit. The energy of an alloy is worth 0.04 eV/atom as functionals differ
(descriptors/alloys/records.py); vacancies in NaCl differ by more than 1 eV between models."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A property of a phase at fidelity F2.

    Attributes
    ----------
    value : float
        The default model's, in the property's unit.
    std : float
        Of everything together.
    source : str
        Model, and where the standard deviation comes from, in a few words.
    models : tuple of str
        Models that had a say.
    details : Mapping
        Of the default model's label.
    """

    value: float
    std: float
    source: str
    models: tuple[str, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


LabelIndex = Mapping[tuple[str, str, str], Label]
"""Formula, property, model → label."""


def evidence(labels: Iterable[Label] | None = None) -> Mapping[tuple[str, str], Evidence]:
    """Return what may be used of the labels.

    Parameters
    ----------
    labels : iterable of Label, optional
        The embedded ones if left out.

    Returns
    -------
    mapping of (formula, property) to Evidence
        What is not in it has a reason: :func:`why_unusable`.
    """
    return _embedded() if labels is None else _evidence(_index_labels(labels))


def why_unusable(formula: str, name: str, labels: Iterable[Label] | None = None) -> str:
    """Explain why a property of a phase may not be used; nothing if it may.

    Parameters
    ----------
    formula, name : str
        Phase and property.
    labels : iterable of Label, optional
        The embedded ones if left out.
    """
    found = _embedded_index() if labels is None else _index_labels(labels)
    return _why_unusable(found, formula, name, DEFAULT)


def differences(name: str, labels: Iterable[Label]) -> dict[str, float]:
    """Return the difference between both models for each phase where both may be used.

    Parameters
    ----------
    name : str
        Property.
    labels : iterable of Label
        All labels.

    Returns
    -------
    dict of str to float
        Formula → second less first: a share of the mean for :data:`RELATIVE`, else in the unit.
    """
    return _differences(_index_labels(labels), name)


@cache
def _embedded() -> Mapping[tuple[str, str], Evidence]:
    return _evidence(_embedded_index())


@cache
def _embedded_index() -> LabelIndex:
    return _index_labels(load_labels())


def _index_labels(labels: Iterable[Label]) -> LabelIndex:
    return {(one.formula, one.property, one.model): one for one in labels}


def _evidence(labels: LabelIndex) -> dict[tuple[str, str], Evidence]:
    made = {}
    for name in UNITS:
        apart = _differences(labels, name)
        for formula, label in _usable_labels(labels, name, DEFAULT).items():
            alike = {f: d for f, d in apart.items() if (f in SALTS) == (formula in SALTS)}
            made[formula, name] = _combine_errors(label, apart.get(formula), _model_spread(alike))
    return made


def _is_defined(formula: str, name: str) -> bool:
    """Return whether a value holds by definition: elements are the zero of formation energies."""
    return name == "formation_energy" and formula.isalpha() and sum(map(str.isupper, formula)) == 1


def _combine_errors(label: Label, apart: float | None, spread: float | None) -> Evidence:
    """Join the numerical error with that of the model."""
    value = _number(label)
    scale = abs(value) if label.property in RELATIVE else 1.0
    models: tuple[str, ...] = (DEFAULT,)
    error, why = UNTESTED[label.property], "untested"
    if spread is not None:
        error, why = spread, "as two models differ over all phases"
    if apart is not None:
        least = error / 2
        error, models = max(abs(apart), least), (DEFAULT, SECOND)
        why = f"{SECOND} differs" if abs(apart) >= least else "half of what two models differ"
    std = math.hypot(label.std or 0.0, scale * error)
    return Evidence(value, std, f"{DEFAULT}; its error: {why}", models, label.details)


def _model_spread(apart: Mapping[str, float]) -> float | None:
    """Return the root mean square of the differences, if there are enough of them."""
    if len(apart) < FEWEST_PAIRS:
        return None
    return math.sqrt(math.fsum(one**2 for one in apart.values()) / len(apart))


def _differences(found: LabelIndex, name: str) -> dict[str, float]:
    first, second = (_usable_labels(found, name, model) for model in (DEFAULT, SECOND))
    apart = {}
    for formula in first.keys() & second.keys():
        a, b = _number(first[formula]), _number(second[formula])
        scale = (abs(a) + abs(b)) / 2 if name in RELATIVE else 1.0
        apart[formula] = (b - a) / scale if scale else 0.0
    return dict(sorted(apart.items()))


def _usable_labels(labels: LabelIndex, name: str, model: str) -> dict[str, Label]:
    return {
        formula: label
        for (formula, property_, model_), label in labels.items()
        if (property_, model_) == (name, model) and not _why_unusable(labels, formula, name, model)
    }


def _why_unusable(labels: LabelIndex, formula: str, name: str, model: str) -> str:
    """State why: not simulated, without a value, a failed check of its own or of the structure."""
    if _is_defined(formula, name):
        return "zero by definition"
    label = labels.get((formula, name, model))
    if label is None:
        return f"no label of {model}"
    if label.value is None or not label.passed_checks:
        return label.reason or "failed a check"
    if name == "migration_barrier" and not label.details.get("diffusivity_cm2_s"):
        return "made before the hops of a cell were kept: make it again with maiscreen labels run"
    for structural in QUANTITIES["structure"]:
        base = labels.get((formula, structural, model))
        if base is None:
            return f"its structure has no {structural} of {model}"
        if not base.passed_checks:
            return f"its structure: {base.reason or 'failed a check'}"
    return ""


def _number(label: Label) -> float:
    """Return the value of a label that has one; of a barrier, what grains of the crystal have."""
    if label.value is None:
        raise ValueError(f"{label.formula} has no {label.property}")
    if label.property == "migration_barrier":
        return conduction_barrier_ev(
            label.details["diffusivity_cm2_s"], label.details["a3_per_sodium"]
        )
    return label.value


def pin_labels(where: str) -> str:
    """Pin a folder to the labels that are in it, its path made absolute; "" stays as it is.

    Raises
    ------
    InputError
        If it holds none.
    """
    if PIN in where or not where:
        return where
    folder = Path(where).absolute()
    return f"{folder}{PIN}{hashlib.sha256(_content(folder)).hexdigest()}"


def evidence_of(where: str) -> Mapping[tuple[str, str], Evidence]:
    """Return what may be used of the labels in a folder; of the embedded ones for "".

    Raises
    ------
    InputError
        If there are none, they can't be read, or are others than they are pinned to.
    """
    return _read(pin_labels(where)) if where else evidence()


@lru_cache(maxsize=4)
def _read(pin: str) -> Mapping[tuple[str, str], Evidence]:
    folder = resolve_folder(pin)
    content = _content(folder)
    if hashlib.sha256(content).hexdigest() != digest_of(pin):
        remedy = "holds other labels than the campaign was started with; put those back"
        raise InputError("labels", str(folder), remedy)
    try:
        return evidence(from_lines(content.decode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("labels", str(folder), f"its {TABLE} can't be read: {error}") from None


def _content(folder: Path) -> bytes:
    try:
        return read_table(folder)
    except FileNotFoundError:
        remedy = f"holds no {TABLE}; make it with: maiscreen labels run --out {folder}"
        raise InputError("labels", str(folder), remedy) from None
    except OSError as error:
        remedy = f"its {TABLE} can't be read: {error.strerror}"
        raise InputError("labels", str(folder), remedy) from None
    except ValueError as error:
        raise InputError("labels", str(folder), f"its {TABLE} can't be read: {error}") from None
