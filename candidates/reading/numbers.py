"""Numbers as people write them: decimal commas, thousands dots, "> 650", "12 µm".

Which mark is the decimal one is decided by the cells of the whole file that can mean one thing
alone; a number such as 1.234 in a file without any is refused, not guessed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import NO_VALUE, Cell, is_blank, raw_text

MORE_THAN = frozenset(
    (">", ">=", "≥", "≧", "more than", "mehr als", "at least", "mind.", "mindestens", "min.",
     "über", "over", "above")
)  # fmt: skip
"""Words before a number that make it a lower bound."""

ABOUT = frozenset(("~", "≈", "∼", "ca.", "ca", "circa", "about", "approx.", "approx", "etwa"))
"""Words before a number that make it approximate."""

RUNNING = frozenset(
    ("+", "still running", "running", "läuft", "läuft noch", "noch am laufen", "ongoing",
     "still cycling", "not failed", "censored", "zensiert")
)  # fmt: skip
"""What stands after a number, or alone, where a cell has not failed yet."""

ERRORS = frozenset(
    "#REF! #DIV/0! #N/A #NAME? #VALUE! #NUM! #NULL! #SPILL! #CALC! "
    "#WERT! #BEZUG! #NV #ZAHL! #NUL! #ÜBERLAUF!".split()
)
"""What a spreadsheet writes where it could not compute, in English and German."""

_FOOTNOTE = re.compile(r"[*†‡§#].*|.*[*†‡§#]")
_WRITTEN = re.compile(
    r"(?P<before>[^0-9]*?)"
    r"(?P<number>[+-]?"
    r"(?:[0-9]{1,3}(?:[ '][0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)"
    r"(?:[eE][+-]?[0-9]{1,3}(?![0-9]))?)"
    r"(?P<after>(?![0-9.,']).*)"
)
_SEVERAL = re.compile(r"[0-9] ?(?:[-–—±]|\+/-|bis|to) ?[0-9]")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+")
_MARK = {".": "point", ",": "comma"}
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it is written, with what stands around it.

    Attributes
    ----------
    number : str
        Digits and marks, with sign and exponent.
    unit : str
        What follows it, empty if nothing.
    at_least : bool
        Whether the value is a lower bound: ``> 650``, ``650+``.
    about : bool
        Whether it is called approximate.
    """

    number: str
    unit: str = ""
    at_least: bool = False
    about: bool = False


@dataclass(frozen=True, slots=True)
class Notation:
    """Which decimal marks a file's unambiguous numbers have.

    Attributes
    ----------
    point, comma : int
        How many numbers have it.
    dot : bool
        Whether 1.234 is a decimal number where no other tells: where commas stand between the
        columns, nobody writes dots for thousands.
    """

    point: int = 0
    comma: int = 0
    dot: bool = False

    @property
    def decimal(self) -> str:
        """The mark of the file, empty if its numbers show none, or both."""
        if bool(self.point) == bool(self.comma):
            return ""
        return "." if self.point else ","

    @property
    def reads_dots(self) -> bool:
        """Whether a dot is a decimal point, whatever follows it."""
        return not self.comma and (bool(self.point) or self.dot)


def split_number(text: str) -> WrittenNumber:
    """Take a text apart into a number and what stands around it.

    Raises
    ------
    InputError
        If there is no number, or more than one.

    Examples
    --------
    >>> split_number("≥ 1.234,5 µm")
    WrittenNumber(number='1.234,5', unit='μm', at_least=True, about=False)
    >>> split_number("650+").at_least, split_number("ca. 220").about
    (True, True)
    """
    mark = _mark_like_digit(text)
    if mark:
        what = "a raised digit" if mark in _RAISED else f"the sign {mark!r}"
        raise InputError("number", text, f"has {what}; write it as a plain number")
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2019", "'")
    match = _WRITTEN.fullmatch(" ".join(plain.split()))
    if match is None:
        raise InputError("number", text, "is no number")
    before = match["before"].strip().casefold()
    after, running = _split_running(match["after"])
    if before and before not in MORE_THAN | ABOUT:
        raise InputError("number", text, f"is no number: it begins with {before!r}")
    if _FOOTNOTE.fullmatch(after.strip(" ()")):
        remedy = f"has the mark {after!r}: write what it says, such as > 650, or leave it out"
        raise InputError("number", text, remedy)
    if _SEVERAL.search(match["number"] + match["after"]):
        raise InputError("number", text, "is more than one number; put a range or an error in note")
    return WrittenNumber(match["number"], after, running or before in MORE_THAN, before in ABOUT)


def _mark_like_digit(text: str) -> str:
    """Return the first sign that is no plain digit and that NFKC would make one; not of a unit.

    It would make 6502 of "650²" and 6501 of "650①", which are footnotes, and 103 of "10³".
    """
    signs = pairwise(["", *text.replace("⁻", "")])
    odd = (c for before, c in signs if c.isnumeric() and not c.isdecimal() and not before.isalpha())
    return next((c for c in odd if unicodedata.normalize("NFKC", c) != c), "")


def _split_running(after: str) -> tuple[str, bool]:
    """Split "+", or "(still running)", off what follows a number."""
    plain = after.strip(" ()*").casefold()
    if plain in RUNNING:
        return "", True
    if after.startswith("+"):
        return after[1:].strip(), True
    return after.strip(), False


def decimal_mark(number: str) -> str:
    """Tell the decimal mark that a number shows by itself.

    Returns
    -------
    str
        ``.`` or ``,``; empty if it has no mark; ``?`` if it may mean two things; ``!`` if it
        means nothing.

    Examples
    --------
    >>> [decimal_mark(n) for n in ("650", "0,5", "1.234,5", "1.234.567", "1.234", "1,2,3", "0.123")]
    ['', ',', ',', ',', '?', '!', '.']
    """
    body, _, exponent = number.lstrip("+-").replace("E", "e").partition("e")
    marks = [c for c in body if c in ".,"]
    if not marks:
        return ""
    last, other = marks[-1], "," if marks[-1] == "." else "."
    whole, _, tail = body.rpartition(last)
    if len(set(marks)) == 2:
        good = marks.count(last) == 1 and _GROUPS.fullmatch(whole)
        return last if good else "!"
    if len(marks) > 1:
        return other if _GROUPS.fullmatch(body) else "!"
    may_be_thousands = len(tail) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole) and not exponent
    return "?" if may_be_thousands else last


def notation(texts: Iterable[str], *, dot: bool = False) -> Notation:
    """Count the decimal marks of the numbers of a file; what is no number counts nothing."""
    texts = list(texts)
    if dot and not any("," in text for text in texts):
        return Notation(dot=True)
    counts: Counter[str] = Counter()
    for text in texts:
        try:
            counts[decimal_mark(split_number(text).number)] += 1
        except InputError:
            continue  # the row that holds it says so
    return Notation(counts["."], counts[","], dot)


def notation_of(columns: Iterable[Sequence[Any]], *, dot: bool = False) -> Notation:
    """Count the decimal marks of columns; numbers of a spreadsheet's or Parquet's own have none."""
    written = (column for column in columns if not isinstance(column, np.ndarray))
    texts = (cell for column in written for cell in column if isinstance(cell, str))
    return notation(texts, dot=dot)


def read_number(number: str, style: Notation) -> tuple[float, str]:
    """Read a number.

    Returns
    -------
    tuple
        The value, and the rule that read it.

    Raises
    ------
    InputError
        If it may mean two things and the file does not tell which, or means nothing.

    Examples
    --------
    >>> read_number("1.234", Notation(comma=3))
    (1234.0, 'thousands mark: the file has decimal commas in 3 numbers')
    >>> read_number("1.234,5", Notation())
    (1234.5, 'decimal comma')
    """
    mark, rule = decimal_mark(number), ""
    if mark == "!":
        raise InputError("number", number, "its marks do not make sense; write 1234.5 or 1234,5")
    if mark == "?" and "." in number and style.reads_dots and not style.point:
        mark = "."
    elif mark == "?":
        mark, rule = style.decimal, _decide_by_file(number, style)
    plain = number.replace(" ", "").replace("'", "")
    thousands = {".": ",", ",": "."}.get(mark, "")
    read = float(plain.replace(thousands, "").replace(",", ".") if thousands else plain)
    if rule:
        return read, rule
    return read, f"decimal {_MARK[mark]}" if mark and mark in plain else "whole number"


def _decide_by_file(number: str, style: Notation) -> str:
    """State how the rest of the file decides, or refuse."""
    # Quoted commas among columns that commas divide: a dot may be of another hand.
    mixed = style.dot and style.comma and "." in number
    if mixed or not style.decimal:
        both = style.point or mixed
        why = "the file has both marks" if both else "no other number of the file tells"
        one, other = number.replace(",", "."), number.replace(",", "").replace(".", "")
        remedy = f"may be {one} or {other}, and {why}; write {other}, or {one}0"
        raise InputError("number", number, remedy)
    word, n = _MARK[style.decimal], style.point + style.comma
    kind = f"decimal {word}" if style.decimal in number else "thousands mark"
    return f"{kind}: the file has decimal {word}s in {n} numbers"


Floats = NDArray[np.float64]

_PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_HALF = re.compile(r"[-−]0+")
_MAY_BE_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")


def read_numbers(cells: Sequence[Any], style: Notation) -> tuple[Floats, dict[int, str]]:
    """Read a column of numbers that nothing stands beside: no unit, no error, no bound.

    Returns
    -------
    tuple
        Values, NaN where there is none, shape (n,); and by place why a cell that holds something
        is no number.

    Examples
    --------
    >>> values, reasons = read_numbers(["12.5", " 1e3", "0,5", "", "~10", "1,234"], Notation())
    >>> values.tolist()
    [12.5, 1000.0, 0.5, nan, nan, nan]
    >>> reasons[4]
    "'~10' has more than the number 10 in it"
    """
    reasons: dict[int, str] = {}
    if isinstance(cells, np.ndarray):
        values = np.asarray(cells, dtype=np.float64)
        infinite = dict.fromkeys(np.flatnonzero(np.isinf(values)).tolist(), "is not finite")
        return np.where(np.isinf(values), np.nan, values), infinite
    values = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            values[i] = _number(cell, style)
        except InputError as error:
            reasons[i] = f"{raw_text(cell).strip()[:40]!r} {error.remedy}"
    return values, reasons


def _number(cell: Cell, style: Notation) -> float:
    if is_blank(cell):
        return nan
    if isinstance(cell, bool):
        raise InputError("number", cell, "is true or false, no number")
    if isinstance(cell, int | float):
        value = _as_float(cell)
    else:
        check_written(cell)
        text = raw_text(cell).strip()
        plain = _PLAIN.fullmatch(text) and not _HALF.fullmatch(text)
        sure = plain and (style.reads_dots or not _MAY_BE_THOUSANDS.fullmatch(text))
        value = float(text) if sure else _read_alone(text, style)
    if not isfinite(value):
        raise InputError("number", cell, "is not finite")
    return value


def _as_float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:  # a whole number of more digits than a float has room for
        raise InputError("number", "too many digits", "is not finite") from None


def _read_alone(text: str, style: Notation) -> float:
    if _HALF.fullmatch(text):
        raise InputError("number", text, "may be half of a number with a decimal comma; write 0")
    if text.casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        raise InputError("number", text, "is not finite")
    parts = split_number(text)
    if parts != WrittenNumber(parts.number):
        raise InputError("number", text, f"has more than the number {parts.number} in it")
    return read_number(parts.number, style)[0]


def check_written(cell: Cell) -> None:
    """Check that a cell for a number holds what somebody wrote, not what a spreadsheet made of it.

    Raises
    ------
    InputError
        If it is a date, an error, or a formula.
    """
    text = raw_text(cell).strip()
    if isinstance(cell, date):
        remedy = "is a date: a spreadsheet made it of a number such as 3.5; write the number again"
        raise InputError("number", text, remedy)
    if text == NO_VALUE:
        remedy = "is a formula without its value; open the file, let it compute, save it again"
        raise InputError("number", "a formula", remedy)
    if text.upper() in ERRORS:
        raise InputError("number", text, "is an error of the spreadsheet")
    if text.startswith(("=", "@")):
        raise InputError("number", text, "is a formula of a spreadsheet: save its value")
