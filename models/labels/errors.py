"""How far a label may be wrong: the spread of models, scaled by how wrong it was where one knows.

Decision 57 has the rule. Differences of volumes and moduli are logarithms (:data:`RELATIVE`), of
everything else they are in the property's unit.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RELATIVE = ("volume", "bulk_modulus", "shear_modulus", "youngs_modulus")
"""Properties whose differences are compared as logarithms; the others' in their unit."""

SALTS = ("NaF", "NaCl", "NaBr", "NaI")
"""Models agree on salts far better than on alloys: their differences are not pooled."""

FEWEST_PAIRS = 5
"""Phases with two opinions, below which their root mean square says little [judgement]."""

UNTESTED: Mapping[str, float] = {
    "formation_energy": 0.04,
    "volume": 0.03,
    "bulk_modulus": 0.25,
    "shear_modulus": 0.25,
    "youngs_modulus": 0.25,
    "migration_barrier": 0.1,
    "vacancy_formation_energy": 1.0,
    "work_of_adhesion": 0.15,
}
"""Difference of two models where too few phases have two [judgement]: logarithms for
:data:`RELATIVE`, else in the property's unit. The energy of an alloy is worth 0.04 eV/atom as
functionals differ (descriptors/alloys/records.py); vacancies in NaCl differ by more than 1 eV
between models."""

SCALE: Mapping[str, float] = {
    "formation_energy": 0.961,
    "volume": 3.018,
    "bulk_modulus": 2.19,
    "shear_modulus": 2.51,
    "youngs_modulus": 2.594,
    "migration_barrier": 0.732,
    "vacancy_formation_energy": 1.0,
    "work_of_adhesion": 1.0,
}
"""Standard deviation in units of the spread. Measured by
:mod:`maiscreen.models.attributes.label_errors`, but for the last two, of which nothing is known."""

NORMAL_90 = 1.645
"""Standard deviations on either side that hold 90 % of a normal distribution."""

_Values = Mapping[str, Mapping[str, float]]
"""Formula → model → value, the model that gives the value first."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far models are apart about a value.

    Attributes
    ----------
    value : float
        Half of its own differences and half of the pool's, as squares; all of the pool's where
        there is one opinion. Logarithm or unit, as :func:`difference`.
    source : str
        What it stands on, in a few words.
    """

    value: float
    source: str


def difference(name: str, value: float, other: float) -> float:
    """Return how far another value is from one: a logarithm for :data:`RELATIVE`, else in the unit.

    Examples
    --------
    >>> round(difference("volume", 20.0, 22.0), 3)
    0.095
    >>> round(difference("work_of_adhesion", 0.5, 0.4), 3)
    -0.1
    """
    return math.log(other / value) if name in RELATIVE else other - value


def differences(name: str, values: _Values) -> dict[str, dict[str, float]]:
    """Return how other models differ from the one that gives the value.

    Parameters
    ----------
    name : str
        Property.
    values : mapping
        Formula → model → value, the model that gives it first.

    Returns
    -------
    dict of str to dict
        Formula → other model → difference, where there is more than one.
    """
    apart: dict[str, dict[str, float]] = {}
    for formula, by_model in values.items():
        (_, first), *others = by_model.items()
        for model, other in others:
            apart.setdefault(formula, {})[model] = difference(name, first, other)
    return apart


def spreads(name: str, values: _Values, left_out: str = "") -> dict[str, Spread]:
    """Return how far models are apart about each value.

    Parameters
    ----------
    name : str
        Property.
    values : mapping
        Formula → model → value, the model that gives it first.
    left_out : str
        Formula whose differences say nothing of others.
    """
    apart = differences(name, values)
    pooled = {formula: each for formula, each in apart.items() if formula != left_out}
    pools = {salts: _pool(name, pooled, salts) for salts in (False, True)}
    return {f: _spread(apart.get(f, {}), *pools[f in SALTS]) for f in values}


def standard_deviation(name: str, value: float, spread: float) -> float:
    """Return the error of the model, one standard deviation in the property's unit.

    Parameters
    ----------
    name : str
        Property.
    value, spread : float
        In the property's unit, and of :func:`spreads`.
    """
    return SCALE[name] * spread * (abs(value) if name in RELATIVE else 1.0)


def _pool(name: str, apart: Mapping[str, Mapping[str, float]], salts: bool) -> tuple[float, bool]:
    """Return the differences of a class as one, and whether they were seen."""
    alike = [each for formula, each in apart.items() if (formula in SALTS) == salts]
    if len(alike) < FEWEST_PAIRS:
        return UNTESTED[name], False
    return root_mean_square(root_mean_square(each.values()) for each in alike), True


def _spread(own: Mapping[str, float], pool: float, seen: bool) -> Spread:
    if own:
        differ = f"{', '.join(own)} {'differs' if len(own) == 1 else 'differ'}"
        return Spread(root_mean_square([root_mean_square(own.values()), pool]), differ)
    return Spread(pool, "as models differ over all phases" if seen else "untested")


def root_mean_square(values: Iterable[float]) -> float:
    """Return the root of the mean of squares; of at least one value."""
    squares = [value**2 for value in values]
    return math.sqrt(math.fsum(squares) / len(squares))
