"""What one cell of a sheet of results means, by the kind of its column."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import NO_VALUE, Cell, is_blank, raw_text
from maiscreen.candidates.reading.numbers import (
    ERRORS,
    RUNNING,
    Notation,
    check_written,
    read_number,
    split_number,
)
from maiscreen.screen.lab_sheet.columns import MAX_CELL, Column, heading_key, unit_key
from maiscreen.screen.lab_sheet.header import Place
from maiscreen.screen.lab_sheet.record import Reading

NOTHING = frozenset(("-", "–", "—", "n/a", "n.a.", "nd", "n.d.", "k.a.", "k. a.", "?"))
"""What people write into a cell that holds nothing."""

EARLIEST, LATEST = 1950, 2100
"""Years of a date."""

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_SLASHES = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_SPLIT = re.compile(r"\s*(?:[,;+&]|\band\b|\bund\b)\s*")
_SIDES = re.compile(r"\s*[|\u2016\u2223\u01c0\u2225]+\s*")
CYCLES = frozenset(("cycles", "zyklen", "cycle", "zyklus", "cyc"))
_ON_CYCLER = ("running", "läuft", "läuft noch", "am laufen", "ongoing", "still cycling")
_COLLECTORS = frozenset(("cu", "al", "ss", "steel", "stainless steel", "c", "ni", "mo"))


_SHOWN = {
    "ma/cm2": "mA/cm²", "a/m2": "A/m²", "μa/cm2": "µA/cm²", "a/cm2": "A/cm²",
    "mah/cm2": "mAh/cm²", "ah/m2": "Ah/m²", "μah/cm2": "µAh/cm²", "ah/cm2": "Ah/cm²",
    "ohmcm2": "Ω cm²", "kohmcm2": "kΩ cm²", "ohmm2": "Ω m²",
    "μm": "µm", "å": "Å", "k": "K", "°c": "°C",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How a file writes what can be written in several ways.

    Attributes
    ----------
    numbers : Notation
        Its decimal marks.
    day_first : bool or None
        Whether 3/4/2026 is in April; None if no date of the file tells, or they disagree.
    """

    numbers: Notation
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says.

    Attributes
    ----------
    reading : Reading
        How it was read.
    value : object
        For the field of the record.
    at_least, about : bool
        Whether it is a lower bound, or approximate.
    also : tuple of (str, str)
        Other fields that it tells: the cathode of Na|NVP.
    running : bool
        Whether it says that the cell is on the cycler still.
    """

    reading: Reading
    value: object
    at_least: bool = False
    about: bool = False
    also: tuple[tuple[str, str], ...] = ()
    running: bool = False


def is_empty(column: Column, cell: Cell) -> bool:
    """Return whether a cell says nothing."""
    return is_blank(cell) or (
        isinstance(cell, str) and column.name != "note" and cell.strip().casefold() in NOTHING
    )


def date_order(cells: Iterable[Cell]) -> bool | None:
    """Return whether dates with slashes have the day first, by those that can mean one thing."""
    votes: Counter[bool] = Counter()
    for cell in cells:
        found = _SLASHES.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and (int(found[1]) > 12) != (int(found[2]) > 12):
            votes[int(found[1]) > 12] += 1
    return next(iter(votes)) if len(votes) == 1 else None


def read_cell(place: Place, cell: Cell, style: Style) -> Value:
    """Read a cell that is not empty.

    Raises
    ------
    InputError
        If it cannot be read, or means two things.
    """
    column, text = place.column, raw_text(cell)
    _check_text(column, text)
    try:
        if column.kind in ("number", "count"):
            check_written(cell)
        return _KINDS.get(column.kind, _text)(place, cell, style)
    except InputError as error:
        raise InputError(column.heading, text, error.remedy) from None


def _check_text(column: Column, text: str) -> None:
    if len(text) > MAX_CELL:
        raise InputError(column.heading, text, f"has more than {MAX_CELL} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n" for c in text):
        raise InputError(column.heading, text, "holds a control character; type it again")
    if text == NO_VALUE:
        remedy = "is a formula without its value; open the file, let it compute, save it again"
        raise InputError(column.heading, "a formula", remedy)
    if text.strip().upper() in ERRORS:
        raise InputError(column.heading, text, "is an error of the spreadsheet")


def _number(place: Place, cell: Cell, style: Style) -> Value:
    column = place.column
    if isinstance(cell, int | float):
        number, unit, rule, marks = float(cell), "", "number of the spreadsheet", (False, False)
    else:
        parts = split_number(raw_text(cell))
        number, rule = read_number(parts.number, style.numbers)
        unit, marks = parts.unit, (parts.at_least, parts.about)
        if parts.at_least:
            raise InputError(
                column.name, raw_text(cell), "is a lower bound; only cycles can be one"
            )
    key = unit_key(unit) if unit else place.unit
    known = ", ".join(units_shown(column))
    if not key:
        raise InputError(
            column.name, raw_text(cell), f"give the unit, {known}, here or in the heading"
        )
    if key not in column.units:
        raise InputError(
            column.name, raw_text(cell), f"its unit {unit or key!r} is none of {known}"
        )
    factor, offset = column.units[key]
    read = float(f"{factor * (number + offset):.12g}")
    _check_range(column, raw_text(cell), read)
    where = "in the cell" if unit else "in the heading"
    scaled = f", × {factor:g}" if factor != 1 else f", {offset:+g}" if offset else ""
    reading = Reading(column.name, raw_text(cell), unit or key, f"{rule}; unit {where}{scaled}")
    return Value(reading, read, marks[0], marks[1])


def _count(place: Place, cell: Cell, style: Style) -> Value:
    column = place.column
    if isinstance(cell, int | float):
        number, rule, at_least, about = float(cell), "number of the spreadsheet", False, False
    else:
        text = raw_text(cell)
        if text.strip(" ()*").casefold() in RUNNING:
            reading = Reading(column.name, text, "", "a cell that runs, cycles not given")
            return Value(reading, None, at_least=True, running=_says_running(text))
        if text.lstrip().startswith(("<", "≤")):
            raise InputError(column.name, text, "is an upper bound; give the cycle of the failure")
        parts = split_number(text)
        if parts.unit and unit_key(parts.unit) not in CYCLES:
            raise InputError(column.name, text, f"{parts.unit!r} does not belong to cycles")
        number, rule = read_number(parts.number, style.numbers)
        at_least, about = parts.at_least, parts.about
        rule += "; a lower bound" if at_least else ""
    if not number.is_integer():
        raise InputError(column.name, raw_text(cell), "is no whole number; one row for each cell")
    _check_range(column, raw_text(cell), number)
    reading = Reading(column.name, raw_text(cell), "", rule)
    running = at_least and _says_running(raw_text(cell))
    return Value(reading, int(number), at_least, about, running=running)


def _says_running(text: str) -> bool:
    """Return whether a text says that a cell runs, not only that it had not failed."""
    return text.casefold().rstrip(" )*").endswith(_ON_CYCLER)


def _check_range(column: Column, text: str, read: float) -> None:
    if not column.low <= read <= column.high:
        bounds = f"{column.low:g} to {column.high:g} {column.unit}".strip()
        shown = f"means {read:g} {column.unit}".strip()
        raise InputError(column.name, text, f"{shown}, outside {bounds}; check unit and marks")


def units_shown(column: Column, most: int = 3) -> list[str]:
    """Name the units of a column as people write them, spellings of the same left out."""
    spellings = ("macm2", "mahcm2", "um", "micron", "c", "degc", "sec", "ua/cm2", "uah/cm2")
    return [_SHOWN.get(unit, unit) for unit in column.units if unit not in spellings][:most]


def _choice(place: Place, cell: Cell, style: Style) -> Value:
    column, plain = place.column, " ".join(raw_text(cell).casefold().split())
    if plain not in column.choices:
        allowed = ", ".join(dict.fromkeys(column.choices.values()))
        raise InputError(column.name, raw_text(cell), f"give one of {allowed}")
    return Value(Reading(column.name, raw_text(cell), "", "choice"), column.choices[plain])


def _flag(place: Place, cell: Cell, style: Style) -> Value:
    chosen = _choice(place, cell, style)
    yes = chosen.value == "yes"
    # A cell that is called censored may have been stopped.
    named = heading_key(place.heading) not in ("censored", "zensiert")
    return Value(chosen.reading, yes, running=yes and named)


def _cell_type(place: Place, cell: Cell, style: Style) -> Value:
    """Read ``symmetric``, or ``Na|NVP``."""
    column, text = place.column, " ".join(raw_text(cell).split())
    sides = _SIDES.split(text)
    if text.casefold() in column.choices:
        return _choice(place, cell, style)
    if len(sides) != 2 or not re.match(r"(?i)(na|sodium|natrium)\b|na@|mai", sides[0]):
        remedy = "give symmetric, half or full, or the two sides: Na|Na, Na|Cu, Na|NVP"
        raise InputError(column.name, text, remedy)
    right = sides[1]
    reading = Reading(column.name, text, "", "two sides")
    if right.casefold() == sides[0].casefold() or right.casefold() in ("na", "sodium"):
        return Value(reading, "symmetric")
    if right.casefold() in _COLLECTORS:
        return Value(reading, "half")
    return Value(reading, "full", also=(("cathode", right),))


def _phases(place: Place, cell: Cell, style: Style) -> Value:
    from maiscreen.candidates.chemistry.formula import parse_formulas
    from maiscreen.candidates.chemistry.notation import plain_formula

    parts = [part for part in _SPLIT.split(raw_text(cell).strip()) if part]
    plain = [plain_formula(part) for part in parts]
    refused = parse_formulas(plain)[1]
    for i, reason in refused.items():
        raise InputError("phases", plain[i], f"{plain[i]!r} {reason}; remarks belong into note")
    return Value(Reading("phases", raw_text(cell), "", "formulas"), tuple(plain))


def _date(place: Place, cell: Cell, style: Style) -> Value:
    text = raw_text(cell).strip()
    rule = "date of the spreadsheet" if isinstance(cell, date) else "year first"
    slashes = _SLASHES.fullmatch(text)
    if match := _ISO.fullmatch(text):
        year, month, day = (int(g) for g in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        (day, month, year), rule = (int(g) for g in match.groups()), "day first, with dots"
    elif slashes:
        first, second, year = (int(g) for g in slashes.groups())
        rule = "slashes, day first" if style.day_first else "slashes, month first"
        if first > 12 or second > 12 or first == second:
            day, month = (first, second) if first > 12 else (second, first)
        elif style.day_first is None:
            remedy = f"may be {year}-{first:02}-{second:02} or {year}-{second:02}-{first:02}"
            raise InputError("date", text, f"{remedy}; write one of these")
        else:
            day, month = (first, second) if style.day_first else (second, first)
    else:
        raise InputError("date", text, f"is no date{_as_day_number(text)}; write it as 2026-03-24")
    try:
        read = date(year, month, day)
    except ValueError:
        raise InputError("date", text, "is no day of the calendar") from None
    if not EARLIEST <= read.year <= LATEST:
        raise InputError("date", text, f"is outside the years {EARLIEST} to {LATEST}")
    return Value(Reading("date", text, "", rule), read.isoformat())


def _as_day_number(text: str) -> str:
    """Name the day that a spreadsheet's number of a day means, by the usual count from 1900."""
    if not text.isdecimal() or not 20_000 <= int(text[:6]) <= 80_000:
        return ""
    day = date(1899, 12, 30) + timedelta(days=int(text[:6]))
    return f", but a spreadsheet's number of a day, {day.isoformat()} if it counts from 1900"


def _text(place: Place, cell: Cell, style: Style) -> Value:
    text = " ".join(raw_text(cell).split())
    read = place.column.choices.get(text.casefold(), text)
    return Value(Reading(place.column.name, raw_text(cell), "", "text"), read)


_KINDS: dict[str, Callable[[Place, Cell, Style], Value]] = {
    "number": _number,
    "count": _count,
    "choice": _choice,
    "flag": _flag,
    "cell": _cell_type,
    "phases": _phases,
    "date": _date,
}
