"""What the embedded models say of the phases that a screen meets, worked out beforehand.

Reading a model means importing scikit-learn, which takes longer than the screen. So the predictions
that the default campaign needs are kept beside the models, each with the digest of its model: where
that is another one, or a formula is missing, the model itself is asked. Both give the same numbers.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

FILE = "predicted.csv"

HEAD = ("target", "model", "formula", "value", "std", "inside")
"""Columns: the target, the digest of its model, formula, value and std in the target's unit."""

DIGITS = 6
"""Of predictions: sums may differ in the last bits with what is predicted beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a model says of formulas; arrays of shape (n,), in the unit of the target."""

    value: NDArray[np.float64]
    std: NDArray[np.float64]
    inside: NDArray[np.bool_]


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to :data:`DIGITS` significant digits, shape (n,).

    Examples
    --------
    >>> rounded(np.array([12.3456789, 0.00123456789])).tolist()
    [12.3457, 0.00123457]
    """
    return np.array([float(f"{one:.{DIGITS}g}") for one in values.tolist()], dtype=np.float64)


def said_before(target: str, model: str, formulas: Sequence[str]) -> Said | None:
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
    return Said(np.array(value), np.array(std), np.array(inside, dtype=bool))


def to_csv(rows: Iterable[tuple[str, str, Sequence[str], Said]]) -> str:
    """Write the file: target, digest of the model, formulas and what it says of them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEAD)
    for target, model, formulas, said in rows:
        columns = (said.value.tolist(), said.std.tolist(), said.inside.tolist())
        for formula, value, std, inside in zip(formulas, *columns, strict=True):
            writer.writerow((target, model, formula, repr(value), repr(std), int(inside)))
    return buffer.getvalue()


@cache
def _table() -> Mapping[tuple[str, str], Mapping[str, tuple[float, float, bool]]]:
    path = files("maiscreen.models") / "data" / FILE
    if not path.is_file():
        return {}
    found: dict[tuple[str, str], dict[str, tuple[float, float, bool]]] = {}
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        by_formula = found.setdefault((row["target"], row["model"]), {})
        numbers = float(row["value"]), float(row["std"]), row["inside"] == "1"
        by_formula[row["formula"]] = numbers
    return found
