"""Where candidates were lost, gate by gate: counts of all, examples of a few."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.scoring import gates
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

EXAMPLES = 6
"""Formulas named for each gate."""

COLUMNS = ("key", "formula", "status", "rejected_reason", "failed_reason", "score")
"""What is read of those that are not shown."""


def read_losses(ranking: pa.Table) -> list[dict[str, Any]]:
    """Read the columns that show where each candidate was lost; the controls are none."""
    rows: list[dict[str, Any]] = candidates_of(ranking.select(COLUMNS)).to_pylist()
    return rows


def funnel(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Count the candidates left after each gate.

    Examples
    --------
    >>> funnel([{"status": "passed"}, {"status": "rejected", "rejected_reason": "hazard: x"}])
    [('all', 2), ('hazard', 1)]
    """
    lost = Counter(gate_of(row) for row in rows if row["status"] != "passed")
    return steps_left(len(rows), lost)


def steps_left(total: int, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Count the candidates left after each gate, from how many each took."""
    extra = sorted(set(counts) - set(gates.NAMES) - {"failed"})
    steps, left = [("all", total)], total
    for gate in ("failed", *gates.NAMES, *extra):
        if gate in counts:
            left -= counts[gate]
            steps.append((gate, left))
    return steps


def gate_of(row: Row) -> str:
    """Name what a candidate did not get past."""
    if row["status"] == "failed":
        return "failed"
    return str(row.get("rejected_reason") or "other").partition(":")[0].strip()


def reasons(rows: Sequence[Row], steps: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Gather the rejected by gate, with those that a reader would look for: the best scores.

    Parameters
    ----------
    rows : sequence of mapping
        Of `read_losses`.
    steps : sequence of (str, int)
        Their `funnel`.
    """
    gathered: dict[str, list[Row]] = {name: [] for name, _ in steps if name != "all"}
    for row in rows:
        if row["status"] != "passed":
            gathered[gate_of(row)].append(row)
    return [
        {"gate": gate, "count": len(those), "examples": [_example(row) for row in _best(those)]}
        for gate, those in gathered.items()
    ]


def _best(rows: Sequence[Row]) -> list[Row]:
    scored = sorted(
        rows, key=lambda row: (-(finite_or_none(row.get("score")) or 0.0), str(row["key"]))
    )
    return scored[:EXAMPLES]


def _example(row: Row) -> tuple[str, str]:
    reason = row.get("failed_reason") or row.get("rejected_reason") or ""
    return str(row["formula"]), str(reason).partition(":")[2].strip() or str(reason)
