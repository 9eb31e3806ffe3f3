"""What a row of laboratory results says, as a value; and as JSON, read without trust."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from maiscreen.screen.lab_sheet.columns import BY_NAME
from maiscreen.screen.lab_sheet.electrolytes import read_electrolyte

ABOUT_IT = ("row", "read", "who", "note", "approximate", "cas")
"""Fields that do not make a measurement another one."""

_CELL = (
    "precursor", "route", "replicate", "current_density_ma_cm2", "capacity_mah_cm2", "cell",
    "cathode", "electrolyte", "exposure_s", "temperature_c",
)  # fmt: skip

_NEW = {"running": False}
"""Fields that results kept by earlier versions lack, and what they mean there."""


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
        To failure; a lower bound if ``censored``; None of a cell that runs and gives no number.
    running : bool
        Whether the cell is said to be on the cycler still.
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
    running: bool = False
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
        told["electrolyte"] = str(read_electrolyte(self.electrolyte))
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def same_cell(self) -> tuple[object, ...] | None:
        """What rows of one cell share; None if it has no replicate to tell it by."""
        if not self.replicate:
            return None
        told = {name: getattr(self, name) for name in _CELL}
        told["electrolyte"] = str(read_electrolyte(self.electrolyte))
        return tuple(told.values())

    @property
    def is_pending(self) -> bool:
        """Whether all that is known of the cell is that it runs."""
        results = (self.cycles, self.impedance_ohm_cm2, self.thickness_nm)
        return self.running and not self.phases and all(one is None for one in results)


def latest(records: Iterable[LabRecord]) -> list[LabRecord]:
    """Drop what was said twice, and what a later row of a running cell overtakes.

    A cell that runs, and of which no number is known, is overtaken by the next row with cycles of
    its precursor, route and replicate, whatever else these say.
    """
    kept: dict[str, LabRecord] = {}
    newest: dict[tuple[object, ...], str] = {}
    for record in records:
        if record.content in kept:
            continue
        if record.cycles is not None:
            kept.pop(_pending_before(kept.values(), record), None)
        if record.cycles is not None and record.same_cell is not None:
            kept.pop(newest.get(record.same_cell, ""), None)
            newest[record.same_cell] = record.content
        kept[record.content] = record
    return list(kept.values())


def _pending_before(records: Iterable[LabRecord], later: LabRecord) -> str:
    """Return the content of what was known of a running cell before; empty if nothing."""
    names = ("precursor", "route", "replicate")
    cell = [getattr(later, name) for name in names]
    return next(
        (r.content for r in records
         if r.is_pending and [getattr(r, name) for name in names] == cell), ""
    )  # fmt: skip


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
    document = {**_NEW, **document}
    if document.keys() != named:
        raise ValueError("not the fields of a laboratory result")
    for name in named - {"row", "censored", "running", "cycles", "phases", "approximate", "read"}:
        number = name in BY_NAME and BY_NAME[name].kind == "number"
        if not isinstance(document[name], (int, float, type(None)) if number else str):
            raise TypeError(f"{name} is of another kind")
    count = document["cycles"]
    if type(document["row"]) is not int:
        raise TypeError("row is of another kind")
    if not all(type(document[name]) is bool for name in ("censored", "running")):
        raise TypeError("censored or running is of another kind")
    if count is not None and type(count) is not int:
        raise TypeError("cycles is of another kind")
    lists = {n: tuple(str(one) for one in document[n]) for n in ("phases", "approximate")}
    read = tuple(Reading(**{k: str(v) for k, v in one.items()}) for one in document["read"])
    return LabRecord(**{**document, **lists, "read": read})
