"""Which column of a sheet is which: headings, in English or German, with their units."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import Cell, raw_text
from maiscreen.candidates.reading.table import Kind, Sheet, Size, read_sheet
from maiscreen.screen.lab_sheet.columns import (
    BY_NAME,
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
from maiscreen.screen.lab_sheet.wording import field_of

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
    unread : mapping of int to str
        Those that are not known, by where they stand; ``column 5`` where a column has none.
    ours : bool
        Whether it is a sheet that this program wrote, with ranks.
    """

    row: int
    headings: tuple[str, ...]
    places: tuple[Place, ...]
    unread: Mapping[int, str]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody says of columns that explain themselves badly.

    Attributes
    ----------
    columns : mapping of str to str
        Heading → what it is, as another heading would say it: ``cycles``, ``thickness / µm``.
    ignored : tuple of str
        Headings of columns that hold no result.
    given : mapping of str to str
        Column that the file lacks → what would stand there in each row: ``electrolyte``.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


NO_CHOICES = Choices()

LEAST_KNOWN = 2
"""Headings that are known, from which a table without one of a result is one of results."""


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
    matched = _match_known(heading)
    if matched and matched[0].units and matched[1] not in matched[0].units:
        # What stands in brackets is no unit: Schichtdicke (SEM).
        return _match_words(heading) or matched
    return matched or _match_words(heading)


def _match_known(heading: str) -> tuple[Column, str] | None:
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


def _match_words(heading: str) -> tuple[Column, str] | None:
    """Find the column by the words of a heading, with the unit behind them."""
    bracketed = _BRACKETS.fullmatch(heading)
    parts = [bracketed.groups()] if bracketed else []
    parts += [heading.partition("/")[::2], heading.partition(" in ")[::2]]
    for name, unit in parts:
        column = BY_NAME.get(field_of(name))
        if column and unit_key(unit) in column.units:
            return column, unit_key(unit)
    column = BY_NAME.get(field_of(heading))
    return (column, "") if column else None


def _own_unit(column: Column, heading: str) -> str:
    """Return the unit that the name of a field holds: ``thickness_nm``."""
    return (
        unit_key(column.unit)
        if column.unit and heading_key(heading) == heading_key(column.name)
        else ""
    )


def find_results(
    content: bytes, name: str, choices: Choices = NO_CHOICES
) -> tuple[Sheet, list[tuple[Header, list[tuple[int, Sequence[Cell]]]]]]:
    """Find the sheet with results, and in it each table with its headings.

    A sheet has one table, or several below each other with headings of their own.

    Returns
    -------
    tuple
        The sheet; for each table its headings and its rows.

    Raises
    ------
    InputError
        If none has headings that are known, several sheets have, a column stands there twice, or
        a heading that was chosen is not there.
    """
    chosen = _Chosen(choices)
    sheet = _find_sheet(content, name, chosen)
    tables = [(chosen.header(sheet.header, sheet.headings), list[tuple[int, Sequence[Cell]]]())]
    for number, cells in sheet.rows:
        headings = tuple(" ".join(raw_text(cell).split()) for cell in cells)
        if number not in sheet.faults and chosen.recognise(headings):
            tables.append((chosen.header(number, headings), []))
        elif number in sheet.faults or not choices.given:
            tables[-1][1].append((number, cells))
        else:
            tables[-1][1].append((number, [*cells, *choices.given.values()]))
    for header, _ in tables:
        _check(header, name)
    chosen.check_used([heading for header, _ in tables for heading in named(header.headings)])
    return sheet, tables


def _find_sheet(content: bytes, name: str, chosen: "_Chosen") -> Sheet:
    """Find a table with a result; else one that may have it in a column that nobody knows."""
    try:
        return read_sheet(content, replace(_RESULTS, recognise=chosen.recognise))
    except ValueError as error:
        try:
            return read_sheet(content, replace(_RESULTS, recognise=chosen.recognise_unnamed))
        except ValueError:
            raise InputError("FILE", name, str(error)) from None


def named(headings: Sequence[str]) -> list[str]:
    """Return headings by which columns can be named: ``column 5`` where there is none."""
    return [heading or f"column {number}" for number, heading in enumerate(headings, 1)]


class _Chosen:
    """Headings as they are recognised, those that somebody chose first."""

    def __init__(self, choices: Choices) -> None:
        self.columns = {heading_key(h): _meant(h, what) for h, what in choices.columns.items()}
        self.ignored = {heading_key(heading) for heading in choices.ignored}
        self.given = [(_meant(h, h, "--with"), h) for h in choices.given]
        self.options = {heading_key(h): ("--column", h) for h in choices.columns}
        self.options |= {heading_key(h): ("--ignore", h) for h in choices.ignored}
        both = next((h for h in choices.columns if heading_key(h) in self.ignored), None)
        if both is not None:
            raise InputError("--column", both, "is ignored as well; choose one of both")

    def recognise(self, headings: Sequence[str]) -> int:
        """Tell how well a row fits as one of headings; 0 if it is none."""
        places = self.header(0, headings).places
        names = {place.column.name for place in places}
        return len(places) if names & {"precursor", "cas"} and names & {*RESULTS} else 0

    def recognise_unnamed(self, headings: Sequence[str]) -> int:
        """Tell how well a row fits as one of headings, none of which needs to be of a result."""
        header = self.header(0, headings)
        names = {place.column.name for place in header.places}
        fits = names & {"precursor", "cas"} and header.unread and not header.ours
        return len(names) if fits and len(names) >= LEAST_KNOWN else 0

    def header(self, number: int, headings: Sequence[str]) -> Header:
        """Tell which column is which; a heading that is known beats one with the right words."""
        # Elsewhere than in a shortlist, a heading of its computed values is one of a result.
        ours = not {"rank", "score"}.isdisjoint(map(heading_key, headings))
        exact: dict[int, tuple[Column, str]] = {}
        by_words: dict[int, tuple[Column, str]] = {}
        unread: dict[int, str] = {}
        for index, heading in enumerate(named(headings)):
            key = heading_key(heading)
            if key in self.ignored or (key in _IGNORED and ours):
                continue
            matched = self.columns.get(key) or match_heading(heading[:200])
            if matched and (key in self.columns or not _is_by_words(heading)):
                exact[index] = (matched[0], matched[1] or stated_unit(heading))
            elif matched:
                by_words[index] = matched
            elif key not in _IGNORED:
                unread[index] = heading
        known = {column.name for column, _ in exact.values()}
        for index, (column, unit) in by_words.items():
            if column.name in known:
                unread[index] = headings[index]
            else:
                exact[index] = (column, unit)
        places = [Place(c, i, named(headings)[i], u) for i, (c, u) in sorted(exact.items())]
        places += [
            Place(column, len(headings) + i, heading, unit)
            for i, ((column, unit), heading) in enumerate(self.given)
        ]
        return Header(number, tuple(headings), tuple(places), dict(sorted(unread.items())), ours)

    def check_used(self, headings: Sequence[str]) -> None:
        """Refuse a choice of a heading that is not there."""
        there = {heading_key(heading) for heading in headings}
        for key, (option, heading) in self.options.items():
            if key not in there:
                near = difflib.get_close_matches(key, there, 1, 0.6)
                known = ", ".join(repr(one[:40]) for one in headings[:20])
                remedy = f"did you mean {near[0]!r}?" if near else f"there are {known}"
                raise InputError(option, heading, f"is no heading of the file; {remedy}")


def _meant(heading: str, what: str, option: str = "--column") -> tuple[Column, str]:
    """Return what somebody says that a column is."""
    matched = match_heading(what) if what else None
    if matched is None:
        names = ", ".join(name for name in BY_NAME if name not in ("who", "note"))
        raise InputError(option, heading, f"{what!r} is none of {names}")
    return matched


def match_field(heading: str) -> str:
    """Return the name of the field that somebody states by a heading.

    Raises
    ------
    InputError
        If there is none.
    """
    return _meant(heading, heading, "--with")[0].name


def stated_unit(heading: str) -> str:
    """Return the unit that an unknown heading states in brackets or behind a stroke, if any."""
    bracketed = _BRACKETS.fullmatch(unicodedata.normalize("NFKC", heading))
    unit = bracketed[2] if bracketed else heading.rpartition("/")[2] if "/" in heading else ""
    return unit_key(unit)


def _is_by_words(heading: str) -> bool:
    return _match_known(unicodedata.normalize("NFKC", heading)) is None


_RESULTS = Kind(
    lambda _: 0,
    "row of headings with precursor (or CAS) and one of cycles, impedance, thickness, phases seen",
    Size(MAX_BYTES, MAX_ROWS, MAX_COLUMNS),
)


def _check(header: Header, name: str) -> None:
    seen: dict[str, Place] = {}
    for place in header.places:
        other = seen.setdefault(place.column.name, place)
        if other is not place:
            both = f"{other.heading!r} and {place.heading!r}"
            remedy = f"has two columns for {place.column.heading}: {both}; choose by --ignore"
            raise InputError("FILE", name, remedy)
        if place.column.kind == "count" and place.unit not in _COUNTED:
            remedy = "gives cycles in a unit that is not known; count them one by one"
            raise InputError("column", place.heading, remedy)
    for heading in header.unread.values():
        near = difflib.get_close_matches(heading_key(heading[:60]), HEADINGS, 1, 0.85)
        if near:
            column = HEADINGS[near[0]]
            remedy = f"row {header.row}: is this {column.title!r}? {ways_to_say(heading, column)}"
            raise InputError("column", heading, remedy)


def ways_to_say(heading: str, column: Column) -> str:
    """State how to say what a column is, or that it holds no result."""
    plain = heading.replace('"', "")[:60]
    return (
        f'say so by --column "{plain}={column.name}", or that it is no result by --ignore "{plain}"'
    )


def unit_of(place: Place) -> str:
    """State how the heading of a column could state its unit."""
    return f"{place.column.heading} / {place.column.unit}"
