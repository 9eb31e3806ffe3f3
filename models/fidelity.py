"""From labels of an interatomic potential (F2) to what the attributes are made of."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer import Estimate
from maiscreen.models.evidence import Evidence, evidence

Strings = NDArray[np.str_]
Found = Mapping[tuple[str, str], Evidence]


def simulated(
    name: str,
    formulas: tuple[Strings, Strings],
    tables: tuple[Estimate, Estimate],
    labels: Found | None = None,
) -> tuple[Estimate, Estimate]:
    """Put labels in the place of tabulated values, wherever there are some that may be used.

    Parameters
    ----------
    name : str
        Property of a label.
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
    read = _READERS.get(name, _as_it_is)
    first, second = (
        _overlaid(name, formula, table, found, read)
        for formula, table in zip(formulas, tables, strict=True)
    )
    return first, second


def with_vacancies(barrier: Estimate, phase: Strings, labels: Found | None = None) -> Estimate:
    """Add the formation energy of a vacancy to a simulated barrier, eV."""
    found = evidence() if labels is None else labels
    zero = np.zeros(phase.shape)
    plain = Estimate(zero, zero, np.full(phase.shape, ""), np.full(phase.shape, "F0"))
    cost = _overlaid("vacancy_formation_energy", phase, plain, found, _as_it_is)
    value = np.where(barrier.fidelity == "F2", np.maximum(cost.value, 0.0), 0.0)
    std = np.where(barrier.fidelity == "F2", cost.std, 0.0)
    return Estimate(
        barrier.value + value, np.hypot(barrier.std, std), barrier.source, barrier.fidelity
    )


def cohesion_of_simulated_sodium_j_m2(labels: Found) -> float | None:
    """Work that parts the potential's own sodium, J/m²; None without a label.

    The label of sodium on sodium is 2γ_Na of the potential.
    """
    label = labels.get(("Na", "work_of_adhesion"))
    return None if label is None else label.value


def _as_it_is(label: Evidence, labels: Found) -> tuple[float, float] | None:
    return label.value, label.std


def _with_measured_sodium(label: Evidence, labels: Found) -> tuple[float, float] | None:
    """Take sodium's own surface from experiment.

    W = γ_Na + γ_phase − γ_interface, and the potentials' γ_Na is less than half of the measured
    one. How much of that error the interface shares is not known: between all (no correction)
    and nothing (a correction of the whole difference, taken here), so half of it is an error.
    """
    cohesion = cohesion_of_simulated_sodium_j_m2(labels)
    if cohesion is None:
        return None
    correction = (COHESION_OF_SODIUM_J_M2 - cohesion) / 2
    return label.value + correction, float(np.hypot(label.std, correction / 2))


_READERS: Mapping[str, Callable[[Evidence, Found], tuple[float, float] | None]] = MappingProxyType(
    {"work_of_adhesion": _with_measured_sodium}
)


def _overlaid(
    name: str,
    formulas: Strings,
    table: Estimate,
    labels: Found,
    read: Callable[[Evidence, Found], tuple[float, float] | None],
) -> Estimate:
    unique, place = np.unique(formulas, return_inverse=True)
    values = np.full((len(unique), 2), np.nan)
    sources = np.full(len(unique), "", dtype=object)
    for i, formula in enumerate(unique.tolist()):
        label = labels.get((formula, name))
        pair = None if label is None else read(label, labels)
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
