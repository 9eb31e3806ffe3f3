"""Rows of the table of phases: which compounds belong to it, and where they lie on their hull."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.hulls.section import System, energy_above_hull
from maiscreen.candidates.snapshot.columns import SCHEMA

Row = dict[str, Any]

_KINDS = {"mx": "halides", "nax": "sodium_halides", "nam": "na_m", "namx": "na_m_x"}


def roles(counts: Mapping[str, int]) -> Row | None:
    """Tell Na, M and X of a composition apart; None for what is no halide, NaX, Na–M or Na–M–X.

    Interhalogens are left out: the legacy scheme corrects both of their elements, so that the
    shift to 2020 is not known for them.

    Parameters
    ----------
    counts : Mapping of str to int
        Atoms by element, two elements at least.

    Examples
    --------
    >>> roles({"Sn": 8, "Na": 30})["formula"], roles({"O": 1, "Na": 2, "S": 1})
    ('Na15Sn4', None)
    """
    halogens = [e for e in counts if e in HALOGENS]
    metals = [e for e in counts if e not in HALOGENS and e != "Na"]
    if len(counts) < 2 or len(halogens) > 1 or len(metals) > 1:
        return None
    metal, halogen = "".join(metals), "".join(halogens)
    elements = [e for e in ("Na", metal, halogen) if e in counts]
    numbers = [counts[e] for e in elements]
    divisor = int(np.gcd.reduce(numbers))
    reduced = {e: n // divisor for e, n in zip(elements, numbers, strict=True)}
    return {
        "formula": "".join(e if n == 1 else f"{e}{n}" for e, n in reduced.items()),
        "chemical_system": "-".join(elements),
        "metal": metal,
        "halogen": halogen,
        "na_count": reduced.get("Na", 0),
        "metal_count": reduced.get(metal, 0),
        "halogen_count": reduced.get(halogen, 0),
    }


def phase_order(row: Row) -> tuple[str, str, int, int, int]:
    """Return the sort key of a row of the table."""
    return (
        row["metal"],
        row["halogen"],
        row["na_count"],
        row["metal_count"],
        row["halogen_count"],
    )


def material_order(row: Row) -> tuple[object, ...]:
    """Return the sort key of a material: composition, then energy, then identifier."""
    return (*phase_order(row), row["formation_energy_ev_atom"], row["material_id"])


def atom_counts(rows: list[Row]) -> NDArray[np.int64]:
    """Return atoms of Na, M and X in a formula, shape (n, 3)."""
    names = ("na_count", "metal_count", "halogen_count")
    return np.array([[row[name] for name in names] for row in rows], dtype=np.int64).reshape(-1, 3)


def round_to_micro(value: float) -> float:
    """Round to six decimals, ties upwards, so that the last bit of a sum never shows."""
    return round(value + 1e-11, 6)


def place_on_hull(rows: list[Row]) -> None:
    """Add the energy above the hull, each phase in the system of its own elements."""
    for row, above in zip(rows, above_hull_ev_atom(rows, rows), strict=True):
        row["energy_above_hull_ev_atom"] = round_to_micro(above)


def above_hull_ev_atom(rows: list[Row], phases: list[Row]) -> list[float]:
    """Place compounds above the hull of phases and elements, each in its own system, eV/atom.

    Parameters
    ----------
    rows : list of Row
        The compounds.
    phases : list of Row
        What spans the hulls; ``formation_energy_ev_atom`` of both is in eV/atom.
    """
    place = {id(row): k for k, row in enumerate(rows)}
    above = [0.0] * len(rows)
    for metal, halogen in sorted({(row["metal"], row["halogen"]) for row in rows}):
        own = [r for r in rows if (r["metal"], r["halogen"]) == (metal, halogen)]
        span = [r for r in phases if r["metal"] in ("", metal) and r["halogen"] in ("", halogen)]
        counts = np.concatenate([atom_counts(own + span), np.eye(3, dtype=np.int64)])
        energy = [r["formation_energy_ev_atom"] for r in own + span] + [0.0] * 3
        system = System(np.array([""] * len(counts)), counts, np.array(energy, dtype=np.float64))
        for row, value in zip(own, energy_above_hull(system).tolist(), strict=False):
            above[place[id(row)]] = value
    return above


def count_kinds(rows: list[Row]) -> dict[str, int]:
    """Count halides, sodium halides, Na–M and Na–M–X."""
    given = [("na" if r["na_count"] else "") + bool(r["metal"]) * "m" + bool(r["halogen"]) * "x"
             for r in rows]  # fmt: skip
    return {name: given.count(kind) for kind, name in _KINDS.items()}


def to_csv(rows: list[Row], names: list[str] | None = None) -> bytes:
    """Write rows as CSV: six decimals of an energy, four of a volume, nothing for None.

    Parameters
    ----------
    rows : list of Row
        With a value for each name.
    names : list of str, optional
        Columns; those of the table of phases if left out.
    """
    names = names or SCHEMA.names
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[_cell(row[name], name) for name in names] for row in rows])
    return buffer.getvalue().encode()


def _cell(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}" if name.startswith("volume") else f"{value + 0.0:.6f}"
    return str(value)
