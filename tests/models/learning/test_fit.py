"""Training: what a model is tested on it has not seen, and its intervals hold."""

from dataclasses import replace

import numpy as np
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.fit import count_fits, fit
from maiscreen.models.learning.splits import grouped_folds
from maiscreen.models.learning.training import (
    Training,
    embedded_training,
    unweighted_training,
    why_nothing_to_learn,
)
from maiscreen.models.learning.validation import coverage, predict_unseen, prepare


def some(step: int, name: str = "bulk_modulus_gpa") -> Training:
    whole = embedded_training(name)
    return whole.take(np.arange(0, len(whole), step))


@pytest.mark.slow
def test_card_tells_what_was_done() -> None:
    steps = []
    model = fit(some(40), "bulk", done=lambda: steps.append(1))
    card = model.card
    assert len(steps) == count_fits() == 11
    assert card.data["rows"] == 275
    assert card.scale == "log10"
    judged = card.metrics["bulk_modulus_gpa"]
    assert set(judged) == {"matbench", "grouped", "sodium"} == set(card.splits)
    for one in judged.values():
        assert 0 < one["mae"] <= one["rmse"]
        assert 0 <= one["coverage"] <= 1
    assert judged["grouped"]["rows"] == 275
    assert judged["sodium"]["rows"] == sum("Na" in f for f in some(40).formulas)
    assert judged["grouped"]["r2"] > 0.3


@pytest.mark.slow
def test_the_same_seed_gives_the_same_model() -> None:
    first, second = (fit(some(60), "x", seed=3, splits=("grouped",)) for _ in range(2))
    asked = ["NaSn", "TiC", "Fe2O3"]
    assert np.array_equal(first.predict(asked).value, second.predict(asked).value)


@pytest.mark.slow
def test_no_row_is_tested_by_a_model_that_saw_it() -> None:
    # Noise can be learned by heart and not foreseen.
    rows = some(20)
    noise = 10 ** np.random.default_rng(0).normal(1.5, 0.3, len(rows))
    material = prepare(unweighted_training(rows.target, rows.formulas, noise, "noise"))
    found = predict_unseen(material, grouped_folds(material.compositions), 0)
    assert abs(np.corrcoef(found.predicted, found.observed)[0, 1]) < 0.15
    assert coverage(found) == pytest.approx(0.9, abs=0.05)


@pytest.mark.slow
def test_prediction_is_consistent() -> None:
    model = fit(some(40), "bulk", splits=("grouped",))
    found = model.predict(["TiN", "NaSn", "XeNe", "Po"])
    assert np.all(found.low < found.value)
    assert np.all(found.value < found.high)
    assert found.value == pytest.approx(10**found.mean)
    assert found.std == pytest.approx(found.value * np.log(10) * found.spread)
    assert found.inside.tolist()[2:] == [False, False]
    width = np.log10(found.high / found.low)
    assert width[2] >= width[0] * (1 - 1e-9)


def test_a_stated_error_lowers_the_weight() -> None:
    rows = some(300)
    stds = np.where(np.arange(len(rows)) == 0, rows.values, np.nan)
    given = Training(rows.target, rows.formulas, rows.values, stds, rows.weights, "x")
    weights = prepare(given).weights
    assert weights[0] < 0.1 * weights[1]
    assert weights.mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("formulas", "values", "named"),
    [
        (("NaCl",) * 3, (1.0, 2.0, 3.0), "3 rows"),
        (("NaCl", "KCl") * 6, (5.0,) * 12, "hardly varies"),
        (("NaCl", "KCl") * 35, (10.0,) * 69 + (10.000001,), "hardly varies"),
        (("NaCl", "KCl") * 35, (10.0,) * 69 + (90.0,), "hardly varies"),
        (("NaCl", "KCl") * 6, tuple(10 + 1e-5 * k for k in range(12)), "hardly varies"),
        (("NaCl", "Na2Cl2") * 6, tuple(range(1, 13)), "one chemical system"),
    ],
)
def test_refuses_too_little(
    formulas: tuple[str, ...], values: tuple[float, ...], named: str
) -> None:
    rows = unweighted_training("bulk_modulus_gpa", formulas, np.array(values, dtype=float), "x")
    with pytest.raises(InputError, match=named):
        fit(rows, "x")


def test_values_that_differ_by_less_than_their_errors_teach_nothing() -> None:
    values, known = np.linspace(9.5, 10.5, 20), np.full(20, 2.0)
    rows = Training("bulk_modulus_gpa", ("NaCl", "KCl") * 10, values, known, np.ones(20), "x")
    with pytest.raises(
        InputError, match=r"lie within 0\.895 GPa of each other, and are known to 2;"
    ):
        fit(rows, "x")
    assert not why_nothing_to_learn(replace(rows, stds=known / 10))


@pytest.mark.parametrize(
    "values",
    [
        np.arange(10.0, 30.0),
        np.tile([0.3, 0.4], 10),
        10.0 ** -np.arange(1.0, 15.0),
        -np.arange(9.0),
    ],
)
def test_whatever_varies_may_be_learned_from(values: np.ndarray) -> None:
    rows = unweighted_training("bulk_modulus_gpa", ("NaCl",) * len(values), values, "x")
    assert not why_nothing_to_learn(rows)


@pytest.mark.parametrize(("heavy", "std"), [(1e9, np.nan), (1.0, 1e-3)])
def test_rows_that_count_as_few_are_few(heavy: float, std: float) -> None:
    """One row of great weight, or the only one with a small error among great ones."""
    first = np.arange(20) == 0
    stds = np.where(first, std, np.nan if np.isnan(std) else 90.0)
    rows = some(600).take(np.arange(18))
    stds, weights = stds[:18], np.where(first, heavy, 1.0)[:18]
    heavy_rows = replace(rows, stds=stds, weights=weights)
    with pytest.raises(InputError, match=r"its 18 rows count as [12]\.\d; .*count as at least 10"):
        fit(heavy_rows, "x")
