"""A cell's export as a row of a sheet of results, with what shows its cycles to failure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_cyclers.cycles import Cycles, cycles_of
from maiscreen.screen.lab_cyclers.export import Export, read_export
from maiscreen.screen.lab_cyclers.failure import RULES, Life, life_of
from maiscreen.screen.lab_sheet.header import Choices, match_field
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results
from maiscreen.screen.lab_sheet.record import LabRecord, Reading

NOMINAL = 0.02
"""Relative difference within which a measured current or charge is the round one [judgement]."""

NEEDED = ("precursor", "cell")
"""What no cycler knows, and a result needs."""

MAX_AREA_CM2 = 1e4
"""A larger electrode is a slip of the key."""


@dataclass(frozen=True, slots=True, eq=False)
class CellResult:
    """What an export comes to.

    Attributes
    ----------
    content : SheetContent
        Its one row, accepted, refused or known already.
    life : Life
    cycles : Cycles
    export : Export
    cell : str
        Type, by which the rule was chosen.
    """

    content: SheetContent
    life: Life
    cycles: Cycles
    export: Export
    cell: str


def read_cell_export(
    content: bytes,
    name: str,
    stated: Mapping[str, str],
    area_cm2: float | None,
    catalogue: Catalogue,
    earlier: list[tuple[str, LabRecord]],
) -> CellResult:
    """Read a cycler's export as one result.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        Of the file.
    stated : mapping of str to str
        What the cycler does not know, as headings and cells of a sheet: precursor and cell at
        least. A current density or capacity among them stands for what was measured.
    area_cm2 : float or None
        Of one electrode.
    catalogue : Catalogue
        Precursors that there are.
    earlier : list of (str, LabRecord)
        Results that are known.

    Raises
    ------
    InputError
        If something is missing, or the file cannot be read.
    """
    by_field = {match_field(heading): text for heading, text in stated.items()}
    lacking = [field for field in NEEDED if not by_field.get(field)]
    if lacking or area_cm2 is None:
        options = " ".join([f'--with "{one}=…"' for one in lacking]
                           + (["--area-cm2 …"] if area_cm2 is None else []))  # fmt: skip
        raise InputError("FILE", name, f"is a cycler's export, which lacks: give {options}")
    if not 0 < area_cm2 <= MAX_AREA_CM2:
        raise InputError("--area-cm2", area_cm2, f"give one above 0, up to {MAX_AREA_CM2:g} cm²")
    export = read_export(content, name)
    cell = _type_of(by_field["cell"], name, catalogue)
    cycles = cycles_of(export, name)
    life = life_of(cycles, cell, name)
    measured = _measured(cycles, life, area_cm2)
    sheet = _one_row_csv({n: text for n, text in measured.items() if n not in by_field})
    found = read_results(sheet, name, catalogue, earlier, Choices(given=stated))
    row = tuple(_explained(one, name, export, life, cell) for one in found.accepted)
    where = f"export of {export.maker}, {len(export.time_s):,} records"
    return CellResult(replace(found, accepted=row, where=where), life, cycles, export, cell)


def _type_of(text: str, name: str, catalogue: Catalogue) -> str:
    """Return the type of a cell as a sheet would read it."""
    row = {"precursor": "bare sodium", "thickness (nm)": "1", "cell": text, "cathode": "any"}
    if "|" in text:
        del row["cathode"]
    found = read_results(_one_row_csv(row), name, catalogue)
    if found.refused:
        raise InputError("--with", f"cell={text}", found.refused[0].reason.partition(": ")[2])
    return found.accepted[0].cell


def _measured(cycles: Cycles, life: Life, area_cm2: float) -> dict[str, str]:
    """Return what the export tells, by the names of fields, which say their units."""
    charge = float(cycles.charge_mah[: max(life.cycles, 1), 0].mean())
    return {
        "cycles": f"{'> ' if life.censored else ''}{life.cycles}",
        "failure_criterion": life.criterion,
        "current_density_ma_cm2": _nominal(cycles.current_ma / area_cm2),
        "capacity_mah_cm2": _nominal(charge / area_cm2),
        "note": life.evidence,
    }


def _nominal(value: float) -> str:
    """Return a measured value as the round one that it is near to.

    Examples
    --------
    >>> _nominal(2.003), _nominal(0.9975), _nominal(1.27)
    ('2', '1', '1.27')
    """
    near = float(f"{value:.1e}")
    return f"{near if abs(near - value) <= NOMINAL * value else float(f'{value:.3g}'):g}"


def _one_row_csv(row: Mapping[str, str]) -> bytes:
    cells = [["".join(c for c in one if c.isprintable()).replace('"', '""') for one in side]
             for side in (row.keys(), row.values())]  # fmt: skip
    return "\n".join(",".join(f'"{one}"' for one in side) for side in cells).encode()


def _explained(record: LabRecord, name: str, export: Export, life: Life, cell: str) -> LabRecord:
    """Say how the cycles were counted, in the place of how their cell was read."""
    raw = f"{name}: {len(export.time_s)} records of {', '.join(export.columns)}"
    rule = f"counted by decision 52, {cell} cell. {RULES[cell]}"
    counted = Reading("cycles", raw, "", rule)
    read = tuple(counted if one.column == "cycles" else one for one in record.read)
    return replace(record, read=read)


def described(result: CellResult, name: str) -> list[str]:
    """State the rule, what it gives and what shows it, line by line."""
    cycles, life = result.cycles, result.life
    return [
        f"rule for a {result.cell} cell (decision 52):",
        f"  {RULES[result.cell]}",
        f"{name}: {result.life.cycles} cycles before {life.criterion}" if life.criterion
        else f"{name}: > {life.cycles} cycles, no failure seen",
        f"  {life.evidence}",
        f"  {len(cycles)} whole cycles at {cycles.current_ma:.4g} mA by the sign of the current"
        + (f", after {cycles.formation} of formation" if cycles.formation else "")
        + (f"; the cycler counts {cycles.counted}" if cycles.counted is not None else "")
        + ("; the last one, not whole, is left out" if cycles.ended else ""),
    ]  # fmt: skip
