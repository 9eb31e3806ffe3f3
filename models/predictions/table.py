"""Predictions for the formulas of a user's table, row by row, as a table of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.models.learning.formulas import formula_text
from maiscreen.models.learning.model import Prediction, Surrogate
from maiscreen.models.predictions.learned import round_digits
from maiscreen.models.training_files.columns import formula_column
from maiscreen.models.training_files.read import LeftOut
from maiscreen.models.training_files.table import Table

PART = 32_768
"""Rows that are predicted between two signs of life."""


@dataclass(frozen=True, slots=True, eq=False)
class TablePredictions:
    """What a model says of the rows of a table.

    Attributes
    ----------
    table : pyarrow.Table
        ``row`` (as a spreadsheet counts it), ``formula``, the target, its ``_std``, ``_low`` and
        ``_high`` (90 % interval) in the unit of its name, ``inside`` the domain, ``model``.
    left_out : tuple of LeftOut
        Rows whose formula cannot be read, and why.
    """

    table: pa.Table
    left_out: tuple[LeftOut, ...]


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
    from maiscreen.candidates.chemistry.formula import parse_formulas

    # A model without a student is refused before any work.
    model.predict((), fast=fast)
    cells = data.columns[formula_column(data, formulas_in)]
    texts = [formula_text(cell) for cell in cells]
    said_by = f"{model.card.name} {model.card.version}{', its student' if fast else ''}"
    parts, left_out = [], []
    for start in range(0, len(texts), PART):
        part, numbers = texts[start : start + PART], data.rows[start : start + PART]
        found, wrong = parse_formulas(part)
        kept = np.array([i for i in range(len(part)) if i not in wrong], dtype=np.intp)
        sound = ~np.isin(numbers[kept], list(data.doubts))
        kept, said = kept[sound], model.predict(found.take(np.flatnonzero(sound)), fast=fast)
        wrong |= {i: data.doubts[n] for i, n in enumerate(numbers.tolist()) if n in data.doubts}
        parts.append(_table(model, numbers[kept], [part[i] for i in kept.tolist()], said, said_by))
        left_out += [LeftOut(int(numbers[i]), part[i], "", why) for i, why in sorted(wrong.items())]
        watch(start + len(part), len(texts))
    if len(left_out) == len(texts):
        first = left_out[0]
        raise data.error(f"has no formula that can be read; row {first.row}: {first.reason}")
    return TablePredictions(pa.concat_tables(parts).combine_chunks(), tuple(left_out))


def _table(
    model: Surrogate,
    rows: NDArray[np.int64],
    formulas: Sequence[str],
    said: Prediction,
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
        pa.field("inside", pa.bool_(), metadata={"doc": "in the domain of the training"}),
        pa.field("model", pa.string(), metadata={"doc": "name and version"}),
    ]
    columns = [
        rows,
        list(formulas),
        *(round_digits(values) for values, _ in numbers.values()),
        said.inside,
        [said_by] * len(formulas),
    ]
    arrays = [pa.array(one, field.type) for one, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
