"""From labels of an interatomic potential (F2) to what the attributes are made of."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.descriptors.layer.transport import ALLOY_BARRIER_EV, ALLOY_BARRIER_STD_EV
from maiscreen.models.labels.evidence import SALTS, Evidence, evidence

Strings = NDArray[np.str_]
LabelsByProperty = Mapping[tuple[str, str], Evidence]

ANCHORS = ("NaSn", "Na15Sn4")
"""Phases on either side of the paper's Na7Sn12 in its layer, whose conductivity was measured."""


def apply_labels(
    name: str,
    formulas: tuple[Strings, Strings],
    tables: tuple[Estimate, Estimate],
    labels: LabelsByProperty | None = None,
) -> tuple[Estimate, Estimate]:
    """Put labels in the place of tabulated values, wherever there are some that may be used.

    Parameters
    ----------
    name : str
        Property of a label: ``youngs_modulus`` or ``work_of_adhesion``.
    formulas : tuple of Strings
        Metal phases and salts, shape (n,) each.
    tables : tuple of Estimate
        Their values at F0.
    labels : mapping, optional
        What may be used of the labels; the embedded ones if left out.

    Returns
    -------
    tuple of Estimate
        With fidelity F2 where a label was used.
    """
    found = evidence() if labels is None else labels
    first, second = (
        _overlay(name, formula, table, found, read)
        for formula, table, read in zip(formulas, tables, _READERS[name], strict=True)
    )
    return first, second


def simulated_salt_barrier(
    salt: Strings, table: Estimate, labels: LabelsByProperty | None = None
) -> Estimate:
    """Put simulated barriers in the place of tabulated ones, eV: both of one hop in NaX."""
    found = evidence() if labels is None else labels
    return _overlay("migration_barrier", salt, table, found, _label_value)


def simulated_barrier(
    phase: Strings, table: Estimate, vacancies: str, labels: LabelsByProperty | None = None
) -> Estimate:
    """Put simulated barriers in the place of the one of all alloys, eV.

    A simulated barrier is that of one hop beside a vacancy; how many vacancies there are, no
    label says. The barrier at F0 is the one that gives the paper's conductivity, vacancies
    and all, so both cannot stand in one ranking as they are.

    Parameters
    ----------
    phase : Strings
        Metal phases, shape (n,).
    table : Estimate
        Their barriers at F0.
    vacancies : str
        One of :data:`VACANCIES`.
    labels : mapping, optional
        What may be used of the labels; the embedded ones if left out.
    """
    found = evidence() if labels is None else labels
    return _overlay("migration_barrier", phase, table, found, _VACANCIES[vacancies])


def _label_value(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> tuple[float, float] | None:
    return label.value, label.std


def _anchor_to_tin(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> tuple[float, float] | None:
    """Add what tin's phases lack to the measured conductivity, as if all had tin's vacancies."""
    tin = [labels.get((anchor, "migration_barrier")) for anchor in ANCHORS]
    known = [one.value for one in tin if one is not None]
    if not known:
        return None
    missing = ALLOY_BARRIER_EV - sum(known) / len(known)
    return label.value + missing, float(np.hypot(label.std, ALLOY_BARRIER_STD_EV))


def _with_own_vacancies(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> tuple[float, float] | None:
    cost = labels.get((formula, "vacancy_formation_energy"))
    if cost is None:
        return None
    return label.value + max(cost.value, 0.0), float(np.hypot(label.std, cost.std))


def _with_measured_sodium(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> tuple[float, float] | None:
    """Take sodium's own surface from experiment, in the work of adhesion to a salt.

    W = γ_Na + γ_salt − γ_interface, and the potentials' γ_Na is less than half of the measured
    one. How much of that error the interface shares is not known: between all (no correction)
    and nothing (a correction of the whole difference, taken here), so half of it is an error.
    The label of sodium on sodium is 2γ_Na of the potential.
    """
    own = labels.get(("Na", "work_of_adhesion"))
    if own is None or any((salt, "work_of_adhesion") not in labels for salt in SALTS):
        return None  # all four, or none: the tabulated ones lack the correction
    correction = (COHESION_OF_SODIUM_J_M2 - own.value) / 2
    return label.value + correction, float(np.hypot(label.std, correction / 2))


def _without_interface(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> tuple[float, float] | None:
    """Return what F0 gives for a metal phase, 2γ_Na − γ_interface, from the label of W.

    γ_interface = γ_Na + γ_phase − W, all of the potential. γ_phase is half of what the cut costs,
    before relaxation: a tenth of it is an error [judgement].
    """
    own, cut = labels.get(("Na", "work_of_adhesion")), label.details.get("cleavage_j_m2")
    if own is None or cut is None:
        return None
    interface = own.value / 2 + cut / 2 - label.value
    return COHESION_OF_SODIUM_J_M2 - interface, float(np.hypot(label.std, 0.1 * cut / 2))


_LabelReader = Callable[[Evidence, LabelsByProperty, str], tuple[float, float] | None]

_VACANCIES: Mapping[str, _LabelReader] = MappingProxyType(
    {
        "as_in_tin": _anchor_to_tin,
        "of_its_own_heat": _with_own_vacancies,
        "everywhere": _label_value,
    }
)
VACANCIES = tuple(_VACANCIES)
"""How many vacancies a metal phase has: as many as tin's phases, whose conductivity was measured;
those that its own heat makes; one beside every atom."""

_READERS: Mapping[str, tuple[_LabelReader, _LabelReader]] = MappingProxyType(
    {
        "work_of_adhesion": (_without_interface, _with_measured_sodium),
        "youngs_modulus": (_label_value, _label_value),
    }
)
"""How labels of metal phases and of salts are read."""


def _overlay(
    name: str,
    formulas: Strings,
    table: Estimate,
    labels: LabelsByProperty,
    read: _LabelReader,
) -> Estimate:
    unique, place = np.unique(formulas, return_inverse=True)
    values = np.full((len(unique), 2), np.nan)
    sources = np.full(len(unique), "", dtype=object)
    for i, formula in enumerate(unique.tolist()):
        label = labels.get((formula, name))
        pair = None if label is None else read(label, labels, formula)
        if label is not None and pair is not None:
            values[i], sources[i] = pair, f"{formula}: {label.source}"
    value, std = values[place].T
    there = np.isfinite(value)
    return Estimate(
        np.where(there, value, table.value),
        np.where(there, std, table.std),
        np.where(there, sources[place].astype(np.str_), table.source),
        np.where(there, "F2", table.fidelity),
    )
