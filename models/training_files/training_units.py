"""Units that users state their data in, and what turns them into the unit of a target."""

import re
from collections.abc import Mapping

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.targets import Target

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
    """Give the name of a target without its unit.

    Examples
    --------
    >>> from maiscreen.models.learning.targets import TARGETS
    >>> base_name(TARGETS["formation_energy_ev_atom"])
    'formation_energy'
    """
    return target.name.removesuffix(f"_{unit_name(target.unit)}")


def factor(target: Target, unit: str, field: str = "unit") -> float:
    """Give what turns a number in a unit into the unit of a target.

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
    """Tell whether a text is a unit that a target may be given in."""
    return unit_name(text) in FACTORS[unit_name(target.unit)]


def shown_units(target: Target) -> str:
    """List the units of a target for a reader."""
    return _SHOWN[unit_name(target.unit)]
