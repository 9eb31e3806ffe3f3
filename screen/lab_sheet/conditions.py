"""What the cycles of two cells must share to be compared, and what makes them unequal."""

from maiscreen.screen.lab_sheet.columns import BY_NAME
from maiscreen.screen.lab_sheet.electrolytes import differences, read_electrolyte
from maiscreen.screen.lab_sheet.record import LabRecord

CONDITIONS = ("current_density_ma_cm2", "capacity_mah_cm2", "cell", "cathode", "electrolyte")
"""Fields of a record; the electrolyte by what is in it, however it is written."""

Conditions = tuple[object, ...]
"""Values of `CONDITIONS`."""


def conditions_of(record: LabRecord) -> Conditions:
    """Return the conditions of a cell, equal for cells that can be compared."""
    return (
        record.current_density_ma_cm2,
        record.capacity_mah_cm2,
        record.cell,
        record.cathode,
        str(read_electrolyte(record.electrolyte)),
    )


def unequal(first: Conditions, second: Conditions) -> tuple[str, ...]:
    """State what makes two cells unequal, field by field.

    Parameters
    ----------
    first, second : tuple
        As `conditions_of` gives them.

    Examples
    --------
    >>> unequal((2.0, 1.0, "symmetric", "", "1 mol/L NaPF6 in diglyme"),
    ...     (2.0, 1.0, "symmetric", "", "1 mol/L NaPF6 in DME"))
    ('solvent: diglyme, DME',)
    >>> unequal((2.0, 1.0, "symmetric", "", ""), (0.5, 1.0, "", "", ""))
    ('current density: 2, 0.5 mA/cm\u00b2', 'cell: symmetric, not given')
    """
    said: list[str] = []
    for name, a, b in zip(CONDITIONS, first, second, strict=True):
        if a == b:
            continue
        column = BY_NAME[name]
        if name == "electrolyte":
            said += differences(read_electrolyte(str(a)), read_electrolyte(str(b)))
        else:
            said.append(f"{column.heading}: {_shown(a)}, {_shown(b)} {column.unit}".strip())
    return tuple(said)


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value or "not given")


def nearest(first: Conditions, others: list[Conditions]) -> tuple[str, ...]:
    """State what makes a cell unequal to that most like it; nothing if there is no other."""
    return min(
        (unequal(first, second) for second in others),
        key=lambda said: (len(said), said),
        default=(),
    )
