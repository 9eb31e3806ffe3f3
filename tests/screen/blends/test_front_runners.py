from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING
from maiscreen.screen.blends.blends import evaluate_recipes, metal_sets, p_kinetic
from maiscreen.screen.blends.bound import MISSED
from maiscreen.screen.blends.front_runners import (
    draw_scores,
    histogram,
    rank_front_runners,
    share_upper_bound,
)
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.scoring.front import BestCandidates

spaces = cache(BlendSpace)

CAMPAIGN = Campaign(
    metals=("Si", "Ti", "Ge", "Sn", "Sb"),
    halogens=("Cl", "Br"),
    samples=500,
    space=Space(blends=2, ratio_steps=5, temperatures_c=(25, 60), front_runners=20),
)


@pytest.fixture(scope="module")
def passed() -> np.ndarray:
    """Numbers of the candidates that pass."""
    table = describe_blends(spaces(CAMPAIGN), 0, spaces(CAMPAIGN).mixtures.size)
    return np.flatnonzero(~np.isnan(table["score"].to_numpy()))


def test_no_drawn_score_beats_the_optimistic_one_more_often_than_promised(
    passed: np.ndarray,
) -> None:
    space = spaces(CAMPAIGN).mixtures
    table = describe_blends(spaces(CAMPAIGN), 0, space.size)
    drawn = draw_scores(spaces(CAMPAIGN), evaluate_recipes(spaces(CAMPAIGN), space.at(passed)))
    best = table["score_optimistic"].to_numpy()[passed]
    beaten = (drawn > best).mean(axis=0)
    # Draws are a sample: 500 of them know a share of 3 % to 2 %, three times over.
    assert beaten.max() <= MISSED + 3 * np.sqrt(MISSED * (1 - MISSED) / CAMPAIGN.samples)
    assert (best >= table["score"].to_numpy()[passed]).all()


def test_draws_do_not_depend_on_what_is_drawn_beside(passed: np.ndarray) -> None:
    space = spaces(CAMPAIGN).mixtures
    whole = draw_scores(spaces(CAMPAIGN), evaluate_recipes(spaces(CAMPAIGN), space.at(passed)))
    some = passed[::-7]
    alone = draw_scores(spaces(CAMPAIGN), evaluate_recipes(spaces(CAMPAIGN), space.at(some)))
    assert (alone == whole[:, np.searchsorted(passed, some)]).all()


def test_front_runners_are_ranked_as_all_would_be(passed: np.ndarray) -> None:
    space = spaces(CAMPAIGN).mixtures
    described = describe_blends(spaces(CAMPAIGN), 0, space.size)
    index, score = described["index"].to_numpy(), described["score"].to_numpy()
    group = metal_sets(spaces(CAMPAIGN), space.slice(0, space.size).ingredient)
    optimistic = histogram(described["score_optimistic"].to_numpy())
    few, bound = rank_front_runners(
        spaces(CAMPAIGN), BestCandidates.of(index, score, group, 20), optimistic
    )
    everyone = replace(CAMPAIGN, space=replace(CAMPAIGN.space, front_runners=10_000))
    all_of_them, _ = rank_front_runners(
        spaces(everyone), BestCandidates.of(index, score, group, 10_000), optimistic
    )
    by_index = {row["index"]: row for row in all_of_them.to_pylist()}
    for row in few.to_pylist():
        other = by_index[row["index"]]
        same = ("score", "score_std", "score_low", "score_high", "adhesion_std")
        assert {n: row[n] for n in same} == {n: other[n] for n in same}
        assert row["p_top_k"] >= other["p_top_k"]  # fewer to be beaten by
        assert row["expected_place"] <= other["expected_place"]
    for table in (few, all_of_them):
        rows = table.to_pylist()
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        for above, below in pairwise(rows):
            assert above["tier"] <= below["tier"] <= above["tier"] + 1
            if above["tier"] == below["tier"]:
                assert above["p_top_k"] >= below["p_top_k"] - 1e-9
        total = sum(row["expected_place"] for row in rows)
        assert total == pytest.approx(len(rows) * (len(rows) + 1) / 2)
    # Chosen by their nominal scores, whatever their places are.
    nominal = sorted(all_of_them.to_pylist(), key=lambda row: (-row["score"], row["index"]))
    assert {row["index"] for row in nominal[:20]} <= {row["index"] for row in few.to_pylist()}
    assert bound.drawn == few.num_rows < len(passed)
    assert all_of_them.num_rows == len(passed)


def test_metals_that_would_be_forgotten_are_drawn_too(passed: np.ndarray) -> None:
    space = spaces(CAMPAIGN).mixtures
    table = describe_blends(spaces(CAMPAIGN), 0, space.size)
    group = metal_sets(spaces(CAMPAIGN), space.slice(0, space.size).ingredient)
    front = BestCandidates.of(table["index"].to_numpy(), table["score"].to_numpy(), group, 1)
    assert set(front.group.tolist()) == set(group[passed].tolist())


def test_chance_of_the_others_is_counted_from_above(passed: np.ndarray) -> None:
    """Those that reach the k-th place too often are among those that the bound leaves open."""
    space = spaces(CAMPAIGN).mixtures
    table = describe_blends(spaces(CAMPAIGN), 0, space.size)
    group = metal_sets(spaces(CAMPAIGN), space.slice(0, space.size).ingredient)
    front = BestCandidates.of(table["index"].to_numpy(), table["score"].to_numpy(), group, 20)
    optimistic = histogram(table["score_optimistic"].to_numpy())
    _, bound = rank_front_runners(spaces(CAMPAIGN), front, optimistic)
    drawn = draw_scores(spaces(CAMPAIGN), evaluate_recipes(spaces(CAMPAIGN), space.at(front.index)))
    kth = np.partition(drawn, -CAMPAIGN.top_k, axis=1)[:, -CAMPAIGN.top_k]
    others = np.setdiff1d(passed, front.index)
    often = (
        draw_scores(spaces(CAMPAIGN), evaluate_recipes(spaces(CAMPAIGN), space.at(others)))
        >= kth[:, None]
    ).mean(axis=0)
    assert (often > bound.chance).sum() <= bound.open <= len(others)
    assert bound.audited > 0
    assert bound.surprises / bound.audited <= bound.share


def test_interval_of_a_share_is_that_of_the_binomial_tail() -> None:
    upper = share_upper_bound(3, 200)
    tail = sum(_binomial(200, k, upper) for k in range(4))
    assert tail == pytest.approx(0.05)
    assert share_upper_bound(5, 5) == 1.0


def _binomial(n: int, k: int, p: float) -> float:
    from math import comb

    return comb(n, k) * p**k * (1 - p) ** (n - k)


def test_alloys_form_in_the_time_of_their_recipe() -> None:
    """Temperature and exposure of the recipe, against the precursors by themselves."""
    campaign = replace(
        CAMPAIGN,
        state="as_formed",
        space=replace(CAMPAIGN.space, exposures_s=(10.0, 30.0)),
    )
    space = spaces(campaign)
    blends = evaluate_recipes(space, space.mixtures.slice(0, space.mixtures.size))
    chances = p_kinetic(space, blends)
    assert (chances[blends.metal == NOTHING] == 0).all()
    for place, celsius in enumerate(space.temperatures_c):
        table = describe_precursors(replace(campaign, temperature_c=celsius), halides_of(campaign))
        known = dict(
            zip(
                table["metal"].to_pylist(),
                table["p_alloy_kinetic_as_formed"].to_pylist(),
                strict=True,
            )
        )
        alone = np.flatnonzero(
            (blends.recipes.temperature == place) & (blends.recipes.exposure == 0)
        )
        metals = [METALS[i] for i in blends.metal[0, alone].tolist()]
        assert chances[0, alone].tolist() == [known[metal] for metal in metals]
    germanium = METALS.index("Ge")
    by_recipe = {
        (t, e): chances[0][
            (blends.metal[0] == germanium)
            & (blends.recipes.temperature == t)
            & (blends.recipes.exposure == e)
        ]
        for t in (0, 1)
        for e in (0, 1)
    }
    assert by_recipe[0, 0].max() < by_recipe[0, 1].min() < by_recipe[1, 0].min()
    assert by_recipe[1, 0].max() < by_recipe[1, 1].min()
