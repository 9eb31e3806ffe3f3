"""Formulas: one text to element counts, and many to arrays in one pass."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import SUPERHEAVY, SYMBOLS
from maiscreen.candidates.chemistry.notation import (
    MAX_LENGTH,
    NUMERAL,
    plain_formula,
    read_amounts,
)
from maiscreen.candidates.errors import InputError, several_texts

Integers = NDArray[np.int64]

ELEMENTS = SYMBOLS + SUPERHEAVY
"""Symbols of all 118 elements; an element is its place here, that is Z - 1."""

MAX_AMOUNT = 999_999
"""Largest amount of an element in a formula."""

UNIT = 10**9
"""Amounts of formulas with brackets or decimals are whole numbers of 1/UNIT."""

_WIDTH = len(str(MAX_AMOUNT))
_OTHER, _UPPER, _LOWER, _DIGIT, _BREAK = range(5)


def _character_kinds() -> NDArray[np.int8]:
    kinds = np.full(256, _OTHER, dtype=np.int8)
    kinds[ord("A") : ord("Z") + 1] = _UPPER
    kinds[ord("a") : ord("z") + 1] = _LOWER
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    kinds[ord("\n")] = _BREAK
    return kinds


def _element_codes() -> Integers:
    """Element by 27 x first letter + second letter (0 for none); -1 where there is none."""
    table = np.full(26 * 27, -1, dtype=np.int64)
    for number, symbol in enumerate(ELEMENTS):
        second = ord(symbol[1]) - 96 if len(symbol) > 1 else 0
        table[(ord(symbol[0]) - 65) * 27 + second] = number
    return table


_KIND = _character_kinds()
_ELEMENT = _element_codes()
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
    simple[[place for place, text in enumerate(texts) if NUMERAL in text]] = False

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
    # Not only zero: "Na02" is a slip for NaO2.
    return amount, legible & ~((width > 0) & (data[digits] == ord("0")))


def _in_units(text: object) -> list[tuple[int, int]]:
    """Read one formula with brackets or decimals: element (Z - 1), and amount times UNIT."""
    amounts = read_amounts(text)
    if not all(1 <= n * UNIT <= MAX_AMOUNT * UNIT for n in amounts.values()):
        remedy = f"is out of range: give amounts from {1 / UNIT:g} to {MAX_AMOUNT}"
        raise InputError("formula", text, remedy)
    return [(ELEMENTS.index(symbol), round(n * UNIT)) for symbol, n in amounts.items()]


Floats = NDArray[np.float64]

_SYMBOL = np.array(ELEMENTS, dtype=np.str_)
_BY_ALPHABET = np.argsort(_SYMBOL)
_ALPHABETICAL = np.argsort(_BY_ALPHABET)


@dataclass(frozen=True, eq=False)
class Compositions:
    """Compositions as arrays: n of them, with m elements in all.

    Attributes
    ----------
    formula : NDArray[np.str_]
        As given, shape (n,).
    row : Integers
        Which composition an entry belongs to, ascending, shape (m,).
    element : Integers
        Z - 1, the elements of a composition in alphabetical order and each once, shape (m,).
    amount : Integers
        Whole numbers without a common divisor, shape (m,): 1 and 1 for ``Na2Cl2``.
    fraction : Floats
        Atomic fractions, shape (m,); they sum to 1 in each composition.
    """

    formula: NDArray[np.str_]
    row: Integers
    element: Integers
    amount: Integers
    fraction: Floats

    def __len__(self) -> int:
        return len(self.formula)

    @cached_property
    def start(self) -> Integers:
        """Where the entries of each composition begin, and m at the end, shape (n + 1,)."""
        return np.searchsorted(self.row, np.arange(len(self) + 1)).astype(np.int64)

    @cached_property
    def key(self) -> NDArray[np.str_]:
        """The formula that all spellings of a composition share, shape (n,).

        Examples
        --------
        >>> compositions(["Sn2Na2", "NaSn", "Na0.5Sn"]).key.tolist()
        ['NaSn', 'NaSn', 'NaSn2']
        """
        amounts = ["" if a == 1 else str(a) for a in self.amount.tolist()]
        symbols = _SYMBOL[self.element].tolist()
        return self._joined([s + a for s, a in zip(symbols, amounts, strict=True)], "")

    @cached_property
    def chemical_system(self) -> NDArray[np.str_]:
        """Symbols in alphabetical order, shape (n,).

        Examples
        --------
        >>> compositions(["SnNa2Cl6"]).chemical_system.tolist()
        ['Cl-Na-Sn']
        """
        return self._joined(_SYMBOL[self.element].tolist(), "-")

    def _joined(self, parts: list[str], mark: str) -> NDArray[np.str_]:
        bounds = self.start.tolist()
        texts = [mark.join(parts[a:b]) for a, b in pairwise(bounds)]
        return np.array(texts, dtype=np.str_)

    def contains(self, symbol: str) -> NDArray[np.bool_]:
        """Find which compositions hold an element, shape (n,).

        Raises
        ------
        InputError
            If there is no such element.
        """
        if symbol not in ELEMENTS:
            raise InputError("element", symbol, "is none; give a symbol such as Na")
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.row[self.element == ELEMENTS.index(symbol)]] = True
        return found

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | Sequence[int]) -> "Compositions":
        """Pick compositions by place or by mask, in the order given."""
        places = np.asarray(index)
        # Through a list of all places: masks, negative ones, and the check of the range.
        chosen = np.arange(len(self))[places if places.size else places.astype(np.int64)]
        counts = np.diff(self.start)[chosen]
        row = np.repeat(np.arange(len(chosen)), counts)
        shift = self.start[chosen] - (np.cumsum(counts) - counts)
        entry = np.arange(len(row)) + np.repeat(shift, counts)
        arrays = (self.element[entry], self.amount[entry], self.fraction[entry])
        return Compositions(self.formula[chosen], row, *arrays)


def compositions(formulas: Sequence[str]) -> Compositions:
    """Read formulas.

    Parameters
    ----------
    formulas : Sequence[str]
        Such as ``NaSn2``, ``Ca3(PO4)2`` or ``Na1.17Sn2``, shape (n,).

    Raises
    ------
    InputError
        At the first that is no formula.

    Examples
    --------
    >>> c = compositions(["NaCl", "Ca3(PO4)2"])
    >>> c.key.tolist(), c.fraction.round(3).tolist()
    (['ClNa', 'Ca3O8P2'], [0.5, 0.5, 0.231, 0.615, 0.154])
    """
    several_texts("formulas", formulas)
    batch, refused = parse_formulas(formulas)
    for row, reason in refused.items():
        raise InputError("formula", formulas[row], reason)
    return batch


def parse_formulas(formulas: Sequence[str]) -> tuple[Compositions, dict[int, str]]:
    """Read the formulas that can be read, and say why the others can't.

    Returns
    -------
    tuple
        The compositions of the formulas that are good, in their order, and the reasons for the
        others by place.

    Examples
    --------
    >>> found, refused = parse_formulas(["NaCl", "Xx2"])
    >>> len(found), refused
    (1, {1: "has no element 'Xx'; check the capitals"})
    """
    several_texts("formulas", formulas)
    texts = [f if isinstance(f, str) else "" for f in formulas]
    *simple, done = read_simple(texts)
    others, refused = _read_others(formulas, np.flatnonzero(~done).tolist())
    row, element, amount = (np.concatenate(p) for p in zip(simple, others, strict=True))
    good = np.ones(len(texts), dtype=np.bool_)
    good[list(refused)] = False
    kept = np.array([texts[k] for k in np.flatnonzero(good).tolist()], dtype=np.str_)
    return _combine_entries(kept, (np.cumsum(good) - 1)[row], element, amount), refused


def _read_others(formulas: Sequence[str], places: list[int]) -> tuple[Integers, dict[int, str]]:
    """Read formulas one by one: place, element and amount, shape (3, m), and the reasons."""
    entries: list[tuple[int, int, int]] = []
    refused: dict[int, str] = {}
    for place in places:
        try:
            entries += [(place, z, a) for z, a in _in_units(formulas[place])]
        except InputError as error:
            refused[place] = error.remedy
    return np.array(entries, dtype=np.int64).reshape(-1, 3).T, refused


def _combine_entries(
    formula: NDArray[np.str_], row: Integers, element: Integers, amount: Integers
) -> Compositions:
    """Sort the entries, add up those of one element, and divide out what they share."""
    code = row * len(ELEMENTS) + _ALPHABETICAL[element]
    order = np.argsort(code, kind="stable")
    code, first = np.unique(code[order], return_index=True)
    row = code // len(ELEMENTS)
    amount = np.add.reduceat(amount[order], first) if len(first) else amount
    start = np.searchsorted(row, np.arange(len(formula)))
    if len(row):
        amount = amount // np.gcd.reduceat(amount, start)[row]
    total = np.bincount(row, weights=amount, minlength=len(formula))
    return Compositions(
        formula, row, _BY_ALPHABET[code % len(ELEMENTS)], amount, amount / total[row]
    )


_TOKEN = re.compile(r"([A-Z][a-z]?)([0-9]*)")
_ELEMENTS = frozenset(ELEMENTS)


def parse_formula(text: str) -> dict[str, int]:
    """Count the atoms of a formula without brackets.

    Raises
    ------
    InputError
        If the text is no formula, or names an element that does not exist.

    Examples
    --------
    >>> parse_formula("C3H7Cl")
    {'C': 3, 'H': 7, 'Cl': 1}
    """
    plain = plain_formula(text)
    tokens = _TOKEN.findall(plain)
    whole = "".join(symbol + count for symbol, count in tokens) == plain != ""
    if (
        not whole
        or NUMERAL in plain
        or any(s not in _ELEMENTS or count.startswith("0") for s, count in tokens)
    ):
        read_amounts(text)  # says what is wrong with what is no formula at all
        remedy = "has brackets or decimals; write whole numbers alone, as in SnCl4"
        raise InputError("formula", text, remedy)
    counts: dict[str, int] = {}
    for symbol, count in tokens:
        if symbol in SUPERHEAVY:  # real, but without any halide that could be weighed
            raise InputError("formula", text, f"holds {symbol}, which is not screened")
        if len(count) > 4:
            remedy = f"is out of range: {symbol}{count}; use counts up to 9999"
            raise InputError("formula", text, remedy)
        counts[symbol] = counts.get(symbol, 0) + int(count or 1)
    return counts
