"""Units of values, and what turns a number in one into that of a target."""

import re
from collections.abc import Mapping

from maiscreen.candidates.chemistry.constants import (
    CM3_MOL_PER_A3,
    J_M2_PER_EV_A2,
    KJ_MOL_PER_EV,
)
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.table import plain_name
from maiscreen.models.learning.targets import Target

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
    return plain_name(target.name).removesuffix(f"_{unit_name(target.unit)}")


def _factors(target: Target) -> Mapping[str, float]:
    """Return the units that a target may be given in; its own alone where it is another's."""
    kind = unit_name(target.unit)
    return FACTORS.get(kind, {kind: 1.0})


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
    check_prefix(field, unit)
    if name in (known := _factors(target)):
        return known[name]
    remedy = f"is no unit of {base_name(target)}; give one of {list_units(target)}"
    if kind.endswith("_atom") and name in _PER_ATOM:
        remedy = f"does not say for how many atoms; give one of {list_units(target)}"
    raise InputError(field, unit, remedy)


_PREFIXES = {
    "mPa": "a thousandth of a pascal; write MPa",
    "MeV": "a million eV; write meV",
    "MJ": "a million J; write mJ",
    "MS": "a million S; write mS",
}
_PREFIXED = re.compile(rf"(?<![^\W_])({'|'.join(_PREFIXES)})(?![^\W_])")


def check_prefix(field: str, text: str) -> None:
    """Refuse a milli where mega is usual, or mega where milli is; capitals alone tell nothing.

    Raises
    ------
    InputError
        If the text has one.
    """
    found = _PREFIXED.search(text)
    if found and not (text.isupper() and len(text) > len(found[0])):
        raise InputError(field, text, f"would be {_PREFIXES[found[0]]}")


def is_unit(target: Target, text: str) -> bool:
    """Return whether a text is a unit that a target may be given in."""
    return unit_name(text) in _factors(target)


def list_units(target: Target) -> str:
    """List the units of a target for a reader."""
    return _SHOWN.get(unit_name(target.unit), target.unit or "none: it is a pure number")
