"""Weights learned in simulated laboratories, where they are known."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_sim import TRUE, cell, lab, layers
from scipy.integrate import quad
from scipy.stats import multivariate_normal, multivariate_t, norm

from maiscreen.screen.lab_learning.likelihood import (
    STRENGTH,
    Evidence,
    draw_prior,
    fit,
    log_likelihood,
    log_prior,
    points,
    prior_covariance,
    prior_std,
)
from maiscreen.screen.lab_learning.trials import Trials, trials
from maiscreen.screen.lab_learning.weights import (
    FREEDOM,
    Posterior,
    learn_weights,
    log_student,
)
from maiscreen.screen.lab_sheet.record import LabRecord

KNOWN = layers()


def gathered(records: list[LabRecord]) -> Trials:
    return trials(records, KNOWN.keys)


def weights(records: list[LabRecord]) -> Posterior:
    return learn_weights(gathered(records), KNOWN)


def off(found: Posterior) -> float:
    """Give the sum of the differences to the true weights; 0.7 before any result."""
    return float(np.abs(found.mean - TRUE).sum())


def test_without_results_the_prior_stands_exactly() -> None:
    found = weights([])
    assert found.mean.tolist() == [0.25] * 4
    assert found.std.tolist() == [prior_std()] * 4
    assert found.points.weights.mean(axis=0) == pytest.approx([0.25] * 4, abs=0.005)
    assert found.points.weights.std(axis=0) == pytest.approx([prior_std()] * 4, rel=0.05)
    # What the strength was chosen by: no attribute counts three times as much as another.
    ratio = found.points.weights[:, 0] / found.points.weights[:, 1]
    assert np.quantile(ratio, (0.05, 0.95)) == pytest.approx([1 / 3, 3], rel=0.1)


def test_the_density_of_the_prior_is_that_of_its_draws() -> None:
    from scipy.stats import dirichlet

    at = draw_prior(3, np.random.default_rng(0))
    there = points(at)
    for row, got in zip(range(3), log_prior(at), strict=True):
        w = there.weights[row]
        expected = dirichlet.logpdf(w, np.full(4, STRENGTH / 4)) + np.log(w).sum()
        expected += norm.logpdf(at[row, 3:], [0, np.log(0.5), np.log(0.35)], [1, 0.5, 0.5]).sum()
        assert got == pytest.approx(expected)


@pytest.mark.slow
def test_three_results_move_the_weights_little_and_thirty_much() -> None:
    of_three = [weights(lab(KNOWN, 3, seed)) for seed in range(8)]
    assert max(np.abs(found.mean - 0.25).max() for found in of_three) < prior_std()
    assert np.mean([np.abs(found.mean - 0.25).max() for found in of_three]) < prior_std() / 2
    of_thirty = [weights(lab(KNOWN, 30, seed)) for seed in range(3)]
    assert np.mean([off(found) for found in of_thirty]) < 0.45
    assert all(found.mean.argmax() == 1 for found in of_thirty)
    assert all(found.mean[1] > 0.25 + prior_std() for found in of_thirty)


def test_sixty_results_find_the_weights() -> None:
    found = weights(lab(KNOWN, 60, 0))
    assert off(found) < 0.25
    assert (np.abs(found.mean - TRUE) < 3 * found.std).all()
    assert found.std.max() < 0.75 * prior_std()


@pytest.mark.slow
def test_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(5)
    inside = []
    for seed in range(30):
        true = rng.dirichlet(np.full(4, STRENGTH / 4))
        slope, misfit, scatter = np.exp(rng.normal([0, np.log(0.5), np.log(0.35)], [1, 0.5, 0.5]))
        found = weights(lab(KNOWN, 10, seed, true, slope, misfit, scatter))
        inside += ((found.low <= true) & (true <= found.high)).tolist()
    assert 0.82 <= np.mean(inside) <= 0.97


def test_cells_that_cannot_be_compared_move_nothing() -> None:
    lone = [cell("L000", 100), cell("L000", 300)]
    running = [cell("L001", 500, True, electrolyte="B"), cell("L002", 20, True, electrolyte="B")]
    elsewhere = [cell("L003", 50, current_density_ma_cm2=5.0)]
    stopped = [cell("L001", 5, True, electrolyte="C"),
               cell("L004", 9, True, electrolyte="C")]  # fmt: skip
    unknown = [cell("XeF2", 10), cell("bare sodium", 30, route="none")]
    told = gathered([*lone, *running, *elsewhere, *stopped, *unknown])
    assert learn_weights(told, KNOWN).mean.tolist() == [0.25] * 4
    assert {why for _, why, _ in told.left_out} == {
        "no other precursor in equal cells (the nearest differ in current density: 2, 5 mA/cm²)",
        "no other precursor in equal cells (the nearest differ in current density: 5, 2 mA/cm²)",
        "none of these cells has failed",
        "has no attributes in this campaign",
    }
    assert sum(count for *_, count in told.left_out) == 9
    # Nor do they, beside cells that do; a cell that ran for one cycle says next to nothing.
    base = lab(KNOWN, 12, 3)
    assert weights([*base, *running]).mean.tolist() == weights(base).mean.tolist()
    short = cell("L119" if all(r.precursor != "L119" for r in base) else "L118", 1, True)
    assert np.abs(weights([*base, short]).mean - weights(base).mean).max() < 0.01


def test_a_running_cell_speaks_where_the_others_have_failed() -> None:
    base = [r for r in lab(KNOWN, 20, 4) if not r.censored]
    best = max(base, key=lambda r: r.cycles or 0)
    others = [r for r in base if r is not best]
    running = cell(best.precursor, best.cycles or 0, True)
    with_it, complete = (weights([*others, r]).mean for r in (running, best))
    assert np.abs(with_it - weights(others).mean).max() > 0.002
    assert np.abs(with_it - complete).max() < 0.03


def test_replicates_of_one_pair_are_not_more_precursors() -> None:
    pair = [cell("L000", 400), cell("L001", 100)]
    many = [
        cell(r.precursor, (r.cycles or 0) + i, replicate=str(i)) for i in range(15) for r in pair
    ]
    assert np.abs(weights(many).mean - 0.25).max() < 0.06


def test_preparations_are_apart() -> None:
    pair = [
        cell("L000", 400, exposure_s=10.0),
        cell("L000", 20, exposure_s=30.0),
        cell("L001", 100),
    ]
    told = gathered(pair)
    assert (len(told.layers), len(told), told.preparation.tolist()) == (2, 3, [0, 1, 2])


def test_the_order_of_rows_changes_nothing() -> None:
    records = [*lab(KNOWN, 15, 2), cell("L000", 90), cell("L000", 95), cell("L001", 99, True)]
    shuffled = records.copy()
    random.Random(0).shuffle(shuffled)
    first, second = weights(records), weights(shuffled)
    assert first.mean.tolist() == second.mean.tolist()
    assert first.chance.tolist() == second.chance.tolist()


CELLS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 3000), st.booleans(), st.sampled_from([2.0, 5.0])),
    min_size=2,
    max_size=8,
)


@settings(max_examples=8, deadline=None)
@given(CELLS)
def test_any_results_give_weights_that_do_not_depend_on_the_unit_of_life(
    rows: list[tuple[int, int, bool, float]],
) -> None:
    def of(factor: int) -> Posterior:
        return weights(
            [cell(f"L{i:03d}", factor * n, c, current_density_ma_cm2=j) for i, n, c, j in rows]
        )

    found = of(1)
    assert found.mean.sum() == pytest.approx(1)
    assert (found.low > 0).all()
    assert (found.low < found.mean).all()
    assert (found.mean < found.high).all()
    assert found.effective > 100
    assert of(2).mean == pytest.approx(found.mean, abs=1e-6)


def test_the_likelihood_of_failed_cells_is_the_normal_density() -> None:
    told = gathered([cell("L000", 100), cell("L000", 150), cell("L001", 300), cell("L002", 40)])
    evidence = Evidence.of(told, KNOWN)
    at = points(draw_prior(5, np.random.default_rng(3)))
    prior = prior_covariance(evidence, at)
    unit = [0, 0, 1, 2]
    lives = np.log([100, 150, 300, 40]) - evidence.centre[unit]
    mean = at.slope[:, None] * (at.weights @ evidence.mean.T)
    for i, got in enumerate(log_likelihood(evidence, at)):
        covariance = prior[i][np.ix_(unit, unit)] + np.eye(4) * at.scatter[i] ** 2
        expected = multivariate_normal.logpdf(lives, mean[i][unit], covariance)
        assert got == pytest.approx(expected, abs=1e-6)


def test_the_likelihood_of_a_running_cell_is_close_to_the_integral() -> None:
    told = gathered([cell("L000", 100), cell("L001", 80, True)])
    evidence = Evidence.of(told, KNOWN)
    at = points(draw_prior(5, np.random.default_rng(3)))
    covariance = prior_covariance(evidence, at)
    mean = at.slope[:, None] * (at.weights @ evidence.mean.T)
    failed, running = np.log([100, 80]) - evidence.centre
    for i, got in enumerate(fit(evidence, at).log_likelihood):
        sigma = at.scatter[i]
        total = covariance[i] + np.diag([sigma**2, sigma**2])
        slope = total[0, 1] / total[0, 0]
        centre = mean[i, 1] + slope * (failed - mean[i, 0])
        spread = np.sqrt(total[1, 1] - slope * total[0, 1])
        survives, _ = quad(
            lambda y, c=centre, s=spread: norm.pdf(y, c, s), running, centre + 9 * spread
        )
        expected = norm.logpdf(failed, mean[i, 0], np.sqrt(total[0, 0])) + np.log(survives)
        # Laplace's approximation is at its worst for one that runs alone.
        assert got == pytest.approx(expected, abs=0.25)


def test_the_density_of_a_student_distribution_is_that_of_scipy() -> None:
    rng = np.random.default_rng(4)
    root = np.tril(rng.normal(size=(6, 6))) + 4 * np.eye(6)
    mean, sample = rng.normal(size=6), 9 * rng.normal(size=(50, 6))
    peer = multivariate_t(mean, root @ root.T, df=FREEDOM).logpdf(sample)
    np.testing.assert_allclose(log_student(sample, mean, root), peer, rtol=1e-10)
