"""Models on disk: a card, the estimator as skops writes it, the rows that were added.

No pickle: skops stores arrays and the names of types, and a file is read only if every type in it
is one that our recipes use.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
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
from maiscreen.models.learning.targets import TYPES
from maiscreen.models.learning.training import EMBEDDED, Training
from maiscreen.models.storage.untrusted import AGAIN, pack, unpack

STUDENT = "student.skops"
"""File of a student, beside that of its model."""

_PARTS = ("centre", "scale", "weights", "biases", "outputs")


def to_bytes(student: Student) -> bytes:
    """Write a student."""
    parts = {name: getattr(student, name) for name in _PARTS}
    return pack({name: list(p) if isinstance(p, tuple) else p for name, p in parts.items()})


def from_bytes(folder: Path | Traversable, content: bytes) -> Student:
    """Read a student.

    Raises
    ------
    InputError
        If the file holds anything but the arrays of one, of shapes that fit together.
    """
    whole = unpack(folder, STUDENT, content, ())
    if not _is_sound(whole):
        raise InputError("model", str(folder), f"its {STUDENT} is no student; {AGAIN}")
    weights, biases = tuple(whole["weights"]), tuple(whole["biases"])
    return Student(whole["centre"], whole["scale"], weights, biases, whole["outputs"])


def _is_sound(whole: Any) -> bool:
    if not isinstance(whole, dict) or set(whole) != set(_PARTS):
        return False
    weights, biases = whole["weights"], whole["biases"]
    if not (isinstance(weights, list) and isinstance(biases, list)):
        return False
    if not weights or len(weights) != len(biases):
        return False
    known: tuple[int, ...] = (len(FEATURE_LABELS),)
    ends = [known, *(getattr(one, "shape", ())[-1:] for one in biases)]
    shapes = [(whole["centre"], known), (whole["scale"], known)]
    shapes += [(w, (*a, *b)) for w, (a, b) in zip(weights, pairwise(ends), strict=True)]
    shapes += [(b, end) for b, end in zip(biases, ends[1:], strict=True)]
    return (
        ends[-1] == (2,)
        and all(_is_array(one, np.float32, shape) for one, shape in shapes)
        and _is_array(whole["outputs"], np.float64, (4, 2))
        and bool((whole["scale"] > 0).all())
    )


def _is_array(numbers: Any, kind: type, shape: tuple[int, ...]) -> bool:
    """Return whether something is an array of finite numbers of a type and shape."""
    return (
        isinstance(numbers, np.ndarray)
        and numbers.dtype == kind
        and numbers.shape == shape
        and bool(np.isfinite(numbers).all())
    )


CARD, MODEL, ROWS = "card.json", "model.skops", "training.csv"
"""Files of a model; a student has its own,
:data:`maiscreen.models.storage.model.STUDENT`."""


def save(surrogate: Surrogate, folder: Path) -> Surrogate:
    """Write a model into a folder, the card last; give it with the hashes of its files.

    Parameters
    ----------
    surrogate : Surrogate
        The model.
    folder : Path
        Made if it is not there.
    """
    whole = {
        "estimator": surrogate.estimator,
        "errors": surrogate.errors,
        "counts": surrogate.domain.counts,
    }
    contents = {MODEL: pack(whole)}
    if surrogate.training is not None:
        contents[ROWS] = _to_csv(surrogate.training)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return save_student(replace(surrogate, card=replace(surrogate.card, files=hashes)), folder)


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
        content = to_bytes(surrogate.student)
        (folder / STUDENT).write_bytes(content)
        told = replace(card.student, sha256=hashlib.sha256(content).hexdigest())
        card = replace(card, student=told)
    (folder / CARD).write_bytes(seal_json(card.to_json()))
    return replace(surrogate, card=card)


def load(folder: Path | Traversable) -> Surrogate:
    """Read a model.

    Parameters
    ----------
    folder : Path
        As :func:`save` wrote it.

    Raises
    ------
    InputError
        If a file is missing, was changed, comes from another version of scikit-learn, knows
        other features, or holds types that no model of ours has.
    """
    card = load_card(folder)
    contents = {name: _read_card_file(folder, name, digest) for name, digest in card.files.items()}
    _check_version(folder, card.packages)
    if card.data.get("features") != features_hash():
        raise InputError("model", str(folder), f"was trained on other features; {AGAIN}")
    if MODEL not in contents:
        raise InputError("model", str(folder), f"has no {MODEL} on its card; {AGAIN}")
    whole = _parts(folder, contents[MODEL])
    rows = contents.get(ROWS)
    training = None if rows is None else _from_csv(folder, card, rows)
    domain = Domain(whole["counts"])
    student = _student(folder, card)
    return Surrogate(card, whole["estimator"], whole["errors"], domain, training, student)


def _student(folder: Path | Traversable, card: Card) -> Student | None:
    if card.student is None:
        return None
    return from_bytes(folder, _read_verified(folder, STUDENT, card.student.sha256))


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
    if name not in (MODEL, ROWS):
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


def _parts(folder: Path | Traversable, content: bytes) -> Mapping[str, Any]:
    whole = unpack(folder, MODEL, content, TYPES)
    if not isinstance(whole, dict) or set(whole) != {"estimator", "errors", "counts"}:
        raise InputError("model", str(folder), f"its {MODEL} is no model of maiscreen; {AGAIN}")
    counts = whole["counts"]
    if not isinstance(counts, np.ndarray) or counts.shape != (len(ELEMENTS),):
        raise InputError("model", str(folder), f"its {MODEL} has no domain; {AGAIN}")
    if not _answers(whole["estimator"], whole["errors"]):
        raise InputError("model", str(folder), f"its {MODEL} predicts nothing; {AGAIN}")
    if not np.issubdtype(counts.dtype, np.integer) or counts.min() < 0:
        raise InputError("model", str(folder), f"its {MODEL} has no domain; {AGAIN}")
    return dict(whole)


def _answers(estimator: Any, errors: Any) -> bool:
    """Return whether the estimators answer for our features, seen by asking them once."""
    from lightgbm import Booster

    known = np.zeros((1, len(FEATURE_LABELS)))
    asked = [(estimator, known.size), *([] if errors is None else [(errors, known.size + 1)])]
    try:
        for one, width in asked:
            # It would print a line by itself if it were asked with another number of features.
            if not isinstance(one.booster_, Booster) or one.booster_.num_feature() != width:
                return False
        return bool(np.isfinite(evaluate_trees(estimator, errors, known)).all())
    except Exception:  # whatever a foreign object of any type raises
        return False


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
