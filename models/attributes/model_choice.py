"""The table that chooses the default potential: how far each one is from what is known.

What is compared, against what, and which measure decides was fixed before it was computed:
docs/decisions/0048-potentials-are-entries.md.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from maiscreen.candidates.chemistry.elements import youngs_modulus_gpa
from maiscreen.descriptors.reaction.salts import SALTS as SALT_TABLE
from maiscreen.models.attributes.computed_moduli import MODULI, single_row_moduli
from maiscreen.models.labels.comparison import references
from maiscreen.models.labels.errors import SALTS
from maiscreen.models.labels.hops import Hop, load_hops
from maiscreen.models.labels.labels import Label

MISS_LN, MISS_EV_ATOM, MISS_EV = math.log(3), 0.1, 0.5
"""What counts for a simulation that is unstable or has no result [judgement]."""

_Known = Mapping[tuple[str, str], float]
"""Formula and property → what is known of it."""

_Simulated = Mapping[tuple[str, str], float | None]
"""Formula and property → what one model says; None where it has no result."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How far two models are from what is known, over what both have simulated.

    Attributes
    ----------
    letter, what, unit : str
        As the decision has them.
    count : int
        Values compared; 0 where there is none.
    missed : tuple of int
        Of them without a value, by model.
    model, default : float
        The measure of each; NaN where nothing can be compared.
    """

    letter: str
    what: str
    unit: str
    count: int
    missed: tuple[int, int]
    model: float
    default: float

    @property
    def log_ratio(self) -> float:
        """Logarithm of the model's measure in that of the default: below 0 it is nearer."""
        if not self.count:
            return math.nan
        return math.log(max(self.model, _LEAST) / max(self.default, _LEAST))

    @property
    def counts(self) -> bool:
        """Whether it has a say in the choice."""
        return self.count >= (FEWEST_HOPS if self.letter == "E" else 1)


def measures(
    labels: Iterable[Label], model: str, default: str, hops: Iterable[Hop] | None = None
) -> tuple[Measure, ...]:
    """Compare a model with the default, measure by measure.

    Parameters
    ----------
    labels : iterable of Label
        All labels; whether they passed their checks does not matter.
    model, default : str
        Names of two models.
    hops : iterable of Hop, optional
        Published hops by potentials; the embedded ones if left out.
    """
    by_model: dict[str, dict[tuple[str, str], float | None]] = {model: {}, default: {}}
    for label in labels:
        if label.model in by_model:
            by_model[label.model][label.formula, label.property] = label.value
    published = tuple(load_hops() if hops is None else hops)
    for hop in published:
        if hop.model in by_model:
            by_model[hop.model][hop.path, _HOP] = hop.barrier_ev
    both = by_model[model], by_model[default]
    return (
        _measure("A", "Young's modulus of elements", _elements(both), both, _log_ratio, median),
        _measure("B", "Young's modulus of salts", _salts(), both, _log_ratio, fmean),
        _measure("C", "K and G of compounds", _compounds(both), both, _log_ratio, median),
        _measure("D", "formation energy of salts", _formation(), both, _in_energy, fmean),
        _measure("E", "published hops", _hops(published), both, _in_barrier, median),
    )


_HOP = "hop"
"""Stands for the property where a path stands for the formula."""

FEWEST_HOPS = 11
"""NaCl's and ten more, below which the hops do not count."""

_LEAST = 1e-9
"""A measure of zero, as far as its logarithm goes."""

_UNITS = {"D": "eV/atom", "E": "eV"}


def _measure(
    letter: str,
    what: str,
    known: _Known,
    both: tuple[_Simulated, _Simulated],
    error: Callable[[float | None, float], float],
    over_all: Callable[[list[float]], float],
) -> Measure:
    shared = [key for key in known if all(key in labels for labels in both)]
    values = [[labels[key] for key in shared] for labels in both]
    missed = tuple(sum(value is None for value in column) for column in values)
    errors = [
        [error(value, known[key]) for key, value in zip(shared, column, strict=True)]
        for column in values
    ]
    first, second = (over_all(column) if column else math.nan for column in errors)
    unit = _UNITS.get(letter, "abs ln")
    return Measure(letter, what, unit, len(shared), (missed[0], missed[1]), first, second)


def _log_ratio(value: float | None, known: float) -> float:
    return MISS_LN if value is None or value <= 0 else abs(math.log(value / known))


def _in_energy(value: float | None, known: float) -> float:
    return MISS_EV_ATOM if value is None else abs(value - known)


def _in_barrier(value: float | None, known: float) -> float:
    return MISS_EV if value is None else abs(value - known)


def _elements(both: tuple[_Simulated, _Simulated]) -> _Known:
    """Return the measured moduli of the elements that are simulated."""
    there = {formula for labels in both for formula, name in labels if name == "youngs_modulus"}
    symbols = sorted(f for f in there if f.isalpha() and sum(map(str.isupper, f)) == 1)
    values = youngs_modulus_gpa(np.array(symbols, dtype=np.str_)).tolist() if symbols else []
    return {
        (symbol, "youngs_modulus"): value
        for symbol, value in zip(symbols, values, strict=True)
        if math.isfinite(value)
    }


def _salts() -> _Known:
    return {
        (f, "youngs_modulus"): SALT_TABLE[f.removeprefix("Na")].youngs_modulus_gpa for f in SALTS
    }


def _compounds(both: tuple[_Simulated, _Simulated]) -> _Known:
    """Return K and G of the compounds of which the embedded table has one usable row."""
    formulas = {f for labels in both for f, name in labels if name == "bulk_modulus"} - {*SALTS}
    known = single_row_moduli(sorted(f for f in formulas if "Na" in f and f != "Na"))
    return {(f, name): of[name] for f, of in known.items() for name in MODULI[:2]}


def _formation() -> _Known:
    return {
        (one.formula, one.property): one.low
        for one in references()
        if one.property == "formation_energy"
    }


def _hops(published: Iterable[Hop]) -> _Known:
    """Return the published hops, and the paper's in NaCl."""
    paper = {
        (one.formula, one.property): one.low
        for one in references()
        if (one.formula, one.property) == ("NaCl", "migration_barrier")
    }
    return paper | {(hop.path, _HOP): hop.published_ev for hop in published}
