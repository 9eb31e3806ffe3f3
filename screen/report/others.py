"""Candidates that the table of the page has not: each with its reason, to be searched for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from maiscreen.screen.facts.funnel import gate_of
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.scoring.gates import NAMES
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

MOST = 2000
"""Candidates in a page, those that came nearest; of more the others are in ranking.parquet."""

COLUMNS = (
    "key", "formula", "name", "cas", "metal", "halogen",
    "status", "tier", "rank", "rejected_reason", "failed_reason", "vapour_pressure_pa",
)  # fmt: skip
"""What is read of a candidate, if the ranking has it."""

GATES = ("failed", *NAMES)
"""What a candidate may not get past, in the order in which it is tried."""


def read_all(ranking: pa.Table) -> list[Row]:
    """Read what is told of every candidate, passed or not; the controls are none."""
    there = [name for name in COLUMNS if name in ranking.column_names]
    rows = candidates_of(ranking.select(there)).to_pylist()
    return [{**dict.fromkeys(COLUMNS), **row} for row in rows]


def reason_of(row: Row) -> str:
    """Return why a candidate is not in the table.

    Examples
    --------
    >>> empty = dict.fromkeys(COLUMNS)
    >>> reason_of(empty | {"status": "passed", "rank": 412})
    'passed: rank 412, beyond the table'
    >>> reason_of(empty | {"status": "rejected", "rejected_reason": "hazard: explosive"})
    'hazard: explosive'
    """
    if row["status"] == "passed":
        return f"passed: rank {row['rank']}, beyond the table"
    failed = f"failed: {row['failed_reason']}" if row["failed_reason"] else ""
    return str(failed or row["rejected_reason"] or "other")


def stage_of(row: Row) -> int:
    """Count the gates that let a candidate through: the more, the nearer it came."""
    if row["status"] == "passed":
        return len(GATES) + 1
    gate = gate_of(row)
    return GATES.index(gate) if gate in GATES else len(GATES)


def nearness(row: Row) -> tuple[int, int, float, str]:
    """Order candidates by how near they came: the best first, then the last gate, more vapour."""
    pressure = finite_or_none(row["vapour_pressure_pa"]) or 0.0
    return -stage_of(row), int(row["rank"] or 0), -pressure, str(row["key"])


def search_data(rows: Sequence[Row], shown: Collection[str]) -> dict[str, Any]:
    """Lay out those that are not shown in the table, each reason once.

    Parameters
    ----------
    rows : sequence of mapping
        Of :func:`read_all`.
    shown : collection of str
        Keys of the table.

    Returns
    -------
    dict
        ``total`` of them; ``reasons``; ``rows``: formula, name, CAS number, metal, halogen and
        the number of the reason, the nearest to passing first.
    """
    others = sorted((row for row in rows if str(row["key"]) not in shown), key=nearness)
    reasons: dict[str, int] = {}
    laid_out = []
    for row in others[:MOST]:
        texts = [str(row[name] or "") for name in ("formula", "name", "cas", "metal", "halogen")]
        laid_out.append([*texts, reasons.setdefault(reason_of(row), len(reasons))])
    return {"total": len(others), "reasons": list(reasons), "rows": laid_out}
