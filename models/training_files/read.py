"""Training data of users: read, checked row by row, and what was left out and why."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.numbers import Floats, Notation, notation_of, read_numbers
from maiscreen.models.learning.formulas import formula_text
from maiscreen.models.learning.sieve import Sieve, check_training
from maiscreen.models.learning.targets import Target, target
from maiscreen.models.learning.training import Training
from maiscreen.models.training_files.bounds import split_bounds
from maiscreen.models.training_files.columns import FOUND, Columns, NamedColumns, columns
from maiscreen.models.training_files.files import read_bytes, read_table
from maiscreen.models.training_files.frames import table_of
from maiscreen.models.training_files.table import Table
from maiscreen.models.training_files.units import factor


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is not learned from.

    Attributes
    ----------
    row : int
        As a spreadsheet shows it, the header being row 1.
    formula, value : str
        As they were given.
    reason : str
        Why, in a few words.
    """

    row: int
    formula: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What a file gives to learn from.

    Attributes
    ----------
    training : Training
        One row for each composition.
    left_out : tuple of LeftOut
        The rows that are not among it, in their order.
    rows : int
        Rows in the file.
    joined : int
        Rows that were joined with another of the same composition.
    disagreeing : int
        Compositions whose rows differ by more than the tolerance.
    sha256 : str
        Of the file; of data in memory, of what is learned from.
    """

    training: Training
    left_out: tuple[LeftOut, ...]
    rows: int
    joined: int
    disagreeing: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How data are to be read.

    Attributes
    ----------
    unit : str or None
        Of the values, where the data do not state it.
    duplicates : str
        What rows of one composition become, of
        :data:`maiscreen.models.learning.duplicates.WAYS`.
    named : NamedColumns
        Columns that the user names.
    """

    unit: str | None = None
    duplicates: str = "median"
    named: NamedColumns = FOUND


AS_FOUND = Reading()
"""All is told by the data."""


def read_data(
    name: str | Target, data: Any, unit: str | None = None, *, how: Reading = AS_FOUND
) -> Data:
    """Read rows to learn from.

    Parameters
    ----------
    name : str or Target
        Target.
    data : str, Path, DataFrame, Arrow table, mapping, sequence of mappings, or tuple
        A CSV, XLSX, Parquet or JSON file, perhaps packed by gzip, with columns ``formula`` and the
        target's name (or ``value``), and perhaps ``uncertainty``, ``weight``, ``unit``; a
        ``labels.jsonl``, or the folder of a run of labels; ``labels`` for the embedded labels; the
        folder of a campaign, whose ``shortlist.csv`` was filled in. Or the same in memory: a
        DataFrame of pandas or polars, an Arrow table, a dictionary of columns, a list of records,
        (formulas, values).
    unit : str, optional
        Of the values, where the file does not state it.
    how : Reading
        The same, and what else the user says of the data.

    Raises
    ------
    InputError
        If there is no such file, a column is missing, the unit is unknown, or no row is any good.
    """
    kind = target(name)
    how = how if unit is None else replace(how, unit=unit)
    if not isinstance(data, str | Path):
        return _data(kind, _sieve(table_of(data), kind, how), "memory", None, how)
    path = Path(data)
    if str(data) == "labels" or path.suffix == ".jsonl" or (path / "labels.jsonl").is_file():
        from maiscreen.models.training_files.labels import read_labels

        sieve, content = read_labels(kind, data)
        return _data(kind, sieve, str(data), content, how)
    if path.is_dir():
        path = _shortlist(path)
    table = read_table(path, known=how.named.names)
    _check_kind(table)
    return _data(kind, _sieve(table, kind, how), path.name, read_bytes(path, "data"), how)


def count_reasons(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """Count the rows that were left out by reason, the commonest first."""
    return dict(Counter(_kind(one.reason) for one in left_out).most_common())


def summary(left_out: Iterable[LeftOut], most: int = 5) -> str:
    """State how many rows were left out, why, and which the first of them are."""
    every = list(left_out)
    if not every:
        return "no row was left out"
    kinds = list(count_reasons(every).items())[:most]
    counted = ", ".join(f"{n} × {kind}" for kind, n in kinds)
    lines = [f"{len(every)} rows were left out ({counted})"]
    lines += [
        f"  row {o.row}: {_short(o.formula)} {_short(o.value)}: {o.reason}" for o in every[:most]
    ]
    return "\n".join([*lines, *(["  …"] if len(every) > most else [])])


_WORDS = (
    "may be", "formula of a spreadsheet", "is no number", "is not finite",
    "has more than the number", "has the mark", "is no formula",
)  # fmt: skip


def _kind(reason: str) -> str:
    """Return a reason without what differs from row to row."""
    for word in _WORDS:
        if word in reason:
            return word
    return re.sub(r"^[-+.\de]+ \S+ ", "", reason).split(":")[0].split(" (")[0]


def _short(text: str) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return repr(printable if len(printable) <= 40 else f"{printable[:39]}…")


def _data(kind: Target, sieve: Sieve, source: str, content: bytes | None, how: Reading) -> Data:
    training, joined, disagreeing = check_training(kind, sieve, source, how.duplicates)
    left_out = tuple(
        LeftOut(int(sieve.rows[i]), sieve.formulas[i], sieve.texts[i], reason)
        for i, reason in sorted(sieve.reasons.items())
    )
    digest = training.sha256 if content is None else hashlib.sha256(content).hexdigest()
    return Data(training, left_out, len(sieve.rows), joined, disagreeing, digest)


def _check_kind(table: Table) -> None:
    """Refuse tables of ours that hold something else than one property of compositions."""
    if {"property", "passed_checks"} <= table.columns.keys():
        raise table.error("holds labels of several properties; give the labels.jsonl, or 'labels'")
    if _is_campaign(table) and "phase" not in table.columns:
        raise table.error(_CAMPAIGN)


def _shortlist(folder: Path) -> Path:
    path = folder / "shortlist.csv"
    if path.is_file():
        return path
    remedy = "is a folder without labels.jsonl or shortlist.csv; give a CSV, XLSX or Parquet file"
    raise InputError("data", str(folder), remedy)


def _is_campaign(table: Table) -> bool:
    return {"rank", "score", "reduction_potential_v"} <= table.columns.keys()


# What a campaign computed came out of models: to learn from it would teach a model its own
# guesses. Cycles are those of a cell, not of a composition.
_CAMPAIGN = (
    "is a campaign's: its formulas are precursors, and what it says of phases was computed; add "
    "columns 'phase' (the formula that was measured) and the property, such as shear_modulus_gpa"
)


def _sieve(table: Table, kind: Target, how: Reading) -> Sieve:
    names = columns(table, kind, how.unit, how.named)
    cells, bounds = split_bounds(table.columns[names.value])
    numbers = (cells, *(table.columns[n] for n in (names.uncertainty, names.weight) if n))
    style = notation_of(numbers, dot=table.dot)
    values, wrong = read_numbers(cells, style)
    formula = "phase" if _is_campaign(table) else names.formula
    formulas = [formula_text(cell) for cell in table.columns[formula]]
    texts = ["" if _is_empty(cell) else str(cell) for cell in table.columns[names.value]]
    sieve = Sieve(table.rows, formulas, texts, values, table.error)
    sieve.bounds = bounds
    if names.group:
        sieve.groups = [_group(cell) for cell in table.columns[names.group]]
    for i in np.flatnonzero(np.isin(table.rows, list(table.doubts))).tolist():
        sieve.leave_out(i, table.doubts[int(table.rows[i])])
    for i in np.flatnonzero(np.isnan(values)).tolist():
        sieve.leave_out(i, wrong.get(i, "has no value"))
    sieve.values = _times(values, _factors(table, kind, names, sieve, names.value_factor))
    if names.uncertainty:
        _add_uncertainties(table, kind, names, sieve, style)
    if names.weight:
        _add_weights(table, names, sieve, style)
    return sieve


def _group(cell: object) -> str:
    return "" if _is_empty(cell) else str(cell).strip()


def _is_empty(cell: object) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def _leave_out(
    sieve: Sieve, what: str, wrong: dict[int, str], outside: NDArray[np.bool_], why: str
) -> None:
    """Leave out rows by what stands beside the value."""
    for i, reason in (wrong | dict.fromkeys(np.flatnonzero(outside).tolist(), why)).items():
        sieve.leave_out(i, f"its {what} {reason}")


def _factors(
    table: Table, kind: Target, names: Columns, sieve: Sieve, stated: float | None
) -> Floats:
    """Return what each value is multiplied with; rows of an unknown unit are left out."""
    if not names.unit:
        return np.full(len(table), stated)
    texts = ["" if cell is None else str(cell).strip() for cell in table.columns[names.unit]]
    known: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        try:
            known[text] = factor(kind, text) if text or stated is None else stated
        except InputError as error:
            wrong[text] = str(error)
        else:
            if stated is not None and known[text] != stated:
                wrong[text] = f"unit {text!r} contradicts the name of the column, or unit="
    if len(wrong) == len({*texts}):
        raise InputError("unit", next(iter(wrong)), next(iter(wrong.values())).split(": ", 1)[-1])
    for i, text in enumerate(texts):
        if text in wrong:
            sieve.leave_out(i, wrong[text])
    return np.array([known.get(text, np.nan) for text in texts])


def _times(values: Floats, factors: Floats) -> Floats:
    """Convert values; what becomes too large is infinite."""
    with np.errstate(over="ignore"):
        return values * factors


def _add_uncertainties(
    table: Table, kind: Target, names: Columns, sieve: Sieve, style: Notation
) -> None:
    stds, wrong = read_numbers(table.columns[names.uncertainty], style)
    _leave_out(sieve, "uncertainty", wrong, stds < 0, "is negative")
    sieve.stds = _times(stds, _factors(table, kind, names, sieve, names.uncertainty_factor))
    span = kind.high - kind.low  # infinite where the target has no limits
    for i in np.flatnonzero(sieve.stds > span).tolist():
        why = f"{sieve.stds[i]:g} {kind.unit} is more than all substances differ by ({span:g})"
        sieve.leave_out(i, f"its uncertainty of {why}")


def _add_weights(table: Table, names: Columns, sieve: Sieve, style: Notation) -> None:
    weights, wrong = read_numbers(table.columns[names.weight], style)
    _leave_out(sieve, "weight", wrong, weights <= 0, "is not above 0")
    low, high = WEIGHTS
    for i in np.flatnonzero((weights > 0) & ~((weights >= low) & (weights <= high))).tolist():
        sieve.leave_out(i, f"its weight of {weights[i]:g} is outside of {low:g} to {high:g}")
    sieve.weights = np.where(np.isnan(weights), 1.0, weights)


WEIGHTS = (1e-30, 1e30)
"""Least and largest weight of a row: their ratios alone count, and sums of others overflow."""
