"""Both screens beside each other: a blend of one precursor is drawn as that precursor."""

import pickle
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.advice.suggest import suggest
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.scoring.ranking import STANDING
from maiscreen.screen.scoring.score import score
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.screens.halides import Halides
from maiscreen.screen.screens.screen import Ranked, Screen

NARROW = Campaign(metals=("Si", "Ti", "Ge", "Sn"), halogens=("Cl",), samples=100, top_k=2)
ALONE = replace(NARROW, space=Space(front_runners=500))
"""The same precursors, as a wide space of blends of one."""


def ranked(screen: Screen) -> Ranked:
    part = screen.describe(0, screen.size)
    return screen.rank([part], [screen.summary(part)])


@pytest.fixture(scope="module")
def both() -> tuple[Ranked, Ranked]:
    return ranked(Halides(NARROW)), ranked(Blends(ALONE))


def test_the_campaign_decides() -> None:
    assert isinstance(screen_of(NARROW), Halides)
    assert isinstance(screen_of(ALONE), Blends)
    assert screen_of(ALONE) is screen_of(ALONE)


@pytest.mark.parametrize("screen", [Halides(NARROW), Blends(ALONE)], ids=["halides", "blends"])
def test_a_screen_travels_as_its_campaign(screen: Screen) -> None:
    _ = screen.size
    sent = pickle.dumps(screen)
    assert len(sent) < 3000
    there = pickle.loads(sent)
    assert (type(there), there.campaign) == (type(screen), screen.campaign)
    assert pickle.loads(sent) is there


def test_summaries_count_everybody(both: tuple[Ranked, Ranked]) -> None:
    for screen, found in zip((Halides(NARROW), Blends(ALONE)), both, strict=True):
        half = screen.size // 2
        parts = [screen.describe(0, half), screen.describe(half, screen.size)]
        summaries = [screen.summary(part) for part in parts]
        assert [sum(one.gates.values()) for one in summaries] == [len(part) for part in parts]
        assert screen.rank(parts, summaries).table.equals(found.table)
        assert sum(found.gates.values()) == found.counts["rejected"]
    narrow, alone = both
    # The two controls of the paper that are no halides stand in the ranking beside them.
    assert sum(narrow.counts.values()) == narrow.table.num_rows - 2 == Halides(NARROW).size
    assert sum(alone.counts.values()) == Blends(ALONE).size
    assert narrow.counts["passed"] == alone.counts["passed"]


def test_ranks_scores_and_draws_are_the_same(both: tuple[Ranked, Ranked]) -> None:
    screens = Halides(NARROW), Blends(ALONE)
    rows = [s.distinct(one.table) for s, one in zip(screens, both, strict=True)]
    assert rows[0]["formula"].to_pylist() == rows[1]["recipe"].to_pylist()
    names = (*STANDING, "score", "score_low", "pareto")
    for name in (*names, "metal", "route", "passed"):
        assert rows[0][name].to_pylist() == rows[1][name].to_pylist(), name
    for name in ATTRIBUTES:
        ours = rows[1][f"desirability_{name}"].to_pylist()
        assert ours == rows[0][f"desirability_{name}"].to_pylist()
    drawn = [s.draw_worths(some, 64) for s, some in zip(screens, rows, strict=True)]
    for name in ATTRIBUTES:
        assert np.array_equal(drawn[0][name], drawn[1][name]), name


def test_what_a_label_would_settle_is_the_same(both: tuple[Ranked, Ranked]) -> None:
    narrow, alone = (
        suggest(campaign, one.table, 5) for campaign, one in zip((NARROW, ALONE), both, strict=True)
    )
    assert narrow
    for ours, theirs in zip(alone, narrow, strict=True):
        for name in ("phase", "attribute", "gain", "gain_batch", "p_top_k", "fidelity", "unit"):
            assert getattr(ours, name) == getattr(theirs, name), name
        assert ours.value == pytest.approx(theirs.value, rel=1e-9)


TIED = {"metals": ("Ti", "Zr", "Hf", "V", "Nb", "Ta"), "temperature_c": 90.0}
"""Metals without alloys, whose layers are all stiff enough: with that attribute alone, all tie."""


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_scores_of_one_attribute_tie_and_no_name_decides(attribute: str) -> None:
    weights = Weights(**{name: float(name == attribute) for name in ATTRIBUTES})
    narrow = Campaign(**TIED, weights=weights, samples=200, top_k=1)
    wide = replace(narrow, space=Space(front_runners=1000))
    first, second = (s.distinct(ranked(s).table) for s in (Halides(narrow), Blends(wide)))
    p_top = dict(zip(first["formula"].to_pylist(), first["p_top_k"].to_pylist(), strict=True))
    alone = dict(zip(second["recipe"].to_pylist(), second["p_top_k"].to_pylist(), strict=True))
    assert alone == p_top
    assert sum(p_top.values()) == pytest.approx(1)
    scores = score(Halides(narrow).draw_worths(first, 200), {attribute: 1.0})
    for a, b in combinations(range(first.num_rows), 2):
        if (abs(scores[:, a] - scores[:, b]) < 1e-12).all():
            assert p_top[first["formula"][a].as_py()] == p_top[first["formula"][b].as_py()]
    if attribute == "youngs_modulus":
        assert max(p_top.values()) < 0.5
