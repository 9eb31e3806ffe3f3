"""Models on disk: a card, arrays of trees, the rows that were added.

No pickle: what our recipes make is arrays of numbers, the same bytes for the same data and seed. An
estimator of another kind goes into a file of its own, and is read only by the user's own word.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import ELEMENTS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import is_sealed, open_sealed, seal_json
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.model import Surrogate, evaluate_trees, features_hash
from maiscreen.models.learning.splits import Domain
from maiscreen.models.learning.student import Student
from maiscreen.models.learning.training import EMBEDDED, Training
from maiscreen.models.learning.trees import Trees
from maiscreen.models.storage.arrays import Arrays, pack_arrays, unpack_arrays
from maiscreen.models.storage.foreign import (
    AGAIN,
    pack_estimator,
    types_to_trust,
    unpack_estimator,
)
from maiscreen.models.storage.students import STUDENT, student_from_bytes, student_to_bytes

CARD, MODEL, ROWS = "card.json", "model.npz", "training.csv"
"""Files of a model; a student has its own, :data:`maiscreen.models.storage.students.STUDENT`."""

PARTS = {"estimator": 0, "errors": 1}
"""Estimators of a model, and how many columns each is asked with beside the features."""

FOREIGN = tuple(f"{part}.skops" for part in PARTS)
"""Files of estimators that are no trees of ours."""

TYPES = "types"
"""Note of a card: the types of a foreign estimator that have to be trusted."""

_EARLIER = "model.skops"


def save(surrogate: Surrogate, folder: Path) -> Surrogate:
    """Write a model into a folder, the card last; give it with the hashes of its files.

    Parameters
    ----------
    surrogate : Surrogate
        The model.
    folder : Path
        Made if it is not there.
    """
    contents, types = _to_files(surrogate)
    if surrogate.training is not None:
        contents[ROWS] = _to_csv(surrogate.training)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    notes = {**surrogate.card.notes, **({TYPES: list(types)} if types else {})}
    card = replace(surrogate.card, files=hashes, notes=notes)
    return save_student(replace(surrogate, card=card), folder)


def _to_files(surrogate: Surrogate) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Write the files of a model, and name the types in them that have to be trusted."""
    arrays: dict[str, NDArray[Any]] = {"counts": surrogate.domain.counts.astype("<i8")}
    foreign: dict[str, bytes] = {}
    for part in PARTS:
        estimator = getattr(surrogate, part)
        trees = None if estimator is None else _trees(estimator)
        if trees is not None:
            arrays |= {f"{part}.{name}": one for name, one in trees.arrays().items()}
        elif estimator is not None:
            foreign[f"{part}.skops"] = pack_estimator(estimator)
    types = dict.fromkeys(one for content in foreign.values() for one in types_to_trust(content))
    return {**foreign, MODEL: pack_arrays(arrays)}, tuple(types)


def _trees(estimator: Any) -> Trees | None:
    """Return the trees of an estimator; None where it is more, or something else."""
    if isinstance(estimator, Trees):
        return estimator
    if getattr(estimator, "booster_", None) is None:
        return None
    try:
        return Trees.of(estimator)
    except ValueError:
        return None


def save_student(surrogate: Surrogate, folder: Path) -> Surrogate:
    """Write the student of a model, if it has one, beside the files of the model, and the card.

    Parameters
    ----------
    surrogate : Surrogate
        The model; its other files lie in the folder.
    folder : Path
        Of the model.
    """
    card = surrogate.card
    if surrogate.student is not None and card.student is not None:
        content = student_to_bytes(surrogate.student)
        (folder / STUDENT).write_bytes(content)
        told = replace(card.student, sha256=hashlib.sha256(content).hexdigest())
        card = replace(card, student=told)
    (folder / CARD).write_bytes(seal_json(card.to_json()))
    return replace(surrogate, card=card)


def load(folder: Path | Traversable, trusted: Sequence[str] = ()) -> Surrogate:
    """Read a model.

    Parameters
    ----------
    folder : Path
        As :func:`save` wrote it.
    trusted : sequence of str
        Types of estimators that are built though maiscreen does not make them: those that the card
        names, if you trust who made it.

    Raises
    ------
    InputError
        If a file is missing or was changed, knows other features, or holds an estimator whose
        types are not trusted, or that another version of scikit-learn wrote.
    """
    card, contents = _read_files(folder)
    if card.data.get("features") != features_hash():
        raise InputError("model", str(folder), f"was trained on other features; {AGAIN}")
    if MODEL not in contents:
        raise InputError("model", str(folder), f"has no {MODEL} on its card; {AGAIN}")
    if contents.keys() & set(FOREIGN):
        _check_version(folder, card.packages)
    domain, estimator, errors = _parts(folder, contents, trusted)
    rows = contents.get(ROWS)
    training = None if rows is None else _from_csv(folder, card, rows)
    return Surrogate(card, estimator, errors, domain, training, _student(folder, card))


def load_verified_card(folder: Path | Traversable) -> Card:
    """Read the card of a model whose files are those that it names; nothing is built of them.

    Raises
    ------
    InputError
        If there is none, or a file is missing or was changed.
    """
    card, _ = _read_files(folder)
    if card.student is not None:
        _read_verified(folder, STUDENT, card.student.sha256)
    return card


def _read_files(folder: Path | Traversable) -> tuple[Card, dict[str, bytes]]:
    """Read a card, and the files that it names."""
    card = load_card(folder)
    if _EARLIER in card.files:
        remedy = f"has a {_EARLIER}, read no more; {AGAIN}, from its {ROWS} if need be"
        raise InputError("model", str(folder), remedy)
    return card, {name: _read_card_file(folder, name, one) for name, one in card.files.items()}


def _student(folder: Path | Traversable, card: Card) -> Student | None:
    if card.student is None:
        return None
    return student_from_bytes(folder, _read_verified(folder, STUDENT, card.student.sha256))


def load_card(folder: Path | Traversable) -> Card:
    """Read the card of a model alone.

    Raises
    ------
    InputError
        If there is none, or it is damaged.
    """
    content = _read(folder, CARD)
    text = content.decode("utf-8", "replace")
    if is_sealed(content):
        try:
            text = json.dumps(open_sealed(content))
        except ValueError as error:
            raise InputError("model", str(folder), f"its {CARD} {error}; {AGAIN}") from None
    return Card.from_json(text, str(folder))


@cache
def embedded_surrogate(target: str) -> Surrogate:
    """Return the model that comes with the project.

    Raises
    ------
    InputError
        If there is none for the target.
    """
    folder = embedded_folder() / target
    if not folder.is_dir():
        raise InputError("target", target, "has no embedded model; train one from your own data")
    return load(folder)


def embedded_targets() -> tuple[str, ...]:
    """Name the targets that come with a model."""
    root = embedded_folder()
    return tuple(sorted(one.name for one in root.iterdir())) if root.is_dir() else ()


def embedded_folder() -> Traversable:
    """Return the folder of the models that come with the project, one folder for each target."""
    return files("maiscreen.models") / "data" / "surrogates"


def _read(folder: Path | Traversable, name: str) -> bytes:
    try:
        most = {CARD: limits.CARD_BYTES, ROWS: limits.DATA_BYTES}.get(name, limits.MODEL_BYTES)
        return limits.read_bytes(folder / name, most)
    except FileNotFoundError:
        remedy = f"holds no {name}; give the folder of a model, as maiscreen models train writes it"
        raise InputError("model", str(folder), remedy) from None
    except OSError as error:
        remedy = f"its {name} cannot be read: {error.strerror}; {AGAIN}"
        raise InputError("model", str(folder), remedy) from None


def _read_card_file(folder: Path | Traversable, name: str, digest: object) -> bytes:
    if name not in (MODEL, ROWS, *FOREIGN):
        raise InputError("model", str(folder), f"has a foreign file on its card; {AGAIN}")
    return _read_verified(folder, name, digest)


def _read_verified(folder: Path | Traversable, name: str, digest: object) -> bytes:
    content = _read(folder, name)
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError("model", str(folder), f"its {name} was changed; {AGAIN}")
    return content


def _check_version(folder: Path | Traversable, packages: Mapping[str, str | None]) -> None:
    """Refuse what another version of scikit-learn wrote: it may load, and predict nonsense."""
    ours, theirs = version("scikit-learn"), str(packages.get("scikit-learn"))
    if ours.split(".")[:2] != theirs.split(".")[:2]:
        remedy = f"was trained with scikit-learn {theirs}, here is {ours}; install that, or"
        raise InputError("model", str(folder), f"{remedy} {AGAIN}")


def _parts(
    folder: Path | Traversable, contents: Mapping[str, bytes], trusted: Sequence[str]
) -> tuple[Domain, Any, Any]:
    """Read domain, estimator and model of errors."""
    try:
        arrays = unpack_arrays(contents[MODEL])
        domain = _domain(arrays)
        trees = {part: _read_trees(part, arrays) for part in PARTS}
        if arrays:
            raise ValueError(f"holds a foreign {min(arrays)!r:.40}")
    except ValueError as error:
        remedy = f"its {MODEL} cannot be read ({error!s:.120}); {AGAIN}"
        raise InputError("model", str(folder), remedy) from None
    estimators: dict[str, Any] = dict(trees)
    for part, name in zip(PARTS, FOREIGN, strict=True):
        if name in contents and estimators[part] is None:
            estimators[part] = unpack_estimator(folder, name, contents[name], trusted)
    if not _answers(estimators["estimator"], estimators["errors"]):
        raise InputError("model", str(folder), f"its {MODEL} predicts nothing; {AGAIN}")
    return domain, estimators["estimator"], estimators["errors"]


def _domain(arrays: Arrays) -> Domain:
    counts = arrays.pop("counts", np.empty(0))
    if counts.dtype != np.dtype("<i8") or counts.shape != (len(ELEMENTS),) or counts.min() < 0:
        raise ValueError("holds no domain")
    return Domain(counts)


def _read_trees(part: str, arrays: Arrays) -> Trees | None:
    """Take the trees of an estimator out of a file's arrays; None where it has none."""
    names = [name for name in arrays if name.startswith(f"{part}.")]
    if not names:
        return None
    own = {name.removeprefix(f"{part}."): arrays.pop(name) for name in names}
    return Trees.from_arrays(own, len(FEATURE_LABELS) + PARTS[part])


def _answers(estimator: Any, errors: Any) -> bool:
    """Return whether the estimators answer for our features, seen by asking them once."""
    try:
        answer = evaluate_trees(estimator, errors, np.zeros((1, len(FEATURE_LABELS))))
    except Exception:  # whatever a foreign object of any type raises
        return False
    return bool(answer.shape == (2, 1) and np.isfinite(answer).all())


def _to_csv(training: Training) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    numbers: list[NDArray[Any]] = [training.values, training.stds, training.weights]
    # A fifth column says which values are bounds; without any it is left out.
    bounds = [] if training.bounds is None else [training.bounds]
    head = ("formula", training.target, "std", "weight", "bound")
    writer.writerow(head[: 4 + len(bounds)])
    columns = [map(repr, one.tolist()) for one in (*numbers, *bounds)]
    writer.writerows(zip(training.formulas, *columns, strict=True))
    return buffer.getvalue().encode()


def _from_csv(folder: Path | Traversable, card: Card, content: bytes) -> Training:
    try:
        rows = list(csv.reader(io.StringIO(content.decode())))[1:]
        formulas = tuple(row[0] for row in rows)
        numbers = np.array([row[1:4] for row in rows], dtype=np.float64).reshape(-1, 3)
        bounds = np.array([row[4] for row in rows if len(row) > 4], dtype=np.int8)
        if not np.isfinite(numbers[:, [0, 2]]).all() or len(bounds) not in (0, len(rows)):
            raise ValueError("not finite, or without some bounds")
    except (ValueError, IndexError, csv.Error):
        raise InputError("model", str(folder), f"its {ROWS} is damaged; {AGAIN}") from None
    source = str(card.data.get("source", EMBEDDED))
    values, stds, weights = numbers.T
    own = None if card.definition is None else card.kind
    kept = bounds if len(bounds) else None
    return Training(card.target, formulas, values, stds, weights, source, own, kept)
