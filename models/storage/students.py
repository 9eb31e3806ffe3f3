"""Students on disk: their arrays, in a file of NumPy."""

from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.student import Student
from maiscreen.models.storage.arrays import Arrays, pack_arrays, unpack_arrays
from maiscreen.models.storage.foreign import AGAIN

STUDENT = "student.npz"
"""File of a student, beside that of its model."""

_MOST_LAYERS = 16


def student_to_bytes(student: Student) -> bytes:
    """Write a student."""
    layers: Arrays = {f"weights.{i}": one for i, one in enumerate(student.weights)}
    layers |= {f"biases.{i}": one for i, one in enumerate(student.biases)}
    ends: Arrays = {"centre": student.centre, "scale": student.scale, "outputs": student.outputs}
    return pack_arrays(ends | layers)


def student_from_bytes(folder: Path | Traversable, content: bytes) -> Student:
    """Read a student.

    Raises
    ------
    InputError
        If the file holds anything but the arrays of one, of shapes that fit together.
    """
    try:
        arrays = unpack_arrays(content)
    except ValueError as error:
        remedy = f"its {STUDENT} cannot be read ({error!s:.120}); {AGAIN}"
        raise InputError("model", str(folder), remedy) from None
    layers = (len(arrays) - 3) // 2
    names = {f"{kind}.{i}" for kind in ("weights", "biases") for i in range(layers)}
    sound = 0 < layers <= _MOST_LAYERS and arrays.keys() == {"centre", "scale", "outputs", *names}
    if not (sound and _is_sound(arrays, layers)):
        raise InputError("model", str(folder), f"its {STUDENT} is no student; {AGAIN}")
    weights, biases = (
        tuple(arrays[f"{kind}.{i}"] for i in range(layers)) for kind in ("weights", "biases")
    )
    return Student(arrays["centre"], arrays["scale"], weights, biases, arrays["outputs"])


def _is_sound(arrays: Arrays, layers: int) -> bool:
    """Return whether the arrays are finite, and of types and shapes that fit together."""
    known: tuple[int, ...] = (len(FEATURE_LABELS),)
    ends = [known, *(arrays[f"biases.{i}"].shape[-1:] for i in range(layers))]
    shapes = {"centre": known, "scale": known, "outputs": (4, 2)}
    shapes |= {f"weights.{i}": (*a, *b) for i, (a, b) in enumerate(pairwise(ends))}
    shapes |= {f"biases.{i}": end for i, end in enumerate(ends[1:])}
    kinds = dict.fromkeys(shapes, "<f4") | {"outputs": "<f8"}
    return (
        ends[-1] == (2,)
        and all(arrays[name].shape == shape for name, shape in shapes.items())
        and all(arrays[name].dtype == np.dtype(kind) for name, kind in kinds.items())
        and all(bool(np.isfinite(one).all()) for one in arrays.values())
        and bool((arrays["scale"] > 0).all())
    )
