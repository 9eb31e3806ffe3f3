"""The bench sheet: a page of what a bench asks, with the columns to fill in beside the formula."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.descriptors.blends.exposure import TOO_THICK_UM
from maiscreen.screen.facts.columns import BY_NAME
from maiscreen.screen.facts.how_to_words import dose_in_short
from maiscreen.screen.facts.vapour import state_of
from maiscreen.screen.lab_sheet.columns import COLUMNS, Column
from maiscreen.screen.shortlist.spreadsheet import (
    ASKED_FILL,
    KNOWN_FILL,
    WHITE,
    Look,
    lines,
    offer_choices,
    print_landscape,
    set_height,
    set_widths,
    style,
    write_cell,
)
from maiscreen.screen.shortlist.value import Rows
from maiscreen.screen.text import finite_or_none, roman, significant

Row = Mapping[str, object]

TITLE = "Bench sheet"

HEADER = 2
"""Row of the headings, below a line that says what the sheet is."""

PRINTED = ("cycles", "current_density_ma_cm2", "capacity_mah_cm2", "exposure_s", "thickness_nm",
           "note")  # fmt: skip
"""Columns to fill in on the page; the others stand beside it."""

P_FORMAT = '[>=0.995]"> 0.99";[<0.005]"< 0.01";0.00'
"""Of a probability from some thousand draws: none is certain."""

_WIDTHS = {"note": 12.0, "electrolyte": 22.0}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the bench sheet.

    Attributes
    ----------
    title : str
        Heading with unit.
    width : float
        In the units of a spreadsheet.
    value : callable, optional
        Row of the shortlist → what the cell shows; None for a column to fill in.
    lab : Column, optional
        What is to be filled in, or corrected.
    number : str
        Format of a number.
    """

    title: str
    width: float
    value: Callable[[Row], object] | None = None
    lab: Column | None = None
    number: str = "General"


def columns_to_fill_in(table: Rows) -> list[Column]:
    """Return the columns to fill in: those of `lab import` that the shortlist lacks."""
    told = {"precursor", "cas", "route"}
    own = {known.name for known in table.columns}
    return [column for column in COLUMNS if column.name not in told and column.name not in own]


def sheet_columns(table: Rows) -> tuple[list[SheetColumn], list[SheetColumn]]:
    """Return the columns of the page, and those beside it, which are all to be filled in."""
    to_fill = {column.name: _asked(column) for column in columns_to_fill_in(table)}
    beside_formula = [to_fill.pop(name) for name in PRINTED if name in to_fill]
    first, *known = _recipe_columns() if table.is_wide else _halide_columns(table)
    page = [_known("tier", 5, _tier), first, *beside_formula, *known]
    return page, [*to_fill.values()]


def _asked(column: Column) -> SheetColumn:
    return SheetColumn(column.title, _WIDTHS.get(column.name, 8.5), None, column)


def _known(
    name: str, width: float, value: Callable[[Row], object] | None = None, number: str = ""
) -> SheetColumn:
    fact = BY_NAME[name]
    return SheetColumn(
        fact.title, width, value or partial(_plain, name), None, number or fact.number
    )


def _plain(name: str, row: Row) -> object:
    return row.get(name)


def _halide_columns(table: Rows) -> list[SheetColumn]:
    state = dict(table.provenance).get("state of the layer that is scored", "in_operation")
    return [
        _known("formula", 8.5),
        _known("name", 14.5),
        _known("cas", 10.5),
        _known("supply", 9.5),
        _known("handling", 8, _handling),
        _known("danger", 9),
        _known("jar_dose", 12.5, _jar_dose),
        _known("process_temperature_c", 10.5),
        _known("times_to_try", 25, _times),
        _known("expected_layer", 15.5, partial(_plain, f"layer_{state}")),
        _known("p_top_k", 7, number=P_FORMAT),
        _known("would_change", 24, _would_change),
    ]


def _recipe_columns() -> list[SheetColumn]:
    by_name = {column.name: column for column in COLUMNS}
    return [
        _known("recipe", 18),
        _known("name", 18),
        _known("cas", 10.5, _cas_of_recipe),
        _known("supply", 9.5),
        _known("handling", 8, _handling),
        _known("danger", 9),
        _known("dose", 27),
        # Read back: whoever did otherwise writes so.
        SheetColumn(BY_NAME["temperature_c"].title, 10, partial(_plain, "temperature_c"),
                    by_name["temperature_c"], "0"),
        SheetColumn(BY_NAME["exposure_s"].title, 9, partial(_plain, "exposure_s"),
                    by_name["exposure_s"], "0"),
        _known("times_to_try", 25, _times),
        _known("expected_phases", 17, _phases),
        _known("p_top_k", 7, number=P_FORMAT),
        _known("would_change", 24, _would_change),
    ]  # fmt: skip


def _tier(row: Row) -> object:
    tier = row.get("tier")
    return roman(tier) if isinstance(tier, int) else None


def _cas_of_recipe(row: Row) -> object:
    """Return the CAS number; a blend has none of its own to be read back."""
    return None if "+" in str(row.get("cas")) else row.get("cas")


def _phases(row: Row) -> str:
    """Return the phases with two digits of their shares."""
    return " + ".join(map(_with_share, str(row.get("expected_phases") or "").split(" + ")))


def _with_share(part: str) -> str:
    share, _, phase = part.partition(" ")
    return f"{significant(float(share))} {phase}" if phase else part


def _handling(row: Row) -> object:
    """State bottle or cylinder, the state at 25 °C, and what glass does not bear."""
    formula = row.get("formula")
    glass = "no glass" if formula and "F" in parse_formula(str(formula)) else None
    return ", ".join(str(part) for part in (row.get("handling"), row.get("state_25_c"), glass)
                     if part) or None  # fmt: skip


def _jar_dose(row: Row) -> str:
    return dose_in_short(row, _state_in_process(row))


def _state_in_process(row: Row) -> str:
    """Return the state at the process temperature; only of a gas has the pressure no error."""
    if row.get("jar_pressure_std_log10") is None:
        return "gas"
    celsius = finite_or_none(row.get("process_temperature_c"))
    return "not known" if celsius is None else state_of(str(row.get("formula")), celsius)


def _times(row: Row) -> object:
    """Return the times to try, a line for each."""
    text = row.get("times_to_try")
    return text.replace("; ", "\n") if isinstance(text, str) else text


def _would_change(row: Row) -> object:
    """Name the input that an experiment settles, its share if it is the first, the experiment."""
    settled = row.get("settle_first")
    if not settled:
        return row.get("measure_first")
    share = finite_or_none(row.get("place_hangs_on_share"))
    is_first = share is not None and settled == row.get("place_hangs_on")
    return f"{settled}{f' ({share:.0%})' if is_first else ''}: {row.get('settle_first_by')}"


def write_bench_sheet(sheet: Any, table: Rows) -> None:
    """Write the sheet.

    Parameters
    ----------
    sheet : openpyxl.worksheet.worksheet.Worksheet
        An empty one.
    table : Rows
        The shortlist.
    """
    page, beside = sheet_columns(table)
    columns, rows = [*page, *beside], table.rows
    _title(sheet, table, page)
    _headings(sheet, columns)
    for number, (before, row) in enumerate(zip((None, *rows), rows, strict=False), HEADER + 1):
        _row(sheet, number, row, columns, _line_above(before, row))
    for place, column in enumerate(columns, 1):
        if column.lab is not None:
            offer_choices(sheet, place, column.lab, HEADER + 1)
    set_widths(sheet, [column.width for column in columns])
    _to_print(sheet, len(page), HEADER + len(rows))


def _title(sheet: Any, table: Rows, page: Sequence[SheetColumn]) -> None:
    """Say above the headings what the sheet is, over the width of the page."""
    text = "\n".join(opening(table))
    style(write_cell(sheet, 1, 1, text), Look(size=8.5, top="none"))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(page))
    width = sum(column.width for column in page)
    set_height(sheet, 1, lines(text, width))


def opening(table: Rows) -> list[str]:
    """Return the lines above the headings."""
    told = dict(table.provenance)
    setup = [f"{what} {told[what]}" for what in ("process temperature", "jar", "layer")
             if what in told]  # fmt: skip
    top = f" (k = {told['top k']})" if "top k" in told else ""
    return [
        ", ".join((table.campaign, *setup)),
        f"Bottles, then cylinders below a line; each by tier, then P(top k){top}, the probability "
        f"to be among the first k. Times: layer and one standard deviation; within: below "
        f"{TOO_THICK_UM:g} µm. A question mark behind a danger: derived, or from memory.",
        "Fill in what is yellow, more of it to the right of this page; maiscreen lab import reads "
        "it. No safety assessment: read the supplier's safety data sheet.",
    ]


def _headings(sheet: Any, columns: Sequence[SheetColumn]) -> None:
    for place, column in enumerate(columns, 1):
        fill = KNOWN_FILL if column.lab is None else ASKED_FILL
        style(write_cell(sheet, HEADER, place, column.title), Look(bold=True, fill=fill))
    most = max(lines(column.title, column.width, bold=True) for column in columns)
    set_height(sheet, HEADER, most)


def _line_above(before: Row | None, row: Row) -> str:
    """Return the line above a row: a thick one begins a list, a dark one a tier."""
    if before is None or before.get("handling") != row.get("handling"):
        return "medium"
    return "thin" if before.get("tier") != row.get("tier") else ""


def _row(sheet: Any, number: int, row: Row, columns: Sequence[SheetColumn], top: str) -> None:
    most = 2
    for place, column in enumerate(columns, 1):
        value = column.value(row) if column.value else None
        cell = write_cell(sheet, number, place, value) or sheet.cell(number, place)
        style(cell, Look(place == 2, WHITE if column.lab is None else ASKED_FILL, top=top))
        if isinstance(value, int | float):
            cell.number_format = column.number
        most = max(most, lines(value, column.width, bold=place == 2))
    set_height(sheet, number, most)


def _to_print(sheet: Any, width: int, last: int) -> None:
    from openpyxl.utils import get_column_letter

    print_landscape(sheet, HEADER)
    sheet.print_area = f"A1:{get_column_letter(width)}{max(last, HEADER)}"
    # Tier and formula stay in sight.
    sheet.freeze_panes = f"C{HEADER + 1}"
