"""The paper's cells as rows: three precursors and the controls, whatever was screened."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.precursors.space import ADDITIVE_CONTROL
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors
from maiscreen.screen.paper.comparison import control_rows, falls
from maiscreen.screen.paper.controls import (
    ADDITIVE,
    BARE_SODIUM,
    CHLOROPROPANE,
    CONTROLS,
    PRECURSORS,
)
from maiscreen.screen.scoring.ranking import STANDING, rank_candidates

Row = dict[str, Any]

CELLS = (*PRECURSORS, *CONTROLS)
"""All of them, the longest-lived first of each kind."""

SHAPES: Mapping[str, str] = {
    **dict(zip((case.key for case in PRECURSORS), ("square", "triangle", "diamond"), strict=True)),
    ADDITIVE.key: "plus",
    CHLOROPROPANE.key: "cross",
    BARE_SODIUM.key: "down",
}
"""The mark of each in every drawing, by its key."""

LABELS = {
    ADDITIVE.key: "SnCl2, additive",
    CHLOROPROPANE.key: "1-chloropropane",
    BARE_SODIUM.key: "bare sodium",
}
"""Short names of the controls."""


def cells(campaign: Campaign, ranking: pa.Table) -> list[Row]:
    """Return a row for each cell of the paper, whether the campaign has it or not.

    Returns
    -------
    list of dict
        The columns of the ranking, and ``label``, ``cycles``, ``measured`` (the cell's name) and
        ``inside``: whether it is a candidate of this campaign.
    """
    wanted = pa.array([case.key for case in CELLS])
    inside = ranking.filter(pc.is_in(ranking["key"], value_set=wanted)).to_pylist()
    by_key = {row["key"]: {**row, "inside": True} for row in inside}
    if len(by_key) < len(CELLS):
        by_key = {row["key"]: {**row, "inside": False} for row in _score_outside(campaign)} | by_key
    return [
        {
            **by_key[case.key],
            "label": LABELS.get(case.key, case.formula),
            "cycles": case.cycles,
            "measured": case.name,
        }
        for case in CELLS
    ]


def measured_cells(paper: Sequence[Mapping[str, Any]], comparison: Mapping[str, Any]) -> list[Row]:
    """Return the cells whose cycles were measured, as the comparison with the paper scores them."""
    cases = [*comparison.get("precursors", []), *comparison.get("controls", [])]
    keys = {row["measured"]: row["key"] for row in paper}
    return [
        {"formula": name, **case, "name": name, "key": keys.get(name, case.get("formula"))}
        for case in cases
        if case.get("cycles") and (name := case.get("name") or case["formula"])
    ]


def in_measured_order(paper: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the scores of the three precursors fall as their cycles do, without a tie."""
    scores = {row["key"]: row["score"] for row in paper}
    three = [scores[case.key] for case in PRECURSORS]
    return bool(falls(np.array(three, dtype=np.float64)))


def _score_outside(campaign: Campaign) -> list[Row]:
    """Score the cells by the campaign's rules, though they are not among its candidates."""
    records = [Precursor.parse(case.formula) for case in PRECURSORS]
    batch = Precursors.of([*records, ADDITIVE_CONTROL])
    described = rank_candidates(campaign, describe_precursors(campaign, batch))
    controls = pa.Table.from_pylist(control_rows(campaign), schema=described.schema)
    rows = pa.concat_tables([described, controls]).to_pylist()
    return [row | dict.fromkeys(STANDING) for row in rows]
