"""The learned models of a campaign: which model predicts a target, and what it says (F1).

A campaign names folders of models; each takes the place of the embedded model of its target.
``folder@sha256:digest`` pins a folder to what was in it, so that a worker on another machine, or a
later run, notices when it holds another model.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError, several_texts
from maiscreen.candidates.snapshot.pins import PIN, digest_of, folder_of, resolve_folder

if TYPE_CHECKING:
    from maiscreen.models.learning.card import Card
    from maiscreen.models.learning.model import Surrogate


FILE = "predicted.csv"

HEAD = ("target", "model", "formula", "value", "std", "inside")
"""Columns: the target, the digest of its model, formula, value and std in the target's unit."""

DIGITS = 6
"""Of predictions: sums may differ in the last bits with what is predicted beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelOutput:
    """Predictions of a model for formulas; arrays of shape (n,), in the unit of the target."""

    value: NDArray[np.float64]
    std: NDArray[np.float64]
    inside: NDArray[np.bool_]


def round_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to :data:`DIGITS` significant digits, shape (n,).

    Examples
    --------
    >>> round_digits(np.array([12.3456789, 0.00123456789])).tolist()
    [12.3457, 0.00123457]
    """
    return np.array([float(f"{one:.{DIGITS}g}") for one in values.tolist()], dtype=np.float64)


def look_up_predictions(target: str, model: str, formulas: Sequence[str]) -> ModelOutput | None:
    """Look predictions of an embedded model up; None unless all are there.

    Parameters
    ----------
    target, model : str
        The target, and the digest of its model.
    formulas : sequence of str
        Shape (n,).
    """
    table = _table().get((target, model), {})
    if any(one not in table for one in formulas):
        return None
    value, std, inside = zip(*(table[one] for one in formulas), strict=True)
    return ModelOutput(np.array(value), np.array(std), np.array(inside, dtype=bool))


def to_csv(rows: Iterable[tuple[str, str, Sequence[str], ModelOutput]]) -> str:
    """Write the file: target, digest of the model, formulas and what it says of them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEAD)
    for target, model, formulas, output in rows:
        columns = (output.value.tolist(), output.std.tolist(), output.inside.tolist())
        for formula, value, std, inside in zip(formulas, *columns, strict=True):
            writer.writerow((target, model, formula, repr(value), repr(std), int(inside)))
    return buffer.getvalue()


@cache
def _table() -> Mapping[tuple[str, str], Mapping[str, tuple[float, float, bool]]]:
    path = files("maiscreen.models") / "data" / FILE
    if not path.is_file():
        return {}
    by_target: dict[tuple[str, str], dict[str, tuple[float, float, bool]]] = {}
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        by_formula = by_target.setdefault((row["target"], row["model"]), {})
        numbers = float(row["value"]), float(row["std"]), row["inside"] == "1"
        by_formula[row["formula"]] = numbers
    return by_target


Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

EMBEDDED = "embedded"
"""In place of the folder of a model that comes with the project."""

USED = (
    "youngs_modulus_gpa",
    "bulk_modulus_gpa",
    "shear_modulus_gpa",
    "volume_a3_atom",
    "formation_energy_ev_atom",
)
"""Targets that the screen takes learned values of. Of barriers, vacancies and adhesion it takes
none: see docs/models.md for what the labels teach."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedValues:
    """Predictions of a model for formulas; arrays of shape (n,), in the unit of the target.

    Attributes
    ----------
    value, std : Floats
        Prediction and its calibrated standard deviation.
    source : Strings
        The model, and whether the formula is outside its domain.
    """

    value: Floats
    std: Floats
    source: Strings


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """One model of a campaign, as its manifest tells of it."""

    target: str
    name: str
    version: str
    sha256: str
    folder: str


def predict_target(
    target: str, formulas: Strings | Sequence[str], models: tuple[str, ...] = ()
) -> LearnedValues:
    """Predict a target of formulas by the campaign's model.

    Parameters
    ----------
    target : str
        One of :data:`USED`.
    formulas : Strings
        Shape (n,); each distinct one is predicted once.
    models : tuple of str
        Folders of the campaign's own models.

    Raises
    ------
    InputError
        If a model cannot be read or is another one than was pinned, or a formula does not parse.
    """
    several_texts("formulas", formulas)
    distinct, rows = np.unique(np.asarray(formulas, dtype=np.str_), return_inverse=True)
    found = _predict(target, tuple(distinct.tolist()), pin_models(models))
    return LearnedValues(found.value[rows], found.std[rows], found.source[rows])


def pin_models(models: Iterable[str]) -> tuple[str, ...]:
    """Pin each folder to the model that is in it, with its path made absolute; read each model.

    Parameters
    ----------
    models : iterable of str
        Folders of models, pinned or not; or of stores, whose models in use are meant.

    Raises
    ------
    InputError
        If a folder holds no model, one of no use here or another one than it is pinned to, or two
        hold the same target.
    """
    pins = tuple(pin for one in models for pin in _pin_folders(one))
    targets = [_load_pinned(pin).card.target for pin in pins]
    for pin, target in zip(pins, targets, strict=True):
        if target not in USED:
            remedy = f"predicts {target}, which the screen does not take: {', '.join(USED)}"
            raise InputError("models", folder_of(pin), remedy)
        if targets.count(target) > 1:
            remedy = f"predicts {target}, as another one does; give one model for each target"
            raise InputError("models", folder_of(pin), remedy)
    return pins


def own_targets(models: tuple[str, ...]) -> tuple[str, ...]:
    """Name the targets of the campaign's own models."""
    return tuple(_load_pinned(pin).card.target for pin in pin_models(models))


def models_used(models: tuple[str, ...] = ()) -> tuple[ModelUsed, ...]:
    """Name the model of each target that a campaign takes, embedded ones included, by target."""
    pins = pin_models(models)
    own = {_load_pinned(pin).card.target: pin for pin in pins}
    return tuple(_model_used(target, own.get(target)) for target in sorted(_targets(own)))


def digest(card: "Card") -> str:
    """Hash what decides the predictions of a model and what is told of it.

    Not the whole card: the day and the duration of a training change nothing.
    """
    parts = {
        "name": card.name,
        "target": card.target,
        "calibration": card.calibration.to_dict(),
        "files": dict(card.files),
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_modulus_derived(own: Iterable[str]) -> bool:
    """Return whether Young's modulus follows from learned K and G, given the campaign's targets.

    It does where the campaign brings a model of K or G, and none of E.

    Examples
    --------
    >>> is_modulus_derived(["shear_modulus_gpa"]), is_modulus_derived([])
    (True, False)
    """
    given = set(own)
    return USED[0] not in given and bool(given & set(USED[1:3]))


def _targets(own: Iterable[str]) -> tuple[str, ...]:
    return (*(USED[1:3] if is_modulus_derived(own) else USED[:1]), *USED[3:])


def _model_used(target: str, pin: str | None) -> ModelUsed:
    card = _card(target, () if pin is None else (pin,))
    folder = EMBEDDED if pin is None else folder_of(pin)
    return ModelUsed(target, card.name, card.version, digest(card), folder)


@lru_cache(maxsize=64)
def _predict(target: str, formulas: tuple[str, ...], pins: tuple[str, ...]) -> LearnedValues:
    if not formulas:
        return LearnedValues(np.empty(0), np.empty(0), np.empty(0, dtype=np.str_))
    card = _card(target, pins)
    predicted = None
    if not _own_model(target, pins):
        predicted = look_up_predictions(target, digest(card), formulas)
    predicted = predicted or evaluate_model(target, formulas, pins)
    name = f"learned ({card.name} {card.version})"
    source = np.where(predicted.inside, name, f"{name}, outside its domain")
    return LearnedValues(predicted.value, predicted.std, source)


def evaluate_model(target: str, formulas: tuple[str, ...], pins: tuple[str, ...]) -> ModelOutput:
    """Evaluate the model itself; its numbers are rounded, see :data:`predicted.DIGITS`."""
    found = _surrogate(target, pins).predict(formulas)
    return ModelOutput(round_digits(found.value), round_digits(found.std), found.inside)


def embedded_digest(target: str) -> str:
    """Return the digest of an embedded model without reading more than its card."""
    return digest(_card(target, ()))


def _card(target: str, pins: tuple[str, ...]) -> "Card":
    from maiscreen.models.storage.model import embedded_folder, load_card

    own = _own_model(target, pins)
    return own.card if own else load_card(embedded_folder() / target)


def _own_model(target: str, pins: tuple[str, ...]) -> "Surrogate | None":
    own = (model for model in map(_load_pinned, pins) if model.card.target == target)
    return next(own, None)


def _surrogate(target: str, pins: tuple[str, ...]) -> "Surrogate":
    from maiscreen.models.storage.model import embedded_surrogate

    return _own_model(target, pins) or embedded_surrogate(target)


def _pin_folders(model: str) -> tuple[str, ...]:
    from maiscreen.models.storage.model import load_card
    from maiscreen.models.storage.store import resolve

    if PIN in model:
        return (model,)
    folders = [Path(one).absolute() for one in resolve(model)]
    return tuple(f"{folder}{PIN}{digest(load_card(folder))}" for folder in folders)


@lru_cache(maxsize=16)
def _load_pinned(pin: str) -> "Surrogate":
    """Load a pinned model, once in a process, and see that it is the one that was meant."""
    from maiscreen.models.storage.model import load

    folder = resolve_folder(pin)
    model = load(folder)
    if digest(model.card) != digest_of(pin):
        remedy = "holds another model than the campaign was started with; put that one back"
        raise InputError("models", str(folder), remedy)
    return model
