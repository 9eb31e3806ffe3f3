"""Which column of a user's table is what, and in which unit."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.targets import TARGETS, Target
from maiscreen.models.training_files.table import Table

EV_PER_KJ_MOL = 1 / 96.48533212
"""1 kJ/mol as eV for each particle; CODATA 2018, F = 96485.33212 C/mol."""

A3_PER_CM3_MOL = 1 / 0.602214076
"""1 cm3/mol as Å3 for each particle; CODATA 2018, N_A = 6.02214076e23 /mol."""

J_M2_PER_EV_A2 = 16.02176634
"""1 eV/Å2 as J/m2; CODATA 2018, e = 1.602176634e-19 C."""

FACTORS: Mapping[str, Mapping[str, float]] = {
    "gpa": {"pa": 1e-9, "kpa": 1e-6, "mpa": 1e-3, "gpa": 1.0, "tpa": 1e3, "kbar": 0.1},
    "ev_atom": {"ev_atom": 1.0, "mev_atom": 1e-3, "kj_mol_atom": EV_PER_KJ_MOL},
    "ev": {"ev": 1.0, "mev": 1e-3, "kj_mol": EV_PER_KJ_MOL, "kcal_mol": 4.184 * EV_PER_KJ_MOL},
    "a3_atom": {"a3_atom": 1.0, "nm3_atom": 1e3, "cm3_mol_atom": A3_PER_CM3_MOL},
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

_SPELLINGS = str.maketrans({"å": "a", "²": "2", "³": "3", "^": None, "−": "-"})

_WORDS = {"angstrom": "a", "ang": "a", "per": "", "atoms": "atom", "at": "atom"}


def plain_name(text: str) -> str:
    """Spell a name or unit in small letters, digits and single underscores.

    Examples
    --------
    >>> plain_name("Shear modulus (GPa)"), plain_name("kJ/(mol atom)"), plain_name("Å³/atom")
    ('shear_modulus_gpa', 'kj_mol_atom', 'a3_atom')
    """
    words = re.split(r"[\W_]+", text.strip().lower().translate(_SPELLINGS))
    return "_".join(word for word in words if word)


def unit_name(text: str) -> str:
    """Spell a unit plainly: no "per", Å as "a".

    Examples
    --------
    >>> unit_name("meV per atom"), unit_name("Angstrom^3/atom"), unit_name("J m^-2")
    ('mev_atom', 'a3_atom', 'j_m2')
    """
    # "m^-2" is "/m2": a power keeps its number, and all parts stand in one row.
    words = plain_name(re.sub(r"(?<=[a-zA-Z])\^?[-−](?=\d)", "", text)).split("_")
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
    if unit.strip() == "mPa":
        raise InputError(field, unit, "would be a thousandth of a pascal; write MPa")
    if name in FACTORS[kind]:
        return FACTORS[kind][name]
    remedy = f"is no unit of {base_name(target)}; give one of {_SHOWN[kind]}"
    if kind.endswith("_atom") and name in _PER_ATOM:
        remedy = f"does not say for how many atoms; give one of {_SHOWN[kind]}"
    raise InputError(field, unit, remedy)


def is_unit(target: Target, text: str) -> bool:
    """Return whether a text is a unit that a target may be given in."""
    return unit_name(text) in FACTORS[unit_name(target.unit)]


def list_units(target: Target) -> str:
    """List the units of a target for a reader."""
    return _SHOWN[unit_name(target.unit)]


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
    """Find the column of one of some names, the first of them first."""
    for wanted in known:
        matches = [name for name, plain in names.items() if plain == wanted]
        if len(matches) > 1:
            raise table.error(f"has two columns of {what} ({', '.join(matches)}); keep one")
        if matches:
            return matches[0]
    if needed:
        raise table.error(f"has no column {known[0]!r}; it has {_list_columns(names)}")
    return ""


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
    known = [n for n, plain in names.items() if _unit_of(target, plain, bases) is not None]
    if len(known) > 1:
        raise table.error(f"has several columns of uncertainties ({', '.join(known)}); keep one")
    return known[0] if known else ""


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
    factors = {field: factor(target, text, field) for field, text in said.items() if text}
    if len(set(factors.values())) > 1:
        both = "; ".join(f"{field}: {said[field]}" for field in factors)
        raise InputError("unit", said["unit"] or name, f"is contradicted ({both}); keep the right")
    return next(iter(factors.values()), None)


def _list_columns(names: Iterable[str]) -> str:
    """List the first columns of a file."""
    every = list(names)
    return ", ".join(map(repr, every[:8])) + (", …" if len(every) > 8 else "")


Floats = NDArray[np.float64]

_COMMA = re.compile(r"[-+]?[\d.]+(,\d+)+([eE][-+]?\d+)?")


def numbers(cells: Sequence[Any]) -> Floats:
    """Read cells as numbers, NaN where there is none; shape (n,).

    Examples
    --------
    >>> numbers(["12.5", " 1e3 ", "1,234", "", "=A1", "inf"]).tolist()
    [12.5, 1000.0, nan, nan, nan, inf]
    """
    if isinstance(cells, np.ndarray):
        return np.asarray(cells, dtype=np.float64)
    import pandas as pd

    plain = pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=object)
    return np.asarray(pd.to_numeric(plain, errors="coerce"), dtype=np.float64)


def is_empty(cells: Sequence[Any]) -> NDArray[np.bool_]:
    """Find which cells hold nothing, shape (n,)."""
    if isinstance(cells, np.ndarray):
        return np.asarray(np.isnan(cells))
    empty = (cell is None or not str(cell).strip() for cell in cells)
    return np.fromiter(empty, dtype=bool, count=len(cells))


def why_no_number(cell: object) -> str:
    """Explain why a cell is no number that can be used.

    Examples
    --------
    >>> why_no_number("1,234")
    "'1,234' has a comma: write 1234 or 1.234"
    >>> why_no_number("=B2*2"), why_no_number("n/a")
    ("'=B2*2' is a formula of a spreadsheet: save its value", "'n/a' is no number")
    """
    text = "" if cell is None else str(cell).strip()
    if not text:
        return "has no value"
    if isinstance(cell, float) and math.isnan(cell):
        return "has no value (NaN)"
    shown = repr(text[:40])
    if text.startswith(("=", "@")):
        return f"{shown} is a formula of a spreadsheet: save its value"
    if _COMMA.fullmatch(text):
        head, _, tail = text.partition(",")
        either = f": write {head}{tail} or {head}.{tail}" if tail.isdigit() else ""
        return f"{shown} has a comma{either}"
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return f"{shown} is not finite"
    return f"{shown} is no number"
