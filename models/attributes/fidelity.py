"""From labels of an interatomic potential (F2) to what the attributes are made of."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.labels.errors import SALTS
from maiscreen.models.labels.evidence import Evidence, evidence

Strings = NDArray[np.str_]
LabelsByProperty = Mapping[tuple[str, str], Evidence]

_Reading = tuple[float, float, float]  # value, its own error, the error shared by all such


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
        _overlay(name, formula, table, found, _READERS[name])
        for formula, table in zip(formulas, tables, strict=True)
    )
    return first, second


def simulated_salt_barrier(
    salt: Strings, table: Estimate, labels: LabelsByProperty | None = None
) -> Estimate:
    """Put simulated barriers of NaX in the place of tabulated ones, eV."""
    found = evidence() if labels is None else labels
    return _overlay("migration_barrier", salt, table, found, _label_value)


def _label_value(label: Evidence, labels: LabelsByProperty, formula: str) -> _Reading | None:
    return label.value, label.std, 0.0


def _with_measured_sodium(
    label: Evidence, labels: LabelsByProperty, formula: str
) -> _Reading | None:
    """Take sodium's own surface from experiment, in the work of adhesion to any phase.

    W = γ_Na + γ_phase − γ_interface, and the potentials' γ_Na is less than half of the measured
    one. How much of that error the interface shares is not known: between all (no correction)
    and nothing (a correction of the whole difference, taken here), so half of it is an error.
    The label of sodium on sodium is 2γ_Na of the potential, the same that gave the label.
    """
    sodium = labels.get(("Na", "work_of_adhesion"))
    own = None if sodium is None else sodium.value_of(label.models[0])
    if own is None:
        return None
    if formula in SALTS and any((salt, "work_of_adhesion") not in labels for salt in SALTS):
        return None  # all four, or none: the tabulated ones lack the correction
    correction = (COHESION_OF_SODIUM_J_M2 - own) / 2
    return label.value + correction, label.std, abs(correction) / 2


_LabelReader = Callable[[Evidence, LabelsByProperty, str], _Reading | None]


_READERS: Mapping[str, _LabelReader] = MappingProxyType(
    {"work_of_adhesion": _with_measured_sodium, "youngs_modulus": _label_value}
)
"""How labels are read, of metal phases and salts alike."""


def _overlay(
    name: str,
    formulas: Strings,
    table: Estimate,
    labels: LabelsByProperty,
    read: _LabelReader,
) -> Estimate:
    unique, place = np.unique(formulas, return_inverse=True)
    values = np.full((len(unique), 3), np.nan)
    sources = np.full(len(unique), "", dtype=object)
    for i, formula in enumerate(unique.tolist()):
        label = labels.get((formula, name))
        reading = None if label is None else read(label, labels, formula)
        if label is not None and reading is not None:
            values[i], sources[i] = reading, f"{formula}: {label.source}"
    value, std, shared = values[place].T
    there = np.isfinite(value)
    return Estimate(
        np.where(there, value, table.value),
        np.where(there, std, table.std),
        np.where(there, sources[place].astype(np.str_), table.source),
        np.where(there, "F2", table.fidelity),
        np.where(there, shared, table.shared),
    )
