"""The tables of installed packages as rows of text: only the lines of the compounds asked for.

The package chemicals reads its tables whole, with pandas; importing that and parsing every number
takes longer, and more memory, than all that is done here with the few hundred rows that count.
"""

import csv
from collections.abc import Collection, Container, Iterable, Iterator
from math import nan

from maiscreen.candidates.reading.packages import package_folder

Row = dict[str, str]
"""One line of a table: text by the name of the column."""


def table_rows(file: str, cas_numbers: Collection[str] | None = None) -> Iterator[tuple[str, Row]]:
    """Read a table of the package chemicals: CAS number and row.

    Parameters
    ----------
    file : str
        Path in the package.
    cas_numbers : collection of str, optional
        The compounds asked for; every row if left out.

    Examples
    --------
    >>> table = "Phase Change/Yaws Boiling Points.tsv"
    >>> [(cas, row["Tb"]) for cas, row in table_rows(table, ["7646-78-8"])]
    [('7646-78-8', '387.3')]
    """
    # Some tables write the number without its hyphens.
    kept = {text: cas for cas in cas_numbers or () for text in (cas, cas.replace("-", ""))}
    with (package_folder("chemicals") / file).open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines, delimiter="\t"))
        wanted = lines if cas_numbers is None else _lines_of(lines, kept)
        for cells in csv.reader(wanted, delimiter="\t"):
            yield kept.get(cells[0], cells[0]), dict(zip(columns, cells, strict=False))


def _lines_of(lines: Iterable[str], first_cells: Container[str]) -> Iterator[str]:
    return (line for line in lines if line.partition("\t")[0] in first_cells)


def number(row: Row, column: str) -> float:
    """Read a cell; NaN where it is empty or the table has no such column."""
    return float(row.get(column) or nan)
