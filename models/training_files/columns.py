"""Which column of a user's table is what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import plain_name
from maiscreen.models.learning.formulas import NAMES
from maiscreen.models.learning.targets import TARGETS, Target
from maiscreen.models.training_files.table import Table
from maiscreen.models.training_files.units import (
    base_name,
    check_prefix,
    factor,
    is_unit,
    list_units,
)

UNCERTAINTY = ("uncertainty", "std", "standard_deviation", "error", "sigma")
WEIGHT = ("weight",)
UNIT = ("unit", "units")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns as they stand in the file, and what their numbers are multiplied with.

    Attributes
    ----------
    formula, value : str
        Must be there.
    uncertainty, weight, unit, group : str
        Empty where there is none.
    value_factor, uncertainty_factor : float or None
        Into the target's unit; None where each row states its own.
    """

    formula: str
    value: str
    uncertainty: str = ""
    weight: str = ""
    unit: str = ""
    group: str = ""
    value_factor: float | None = None
    uncertainty_factor: float | None = None


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """Columns that the user names; what is empty is found by its heading.

    Attributes
    ----------
    formula, value, group : str
        As they stand in the file. Without a group, rows are in no groups.
    """

    formula: str = ""
    value: str = ""
    group: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are named."""
        return tuple(filter(None, (self.formula, self.value, self.group)))


FOUND = NamedColumns()
"""All columns are found by their headings."""


def columns(
    table: Table, target: Target, unit: str | None = None, named: NamedColumns = FOUND
) -> Columns:
    """Find the columns of a table.

    The unit is stated by the name of the column (``shear_modulus_mpa``, ``Shear modulus (GPa)``),
    its metadata in Parquet, a column ``unit``, or the argument. What is stated twice must agree.
    A target of the user's own states its unit itself, where nothing else does.

    Parameters
    ----------
    table : Table
        As it was read.
    target : Target
        What is looked for.
    unit : str, optional
        Of the values.
    named : NamedColumns
        Columns that the user names.

    Raises
    ------
    InputError
        If a column is missing, two could be meant, or the unit is unknown, missing or
        contradictory.
    """
    names = {name: plain_name(name) for name in table.columns}
    formula = formula_column(table, named.formula)
    value = _named(table, named.value, "value_column") or _value(table, target, names)
    each = _find_one(table, names, UNIT, "units", needed=False)
    uncertainty = _uncertainty(table, target, names)
    weight = _find_one(table, names, WEIGHT, "weights", needed=False)
    stated = _stated_factor(table, target, value, names[value], unit)
    if stated is None and not each and not target.is_built_in:
        stated = 1.0
    if stated is None and not each:
        remedy = f"is not stated; name the column {target.name}, or give one of"
        raise InputError("unit", "", f"{remedy} {list_units(target)}")
    own = (
        None
        if not uncertainty
        else _stated_factor(table, target, uncertainty, names[uncertainty], None)
    )
    return Columns(
        formula,
        value,
        uncertainty,
        weight,
        each,
        _named(table, named.group, "group_column"),
        value_factor=stated,
        uncertainty_factor=stated if own is None else own,
    )


def formula_column(table: Table, named: str = "") -> str:
    """Find the column of formulas.

    Parameters
    ----------
    table : Table
        As it was read.
    named : str
        Its name, if the user gives it.

    Raises
    ------
    InputError
        If there is none, or two could be meant.
    """
    names = {name: plain_name(name) for name in table.columns}
    return _named(table, named, "formula_column") or _find_one(table, names, NAMES, "formulas")


def _named(table: Table, name: str, field: str) -> str:
    """Return a column that the user names, as it stands in the table; empty if none is named."""
    if not name:
        return ""
    if name in table.columns:
        return name
    alike = [one for one in table.columns if plain_name(one) == plain_name(name)]
    if len(alike) != 1:
        raise InputError(field, name, f"is no column; there are {_list_columns(table.columns)}")
    return alike[0]


def _find_one(
    table: Table, names: Mapping[str, str], known: Sequence[str], what: str, needed: bool = True
) -> str:
    """Find the column of one of some names."""
    matches = [name for name, plain in names.items() if plain in known]
    if len(matches) > 1:
        raise table.error(f"has two columns of {what} ({', '.join(matches)}); {_which(what)}")
    if needed and not matches:
        remedy = "; name it: formula_column" if what == "formulas" else ""
        raise table.error(f"has no column {known[0]!r}; it has {_list_columns(names)}{remedy}")
    return next(iter(matches), "")


def _which(what: str) -> str:
    return "keep one, or name it: formula_column" if what == "formulas" else "keep one"


def _value(table: Table, target: Target, names: Mapping[str, str]) -> str:
    base = base_name(target)
    matches = [
        n for n, plain in names.items() if _unit_of(target, plain, (base, "value")) is not None
    ]
    if len(matches) > 1:
        remedy = "keep one, or name it: value_column"
        raise table.error(f"has several columns of values ({', '.join(matches)}); {remedy}")
    if matches:
        return matches[0]
    raise table.error(_why_no_value(target, names))


def _why_no_value(target: Target, names: Mapping[str, str]) -> str:
    base = base_name(target)
    for name, plain in names.items():
        if plain.startswith(("log10", "log_", "ln_")):
            return f"has logarithms ({name}); give the values themselves, as {target.name}"
        if plain.startswith((f"{base}_", "value_")) and not plain.endswith(UNCERTAINTY):
            unit = plain.removeprefix(f"{base}_").removeprefix("value_")
            return f"has {name!r}: {unit!r} is no unit of {base}; take {list_units(target)}"
    others = [one for one in TARGETS if one in names.values()]
    hint = (
        f" of {', '.join(others)}; train that target, or" if others else f" {_list_columns(names)};"
    )
    remedy = "rename the column, or name it: value_column"
    return f"has no column {target.name!r} or 'value'; it has{hint} {remedy}"


def _unit_of(target: Target, plain: str, bases: Iterable[str]) -> str | None:
    """Return the unit within the name of a column; empty if it has none, None if it is another."""
    for base in bases:
        if plain == base:
            return ""
        if plain.startswith(f"{base}_") and is_unit(target, plain[len(base) + 1 :]):
            return plain[len(base) + 1 :]
    return None


def _uncertainty(table: Table, target: Target, names: Mapping[str, str]) -> str:
    bases = [*UNCERTAINTY, *_of_value(target)]
    relative = [n for n, plain in names.items() if _is_percentage(plain, bases)]
    if relative:
        remedy = f"has uncertainties in percent ({relative[0]}); give them in the unit of the value"
        raise table.error(remedy)
    known = [n for n, plain in names.items() if _unit_of(target, plain, bases) is not None]
    if len(known) > 1:
        raise table.error(f"has several columns of uncertainties ({', '.join(known)}); keep one")
    return known[0] if known else ""


def _is_percentage(plain: str, bases: Iterable[str]) -> bool:
    *words, last = plain.split("_")
    return last == "percent" and "_".join(words) in bases


def _of_value(target: Target) -> list[str]:
    starts = (base_name(target), target.name, "value")
    return [f"{start}_{word}" for start in starts for word in UNCERTAINTY]


def _stated_factor(
    table: Table, target: Target, name: str, plain: str, unit: str | None
) -> float | None:
    """Return the factor that name, metadata and argument agree on; None if none says anything."""
    within = _unit_of(target, plain, (base_name(target), "value", *UNCERTAINTY, *_of_value(target)))
    said = {
        "unit": unit or "",
        f"unit in the metadata of {name}": table.units.get(name, ""),
        f"unit in the name {name}": within or "",
    }
    check_prefix("column", name)
    factors = {field: factor(target, text, field) for field, text in said.items() if text}
    if len(set(factors.values())) > 1:
        both = "; ".join(f"{field}: {said[field]}" for field in factors)
        raise InputError("unit", said["unit"] or name, f"is contradicted ({both}); keep the right")
    return next(iter(factors.values()), None)


def _list_columns(names: Iterable[str]) -> str:
    """List the first columns of a file."""
    every = list(names)
    return ", ".join(map(repr, every[:8])) + (", …" if len(every) > 8 else "")
