"""The domain: pairs of elements counted one by one, and the least known of them."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core.composition import Composition

from maiscreen.descriptors.composition import compositions
from maiscreen.models.domain import Domain

SYMBOLS = ("Na", "Sn", "Cl", "Fe", "O", "Ti")
FORMULA = st.lists(
    st.tuples(st.sampled_from(SYMBOLS), st.integers(1, 4)), min_size=1, max_size=4,
    unique_by=lambda part: part[0],
).map(lambda parts: "".join(f"{symbol}{count}" for symbol, count in parts))  # fmt: skip


@given(st.lists(FORMULA, min_size=1, max_size=20), st.lists(FORMULA, min_size=1, max_size=10))
@settings(deadline=None)
def test_support_by_counting(trained: list[str], asked: list[str]) -> None:
    known = {Composition(f).reduced_composition for f in trained}
    found = Domain.of(compositions(trained)).support(compositions(asked))
    for formula, support in zip(asked, found.tolist(), strict=True):
        elements = [e.symbol for e in Composition(formula)]
        pairs = list(combinations(elements, 2)) + [(e, e) for e in elements]
        held = [sum({a, b} <= {e.symbol for e in c} for c in known) for a, b in pairs]
        assert support == min(held), formula


def test_polymorphs_count_once() -> None:
    domain = Domain.of(compositions(["NaSn", "Na2Sn2", "NaSn", "Na15Sn4"]))
    assert domain.support(compositions(["Na9Sn4", "NaCl"])).tolist() == [2, 0]


def test_pairs_are_symmetric() -> None:
    pairs = Domain.of(compositions(["NaSnCl3", "SnCl4", "Na"])).pairs
    assert np.array_equal(pairs, pairs.T)
    assert pairs[10, 10] == 2
