"""The best value of several sources for one formula in one phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from maiscreen.candidates.handbook.rules import Judged, rank

STD_FLOOR_KJ_MOL = 2.0
"""Smallest standard deviation of an enthalpy [judgement: what CRC and JANAF agree to]."""

STD_FLOOR_J_MOL_K = 1.0
"""Smallest standard deviation of an entropy [judgement]."""


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


def choose(key: tuple[str, str], rows: Sequence[Judged]) -> Best:
    """Take the enthalpy of the most trusted source, and its entropy if it has one.

    An entropy from another source does no harm: it is measured apart from the enthalpy.
    """
    enthalpies = _usable(rows, "enthalpy_kj_mol", "use_enthalpy")
    entropies = _usable(rows, "entropy_j_mol_k", "use_entropy")
    h_source = next(iter(enthalpies), "")
    s_source = h_source if h_source in entropies else next(iter(entropies), "")
    sources = dict.fromkeys(filter(None, (h_source, s_source)))
    return Best(
        *key,
        enthalpies.get(h_source, nan),
        _spread(rows, enthalpies, "enthalpy_kj_mol", STD_FLOOR_KJ_MOL),
        entropies.get(s_source, nan),
        _spread(rows, entropies, "entropy_j_mol_k", STD_FLOOR_J_MOL_K),
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


def _spread(rows: Sequence[Judged], chosen: dict[str, float], name: str, floor: float) -> float:
    """Half of the spread of all values that are physically possible, the outvoted ones too."""
    if not chosen:
        return nan
    outvoted = [float(getattr(row.record, name)) for row in rows if name in row.outvoted]
    values = [*chosen.values(), *outvoted]
    return max((max(values) - min(values)) / 2, floor)
