"""Students on disk: arrays alone, in a file of skops."""

from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.student import Student
from maiscreen.models.storage.untrusted import AGAIN, packed, unpacked

STUDENT = "student.skops"
"""File of a student, beside that of its model."""

_PARTS = ("centre", "scale", "weights", "biases", "outputs")


def to_bytes(student: Student) -> bytes:
    """Write a student."""
    parts = {name: getattr(student, name) for name in _PARTS}
    return packed({name: list(p) if isinstance(p, tuple) else p for name, p in parts.items()})


def from_bytes(folder: Path | Traversable, content: bytes) -> Student:
    """Read a student.

    Raises
    ------
    InputError
        If the file holds anything but the arrays of one, of shapes that fit together.
    """
    whole = unpacked(folder, STUDENT, content, ())
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
        and all(_are(one, np.float32, shape) for one, shape in shapes)
        and _are(whole["outputs"], np.float64, (4, 2))
        and bool((whole["scale"] > 0).all())
    )


def _are(numbers: Any, kind: type, shape: tuple[int, ...]) -> bool:
    """Tell whether something is an array of finite numbers of a type and shape."""
    return (
        isinstance(numbers, np.ndarray)
        and numbers.dtype == kind
        and numbers.shape == shape
        and bool(np.isfinite(numbers).all())
    )
