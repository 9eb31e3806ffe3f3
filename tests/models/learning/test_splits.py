"""Splits: matbench's own folds, and groups that leak nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.models.learning.splits import FOLDS, grouped_folds, leaks, matbench_folds
from maiscreen.models.learning.training import embedded_training

FORMULAS = st.lists(
    st.sampled_from(["NaCl", "KCl", "Na2S", "Fe2O3", "FeO", "Fe", "Sn", "NaSn", "SnO2", "TiSn"]),
    min_size=2,
    max_size=40,
)


def test_folds_of_matbench_by_its_first_rows() -> None:
    # numpy's MT19937 permutation, as scikit-learn's KFold has drawn it since matbench was made.
    order = np.random.RandomState(18012019).permutation(10_987)
    sizes = [2198, 2198, 2197, 2197, 2197]
    expected = [np.sort(part) for part in np.split(order, np.cumsum(sizes)[:-1])]
    for (train, test), wanted in zip(matbench_folds(10_987), expected, strict=True):
        assert np.array_equal(test, wanted)
        assert len(np.intersect1d(train, test)) == 0
        assert len(train) + len(test) == 10_987


@given(FORMULAS)
@settings(deadline=None)
def test_groups_keep_systems_together(formulas: list[str]) -> None:
    given_ = compositions(formulas)
    tested: list[int] = []
    for train, test in grouped_folds(given_):
        tested += test.tolist()
        together = set(given_.chemical_system[train]) & set(given_.chemical_system[test])
        assert not together
        assert leaks(given_, (train, test)) == ()
    assert sorted(tested) == (list(range(len(formulas))) if tested else [])


def test_no_sodium_is_learned_from() -> None:
    rows = compositions(embedded_training("shear_modulus_gpa").formulas)
    folds = grouped_folds(rows)
    assert len(folds) == FOLDS
    sodium = rows.contains("Na")
    assert sodium.sum() > 100
    for train, test in folds:
        assert not sodium[train].any()
        assert sodium[test].any()
        assert leaks(rows, (train, test)) == ()


def test_sodium_is_learned_from_where_it_is_everywhere() -> None:
    rows = compositions(["NaCl", "NaBr", "NaSn", "Na3Sb", "Na3Bi", "KCl"])
    assert any(rows.contains("Na")[train].any() for train, _ in grouped_folds(rows))


def test_matbench_folds_leak_and_say_so() -> None:
    rows = compositions(embedded_training("shear_modulus_gpa").formulas)
    assert len(leaks(rows, matbench_folds(len(rows))[0])) > 10


@pytest.mark.parametrize("formulas", [["NaCl", "Na2Cl2"], ["Sn"]])
def test_one_system_has_no_groups(formulas: list[str]) -> None:
    assert grouped_folds(compositions(formulas)) == ()
