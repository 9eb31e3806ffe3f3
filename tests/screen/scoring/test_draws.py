"""Draws by cause against their moments and identities."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Errors, LayerEstimate
from maiscreen.screen.scoring.draws import (
    ErrorDraws,
    Outcomes,
    Stream,
    add_errors,
    draw_scores,
    draw_worths,
    random_stream,
)
from maiscreen.screen.scoring.score import desirability, score

WEIGHTS = {"adhesion": 1.0, "youngs_modulus": 2.0}
CANDIDATES = (("Sn", "Cl"), ("Sn", "Br"), ("Ti", "Cl"), ("Ti", "I"))


def estimate(value: float, *errors: float) -> LayerEstimate:
    shape = (len(CANDIDATES),)
    parts = Errors(*(np.full(shape, one) for one in errors or (0.0, 0.0, 0.0, 0.0)))
    return LayerEstimate(np.full(shape, value), parts, np.full(shape, "x"), np.full(shape, "F0"))


def outcomes(p_alloy: float, *errors: float, p_kinetic: float = 1.0) -> Outcomes:
    metal, halogen = (np.array(column) for column in zip(*CANDIDATES, strict=True))
    alloy = {"adhesion": estimate(0.3, *errors), "youngs_modulus": estimate(12.0)}
    bare = {"adhesion": estimate(0.1), "youngs_modulus": estimate(9.0)}
    chances = (np.full(len(metal), p) for p in (p_alloy, p_kinetic))
    return Outcomes(metal, halogen, *chances, alloy, bare)


def without_thresholds(samples: int, seed: int) -> ErrorDraws:
    """Draw what is not known of the layers alone."""
    drawn = ErrorDraws.of(samples, seed)
    return replace(drawn, threshold={name: 0.0 * one for name, one in drawn.threshold.items()})


@pytest.mark.parametrize("seed", [0, 20260101, 2**63 - 1])
def test_no_two_streams_are_equal(seed: int) -> None:
    parts = list(product(Stream, range(len(ATTRIBUTES))))
    first = {random_stream(seed, stream, part).integers(2**62) for stream, part in parts}
    assert len(first) == len(parts)


def test_no_other_file_draws_from_the_seed_of_a_campaign() -> None:
    screen = Path(__file__).parents[3] / "screen"
    texts = {path.relative_to(screen).as_posix(): path.read_text() for path in screen.rglob("*.py")}
    drawing = {name for name, text in texts.items() if re.search(r"default_rng\([^)]*seed", text)}
    assert drawing == {"scoring/draws.py"}


def test_certain_estimates_give_certain_scores() -> None:
    drawn = draw_scores(outcomes(1.0), WEIGHTS, without_thresholds(200, 1))
    assert drawn.std(axis=0) == pytest.approx(0)
    sure = {name: e.value[:1] for name, e in outcomes(1.0).alloy.items()}
    worth = {name: desirability(name, value) for name, value in sure.items()}
    assert drawn[0, 0] == pytest.approx(score(worth, WEIGHTS)[0])


def test_a_possible_alloy_is_drawn_as_often_as_it_is_likely() -> None:
    drawn = draw_scores(outcomes(0.7), WEIGHTS, without_thresholds(20_000, 1))
    assert (drawn[:, 0] > drawn[:, 0].min()).mean() == pytest.approx(0.7, abs=0.01)


def test_an_alloy_forms_if_it_is_stable_and_forms_in_time() -> None:
    possible = outcomes(0.7, p_kinetic=0.4)
    drawn = draw_scores(possible, WEIGHTS, without_thresholds(20_000, 1))
    assert (drawn[:, 0] > drawn[:, 0].min()).mean() == pytest.approx(0.28, abs=0.01)
    # One answer for all candidates of a metal, and no share in that of another.
    formed = drawn > drawn.min(axis=0)
    assert (formed[:, 0] == formed[:, 1]).all()
    assert np.corrcoef(formed[:, 0], formed[:, 2])[0, 1] == pytest.approx(0, abs=0.03)
    assert possible.p_formed == pytest.approx(0.28)


def test_a_likelier_alloy_forms_wherever_the_other_does() -> None:
    errors = ErrorDraws.of(2000, 4)
    less, more = (errors.alloyed(5, 0.9, p) for p in (0.3, 0.8))
    assert (more | ~less).all()


@pytest.mark.parametrize(
    ("errors", "alike"),
    [
        ((0.1, 0.0, 0.0, 0.0), {(0, 1), (2, 3)}),  # tin's phase, titanium's phase
        ((0.0, 0.1, 0.0, 0.0), {(0, 2)}),  # NaCl
        ((0.0, 0.0, 0.1, 0.0), {(i, k) for i in range(4) for k in range(i + 1, 4)}),
    ],
)
def test_candidates_share_what_they_have_in_common(
    errors: tuple[float, ...], alike: set[tuple[int, int]]
) -> None:
    worths = draw_worths(outcomes(1.0, *errors), without_thresholds(4000, 1))["adhesion"]
    for i in range(len(CANDIDATES)):
        for k in range(i + 1, len(CANDIDATES)):
            together = np.corrcoef(worths[:, i], worths[:, k])[0, 1]
            assert together == pytest.approx(1.0 if (i, k) in alike else 0.0, abs=0.06)


def test_causes_add_up_to_the_standard_deviation() -> None:
    errors = ErrorDraws.of(100_000, 3)
    of = estimate(0.0, 0.3, 0.4, 1.2, 0.0)
    for name in ATTRIBUTES:
        noise = (one[name][:, :1] for one in (errors.phase, errors.salt, errors.shared))
        drawn = add_errors(of.value, of.errors, Errors(*noise, errors.structure))
        assert drawn.std(axis=0) == pytest.approx(of.std, rel=0.01)
        assert drawn.mean(axis=0) == pytest.approx(0, abs=0.02)
    assert of.std[0] == pytest.approx(1.3)


def test_a_structure_lies_between_two_ends() -> None:
    """Root mean square about the nominal end, and never beyond the other."""
    other = estimate(0.2)
    of = estimate(0.5, 0.0, 0.0, 0.0, 0.0).between(other)
    drawn = ErrorDraws.of(100_000, 3).structure * of.errors.structure
    assert np.sqrt((drawn**2).mean(axis=0)) == pytest.approx(of.std, rel=0.01)
    assert drawn.min() == pytest.approx(-0.3, abs=1e-4)
    assert drawn.max() == pytest.approx(0, abs=1e-4)


def test_no_two_causes_have_the_same_numbers() -> None:
    errors = ErrorDraws.of(500, 0)
    by_attribute = (errors.phase, errors.salt, errors.shared, errors.threshold)
    arrays = (array for one in by_attribute for array in one.values())
    every = np.concatenate([errors.formed, errors.in_time, errors.structure, *arrays], axis=1)
    off_diagonal = np.corrcoef(every.T) - np.eye(every.shape[1])
    assert np.abs(off_diagonal).max() < 0.3


def test_a_longer_list_or_other_company_changes_no_draw() -> None:
    many, errors = outcomes(0.7, 0.1, 0.1, 0.1, 0.1), ErrorDraws.of(50, 5)
    alone, together = (
        draw_scores(possible, WEIGHTS, errors) for possible in (many.take(slice(1, 3)), many)
    )
    assert (alone == together[:, 1:3]).all()
