"""Whether the rows of a snapshot can be phases at all, whoever wrote them."""

from collections import Counter
from collections.abc import Mapping
from math import gcd, isfinite
from typing import Any

import pyarrow as pa

from maiscreen.candidates.chemistry.elements import HALOGENS, SUPERHEAVY, SYMBOLS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

LARGEST_EV_ATOM = 10.0
"""No formation energy is larger, in either direction: CaF2, among the largest, has 4.2 eV/atom."""

LARGEST_A3_ATOM = 1000.0
"""No solid has more for an atom: caesium has 117."""

_COUNTS = ("na_count", "metal_count", "halogen_count")
_ENERGIES = ("formation_energy_ev_atom", "energy_above_hull_ev_atom")
_OTHER_ENERGIES = (
    "legacy_formation_energy_ev_atom",
    "legacy_decomposition_energy_ev_atom",
    "reported_above_hull_ev_atom",
)
_METALS = frozenset({*SYMBOLS, *SUPERHEAVY, ""} - {"Na"})
_HALOGENS = frozenset({*HALOGENS, ""})


def check_rows(table: pa.Table, name: str, *, alone: bool) -> None:
    """See that every row of a table is a composition with an energy.

    Parameters
    ----------
    table : pyarrow.Table
        Phases or materials.
    name : str
        Of the file, for errors.
    alone : bool
        Whether each composition may stand there once only, and no element.

    Raises
    ------
    InputError
        At the first that is not, or if there are more rows than are read.
    """
    if table.num_rows > limits.PHASES:
        raise InputError("snapshot", name, f"has more than {limits.PHASES:,} rows")
    rows = table.to_pylist()
    for number, row in enumerate(rows, 2):
        fault = _fault(row)
        if fault:
            raise InputError("snapshot", name, f"row {number} {fault}; build it again")
    systems = Counter((row["metal"], row["halogen"]) for row in rows)
    if alone and systems and max(systems.values()) > limits.PHASES_OF_A_SYSTEM:
        remedy = f"has more than {limits.PHASES_OF_A_SYSTEM} phases of one M and X; build it again"
        raise InputError("snapshot", name, remedy)
    formulas = Counter(row["formula"] for row in rows)
    if alone and len(formulas) < len(rows):
        twice = formulas.most_common(1)[0][0]
        raise InputError("snapshot", name, f"has {twice} twice; build it again")


def _fault(row: Mapping[str, Any]) -> str:
    """Say what is wrong with a row; nothing if it is sound."""
    if row["metal"] not in _METALS or row["halogen"] not in _HALOGENS:
        return "names no M or X"
    counts = [row[name] for name in _COUNTS]
    if any(n is None or not 0 <= n <= limits.ATOMS_OF_A_FORMULA for n in counts) or not any(counts):
        return "has no sound number of atoms"
    symbols = ("Na", row["metal"], row["halogen"])
    if any(bool(n) != bool(s) for s, n in zip(symbols[1:], counts[1:], strict=True)):
        return "has atoms of other elements than it names"
    if gcd(*counts) != 1 or row["formula"] != _formula(symbols, counts):
        return "has another formula than its atoms"
    if any(not _within(row[name], LARGEST_EV_ATOM) for name in _ENERGIES if name in row):
        return f"has no energy within ±{LARGEST_EV_ATOM:g} eV/atom"
    more = [row[name] for name in _OTHER_ENERGIES if row.get(name) is not None]
    if any(not _within(value, 10 * LARGEST_EV_ATOM) for value in more):
        return "has an energy that none has"
    volume = row["volume_a3_atom"]
    if volume is not None and not (_within(volume, LARGEST_A3_ATOM) and volume > 0):
        return "has a volume that none has"
    return ""


def _formula(symbols: tuple[str, ...], counts: list[int]) -> str:
    pairs = zip(symbols, counts, strict=True)
    return "".join(s if n == 1 else f"{s}{n}" for s, n in pairs if n)


def _within(value: object, most: float) -> bool:
    return isinstance(value, float) and isfinite(value) and abs(value) <= most
