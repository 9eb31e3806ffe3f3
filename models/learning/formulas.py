"""Formulas as users hold them: texts, columns of tables, compositions of pymatgen."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError

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


def formula_texts(given: Any, field: str = "formulas") -> list[str]:
    """Return formulas as a list of texts.

    Parameters
    ----------
    given : sequence
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
    if isinstance(given, str):
        raise InputError(field, given, f"is one text; give a list, such as [{given!r}]")
    if isinstance(given, dict | bytes) or not isinstance(given, Iterable):
        raise InputError(field, given, f"give {TAKEN}")
    return [formula_text(cell) for cell in _cells(given, field)]


def _cells(given: Any, field: str) -> Sequence[Any]:
    """Return the cells of one column; a pymatgen Composition is one too, and iterates."""
    if hasattr(given, "get_el_amt_dict"):
        raise InputError(field, str(given), f"is one composition; give {TAKEN}")
    if hasattr(given, "to_pylist"):
        given = given.to_pylist()
    if isinstance(given, list | tuple) and not any(isinstance(c, list | tuple) for c in given):
        return given
    # By way of objects: NumPy would cut a composition into its elements, or texts to a width.
    cells = given.to_numpy() if hasattr(given, "to_numpy") else given
    if not isinstance(cells, np.ndarray):
        cells = [c[0] if isinstance(c, list | tuple) and len(c) == 1 else c for c in cells]
        if any(isinstance(c, list | tuple) for c in cells):
            raise InputError(field, "several columns", f"give {TAKEN}")
        return cells
    if cells.ndim == 2 and cells.shape[1] == 1:
        cells = cells[:, 0]
    if cells.ndim != 1:
        raise InputError(field, f"an array of shape {cells.shape}", f"give {TAKEN}")
    return cells.tolist()
