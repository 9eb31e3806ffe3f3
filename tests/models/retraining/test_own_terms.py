"""Retraining on the user's own terms: target, data, estimator, split, held-back rows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.splits import make_split, measured_folds
from maiscreen.models.learning.targets import TARGETS, Target, target
from maiscreen.models.learning.training import Training, unweighted_training
from maiscreen.models.learning.validation import fit_recipe, predict_unseen, prepare
from maiscreen.models.retraining.files import load, save
from maiscreen.models.retraining.folds import fold_of_the_user, held_back_folds
from maiscreen.models.retraining.held_back import estimator_of
from maiscreen.models.retraining.retrain import retrain
from maiscreen.models.storage.model import _from_csv, _to_csv

pytestmark = pytest.mark.usefixtures("quick_recipe")

GAP = Target("band_gap_ev", "eV", low=0, high=30, doc="of the crystal")
METALS, ANIONS = "Li Na K Rb Cs Be Mg Ca Sr Ba".split(), "F Cl Br I O S Se Te".split()
SALTS = [
    (f"{metal}{n or ''}{anion}", 15 - 0.6 * i - 1.0 * j + 0.1 * n, anion)
    for i, metal in enumerate(METALS)
    for j, anion in enumerate(ANIONS)
    for n in (0, 2)
]
FRAME = pd.DataFrame(SALTS, columns=["formula_pretty", "band_gap", "family"])


def test_any_target_and_any_estimator(tmp_path: Path) -> None:
    forest = RandomForestRegressor(10)
    report = retrain(GAP, FRAME, out=tmp_path / "gap", estimator=forest, tests="quick", seed=3)
    card = report.card
    assert (card.target, card.unit, card.scale) == ("band_gap_ev", "eV", "linear")
    assert card.kind == GAP
    assert card.recipe == "RandomForestRegressor(n_estimators=10), on features of the composition"
    assert card.splits == {"systems": "5 folds of whole chemical systems; 2 of them tested"}
    assert card.notes["tests"] == "quick"
    assert (report.base, report.comparison.replaced) == ("", "the mean")
    assert report.model.predict(["NaCl", "KBr"]).value == pytest.approx([13.4, 11.8], abs=1.5)
    assert report.model.estimator.random_state == 3 and forest.random_state is None
    assert estimator_of(report.model) is report.model.estimator
    assert "band_gap_ev: 160 rows given" in str(report)
    kept = json.loads((tmp_path / "gap" / "report.json").read_text())
    assert kept["left_out_by_reason"] == {}
    assert kept["card"]["definition"]["high"] == 30
    with pytest.raises(InputError, match="if you trust who made it"):
        load(report.folder)
    with pytest.raises(InputError, match="trusted = 'all': give a list"):
        load(report.folder, trusted="all")
    again = load(report.folder, trusted=card.notes["types"])
    assert np.array_equal(again.predict(["NaCl"]).low, report.model.predict(["NaCl"]).low)


def test_a_model_of_ones_own_target_is_saved_loaded_and_gone_on_from(tmp_path: Path) -> None:
    first = retrain(GAP, FRAME[:100], out=tmp_path / "first", tests="quick")
    again = load(tmp_path / "first")
    assert again.card.kind == GAP
    assert estimator_of(again) is None
    asked = ["NaCl", "KBr2"]
    assert np.array_equal(again.predict(asked).low, first.model.predict(asked).low)
    copy = save(again, tmp_path / "copy")
    assert load(str(tmp_path / "copy")).card.files == copy.card.files
    second = retrain(GAP, FRAME[100:], base=tmp_path / "first", out=tmp_path / "b", tests="quick")
    assert second.base_rows == 100
    assert second.card.split == "systems"
    with pytest.raises(InputError, match="another unit, scale or limits"):
        other = Target("band_gap_ev", "eV", low=0, high=25)
        retrain(other, FRAME, base=tmp_path / "first", out=tmp_path / "c")
    with pytest.raises(InputError, match="holds another model"):
        save(again, tmp_path / "copy")
    with pytest.raises(InputError, match=r"model = 'Ridge': give the model of a report"):
        save(Ridge(), tmp_path / "d")
    with pytest.raises(InputError, match="name = 3: give the folder"):
        load(3)


def test_a_base_of_the_users_trees_is_asked_and_never_fitted_again(tmp_path: Path) -> None:
    """Its trees are kept as arrays, which scikit-learn cannot clone; nor are they our recipe."""
    own = LGBMRegressor(n_estimators=20, num_leaves=4, min_child_samples=2, n_jobs=1, verbose=-1)
    asked: dict[str, Any] = {"tests": "quick"}
    chlorides = FRAME["family"] == "Cl"
    report = retrain(GAP, FRAME[~chlorides], out=tmp_path / "first", estimator=own, **asked)
    old = load(tmp_path / "first")
    assert old.card.own_estimator is True and report.card.own_estimator is True
    with pytest.raises(InputError, match=r"base = 'first': .* fitted trees alone") as caught:
        retrain(GAP, FRAME[30:90], base=report.folder, out=tmp_path / "b", **asked)
    assert "\n" not in str(caught.value) and not (tmp_path / "b").exists()
    new = retrain(GAP, FRAME[chlorides], base=report.folder, out=tmp_path / "c")
    assert new.base_rows == 140 and new.card.own_estimator is False
    away = np.abs(
        old.predict(FRAME[chlorides]["formula_pretty"]).mean - FRAME[chlorides]["band_gap"]
    )
    assert new.comparison.mae_old == pytest.approx(float(away.mean()))


@pytest.mark.parametrize(
    ("split", "keys", "words"),
    [
        (None, {"systems"}, "5 folds of whole chemical systems"),
        ("random", {"random"}, "5 random folds of rows"),
        ("without Na", {"without Na", "with Na"}, "no compound of Na in any training part"),
        ("groups", {"groups"}, "of a column of the data"),
    ],
)
def test_a_card_names_the_split_that_was_used(
    tmp_path: Path, split: str | None, keys: set[str], words: str
) -> None:
    column = "family" if split == "groups" else ""
    asked: dict[str, Any] = {"split": split, "group_column": column, "estimator": Ridge()}
    report = retrain(GAP, FRAME, out=tmp_path / "m", tests="quick", **asked)
    assert set(report.card.splits) == set(report.card.metrics[GAP.name]) == keys
    assert report.card.split == next(iter(report.card.splits))
    assert words in report.card.splits[report.card.split]


def test_splits_keep_apart_what_they_say() -> None:
    """Brute force over the rows."""
    batch = compositions(FRAME["formula_pretty"].tolist())
    groups = FRAME["family"].to_numpy(dtype=np.str_)
    sodium = batch.contains("Na")
    for name, label in (
        ("systems", batch.chemical_system),
        ("groups", groups),
        ("without Na", batch.chemical_system),
        ("grouped", batch.chemical_system),
    ):
        split = make_split(name, batch, groups)
        tested = np.concatenate([test for _, test in split.folds])
        assert sorted(tested.tolist()) == list(range(len(batch)))
        for train, test in split.folds:
            assert not set(label[train]) & set(label[test])
            assert sodium[train].any() == (name not in ("without Na", "grouped"))
    ((train, test),) = held_back_folds(batch, compositions(()), 0, "without Na")
    assert sodium[test].all() and not sodium[train].any()
    assert len(train) + len(test) == len(batch)


def test_rows_of_a_base_do_not_tell_of_held_back_groups() -> None:
    base = compositions(("NaF", "LiF", "TiC", "NaF3"))
    user = compositions(("NaF", "KF", "CaO", "SrO"))
    groups = np.array(["a", "a", "b", "b"])
    for train, test in held_back_folds(user, base, 0, "groups", groups):
        assert 0 not in train  # the user has the composition: it gives way, or is tested
        assert {1, 2, 3} <= set(train.tolist())
        assert not set(groups[train[train > 3] - 4]) & set(groups[test - 4])
    ((train, _),) = held_back_folds(user, base, 0, "without Na")
    assert set(train.tolist()) == {1, 2, 5, 6, 7}


def test_rows_that_the_user_holds_back_are_never_learned_from(tmp_path: Path) -> None:
    train, held = FRAME[FRAME["family"] != "Te"], FRAME[FRAME["family"] == "Te"]
    asked: dict[str, Any] = {"held_back": held, "tests": "quick", "estimator": Ridge()}
    report = retrain(GAP, train, out=tmp_path / "m", **asked)
    rows = report.model.training
    assert rows is not None and not set(rows.formulas) & set(held["formula_pretty"])
    assert report.comparison.how == "held back by the user"
    assert (report.comparison.rows, report.rows_used) == (len(held), len(train)) == (20, 140)
    by_hand = Ridge().fit(prepare(rows).features, rows.values)
    formulas = tuple(held["formula_pretty"])
    asked_of = prepare(unweighted_training("volume_a3_atom", formulas, np.ones(20), "x")).features
    away = np.abs(by_hand.predict(asked_of) - held["band_gap"])
    assert report.comparison.mae_new == pytest.approx(float(away.mean()))
    with pytest.raises(InputError, match=r"held_back = .*20 compositions that are learned from"):
        retrain(GAP, FRAME, out=tmp_path / "n", held_back=held)
    assert not (tmp_path / "n").exists()


def test_what_a_base_knows_of_held_back_systems_is_spared() -> None:
    base, user = compositions(("NaCl3", "LiF")), compositions(("KF",))
    held = unweighted_training("volume_a3_atom", ("NaCl",), np.ones(1), "held")
    ((train, test),) = fold_of_the_user(user, base, held)
    assert (train.tolist(), test.tolist()) == ([1, 2], [3])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"split": "matbench"}, "split = 'matbench': take systems, groups"),
        ({"split": "without Xx"}, "split = 'without Xx': take systems"),
        ({"split": 3}, "split = 3: take systems"),
        ({"split": "groups"}, "needs a column of groups; name it: group_column"),
        ({"split": "without U"}, "0 of 160 compositions hold U"),
        ({"group_column": "none"}, "group_column = 'none': is no column"),
        ({"tests": "none"}, "tests = 'none': take one of full, quick"),
        ({"estimator": Ridge}, r"estimator = .*give a regressor"),
        ({"estimator": LogisticRegression()}, "is a classifier"),
        ({"estimator": Ridge(alpha="x")}, r"estimator = .*fails \(InvalidParameterError: The"),
        ({"estimator": Ridge(), "fast": True}, "fast = True: students learn from our own"),
        ({"duplicates": "best"}, "duplicates = 'best': take one of"),
        ({"seed": -1}, "seed = -1"),
        ({"data": 3}, "data = 3: give the path"),
        ({"target": 3}, "target = 3: is none that is built in"),
        ({"target": "band_gap"}, "or your own: Target"),
        ({"target": Target("shear_modulus_gpa", "kbar")}, "is built in, with other parts"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        retrain(**{"target": GAP, "data": FRAME, "out": tmp_path / "m", **settings})
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "target.name = '': is missing"),
        ({"name": "band gap"}, "take letters, digits and _"),
        ({"name": "g", "unit": 3}, "target.unit = 3: give a text"),
        ({"name": "g", "log10": 1}, "target.log10 = 1: give true or false"),
        ({"name": "g", "low": "0"}, "target.low = '0': give a number"),
        ({"name": "g", "low": float("nan")}, "target.low = nan: give a number"),
        ({"name": "g", "low": 2, "high": 1}, r"target.high = 1\.0: give more than low, 2"),
        ({"name": "g", "log10": True, "low": 0}, r"target.low = 0\.0: give one above 0"),
        ({"name": "g", "units": "eV"}, r"target.units = 'eV': take name, .*did you mean 'unit'"),
        ({"name": "g", "doc": "a\nb"}, "give a text of one line"),
    ],
)
def test_wrong_targets_are_refused(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Target.from_dict(parts)


KINDS = [GAP, Target("x"), Target("y", "s", log10=True), *TARGETS.values()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_targets_there_and_back(kind: Target) -> None:
    plain = json.loads(json.dumps(kind.to_dict(), allow_nan=False))
    assert Target.from_dict(plain) == kind == target(kind)


def conductivities(side: list[int], loose: float = 1.0) -> Training:
    """Conductivities of 40 salts; those with a bound have that, looser by a factor."""
    formulas, values = tuple(FRAME["formula_pretty"][:40]), 10.0 ** -np.arange(40)[::-1] / 10
    bounds = np.array(side, dtype=np.int8)
    values = np.where(bounds != 0, values * loose, values)
    stds, weights, kind = np.full(40, np.nan), np.ones(40), Target("x", log10=True)
    return Training("x", formulas, values, stds, weights, "", kind, bounds)


def test_bounds_are_learned_as_bounds_and_not_tested_on() -> None:
    """Bounds far above what they bound: as values they would pull the model up."""
    side = [-1 if k % 4 == 0 else 0 for k in range(40)]
    true, every = np.log10(conductivities(side).values), np.arange(40)
    line = make_pipeline(StandardScaler(), Ridge(0.1))
    rows = conductivities(side, 1e6)
    known = prepare(rows, line)
    as_bounds = fit_recipe(known, every, 0).predict(known.features)
    as_values = line.fit(known.features, np.log10(rows.values)).predict(known.features)
    assert np.abs(as_bounds - true).mean() < 0.3 * np.abs(as_values - true).mean()
    split = make_split("systems", known.compositions)
    tested = predict_unseen(known, split.folds, 0)
    assert sorted(tested.rows.tolist()) == [k for k in range(40) if side[k] == 0]
    folds = measured_folds(split.folds, rows.censored)
    assert sorted(np.concatenate([t for _, t in folds]).tolist()) == sorted(tested.rows.tolist())


def test_bounds_are_stored_and_counted(tmp_path: Path) -> None:
    cells = [f"<{v}" if k % 5 == 0 else str(v) for k, v in enumerate(FRAME["band_gap"])]
    asked: dict[str, Any] = {"tests": "quick", "estimator": Ridge()}
    report = retrain(GAP, FRAME.assign(band_gap=cells), out=tmp_path / "m", **asked)
    assert report.card.data["bounds"] == 32
    rows = report.model.training
    assert rows is not None and rows.bounds is not None
    again = _from_csv(tmp_path, report.card, _to_csv(rows))
    assert again.bounds is not None and again.bounds.tolist() == rows.bounds.tolist()
    assert again.sha256 == rows.sha256 and again.kind == GAP
    with pytest.raises(InputError, match=r"training\.csv is damaged"):
        _from_csv(tmp_path, report.card, _to_csv(rows).replace(b",-1\n", b"\n", 1))


def test_only_bounds_say_too_little() -> None:
    with pytest.raises(InputError, match="bounds alone"):
        fit(conductivities([-1] * 40), "x", splits=("systems",))
