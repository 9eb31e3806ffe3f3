"""From the characters of formulas to elements and amounts, for many formulas in one pass."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import SUPERHEAVY, SYMBOLS
from maiscreen.candidates.errors import InputError

Integers = NDArray[np.int64]

ELEMENTS = SYMBOLS + SUPERHEAVY
"""Symbols of all 118 elements; an element is its place here, that is Z - 1."""

MAX_LENGTH = 200
"""Characters of the longest formula that is read: longer ones are slips, and cost memory."""

MAX_AMOUNT = 999_999
"""Largest amount of an element in a formula."""

UNIT = 10**9
"""Amounts of formulas with brackets or decimals are whole numbers of 1/UNIT."""

_WIDTH = len(str(MAX_AMOUNT))
_OTHER, _UPPER, _LOWER, _DIGIT, _BREAK = range(5)
_WRITTEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.()[]{}")


def _kinds() -> NDArray[np.int8]:
    kinds = np.full(256, _OTHER, dtype=np.int8)
    kinds[ord("A") : ord("Z") + 1] = _UPPER
    kinds[ord("a") : ord("z") + 1] = _LOWER
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    kinds[ord("\n")] = _BREAK
    return kinds


def _codes() -> Integers:
    """Element by 27 x first letter + second letter (0 for none); -1 where there is none."""
    table = np.full(26 * 27, -1, dtype=np.int64)
    for number, symbol in enumerate(ELEMENTS):
        second = ord(symbol[1]) - 96 if len(symbol) > 1 else 0
        table[(ord(symbol[0]) - 65) * 27 + second] = number
    return table


_KIND = _kinds()
_ELEMENT = _codes()
# After a kind of character (line), may this kind (column) come? Other, upper, lower, digit, break.
_MAY_FOLLOW = np.array(
    [[0, 0, 0, 0, 1], [0, 1, 1, 1, 1], [0, 1, 0, 1, 1], [0, 1, 0, 1, 1], [0, 1, 0, 0, 1]], np.bool_
)


def read_simple(texts: Sequence[str]) -> tuple[Integers, Integers, Integers, NDArray[np.bool_]]:
    """Read the formulas that are symbols and whole numbers, such as ``Na2SnCl6``.

    Parameters
    ----------
    texts : Sequence[str]
        Shape (n,).

    Returns
    -------
    tuple
        Formula, element (Z - 1) and amount of each symbol, in the order of the text, shape (m,),
        and which formulas were read, shape (n,). The others have no symbols here.
    """
    joined = "\n".join(texts)
    if joined.count("\n") >= max(len(texts), 1):
        joined = "\n".join(text.replace("\n", "?") for text in texts)
    data = np.frombuffer(joined.encode("ascii", "replace") + b"\n", dtype=np.uint8)
    kind = _KIND[data]
    breaks = np.flatnonzero(kind == _BREAK)
    simple = np.diff(breaks, prepend=-1) - 1 <= MAX_LENGTH
    illegal = ~_MAY_FOLLOW[np.concatenate([[np.int8(_BREAK)], kind[:-1]]), kind]
    simple[np.searchsorted(breaks, np.flatnonzero(illegal))] = False
    simple[np.diff(breaks, prepend=-1) == 1] = False  # nothing written

    begin = np.flatnonzero(kind == _UPPER)
    row = np.searchsorted(breaks, begin).astype(np.int64)
    two = kind[begin + 1] == _LOWER
    second = np.where(two, data[begin + 1].astype(np.int64) - 96, 0)
    element = _ELEMENT[(data[begin].astype(np.int64) - 65) * 27 + second]
    amount, legible = _amounts(data, kind, begin + 1 + two)
    simple[row[(element < 0) | ~legible]] = False
    if not len(texts):
        simple = np.zeros(0, dtype=np.bool_)
    kept = simple[row] if len(row) else np.zeros(0, dtype=np.bool_)
    return row[kept], element[kept], amount[kept], simple


def _amounts(
    data: NDArray[np.uint8], kind: NDArray[np.int8], digits: Integers
) -> tuple[Integers, NDArray[np.bool_]]:
    """Read the number that begins at each place; 1 where none is written."""
    ends = np.flatnonzero((kind != _DIGIT) & (kind != _LOWER))
    width = ends[np.searchsorted(ends, digits)] - digits
    legible = width <= _WIDTH
    amount = np.zeros(len(digits), dtype=np.int64)
    for k in range(min(_WIDTH, int(width.max(initial=0)))):
        some = np.flatnonzero(width > k)
        amount[some] = amount[some] * 10 + data[digits[some] + k] - 48
    amount[width == 0] = 1
    return amount, legible & (amount > 0)


def read_one(text: object) -> list[tuple[int, int]]:
    """Read one formula with brackets, decimals or blanks around it, through pymatgen.

    Returns
    -------
    list of tuple
        Element (Z - 1) and amount in units of 1/UNIT.

    Raises
    ------
    InputError
        If it is no formula: what is wrong with it.

    Examples
    --------
    >>> read_one("(NaCl)0.5")
    [(10, 500000000), (16, 500000000)]
    """
    _check_characters(text)
    from pymatgen.core.composition import Composition

    try:
        found = Composition(str(text).strip(), strict=True)
    except (ValueError, RecursionError) as error:
        raise InputError("formula", text, _reason(str(text))) from error
    amounts = [(e.Z - 1, float(a)) for e, a in found.element_composition.items()]
    if not amounts:
        raise InputError("formula", text, "has no atoms; give amounts above zero")
    if not all(1 / UNIT <= a <= MAX_AMOUNT for _, a in amounts):
        remedy = f"is out of range: give amounts from {1 / UNIT:g} to {MAX_AMOUNT}"
        raise InputError("formula", text, remedy)
    return [(element, round(a * UNIT)) for element, a in amounts]


def _check_characters(text: object) -> None:
    if not isinstance(text, str):
        raise InputError("formula", text, "is no text; write it like NaSn2")
    if not text.strip():
        raise InputError("formula", text, "is empty; write it like NaSn2")
    if len(text) > MAX_LENGTH:
        raise InputError("formula", text, f"has more than {MAX_LENGTH} characters")
    strange = sorted(set(text.strip()) - _WRITTEN)
    if strange:
        remedy = f"holds {strange[0]!r}; write letters, digits and brackets as in Ca3(PO4)2"
        raise InputError("formula", text, remedy)


def _reason(text: str) -> str:
    """Say what is wrong with a text that pymatgen refuses."""
    import re

    for symbol in re.findall("[A-Z][a-z]*", text):
        if symbol not in ELEMENTS:
            return f"has no element {symbol!r}; check the capitals"
    return "is no formula; write it like NaSn2 or Ca3(PO4)2"
