"""What may be used of the labels, and how far it can be trusted.

The value is that of the first registered model that has a usable label
(:mod:`maiscreen.models.labels.potentials`). Its standard deviation joins the numerical error of the
simulation with the error of the model (:mod:`maiscreen.models.labels.errors`).
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
from maiscreen.models.labels.errors import Spread, spreads, standard_deviation
from maiscreen.models.labels.errors import differences as _differences
from maiscreen.models.labels.labels import QUANTITIES, UNITS, Label, from_lines, load_labels
from maiscreen.models.labels.potential_files import read_register
from maiscreen.models.labels.potentials import DEFAULT, PotentialEntry, register
from maiscreen.models.labels.table import TABLE, read_register_bytes, read_table


@dataclass(frozen=True, slots=True)
class Evidence:
    """A property of a phase at fidelity F2.

    Attributes
    ----------
    value : float
        The first model's, in the property's unit.
    std : float
        Of everything together.
    source : str
        Model, and where the standard deviation comes from, in a few words.
    models : tuple of str
        Models that had a say, first the one that gives the value.
    details : Mapping
        Of that one's label.
    others : Mapping
        What the other models say, by their names.
    """

    value: float
    std: float
    source: str
    models: tuple[str, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, float] = field(default_factory=dict)

    def value_of(self, model: str) -> float | None:
        """Return the value that a model gives; None if it has no say."""
        return self.value if model == self.models[0] else self.others.get(model)


LabelIndex = Mapping[tuple[str, str, str], Label]
"""Formula, property, model → label."""


def evidence(
    labels: Iterable[Label] | None = None, own: Iterable[PotentialEntry] = ()
) -> Mapping[tuple[str, str], Evidence]:
    """Return what may be used of the labels.

    Parameters
    ----------
    labels : iterable of Label, optional
        The embedded ones if left out.
    own : iterable of PotentialEntry
        Potentials of the user's, whose labels come before those of the built-in ones.

    Returns
    -------
    mapping of (formula, property) to Evidence
        What is not in it has a reason: :func:`why_unusable`.

    Raises
    ------
    InputError
        If a label is of a model that is not registered.
    """
    return _embedded() if labels is None else _evidence(_index_labels(labels, own))


def why_unusable(
    formula: str,
    name: str,
    labels: Iterable[Label] | None = None,
    own: Iterable[PotentialEntry] = (),
) -> str:
    """Explain why a property of a phase may not be used; nothing if it may.

    Parameters
    ----------
    formula, name : str
        Phase and property.
    labels : iterable of Label, optional
        The embedded ones if left out.
    own : iterable of PotentialEntry
        Potentials of the user's.
    """
    index = _embedded_index() if labels is None else _index_labels(labels, own)
    reasons = {
        model: _why_unusable(index.labels, formula, name, model)
        for model in index.models
        if (formula, name, model) in index.labels
    }
    if not reasons:
        return _why_unusable(index.labels, formula, name, DEFAULT)
    return "" if "" in reasons.values() else next(iter(reasons.values()))


def differences(
    name: str, labels: Iterable[Label], own: Iterable[PotentialEntry] = ()
) -> dict[str, dict[str, float]]:
    """Return how other models differ from the one that gives the value.

    Parameters
    ----------
    name : str
        Property.
    labels : iterable of Label
        All labels.
    own : iterable of PotentialEntry
        Potentials of the user's.

    Returns
    -------
    dict of str to dict
        Formula → other model → its difference from the first: a logarithm for
        :data:`~maiscreen.models.labels.errors.RELATIVE`, else in the unit. Formulas in their
        order, where more than one model may be used.
    """
    return _differences(name, usable_values(name, labels, own))


def usable_values(
    name: str, labels: Iterable[Label] | None = None, own: Iterable[PotentialEntry] = ()
) -> dict[str, dict[str, float]]:
    """Return what may be used of a property, the model that gives the value first.

    Parameters
    ----------
    name : str
        Property.
    labels : iterable of Label, optional
        The embedded ones if left out.
    own : iterable of PotentialEntry
        Potentials of the user's.

    Returns
    -------
    dict of str to dict
        Formula → model → value; of a barrier, what grains of the crystal have.
    """
    return _values(_embedded_index() if labels is None else _index_labels(labels, own), name)


@dataclass(frozen=True, slots=True)
class _Index:
    """Labels by formula, property and model, and the models in the order of their trust."""

    labels: LabelIndex
    models: tuple[str, ...]
    alone: frozenset[str]


@cache
def _embedded() -> Mapping[tuple[str, str], Evidence]:
    return _evidence(_embedded_index())


@cache
def _embedded_index() -> _Index:
    return _index_labels(load_labels())


def _index_labels(labels: Iterable[Label], own: Iterable[PotentialEntry] = ()) -> _Index:
    known = register(own)
    index = {(one.formula, one.property, one.model): one for one in labels}
    for model in sorted({model for _, _, model in index} - set(known)):
        raise InputError("labels", model, f"no evidence for model {model}: {_REGISTER_IT}")
    alone = frozenset(name for name, entry in known.items() if entry.opinion_alone)
    return _Index(index, tuple(known), alone)


_REGISTER_IT = (
    "register it, with its TOML file: maiscreen labels register FILE --labels FOLDER "
    "(docs/potential.md says what is in the file)"
)


def _evidence(index: _Index) -> dict[tuple[str, str], Evidence]:
    made = {}
    for name in UNITS:
        values = _values(index, name)
        for formula, spread in spreads(name, values).items():
            first = index.labels[formula, name, next(iter(values[formula]))]
            made[formula, name] = _combine_errors(first, values[formula], spread)
    return made


def _values(index: _Index, name: str) -> dict[str, dict[str, float]]:
    """Return formula → model → value of what may be used, the model that gives the value first."""
    order = [m for m in index.models if m not in index.alone]
    if name == "work_of_adhesion":  # read beside sodium on sodium of the same model
        order.sort(key=lambda model: ("Na", name, model) not in index.labels)
    values: dict[str, dict[str, float]] = {}
    for model in (*order, *sorted(index.alone)):
        for formula, label in _usable_labels(index.labels, name, model).items():
            if model not in index.alone or formula in values:
                values.setdefault(formula, {})[model] = _number(label)
    return dict(sorted(values.items()))


def _is_defined(formula: str, name: str) -> bool:
    """Return whether a value holds by definition: elements are the zero of formation energies."""
    return name == "formation_energy" and formula.isalpha() and sum(map(str.isupper, formula)) == 1


def _combine_errors(label: Label, values: Mapping[str, float], spread: Spread) -> Evidence:
    """Join the numerical error with that of the model."""
    value, others = values[label.model], {m: v for m, v in values.items() if m != label.model}
    model = standard_deviation(label.property, value, spread.value)
    return Evidence(
        value,
        math.hypot(label.std or 0.0, model),
        f"{label.model}; its error: {spread.source}",
        (label.model, *others),
        label.details,
        others,
    )


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
    return f"{folder}{PIN}{_content(folder).digest}"


def evidence_of(where: str) -> Mapping[tuple[str, str], Evidence]:
    """Return what may be used of the labels in a folder; of the embedded ones for "".

    Raises
    ------
    InputError
        If there are none, they can't be read, are others than they are pinned to, or one is of a
        model that is not registered in the folder.
    """
    return _read(pin_labels(where)) if where else evidence()


@lru_cache(maxsize=4)
def _read(pin: str) -> Mapping[tuple[str, str], Evidence]:
    folder = resolve_folder(pin)
    content = _content(folder)
    if content.digest != digest_of(pin):
        remedy = "holds other labels than the campaign was started with; put those back"
        raise InputError("labels", str(folder), remedy)
    own = read_register(content.register, "labels", folder)
    try:
        labels = from_lines(content.table.decode())
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("labels", str(folder), f"its {TABLE} can't be read: {error}") from None
    return evidence(labels, own)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a folder of labels says: the table, and the user's own potentials if there are some."""

    table: bytes
    register: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.table + self.register).hexdigest()


def _content(folder: Path) -> _Content:
    try:
        return _Content(read_table(folder), read_register_bytes(folder, "labels"))
    except InputError:
        raise
    except FileNotFoundError:
        remedy = f"holds no {TABLE}; make it with: maiscreen labels run --out {folder}"
        raise InputError("labels", str(folder), remedy) from None
    except OSError as error:
        remedy = f"its {TABLE} can't be read: {error.strerror}"
        raise InputError("labels", str(folder), remedy) from None
    except ValueError as error:
        raise InputError("labels", str(folder), f"its {TABLE} can't be read: {error}") from None
