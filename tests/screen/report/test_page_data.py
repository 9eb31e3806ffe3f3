"""The data of the page's script: ranks that equals share."""

import pytest

from maiscreen.screen.report.page_data import shared_ranks

EQUAL = {"tier": 1, "p_top_k": 0.9, "expected_place": 5.0}


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ({}, True),
        ({"p_top_k": 0.9 + 1e-12}, True),
        ({"p_top_k": 0.8}, False),
        ({"tier": 2}, False),
        ({"expected_place": 5.2}, False),
    ],
)
def test_only_equals_by_all_that_ranks_go_by_share_one(
    other: dict[str, float], shared: bool
) -> None:
    rows = [{"key": "A", "rank": 4, **EQUAL}, {"key": "B", "rank": 5, **EQUAL, **other}]
    assert shared_ranks(rows) == {"A": (4, shared), "B": (4 if shared else 5, shared)}


def test_an_equal_place_behind_another_is_no_shared_rank() -> None:
    of = {"A": (5.0, 0.9), "B": (5.2, 0.85), "C": (5.0, 0.8)}
    rows = [
        {"key": key, "rank": rank, "tier": 1, "p_top_k": p, "expected_place": place}
        for rank, (key, (place, p)) in enumerate(of.items(), 4)
    ]
    assert shared_ranks(rows) == {"A": (4, False), "B": (5, False), "C": (6, False)}
