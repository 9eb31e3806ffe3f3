"""Moduli by density functional theory beside those of potentials, of the same crystal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import table
from maiscreen.candidates.snapshot.training_data import moduli
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.attributes.crystal_data import usable_rows
from maiscreen.models.attributes.fidelity import LabelsByProperty

Strings = NDArray[np.str_]

MODULI = ("bulk_modulus", "shear_modulus", "youngs_modulus")
"""Properties of labels that the table has, Young's modulus as 9KG/(3K + G)."""


def single_row_moduli(formulas: Sequence[str]) -> dict[str, Mapping[str, float]]:
    """Return the moduli of compositions that have one usable row in the embedded table, GPa.

    It knows compositions, no structures: where it has several rows, which is meant is not known.

    Parameters
    ----------
    formulas : sequence of str
        Compositions.

    Returns
    -------
    dict of str to mapping
        Formula → property of :data:`MODULI` → GPa.
    """
    if not formulas:
        return {}
    known = _single_rows()
    keys = compositions(list(formulas)).key.tolist()
    return {f: known[key] for f, key in zip(formulas, keys, strict=True) if key in known}


@cache
def _single_rows() -> Mapping[str, Mapping[str, float]]:
    """Return composition → property → GPa; kept, since every estimate asks for some."""
    every = moduli()
    bulk, shear = (every[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    keys = compositions(every["formula"].to_pylist()).key.tolist()
    rows = Counter(keys)
    at = [i for i in np.flatnonzero(usable_rows(bulk, shear)).tolist() if rows[keys[i]] == 1]
    k, g = bulk[at], shear[at]
    values = np.column_stack([k, g, 9 * k * g / (3 * k + g)]).tolist()
    return {keys[i]: dict(zip(MODULI, row, strict=True)) for i, row in zip(at, values, strict=True)}


SAME_VOLUME, SAME_BULK_MODULUS = 0.08, 0.15
"""How far volume and bulk modulus of one crystal may be apart between a potential and density
functional theory, relative: decision 57 [judgement]."""


def prefer_computed(
    phase: Strings, computed: Estimate, labelled: Estimate, labels: LabelsByProperty, snapshot: str
) -> Estimate:
    """Put Young's moduli by density functional theory before a potential's, where of one crystal.

    Parameters
    ----------
    phase : Strings
        Metal phases, shape (n,).
    computed, labelled : Estimate
        Crystal data (F1), and the same with labels (F2) over them.
    labels : mapping
        What may be used of the labels.
    snapshot : str
        Folder of the campaign's own snapshot.
    """
    distinct, rows = np.unique(phase, return_inverse=True)
    first = np.isin(distinct, sorted(_of_the_same_crystal(distinct.tolist(), labels, snapshot)))
    return Estimate(
        *(
            np.where(first[rows], getattr(computed, name), getattr(labelled, name))
            for name in Estimate.__slots__
        )
    )


def _of_the_same_crystal(
    formulas: Sequence[str], labels: LabelsByProperty, snapshot: str
) -> frozenset[str]:
    """Choose the compositions whose tabulated modulus is one of the crystal that was simulated."""
    simulated = [f for f in formulas if (f, "youngs_modulus") in labels]
    crystals = _crystals(snapshot)
    keys = dict(zip(simulated, compositions(simulated).key.tolist(), strict=True))
    own = {f for f in simulated if keys[f] in crystals}
    rows = single_row_moduli([f for f in simulated if f not in own])
    return frozenset(
        {f for f in own if _is_alike(crystals[keys[f]], f, labels)}
        | {f for f, row in rows.items() if _is_as_stiff(row["bulk_modulus"], f, labels)}
    )


def _is_alike(crystal: tuple[str, float], formula: str, labels: LabelsByProperty) -> bool:
    """Compare space group and volume, Å3/atom."""
    volume = labels.get((formula, "volume"))
    groups = [] if volume is None else list(volume.details.get("space_groups", []))
    same = volume is not None and abs(volume.value / crystal[1] - 1) <= SAME_VOLUME
    return same and bool(groups) and groups[-1] == crystal[0]


def _is_as_stiff(bulk_gpa: float, formula: str, labels: LabelsByProperty) -> bool:
    label = labels.get((formula, "bulk_modulus"))
    return label is not None and abs(label.value / bulk_gpa - 1) <= SAME_BULK_MODULUS


@lru_cache(maxsize=8)
def _crystals(snapshot: str) -> Mapping[str, tuple[str, float]]:
    """Return space group and volume, Å3/atom, of the crystals whose moduli a snapshot has."""
    loaded = load_snapshot(snapshot)
    there = {row["material_id"] for row in table(loaded, "elasticity").to_pylist()}
    rows = [
        row
        for row in table(loaded, "materials").to_pylist()
        if row["used"] and row["material_id"] in there
    ]
    keys = compositions([row["formula"] for row in rows]).key.tolist() if rows else []
    return MappingProxyType(
        {
            key: (row["space_group"], row["volume_a3_atom"])
            for key, row in zip(keys, rows, strict=True)
        }
    )
