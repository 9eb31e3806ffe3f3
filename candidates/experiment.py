"""One table of experimental thermochemistry, with source and status of every value.

The table is built from the installed packages chemicals, pyglenn and pymatgen once per process
(under 2 s); nothing is copied from them. A missing value stays missing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isnan, nan

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.boiling import Points, points
from maiscreen.candidates.elements import HALOGENS
from maiscreen.candidates.faults import Judged, judge, rank
from maiscreen.candidates.handbook import identities, records
from maiscreen.candidates.precursor import parse_formula

STD_FLOOR_KJ_MOL = 2.0
"""Smallest standard deviation of an enthalpy [judgement: what CRC and JANAF agree to]."""

STD_FLOOR_J_MOL_K = 1.0
"""Smallest standard deviation of an entropy [judgement]."""

RADICAL_FORMERS = frozenset("B C N P S Se Te As Si Ge".split())
"""Elements whose halides with an odd electron are radicals without exception. In solids of other
elements the odd electron is a d electron (VCl4) or an average of two valences (GaCl2)."""

SATURATED = {"C": 4, "N": 3}
"""Halogens that one atom of carbon or nitrogen needs; with fewer it is a carbene or a nitrene."""


@dataclass(frozen=True, slots=True)
class Best:
    """The value chosen for one formula in one phase."""

    formula: str
    phase: str
    enthalpy_kj_mol: float = nan
    enthalpy_std_kj_mol: float = nan
    entropy_j_mol_k: float = nan
    entropy_std_j_mol_k: float = nan
    source: str = ""


MISSING = Best("", "")


@dataclass(frozen=True, slots=True)
class Experiment:
    """What handbooks say at 298.15 K and 1 bar.

    Attributes
    ----------
    thermochemistry : pyarrow.Table
        Every value of every source, with ``status`` and ``reason``.
    best : pyarrow.Table
        One row for each formula and phase.
    boiling : pyarrow.Table
        Melting and boiling points, K.
    chosen : dict[tuple[str, str], Best]
        The rows of ``best`` by formula and phase.
    by_source : dict[tuple[str, str, str], Best]
        Unrefused values by formula, phase and source.
    """

    thermochemistry: pa.Table
    best: pa.Table
    boiling: pa.Table
    chosen: dict[tuple[str, str], Best]
    by_source: dict[tuple[str, str, str], Best]


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
    """Build the table, once per process."""
    melting = points()
    judged = judge(records(), {f: p.boiling_k for f, p in melting.items() if p.boiling_k > 0})
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for row in judged:
        groups[row.record.formula, row.record.phase].append(row)
    chosen = {key: _choose(key, rows) for key, rows in groups.items()}
    by_source = {
        (*key, source): _choose(key, [row for row in rows if row.record.source == source])
        for key, rows in groups.items()
        for source in {row.record.source for row in rows}
    }
    return Experiment(
        _value_table(judged),
        pa.Table.from_pylist([_as_row(best) for best in chosen.values()], _BEST_SCHEMA),
        pa.Table.from_pylist([_as_row(p) for p in melting.values()], _BOILING_SCHEMA),
        chosen,
        by_source,
    )


def _choose(key: tuple[str, str], rows: Sequence[Judged]) -> Best:
    """Take the most trusted source that has both values, else each value from its best source."""
    enthalpies = _usable(rows, "enthalpy_kj_mol", "use_enthalpy")
    entropies = _usable(rows, "entropy_j_mol_k", "use_entropy")
    both = [source for source in enthalpies if source in entropies]
    h_source = both[0] if both else next(iter(enthalpies), "")
    s_source = both[0] if both else next(iter(entropies), "")
    sources = dict.fromkeys(filter(None, (h_source, s_source)))
    return Best(
        *key,
        enthalpies.get(h_source, nan),
        _spread(enthalpies, STD_FLOOR_KJ_MOL),
        entropies.get(s_source, nan),
        _spread(entropies, STD_FLOOR_J_MOL_K),
        " + ".join(sources),
    )


def _usable(rows: Sequence[Judged], name: str, used: str) -> dict[str, float]:
    """Values by source, the most trusted source first; of isomers, the most stable one."""
    values: dict[str, float] = {}
    ordered = sorted(rows, key=lambda r: (rank(r.record.source), _or_inf(r.record.enthalpy_kj_mol)))
    for row in ordered:
        value = getattr(row.record, name)
        if getattr(row, used) and not isnan(value):
            values.setdefault(row.record.source, value)
    return values


def _or_inf(value: float) -> float:
    return float("inf") if isnan(value) else value


def _spread(values: dict[str, float], floor: float) -> float:
    if not values:
        return nan
    return max((max(values.values()) - min(values.values())) / 2, floor)


def _value_table(judged: Sequence[Judged]) -> pa.Table:
    known, rows = identities(), []
    for j in judged:
        r = j.record
        rows.append(
            {
                "formula": r.formula,
                "phase": r.phase,
                "cas": r.cas or None,
                "name": known[r.cas].name if r.cas in known else None,
                "enthalpy_kj_mol": _null(r.enthalpy_kj_mol),
                "entropy_j_mol_k": _null(r.entropy_j_mol_k),
                "source": r.source,
                "status": j.status,
                "reason": "; ".join(filter(None, (j.reason, r.note))) or None,
            }
        )
    return pa.Table.from_pylist(rows, _VALUE_SCHEMA)


def _null(value: float) -> float | None:
    return None if isnan(value) else value


def _as_row(record: Best | Points) -> dict[str, object]:
    cells = {name: getattr(record, name) for name in record.__dataclass_fields__}
    return {k: _null(v) if isinstance(v, float) else v or None for k, v in cells.items()}


def _schema(**units: str) -> pa.Schema:
    """Build a schema; a column with a unit holds numbers, one without holds text."""
    return pa.schema(
        pa.field(name, pa.float64() if unit else pa.string(), metadata={"unit": unit})
        for name, unit in units.items()
    )


_VALUE_SCHEMA = _schema(
    formula="",
    phase="",
    cas="",
    name="",
    enthalpy_kj_mol="kJ/mol",
    entropy_j_mol_k="J/(mol K)",
    source="",
    status="",
    reason="",
)
_BEST_SCHEMA = _schema(
    formula="",
    phase="",
    enthalpy_kj_mol="kJ/mol",
    enthalpy_std_kj_mol="kJ/mol",
    entropy_j_mol_k="J/(mol K)",
    entropy_std_j_mol_k="J/(mol K)",
    source="",
)
_BOILING_SCHEMA = _schema(
    formula="",
    cas="",
    melting_k="K",
    melting_source="",
    boiling_k="K",
    boiling_std_k="K",
    boiling_source="",
)


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
    ['7646-78-8', 'stannic chloride']
    """
    found = [_identity_by_formula().get(str(f), ("", "")) for f in formulas]
    return (
        np.array([cas for cas, _ in found], dtype=np.str_),
        np.array([name for _, name in found], dtype=np.str_),
    )


@cache
def _identity_by_formula() -> dict[str, tuple[str, str]]:
    """Of several CAS numbers take the one that the handbooks have boiling or melting points of."""
    measured = {p.cas for p in points().values()}
    handbook = {r["cas"] for r in experiment().thermochemistry.select(["cas"]).to_pylist()}
    order = sorted(
        identities().values(),
        key=lambda i: (i.cas not in measured, i.cas not in handbook, not i.inorganic, i.cas),
    )
    # A CAS number that JANAF gives another formula is not this compound.
    moved = {
        row["cas"]: row["formula"]
        for row in experiment().thermochemistry.to_pylist()
        if row["status"] == "corrected" and (row["reason"] or "").startswith("CAS")
    }
    found: dict[str, tuple[str, str]] = {}
    for one in order:
        if moved.get(one.cas, one.formula) == one.formula:
            found.setdefault(one.formula, (one.cas, one.name))
    return found


def isolable(formulas: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    """Tell which compounds are known as a substance that can be put into a bottle.

    Evidence is thermochemistry of a condensed phase, or a melting or boiling point of a handbook.
    Gas tables alone are none: they list radicals (WCl, SnCl3, CBr).

    Returns
    -------
    known : ndarray of bool, shape (n,)
    reason : ndarray of str, shape (n,)
        The evidence, or what is missing.
    """
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
    if odd and set(metals) & RADICAL_FORMERS:
        return False, f"radical: odd electron count on {metals[0]}"
    if any(counts[m] == 1 and sum(counts.values()) - 1 < SATURATED.get(m, 0) for m in metals):
        return False, f"{metals[0]} is not saturated: a carbene or a nitrene"
    condensed = [p for p in "sl" if (formula, p) in experiment().chosen]
    if condensed:
        source = experiment().chosen[formula, condensed[0]].source
        return True, f"thermochemistry of the {'solid' if 's' in condensed else 'liquid'} ({source})"
    point = points().get(formula)
    if point and (point.boiling_source or point.melting_source):
        return True, f"boiling or melting point ({point.boiling_source or point.melting_source})"
    if (formula, "g") in experiment().chosen:
        return False, "gas tables only" + (": a radical, odd electron count" if odd else "")
    cas = _identity_by_formula().get(formula, ("", ""))[0]
    if cas and not odd:
        return True, f"registered as CAS {cas}"
    return False, "no handbook knows it"


def has_odd_electrons(counts: dict[str, int]) -> bool:
    """Tell whether the molecule has an odd number of electrons.

    Examples
    --------
    >>> has_odd_electrons({"Sn": 1, "Cl": 3}), has_odd_electrons({"Sn": 1, "Cl": 4})
    (True, False)
    """
    from maiscreen.candidates.elements import SYMBOLS

    return bool(sum((SYMBOLS.index(symbol) + 1) * n for symbol, n in counts.items()) % 2)
