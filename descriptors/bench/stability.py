"""How long a precursor lasts: what is known of it, and what free energies say where it would go.

The table decides (:mod:`maiscreen.candidates.handbook.stability`). Thermochemistry does not: C2Cl4,
CBr4 and SF4 ought to fall apart as well, and are sold. It says of a molecule known from gas tables
alone why it is no substance, and of the others that they are metastable.
docs/decisions/0044-to-buy-keep-and-pour.md
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import hypot, isnan, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import points
from maiscreen.candidates.handbook.stability import (
    DECOMPOSES,
    INERT,
    KINDS,
    NO_VAPOUR,
    SLOW,
    UNREAL,
    Instability,
    known_instabilities,
)
from maiscreen.candidates.handbook.tables import T_REFERENCE_K
from maiscreen.candidates.handbook.thermochemistry import experiment

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Strings = NDArray[np.str_]

METASTABLE = "metastable"
"""By free energies it would fall apart; how fast is not known."""

STABILITIES = (*KINDS, METASTABLE)
"""Words of the column; empty where nothing speaks against a compound."""

STORED_C = 25.0
"""Where a bottle stands, whatever the process."""

SURE = 2.0
"""Standard deviations below zero from which on a free energy is taken for negative: 98 % of a
normal distribution [judgement]."""

NOTHING_KNOWN = "nothing is known here against it"

_BINARY = re.compile(r"(?:[A-Z][a-z]?[0-9]*){2}")
_ELEMENTS = {"F": ("F2", "g"), "Cl": ("Cl2", "g"), "Br": ("Br2", "l"), "I": ("I2", "s")}


@dataclass(frozen=True, slots=True)
class Stability:
    """What is said of n compounds, shape (n,) each.

    Attributes
    ----------
    word : Strings
        One of :data:`STABILITIES`; empty where nothing speaks against it.
    limit_c : Floats
        Temperature that the word goes with, °C; NaN for every temperature, or none.
    reason : Strings
        In words, with the source.
    """

    word: Strings
    limit_c: Floats
    reason: Strings


@dataclass(frozen=True, slots=True)
class Decay:
    """Where free energies at 298.15 K send a compound, for a mole of it.

    Attributes
    ----------
    delta_g_kj_mol, std_kj_mol : float
        Of the reaction, every phase at 1 bar.
    products : str
        Such as ``0.67 Al + 0.33 AlCl3``.
    """

    delta_g_kj_mol: float
    std_kj_mol: float
    products: str

    @property
    def is_sure(self) -> bool:
        """Whether it is downhill by more than its error."""
        return self.delta_g_kj_mol < -SURE * self.std_kj_mol

    def __str__(self) -> str:
        number = f"{self.delta_g_kj_mol:.0f} ± {self.std_kj_mol:.0f}".replace("-", "−")
        return f"{self.products}, ΔG = {number} kJ/mol"


def stability(formulas: Strings, isolable: Flags) -> Stability:
    """Tell of compounds whether they last.

    Parameters
    ----------
    formulas : Strings
        Shape (n,).
    isolable : Flags
        Whether each is known as a substance, shape (n,).

    Examples
    --------
    >>> told = stability(np.array(["PbCl4", "SnCl4"]), np.array([True, True]))
    >>> told.word.tolist(), told.limit_c.tolist()
    (['decomposes', ''], [0.0, nan])
    """
    rows = [_told(str(f), bool(i)) for f, i in zip(formulas, isolable, strict=True)]
    words, limits, reasons = zip(*rows, strict=True) if rows else ((), (), ())
    return Stability(
        np.array(words, dtype=np.str_),
        np.array(limits, dtype=np.float64),
        np.array(reasons, dtype=np.str_),
    )


@cache
def _told(formula: str, isolable: bool) -> tuple[str, float, str]:
    known = known_instabilities().get(formula)
    if known is not None:
        return known.kind, known.temperature_c, _from_table(known)
    decay = None if isolable and not _state_is_tabulated(formula) else decay_of(formula)
    if decay is None or not decay.is_sure:
        return "", nan, NOTHING_KNOWN
    if isolable:
        return METASTABLE, nan, f"by free energies it would become {decay}; how fast is not known"
    return METASTABLE, nan, f"as it condenses it would become {decay}"


def _state_is_tabulated(formula: str) -> bool:
    """Tell whether the free energy is that of the state in which a substance is kept.

    The energy of a vapour says nothing of its solid: InCl2 as a gas falls apart, in a bottle not.
    """
    if any(_gibbs_of(formula, phase) is not None for phase in "sl"):
        return True
    point = points().get(formula)
    return point is not None and point.boiling_k <= T_REFERENCE_K


def _from_table(known: Instability) -> str:
    everywhere = isnan(known.temperature_c)
    at = "" if everywhere else f" from {known.temperature_c:g} °C"
    below = "" if everywhere else f" below {known.temperature_c:g} °C"
    head = {
        DECOMPOSES: f"decomposes{at}: ",
        SLOW: "decomposes slowly: ",
        NO_VAPOUR: "",
        INERT: f"inert to sodium{below}: ",
        UNREAL: "no such substance: ",
    }[known.kind]
    # The first source, without where its copy was read: all of it stands in the table.
    source = known.source.partition("; ")[0].partition(" (copy")[0]
    return f"{head}{known.what} ({source if known.source_checked else 'quoted from memory'})"


def lasts(word: Strings, limit_c: Floats, process_c: float) -> Flags:
    """Tell what stands a process and a bottle at room temperature, shape (n,).

    Examples
    --------
    >>> lasts(np.array(["decomposes", "decomposes", "slow"]), np.array([0.0, 106.0, 25.0]), 60.0)
    array([False,  True,  True])
    """
    warmest = max(process_c, STORED_C)
    falls_apart = (word == DECOMPOSES) & ~(limit_c > warmest)
    too_inert = (word == INERT) & ~(limit_c <= process_c)
    return np.asarray(~(falls_apart | too_inert | (word == NO_VAPOUR) | (word == UNREAL)))


@cache
def decay_of(formula: str) -> Decay | None:
    """Find the two products, halides of the same elements or these, that lie lowest below it.

    The condensed phases of the handbooks where they have one, else the gas. None where a value is
    missing, or nothing that is tabulated can be made of it.

    Examples
    --------
    >>> str(decay_of("AlCl"))
    '0.33 AlCl3 + 0.67 Al, ΔG = −132 ± 3 kJ/mol'
    """
    start = _gibbs(formula) if _BINARY.fullmatch(formula) else None
    counts = parse_formula(formula) if start else {}
    halogen = next((s for s in counts if s in HALOGENS), "")
    metal = next((s for s in counts if s not in HALOGENS), "")
    if start is None or not halogen or not metal:
        return None
    a, b = counts[metal], counts[halogen]
    ends = [one for one in _species(metal, halogen) if one.formula != formula]
    best: Decay | None = None
    for pair in combinations(ends, 2):
        decay = _split(a, b, start, *pair)
        if decay and (best is None or decay.delta_g_kj_mol < best.delta_g_kj_mol):
            best = decay
    return best


@dataclass(frozen=True, slots=True)
class _Species:
    """A possible product: atoms of M and X, enthalpy − T·entropy, and its standard deviation."""

    formula: str
    metal: int
    halogen: int
    gibbs: float
    std: float


def _split(a: int, b: int, start: tuple[float, float], p: _Species, q: _Species) -> Decay | None:
    """Make M_aX_b of two species, if it can be done with positive amounts."""
    determinant = p.metal * q.halogen - p.halogen * q.metal
    if determinant == 0:
        return None
    of_p = (a * q.halogen - b * q.metal) / determinant
    of_q = (p.metal * b - p.halogen * a) / determinant
    if of_p <= 0 or of_q <= 0:
        return None
    std = hypot(start[1], of_p * p.std, of_q * q.std)
    delta = of_p * p.gibbs + of_q * q.gibbs - start[0]
    return Decay(delta, std, f"{of_p:.2g} {p.formula} + {of_q:.2g} {q.formula}")


@cache
def _species(metal: str, halogen: str) -> tuple[_Species, ...]:
    """All halides of two elements with a free energy, and the elements."""
    listed = []
    for formula in sorted(_by_elements()[metal, halogen]):
        counts, gibbs = parse_formula(formula), _gibbs(formula)
        if gibbs is not None:
            listed.append(_Species(formula, counts[metal], counts[halogen], *gibbs))
    element, (molecule, phase) = _gibbs(metal), _ELEMENTS[halogen]
    vapour = _gibbs_of(molecule, phase)
    if element is not None:
        listed.append(_Species(metal, 1, 0, *element))
    if vapour is not None:
        listed.append(_Species(molecule, 0, 2, *vapour))
    return tuple(listed)


@cache
def _by_elements() -> dict[tuple[str, str], set[str]]:
    """Formulas of halides with thermochemistry, by M and X."""
    formulas: dict[tuple[str, str], set[str]] = defaultdict(set)
    for formula, _ in experiment().chosen:
        counts = parse_formula(formula)
        halogens = [s for s in counts if s in HALOGENS]
        others = [s for s in counts if s not in HALOGENS]
        if len(halogens) == 1 and len(others) == 1:
            formulas[others[0], halogens[0]].add(formula)
    return formulas


def _gibbs(formula: str) -> tuple[float, float] | None:
    """Take the lowest phase: the condensed ones where there is one, else the gas."""
    condensed = [g for g in (_gibbs_of(formula, phase) for phase in "sl") if g is not None]
    return min(condensed) if condensed else _gibbs_of(formula, "g")


def _gibbs_of(formula: str, phase: str) -> tuple[float, float] | None:
    """H − T·S at 298.15 K and its standard deviation, kJ/mol; None where a part is missing."""
    value = experiment().chosen.get((formula, phase))
    if value is None or isnan(value.enthalpy_kj_mol) or isnan(value.entropy_j_mol_k):
        return None
    kilo_k = T_REFERENCE_K / 1000
    std = hypot(value.enthalpy_std_kj_mol, kilo_k * value.entropy_std_j_mol_k)
    return value.enthalpy_kj_mol - kilo_k * value.entropy_j_mol_k, std
