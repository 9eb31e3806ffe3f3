"""Which column of a user's table is what, and in which unit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.targets import TARGETS, Target
from maiscreen.models.training_files.table import Table
from maiscreen.models.training_files.training_units import (
    base_name,
    factor,
    is_unit,
    plain_name,
    shown_units,
)

FORMULA = ("formula", "composition", "compound", "reduced_formula", "chemical_formula")
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
    uncertainty, weight, unit : str
        Empty where there is none.
    value_factor, uncertainty_factor : float or None
        Into the target's unit; None where each row states its own.
    """

    formula: str
    value: str
    uncertainty: str = ""
    weight: str = ""
    unit: str = ""
    value_factor: float | None = None
    uncertainty_factor: float | None = None


def columns(table: Table, target: Target, unit: str | None = None) -> Columns:
    """Find the columns of a table.

    The unit is stated by the name of the column (``shear_modulus_mpa``, ``Shear modulus (GPa)``),
    its metadata in Parquet, a column ``unit``, or the argument. What is stated twice must agree.

    Parameters
    ----------
    table : Table
        As it was read.
    target : Target
        What is looked for.
    unit : str, optional
        Of the values.

    Raises
    ------
    InputError
        If a column is missing, two could be meant, or the unit is unknown, missing or
        contradictory.
    """
    names = {name: plain_name(name) for name in table.columns}
    formula = _one(table, names, FORMULA, "formulas")
    value = _value(table, target, names)
    each = _one(table, names, UNIT, "units", needed=False)
    uncertainty = _uncertainty(table, target, names)
    weight = _one(table, names, WEIGHT, "weights", needed=False)
    stated = _stated(table, target, value, names[value], unit)
    if stated is None and not each:
        remedy = f"is not stated; name the column {target.name}, or give one of"
        raise InputError("unit", "", f"{remedy} {shown_units(target)}")
    own = None if not uncertainty else _stated(table, target, uncertainty, names[uncertainty], None)
    return Columns(
        formula,
        value,
        uncertainty,
        weight,
        each,
        value_factor=stated,
        uncertainty_factor=stated if own is None else own,
    )


def formula_column(table: Table) -> str:
    """Find the column of formulas.

    Raises
    ------
    InputError
        If there is none, or two could be meant.
    """
    return _one(table, {name: plain_name(name) for name in table.columns}, FORMULA, "formulas")


def _one(
    table: Table, names: Mapping[str, str], known: Sequence[str], what: str, needed: bool = True
) -> str:
    """Find the column of one of some names, the first of them first."""
    for wanted in known:
        found = [name for name, plain in names.items() if plain == wanted]
        if len(found) > 1:
            raise table.error(f"has two columns of {what} ({', '.join(found)}); keep one")
        if found:
            return found[0]
    if needed:
        raise table.error(f"has no column {known[0]!r}; it has {_listed(names)}")
    return ""


def _value(table: Table, target: Target, names: Mapping[str, str]) -> str:
    base = base_name(target)
    found = [
        n for n, plain in names.items() if _unit_of(target, plain, (base, "value")) is not None
    ]
    if len(found) > 1:
        raise table.error(f"has several columns of values ({', '.join(found)}); keep one")
    if found:
        return found[0]
    raise table.error(_why_no_value(target, names))


def _why_no_value(target: Target, names: Mapping[str, str]) -> str:
    base = base_name(target)
    for name, plain in names.items():
        if plain.startswith(("log10", "log_", "ln_")):
            return f"has logarithms ({name}); give the values themselves, as {target.name}"
        if plain.startswith((f"{base}_", "value_")) and not plain.endswith(UNCERTAINTY):
            unit = plain.removeprefix(f"{base}_").removeprefix("value_")
            return f"has {name!r}: {unit!r} is no unit of {base}; take {shown_units(target)}"
    others = [one for one in TARGETS if one in names.values()]
    hint = f" of {', '.join(others)}; train that target, or" if others else f" {_listed(names)};"
    return f"has no column {target.name!r} or 'value'; it has{hint} rename the column"


def _unit_of(target: Target, plain: str, bases: Iterable[str]) -> str | None:
    """Give the unit within the name of a column; empty if it has none, None if it is another."""
    for base in bases:
        if plain == base:
            return ""
        if plain.startswith(f"{base}_") and is_unit(target, plain[len(base) + 1 :]):
            return plain[len(base) + 1 :]
    return None


def _uncertainty(table: Table, target: Target, names: Mapping[str, str]) -> str:
    bases = [*UNCERTAINTY, *_of_value(target)]
    known = [n for n, plain in names.items() if _unit_of(target, plain, bases) is not None]
    if len(known) > 1:
        raise table.error(f"has several columns of uncertainties ({', '.join(known)}); keep one")
    return known[0] if known else ""


def _of_value(target: Target) -> list[str]:
    starts = (base_name(target), target.name, "value")
    return [f"{start}_{word}" for start in starts for word in UNCERTAINTY]


def _stated(table: Table, target: Target, name: str, plain: str, unit: str | None) -> float | None:
    """Give the factor that name, metadata and argument agree on; None if none says anything."""
    within = _unit_of(target, plain, (base_name(target), "value", *UNCERTAINTY, *_of_value(target)))
    said = {
        "unit": unit or "",
        f"unit in the metadata of {name}": table.units.get(name, ""),
        f"unit in the name {name}": within or "",
    }
    factors = {field: factor(target, text, field) for field, text in said.items() if text}
    if len(set(factors.values())) > 1:
        both = "; ".join(f"{field}: {said[field]}" for field in factors)
        raise InputError("unit", said["unit"] or name, f"is contradicted ({both}); keep the right")
    return next(iter(factors.values()), None)


def _listed(names: Iterable[str]) -> str:
    """List the first columns of a file."""
    every = list(names)
    return ", ".join(map(repr, every[:8])) + (", …" if len(every) > 8 else "")
