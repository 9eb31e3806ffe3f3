import pyarrow as pa
import pytest

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import rerank, weight_table
from maiscreen.screen.scoring.ranking import rank_candidates


@pytest.fixture(scope="module")
def rows(default_ranking: pa.Table) -> list[dict[str, object]]:
    return [row for row in default_ranking.to_pylist() if row["rank"]]


@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (3, 0, 1, 0.5), (0, 0, 0, 1), (0.2, 5, 0, 0)])
def test_order_of_the_scores_of_a_campaign_with_these_weights(
    rows: list[dict[str, object]], default_ranking: pa.Table, weights: tuple[float, ...]
) -> None:
    names = ("adhesion", "ionic_conductivity", "youngs_modulus", "electrolyte_permeability")
    campaign = Campaign(samples=100).with_settings(
        f"weights.{name}={weight}" for name, weight in zip(names, weights, strict=True)
    )
    controls = 2
    again = rank_candidates(campaign, default_ranking.slice(0, default_ranking.num_rows - controls))
    passed = [row for row in again.to_pylist() if row["rank"]]
    best_first = sorted(passed, key=lambda row: (-round(row["score"], 9), row["key"]))
    wanted = {row["key"]: place for place, row in enumerate(best_first, 1)}
    found = rerank(rows, weights)
    assert {row["key"]: rank for row, rank in zip(rows, found, strict=True)} == wanted


def test_the_table_agrees_with_the_ranking(rows: list[dict[str, object]]) -> None:
    table = weight_table(rows, Campaign())
    best_first = sorted(rows, key=lambda row: (-round(row["score"], 9), row["key"]))
    by_label = {one["label"]: one for one in table}
    assert [by_label[row["formula"]]["rank"] for row in best_first] == [*range(1, len(rows) + 1)]
    assert all(1 <= one["low"] <= one["high"] <= len(rows) for one in table)
    assert [one["label"] for one in table] == [row["formula"] for row in rows]
    assert weight_table([], Campaign()) == []
