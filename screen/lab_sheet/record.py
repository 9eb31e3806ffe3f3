"""What a row of laboratory results says, as a value; and as JSON, read without trust."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from maiscreen.screen.lab_sheet.columns import BY_NAME

ABOUT_IT = ("row", "read", "who", "note", "approximate", "cas")
"""Fields that do not make a measurement another one."""

_CELL = (
    "precursor", "route", "replicate", "current_density_ma_cm2", "capacity_mah_cm2", "cell",
    "cathode", "electrolyte", "exposure_s", "temperature_c",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How one cell of the file was read.

    Attributes
    ----------
    column : str
        Name of the field.
    raw : str
        As it was written.
    unit : str
        In which it was written, empty where there is none.
    rule : str
        What made the value of it.
    """

    column: str
    raw: str
    unit: str
    rule: str


@dataclass(frozen=True, slots=True)
class LabRecord:
    """One row that was accepted; what it does not say is None or empty.

    Attributes
    ----------
    row : int
        As a spreadsheet shows it.
    precursor : str
        Formula, blend, or ``bare sodium``.
    route : str
        ``vapour``, ``solution``, ``additive`` or ``none``.
    cycles : int or None
        To failure; a lower bound if ``censored``.
    phases : tuple of str
        Formulas seen by XRD.
    cell : str
        ``symmetric``, ``half`` or ``full``.
    date : str
        ISO 8601.
    approximate : tuple of str
        Fields whose value was called approximate.
    read : tuple of Reading
        How each cell was read.
    """

    row: int
    precursor: str
    route: str = "vapour"
    cas: str = ""
    replicate: str = ""
    cycles: int | None = None
    censored: bool = False
    failure_criterion: str = ""
    current_density_ma_cm2: float | None = None
    capacity_mah_cm2: float | None = None
    impedance_ohm_cm2: float | None = None
    thickness_nm: float | None = None
    phases: tuple[str, ...] = ()
    cell: str = ""
    cathode: str = ""
    electrolyte: str = ""
    exposure_s: float | None = None
    temperature_c: float | None = None
    date: str = ""
    who: str = ""
    note: str = ""
    approximate: tuple[str, ...] = ()
    read: tuple[Reading, ...] = ()

    @property
    def content(self) -> str:
        """SHA-256 of what was measured: two rows with the same are one measurement."""
        told = {name: getattr(self, name) for name in self.__slots__ if name not in ABOUT_IT}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def same_cell(self) -> tuple[object, ...] | None:
        """What rows of one cell share; None if it has no replicate to tell it by."""
        return tuple(getattr(self, name) for name in _CELL) if self.replicate else None


def latest(records: Iterable[LabRecord]) -> list[LabRecord]:
    """Drop what was said twice, and cycles of a running cell that a later row overtakes."""
    kept: dict[str, LabRecord] = {}
    newest: dict[tuple[object, ...], str] = {}
    for record in records:
        if record.content in kept:
            continue
        if record.cycles is not None and record.same_cell is not None:
            kept.pop(newest.get(record.same_cell, ""), None)
            newest[record.same_cell] = record.content
        kept[record.content] = record
    return list(kept.values())


def to_json(record: LabRecord) -> dict[str, Any]:
    """Return a record as what JSON can hold."""
    return asdict(record)


def from_json(document: Mapping[str, Any]) -> LabRecord:
    """Read what `to_json` gave.

    Raises
    ------
    ValueError, TypeError, KeyError
        If it is anything else.
    """
    named = {f.name for f in fields(LabRecord)}
    if document.keys() != named:
        raise ValueError("not the fields of a laboratory result")
    for name in named - {"row", "censored", "cycles", "phases", "approximate", "read"}:
        number = name in BY_NAME and BY_NAME[name].kind == "number"
        if not isinstance(document[name], (int, float, type(None)) if number else str):
            raise TypeError(f"{name} is of another kind")
    count = document["cycles"]
    if type(document["row"]) is not int or type(document["censored"]) is not bool:
        raise TypeError("row or censored is of another kind")
    if count is not None and type(count) is not int:
        raise TypeError("cycles is of another kind")
    lists = {n: tuple(str(one) for one in document[n]) for n in ("phases", "approximate")}
    read = tuple(Reading(**{k: str(v) for k, v in one.items()}) for one in document["read"])
    return LabRecord(**{**document, **lists, "read": read})
