"""Values that are bounds: "< 1e-10", "> 650", "650+"."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.numbers import split_number

_LESS = (
    "<=", "<", "≤", "≦", "≲", "less than", "at most", "below", "under", "up to", "weniger als",
    "höchstens", "unter", "max.",
)  # fmt: skip
"""What makes a number an upper bound; longer ones before those that they begin with."""


def split_bounds(cells: Sequence[Any]) -> tuple[Sequence[Any], NDArray[np.int8]]:
    """Split the signs off values that are bounds.

    Parameters
    ----------
    cells : sequence
        As a table has them, shape (n,).

    Returns
    -------
    tuple
        The cells without signs, and -1 where one is an upper bound, 1 where a lower one, else 0.

    Examples
    --------
    >>> cells, bounds = split_bounds(["<1E-10", "5", "> 650", None])
    >>> cells, bounds.tolist()
    (['1E-10', '5', '650', None], [-1, 0, 1, 0])
    """
    bounds = np.zeros(len(cells), dtype=np.int8)
    if isinstance(cells, np.ndarray):
        return cells, bounds
    plain = list(cells)
    for i, cell in enumerate(cells):
        if (isinstance(cell, str) and not cell[:1].isdigit()) or str(cell).endswith("+"):
            plain[i], bounds[i] = _split(cell)
    return plain, bounds


def _split(text: str) -> tuple[str, int]:
    folded = text.strip().casefold()
    for sign in _LESS:
        if folded.startswith(sign):
            return text.strip()[len(sign) :].strip(), -1
    try:
        parts = split_number(text)
    except InputError:
        return text, 0
    return (parts.number, 1) if parts.at_least and not parts.unit else (text, 0)
