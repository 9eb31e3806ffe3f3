"""Which column of a sheet is which: headings, in English or German, with their units."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import Kind, Sheet, Size, read_sheet
from maiscreen.screen.lab_sheet.columns import (
    HEADINGS,
    IGNORED,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    RESULTS,
    Column,
    heading_key,
    unit_key,
)

_BRACKETS = re.compile(r"([^(\[]*)[(\[](.*)[)\]]\s*")
_COUNTED = frozenset(("", "tofailure", "cycles", "zyklen", "bisausfall", "number", "n", "1"))
_IGNORED = frozenset(heading_key(name) for name in IGNORED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands.

    Attributes
    ----------
    column : Column
    index : int
        From 0.
    heading : str
        As it is written.
    unit : str
        As the heading states it, empty if it states none.
    """

    column: Column
    index: int
    heading: str
    unit: str


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a sheet.

    Attributes
    ----------
    row : int
        As a spreadsheet counts.
    headings : tuple of str
        All of them.
    places : tuple of Place
        Those that are read.
    unread : tuple of str
        Those that are not known.
    """

    row: int
    headings: tuple[str, ...]
    places: tuple[Place, ...]
    unread: tuple[str, ...]


def match_heading(heading: str) -> tuple[Column, str] | None:
    """Find the column of a heading, and the unit that it states.

    Examples
    --------
    >>> [(c.name, u) for c, u in filter(None, map(match_heading, ("Dicke / µm", "thickness_nm",
    ...     "thickness [nm]", "Stromdichte in mA cm-2", "cycles", "Wetter")))]
    [('thickness_nm', 'μm'), ('thickness_nm', 'nm'), ('thickness_nm', 'nm'), \
('current_density_ma_cm2', 'ma/cm2'), ('cycles', '')]
    """
    heading = unicodedata.normalize("NFKC", heading)
    whole = heading_key(heading)
    if whole in HEADINGS:
        return HEADINGS[whole], _own_unit(HEADINGS[whole], heading)
    bracketed = _BRACKETS.fullmatch(heading)
    for name, unit in (
        bracketed.groups() if bracketed else ("", ""),
        heading.partition("/")[::2],
        heading.partition(" in ")[::2],
    ):
        if heading_key(name) in HEADINGS and unit:
            return HEADINGS[heading_key(name)], unit_key(unit)
    for cut in (i for i, c in enumerate(whole) if c == " "):
        column = HEADINGS.get(whole[:cut])
        if column and unit_key(whole[cut:]) in column.units:
            return column, unit_key(whole[cut:])
    return None


def _own_unit(column: Column, heading: str) -> str:
    """Return the unit that the name of a field holds: ``thickness_nm``."""
    return (
        unit_key(column.unit)
        if column.unit and heading_key(heading) == heading_key(column.name)
        else ""
    )


def find_results(content: bytes, name: str) -> tuple[Sheet, Header]:
    """Find the sheet with results, and its headings.

    Raises
    ------
    InputError
        If none has headings that are known, several have, or a column stands there twice.
    """
    try:
        sheet = read_sheet(content, _RESULTS)
    except ValueError as error:
        raise InputError("FILE", name, str(error)) from None
    header = _header(sheet.header, sheet.headings)
    _check(header, name)
    return sheet, header


def _recognise(headings: Sequence[str]) -> int:
    places = _header(0, headings).places
    names = {place.column.name for place in places}
    return len(places) if names & {"precursor", "cas"} and names & {*RESULTS} else 0


_RESULTS = Kind(
    _recognise,
    "row of headings with precursor (or CAS) and one of cycles, impedance, thickness, phases seen",
    Size(MAX_BYTES, MAX_ROWS, MAX_COLUMNS),
)


def _header(number: int, headings: Sequence[str]) -> Header:
    places, unread = [], []
    # Elsewhere than in a shortlist, a heading of its computed values is one of a result.
    shortlist = not {"rank", "score"}.isdisjoint(map(heading_key, headings))
    for index, heading in enumerate(headings):
        ignored = heading_key(heading) in _IGNORED
        matched = None if ignored and shortlist else match_heading(heading[:200])
        if matched:
            places.append(Place(matched[0], index, heading, matched[1]))
        elif heading and not ignored:
            unread.append(heading)
    return Header(number, tuple(headings), tuple(places), tuple(unread))


def _check(header: Header, name: str) -> None:
    seen: dict[str, Place] = {}
    for place in header.places:
        other = seen.setdefault(place.column.name, place)
        if other is not place:
            both = f"{other.heading!r} and {place.heading!r}"
            raise InputError("FILE", name, f"has two columns for {place.column.heading}: {both}")
        if place.column.kind == "count" and place.unit not in _COUNTED:
            remedy = "gives cycles in a unit that is not known; count them one by one"
            raise InputError("column", place.heading, remedy)
    for heading in header.unread:
        near = difflib.get_close_matches(heading_key(heading[:60]), HEADINGS, 1, 0.85)
        if near:
            column = HEADINGS[near[0]]
            remedy = (
                f"row {header.row}: is this {column.title!r}? write it so, or name it otherwise"
            )
            raise InputError("column", heading, remedy)


def unit_of(place: Place) -> str:
    """State how the heading of a column could state its unit."""
    return f"{place.column.heading} / {place.column.unit}"
