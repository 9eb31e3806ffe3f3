"""Numbers as people write them: decimal commas, thousands dots, "> 650", "12 µm".

Which mark is the decimal one is decided by the cells of the whole file that can mean one thing
alone; a number such as 1.234 in a file without any is refused, not guessed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from maiscreen.candidates.errors import InputError

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

_SUPERSCRIPT = re.compile("[0-9][⁰¹²³⁴-⁹]")
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
    """

    point: int = 0
    comma: int = 0

    @property
    def decimal(self) -> str:
        """The mark of the file, empty if its numbers show none, or both."""
        if bool(self.point) == bool(self.comma):
            return ""
        return "." if self.point else ","


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
    if _SUPERSCRIPT.search(text):
        # NFKC would make 6502 of "650²" (a footnote) and 103 of "10³".
        raise InputError("number", text, "has a raised digit; write it as a plain number")
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2019", "'")
    match = _WRITTEN.fullmatch(" ".join(plain.split()))
    if match is None:
        raise InputError("number", text, "is no number")
    before = match["before"].strip().casefold()
    after, running = _split_running(match["after"])
    if before and before not in MORE_THAN | ABOUT:
        raise InputError("number", text, f"is no number: it begins with {before!r}")
    if _SEVERAL.search(match["number"] + match["after"]):
        raise InputError("number", text, "is more than one number; put a range or an error in note")
    return WrittenNumber(match["number"], after, running or before in MORE_THAN, before in ABOUT)


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


def notation(texts: Iterable[str]) -> Notation:
    """Count the decimal marks of the numbers of a file; what is no number counts nothing."""
    counts: Counter[str] = Counter()
    for text in texts:
        try:
            counts[decimal_mark(split_number(text).number)] += 1
        except InputError:
            continue  # the row that holds it says so
    return Notation(counts["."], counts[","])


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
    if mark == "?":
        mark, rule = style.decimal, _decide_by_file(number, style)
    plain = number.replace(" ", "").replace("'", "")
    thousands = {".": ",", ",": "."}.get(mark, "")
    read = float(plain.replace(thousands, "").replace(",", ".") if thousands else plain)
    if rule:
        return read, rule
    return read, f"decimal {_MARK[mark]}" if mark and mark in plain else "whole number"


def _decide_by_file(number: str, style: Notation) -> str:
    """State how the rest of the file decides, or refuse."""
    if not style.decimal:
        why = "the file has both marks" if style.point else "no other number of the file tells"
        one, other = number.replace(",", "."), number.replace(",", "").replace(".", "")
        remedy = f"may be {one} or {other}, and {why}; write {other}, or {one}0"
        raise InputError("number", number, remedy)
    word, n = _MARK[style.decimal], style.point + style.comma
    kind = f"decimal {word}" if style.decimal in number else "thousands mark"
    return f"{kind}: the file has decimal {word}s in {n} numbers"
