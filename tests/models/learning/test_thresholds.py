"""Thresholds keep off the values that trees learned from."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maiscreen.candidates.rounding import significant, step
from maiscreen.models.learning.splits import grouped_folds
from maiscreen.models.learning.thresholds import (
    CLEARANCE,
    clear_positions,
    clear_thresholds,
    read_thresholds,
)
from maiscreen.models.learning.training import embedded_training
from maiscreen.models.learning.trees import Trees
from maiscreen.models.learning.validation import (
    fit_error_model,
    fit_recipe,
    predict_unseen,
    prepare,
)

NEAR = st.integers(-12, 12).map(lambda k: k * 2.0**-30)
VALUES = st.lists(st.tuples(st.sampled_from((-3.0, 0.0, 0.5, 1.0)), NEAR).map(sum), min_size=1)


def are_clear(thresholds: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Whether each threshold lies at least the clearance from every rounded value."""
    rounded = significant(np.unique(values))
    near = np.abs(thresholds[:, np.newaxis] - rounded) < CLEARANCE * step(rounded)
    return ~near.any(axis=1)


@given(VALUES, VALUES)
@example([1.0, 1 - 2.0**-30], [1 - 2.0**-30])
def test_no_threshold_is_near_a_value(values: list[float], thresholds: list[float]) -> None:
    known, before = np.array(values), np.sort(thresholds)
    after = clear_positions(before, known)
    assert are_clear(after, known).all()
    clear = are_clear(before, known)
    assert after[clear].tolist() == before[clear].tolist()
    assert (np.diff(after) >= 0).all()


def test_most_values_stay_on_their_side() -> None:
    few_above = np.array([1.0, 1.0, 1.0 + 1e-15, 2.0])
    few_below = np.array([1.0, 1.0 + 1e-15, 1.0 + 1e-15, 2.0])
    between = np.array([1.0 + 5e-16])
    assert 1 < clear_positions(between, few_above)[0] < 1 + 1e-7
    assert 1 - 1e-7 < clear_positions(between, few_below)[0] < 1


def test_a_cleared_tree_says_the_same_of_values_that_are_apart() -> None:
    material = prepare(embedded_training("bulk_modulus_gpa").take(np.arange(0, 10_000, 100)))
    rows = np.arange(100)
    model = fit_recipe(material, rows, 0)
    feature, threshold = read_thresholds(model)
    for column in np.unique(feature).tolist():
        assert are_clear(threshold[feature == column], material.features[:, column]).all()
    width = material.features.shape[1]
    assert len(Trees.from_arrays(Trees.of(model).arrays(), width).leaves) == model.n_estimators

    said = model.predict(material.features)
    clear_thresholds(model, material.features)
    np.testing.assert_array_equal(read_thresholds(model)[1], threshold)
    np.testing.assert_array_equal(model.predict(material.features), said)


@pytest.mark.slow
def test_the_model_of_errors_keeps_off_as_well() -> None:
    material = prepare(embedded_training("bulk_modulus_gpa").take(np.arange(0, 10_000, 25)))
    unseen = predict_unseen(material, grouped_folds(material.compositions), 0)
    feature, threshold = read_thresholds(fit_error_model(material, unseen, 0))
    for column in np.unique(feature[feature < material.features.shape[1]]).tolist():
        assert are_clear(threshold[feature == column], material.features[:, column]).all()
