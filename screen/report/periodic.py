"""The periodic table of the page: which halides of each element passed, and what stopped others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maiscreen.candidates.chemistry.elements import HALOGENS, SYMBOLS
from maiscreen.screen.facts.funnel import gate_of
from maiscreen.screen.report.others import nearness, reason_of
from maiscreen.screen.text import roman

Row = Mapping[str, Any]

TOLD = 3
"""Halides of one element and halogen of which it is told what became of them."""

NOBLE_GASES = (2, 10, 18, 36, 54, 86)
"""Atomic numbers at which periods end."""

LANTHANUM, ACTINIUM, F_ELEMENTS = 57, 89, 15
"""First atomic numbers of the two rows below, and how many are in each."""


@dataclass(frozen=True, slots=True)
class Square:
    """The halides of one element and one halogen.

    Attributes
    ----------
    halogen : str
        F, Cl, Br or I.
    tier : int
        Of the best that passed; 0 if none did.
    gate : str
        What rejects the one that came nearest; empty if one passed or there is none.
    told : str
        The best or nearest halides, each with its place or reason.
    """

    halogen: str
    tier: int = 0
    gate: str = ""
    told: str = ""

    @property
    def mark(self) -> str:
        """The halogen, with the tier if one passed."""
        return f"{self.halogen} {roman(self.tier)}" if self.tier else self.halogen


@dataclass(frozen=True, slots=True)
class Element:
    """An element at its place; ``row`` and ``column`` count from 1, ``squares`` may be empty."""

    symbol: str
    row: int
    column: int
    squares: tuple[Square, ...]


def place_of(number: int) -> tuple[int, int]:
    """Return row and column of an element in the table of 18 columns, f elements in rows 9 and 10.

    Parameters
    ----------
    number : int
        Atomic number, from 1 to 103.

    Examples
    --------
    >>> [place_of(number) for number in (1, 5, 50, 57, 72, 103)]
    [(1, 1), (2, 13), (5, 14), (9, 3), (6, 4), (10, 17)]
    """
    for row, first in ((9, LANTHANUM), (10, ACTINIUM)):
        if first <= number < first + F_ELEMENTS:
            return row, 3 + number - first
    period = sum(number > end for end in NOBLE_GASES) + 1
    end = NOBLE_GASES[period - 1] if period <= len(NOBLE_GASES) else 118
    start = (0, *NOBLE_GASES)[period - 1]
    # Counted from the left in the first two groups, from the noble gas in all others.
    return period, number - start if number - start <= 1 + (period > 1) else 18 - (end - number)


def elements(rows: Sequence[Row]) -> list[Element]:
    """Lay out all elements up to lawrencium with what became of their halides.

    Parameters
    ----------
    rows : sequence of mapping
        Of :func:`maiscreen.screen.report.others.read_all`.
    """
    halides: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        halides[str(row["metal"]), str(row["halogen"])].append(row)
    metals = {metal for metal, _ in halides}
    return [
        Element(
            symbol,
            *place_of(number),
            tuple(_square(x, halides[symbol, x]) for x in HALOGENS) if symbol in metals else (),
        )
        for number, symbol in enumerate(SYMBOLS, 1)
    ]


def _square(halogen: str, halides: Sequence[Row]) -> Square:
    if not halides:
        return Square(halogen, told="no candidate of this campaign")
    nearest = sorted(halides, key=nearness)
    best = nearest[0]
    more = len(nearest) - TOLD
    told = [f"{row['formula']}: {_outcome(row)}" for row in nearest[:TOLD]]
    told += [f"and {more} more"] if more > 0 else []
    tier = int(best["tier"] or 0) if best["status"] == "passed" else 0
    return Square(halogen, tier, "" if tier else gate_of(best), "; ".join(told))


def _outcome(row: Row) -> str:
    if row["status"] == "passed" and row["tier"]:
        return f"passed, tier {roman(row['tier'])}, rank {row['rank']}"
    return reason_of(row)
