"""Migration barriers of metal phases by labels (F2): a bare barrier, and what vacancies cost.

docs/attributes.md has the rules.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.layer.anchor import MEASURED_PHASE
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.attributes.fidelity import LabelsByProperty
from maiscreen.models.labels.errors import FEWEST_PAIRS, SALTS

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

SODIUM_RICH = 1.0
"""Sodium for each M from which a phase is of the sodium-rich class."""

HIGHEST_IN_MEAN_EV = 1.0
"""Bare barrier that counts as the highest where a mean is taken, eV: nothing passes it, nor a
higher one [judgement]."""


class Barrier(NamedTuple):
    """A barrier with its own error, eV, and where it is from."""

    value: float
    std: float
    source: str


_Cost = Callable[[LabelsByProperty, str, float], tuple[float, float] | None]
"""Labels, phase and the anchored barrier → what vacancies cost and its own error, eV."""


def _cost_in_the_measured_layer(
    labels: LabelsByProperty, formula: str, anchored_ev: float
) -> tuple[float, float]:
    """Return the anchored barrier less the bare one of the same phase, whatever the formula.

    That one has no label but in a campaign's own folder; it lies between 0 and the anchored one,
    since no hop is less than free and no vacancy pays.
    """
    bare = labels.get((MEASURED_PHASE, "migration_barrier"))
    bare_ev = anchored_ev / 2 if bare is None else float(np.clip(bare.value, 0.0, anchored_ev))
    return anchored_ev - bare_ev, 0.0


def _cost_of_its_own_heat(
    labels: LabelsByProperty, formula: str, anchored_ev: float
) -> tuple[float, float] | None:
    heat = labels.get((formula, "vacancy_formation_energy"))
    return None if heat is None else (max(heat.value, 0.0), heat.std)


def _no_cost(labels: LabelsByProperty, formula: str, anchored_ev: float) -> tuple[float, float]:
    return 0.0, 0.0


_COSTS: Mapping[str, _Cost] = MappingProxyType(
    {
        "as_in_tin": _cost_in_the_measured_layer,
        "of_its_own_heat": _cost_of_its_own_heat,
        "everywhere": _no_cost,
    }
)
VACANCIES = tuple(_COSTS)
"""How many vacancies a metal phase has: as many as the layer from SnCl4, whose conductivity was
measured; those that its own heat makes; one beside every atom."""


def simulated_barrier(
    phase: Strings,
    sodium_per_metal: Floats,
    table: Estimate,
    vacancies: str,
    labels: LabelsByProperty,
) -> Estimate:
    """Put simulated barriers in the place of the one of all alloys, eV.

    A simulated barrier is that of the grains of a crystal, by all hops beside a vacancy; how many
    vacancies there are, no label says. A phase without a label has the mean and the standard
    deviation of those with one, of its class; the one that was measured stays as it is.

    Parameters
    ----------
    phase : Strings
        Metal phases, shape (n,).
    sodium_per_metal : Floats
        Sodium for each M, shape (n,); none in a bare metal, which stays as it is.
    table : Estimate
        Their barriers at F0, all the anchored one.
    vacancies : str
        One of :data:`VACANCIES`.
    labels : mapping
        What may be used of the labels.

    Returns
    -------
    Estimate
        With fidelity F2 where a label of the phase itself was used.
    """
    if not len(phase):
        return table
    anchored_ev = float(table.value[0])
    labelled = _labelled_barriers(labels, vacancies, anchored_ev)
    classes = _class_barriers(labels, labelled)
    unique, first, place = np.unique(phase, return_index=True, return_inverse=True)
    numbers, sources = np.full((len(unique), 2), np.nan), np.full(len(unique), "", dtype=object)
    own = np.isin(unique, list(labelled))
    for i, (formula, ratio) in enumerate(
        zip(unique.tolist(), sodium_per_metal[first].tolist(), strict=True)
    ):
        measured = formula == MEASURED_PHASE and vacancies == VACANCIES[0]
        known = labelled.get(formula) or classes.get(_is_rich(ratio))
        if known and ratio > 0 and not measured:
            numbers[i], sources[i] = known[:2], known.source
    value, std = numbers[place].T
    there = np.isfinite(value)
    return Estimate(
        np.where(there, value, table.value),
        np.where(there, std, table.std),
        np.where(there, sources[place].astype(np.str_), table.source),
        np.where(there & own[place], "F2", table.fidelity),
        table.shared,
    )


def _is_rich(sodium_per_metal: float) -> bool:
    return sodium_per_metal >= SODIUM_RICH


@lru_cache(maxsize=1024)
def sodium_ratio(formula: str) -> float:
    """Count the sodium for each other atom; 0 for what is no compound of sodium.

    Examples
    --------
    >>> sodium_ratio("Na15Sn4"), sodium_ratio("Na"), sodium_ratio("?")
    (3.75, 0.0, 0.0)
    """
    try:
        amount = parse_formula(formula)
    except InputError:
        return 0.0
    sodium = amount.pop("Na", 0)
    return sodium / sum(amount.values()) if amount else 0.0


def bare_barriers(labels: LabelsByProperty) -> dict[str, Barrier]:
    """Return the labelled barriers of compounds of sodium with metals, by formula."""
    return {
        formula: Barrier(label.value, label.std, f"{formula}: {label.source}")
        for (formula, name), label in labels.items()
        if name == "migration_barrier" and formula not in SALTS and sodium_ratio(formula) > 0
    }


def _labelled_barriers(
    labels: LabelsByProperty, vacancies: str, anchored_ev: float
) -> dict[str, Barrier]:
    """Add what vacancies cost to the labels, where it is known."""
    made = {}
    for formula, bare in bare_barriers(labels).items():
        cost = _COSTS[vacancies](labels, formula, anchored_ev)
        if cost is not None:
            std = float(np.hypot(bare.std, cost[1]))
            made[formula] = Barrier(bare.value + cost[0], std, bare.source)
    return made


def _class_barriers(
    labels: LabelsByProperty, labelled: Mapping[str, Barrier]
) -> dict[bool, Barrier]:
    """Take mean and standard deviation of each class that has enough labels, rich or not."""
    bare, made = bare_barriers(labels), {}
    for rich, name in ((True, "1 or more"), (False, "less than 1")):
        # In one order, whatever that of the labels: a sum must not change by its last digit.
        members = sorted(f for f in labelled if _is_rich(sodium_ratio(f)) == rich)
        if len(members) >= FEWEST_PAIRS:
            above = [max(bare[f].value - HIGHEST_IN_MEAN_EV, 0.0) for f in members]
            values = np.array([labelled[f].value for f in members]) - above
            source = f"mean of {len(members)} labelled phases with {name} Na for each M"
            made[rich] = Barrier(float(values.mean()), float(values.std(ddof=1)), source)
    return made
