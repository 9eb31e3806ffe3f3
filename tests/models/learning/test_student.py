"""Students: networks that say what they were taught, and no more."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from maiscreen.models.learning import student as student_file
from maiscreen.models.learning.student import BLOCK, FAR, Student, train_network

Floats = NDArray[np.float64]


def rows(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(3, 2, size=(count, 6))


def law(known: Floats) -> Floats:
    """What a teacher might say: a prediction with a kink, and the logarithm of its error."""
    value = known[:, 0] + np.abs(known[:, 1]) - 0.5 * known[:, 2] * known[:, 3]
    return np.stack([value, -2 + 0.3 * np.abs(known[:, 4])], axis=1)


@pytest.fixture(scope="module")
def student() -> Student:
    return taught_for(20, 400)


def taught_for(steps: int, count: int) -> Student:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(student_file, "STEPS", steps)
        return train_network(rows(count).astype(np.float32), law(rows(count)), 0)


def by_hand(student: Student, known: Sequence[float]) -> tuple[float, float]:
    """Work a network out number by number, in double precision."""
    near = (np.array(known) - student.centre) / student.scale
    inner = [float(min(max(one, -FAR), FAR)) for one in near]
    for number, (weight, bias) in enumerate(zip(student.weights, student.biases, strict=True)):
        if number:
            inner = [max(one, 0.0) for one in inner]
        inner = [
            float(bias[k]) + sum(float(w) * one for w, one in zip(weight[:, k], inner, strict=True))
            for k in range(len(bias))
        ]
    mean, std, low, high = student.outputs
    value, log = (min(max(inner[k] * std[k] + mean[k], low[k]), high[k]) for k in range(2))
    return value, float(np.exp(log))


def test_is_worked_out_as_networks_are(student: Student) -> None:
    known = rows(4, seed=1)
    found = student.predict(known)
    for k in range(4):
        assert found[:, k] == pytest.approx(by_hand(student, known[k].tolist()), rel=1e-4, abs=1e-4)


@pytest.mark.slow
def test_says_what_it_was_taught() -> None:
    known = rows(1000, seed=2)
    value, expected = taught_for(1500, 4000).predict(known)
    said = law(known)
    assert np.mean(np.abs(value - said[:, 0])) < 0.1 * said[:, 0].std()
    assert np.corrcoef(np.log(expected), said[:, 1])[0, 1] > 0.97


def test_never_says_more_than_it_was_taught(student: Student) -> None:
    far = rows(500, seed=3) * 1e6
    value, expected = student.predict(far)
    low, high = student.outputs[2:]
    assert (value >= low[0]).all()
    assert (value <= high[0]).all()
    assert (expected <= np.exp(high[1])).all()
    assert np.isfinite(value).all()


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 3])
def test_predicts_any_number_of_rows_alike(student: Student, count: int) -> None:
    known = rows(count, seed=4)
    found = student.predict(known)
    assert found.shape == (2, count)
    few = student.predict(known[-5:])
    np.testing.assert_allclose(found[:, -5:], few, rtol=1e-4, atol=1e-4)


def test_the_same_seed_gives_the_same_student(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_file, "STEPS", 20)
    known = rows(300)
    first, again, other = (
        train_network(known.astype(np.float32), law(known), seed).predict(known)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_never_varies_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(student_file, "STEPS", 50)
    known = rows(40)
    known[:, 5] = 7.0
    said = law(known)
    said[:, 1] = 0.0
    assert train_network(known.astype(np.float32), said, 0).predict(known)[1] == pytest.approx(1.0)


def test_slopes_are_those_of_the_loss() -> None:
    """Against differences of the loss, in double precision."""
    rng = np.random.default_rng(0)
    sizes = (4, 5, 3, 2)
    weights = [rng.normal(size=pair) for pair in pairwise(sizes)]
    biases = [rng.normal(size=size) for size in sizes[1:]]
    known, wanted = rng.normal(size=(7, 4)), rng.normal(size=(7, 2))

    def loss() -> float:
        out = student_file.layer_activations(weights, biases, known)[-1]  # type: ignore[arg-type]
        return float(np.sum((out - wanted) ** 2) / 2)

    found = student_file.layer_activations(weights, biases, known)  # type: ignore[arg-type]
    slopes = student_file._gradients(weights, found, found[-1] - wanted)  # type: ignore[arg-type]
    for parameter, slope in zip([*weights, *biases], slopes, strict=True):
        for place in np.ndindex(parameter.shape):
            kept = parameter[place]
            parameter[place] = kept + 1e-6
            above = loss()
            parameter[place] = kept - 1e-6
            below = loss()
            parameter[place] = kept
            assert slope[place] == pytest.approx((above - below) / 2e-6, rel=1e-4, abs=1e-6)
