"""Which column of a user's table is what, and in which unit."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maiscreen.candidates.chemistry.constants import (
    CM3_MOL_PER_A3,
    J_M2_PER_EV_A2,
    KJ_MOL_PER_EV,
)
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import plain_name
from maiscreen.models.learning.targets import TARGETS, Target
from maiscreen.models.training_files.table import FORMULA, Table

FACTORS: Mapping[str, Mapping[str, float]] = {
    "gpa": {"pa": 1e-9, "kpa": 1e-6, "mpa": 1e-3, "gpa": 1.0, "tpa": 1e3, "kbar": 0.1},
    "ev_atom": {"ev_atom": 1.0, "mev_atom": 1e-3, "kj_mol_atom": 1 / KJ_MOL_PER_EV},
    "ev": {"ev": 1.0, "mev": 1e-3, "kj_mol": 1 / KJ_MOL_PER_EV, "kcal_mol": 4.184 / KJ_MOL_PER_EV},
    "a3_atom": {"a3_atom": 1.0, "nm3_atom": 1e3, "cm3_mol_atom": 1 / CM3_MOL_PER_A3},
    "ms_cm": {"ms_cm": 1.0, "s_cm": 1e3, "s_m": 10.0, "us_cm": 1e-3, "µs_cm": 1e-3, "μs_cm": 1e-3},
    "j_m2": {"j_m2": 1.0, "mj_m2": 1e-3, "n_m": 1.0, "erg_cm2": 1e-3, "ev_a2": J_M2_PER_EV_A2},
}
"""What a number in a unit is multiplied with, by the unit of the target; in plain spelling."""

_SHOWN: Mapping[str, str] = {
    "gpa": "Pa, kPa, MPa, GPa, kbar",
    "ev_atom": "eV/atom, meV/atom, kJ/mol/atom",
    "ev": "eV, meV, kJ/mol, kcal/mol",
    "a3_atom": "Å3/atom, nm3/atom, cm3/mol/atom",
    "ms_cm": "mS/cm, S/cm, S/m, µS/cm",
    "j_m2": "J/m2, mJ/m2, N/m, erg/cm2, eV/Å2",
}

_PER_ATOM = frozenset({"ev", "mev", "kj_mol", "kcal_mol", "a3", "nm3", "cm3_mol"})
"""Units of which nobody can tell whether they are for an atom, a formula unit or a cell."""

_WORDS = {"angstrom": "a", "ang": "a", "per": "", "atoms": "atom", "at": "atom"}


def unit_name(text: str) -> str:
    """Spell a unit plainly: no "per", Å as "a".

    Examples
    --------
    >>> unit_name("meV per atom"), unit_name("Angstrom^3/atom"), unit_name("J m^-2")
    ('mev_atom', 'a3_atom', 'j_m2')
    """
    words = plain_name(text).split("_")
    words = [_WORDS.get(word, re.sub(r"^ang(strom)?(?=\d)", "a", word)) for word in words]
    return "_".join(word for word in words if word)


def base_name(target: Target) -> str:
    """Return the name of a target without its unit.

    Examples
    --------
    >>> from maiscreen.models.learning.targets import TARGETS
    >>> base_name(TARGETS["formation_energy_ev_atom"])
    'formation_energy'
    """
    return target.name.removesuffix(f"_{unit_name(target.unit)}")


def factor(target: Target, unit: str, field: str = "unit") -> float:
    """Return what turns a number in a unit into the unit of a target.

    Parameters
    ----------
    target : Target
        What is measured.
    unit : str
        As the user writes it: ``MPa``, ``kJ/mol/atom``, ``J/m²``.
    field : str
        What to call the unit in an error.

    Raises
    ------
    InputError
        If the unit is not known, or does not say for how many atoms it is.

    Examples
    --------
    >>> from maiscreen.models.learning.targets import TARGETS
    >>> factor(TARGETS["shear_modulus_gpa"], "MPa")
    0.001
    """
    kind, name = unit_name(target.unit), unit_name(unit)
    _check_prefix(field, unit)
    if name in FACTORS[kind]:
        return FACTORS[kind][name]
    remedy = f"is no unit of {base_name(target)}; give one of {_SHOWN[kind]}"
    if kind.endswith("_atom") and name in _PER_ATOM:
        remedy = f"does not say for how many atoms; give one of {_SHOWN[kind]}"
    raise InputError(field, unit, remedy)


_PREFIXES = {
    "mPa": "a thousandth of a pascal; write MPa",
    "MeV": "a million eV; write meV",
    "MJ": "a million J; write mJ",
    "MS": "a million S; write mS",
}
_PREFIXED = re.compile(rf"(?<![^\W_])({'|'.join(_PREFIXES)})(?![^\W_])")


def _check_prefix(field: str, text: str) -> None:
    """Refuse a milli where mega is usual, or mega where milli is; capitals alone tell nothing."""
    found = _PREFIXED.search(text)
    if found and not (text.isupper() and len(text) > len(found[0])):
        raise InputError(field, text, f"would be {_PREFIXES[found[0]]}")


def is_unit(target: Target, text: str) -> bool:
    """Return whether a text is a unit that a target may be given in."""
    return unit_name(text) in FACTORS[unit_name(target.unit)]


def list_units(target: Target) -> str:
    """List the units of a target for a reader."""
    return _SHOWN[unit_name(target.unit)]


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
    formula = _find_one(table, names, FORMULA, "formulas")
    value = _value(table, target, names)
    each = _find_one(table, names, UNIT, "units", needed=False)
    uncertainty = _uncertainty(table, target, names)
    weight = _find_one(table, names, WEIGHT, "weights", needed=False)
    stated = _stated_factor(table, target, value, names[value], unit)
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
    return _find_one(table, {name: plain_name(name) for name in table.columns}, FORMULA, "formulas")


def _find_one(
    table: Table, names: Mapping[str, str], known: Sequence[str], what: str, needed: bool = True
) -> str:
    """Find the column of one of some names."""
    matches = [name for name, plain in names.items() if plain in known]
    if len(matches) > 1:
        raise table.error(f"has two columns of {what} ({', '.join(matches)}); keep one")
    if needed and not matches:
        raise table.error(f"has no column {known[0]!r}; it has {_list_columns(names)}")
    return next(iter(matches), "")


def _value(table: Table, target: Target, names: Mapping[str, str]) -> str:
    base = base_name(target)
    matches = [
        n for n, plain in names.items() if _unit_of(target, plain, (base, "value")) is not None
    ]
    if len(matches) > 1:
        raise table.error(f"has several columns of values ({', '.join(matches)}); keep one")
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
    return f"has no column {target.name!r} or 'value'; it has{hint} rename the column"


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
    _check_prefix("column", name)
    factors = {field: factor(target, text, field) for field, text in said.items() if text}
    if len(set(factors.values())) > 1:
        both = "; ".join(f"{field}: {said[field]}" for field in factors)
        raise InputError("unit", said["unit"] or name, f"is contradicted ({both}); keep the right")
    return next(iter(factors.values()), None)


def _list_columns(names: Iterable[str]) -> str:
    """List the first columns of a file."""
    every = list(names)
    return ", ".join(map(repr, every[:8])) + (", …" if len(every) > 8 else "")
