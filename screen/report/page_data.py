"""The data of the page's script: what it ranks, searches and writes anew by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from maiscreen.candidates.rounding import significant
from maiscreen.screen.facts.answer import row_desirabilities
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.links import PUBCHEM
from maiscreen.screen.report.draws import embedded_draws
from maiscreen.screen.report.others import read_all, search_data
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

USUAL = {
    "expected": "expected_place",
    "place_low": "place_low",
    "place_high": "place_high",
    "p": "p_top_k",
    "tier": "tier",
    "score": "score",
    "score_low": "score_low",
    "score_high": "score_high",
}
"""What the page knows of a candidate with the campaign's weights, by its column of the ranking."""


def page_data(findings: Findings, rows: Sequence[Row]) -> dict[str, Any]:
    """Gather the data of the script.

    Parameters
    ----------
    findings : Findings
        Of the campaign.
    rows : sequence of mapping
        Those of the table.
    """
    campaign, keys = findings.campaign, [str(row["key"]) for row in rows]
    ranks = shared_ranks(rows)
    return {
        "weights": list(campaign.weights.values),
        "rules": {"top_k": campaign.top_k, "tier_probability": campaign.tier_probability},
        "rows": [
            {"key": row["key"], "worth": _worths(row), "usual": _usual(row, ranks)} for row in rows
        ],
        "measured": [
            {"name": cell["measured"], "cycles": cell["cycles"], "worth": _worths(cell)}
            for cell in findings.cells
            if cell["cycles"] and not np.isnan(row_desirabilities(cell)).any()
        ],
        "draws": embedded_draws(findings, keys),
        "others": search_data(read_all(findings.ranking), set(keys)),
        "pubchem": PUBCHEM,
    }


def shared_ranks(rows: Sequence[Row]) -> dict[str, tuple[int, bool]]:
    """Return by key the first of the ranks that equals share, and if they do.

    Equal are rows of the same tier, P(top k) and expected place, by which ranks go.

    Examples
    --------
    >>> places = {"A": (0.9, 1.5), "B": (0.9, 1.5), "C": (0.8, 1.5)}
    >>> rows = [
    ...     {"key": k, "rank": ord(k) - 64, "tier": 1, "p_top_k": p, "expected_place": place}
    ...     for k, (p, place) in places.items()
    ... ]
    >>> shared_ranks(rows)
    {'A': (1, True), 'B': (1, True), 'C': (3, False)}
    """
    count = Counter(map(_ranked_by, rows))
    first: dict[Any, int] = {}
    for row in sorted(rows, key=lambda row: row["rank"]):
        first.setdefault(_ranked_by(row), row["rank"])
    equals = [(str(row["key"]), _ranked_by(row)) for row in rows]
    return {key: (first[of], count[of] > 1) for key, of in equals}


def _ranked_by(row: Row) -> tuple[Any, ...]:
    return row["tier"], float(significant(row["p_top_k"])), row["expected_place"]


def _usual(row: Row, ranks: Mapping[str, tuple[int, bool]]) -> dict[str, Any]:
    values = {short: finite_or_none(row.get(name)) for short, name in USUAL.items()}
    return {"rank": ranks[str(row["key"])][0], **values}


def _worths(row: Row) -> list[float | None]:
    return [finite_or_none(value) for value in row_desirabilities(row)]
