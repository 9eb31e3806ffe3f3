"""What a model is trained on: compositions and values of one property, with errors and weights."""

import hashlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.learning.targets import LABELLED, MEASURED, Target, target

Floats = NDArray[np.float64]

EMBEDDED = "embedded"
"""Name of the data that come with the project."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """Rows to learn from; arrays of shape (n,).

    Attributes
    ----------
    target : str
        Of :data:`maiscreen.models.learning.targets.TARGETS`.
    formulas : tuple of str
        One for each row; a composition may have several (polymorphs, repeated measurements).
    values : Floats
        In the target's unit.
    stds : Floats
        Standard deviations in the target's unit, NaN where they are not known.
    weights : Floats
        How much each row counts, above 0.
    source : str
        Where the rows come from.
    own : Target or None
        The target, where it is the user's own.
    bounds : NDArray[np.int8] or None
        -1 where the value is an upper bound (``< 1e-10``), 1 where it is a lower one, else 0; None
        where all are values.
    groups : NDArray[np.str_] or None
        What the user groups the rows by in tests, where that is not the chemical system.
    """

    target: str
    formulas: tuple[str, ...]
    values: Floats
    stds: Floats
    weights: Floats
    source: str
    own: Target | None = None
    bounds: NDArray[np.int8] | None = None
    groups: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.formulas)

    @property
    def kind(self) -> Target:
        """The target, with unit, scale and limits."""
        return self.own or target(self.target)

    @property
    def censored(self) -> NDArray[np.bool_]:
        """Whether the value of a row is a bound, shape (n,)."""
        if self.bounds is None:
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self.bounds != 0)

    def measured(self) -> "Training":
        """Return the rows whose value is no bound."""
        return self.take(np.flatnonzero(~self.censored))

    @property
    def sha256(self) -> str:
        """Hash of all rows, in their order, the same on every machine."""
        digest = hashlib.sha256(f"{self.target}\n".encode())
        if self.bounds is not None:
            digest.update(self.bounds.astype("<i1").tobytes())
        numbers = np.stack([self.values, self.stds, self.weights], axis=1).astype("<f8")
        digest.update("\n".join(self.formulas).encode())
        digest.update(numbers.tobytes())
        return digest.hexdigest()

    def take(self, rows: NDArray[np.intp]) -> "Training":
        """Return some of the rows, by their numbers."""
        return Training(
            self.target,
            tuple(self.formulas[row] for row in rows.tolist()),
            self.values[rows],
            self.stds[rows],
            self.weights[rows],
            self.source,
            self.own,
            None if self.bounds is None else self.bounds[rows],
            None if self.groups is None else self.groups[rows],
        )


def unweighted_training(
    name: str, formulas: tuple[str, ...], values: Floats, source: str
) -> Training:
    """Make rows that all count alike, their errors unknown.

    Parameters
    ----------
    name : str
        Target.
    formulas : tuple of str
        Shape (n,).
    values : Floats
        In the target's unit, shape (n,).
    source : str
        Where they come from.
    """
    n = len(formulas)
    return Training(name, formulas, values, np.full(n, np.nan), np.ones(n), source)


@cache
def embedded_training(name: str) -> Training:
    """Return the rows that come with the project.

    Moduli are those of matbench (Materials Project, 10,987 rows), energies and volumes those of
    CritExam and OQMD (85,014 rows, see candidates/data/SOURCES); barriers, vacancies and works of
    adhesion the labels of the interatomic potential that passed their checks.

    Parameters
    ----------
    name : str
        Target.

    Raises
    ------
    InputError
        If there is no such target.
    """
    target(name)
    if name in MEASURED:
        return unweighted_training(name, (), np.empty(0), "")
    if name in LABELLED:
        return _labels(name)
    from maiscreen.candidates.snapshot.training_data import energies, moduli

    if name in ("formation_energy_ev_atom", "volume_a3_atom"):
        table = energies()
        values = table[name].to_numpy()
        there = np.isfinite(values)
        formulas = np.array(table["formula"].to_pylist(), dtype=object)[there]
        return unweighted_training(name, tuple(formulas), values[there], EMBEDDED)
    table = moduli()
    formulas = tuple(table["formula"].to_pylist())
    if name != "youngs_modulus_gpa":
        return unweighted_training(name, formulas, table[name].to_numpy(), EMBEDDED)
    bulk, shear = (table[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    return unweighted_training(name, formulas, 9 * bulk * shear / (3 * bulk + shear), EMBEDDED)


def _labels(name: str) -> Training:
    from maiscreen.models.labels.evidence import evidence

    by_formula = {f: e for (f, kind), e in evidence().items() if kind == LABELLED[name]}
    formulas = tuple(sorted(by_formula))
    values, stds = (
        np.array([getattr(by_formula[f], field) for f in formulas], dtype=np.float64)
        for field in ("value", "std")
    )
    return Training(name, formulas, values, stds, np.ones(len(formulas)), EMBEDDED)


MOST_VALUES = 0.9
"""Share of the rows whose spread is looked at: that of the intervals. What the others hold would
leave these intervals without a width."""


def effective_rows(weights: Floats) -> float:
    """Return how many rows of equal weight weighted ones are worth: (Σw)² / Σw².

    L. Kish, Survey Sampling (1965).

    Examples
    --------
    >>> effective_rows(np.ones(20)), round(effective_rows(np.array([9.0, 1.0, 1.0])), 2)
    (20.0, 1.46)
    """
    share = weights / weights.max()
    return float(share.sum() ** 2 / (share**2).sum())


KNOWN_TO = 1e-4
"""Share of itself to which a value is known at best [judgement]: volumes come near it."""


def why_nothing_to_learn(training: Training) -> str:
    """Explain why the values of rows do not differ by more than they are known to; "" if they do.

    They are known to their last digit, to their stated error, and to :data:`KNOWN_TO` of themselves
    at best: to the coarsest of these, each that of the median row.

    Examples
    --------
    >>> same = np.array([10.0] * 69 + [10.000001])
    >>> rows = unweighted_training("shear_modulus_gpa", ("NaSn",) * 70, same, "")
    >>> why_nothing_to_learn(rows)[:13]
    'hardly varies'
    """
    values, stds = training.values, training.stds[np.isfinite(training.stds)]
    stated = float(np.median(stds)) if 2 * len(stds) > len(values) else 0.0
    known = max(KNOWN_TO * float(np.median(np.abs(values))), stated, _last_digit(values))
    rising, count = np.sort(values), math.ceil(MOST_VALUES * len(values))
    spread = float((rising[count - 1 :] - rising[: len(rising) - count + 1]).min())
    if spread and spread >= known:
        return ""
    unit = training.kind.unit
    return (
        f"hardly varies: {MOST_VALUES:.0%} of its values lie within {spread:.3g} {unit} of each "
        f"other, and are known to {known:.3g}; give rows that differ by more".replace("%", " %")
    )


def _last_digit(values: Floats) -> float:
    """Return the unit of the last decimal that at least half of the values need; 1 at most."""
    for decimals in range(_DECIMALS):
        if 2 * int((values.round(decimals) == values).sum()) >= len(values):
            return float(10.0**-decimals)
    return 0.0


_DECIMALS = 16
