"""Precursors beside the homoleptic halides: mixed halides, oxyhalides, organo- and hydrohalides.

Mixed halides are enumerated, known or not, as arrays. The others are those of the registry
(``molecule_registry.py``); one for each formula, isomers of unnamed groups apart by CAS number.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.molecules.data import (
    molecule_equations,
    molecule_points,
    molecule_thermochemistry,
)
from maiscreen.candidates.molecules.molecule import Molecule, Molecules
from maiscreen.candidates.molecules.registry import registry_molecules
from maiscreen.candidates.precursors.space import halogen_counts
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot


def molecules(
    snapshot: Snapshot | None = None,
    metals: Sequence[str] = METALS,
    halogens: Sequence[str] = HALOGENS,
) -> Molecules:
    """Return all four kinds, in the order of ``molecule.KINDS``."""
    named = (
        *oxyhalides(metals, halogens),
        *organohalides(metals, halogens),
        *hydrohalides(metals, halogens),
    )
    return mixed_halides(snapshot, metals, halogens).joined(Molecules.of(named))


def mixed_halides(
    snapshot: Snapshot | None = None,
    metals: Sequence[str] = METALS,
    halogens: Sequence[str] = HALOGENS,
) -> Molecules:
    """Enumerate every MX_aY_b… of two or more different halogens.

    Parameters
    ----------
    snapshot : Snapshot, optional
        The embedded one if left out; it tells the total numbers of halogens of each metal
        (:func:`maiscreen.candidates.precursors.space.halogen_counts`).
    metals, halogens : sequence of str

    Returns
    -------
    Molecules
        By metal, then by the total number; name and CAS number where the compound is registered.
    """
    snapshot = snapshot or load_snapshot()
    pairs = [(m, n) for m in metals for n in halogen_counts(snapshot, m) if m not in ("C", "N")]
    blocks = [(m, _splits(n, tuple(halogens))) for m, n in pairs]
    counts = np.concatenate([np.empty((0, 4), dtype=np.int64), *(split for _, split in blocks)])
    metal = np.repeat(
        np.array([m for m, _ in blocks], dtype=np.str_), [len(split) for _, split in blocks]
    )
    formula = _formulas(metal, counts)
    cas, name = _known_mixed(formula)
    size = len(metal)
    return Molecules(
        formula,
        np.full(size, "mixed_halide"),
        metal,
        np.ones(size, dtype=np.int64),
        counts,
        np.zeros(size, dtype=np.int64),
        np.full(size, ""),
        name,
        cas,
    )


@cache
def _splits(total: int, halogens: tuple[str, ...]) -> NDArray[np.int64]:
    """Ways to share ``total`` among two or more halogens, shape (ways, 4)."""
    axes = np.indices((total + 1,) * len(HALOGENS)).reshape(len(HALOGENS), -1).T
    absent = [i for i, x in enumerate(HALOGENS) if x not in halogens]
    kept = (axes.sum(axis=1) == total) & ((axes > 0).sum(axis=1) > 1) & ~axes[:, absent].any(axis=1)
    return np.asarray(axes[kept][::-1], dtype=np.int64)


def _formulas(metal: NDArray[np.str_], counts: NDArray[np.int64]) -> NDArray[np.str_]:
    most = int(counts.max(initial=0))
    formula = metal
    for i, x in enumerate(HALOGENS):
        words = np.array(["", x, *(f"{x}{n}" for n in range(2, most + 1))], dtype=np.str_)
        formula = np.char.add(formula, words[counts[:, i]])
    return formula


def _known_mixed(formula: NDArray[np.str_]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """CAS numbers and names, empty where not registered."""
    known = {m.formula: m for m in _best_known("mixed_halide")}
    matches = [known.get(f) for f in formula.tolist()]
    return (
        np.array([m.cas if m else "" for m in matches], dtype=np.str_),
        np.array([m.name if m else "" for m in matches], dtype=np.str_),
    )


def oxyhalides(
    metals: Sequence[str] = METALS, halogens: Sequence[str] = HALOGENS
) -> tuple[Molecule, ...]:
    """Return the oxyhalides that a table says something of: VOCl3, POCl3, CrO2Cl2, ….

    Examples
    --------
    >>> [m.formula for m in oxyhalides(["V"], ["Cl"])]
    ['VOCl', 'VOCl3']
    """
    return _is_selected((m for m in _best_known("oxyhalide") if _evidence(m)), metals, halogens)


def organohalides(
    metals: Sequence[str] = METALS, halogens: Sequence[str] = HALOGENS
) -> tuple[Molecule, ...]:
    """Return the registered molecules of M, halogens and hydrocarbon groups, hydrogen beside them.

    Examples
    --------
    >>> [m.name for m in organohalides(["Sn"], ["Cl"]) if m.formula == "(CH3)3SnCl"]
    ['trimethyltin chloride']
    """
    return _is_selected(_best_known("organohalide"), metals, halogens)


def hydrohalides(
    metals: Sequence[str] = METALS, halogens: Sequence[str] = HALOGENS
) -> tuple[Molecule, ...]:
    """Return the registered molecules of M, halogens and hydrogen alone: SiHCl3, SiH2Cl2, ….

    Examples
    --------
    >>> [m.formula for m in hydrohalides(["Si"], ["Cl"])]
    ['SiH2Cl2', 'SiH3Cl', 'SiHCl3']
    """
    return _is_selected(_best_known("hydrohalide"), metals, halogens)


def _is_selected(
    pool: Iterable[Molecule], metals: Sequence[str], halogens: Sequence[str]
) -> tuple[Molecule, ...]:
    return tuple(
        m
        for m in pool
        if m.metal in metals
        and all(x in halogens for x, n in zip(HALOGENS, m.halogens, strict=True) if n)
    )


@cache
def _best_known(kind: str) -> tuple[Molecule, ...]:
    """One molecule for each formula, the one of which most is known; unnamed isomers all."""
    chosen: dict[str, Molecule] = {}
    order = sorted(
        (m for m in registry_molecules() if m.kind == kind), key=lambda m: (-_evidence(m), m)
    )
    for m in order:
        chosen.setdefault(f"{m.formula} {m.cas}" if "x-" in m.formula else m.formula, m)
    return tuple(sorted(chosen.values()))


def _evidence(molecule: Molecule) -> int:
    """How many pieces of data the tables have."""
    point = molecule_points().get(molecule.cas)
    tables = sum((molecule.cas, phase) in molecule_thermochemistry() for phase in "slg")
    points = bool(point and point.melting_source) + bool(point and point.boiling_source)
    return tables + points + len(molecule_equations().get(molecule.cas, ()))
