"""Predictions for the formulas of a user's table, row by row, as a table of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.descriptors.composition.features import features
from maiscreen.models.learning.formulas import formula_text
from maiscreen.models.learning.model import Prediction, Surrogate
from maiscreen.models.learning.novelty import MOST, SHIFTED, neighbourhood, shift
from maiscreen.models.predictions.learned import round_digits
from maiscreen.models.training_files.columns import formula_column
from maiscreen.models.training_files.read import LeftOut
from maiscreen.models.training_files.table import Table

NEAR = "nearer to the training than 95 % of its compositions are to those of other systems"

PART = 32_768
"""Rows that are predicted between two signs of life."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadableRows:
    """Rows of a table whose formula can be read; arrays of shape (n,).

    Attributes
    ----------
    compositions : Compositions
        Of the rows.
    rows : NDArray[np.int64]
        As a spreadsheet counts them.
    given : tuple of str
        Formulas as they were given.
    left_out : tuple of LeftOut
        The other rows, and why.
    """

    compositions: Compositions
    rows: NDArray[np.int64]
    given: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    def texts(self, chosen: NDArray[np.intp]) -> list[str]:
        """Return the formulas of some rows as they were given."""
        return [self.given[i] for i in chosen.tolist()]


def parse_rows(data: Table) -> ReadableRows:
    """Read the formulas of a table.

    Parameters
    ----------
    data : Table
        With a column of formulas; others are not looked at.

    Raises
    ------
    InputError
        If there is no column of formulas, or none of them can be read.
    """
    cells = data.columns[formula_column(data)]
    found = _parse([formula_text(cell) for cell in cells], data.rows, data)
    _check_some(found.left_out, len(cells), data)
    return found


def _parse(texts: Sequence[str], numbers: NDArray[np.int64], data: Table) -> ReadableRows:
    """Read formulas of some rows, by their numbers."""
    from maiscreen.candidates.chemistry.formula import parse_formulas

    batch, wrong = parse_formulas(texts)
    kept = np.array([i for i in range(len(texts)) if i not in wrong], dtype=np.intp)
    sound = ~np.isin(numbers[kept], list(data.doubts))
    wrong |= {i: data.doubts[n] for i, n in enumerate(numbers.tolist()) if n in data.doubts}
    left_out = [LeftOut(int(numbers[i]), texts[i], "", why) for i, why in sorted(wrong.items())]
    given = tuple(texts[i] for i in kept[sound].tolist())
    sane = batch.take(np.flatnonzero(sound))
    return ReadableRows(sane, numbers[kept[sound]], given, tuple(left_out))


def _check_some(left_out: Sequence[LeftOut], rows: int, data: Table) -> None:
    if len(left_out) == rows:
        first = left_out[0]
        raise data.error(f"has no formula that can be read; row {first.row}: {first.reason}")


@dataclass(frozen=True, slots=True, eq=False)
class TablePredictions:
    """What a model says of the rows of a table.

    Attributes
    ----------
    table : pyarrow.Table
        ``row`` (as a spreadsheet counts it), ``formula``, the target, its ``_std``, ``_low`` and
        ``_high`` (90 % interval) in the unit of its name, ``inside`` the domain,
        ``near_training``, ``model``.
    left_out : tuple of LeftOut
        Rows whose formula cannot be read, and why.
    shift : float or None
        How well the formulas are told from those of the training, as
        :func:`maiscreen.models.learning.novelty.shift` has it.
    """

    table: pa.Table
    left_out: tuple[LeftOut, ...]
    shift: float | None = None

    @property
    def is_shifted(self) -> bool:
        """Whether the formulas are drawn so otherwise that intervals may not hold."""
        return self.shift is not None and self.shift > SHIFTED


def predict_table(
    model: Surrogate,
    data: Table,
    fast: bool = False,
    formulas_in: str = "",
    watch: Callable[[int, int], None] = lambda done, total: None,
) -> TablePredictions:
    """Predict the target of a model for every row of a table.

    Parameters
    ----------
    model : Surrogate
        The model.
    data : Table
        With a column ``formula``; others are not looked at.
    fast : bool
        Ask its student.
    formulas_in : str
        Name of the column of formulas, where that is not found by itself.
    watch : callable
        Is told how many rows are done, and of how many.

    Raises
    ------
    InputError
        If there is no column of formulas, none of them can be read, or the model has no student.
    """
    # A model without a student is refused before any work.
    model.predict((), fast=fast)
    near = neighbourhood(model)
    cells = data.columns[formula_column(data, formulas_in)]
    texts = [formula_text(cell) for cell in cells]
    said_by = f"{model.card.name} {model.card.version}{', its student' if fast else ''}"
    left_out: list[LeftOut] = []
    parts, asked = [], []
    for start in range(0, len(texts), PART):
        readable = _parse(texts[start : start + PART], data.rows[start : start + PART], data)
        known = features(readable.compositions)
        said = model.predict(readable.compositions, fast=fast, feature_rows=known)
        is_near = near.holds(readable.compositions, known)
        parts.append(_table(model, readable, said, is_near, said_by))
        left_out += readable.left_out
        asked.append(_some(readable.compositions))
        watch(min(start + PART, len(texts)), len(texts))
    _check_some(left_out, len(texts), data)
    whole = pa.concat_tables(parts).combine_chunks()
    return TablePredictions(whole, tuple(left_out), shift(near, _join(asked)))


def _some(found: Compositions) -> Compositions:
    """Draw enough of a part for :func:`maiscreen.models.learning.novelty.shift`."""
    return found.take(np.random.default_rng(0).permutation(len(found))[:MOST])


def _join(parts: Sequence[Compositions]) -> Compositions:
    return compositions([formula for part in parts for formula in part.formula.tolist()])


def _table(
    model: Surrogate,
    readable: ReadableRows,
    said: Prediction,
    near: NDArray[np.bool_],
    said_by: str,
) -> pa.Table:
    name = model.card.target
    unit = {"unit": model.card.kind.unit}
    numbers = {
        name: (said.value, {**unit, "doc": model.card.kind.doc}),
        f"{name}_std": (said.std, {**unit, "doc": "standard deviation"}),
        f"{name}_low": (said.low, {**unit, "doc": "lower end of the 90 % interval"}),
        f"{name}_high": (said.high, {**unit, "doc": "upper end of the 90 % interval"}),
    }
    fields = [
        pa.field("row", pa.int64(), metadata={"doc": "as a spreadsheet counts it"}),
        pa.field("formula", pa.string(), metadata={"doc": "as it was given"}),
        *(pa.field(key, pa.float64(), metadata=about) for key, (_, about) in numbers.items()),
        pa.field("inside", pa.bool_(), metadata={"doc": "all elements known to the model"}),
        pa.field("near_training", pa.bool_(), metadata={"doc": NEAR}),
        pa.field("model", pa.string(), metadata={"doc": "name and version"}),
    ]
    columns = [
        readable.rows,
        list(readable.given),
        *(round_digits(values) for values, _ in numbers.values()),
        said.inside,
        near,
        [said_by] * len(readable.rows),
    ]
    arrays = [pa.array(one, field.type) for one, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
