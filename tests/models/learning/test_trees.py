"""Trees as arrays say what LightGBM says, to the last bit; arrays that are no trees are refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from lightgbm import LGBMRegressor

from maiscreen.models.learning.trees import MOST_TREES, Trees

WIDTH = 5
RNG = np.random.default_rng(0)
KNOWN = RNG.normal(size=(400, WIDTH))
VALUES = KNOWN[:, 0] + np.abs(KNOWN[:, 1])


def fitted(**settings: Any) -> LGBMRegressor:
    same = {"n_estimators": 7, "num_leaves": 9, "verbose": -1, "n_jobs": 1, "random_state": 0}
    return LGBMRegressor(**(same | settings)).fit(KNOWN, VALUES)


@pytest.mark.parametrize(
    "settings",
    [{}, {"objective": "huber", "alpha": 0.2}, {"objective": "mae"}, {"num_leaves": 2},
     {"zero_as_missing": True}, {"use_missing": False}, {"min_child_samples": 10_000}],
)  # fmt: skip
def test_says_what_lightgbm_says(settings: Any, capfd: pytest.CaptureFixture[str]) -> None:
    model = fitted(**settings)
    asked = np.concatenate([KNOWN, 50 * RNG.normal(size=(300, WIDTH)), np.zeros((1, WIDTH))])
    asked[RNG.random(asked.shape) < 0.05] = np.nan
    trees = Trees.of(model)
    again = Trees.from_arrays(trees.arrays(), WIDTH)
    expected = model.booster_.predict(asked, num_threads=1)
    np.testing.assert_array_equal(again.predict(asked), expected)
    again_of_again = Trees.of(again)
    for name, one in trees.arrays().items():
        np.testing.assert_array_equal(one, getattr(again_of_again, name), err_msg=name)
    assert capfd.readouterr() == ("", "")


def test_training_with_missing_values_and_a_lone_leaf() -> None:
    known = np.where(RNG.random(KNOWN.shape) < 0.2, np.nan, KNOWN)
    model = LGBMRegressor(n_estimators=5, verbose=-1).fit(known, VALUES)
    np.testing.assert_array_equal(Trees.of(model).predict(known), model.predict(known))
    alike = LGBMRegressor(n_estimators=3, verbose=-1).fit(KNOWN, np.full(400, 2.5))
    np.testing.assert_array_equal(Trees.of(alike).predict(KNOWN), alike.predict(KNOWN))


@pytest.mark.parametrize(
    "settings",
    [{"objective": "poisson"}, {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
     {"linear_tree": True}, {"reg_sqrt": True}],
)  # fmt: skip
def test_what_is_no_sum_of_leaves_is_none_of_ours(settings: Any) -> None:
    model = LGBMRegressor(n_estimators=3, verbose=-1, **settings).fit(KNOWN, np.abs(VALUES))
    with pytest.raises(ValueError, match=r"^the(y|ir) "):
        Trees.of(model)


def test_categories_are_none_of_ours() -> None:
    known = np.column_stack([RNG.integers(0, 9, 400), KNOWN])
    model = LGBMRegressor(n_estimators=3, verbose=-1).fit(
        known, known[:, 0] % 3, categorical_feature=[0]
    )
    with pytest.raises(ValueError, match="categories"):
        Trees.of(model)


def put(name: str, place: int, value: float) -> Callable[[dict[str, Any]], None]:
    def change(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][place] = value

    return change


def to(name: str, make: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    return lambda arrays: arrays.update({name: make(arrays[name])})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (put("left", 0, 0), "is no tree"),  # a circle: predicting would never end
        (put("left", 0, 99), "is no tree"),  # beyond the nodes: memory of others
        (put("right", 0, -99), "is no tree"),
        (put("right", 3, 0), "is no tree"),
        (put("feature", 2, WIDTH), "feature that is not there"),
        (put("feature", 2, -1), "feature that is not there"),
        (put("decision", 1, 1), "between categories"),
        (put("threshold", 1, np.nan), "no finite"),
        (put("value", 1, np.inf), "no finite"),
        (put("leaves", 0, 99), "wrong"),
        (put("leaves", 0, 0), "holds 7 trees"),
        (put("leaves", 0, -5), "holds 7 trees"),
        (put("features", 0, 6), "other features"),
        (to("leaves", lambda one: one[:0]), "holds 0 trees"),
        (to("leaves", lambda one: np.ones(MOST_TREES + 1, "<i4")), "holds 5001 trees"),
        (to("value", lambda one: one[:-1]), "wrong value"),
        (to("threshold", lambda one: one.astype("<f4")), "wrong threshold"),
        (to("threshold", lambda one: one[None]), "wrong threshold"),
        (lambda arrays: arrays.pop("right"), "no trees"),
        (lambda arrays: arrays.update(other=np.zeros(1)), "no trees"),
    ],
)
def test_arrays_that_are_no_trees(change: Any, why: str) -> None:
    arrays = Trees.of(fitted()).arrays()
    change(arrays)
    with pytest.raises(ValueError, match=why):
        Trees.from_arrays(arrays, WIDTH)
