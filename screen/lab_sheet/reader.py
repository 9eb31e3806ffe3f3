"""A sheet of laboratory results, row by row: accepted, or refused with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.cells import Cell, is_blank, raw_text
from maiscreen.candidates.reading.numbers import notation
from maiscreen.candidates.reading.table import Sheet
from maiscreen.screen.facts.precursors import Catalogue, ResolvedPrecursor
from maiscreen.screen.lab_sheet.cells import Style, Value, date_order, is_empty, read_cell
from maiscreen.screen.lab_sheet.columns import GIVEN, RESULTS
from maiscreen.screen.lab_sheet.header import NO_CHOICES, Choices, Header, find_results
from maiscreen.screen.lab_sheet.questions import ask_about_unread
from maiscreen.screen.lab_sheet.record import LabRecord, Reading

MAX_NAME = 200
"""Characters of a precursor."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken.

    Attributes
    ----------
    row : int
        As a spreadsheet shows it.
    reason : str
        In one line.
    cells : tuple of str
        As they are written.
    place : str
        Row, and line of the file if that has another number.
    """

    row: int
    reason: str
    cells: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class RepeatedRow:
    """A row that says nothing new.

    Attributes
    ----------
    row : int
    where : str
        Where the same was said before.
    """

    row: int
    where: str


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a file says.

    Attributes
    ----------
    accepted, refused, repeated : tuple
        Its rows, each in one of these, or blank, or a note.
    blank : tuple of int
        Rows with a precursor and no result.
    headings : tuple of str
        Of all columns.
    unread : tuple of str
        Headings that are not known here.
    where : str
        Encoding and delimiter, or sheet; and decimal marks.
    remarks : tuple of str
        What was read although the sheet hides it, or has it struck through; where another table
        begins.
    notes : tuple of (int, str)
        Rows that hold a text where the precursor stands, and nothing else.
    """

    accepted: tuple[LabRecord, ...]
    refused: tuple[RefusedRow, ...]
    repeated: tuple[RepeatedRow, ...]
    blank: tuple[int, ...]
    headings: tuple[str, ...]
    unread: tuple[str, ...]
    where: str
    remarks: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


def read_results(
    content: bytes,
    name: str,
    catalogue: Catalogue,
    earlier: Iterable[tuple[str, LabRecord]] = (),
    choices: Choices = NO_CHOICES,
) -> SheetContent:
    """Read a sheet of results.

    Parameters
    ----------
    content : bytes
        Of a CSV or XLSX file.
    name : str
        Of the file, for messages.
    catalogue : Catalogue
        Precursors that there are.
    earlier : iterable of (str, LabRecord)
        Where and what was said before, in the order of the imports.
    choices : Choices
        What columns are whose headings do not tell.

    Raises
    ------
    InputError
        If the file as a whole cannot be read, or a column that is not read may hold results.
    """
    sheet, tables = find_results(content, name, choices)
    for header, rows in tables:
        ask_about_unread(header, rows)
    style = _style(tables)
    mark = {".": "decimal points", ",": "decimal commas"}.get(style.numbers.decimal, "")
    where = f"{sheet.where}, {mark}" if mark else sheet.where
    sorted_in = _RowSorter(dict(_by_content(earlier)))
    for header, rows in tables:
        for number, cells in rows:
            sorted_in.add(number, cells, sheet, header, style, catalogue)
    return sorted_in.result(sheet, [header for header, _ in tables], where)


class _RowSorter:
    """Rows as they are sorted into accepted, refused, repeated and blank."""

    def __init__(self, earlier: dict[str, tuple[str, LabRecord]]) -> None:
        self.known = earlier
        self.cells: dict[tuple[object, ...], tuple[str, LabRecord]] = {}
        for where, record in earlier.values():
            self._note_cell(where, record)
        self.accepted: list[LabRecord] = []
        self.refused: list[RefusedRow] = []
        self.repeated: list[RepeatedRow] = []
        self.blank: list[int] = []
        self.notes: list[tuple[int, str]] = []

    def add(
        self,
        number: int,
        cells: Sequence[Cell],
        sheet: Sheet,
        header: Header,
        style: Style,
        catalogue: Catalogue,
    ) -> None:
        if number in sheet.faults:
            self._refuse(number, cells, sheet, sheet.faults[number])
            return
        try:
            record = read_row(number, cells, header, style, catalogue)
            if record is not None:
                self._check_cell(record)
        except InputError as error:
            self._refuse(number, cells, sheet, str(error))
            return
        if record is None:
            self._add_blank(number, cells, header, catalogue)
        elif record.content in self.known:
            self.repeated.append(RepeatedRow(number, self.known[record.content][0]))
        else:
            self.accepted.append(record)
            self.known[record.content] = (f"row {number}", record)
            self._note_cell(f"row {number}", record)

    def _add_blank(
        self, number: int, cells: Sequence[Cell], header: Header, catalogue: Catalogue
    ) -> None:
        """Tell a precursor that nobody has filled in from a note under the table."""
        try:
            texts = _names(cells, header)
            catalogue.find(texts.get("precursor", ""), texts.get("cas", ""))
        except InputError:
            said = [raw_text(cell).strip() for cell in cells if not is_blank(cell)]
            self.notes.append((number, " ".join(said)))
        else:
            self.blank.append(number)

    def _refuse(self, number: int, cells: Sequence[Cell], sheet: Sheet, reason: str) -> None:
        texts = tuple(raw_text(cell) for cell in cells)
        self.refused.append(RefusedRow(number, reason, texts, sheet.place(number)))

    def _check_cell(self, record: LabRecord) -> None:
        """Refuse cycles that contradict what the same cell did before."""
        if record.cycles is None or record.content in self.known or record.same_cell is None:
            return
        where, before = self.cells.get(record.same_cell, ("", record))
        had = before.cycles or 0
        if before is record or (before.censored and record.cycles >= had):
            return
        told = f"> {had}" if before.censored else f"{had}"
        remedy = f"contradicts {where}, where this cell has {told}"
        raise InputError("cycles", record.cycles, f"{remedy}; give another replicate, or undo that")

    def _note_cell(self, where: str, record: LabRecord) -> None:
        if record.same_cell is not None and record.cycles is not None:
            self.cells[record.same_cell] = (where, record)

    def result(self, sheet: Sheet, headers: Sequence[Header], where: str) -> SheetContent:
        """Return everything as a value."""
        looks = [(sheet.place(row), look) for row, look in sheet.remarks.items()]
        looks += [(f"column {name!r}", "hidden") for name in sheet.hidden]
        remarks = [f"{place} is {look} in the sheet, and was read" for place, look in looks]
        remarks += [f"{sheet.place(h.row)} has headings, and begins a table" for h in headers[1:]]
        unread = dict.fromkeys(
            name
            for header in headers
            for index, name in header.unread.items()
            if header.headings[index] or any(_holds(cells, index) for _, cells in sheet.rows)
        )
        return SheetContent(
            tuple(self.accepted),
            tuple(self.refused),
            tuple(self.repeated),
            tuple(self.blank),
            sheet.headings,
            tuple(unread),
            where,
            tuple(remarks),
            tuple(self.notes),
        )


def _holds(cells: Sequence[Cell], index: int) -> bool:
    return index < len(cells) and not is_blank(cells[index])


def read_row(
    number: int, cells: Sequence[Cell], header: Header, style: Style, catalogue: Catalogue
) -> LabRecord | None:
    """Read a row; None if nobody has filled it in.

    Raises
    ------
    InputError
        If it is refused.
    """
    filled = {
        place.column.name: (place, cells[place.index])
        for place in header.places
        if not is_empty(place.column, cells[place.index])
    }
    if not filled.keys() - set(GIVEN):
        return None
    texts = _names(cells, header)
    meant = catalogue.find(texts.get("precursor", ""), texts.get("cas", ""))
    reading = tuple(Reading(name, text, "", meant.rule) for name, text in texts.items())
    values = {
        name: read_cell(place, cell, style)
        for name, (place, cell) in filled.items()
        if name not in ("precursor", "cas")
    }
    return _record(number, meant, reading, values)


def _names(cells: Sequence[Cell], header: Header) -> dict[str, str]:
    """Return what stands in the columns precursor and CAS."""
    texts = {
        place.column.name: " ".join(raw_text(cells[place.index]).split())
        for place in header.places
        if place.column.name in ("precursor", "cas")
        and not is_empty(place.column, cells[place.index])
    }
    for name, text in texts.items():
        if len(text) > MAX_NAME:
            raise InputError(name, text, f"has more than {MAX_NAME} characters")
    return texts


def _record(
    number: int, meant: ResolvedPrecursor, named: tuple[Reading, ...], values: dict[str, Value]
) -> LabRecord:
    running = any(one.running for one in values.values())
    if not running and not values.keys() & set(RESULTS):
        raise InputError("row", number, "gives no result: cycles, impedance, thickness or phases")
    fields: dict[str, Any] = {name: one.value for name, one in values.items()}
    for one in values.values():
        for name, text in one.also:
            if fields.setdefault(name, text) != text:
                raise InputError(name, fields[name], f"the cell says {text}; correct one of them")
    fields["censored"] = _is_censored(values)
    fields["running"] = running and fields.get("failure_criterion") != "stopped"
    fields.setdefault("route", "vapour" if meant.formulas else "none")
    _check_together(meant, fields)
    return LabRecord(
        row=number,
        precursor=meant.precursor,
        cas=meant.cas,
        approximate=tuple(name for name, one in values.items() if one.about),
        read=(*named, *(one.reading for one in values.values())),
        **fields,
    )


def _is_censored(values: dict[str, Value]) -> bool:
    """Return whether the cell had not failed, from the columns that can say so."""
    cycles, said = values.get("cycles"), values.get("censored")
    marked = cycles is not None and cycles.at_least
    ended = values.get("failure_criterion")
    # A cell that somebody stopped runs no more, and has not failed.
    stopped = cycles is not None and ended is not None and ended.value == "stopped"
    if said is None:
        return marked or stopped
    if cycles is None and said.value and not said.running:
        raise InputError("still running", said.reading.raw, "needs the cycles so far")
    if marked and not said.value and cycles is not None:
        remedy = f"but cycles are {cycles.reading.raw!r}; correct one of them"
        raise InputError("still running", said.reading.raw, remedy)
    return bool(said.value) or stopped


def _check_together(meant: ResolvedPrecursor, fields: Mapping[str, Any]) -> None:
    """Refuse what makes no sense, or no use, together."""
    for name, heading in (("current_density_ma_cm2", "current density"),
                          ("capacity_mah_cm2", "capacity")):  # fmt: skip
        if fields.get("cycles") is not None and fields.get(name) is None:
            remedy = "is empty: cycles can be compared at one current density and capacity alone"
            raise InputError(heading, "", remedy)
    if fields.get("cell") == "full" and not fields.get("cathode"):
        raise InputError("cathode", "", "is empty: name that of the full cell")
    if not meant.formulas and fields["route"] != "none":
        raise InputError("route", fields["route"], "bare sodium meets no precursor")
    if meant.formulas and fields["route"] == "none":
        raise InputError("route", "none", f"how did {meant.precursor} meet the sodium?")
    for phase in fields.get("phases", ()):
        if "CI" in phase and not any("I" in formula for formula in meant.formulas):
            remedy = f"holds iodine, {meant.precursor} none; is {phase.replace('CI', 'Cl')} meant?"
            raise InputError("phases seen", phase, remedy)


def _style(tables: Sequence[tuple[Header, Sequence[tuple[int, Sequence[Cell]]]]]) -> Style:
    """Gather what the cells of the whole file tell of how it writes numbers and dates."""

    def texts(kinds: tuple[str, ...]) -> list[str]:
        found = (
            cells[place.index]
            for header, rows in tables
            for place in header.places
            if place.column.kind in kinds
            for _, cells in rows
            if place.index < len(cells)
        )
        return [cell for cell in found if isinstance(cell, str) and len(cell) <= 100]

    return Style(notation(texts(("number", "count"))), date_order(texts(("date",))))


def _by_content(
    earlier: Iterable[tuple[str, LabRecord]],
) -> Iterable[tuple[str, tuple[str, LabRecord]]]:
    for where, record in earlier:
        yield record.content, (where, record)
