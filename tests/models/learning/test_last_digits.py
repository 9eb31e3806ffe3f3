"""No last digit of a feature moves a prediction."""

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.rounding import significant
from maiscreen.candidates.snapshot.training_data import energies, moduli
from maiscreen.descriptors.composition import features as extra
from maiscreen.models.learning.model import evaluate_trees
from maiscreen.models.learning.thresholds import read_thresholds
from maiscreen.models.learning.training import embedded_training
from maiscreen.models.learning.validation import fit_recipe, prepare
from maiscreen.models.predictions.learned import FILE
from maiscreen.models.storage.model import embedded_surrogate, embedded_targets

NUDGE = 1e-12
"""Relative, of every feature before it is rounded."""

SEEDS = (1, 2, 3)


@cache
def everything() -> Compositions:
    """What the embedded models were trained on, and what campaigns ask them."""
    kept = (files("maiscreen.models") / "data" / FILE).read_text(encoding="utf-8")
    asked = {row["formula"] for row in csv.DictReader(kept.splitlines())}
    trained = {*energies()["formula"].to_pylist(), *moduli()["formula"].to_pylist()}
    return compositions(sorted(trained | asked))


def exact_features(chosen: Compositions) -> Iterator[np.ndarray]:
    """Features before they are rounded, some thousand rows at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extra, "significant", lambda values: values)
        for start in range(0, len(chosen), 8192):
            yield extra.features(chosen.take(np.arange(start, min(start + 8192, len(chosen)))))


def count_crossings(estimators: Sequence[Any], chosen: Compositions) -> int:
    """Count features that some nudge takes across a threshold.

    Rounding keeps the order: so it is enough to look at the largest nudge either way.
    """
    nodes = [read_thresholds(one) for one in estimators]
    feature, threshold = (np.concatenate(column) for column in zip(*nodes, strict=True))
    crossings = 0
    for exact in exact_features(chosen):
        ends = [significant(exact * (1 + NUDGE * sign)) for sign in (-1, 1)]
        for column in range(exact.shape[1]):
            steps = np.unique(threshold[feature == column])
            below, above = (np.searchsorted(steps, end[:, column]) for end in ends)
            crossings += int((below != above).sum())
    return crossings


@pytest.mark.slow
@pytest.mark.parametrize("target", embedded_targets())
def test_no_nudge_takes_a_feature_across_a_threshold(target: str) -> None:
    model = embedded_surrogate(target)
    assert count_crossings((model.estimator, model.errors), everything()) == 0


@pytest.mark.slow
@pytest.mark.parametrize("target", embedded_targets())
def test_no_prediction_moves(target: str) -> None:
    """Every feature is nudged up or down at random, several times."""
    model, randoms = embedded_surrogate(target), [np.random.default_rng(seed) for seed in SEEDS]
    nudged_rows = 0
    for exact in exact_features(everything()):
        rounded = significant(exact)
        for random in randoms:
            nudged = significant(exact * (1 + NUDGE * random.choice((-1.0, 1.0), exact.shape)))
            # Of equal features the trees say the same.
            rows = np.flatnonzero((nudged != rounded).any(axis=1))
            expected = evaluate_trees(model.estimator, model.errors, rounded[rows])
            found = evaluate_trees(model.estimator, model.errors, nudged[rows])
            np.testing.assert_array_equal(found, expected)
            nudged_rows += len(rows)
    assert nudged_rows > 0


def test_no_nudge_moves_a_model_trained_afresh() -> None:
    material = prepare(embedded_training("shear_modulus_gpa").take(np.arange(0, 10_000, 80)))
    model = fit_recipe(material, np.arange(len(material.training)), 0)
    assert count_crossings((model,), material.compositions) == 0
