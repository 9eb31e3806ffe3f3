"""The data of the page's script: what it ranks, searches and writes anew by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

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
    """Return by key the first of the ranks that equal expected places share, and if they do.

    Examples
    --------
    >>> places = {"A": 1.5, "B": 1.5, "C": 3.0}
    >>> rows = [{"key": k, "rank": ord(k) - 64, "expected_place": p} for k, p in places.items()]
    >>> shared_ranks(rows)
    {'A': (1, True), 'B': (1, True), 'C': (3, False)}
    """
    count = Counter(row["expected_place"] for row in rows)
    first: dict[Any, int] = {}
    for row in sorted(rows, key=lambda row: row["rank"]):
        first.setdefault(row["expected_place"], row["rank"])
    places = [(str(row["key"]), row["expected_place"]) for row in rows]
    return {key: (first[place], count[place] > 1) for key, place in places}


def _usual(row: Row, ranks: Mapping[str, tuple[int, bool]]) -> dict[str, Any]:
    values = {short: finite_or_none(row.get(name)) for short, name in USUAL.items()}
    return {"rank": ranks[str(row["key"])][0], **values}


def _worths(row: Row) -> list[float | None]:
    return [finite_or_none(value) for value in row_desirabilities(row)]
