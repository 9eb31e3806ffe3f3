"""One table of experimental thermochemistry, with source and status of every value.

The table is built from the installed packages chemicals, pyglenn and pymatgen once per process
(under 2 s); nothing is copied from them. A missing value stays missing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import has_odd_electrons, why_no_substance
from maiscreen.candidates.errors import several_texts
from maiscreen.candidates.handbook.files import table_rows
from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.handbook.points import points
from maiscreen.candidates.handbook.rules import (
    CORRECTED,
    MISSING,
    BestValue,
    JudgedRecord,
    choose_best,
    judge,
)
from maiscreen.candidates.handbook.tables import records

SATURATED = {"C": 4, "N": 3}
"""Halogens that one atom of carbon or nitrogen needs; with fewer it is a carbene or a nitrene."""


Key = tuple[str, str]
"""Formula and phase."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What handbooks say at 298.15 K and 1 bar.

    Attributes
    ----------
    judged : dict[Key, list[JudgedRecord]]
        Every value of every source, refused ones too.
    chosen : dict[Key, BestValue]
        The best of each.
    """

    judged: dict[Key, list[JudgedRecord]]
    chosen: dict[Key, BestValue]


@dataclass(frozen=True, slots=True)
class Thermochemistry:
    """Chosen values as arrays of shape (n,), NaN where missing."""

    enthalpy_kj_mol: NDArray[np.float64]
    enthalpy_std_kj_mol: NDArray[np.float64]
    entropy_j_mol_k: NDArray[np.float64]
    entropy_std_j_mol_k: NDArray[np.float64]
    source: NDArray[np.str_]


@cache
def experiment() -> Experiment:
    """Judge every record, once per process."""
    boiling = {f: point.boiling_k for f, point in points().items() if point.boiling_k > 0}
    judged: dict[Key, list[JudgedRecord]] = defaultdict(list)
    for row in judge(records(), boiling):
        judged[row.record.formula, row.record.phase].append(row)
    chosen = {key: choose_best(key, rows) for key, rows in judged.items()}
    return Experiment(dict(judged), chosen)


@cache
def value_of_source(formula: str, phase: str, source: str) -> BestValue:
    """Choose among the values of one source; what it lacks is NaN."""
    key = formula, phase
    rows = [row for row in experiment().judged.get(key, ()) if row.record.source == source]
    return choose_best(key, rows) if rows else MISSING


def thermochemistry(formulas: Sequence[str], phases: Sequence[str] | str) -> Thermochemistry:
    """Look up the chosen values.

    Parameters
    ----------
    formulas : sequence of str, shape (n,)
    phases : str or sequence of str, shape (n,)
        ``s``, ``l`` or ``g``.

    Examples
    --------
    >>> thermochemistry(["NaCl", "SbCl5"], ["s", "g"]).enthalpy_kj_mol.round(1).tolist()
    [-411.1, nan]
    """
    several_texts("formulas", formulas)
    each = [phases] * len(formulas) if isinstance(phases, str) else phases
    chosen = experiment().chosen
    rows = [chosen.get((str(f), str(p)), MISSING) for f, p in zip(formulas, each, strict=True)]
    return Thermochemistry(
        np.array([r.enthalpy_kj_mol for r in rows], dtype=np.float64),
        np.array([r.enthalpy_std_kj_mol for r in rows], dtype=np.float64),
        np.array([r.entropy_j_mol_k for r in rows], dtype=np.float64),
        np.array([r.entropy_std_j_mol_k for r in rows], dtype=np.float64),
        np.array([r.source for r in rows], dtype=np.str_),
    )


def identity(formulas: Sequence[str]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """CAS numbers and names, shape (n,) each; empty where the compound is not registered.

    Examples
    --------
    >>> [str(column[0]) for column in identity(["SnCl4"])]
    ['7646-78-8', 'tin tetrachloride']
    """
    several_texts("formulas", formulas)
    registered = [_identity_by_formula().get(str(f), ("", "")) for f in formulas]
    return (
        np.array([cas for cas, _ in registered], dtype=np.str_),
        np.array([name for _, name in registered], dtype=np.str_),
    )


@cache
def _identity_by_formula() -> dict[str, tuple[str, str]]:
    """Of several CAS numbers take the one that the handbooks have boiling or melting points of."""
    measured = {p.cas for p in points().values()}
    rows = [row for each in experiment().judged.values() for row in each]
    handbook = {row.record.cas for row in rows}
    order = sorted(
        identities().values(),
        key=lambda i: (i.cas not in measured, i.cas not in handbook, not i.inorganic, i.cas),
    )
    # A CAS number that JANAF gives another formula is not this compound.
    moved = {
        row.record.cas: row.record.formula
        for row in rows
        if row.status == CORRECTED and row.reason.startswith("CAS")
    }
    by_formula: dict[str, tuple[str, str]] = {}
    for compound in order:
        substance = not why_no_substance(parse_formula(compound.formula))
        if substance and moved.get(compound.cas, compound.formula) == compound.formula:
            by_formula.setdefault(compound.formula, (compound.cas, compound.name))
    return by_formula


def isolable(formulas: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    """Find which compounds are known as a substance that can be put into a bottle.

    Evidence is thermochemistry of a condensed phase, a melting or boiling point, or the density of
    a solid, in a handbook. Gas tables alone are none: they list radicals (WCl, SnCl3, CBr).

    Returns
    -------
    known : ndarray of bool, shape (n,)
    reason : ndarray of str, shape (n,)
        The evidence, or what is missing.
    """
    several_texts("formulas", formulas)
    pairs = [_evidence(str(formula)) for formula in formulas]
    return (
        np.array([known for known, _ in pairs], dtype=np.bool_),
        np.array([reason for _, reason in pairs], dtype=np.str_),
    )


@cache
def _evidence(formula: str) -> tuple[bool, str]:
    counts = parse_formula(formula)
    metals = [symbol for symbol in counts if symbol not in HALOGENS]
    odd = has_odd_electrons(counts)
    why_not = why_no_substance(counts)
    if why_not:
        return False, why_not
    if any(counts[m] == 1 and sum(counts.values()) - 1 < SATURATED.get(m, 0) for m in metals):
        return False, f"{metals[0]} is not saturated: a carbene or a nitrene"
    condensed = [p for p in "sl" if (formula, p) in experiment().chosen]
    if condensed:
        source = experiment().chosen[formula, condensed[0]].source
        word = "solid" if "s" in condensed else "liquid"
        return True, f"thermochemistry of the {word} ({source})"
    point = points().get(formula)
    if point and (point.boiling_source or point.melting_source):
        return True, f"boiling or melting point ({point.boiling_source or point.melting_source})"
    if formula in _weighed_solids():
        return True, "density of the solid (CRC)"
    if (formula, "g") in experiment().chosen:
        return False, "gas tables only" + (": a radical, odd electron count" if odd else "")
    cas = _identity_by_formula().get(formula, ("", ""))[0]
    # The registry also lists what was only ever written on paper: SBr6, KI3, PtF2.
    registered = f", though registered as CAS {cas}" if cas else ""
    nothing = "no handbook read here has a phase change or thermochemistry of it, nor a density"
    return False, nothing + registered


@cache
def _weighed_solids() -> frozenset[str]:
    """Formulas of the solids whose density CRC gives."""
    known = identities()
    rows = table_rows("Density/CRC Solid Inorganic Constant Densities.tsv", known)
    return frozenset(known[cas].formula for cas, _ in rows)
