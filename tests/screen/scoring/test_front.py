from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.front import OF_EACH_GROUP, BestCandidates
from maiscreen.screen.scoring.ranking import rank

SCORE = st.one_of(
    st.sampled_from([0.1, 0.1 + 1e-15, 0.1 - 1e-13, 0.5, float("nan")]), st.floats(0, 1)
)
ROWS = st.lists(st.tuples(SCORE, st.integers(0, 5)), max_size=60)


@given(ROWS, st.integers(1, 70), st.lists(st.integers(0, 60), max_size=4))
def test_pieces_in_any_order_give_the_ranking_of_the_whole(
    rows: list[tuple[float, int]], most: int, cuts: list[int]
) -> None:
    score = np.array([one for one, _ in rows], dtype=np.float64)
    group = np.array([one for _, one in rows], dtype=np.int64)
    index = np.arange(len(rows))
    edges = sorted({0, len(rows), *(c for c in cuts if c <= len(rows))})
    found = BestCandidates.empty()
    for a, b in reversed(list(pairwise(edges))):
        found = found.joined(BestCandidates.of(index[a:b], score[a:b], group[a:b], most), most)
    # The reference: the ranking of the default campaign, the index as its key.
    there = ~np.isnan(score)
    places = rank(score, score[None, there], index, there, Campaign()).rank
    whole = np.flatnonzero(~np.isnan(places))[np.argsort(places[~np.isnan(places)])].tolist()
    expected, seen = [], dict.fromkeys(range(6), 0)
    for place, row in enumerate(whole):
        if place < most or seen[group[row]] < OF_EACH_GROUP:
            expected.append(row)
        seen[group[row]] += 1
    assert found.index.tolist() == expected
    assert (found.score == score[expected]).all()
    assert (found.group == group[expected]).all()
