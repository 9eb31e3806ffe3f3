"""The paper's cells as rows, and whether their scores fall as their cycles do."""

import pyarrow as pa
import pytest

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.cells import cells, in_measured_order


def _cells(tin: float | None, silicon: float | None, titanium: float | None) -> list[dict]:
    scores = {"SnCl4": tin, "SiCl4": silicon, "TiCl4": titanium, "SnCl2 additive": 0.99}
    return [{"key": key, "score": score} for key, score in scores.items()]


@pytest.mark.parametrize(
    ("scores", "holds"),
    [
        ((0.9, 0.5, 0.4), True),
        ((0.5, 0.9, 0.4), False),
        ((0.9, 0.4, 0.4), False),
        ((0.9, 0.5, None), False),
    ],
)
def test_three_scores_fall_as_the_cycles(scores: tuple, holds: bool) -> None:
    assert in_measured_order(_cells(*scores)) is holds


@pytest.mark.parametrize(("weight", "first"), [(1, True), (0, False)])
def test_that_tin_comes_first_hangs_on_the_conductivity(
    weight: float, first: bool, default_ranking: pa.Table
) -> None:
    campaign = Campaign().with_settings([f"weights.ionic_conductivity={weight}"])
    found = cells(campaign, default_ranking.slice(0, 0))
    scores = {row["key"]: row["score"] for row in found if row["key"].endswith("Cl4")}
    assert len(scores) == 3
    assert (max(scores, key=lambda key: scores[key]) == "SnCl4") is first
    # NaSi hardly forms in time (decision 46), so that silicon and titanium are alike.
    assert not in_measured_order(found)
