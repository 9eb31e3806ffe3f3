"""Intervals that values of another source make hold for that source."""

from dataclasses import replace

import numpy as np
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import FEWEST, Calibration, calibrate, recalibrate
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.recalibration import recalibrate_model
from maiscreen.models.learning.training import Training, embedded_training
from maiscreen.models.predictions.learned import digest
from maiscreen.models.storage.model import embedded_surrogate

N = 3000


def elsewhere(random: np.random.Generator, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Errors of a model with expected errors of 0.05 to 0.5, and the noise of another source."""
    expected = random.uniform(0.05, 0.5, N)
    return np.abs(random.normal(size=N) * expected + random.normal(size=N) * noise), expected


INSIDE = np.ones(N, dtype=bool)


def coverage(calibration: Calibration, errors: np.ndarray, expected: np.ndarray) -> list[float]:
    half = calibration.widths(expected, INSIDE)[1]
    thirds = np.argsort(np.argsort(expected)) * 3 // N
    return [float((errors <= half)[thirds == k].mean()) for k in range(3)]


def test_another_source_is_covered_in_every_third() -> None:
    random = np.random.default_rng(0)
    ours = calibrate(*elsewhere(random, 0.0), INSIDE)
    test = elsewhere(random, 0.2)
    assert coverage(ours, *test)[0] < 0.7
    fitted = recalibrate(ours, *elsewhere(random, 0.2), INSIDE)
    assert len(fitted.steps) == 3
    assert coverage(fitted, *test) == pytest.approx([0.9] * 3, abs=0.05)
    std = fitted.widths(test[1], INSIDE)[0]
    assert (test[0] <= std).mean() == pytest.approx(0.683, abs=0.03)


def test_few_rows_have_one_factor_and_the_same_source_none() -> None:
    random = np.random.default_rng(1)
    ours = calibrate(*elsewhere(random, 0.0), INSIDE)
    errors, expected = elsewhere(random, 0.0)
    few = slice(0, 3 * FEWEST - 1)
    fitted = recalibrate(ours, errors[few], expected[few], INSIDE[few])
    ((start, _, _),) = fitted.steps
    assert start == 0
    ((_, of_std, of_half), *_) = recalibrate(ours, errors, expected, INSIDE).steps
    assert (of_std, of_half) == pytest.approx((1, 1), abs=0.15)


def test_a_second_fit_takes_the_place_of_the_first() -> None:
    random = np.random.default_rng(2)
    ours = calibrate(*elsewhere(random, 0.0), INSIDE)
    rows = elsewhere(random, 0.3)
    once = recalibrate(ours, *rows, INSIDE)
    assert recalibrate(once, *rows, INSIDE) == once


def shifted(step: int = 20) -> Training:
    """Values of compositions that no model knows, with the errors of another source."""
    random = np.random.default_rng(0)
    rows = embedded_training("shear_modulus_gpa").take(np.arange(0, 10_987, step))
    formulas = tuple(f"{formula}Kr17" for formula in rows.formulas)
    model = embedded_surrogate("shear_modulus_gpa")
    mean = model.predict(formulas).mean
    values = np.clip(10 ** (mean + random.normal(0, 0.5, len(rows))), 0.2, 900)
    return Training(rows.target, formulas, values, rows.stds, rows.weights, "other.csv")


def test_a_model_is_fitted_to_values_of_another_source() -> None:
    model = embedded_surrogate("shear_modulus_gpa")
    rows = shifted()
    fitted = recalibrate_model(model, rows, "mine")
    note = fitted.card.notes["calibrated"]
    assert note["coverage"] == pytest.approx(0.9, abs=0.03)
    assert note["rows"] == len(rows)
    before, after = model.predict(rows.formulas), fitted.predict(rows.formulas)
    np.testing.assert_array_equal(before.value, after.value)
    held = (rows.values >= after.low) & (rows.values <= after.high)
    assert held.mean() == pytest.approx(0.9, abs=0.03)
    fast = fitted.predict(rows.formulas, fast=True)
    held = (rows.values >= fast.low) & (rows.values <= fast.high)
    assert held.mean() == pytest.approx(0.9, abs=0.03)
    assert digest(fitted.card) != digest(replace(model.card, name="mine"))
    assert Card.from_json(fitted.card.to_json()) == fitted.card


def test_a_calibration_is_a_version_and_carries_no_coverage_over() -> None:
    """Two calibrations of the same trees are told apart; the trees' own version stays."""
    model = embedded_surrogate("shear_modulus_gpa")
    card = replace(model.card, date="2020-01-01")
    rows = shifted(60)
    one, again, other = (
        recalibrate_model(replace(model, card=card), data, "mine").card
        for data in (rows, rows, replace(rows, values=rows.values * 1.1))
    )
    assert card.version == next(iter(card.files.values()))[:12]
    assert one.files == other.files == card.files
    assert one.version == again.version
    assert len({card.version, one.version, other.version}) == 3
    assert Card.from_json(one.to_json()).version == one.version
    assert one.date > card.date
    assert one.parent == f"{card.name} {card.version}"
    assert one.student is not None and card.student is not None
    tests = [*one.metrics[one.target].values(), *one.student.metrics.values()]
    assert all(test.keys() == {"rows", "mae", "rmse", "r2"} for test in tests)


def test_bounds_say_nothing_of_errors() -> None:
    model = embedded_surrogate("shear_modulus_gpa")
    rows = shifted(60)
    sides = np.where(np.arange(len(rows)) % 4 == 0, 1, 0).astype(np.int8)
    bounded = replace(rows, values=np.where(sides, 0.01, rows.values), bounds=sides)
    fitted = recalibrate_model(model, bounded, "mine").card
    assert fitted.notes["calibrated"]["rows"] == (sides == 0).sum()
    measured = rows.take(np.flatnonzero(sides == 0))
    assert fitted.calibration == recalibrate_model(model, measured, "mine").card.calibration


def test_what_cannot_be_fitted_is_refused() -> None:
    model = embedded_surrogate("shear_modulus_gpa")
    with pytest.raises(InputError, match=r"99 of its 99 .* give 100 of 5"):
        recalibrate_model(model, shifted().take(np.arange(99)), "mine")
    with pytest.raises(InputError, match="0 of its 120"):
        recalibrate_model(model, embedded_training(model.card.target).take(np.arange(120)), "mine")
    with pytest.raises(InputError, match="predicts shear_modulus_gpa"):
        recalibrate_model(model, embedded_training("volume_a3_atom"), "mine")


@pytest.mark.parametrize(
    "steps", [1, [[1, 2]], [[1, 2, "x"]], [[0, 1, -1]], [[2, 1, 1], [1, 1, 1]], [[0, 1, 1e30]]]
)
def test_a_card_with_wrong_steps_is_none(steps: object) -> None:
    plain = embedded_surrogate("shear_modulus_gpa").card.to_dict()
    assert "steps" not in plain["calibration"]
    import json

    plain["calibration"]["steps"] = steps
    with pytest.raises(InputError, match="wrong calibration"):
        Card.from_json(json.dumps(plain))
