"""Which columns of a cycler's export are which, by headings as the makers' software writes them.

Headings are those of BioLogic EC-Lab and BT-Lab (.mpt), Neware BTSDA (layer "record", as CSV) and
Arbin MITS Pro (CSV), each in the spellings that their versions have.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

UNITS = {
    "voltage": {"v": 1.0, "mv": 1e-3},
    "current": {"ma": 1.0, "a": 1e3, "µa": 1e-3, "ua": 1e-3, "μa": 1e-3},
    "time": {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "hour": 3600.0, "": 0.0,
             "h:min:s.ms": 0.0},
    "counter": {"": 1.0},
}  # fmt: skip
"""Factors to V, mA and s; 0 where a time is written as a clock shows it."""

_NAMES = {
    "voltage": ("ewe", "ecell", "eweece", "voltage", "volt"),
    "current": ("i", "current", "cur"),
    "time": ("testtime", "totaltime", "realtime", "absolutetime", "datetime", "date", "time"),
    "counter": ("cyclenumber", "cycleindex", "cycleid", "cycle", "cycleno"),
}
"""Spellings without signs and capitals, the better first: Neware's plain time is that of a step."""


_WRITTEN = re.compile(r"\s*<?(?P<name>[^(/\[]*?)>?\s*(?:[(/\[]\s*(?P<unit>[^)\]]*)[)\]]?)?\s*>?\s*")


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is read.

    Attributes
    ----------
    index : int
        From 0.
    heading : str
        As it is written.
    factor : float
        To V, mA or s; 0 for times such as 0:10:30.
    """

    index: int
    heading: str
    factor: float


def fields_of(headings: Sequence[str]) -> dict[str, Field]:
    """Find voltage, current, time and counter of cycles among headings.

    Examples
    --------
    >>> fields = fields_of(["mode", "time/s", "Ewe/V", "<I>/mA", "cycle number"])
    >>> {name: (one.heading, one.factor) for name, one in fields.items()}
    {'voltage': ('Ewe/V', 1.0), 'current': ('<I>/mA', 1.0), 'time': ('time/s', 1.0), \
'counter': ('cycle number', 1.0)}
    >>> sorted(fields_of(["Cycle Index", "Total Time", "Current(A)", "Voltage(V)"]))
    ['counter', 'current', 'time', 'voltage']
    """
    fields: dict[str, Field] = {}
    for kind, names in _NAMES.items():
        matches = [
            (names.index(name), Field(index, heading, UNITS[kind][unit]))
            for index, heading in enumerate(headings)
            for name, unit in [_split(heading)]
            if name in names and unit in UNITS[kind]
        ]
        if matches:
            fields[kind] = min(matches, key=lambda match: match[0])[1]
    return fields


def is_whole(fields: dict[str, Field]) -> bool:
    """Return whether they are enough to see cycles."""
    return {"voltage", "current", "time"} <= fields.keys()


def maker_of(first_line: str, headings: Sequence[str]) -> str:
    """Name whose software wrote an export, as far as it can be told."""
    if first_line.startswith(("EC-Lab", "BT-Lab")):
        return "BioLogic"
    plain = {re.sub(r"\s", "", heading.casefold()) for heading in headings}
    if any(name.startswith(("test_time", "testtime")) for name in plain):
        return "Arbin"
    return "Neware"


def _split(heading: str) -> tuple[str, str]:
    """Return name and unit of a heading, without capitals and signs."""
    match = _WRITTEN.fullmatch(heading[:60])
    if match is None:
        return "", ""
    name = re.sub(r"[^a-z]", "", match["name"].casefold())
    return name, (match["unit"] or "").casefold().strip(" >")
