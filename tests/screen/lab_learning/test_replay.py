"""The paper's cells, played again."""

import pyarrow as pa
import pytest
from lab_sim import cell

from maiscreen.candidates.errors import InputError
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.replay import _share_of_highest, replay

PAPER = [
    cell("SnCl4", 650, True),
    cell("SiCl4", 220),
    cell("TiCl4", 150),
    cell("C3H7Cl", 40),
    cell("bare sodium", 30, route="none"),
]


def test_three_precursors_and_a_control(default_ranking: pa.Table) -> None:
    found = replay(Campaign(), default_ranking, PAPER)
    assert [name for name, _ in found.measured] == ["SnCl4", "SiCl4", "TiCl4", "C3H7Cl"]
    assert found.measured[0][1] == "> 650"
    assert found.left_out == ("bare sodium",)
    assert [(one.seen, one.sets, one.all_sets) for one in found.steps] == [
        (0, 1, 1),
        (1, 4, 4),
        (2, 6, 6),
    ]
    assert [one.chance for one in found.steps] == pytest.approx([1 / 4, 1 / 3, 1 / 2])
    assert sorted(found.path) == ["C3H7Cl", "SiCl4", "SnCl4", "TiCl4"]
    assert found.path[0] == "SnCl4"
    assert found.found_by_lot == 2.5


def test_what_is_wrong_is_told(default_ranking: pa.Table) -> None:
    """Had the cells died the other way round, the replay would have been wrong."""
    turned = [cell("SnCl4", 40), cell("SiCl4", 150), cell("TiCl4", 220)]
    found = replay(Campaign(), default_ranking, turned)
    assert found.steps[0].proposed == 0
    assert ("TiCl4", "SnCl4", 2, 2) in found.wrong


def test_too_few_are_refused(default_ranking: pa.Table) -> None:
    with pytest.raises(InputError, match="fewer than three"):
        replay(
            Campaign(),
            default_ranking,
            [PAPER[1], PAPER[2], cell("SnCl4", 9, capacity_mah_cm2=3.0)],
        )


def test_equal_scores_are_right_as_often_as_lots() -> None:
    values = {"a": 0.5, "b": 0.5 + 1e-15, "c": 0.4}
    assert _share_of_highest(values, ["a", "b", "c"], ["b"]) == 0.5
    assert _share_of_highest(values, ["c", "b", "a"], ["b"]) == 0.5
    assert _share_of_highest(values, ["a", "c"], ["c"]) == 0
