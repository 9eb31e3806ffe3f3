"""How a formula is written: the amounts of its elements, or why it is not read.

A formula that can be read in two ways is refused with both: a full stop joins the formulas of a
hydrate as often as it is a decimal point, and MgCl2.6H2O must not become Mg Cl2.6 H2 O. The middle
dot of MgCl2·6H2O means one thing, and is read.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import gcd, lcm

from maiscreen.candidates.chemistry.elements import NON_METALS, SUPERHEAVY, SYMBOLS
from maiscreen.candidates.errors import InputError

MAX_LENGTH = 200
"""Characters of the longest formula that is read: longer ones are slips, and cost memory."""

JOINTS = frozenset("·•⋅∙‧・･*∗×")
"""Signs between the formulas of a hydrate or adduct that are nothing else."""

NUMERAL = "II"
"""Stands in oxidation states such as FeIII; two of iodine are I2."""

LARGEST_COEFFICIENT = 24
"""Most formula units of an adduct that is no hydrate [judgement]: AlF3·3NaF, AlCl3·6NH3."""

Amounts = dict[str, int | Fraction]

_KNOWN = frozenset(SYMBOLS + SUPERHEAVY)
_ISOTOPES = {"D": "deuterium", "T": "tritium"}
_PARTNER = {")": "(", "]": "[", "}": "{"}
_WRITTEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.()[]{}")
# Water and ammonia crystallise with whatever there is; H20 is water with a slip.
_SOLVENTS = ({"H": 2, "O": 1}, {"N": 1, "H": 3}, {"H": 20})

_NUMBER = r"\d+(?:\.\d+)?|\.\d+"
_PIECE = re.compile(rf"(?:([A-Z][a-z]*)|([(\[{{])|([)\]}}]))({_NUMBER})?", re.ASCII)
_UNIT = re.compile(rf"({_NUMBER})?([A-Z(\[{{].*)", re.ASCII)
_EXPONENT = re.compile(r"\d[eE][+-]?\d")
_OXIDATION_STATE = re.compile(
    r"(?<=[a-zA-Z\d])(?:\((?:I{1,3}|I?V|VI{1,3})\)|\[(?:I{1,3}|I?V|VI{1,3})\])|I{2,}"
)
_STATE = re.compile(r"[(\[](?:s|l|g|aq|c|cr|am|gas|liq|solid|liquid)[)\]]$")
# Full stops that are no decimal points: before a letter, and the first one of "4.0.5".
_FULL_STOP = re.compile(r"\.(?!\d)|(?<=\d)\.(?=\d+\.)", re.ASCII)
# Those that may be either. Nothing ends in an amount of zero: "0.5" has a decimal point.
_EITHER = re.compile(r"(?<![A-Za-z)\]}]0)\.\d+(?=[A-Z(\[{])", re.ASCII)
_MOST_CHOICES = 8
"""Full stops of two meanings up to which three of them are tried as joints at once, beyond it one:
their choices grow with the cube [judgement]."""

_BLANKS_AT_JOINT = re.compile(
    rf"\s*([{''.join(sorted(JOINTS))}]|\sx\s)\s*(?:({_NUMBER})\s*)?(?=[A-Z(\[{{])", re.ASCII
)
# As pymatgen writes compositions: each symbol with its amount.
_WITH_BLANKS = re.compile(rf"[A-Z][a-z]?(?:{_NUMBER})(?: [A-Z][a-z]?(?:{_NUMBER}))+", re.ASCII)


def plain_formula(text: str) -> str:
    """Return a formula without blanks, small and wide characters as usual ones, sums in brackets.

    Raised figures stay as they are: they are charges, isotopes or footnotes. So do blanks and
    joints of what may mean two things.

    Examples
    --------
    >>> plain_formula(" Na₁₅Sn₄ "), plain_formula("Sn²"), plain_formula("Na15 Sn4")
    ('Na15Sn4', 'Sn²', 'Na15Sn4')
    >>> plain_formula("MgCl₂ · 6 H₂O"), plain_formula("MgCl2.6H2O")
    ('MgCl2(H2O)6', 'MgCl2.6H2O')
    """
    forms = ("<sub>", "<wide>")
    plain = (
        text
        if text.isascii()
        else "".join(
            unicodedata.normalize("NFKC", c)
            if unicodedata.decomposition(c).startswith(forms)
            else c
            for c in text
        )
    )
    plain = plain.strip()
    if len(plain) > MAX_LENGTH or not (" " in plain or JOINTS.intersection(plain)):
        return plain
    if _WITH_BLANKS.fullmatch(plain):
        return plain.replace(" ", "")
    return _write_out(plain)


def read_amounts(text: object) -> Amounts:
    """Read a formula: symbols and brackets, whole numbers and decimals.

    Parameters
    ----------
    text : object
        The formula; what is no text is refused.

    Returns
    -------
    dict of str to int or Fraction
        Amount of each element, exact, in the order of the text.

    Raises
    ------
    InputError
        If it is no formula, or may mean two things: what is wrong with it.

    Examples
    --------
    >>> {element: float(n) for element, n in read_amounts("Na0.5(CoO2)2").items()}
    {'Na': 0.5, 'Co': 2.0, 'O': 4.0}
    >>> read_amounts("MgCl2.6H2O")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    maiscreen.candidates.errors.InputError: formula = 'MgCl2.6H2O': may be MgCl2 + 6 H2O or ...
    """
    try:
        plain = _checked_text(text)
        _check_joints(plain)
        _check_characters(plain)
        return _count(plain)
    except _NotationError as error:
        raise InputError("formula", text, str(error)) from None


class _NotationError(Exception):
    """Why a text is not read."""


def _checked_text(text: object) -> str:
    if not isinstance(text, str):
        raise _NotationError("is no text; write it like NaSn2")
    if len(text) > MAX_LENGTH:
        raise _NotationError(f"has more than {MAX_LENGTH} characters")
    plain = plain_formula(text)
    if not plain:
        raise _NotationError("is empty; write it like NaSn2")
    return plain


def _check_characters(plain: str) -> None:
    strange = min(set(plain) - _WRITTEN, default="")
    if strange:
        name = "" if strange.isascii() else f" ({unicodedata.name(strange, 'no character')})"
        remedy = "write letters, digits and brackets as in Ca3(PO4)2"
        raise _NotationError(f"holds {strange!r}{name}; {remedy}")


def _count(plain: str) -> Amounts:
    """Add up the amounts, brackets multiplied out."""
    if _EXPONENT.search(plain) or _OXIDATION_STATE.search(plain):
        raise _NotationError(_why_unreadable(plain))
    levels: list[tuple[str, Amounts]] = [("", {})]
    at = 0
    while at < len(plain):
        piece = _PIECE.match(plain, at)
        if piece is None:
            raise _NotationError(_why_unreadable(plain))
        symbol, opening, closing, number = piece.groups()
        at = piece.end()
        if opening and not number:
            levels.append((opening, {}))
            continue
        if opening or (closing and (levels[-1][0] != _PARTNER[closing] or not levels[-1][1])):
            raise _NotationError(_why_unreadable(plain))
        if symbol and symbol not in _KNOWN:
            raise _NotationError(_unknown_element(symbol))
        inside: Amounts = {symbol: 1} if symbol else levels.pop()[1]
        amount = _amount(number, symbol or "what is in brackets")
        for element, n in inside.items():
            levels[-1][1][element] = levels[-1][1].get(element, 0) + n * amount
    if len(levels) > 1:
        raise _NotationError(_why_unreadable(plain))
    return levels[0][1]


def _amount(number: str | None, of: str) -> int | Fraction:
    if not number:
        return 1
    whole, _, decimals = number.partition(".")
    digits = int(whole + decimals)
    amount = Fraction(digits, 10 ** len(decimals)) if decimals else digits
    if not amount:
        raise _NotationError(f"gives an amount of zero to {of}; leave it out")
    if re.match(r"0\d", number):
        raise _NotationError(f"gives {number} to {of}: an O? write numbers without a zero before")
    return amount


def _why_unreadable(plain: str) -> str:
    state, oxidation = _STATE.search(plain), _OXIDATION_STATE.search(plain)
    if _EXPONENT.search(plain):
        return "is no formula: it has a number with an exponent; write the number out"
    if oxidation:
        what = f"{oxidation[0]} is an oxidation state or an element"
        remedy = "without brackets" if not oxidation[0].isalpha() else "with its number"
        return f"is no formula: {what}; leave it out, or write the element {remedy}"
    if state:
        return f"is no formula: {state[0]} is a state of matter; leave it out"
    unknown = (s for s in re.findall("[A-Z][a-z]*", plain) if s not in _KNOWN)
    symbol = next(unknown, "")
    if symbol:
        return _unknown_element(symbol)
    if plain[0].isdigit():
        return "is no formula: it begins with a number; give one formula unit, such as NaSn2"
    return "is no formula; write it like NaSn2 or Ca3(PO4)2"


def _unknown_element(symbol: str) -> str:
    if symbol in _ISOTOPES:
        return f"has no element {symbol!r}: {_ISOTOPES[symbol]} is not told apart; write H if meant"
    bare = symbol.rstrip("xyzn")
    if bare in _KNOWN:
        return f"has no element {symbol!r}; give a number for {symbol[len(bare) :]!r}"
    return f"has no element {symbol!r}; check the capitals"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A formula in a sum of them, and how often it stands there."""

    coefficient: int | Fraction
    formula: str
    amounts: Amounts

    @property
    def is_solvent(self) -> bool:
        return self.amounts in _SOLVENTS

    @property
    def is_compound(self) -> bool:
        """Whether it may be part of an adduct: whole numbers, a non-metal and something else."""
        return (
            len(self.amounts) > 1
            and self.coefficient <= LARGEST_COEFFICIENT
            and not NON_METALS.isdisjoint(self.amounts)
            and all(n.denominator == 1 for n in self.amounts.values())
        )

    @property
    def in_brackets(self) -> str:
        several = self.coefficient != 1
        return f"({self.formula}){float(self.coefficient):g}" if several else self.formula

    def __str__(self) -> str:
        several = self.coefficient != 1
        return f"{float(self.coefficient):g} {self.formula}" if several else self.formula


def _write_out(plain: str) -> str:
    """Write a hydrate or adduct with brackets, if its joints can be nothing else."""
    closed = _BLANKS_AT_JOINT.sub(lambda joint: f"·{joint[2] or ''}", plain)
    joints = {at for at, sign in enumerate(closed) if sign in JOINTS}
    units = _units(closed, joints)
    sure = (
        len(units) > 1
        and (any(u.is_solvent for u in units[1:]) or all(u.is_compound for u in units))
        # Not "Na2·5H2O", which was a decimal once, nor H20, nor a full stop that may be a joint.
        and all(len(u.amounts) > 1 and not _EITHER.search(f"{u.formula}H") for u in units)
        and "·." not in closed
    )
    if not sure:
        return plain
    parts = filter(None, map(_UNIT.fullmatch, re.split(f"[{''.join(JOINTS)}]", closed)))
    return "".join(f"({part[2]}){part[1]}" if part[1] else part[2] for part in parts)


def _check_joints(plain: str) -> None:
    """Refuse sums of formulas, and full stops that may be joints or decimal points."""
    if "." not in plain and JOINTS.isdisjoint(plain):
        return
    joints = {match.start() for match in _FULL_STOP.finditer(plain)}
    joints |= {at for at, sign in enumerate(plain) if sign in JOINTS}
    either = [match.start() for match in _EITHER.finditer(plain) if match.start() not in joints]
    for units in _sums(plain, joints, either):
        if any(u.is_solvent for u in units[1:]) or all(u.is_compound for u in units):
            raise _NotationError(_describe_sum(plain, units, joints))
    units = _units(plain, joints) if joints else []
    if units:
        raise _NotationError(_describe_sum(plain, units, joints))


def _sums(plain: str, joints: set[int], either: list[int]) -> Iterator[list[_Unit]]:
    """Yield the sums that a text can be read as, with few formulas first."""
    most = 3 if len(either) <= _MOST_CHOICES else 1
    for size in range(most + 1):
        for chosen in combinations(either, size):
            units = _units(plain, joints.union(chosen))
            if len(units) > 1:
                yield units


def _units(plain: str, joints: set[int]) -> list[_Unit]:
    """Divide a text at its joints; nothing if a part is no formula."""
    bounds = [-1, *sorted(joints), len(plain)]
    units = []
    for begin, end in pairwise(bounds):
        part = _UNIT.fullmatch(plain[begin + 1 : end])
        if part is None:
            return []
        try:
            units.append(_Unit(_amount(part[1], part[2]), part[2], _count(part[2])))
        except _NotationError:
            return []
    return units


def _describe_sum(plain: str, units: list[_Unit], joints: set[int]) -> str:
    """Name the sum, the other reading if there is one, and how to write either."""
    total = " + ".join(map(str, units))
    written = "".join(unit.in_brackets for unit in units)
    signs = "".join(plain[at] for at in sorted(joints))
    if signs:
        return f"holds {signs[0]!r} between formulas, {total}; write {written}"
    amounts = _count(plain)
    decimal = re.sub(r"(?<=[\w)\]}])(?=[A-Z(\[{])", " ", plain)
    scale = Fraction(
        lcm(*(n.denominator for n in amounts.values())),
        gcd(*(n.numerator for n in amounts.values())),
    )
    whole = "".join(f"{e}{n * scale}" if n * scale != 1 else e for e, n in amounts.items())
    return f"may be {total} or {decimal}; write {written} or {whole}"
