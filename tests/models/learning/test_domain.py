"""The domain: elements of different compositions, counted one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core.composition import Composition

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.models.learning.splits import FEWEST, Domain

SYMBOLS = ("Na", "Sn", "Cl", "Fe", "O", "Ti")
FORMULA = st.lists(
    st.tuples(st.sampled_from(SYMBOLS), st.integers(1, 4)), min_size=1, max_size=4,
    unique_by=lambda part: part[0],
).map(lambda parts: "".join(f"{symbol}{count}" for symbol, count in parts))  # fmt: skip


@pytest.mark.slow
@given(st.lists(FORMULA, min_size=1, max_size=30), st.lists(FORMULA, min_size=1, max_size=10))
@settings(deadline=None)
def test_holds_by_counting(trained: list[str], asked: list[str]) -> None:
    known = {Composition(f).reduced_composition for f in trained}
    held = {s: sum(s in {e.symbol for e in c} for c in known) for s in SYMBOLS}
    found = Domain.of(compositions(trained)).holds(compositions(asked))
    for formula, inside in zip(asked, found.tolist(), strict=True):
        assert inside == all(held[e.symbol] >= FEWEST for e in Composition(formula)), formula


def test_polymorphs_count_once() -> None:
    domain = Domain.of(compositions(["NaSn", "Na2Sn2", "NaSn", "Na15Sn4"]))
    assert domain.counts[10] == domain.counts[49] == 2
    assert np.count_nonzero(domain.counts) == 2
    assert domain.elements == 0
