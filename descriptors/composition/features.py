"""Features of compositions for the learned models: Magpie's statistics and what goes with them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import ELEMENTS, Compositions
from maiscreen.candidates.rounding import exponential, significant
from maiscreen.descriptors.composition.statistics import (
    BONDING,
    MAGPIE,
    MATSCHOLAR,
    STATISTICS,
    blocks,
    bonding_table,
    magpie_table,
    matscholar_table,
    means,
    pair_sums,
    statistics,
    summed,
)

Floats = NDArray[np.float64]

NORMS = (2, 3, 5, 7, 10)
"""Powers of the norms of the stoichiometry, beside the number of elements (the 0-norm)."""

ORBITALS = ("s", "p", "d", "f")

PAIRED = ("Electronegativity", "CovalentRadius", "MendeleevNumber", "GSvolume_pa", "NValence")
"""Magpie's properties whose differences between the elements are summed over pairs."""

PAIRED_BONDING = ("work_function_v", "electron_density")
"""Miedema's properties, the same."""

STOICHIOMETRY_LABELS = ("0-norm", *(f"{p}-norm" for p in NORMS))
VALENCE_LABELS = tuple(f"frac {o} valence electrons" for o in ORBITALS)
IONIC_LABELS = ("max ionic char", "avg ionic char")
PAIR_LABELS = tuple(f"pairs {p}" for p in (*PAIRED, *PAIRED_BONDING))
DENSITY_LABELS = (
    "valence electrons per A3",
    "atomic mass per A3",
    "cohesive energy per A3",
    "Voigt bulk modulus",
    "Voigt shear modulus",
    "Reuss bulk modulus",
    "Reuss shear modulus",
)
BONDING_LABELS = tuple(f"bonding {s} {p}" for p in BONDING for s in STATISTICS)
WORD_LABELS = tuple(f"matscholar mean {p}" for p in MATSCHOLAR)
ELEMENT_LABELS = tuple(f"{symbol} fraction" for symbol in ELEMENTS)


def element_fractions(c: Compositions) -> Floats:
    """Return the atomic fraction of every element, shape (n, 118), by atomic number."""
    out = np.zeros((len(c), len(ELEMENTS)))
    out[c.row, c.element] = c.fraction
    return out


def stoichiometry(c: Compositions) -> Floats:
    """Return the number of elements and the :data:`NORMS` of the atomic fractions, shape (n, 6).

    As matminer's ``Stoichiometry``: (Σ fᵖ)^(1/p).
    """
    sums = [np.bincount(c.row, c.fraction**p, len(c)) ** (1 / p) for p in NORMS]
    return np.stack([np.diff(c.start).astype(np.float64), *sums], axis=1)


def valence_shares(c: Compositions) -> Floats:
    """Return the share of s, p, d and f electrons among the valence electrons, shape (n, 4).

    As matminer's ``ValenceOrbital(props=["frac"])``.
    """
    names = (*(f"N{o}Valence" for o in ORBITALS), "NValence")
    electrons = means(c, _magpie(names))
    return electrons[:, :4] / electrons[:, 4:]


def ionic_character(c: Compositions) -> Floats:
    """Return the largest and the average ionic character of the pairs of elements, shape (n, 2).

    That of a pair is 1 - exp(-(Xa - Xb)²/4) (Pauling), on Magpie's electronegativities; the
    average weighs each pair by the product of its fractions, as matminer's ``IonProperty``.
    """
    table, out = _ionic_characters(), np.empty((len(c), 2))
    for rows, element, fraction in blocks(c, len(MAGPIE)):
        character = table[element[:, np.newaxis], element]
        weighed = fraction[:, np.newaxis] * fraction * character
        out[rows, 0] = character.max(axis=(0, 1))
        out[rows, 1] = summed(weighed.reshape(-1, len(rows))) / 2
    return out


@cache
def _ionic_characters() -> Floats:
    """Return that of each pair of elements, shape (118, 118).

    Trees split between differences that are equal but for their last bits: so the exponential is
    one that no processor rounds otherwise.
    """
    x = _magpie(("Electronegativity",))[:, 0]
    return np.asarray(1 - exponential(-0.25 * (x[:, np.newaxis] - x) ** 2))


def pair_differences(c: Compositions) -> Floats:
    """Return Σ fᵢ fⱼ (xᵢ - xⱼ)² of :data:`PAIRED` and :data:`PAIRED_BONDING`, shape (n, 7)."""
    return pair_sums(c, np.concatenate([_magpie(PAIRED), _bonding(PAIRED_BONDING)], axis=1))


def density(c: Compositions) -> Floats:
    """Return what a volume of mixed elements holds, and the moduli of the mixture, shape (n, 7).

    Per Å3 of the volumes of the elements: valence electrons, mass in u, cohesive energy in eV.
    Moduli in GPa, volume-weighted: Voigt's arithmetic and Reuss's harmonic mean.
    """
    magpie = _magpie(("NValence", "AtomicWeight", "GSvolume_pa"))
    volume = magpie[:, 2:]
    moduli = np.maximum(_bonding(("bulk_modulus_gpa", "shear_modulus_gpa")), 0.1)
    table = [magpie[:, :2], _bonding(("cohesive_energy_ev",)), moduli * volume, volume / moduli]
    sums = means(c, np.concatenate([*table, volume], axis=1))
    per_volume = sums[:, :7] / sums[:, 7:]
    per_volume[:, 5:] = 1 / per_volume[:, 5:]
    return per_volume


def bonding(c: Compositions) -> Floats:
    """Return Magpie's six statistics of the properties of bonds, shape (n, 84)."""
    return statistics(c, bonding_table())


def word_vectors(c: Compositions) -> Floats:
    """Return the mean of the word vectors of the elements, shape (n, 200)."""
    return means(c, matscholar_table())


def _magpie(names: tuple[str, ...]) -> Floats:
    return magpie_table()[:, [MAGPIE.index(name) for name in names]]


def _bonding(names: tuple[str, ...]) -> Floats:
    return bonding_table()[:, [BONDING.index(name) for name in names]]


MAGPIE_LABELS = tuple(f"MagpieData {s} {p}" for p in MAGPIE for s in STATISTICS)
"""Columns of :func:`magpie`, as matminer names them."""


def magpie(c: Compositions) -> Floats:
    """Return Magpie's statistics of the properties of the elements.

    Returns
    -------
    Floats
        Shape (n, 132), columns as :data:`MAGPIE_LABELS`: what matminer's
        ``ElementProperty.from_preset("magpie")`` gives (L. Ward et al., npj Comput. Mater. 2,
        16028 (2016)).

    Examples
    --------
    >>> from maiscreen.candidates.chemistry.formula import compositions
    >>> magpie(compositions(["NaSn"]))[0, :6].tolist()  # of the atomic numbers 11 and 50
    [11.0, 50.0, 39.0, 30.5, 19.5, 11.0]
    """
    return statistics(c, magpie_table())


GROUPS: Mapping[str, tuple[Callable[[Compositions], Floats], tuple[str, ...]]] = {
    "magpie": (magpie, MAGPIE_LABELS),
    "stoichiometry": (stoichiometry, STOICHIOMETRY_LABELS),
    "valence": (valence_shares, VALENCE_LABELS),
    "ionic": (ionic_character, IONIC_LABELS),
    "pairs": (pair_differences, PAIR_LABELS),
    "density": (density, DENSITY_LABELS),
    "bonding": (bonding, BONDING_LABELS),
    "words": (word_vectors, WORD_LABELS),
    "elements": (element_fractions, ELEMENT_LABELS),
}
"""Each group of features: how it is computed, and its columns."""

IN_USE = ("magpie", "stoichiometry", "valence", "ionic", "pairs", "density", "bonding", "elements")
"""The groups that :func:`features` gives when not told otherwise."""


_CHUNK = 8192
"""Compositions at a time, so that the groups need little memory beside the result."""


def feature_labels(groups: Sequence[str] = IN_USE) -> tuple[str, ...]:
    """Name the columns of :func:`features`."""
    return tuple(label for group in groups for label in GROUPS[group][1])


FEATURE_LABELS = feature_labels()
"""Columns of :func:`features` with the groups :data:`IN_USE`."""


def features(c: Compositions, groups: Sequence[str] = IN_USE) -> Floats:
    """Return the features of the learned models, rounded: no last digit reaches a tree.

    Parameters
    ----------
    c : Compositions
        n of them.
    groups : Sequence[str]
        Names of :data:`GROUPS`, in the order of the columns.

    Returns
    -------
    Floats
        Shape (n, p), columns as :func:`feature_labels` names them; no NaN.

    Examples
    --------
    >>> from maiscreen.candidates.chemistry.formula import compositions
    >>> features(compositions(["NaSn", "Na15Sn4"]), ["stoichiometry", "ionic"]).shape
    (2, 8)
    """
    out = np.empty((len(c), len(feature_labels(groups))))
    for first in range(0, len(c), _CHUNK):
        rows = slice(first, min(first + _CHUNK, len(c)))
        part, begin = c.take(np.arange(rows.start, rows.stop)), 0
        for compute, names in (GROUPS[group] for group in groups):
            out[rows, begin : begin + len(names)] = significant(compute(part))
            begin += len(names)
    return out
