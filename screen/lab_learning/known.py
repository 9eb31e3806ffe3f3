"""The cells known so far: those of the paper, embedded, and a laboratory's own (decision 51)."""

from collections.abc import Iterable
from functools import cache
from math import isfinite

import pyarrow as pa

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_sheet.record import LabRecord, latest
from maiscreen.screen.paper.cells import cells
from maiscreen.screen.paper.controls import CHLOROPROPANE
from maiscreen.screen.paper.published import PublishedCell, embedded_cells

REPLICATE = "paper"
"""Replicate of the paper's cells, in `docs/lab_paper.csv` as well."""

_OURS = ("the paper",)
"""How the reference of a cell of the paper begins."""

_SAME = (
    "precursor",
    "route",
    "cycles",
    "censored",
    "current_density_ma_cm2",
    "capacity_mah_cm2",
)
"""What tells one of the paper's cells that was imported as well."""


@cache
def paper_cells() -> tuple[LabRecord, ...]:
    """Return the paper's cells whose cycles, current density and capacity are known.

    Examples
    --------
    >>> [(cell.precursor, cell.cycles) for cell in paper_cells()][:2]
    [('SnCl4', 650), ('SiCl4', 220)]
    """
    return tuple(_record(cell) for cell in embedded_cells() if _can_be_compared(cell))


def _can_be_compared(cell: PublishedCell) -> bool:
    numbers = (cell.life, cell.current_density_ma_cm2, cell.capacity_mah_cm2)
    read = cell.evidence == "read" and cell.reference.startswith(_OURS)
    return read and cell.life_unit == "cycles" and all(map(isfinite, numbers))


def _record(cell: PublishedCell) -> LabRecord:
    """Write a published cell as a result of a laboratory."""
    by_name = {"1-chloropropane": CHLOROPROPANE.formula}
    return LabRecord(
        row=cell.row,
        precursor=by_name.get(cell.precursor, cell.precursor),
        route=cell.route,
        replicate=REPLICATE,
        cycles=int(cell.life),
        censored=cell.censored,
        current_density_ma_cm2=cell.current_density_ma_cm2,
        capacity_mah_cm2=cell.capacity_mah_cm2,
        cell="symmetric",
        electrolyte=cell.electrolyte,
        note=cell.reference,
    )


def is_of_paper(record: LabRecord) -> bool:
    """Return whether a result is a cell of the paper, embedded or imported."""
    return record.replicate.casefold() == REPLICATE and any(
        _identity(record) == _identity(one) for one in paper_cells()
    )


def known_cells(own: Iterable[LabRecord], *, with_paper: bool = True) -> list[LabRecord]:
    """Gather the results that count: the paper's first, then a laboratory's own.

    Parameters
    ----------
    own : iterable of LabRecord
        Results that were imported. One of the paper's among them counts once, as it was imported.
    with_paper : bool
        Whether the embedded cells of the paper count.
    """
    imported = list(own)
    had = {_identity(one) for one in imported if is_of_paper(one)}
    embedded = [one for one in paper_cells() if with_paper and _identity(one) not in had]
    return latest([*embedded, *imported])


def _identity(record: LabRecord) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in _SAME)


def with_paper_layers(campaign: Campaign, ranking: pa.Table) -> pa.Table:
    """Add to a ranking the layers of the paper that the campaign does not screen.

    They are scored by the campaign's rules, so that its candidates can be compared with what was
    tried; none of them passed. A wide ranking, whose rows are recipes, stays as it is.
    """
    if campaign.space.is_wide:
        return ranking
    outside = [row for row in cells(campaign, ranking) if not row["inside"]]
    rows = [{name: row.get(name) for name in ranking.column_names} for row in outside]
    added = [{**row, "passed": False, "rank": None} for row in rows]
    return pa.concat_tables([ranking, pa.Table.from_pylist(added, schema=ranking.schema)])
