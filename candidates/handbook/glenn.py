"""NASA Glenn polynomials, from the library that comes with the package pyglenn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GAS_CONSTANT_GLENN = 8.314510
"""J/(mol K), the value that the polynomials were fitted with (pyglenn.database.R_GLENN)."""

T_REFERENCE_K = 298.15

_ELEMENT = re.compile(r"([A-Z]{1,2}) *(-?[0-9]+\.[0-9]*)")


@dataclass(frozen=True, slots=True)
class Species:
    """One species of the library at 298.15 K.

    Attributes
    ----------
    label : str
        Name in the library, ``SnCL4`` or ``NaCL(cr)``.
    counts : dict[str, float]
        Atoms by symbol; an ion has an entry ``E``.
    gas, liquid : bool
        State; neither means solid.
    enthalpy_kj_mol, entropy_j_mol_k : float
        From the polynomial; below ``t_min_k`` it is extrapolated.
    t_min_k : float
        Lower end of the fit.
    comment : str
        Where the library took it from.
    """

    label: str
    counts: dict[str, float]
    gas: bool
    liquid: bool
    enthalpy_kj_mol: float
    entropy_j_mol_k: float
    t_min_k: float
    comment: str


def read_species(path: Path) -> Iterator[Species]:
    """Read the CEA card deck (McBride, Zehe, Gordon, NASA/TP-2002-211556, appendix A).

    A species is a name card, a composition card that starts with the number of temperature
    intervals, and three cards for each interval.
    """
    cards = path.read_text(encoding="latin-1").splitlines()
    at = next(i for i, card in enumerate(cards) if card.startswith("thermo")) + 2
    while at + 1 < len(cards):
        if cards[at].startswith(("END", "!")) or not cards[at].strip():
            at += 1
            continue
        intervals = int(cards[at + 1][:2])
        if intervals:
            yield _species(cards[at], cards[at + 1], cards[at + 2 : at + 2 + 3 * intervals])
        at += 2 + max(3 * intervals, 1)


def _species(name_card: str, card: str, intervals: list[str]) -> Species:
    label = name_card[:18].split()[0]
    starts = range(0, len(intervals), 3)
    # The interval that holds 298.15 K, or the nearest one.
    best = min(starts, key=lambda i: _distance_k(intervals[i]))
    enthalpy, entropy = _enthalpy_entropy(intervals[best + 1], intervals[best + 2])
    return Species(
        label,
        {s.capitalize(): float(n) for s, n in _ELEMENT.findall(card[10:50]) if float(n)},
        card[50:52].strip() == "0",
        "(L)" in label,
        enthalpy,
        entropy,
        float(intervals[0][:11]),
        name_card[18:].strip(),
    )


def _distance_k(card: str) -> float:
    low, high = float(card[:11]), float(card[11:22])
    return max(low - T_REFERENCE_K, T_REFERENCE_K - high, 0.0)


def _numbers(card: str) -> list[float]:
    fields = [card[i : i + 16].replace("D", "E").strip() for i in range(0, 80, 16)]
    return [float(field or 0) for field in fields]


def _enthalpy_entropy(first: str, second: str) -> tuple[float, float]:
    """Enthalpy, kJ/mol, and entropy, J/(mol K), at 298.15 K; NASA/TP-2002-211556 eqs (2), (3)."""
    from math import log

    t = T_REFERENCE_K
    a1, a2, a3, a4, a5 = _numbers(first)
    a6, a7, _, b1, b2 = _numbers(second)
    h = (
        -a1 / t**2
        + a2 * log(t) / t
        + a3
        + a4 * t / 2
        + a5 * t**2 / 3
        + a6 * t**3 / 4
        + a7 * t**4 / 5
        + b1 / t
    )
    s = (
        -a1 / t**2 / 2
        - a2 / t
        + a3 * log(t)
        + a4 * t
        + a5 * t**2 / 2
        + a6 * t**3 / 3
        + a7 * t**4 / 4
        + b2
    )
    return h * GAS_CONSTANT_GLENN * t / 1000, s * GAS_CONSTANT_GLENN
