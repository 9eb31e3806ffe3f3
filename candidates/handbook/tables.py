"""Handbook tables as raw records: CRC, JANAF, WebBook, ATcT, Yaws; NASA Glenn; solid enthalpies.

Nothing is judged here. ``faults.py`` tells which values are to be trusted.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from pathlib import Path

from maiscreen.candidates.chemistry.constants import KJ_MOL_PER_EV
from maiscreen.candidates.handbook.files import Row, number, table_rows
from maiscreen.candidates.handbook.identities import canonical_formula, identities, read_formula
from maiscreen.candidates.reading.packages import package_folder

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


CRC_TABLE = "Heat Capacity/CRC Standard Thermodynamic Properties of Chemical Substances.tsv"
JANAF_TABLE = "Reactions/JANAF_1998.tsv"


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of one compound in one phase at 298.15 K and 1 bar.

    Attributes
    ----------
    formula : str
        Metal first, counts as in the molecule.
    phase : str
        ``s``, ``l`` or ``g``.
    cas : str
        CAS number, empty where the source gives none.
    source : str
        Short name of the source.
    enthalpy_kj_mol, entropy_j_mol_k, gibbs_kj_mol : float
        Enthalpy of formation, absolute entropy, Gibbs energy of formation; NaN where missing.
    note : str
        What to know of the value.
    """

    formula: str
    phase: str
    cas: str
    source: str
    enthalpy_kj_mol: float = nan
    entropy_j_mol_k: float = nan
    gibbs_kj_mol: float = nan
    note: str = ""


def records() -> Iterator[Record]:
    """Every value of every source for elements and binary halides."""
    yield from _crc()
    yield from _janaf()
    yield from _webbook()
    yield from _gas_tables()
    yield from _glenn()
    yield from _solid_enthalpies()


def _rows(file: str) -> Iterator[tuple[str, str, Row]]:
    known = identities()
    for cas, row in table_rows(file, known):
        yield cas, known[cas].formula, row


def _crc() -> Iterator[Record]:
    for cas, formula, row in _rows(CRC_TABLE):
        for phase in "slg":
            yield from read_row(formula, phase, cas, "CRC", row)


def _webbook() -> Iterator[Record]:
    for cas, formula, row in _rows("Misc/webbook_constants.tsv"):
        for phase in "slg":
            yield from read_row(formula, phase, cas, "WebBook", row)


def _gas_tables() -> Iterator[Record]:
    for cas, formula, row in _rows("Reactions/Yaws Hf S0 (g).tsv"):
        yield from read_row(formula, "g", cas, "Yaws", row)
    for cas, formula, row in _rows("Reactions/ATcT 1.112 (g).tsv"):
        yield from read_row(formula, "g", cas, "ATcT", row)
    for cas, formula, row in _rows("Reactions/ATcT 1.112 (l).tsv"):
        yield from read_row(formula, "l", cas, "ATcT", row)


def _janaf() -> Iterator[Record]:
    for cas, row in table_rows(JANAF_TABLE):
        formula = read_formula(row["formula"])
        if formula:
            for phase in "lg":
                yield from read_row(formula, phase, cas, "JANAF", row)


def read_row(formula: str, phase: str, cas: str, source: str, row: Row) -> Iterator[Record]:
    """Read one phase of one row of the package chemicals' tables, J/mol; nothing if it is empty."""
    enthalpy, entropy, gibbs = (number(row, f"{symbol}{phase}") for symbol in ("Hf", "S0", "Gf"))
    if enthalpy == enthalpy or entropy == entropy:
        yield Record(formula, phase, cas, source, enthalpy / 1e3, entropy, gibbs / 1e3)


def _glenn() -> Iterator[Record]:
    for species in read_species(package_folder("pyglenn") / "data" / "thermo.inp"):
        counts = {symbol: int(n) for symbol, n in species.counts.items()}
        formula = canonical_formula(counts) if "E" not in counts else None
        # Of several crystal forms only the one that is stable at 298 K is taken.
        if formula is None or (
            not species.liquid and not species.gas and species.t_min_k > T_REFERENCE_K
        ):
            continue
        phase = "g" if species.gas else "l" if species.liquid else "s"
        note = "" if species.t_min_k <= T_REFERENCE_K else f"from {species.t_min_k:.0f} K down"
        yield Record(
            formula,
            phase,
            "",
            "Glenn",
            species.enthalpy_kj_mol,
            species.entropy_j_mol_k,
            note="; ".join(filter(None, (note, species.comment))),
        )


def _solid_enthalpies() -> Iterator[Record]:
    path = package_folder("pymatgen") / "analysis" / "compatibility" / "exp_compounds.json.gz"
    for row in json.loads(gzip.decompress(path.read_bytes())):
        formula = read_formula(row["formula"])
        if formula:
            yield Record(formula, "s", "", "Kubaschewski/NBS", row["exp energy"] * KJ_MOL_PER_EV)
