"""Tables of strangers, CSV or XLSX: headings and rows, before anything is made of them.

The one reader of energies, training data, formulas to predict and results from the bench. Which
delimiter or sheet is meant is told by the headings that the caller knows. Rows that cannot be
trusted keep their cells, and say why.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.cells import Cell, Grid, is_blank, raw_text
from maiscreen.candidates.reading.delimited import read_delimited

MAX_TITLE_ROWS = 10
"""Rows that may stand above the headings [judgement]."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a table may have at most.

    Attributes
    ----------
    size_bytes, rows, columns : int
    cells : int
        Empty ones included.
    """

    size_bytes: int
    rows: int
    columns: int = limits.COLUMNS
    cells: int = limits.CELLS


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of table is looked for.

    Attributes
    ----------
    recognise : callable
        Returns how well some headings fit; 0 if they are none.
    wanted : str
        What the headings are, for an error.
    most : Size
    """

    recognise: Callable[[Sequence[str]], int]
    wanted: str
    most: Size

    @classmethod
    def of_columns(cls, needed: Collection[str], known: Collection[str], most: Size) -> "Kind":
        """Look for a table by the plain names of its columns, the needed ones all there."""

        def recognise(headings: Sequence[str]) -> int:
            names = {plain_name(heading) for heading in headings}
            return len(names & {*known}) if names >= {*needed} else 0

        return cls(recognise, f"row of headings with {' and '.join(needed)}", most)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A table as it stands in a file.

    Attributes
    ----------
    header : int
        Row of the headings, as a spreadsheet counts.
    headings : tuple of str
        With single blanks; empty where a column has none.
    rows : list of (int, sequence of Cell)
        Number, as a spreadsheet counts, and cells, one for each heading unless it is a fault.
    where : str
        Encoding and delimiter, or the name of the sheet.
    delimiter : str
        Of a CSV.
    faults : mapping of int to str
        Why a row cannot be trusted.
    remarks : mapping of int to str
        How a row looks in a workbook, where its cells do not tell: hidden, struck through.
    hidden : tuple of str
        Headings of columns that a workbook hides.
    lines : mapping of int to int
        Line of the file of each row that does not have its number: breaks within cells come before.
    """

    header: int
    headings: tuple[str, ...]
    rows: list[tuple[int, Sequence[Cell]]]
    where: str
    delimiter: str = ""
    faults: Mapping[int, str] = field(default_factory=dict)
    remarks: Mapping[int, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    lines: Mapping[int, int] = field(default_factory=dict)

    @property
    def doubts(self) -> dict[int, str]:
        """The faults, and rows that somebody may have hidden, or struck through, to be rid of."""
        remedy = "in the sheet; delete the row, or undo that"
        return {row: f"is {look} {remedy}" for row, look in self.remarks.items()} | {**self.faults}

    def columns(self, names: Collection[str]) -> dict[str, list[Cell]]:
        """Return the cells of each column whose plain name is one of some, shape (rows,).

        Raises
        ------
        ValueError
            If two columns have one of these names.
        """
        places: dict[str, int] = {}
        for place, heading in enumerate(self.headings):
            name = plain_name(heading)
            if name in names and places.setdefault(name, place) != place:
                both = f"{self.headings[places[name]]!r} and {heading!r}"
                raise ValueError(f"has two columns of {name}: {both}; keep one")
        return {
            name: [cells[place] if place < len(cells) else None for _, cells in self.rows]
            for name, place in places.items()
        }

    def place(self, row: int) -> str:
        """Return where a row is found: by its number, and by its line if that is another."""
        line = self.lines.get(row)
        return f"row {row}" if line is None else f"row {row} (line {line} of the file)"


_SPELLINGS = str.maketrans(
    {"å": "a", "¹": "1", "²": "2", "³": "3", "^": None, "⁻": "-", "−": "-", "%": " percent "}
)
# "cm-1" is "/cm" and "m-2" is "/m2": all parts of a unit stand in one row.
_INVERSE = re.compile(r"(?<![^\W_])(c?m|a|at|atom|mol)-(?:1(?!\d)|(?=[23](?!\d)))")


def plain_name(text: str) -> str:
    """Spell a name or unit in small letters, digits and single underscores.

    Examples
    --------
    >>> plain_name("Shear modulus (GPa)"), plain_name("kJ/(mol atom)"), plain_name("Å³/atom")
    ('shear_modulus_gpa', 'kj_mol_atom', 'a3_atom')
    >>> plain_name("mS cm⁻¹"), plain_name("J m^-2"), plain_name("Uncertainty (%)")
    ('ms_cm', 'j_m2', 'uncertainty_percent')
    """
    plain = _INVERSE.sub(r"\1", text.strip().lower().translate(_SPELLINGS))
    words = re.split(r"[\W_]+", plain)
    return "_".join(word for word in words if word)


def read_file(path: Path, label: str, most: int) -> bytes:
    """Read a file that a user names.

    Parameters
    ----------
    path : Path
    label : str
        What to call the file in an error: an option.
    most : int
        Bytes.

    Raises
    ------
    InputError
        If it cannot be read, is empty or too large.
    """
    try:
        content = limits.read_bytes(path, most)
    except OSError as error:
        raise InputError(label, str(path), f"cannot be read: {error.strerror}") from None
    if not content.strip():
        raise InputError(label, str(path), "is empty")
    return content


def read_sheet(content: bytes, kind: Kind) -> Sheet:
    """Read the table of a file.

    Parameters
    ----------
    content : bytes
        CSV or XLSX, told by its first bytes.
    kind : Kind
        What is looked for.

    Raises
    ------
    ValueError
        If there is no such table, or two, or it is too large or unsound: what to do about it.
    """
    if len(content) > kind.most.size_bytes:
        raise ValueError(f"has more than {kind.most.size_bytes // 1_000_000:,} MB; split it")
    return _sheet(*_choose(_grids(content), kind), kind.most)


def _grids(content: bytes) -> list[Grid]:
    if content.startswith(b"PK\x03\x04"):
        from maiscreen.candidates.reading.workbook import read_workbook

        return read_workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError("is an old or an encrypted workbook; save it as .xlsx, without a password")
    return read_delimited(content)


def _choose(grids: Iterable[Grid], kind: Kind) -> tuple[Grid, int, tuple[str, ...]]:
    """Choose the delimiter, or the sheet, whose headings are known."""
    matches: list[tuple[int, Grid, int, tuple[str, ...]]] = []
    first_row: list[str] = []
    first_number, problem = 0, ""
    for grid in grids:
        try:
            for row, _, cells in islice(grid.records(), MAX_TITLE_ROWS + 1):
                names = _headings(cells)
                if fit := kind.recognise(names):
                    matches.append((fit, grid, row, names))
                    break
                if not any(first_row) or (row == first_number and len(names) > len(first_row)):
                    first_row, first_number = [name[:40] for name in names[:99]], row
        except ValueError as error:
            # Perhaps of a wrong delimiter only.
            problem = problem or str(error)
    if not matches:
        begins = ", ".join(map(repr, filter(None, first_row))) or "nothing"
        remedy = f"has no {kind.wanted}; it begins with {begins}"
        if len(first_row) == 1 and re.search(r"[ |，；]", first_row[0]):
            remedy += "; put commas, semicolons or tabs between the columns"
        raise ValueError(problem or remedy)
    matches.sort(key=lambda match: -match[0])
    best, *others = matches
    for other in others:
        if not best[1].delimiter or (other[0] == best[0] and other[3] != best[3]):
            ways = f"{best[1].where} and {other[1].where}"
            raise ValueError(f"could be read in two ways, {ways}; give one sheet alone")
    return best[1:]


def _headings(cells: Sequence[Cell]) -> tuple[str, ...]:
    names = [" ".join(raw_text(cell).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _sheet(grid: Grid, header: int, headings: tuple[str, ...], most: Size) -> Sheet:
    """Read the rows below the headings."""
    width = len(headings)
    if width > most.columns:
        raise ValueError(f"has more than {most.columns:,} columns; give a part of it")
    if header in grid.faults:
        raise ValueError(f"its row of headings {grid.faults[header]}")
    check_headings(headings)
    most_rows = min(most.rows, most.cells // width)
    rows: list[tuple[int, Sequence[Cell]]] = []
    faults, lines = {}, {}
    for row, line, cells in grid.records():
        if row <= header:
            continue
        if len(rows) >= most_rows:
            raise ValueError(f"has more than {most_rows:,} rows; split it")
        if line != row:
            lines[row] = line
        if len(cells) != width:
            cells = _fit(cells, width, ragged=not grid.delimiter)
            if len(cells) != width:
                faults[row] = _why_ragged(len(cells), width)
        rows.append((row, cells))
    below = {row for row, _ in rows} if grid.faults or grid.remarks else set()
    faults |= {row: why for row, why in grid.faults.items() if row in below}
    hidden = tuple(
        name
        for i, name in enumerate(headings, 1)
        if name and any(first <= i <= last for first, last in grid.hidden)
    )
    remarks = {row: look for row, look in sorted(grid.remarks.items()) if row in below}
    return Sheet(header, headings, rows, grid.where, grid.delimiter, faults, remarks, hidden, lines)


def _fit(cells: Sequence[Cell], width: int, *, ragged: bool) -> Sequence[Cell]:
    """Drop empty cells beyond the headings; a sheet of a workbook has them wherever it likes."""
    if all(map(is_blank, cells[width:])):
        cells = cells[:width]
    return [*cells, *[None] * (width - len(cells))] if ragged else cells


def _why_ragged(count: int, width: int) -> str:
    if count > width:
        remedy = "put quotes around what has a delimiter, such as a decimal comma"
    else:
        remedy = "write the delimiters of empty cells too"
    return f"has {count} cells, the headings {width}; {remedy}"


def check_headings(headings: Sequence[str]) -> None:
    """Check that no two columns have the same name, whatever its capitals.

    Raises
    ------
    ValueError
        If two have.
    """
    keys = [unicodedata.normalize("NFKC", name).casefold() for name in headings]
    counts = Counter(keys)
    twice = next((n for n, key in zip(headings, keys, strict=True) if n and counts[key] > 1), None)
    if twice is not None:
        raise ValueError(f"has two columns named {twice[:60]!r}; name each differently")
