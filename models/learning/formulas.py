"""Formulas as users hold them: texts, columns of tables, compositions of pymatgen."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import plain_name

TAKEN = "a list, array or column of formulas (texts, or pymatgen Compositions)"
"""What formulas may be given as."""


def formula_text(cell: object) -> str:
    """Return a cell as the text of a formula; empty where it holds nothing.

    Parameters
    ----------
    cell : object
        A text, a pymatgen Composition, or what has one (a Structure, an entry).

    Examples
    --------
    >>> from pymatgen.core import Composition
    >>> formula_text(" NaCl "), formula_text(Composition("Na2Sn0.5")), formula_text(None)
    ('NaCl', 'Na2Sn0.5', '')
    """
    if isinstance(cell, str):
        return cell.strip()
    if cell is None or cell != cell:
        return ""
    amounts = getattr(getattr(cell, "composition", cell), "get_el_amt_dict", None)
    if amounts is None:
        return str(cell).strip()
    return "".join(f"{symbol}{_amount(count)}" for symbol, count in amounts().items())


def _amount(count: float) -> str:
    text = f"{count:.9f}".rstrip("0").rstrip(".")
    return "" if text == "1" else text


def formula_texts(formulas: Any, field: str = "formulas") -> list[str]:
    """Return formulas as a list of texts.

    Parameters
    ----------
    formulas : sequence
        Shape (n,) or (n, 1): texts or pymatgen Compositions; a list, an array, a column of pandas,
        polars or Arrow.
    field : str
        What to call them in an error.

    Raises
    ------
    InputError
        If it is one text, no sequence, or has several columns.

    Examples
    --------
    >>> formula_texts(np.array([["NaSn"], ["NaCl"]]))
    ['NaSn', 'NaCl']
    """
    if isinstance(formulas, str):
        raise InputError(field, formulas, f"is one text; give a list, such as [{formulas!r}]")
    if isinstance(formulas, dict | bytes) or not isinstance(formulas, Iterable):
        raise InputError(field, formulas, f"give {TAKEN}")
    return [formula_text(cell) for cell in _cells(formulas, field)]


def _cells(column: Any, field: str) -> Sequence[Any]:
    """Return the cells of one column; a pymatgen Composition is one too, and iterates."""
    if hasattr(column, "get_el_amt_dict"):
        raise InputError(field, str(column), f"is one composition; give {TAKEN}")
    for method in ("to_pylist", "to_numpy"):
        if hasattr(column, method):
            column = getattr(column, method)()
            break
    if not isinstance(column, np.ndarray):
        # By way of objects: NumPy would cut a composition into its elements.
        cells = [c[0] if isinstance(c, list | tuple) and len(c) == 1 else c for c in column]
        if any(isinstance(c, list | tuple) for c in cells):
            raise InputError(field, "several columns", f"give {TAKEN}")
        return cells
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise InputError(field, f"an array of shape {column.shape}", f"give {TAKEN}")
    return list(column)


NAMES = (
    "formula", "composition", "compound", "reduced_formula", "chemical_formula", "formula_pretty",
    "pretty_formula", "full_formula", "reduced_composition", "true_composition",
)  # fmt: skip
"""What a column of formulas may be called; a table has one of these, or the user names another."""


def are_formulas(column: Any) -> bool:
    """Return whether what is given are formulas and no numbers.

    Seen by the heading of a column of a DataFrame, else by the first cell.

    Examples
    --------
    >>> are_formulas(["NaSn"]), are_formulas(np.zeros((3, 2))), are_formulas([[1.0, 2.0]])
    (True, False, False)
    """
    if hasattr(column, "columns") and any(plain_name(str(one)) in NAMES for one in column.columns):
        return True
    first: Any = column
    for _ in range(2):  # of a table, then of a row
        if hasattr(first, "iloc"):
            first = first.to_numpy()
        if isinstance(first, str) or hasattr(first, "get_el_amt_dict"):
            break
        try:
            first = next(iter(first), None)
        except (TypeError, NotImplementedError):  # a number; a sparse array
            return False
    return isinstance(first, str) or hasattr(first, "get_el_amt_dict")
