"""Desirability, Pareto front and ranking against brute force and their identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maiscreen.descriptors.layer.layer import Estimate, f0_estimate
from maiscreen.screen.scoring.ranking import Outcomes, pareto_front, rank, sample_scores
from maiscreen.screen.scoring.score import FLOOR, desirability, score

WEIGHTS = {"adhesion": 1.0, "youngs_modulus": 2.0}


@pytest.mark.parametrize(
    ("attribute", "worst", "best"),
    [
        ("adhesion", 0.0, 0.52),
        ("ionic_conductivity", np.log10(0.0012), np.log10(0.12)),
        ("youngs_modulus", 8.25, 18.15),
        ("electrolyte_permeability", 1.0, 0.0),
    ],
)
def test_thresholds(attribute: str, worst: float, best: float) -> None:
    beyond = best + (best - worst)
    middle = (worst + best) / 2
    got = desirability(attribute, np.array([worst, middle, best, beyond]))
    assert got == pytest.approx([0, 0.5, 1, 1])
    assert np.isnan(desirability(attribute, np.array([np.nan]))[0])


@given(arrays(float, (4, 6), elements=st.floats(0, 1)))
def test_score_is_a_mean_and_grows_with_each_part(parts: np.ndarray) -> None:
    names = ("a", "b", "c", "d")
    weights = dict(zip(names, (1.0, 2.0, 0.5, 3.0), strict=True))
    before = score(dict(zip(names, parts, strict=True)), weights)
    floored = np.maximum(parts, FLOOR)
    assert (before <= floored.max(axis=0) + 1e-12).all()
    assert (before >= floored.min(axis=0) - 1e-12).all()
    better = parts.copy()
    better[1] = np.minimum(1, better[1] + 0.1)
    assert (score(dict(zip(names, better, strict=True)), weights) >= before - 1e-12).all()


def test_only_ratios_of_weights_count_and_no_weight_looks_away() -> None:
    parts = {"a": np.array([0.2, 0.9]), "b": np.array([0.7, np.nan])}
    doubled = score(parts, {"a": 2, "b": 6})
    assert doubled[0] == pytest.approx(score(parts, {"a": 1, "b": 3})[0])
    assert np.isnan(doubled[1])
    assert score(parts, {"a": 1, "b": 0}) == pytest.approx(parts["a"])


@given(arrays(float, (12, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
def test_pareto_front_against_brute_force(goods: np.ndarray) -> None:
    expected = [
        not any((other >= row).all() and (other > row).any() for other in goods) for row in goods
    ]
    assert pareto_front(goods).tolist() == expected


def estimate(*values: float, std: float = 0.0) -> Estimate:
    value = np.array(values)
    return f0_estimate(value, std, "test")


def outcomes(p_alloy: float, std: float) -> Outcomes:
    return Outcomes(
        np.array(["Sn", "Sn", "Ti"]),
        np.full(3, p_alloy),
        {
            "adhesion": estimate(0.3, 0.3, 0.2, std=std),
            "youngs_modulus": estimate(20, 20, 20, std=std),
        },
        {"adhesion": estimate(0.0, 0.0, 0.0), "youngs_modulus": estimate(9, 9, 9)},
    )


def test_certain_estimates_give_certain_scores() -> None:
    drawn = sample_scores(outcomes(1.0, 0.0), WEIGHTS, 200, 1)
    assert drawn.std(axis=0) == pytest.approx(0)
    sure = {"adhesion": desirability("adhesion", np.array([0.3])), "youngs_modulus": np.ones(1)}
    assert drawn[0, 0] == pytest.approx(score(sure, WEIGHTS)[0])


def test_a_possible_alloy_is_drawn_as_often_as_it_is_likely() -> None:
    drawn = sample_scores(outcomes(0.7, 0.0), WEIGHTS, 20_000, 1)
    assert (drawn[:, 0] > drawn[:, 0].min()).mean() == pytest.approx(0.7, abs=0.01)


def test_precursors_of_one_metal_share_their_error() -> None:
    drawn = sample_scores(outcomes(1.0, 0.1), WEIGHTS, 500, 1)
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 2])[0, 1]) < 0.2


def test_ranks_intervals_and_ties() -> None:
    nominal = np.array([0.5, 0.9, 0.5, 0.7])
    drawn = np.tile(nominal, (100, 1))
    drawn[:30, 0] = 0.95
    ranking = rank(
        nominal, drawn, np.array(["b", "c", "a", "d"]), np.array([True, True, True, False]), 1
    )
    assert ranking.rank[:3].tolist() == [3, 1, 2]
    assert np.isnan(ranking.rank[3])
    assert ranking.p_top[:3] == pytest.approx([0.3, 0.7, 0.0])
    assert (ranking.low[0], ranking.high[0]) == (1, 3)


def test_nothing_to_rank() -> None:
    none = rank(np.array([0.5]), np.ones((10, 1)), np.array(["a"]), np.array([False]), 1)
    assert np.isnan(none.rank).all()
