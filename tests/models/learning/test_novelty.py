"""What is far from a training, and what is drawn otherwise, by brute force and scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.descriptors.composition.features import features
from maiscreen.models.learning import novelty
from maiscreen.models.learning.novelty import Neighbourhood, neighbourhood, shift
from maiscreen.models.learning.splits import grouped_folds
from maiscreen.models.learning.training import embedded_training, unweighted_training
from maiscreen.models.storage.model import embedded_surrogate

TRAINING = embedded_training("shear_modulus_gpa")
SOME = compositions(TRAINING.formulas[::12])


def test_distances_are_those_of_brute_force() -> None:
    asked = compositions(["NaCl", "TiN", "UO2", "Na15Sn4"])
    near = Neighbourhood.of(SOME)
    columns = [features(asked)[:, novelty._COLUMNS], near.landmarks * near.scale]
    rows, known = (np.where(np.isfinite(near.scale), one / near.scale, 0) for one in columns)
    expected = np.sqrt(((rows[:, None] - known) ** 2).sum(axis=2)).min(axis=1)
    np.testing.assert_allclose(near.distance(asked), expected, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(near.distance(asked, features(asked)), near.distance(asked))


def test_what_was_learned_from_is_near() -> None:
    near = Neighbourhood.of(SOME)
    assert near.holds(SOME).all()
    assert near.distance(SOME.take(np.arange(0))).shape == (0,)
    assert near.landmarks.shape[1] == 44


def test_one_in_twenty_of_unseen_systems_is_far() -> None:
    whole = compositions(TRAINING.formulas)
    train, test = grouped_folds(whole)[0]
    share = 1 - Neighbourhood.of(whole.take(train)).holds(whole.take(test)).mean()
    assert share == pytest.approx(0.05, abs=0.02)


def test_a_lone_system_has_nothing_far() -> None:
    assert Neighbourhood.of(compositions(["NaCl", "Na2Cl", "NaCl3"])).far == np.inf


def test_area_under_the_curve_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    said, label = random.integers(0, 9, 300) / 9, random.random(300) < 0.4
    assert novelty._area_under_curve(said, label) == pytest.approx(roc_auc_score(label, said))


def test_a_shift_is_told_from_a_draw() -> None:
    every = np.arange(len(TRAINING))
    learned, other = every[::2], every[1::2]
    model = replace(embedded_surrogate(TRAINING.target), training=TRAINING.take(learned[::4]))
    drawn_alike = compositions([TRAINING.formulas[i] for i in other[::4].tolist()])
    oxides = compositions(TRAINING.formulas)
    oxides = oxides.take(np.flatnonzero(oxides.contains("O")))
    near = neighbourhood(model)
    alike, shifted = shift(near, drawn_alike), shift(near, oxides)
    assert alike is not None
    assert shifted is not None
    assert alike < 0.6 < novelty.SHIFTED < shifted
    assert shift(near, drawn_alike.take(np.arange(50))) is None
    assert shift(near, drawn_alike) == alike


def test_few_rows_of_a_model_tell_no_shift() -> None:
    few = unweighted_training(TRAINING.target, ("NaCl", "TiN"), np.ones(2), "x")
    model = replace(embedded_surrogate(TRAINING.target), training=few)
    assert shift(neighbourhood(model), SOME) is None
