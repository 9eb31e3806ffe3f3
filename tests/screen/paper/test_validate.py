"""The comparison with the paper: what it says, and that it can say no."""

import numpy as np
import pytest

from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.paper.comparison import Comparison, compare, weight_simplex_share
from maiscreen.screen.paper.validate import ALTERNATIVES, contradictions, validate


@pytest.fixture(scope="module")
def found() -> dict:
    return validate()


def test_has_what_is_promised(found: dict) -> None:
    promised = {
        "order",
        "chance_probability",
        "kendall_tau",
        "weight_simplex_share",
        "states",
        "controls",
        "contradictions",
        "cannot_be",
    }
    assert promised <= set(found)
    assert set(found["states"]) == {"as_formed", "in_operation"}
    assert [c["name"] for c in found["controls"]] == [
        "SnCl2 in the electrolyte",
        "1-chloropropane vapour",
        "bare sodium",
    ]


def test_scores_are_those_of_the_screen(found: dict, default_rows: dict) -> None:
    for entry in found["precursors"]:
        assert entry["score"] == default_rows[entry["formula"]]["score"]
        assert entry["score_std"] == default_rows[entry["formula"]]["score_std"]
    additive = found["controls"][0]
    assert additive["score"] == default_rows["SnCl2 additive"]["score"]


def test_tau_against_counting_pairs(found: dict) -> None:
    scores = list(found["states"]["in_operation"]["scores"].values())
    pairs = [np.sign(a - b) for i, a in enumerate(scores) for b in scores[i + 1 :]]
    assert found["kendall_tau"] == pytest.approx(np.mean(pairs))


def test_bare_sodium_is_a_bound_below_every_layer(found: dict) -> None:
    bare = found["controls"][2]
    assert "upper bound" in bare["note"]
    assert bare["cycles"] is None
    # 10/11 · 1 · 1/11 · 1/11
    assert bare["score"] == pytest.approx((10 / 11**3) ** 0.25)


def test_a_wrong_order_is_called_wrong() -> None:
    scores = np.array([0.3, 0.5, 0.4, 0.2, 0.1])
    wrong = Comparison(scores, scores, scores[None], scores[:, None], {})
    assert not wrong.holds()
    assert wrong.order() == ["SiCl4", "TiCl4", "SnCl4"]


def test_a_tie_is_no_order() -> None:
    scores = np.array([0.5, 0.3, 0.3, 0.2, 0.1])
    assert not Comparison(scores, scores, scores[None], scores[:, None], {}).holds()


def test_weight_share_against_the_exact_area() -> None:
    # Of two attributes that disagree only weights above one half keep the order.
    worth = np.array([[1.0, 0.25], [0.5, 0.5], [0.25, 1.0]])
    assert weight_simplex_share(worth, 1) == pytest.approx(0.5, abs=0.02)
    assert weight_simplex_share(worth[::-1], 1) == pytest.approx(0.5, abs=0.02)
    assert weight_simplex_share(np.full((3, 2), 0.5), 1) == 0


def test_weights_can_undo_the_order() -> None:
    # Stiffness alone saturates for all three: no order is left.
    campaign = Campaign().with_settings(
        [
            "weights.adhesion=0",
            "weights.ionic_conductivity=0",
            "weights.electrolyte_permeability=0",
        ]
    )
    assert not compare(campaign, "in_operation").holds()


def test_what_contradicts_the_measured_layer_is_said_and_not_compared(found: dict) -> None:
    [(name, reason)] = found["cannot_be"].items()
    assert "1/3" in name
    assert "would not conduct" in reason
    assert set(found["sensitivity"]) == set(ALTERNATIVES) - {name}


def test_equal_scores_contradict_the_paper_as_equals() -> None:
    stiff = Weights(adhesion=0.0, ionic_conductivity=0.0, electrolyte_permeability=0.0)
    campaign = Campaign(weights=stiff, samples=100)
    by_state = {state: compare(campaign, state) for state in ("as_formed", "in_operation")}
    listed = contradictions(campaign, by_state, by_state["in_operation"])
    orders = [entry["order"] for entry in listed if entry["descriptor"] == "score"]
    assert "SiCl4 vapour = SnCl4 vapour" in orders
    assert not [order for order in orders if ">" in order]
