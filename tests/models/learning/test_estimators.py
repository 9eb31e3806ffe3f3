"""scikit-learn's own checks, each of them: what is skipped or fails by nature is named here."""

import itertools
import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from matminer.featurizers.composition import ElementFraction, ValenceOrbital
from pymatgen.core import Composition
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import STOICHIOMETRY_LABELS
from maiscreen.models.learning.calibration import NOMINAL, ONE_SIGMA, calibrate
from maiscreen.models.learning.featurizer import CompositionFeaturizer
from maiscreen.models.learning.intervals import HeldOutErrors
from maiscreen.models.learning.regressor import SurrogateRegressor

TREES_COUNT_ROWS = {
    "check_sample_weight_equivalence_on_dense_data": (
        "trees bag and count rows, so that a weight of two is not two rows; scikit-learn's own "
        "forests and LightGBM fail here as well"
    ),
}
"""Checks that fail by nature, and why; strict: one that passes is an error."""


NO_WEIGHTS = dict.fromkeys(
    ("check_sample_weight_equivalence_on_dense_data", "check_sample_weights_not_overwritten"),
    "a Gaussian process takes no weights; weights that differ are refused, not overlooked",
)


def small(rows: int, spread: float, seed: int) -> LGBMRegressor:
    settings = {"n_estimators": 20, "num_leaves": 7, "min_child_samples": 3, "subsample": 0.8}
    same = {"deterministic": True, "force_row_wise": True, "n_jobs": 1, "verbose": -1}
    return LGBMRegressor(random_state=seed, subsample_freq=1, **settings, **same)


@pytest.fixture
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit fewer trees: what a check finds does not hang on their number."""
    monkeypatch.setattr("maiscreen.models.learning.validation.estimator", small)


USUAL = [SurrogateRegressor(), SurrogateRegressor(Ridge())]
MORE = [
    SurrogateRegressor(Ridge(), cv=None),
    SurrogateRegressor(GaussianProcessRegressor(alpha=0.1, optimizer=None)),
    SurrogateRegressor(RandomForestRegressor(5), cv=3),
]


def failing(estimator: SurrogateRegressor) -> dict[str, str]:
    if estimator.estimator is None or isinstance(estimator.estimator, RandomForestRegressor):
        return TREES_COUNT_ROWS
    if isinstance(estimator.estimator, GaussianProcessRegressor):
        return NO_WEIGHTS
    return {}


@pytest.mark.usefixtures("few_trees")
@parametrize_with_checks(USUAL, expected_failed_checks=failing, xfail_strict=True)
def test_a_surrogate_keeps_the_contract_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(MORE, expected_failed_checks=failing, xfail_strict=True)
def test_others_inside_keep_the_contract(estimator: Any, check: Any) -> None:
    check(estimator)


SYMBOLS = "H Li Be B C N O F Na Mg Al Si P S Cl K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge".split()
PAIRS = [f"{a}{n}{b}" for a, b in itertools.combinations(SYMBOLS, 2) for n in ("", 2, 3)]


class FeaturizerOfNumbers(CompositionFeaturizer):  # type: ignore[misc]
    """The featurizer behind numbers, so that checks that give numbers can be run on it.

    Numbers are validated as scikit-learn wants it, and each row of them made one formula.
    """

    def __init__(self, features: Any = "stoichiometry", column: str | None = None) -> None:
        super().__init__(features, column)

    def fit(self, X: Any, y: object = None) -> "FeaturizerOfNumbers":  # noqa: N803
        numbers = validate_data(self, X, dtype=np.float64)
        names = getattr(self, "feature_names_in_", None)
        super().fit(self._formulas(numbers))
        if names is not None:
            self.feature_names_in_ = names
        self.n_features_in_ = numbers.shape[1]
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self, "parts_")
        numbers = validate_data(self, X, dtype=np.float64, reset=False)
        columns, self.n_features_in_ = self.n_features_in_, 1
        try:
            with warnings.catch_warnings():  # names belong to the numbers
                warnings.simplefilter("ignore")
                return super().transform(self._formulas(numbers))
        finally:
            self.n_features_in_ = columns

    @staticmethod
    def _formulas(numbers: Any) -> list[str]:
        places = np.abs(np.floor(numbers.sum(axis=1) * 7)).astype(np.int64) % len(PAIRS)
        return [PAIRS[place] for place in places.tolist()]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string = True, False
        tags.input_tags.one_d_array = False
        return tags


@parametrize_with_checks([FeaturizerOfNumbers()])
def test_the_featurizer_keeps_the_contract_behind_numbers(estimator: Any, check: Any) -> None:
    check(estimator)


def test_the_featurizer_itself_says_that_checks_of_numbers_do_not_apply() -> None:
    """scikit-learn skips all checks of what takes no table of numbers: it says so, and we do."""
    from sklearn.exceptions import SkipTestWarning
    from sklearn.utils.estimator_checks import check_estimator

    with pytest.warns(SkipTestWarning, match="Can't test estimator CompositionFeaturizer"):
        check_estimator(CompositionFeaturizer())


FORMULAS = [f"{metal}{anion}" for metal in "Li Na K Rb Cs".split() for anion in "F Cl Br I".split()]
FORMULAS += [
    f"{metal}{anion}2" for metal in "Mg Ca Sr Ba Zn".split() for anion in ("F", "Cl", "Br", "I")
]
GAPS = [
    14.2 - 0.6 * metal - 1.8 * anion for _ in range(2) for metal in range(5) for anion in range(4)
]
FRAME = pd.DataFrame({"formula_pretty": FORMULAS, "sites": 1, "gap": GAPS})


def test_a_surrogate_learns_from_formulas() -> None:
    train, test = FORMULAS[::2], FORMULAS[1::2]
    model = SurrogateRegressor(Ridge(), features="magpie").fit(train, GAPS[::2])
    values, stds = model.predict(test, return_std=True)
    assert np.array_equal(values, model.predict(pd.Series(test)))
    assert np.array_equal(values, model.predict(np.array(test)[:, np.newaxis]))
    assert np.array_equal(values, model.predict([Composition(one) for one in test]))
    assert (stds > 0).all()
    assert model.n_features_in_ == 1
    assert model.is_inside(["NaF", "UF6"]).tolist() == [False, False]  # too few of each element


def test_folds_of_formulas_keep_chemical_systems_together() -> None:
    """By an estimator that keeps what it was fitted to: no system stands on both sides."""
    twice = [*FORMULAS, *(f"{one}O2" for one in FORMULAS), *FORMULAS]
    seen: list[Any] = []

    class Keeping(Ridge):  # type: ignore[misc]
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:  # noqa: N803
            seen.append({tuple(row) for row in X.round(6).tolist()})
            return super().fit(X, y, sample_weight)

    model = SurrogateRegressor(Keeping(), features="elements")
    rows = model.fit(twice, np.arange(len(twice), dtype=float)).featurizer_.transform(twice)
    keys = [tuple(row) for row in rows.round(6).tolist()]
    systems = np.array([tuple(np.flatnonzero(row).tolist()) for row in rows], dtype=object)
    *folds, whole = seen
    assert len(folds) == 5 and whole == set(keys)
    for trained in folds:
        left_out = {s for s, key in zip(systems, keys, strict=True) if key not in trained}
        assert not left_out & {s for s, key in zip(systems, keys, strict=True) if key in trained}


def test_groups_of_the_user_are_kept_together() -> None:
    numbers = np.random.default_rng(0).normal(size=(60, 3))
    groups = np.repeat(np.arange(6), 10)
    values = groups + numbers[:, 0]  # what a group has of its own, nobody can foresee
    alone = SurrogateRegressor(Ridge()).fit(numbers, values)
    kept = SurrogateRegressor(Ridge()).fit(numbers, values, groups=groups)
    assert kept.held_out_.errors.mean() > alone.held_out_.errors.mean()
    with pytest.raises(InputError, match=r"all rows.*of one group"):
        SurrogateRegressor(Ridge()).fit(numbers, values, groups=np.zeros(60))
    with pytest.raises(InputError, match=r"all rows.*of one group"):
        SurrogateRegressor(Ridge(), features="ionic").fit(["NaCl", "Na2Cl"], [1.0, 2.0])


def test_intervals_hold_what_they_promise_and_grow_with_it() -> None:
    """On fresh rows, over twenty draws; the promise is one about the mean of many."""
    held: dict[float, list[float]] = {0.5: [], 0.9: []}
    for seed in range(20):
        draw = np.random.default_rng(seed)
        numbers = draw.normal(size=(700, 2))
        values = numbers[:, 0] + draw.normal(size=700)
        model = SurrogateRegressor(Ridge(), random_state=seed).fit(numbers[:200], values[:200])
        for coverage in held:
            low, high = model.predict_interval(numbers[200:], coverage).T
            held[coverage].append(float(((low <= values[200:]) & (values[200:] <= high)).mean()))
    for coverage, shares in held.items():
        assert np.mean(shares) == pytest.approx(coverage, abs=0.02)


@pytest.mark.parametrize("coverage", [ONE_SIGMA, NOMINAL])
@pytest.mark.parametrize("outside", [0, 10, 60, 100])
def test_intervals_are_those_of_stored_models(coverage: float, outside: int) -> None:
    draw = np.random.default_rng(3)
    errors, expected = draw.exponential(size=(2, 100))
    inside = np.arange(100) >= outside
    found = HeldOutErrors(errors, expected, inside).half_widths(expected, inside, coverage)
    std, half = calibrate(errors, expected, inside).widths(expected, inside)
    assert np.array_equal(found, std if coverage == ONE_SIGMA else half)


def test_log10_is_taken_of_the_values() -> None:
    numbers = np.linspace(0, 3, 40)[:, np.newaxis]
    values = 10 ** numbers[:, 0]
    model = SurrogateRegressor(Ridge(1e-9), log10=True).fit(numbers, values)
    assert model.predict(numbers) == pytest.approx(values)
    assert (model.predict_interval(numbers)[:, 0] > 0).all()
    with pytest.raises(InputError, match=r"y = -1000\.0: log10 is taken of values"):
        model.fit(numbers, -values)


@pytest.mark.parametrize(
    ("settings", "rows", "said"),
    [
        ({"estimator": Ridge}, FORMULAS, "estimator = .*give a regressor"),
        ({"estimator": 3}, FORMULAS, "estimator = 3: give a regressor"),
        ({"estimator": LogisticRegression()}, FORMULAS, "is a classifier"),
        ({"cv": 1}, FORMULAS, "cv = 1: give 2 folds or more"),
        ({"features": "magpi"}, FORMULAS, "no group of features.*did you mean 'magpie'"),
        ({"features": []}, FORMULAS, "is empty"),
        ({"features": 3}, FORMULAS, "features = 3: give default"),
        ({}, [*FORMULAS[:-1], "Xx"], "no element 'Xx'"),
        ({"features": "magpie"}, "NaSn", r"X = 'NaSn': is one text; give a list, such as"),
        ({"features": "magpie"}, [], "X = 'no rows': give a list"),
        ({}, pd.DataFrame({"a": FORMULAS, "b": FORMULAS}), "no column of formulas"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_line(settings: Any, rows: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        SurrogateRegressor(**{"estimator": Ridge(), **settings}).fit(rows, GAPS[: len(rows)])
    assert "\n" not in str(caught.value)


def test_without_folds_there_are_no_intervals() -> None:
    model = SurrogateRegressor(Ridge(), features="ionic", cv=None).fit(FORMULAS, GAPS)
    with pytest.raises(InputError, match="cv = None: gives no intervals; fit with cv=5"):
        model.predict_interval(FORMULAS)
    with pytest.raises(InputError, match="coverage = 90: give a number above 0 and below 1"):
        SurrogateRegressor(Ridge(), features="ionic").fit(FORMULAS, GAPS).predict_interval(
            FORMULAS, 90
        )


def test_a_pipeline_is_searched_by_a_grid() -> None:
    steps = [("features", CompositionFeaturizer("magpie")), ("model", SurrogateRegressor(Ridge()))]
    grid = {"features__features": ["ionic", "magpie"], "model__estimator__alpha": [0.1, 10.0]}
    search = GridSearchCV(Pipeline(steps), grid, cv=GroupKFold(3))
    search.fit(FORMULAS, GAPS, groups=[one[:2] for one in FORMULAS])
    assert search.best_params_["features__features"] == "magpie"
    assert search.predict(["NaF"]).shape == (1,)
    inside = SurrogateRegressor(Ridge(), features="magpie")
    best = GridSearchCV(inside, {"estimator__alpha": [0.1, 10.0]}).fit(FORMULAS, GAPS)
    assert best.best_estimator_.predict_interval(["NaF"], 0.8).shape == (1, 2)


def test_features_have_names_and_may_be_a_frame() -> None:
    parts = ["stoichiometry", ElementFraction(), ValenceOrbital(props=["frac"])]
    featurizer = CompositionFeaturizer(parts).set_output(transform="pandas")
    table = featurizer.fit_transform(FRAME)
    assert list(table) == featurizer.get_feature_names_out().tolist()
    assert list(table)[:6] == list(STOICHIOMETRY_LABELS)
    assert table["Na"].iloc[4] == 0.5
    ours = CompositionFeaturizer("valence").fit_transform(FRAME)
    assert table.to_numpy()[:, -4:] == pytest.approx(ours)
    assert featurizer.feature_names_in_.tolist() == ["formula_pretty", "sites", "gap"]
    with pytest.raises(ValueError, match="feature names"):
        featurizer.transform(FRAME.rename(columns={"sites": "other"}))


def test_the_column_of_formulas_may_be_named() -> None:
    table = FRAME.rename(columns={"formula_pretty": "salt"})
    with pytest.raises(InputError, match="no column of formulas; name one: column"):
        CompositionFeaturizer("ionic").fit(table)
    with pytest.raises(InputError, match="column = 'x': is none of salt, sites, gap"):
        CompositionFeaturizer("ionic", "x").fit(table)
    named = CompositionFeaturizer("ionic", "salt").fit_transform(table)
    assert np.array_equal(named, CompositionFeaturizer("ionic").fit_transform(FORMULAS))
    whole = SurrogateRegressor(Ridge(), features=CompositionFeaturizer("ionic", "salt"))
    assert whole.fit(table, GAPS).predict(table).shape == (40,)


def test_the_settings_of_scikit_learn_for_frames_change_nothing() -> None:
    """Neither that transformers give frames, nor where the formulas stand in one."""
    plain = SurrogateRegressor(Ridge(), features="ionic").fit(FORMULAS, GAPS)
    with config_context(transform_output="pandas"):
        framed = SurrogateRegressor(Ridge(), features="ionic").fit(FORMULAS, GAPS)
        pipe = make_pipeline(CompositionFeaturizer("ionic"), SurrogateRegressor(Ridge(), cv=None))
        said = pipe.fit(FORMULAS, GAPS).predict(["NaCl"])
        assert np.array_equal(framed.predict_interval(["NaCl"]), plain.predict_interval(["NaCl"]))
    assert np.array_equal(said, plain.predict(["NaCl"]))
    last = SurrogateRegressor(Ridge()).fit(FRAME[["sites", "formula_pretty"]], GAPS)
    first = SurrogateRegressor(Ridge()).fit(FRAME[["formula_pretty", "sites"]], GAPS)
    assert np.array_equal(last.held_out_.errors, first.held_out_.errors)


@pytest.mark.parametrize("inside", [
    LGBMRegressor(n_estimators=5, min_child_samples=2, n_jobs=1, verbose=-1),
    HistGradientBoostingRegressor(max_iter=5, min_samples_leaf=2),
    TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=2),
], ids=lambda one: type(one).__name__)  # fmt: skip
def test_any_regressor_may_be_inside(inside: Any) -> None:
    model = SurrogateRegressor(inside, features="ionic", cv=3).fit(FORMULAS, GAPS)
    low, high = model.predict_interval(FORMULAS).T
    assert (low <= high).all() and np.abs(model.predict(FORMULAS) - GAPS).mean() < 3


@pytest.mark.parametrize("part", ["default", "ionic", "matminer"])
def test_it_pickles_and_clones(part: str) -> None:
    chosen = ElementFraction() if part == "matminer" else part
    model = SurrogateRegressor(Ridge(), features=chosen).fit(FORMULAS, GAPS)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(model.predict_interval(["NaCl"]), again.predict_interval(["NaCl"]))
    assert np.array_equal(
        clone(model).fit(FORMULAS, GAPS).predict(["NaCl"]), model.predict(["NaCl"])
    )


def test_the_estimator_that_is_given_stays_as_it_is() -> None:
    forest = RandomForestRegressor(5)
    first, second = (
        SurrogateRegressor(forest, features="ionic").fit(FORMULAS, GAPS).predict(FORMULAS)
        for _ in range(2)
    )
    assert np.array_equal(first, second)  # its random numbers are those of the surrogate
    assert not hasattr(forest, "estimators_") and forest.random_state is None
