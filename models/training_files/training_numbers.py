"""Cells of a user's table as numbers; what is none, and why."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_COMMA = re.compile(r"[-+]?[\d.]+(,\d+)+([eE][-+]?\d+)?")


def numbers(cells: Sequence[Any]) -> Floats:
    """Read cells as numbers, NaN where there is none; shape (n,).

    Examples
    --------
    >>> numbers(["12.5", " 1e3 ", "1,234", "", "=A1", "inf"]).tolist()
    [12.5, 1000.0, nan, nan, nan, inf]
    """
    if isinstance(cells, np.ndarray):
        return np.asarray(cells, dtype=np.float64)
    import pandas as pd

    plain = pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=object)
    return np.asarray(pd.to_numeric(plain, errors="coerce"), dtype=np.float64)


def is_empty(cells: Sequence[Any]) -> NDArray[np.bool_]:
    """Tell which cells hold nothing, shape (n,)."""
    if isinstance(cells, np.ndarray):
        return np.asarray(np.isnan(cells))
    empty = (cell is None or not str(cell).strip() for cell in cells)
    return np.fromiter(empty, dtype=bool, count=len(cells))


def why_no_number(cell: object) -> str:
    """Say why a cell is no number that can be used.

    Examples
    --------
    >>> why_no_number("1,234")
    "'1,234' has a comma: write 1234 or 1.234"
    >>> why_no_number("=B2*2"), why_no_number("n/a")
    ("'=B2*2' is a formula of a spreadsheet: save its value", "'n/a' is no number")
    """
    text = "" if cell is None else str(cell).strip()
    if not text:
        return "has no value"
    if isinstance(cell, float) and math.isnan(cell):
        return "has no value (NaN)"
    shown = repr(text[:40])
    if text.startswith(("=", "@")):
        return f"{shown} is a formula of a spreadsheet: save its value"
    if _COMMA.fullmatch(text):
        head, _, tail = text.partition(",")
        either = f": write {head}{tail} or {head}.{tail}" if tail.isdigit() else ""
        return f"{shown} has a comma{either}"
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return f"{shown} is not finite"
    return f"{shown} is no number"
