"""Barriers of metal phases: labels, what vacancies cost, and what has no label."""

import numpy as np
import pytest
from scipy.stats import norm

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.layer.anchor import ALLOY_BARRIER_STD_EV, phase_barrier
from maiscreen.models.attributes.attributes import Assumptions, anchor_fault, metal_barriers
from maiscreen.models.attributes.barriers import (
    HIGHEST_IN_MEAN_EV,
    SODIUM_RICH,
    VACANCIES,
    bare_barriers,
    simulated_barrier,
    sodium_ratio,
)
from maiscreen.models.labels.evidence import Evidence, evidence

RICH = {"NaA": 0.10, "NaB": 0.20, "Na2A": 0.15, "Na3B": 0.05, "Na15Sn4": 0.07}
ANCHORED_EV = 0.20


def known(value: float, std: float) -> Evidence:
    return Evidence(value, std, "model", ("model",), {})


LABELS = {
    **{(f.replace("A", "As"), "migration_barrier"): known(v, 0.03) for f, v in RICH.items()},
    ("NaAg2", "migration_barrier"): known(0.3, 0.03),
    ("NaCl", "migration_barrier"): known(0.6, 0.03),
    ("Na", "migration_barrier"): known(0.05, 0.03),
    ("?", "migration_barrier"): known(9.0, 0.03),
    ("Na15Sn4", "vacancy_formation_energy"): known(0.5, 0.04),
}
PHASES = {"Na15Sn4": 3.75, "NaSi": 1.0, "Na7Sn12": 7 / 12, "NaSe2": 0.5, "Sn": 0.0, "": 0.0}


def barriers(vacancies: str = "as_in_tin", labels: dict | None = None) -> dict:
    phase, ratio = np.array(list(PHASES)), np.array(list(PHASES.values()))
    table = phase_barrier(phase, ANCHORED_EV)
    made = simulated_barrier(phase, ratio, table, vacancies, labels or LABELS)
    columns = zip(made.value, made.std, made.source, made.fidelity, strict=True)
    return dict(zip(PHASES, columns, strict=True))


def test_a_label_gets_what_vacancies_cost_and_keeps_its_own_error() -> None:
    value, std, source, fidelity = barriers()["Na15Sn4"]
    assert value == pytest.approx(0.07 + ANCHORED_EV / 2)
    assert (std, source, fidelity) == (pytest.approx(0.03), "Na15Sn4: model", "F2")


def test_without_a_label_a_phase_has_mean_and_spread_of_its_class() -> None:
    value, std, source, fidelity = barriers()["NaSi"]
    bare = np.array(list(RICH.values()))
    assert value == pytest.approx(bare.mean() + ANCHORED_EV / 2)
    assert std == pytest.approx(bare.std(ddof=1))
    assert (source, fidelity) == ("mean of 5 labelled phases with 1 or more Na for each M", "F0")


def test_a_class_with_few_labels_and_the_bare_metal_keep_the_barrier_of_all() -> None:
    for phase in ("NaSe2", "Sn", ""):
        value, std, _, fidelity = barriers()[phase]
        assert (value, std, fidelity) == (ANCHORED_EV, ALLOY_BARRIER_STD_EV, "F0")


def test_the_phase_that_was_measured_has_the_anchored_barrier_without_an_error_of_its_own() -> None:
    assert barriers()["Na7Sn12"][:2] == (ANCHORED_EV, 0.0)
    own = {**LABELS, ("Na7Sn12", "migration_barrier"): known(0.15, 0.05)}
    assert barriers(labels=own)["Na7Sn12"][:2] == (ANCHORED_EV, 0.0)


@pytest.mark.parametrize(("bare", "cost"), [(0.15, 0.05), (0.9, 0.0)])
def test_a_label_of_the_measured_phase_says_what_vacancies_cost(bare: float, cost: float) -> None:
    # They cost nothing at least: a bare barrier above the measured one is no reason to pay.
    own = {**LABELS, ("Na7Sn12", "migration_barrier"): known(bare, 0.05)}
    assert barriers(labels=own)["Na15Sn4"][0] == pytest.approx(0.07 + cost)


def test_other_readings_of_vacancies() -> None:
    value, std, *_ = barriers("of_its_own_heat")["Na15Sn4"]
    assert (value, std) == (pytest.approx(0.57), pytest.approx(0.05))
    # One heat is known: too few to say anything of others.
    assert barriers("of_its_own_heat")["NaSi"][0] == ANCHORED_EV
    assert barriers("everywhere")["Na15Sn4"][0] == pytest.approx(0.07)
    assert barriers("everywhere")["NaSi"][0] == pytest.approx(np.mean(list(RICH.values())))


def test_a_blocked_phase_counts_as_blocked_in_the_mean_and_as_labelled_by_itself() -> None:
    poor = {(f"NaAg{n}", "migration_barrier"): known(0.4, 0.03) for n in (2, 3, 4, 5)}
    labels = {**LABELS, **poor, ("NaSe2", "migration_barrier"): known(4.6, 0.1)}
    assert barriers(labels=labels)["NaSe2"][0] == pytest.approx(4.6 + ANCHORED_EV / 2)
    phase, ratio = np.array(["NaTe3"]), np.array([1 / 3])
    made = simulated_barrier(phase, ratio, phase_barrier(phase, ANCHORED_EV), VACANCIES[0], labels)
    assert made.value[0] == pytest.approx((4 * 0.4 + HIGHEST_IN_MEAN_EV) / 5 + ANCHORED_EV / 2)


def test_no_candidates_have_no_barriers() -> None:
    assert metal_barriers(np.array([], dtype=str), np.array([]), Assumptions()).value.size == 0


def test_a_threshold_that_contradicts_the_measured_layer_is_refused() -> None:
    bruggeman = Assumptions(percolation_threshold=1 / 3)
    assert "would not conduct" in anchor_fault(bruggeman)
    assert not anchor_fault(Assumptions())
    with pytest.raises(InputError, match=r"percolation_threshold.*give less"):
        metal_barriers(np.array(["NaSn"]), np.ones(1), bruggeman)


def labelled_phases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return bare barriers, whether rich in sodium, and the metal of each."""
    bare = bare_barriers(evidence())
    value = np.array([min(one.value, HIGHEST_IN_MEAN_EV) for one in bare.values()])
    rich = np.array([sodium_ratio(formula) >= SODIUM_RICH for formula in bare])
    metal = np.array([next(m for m in parse_formula(f) if m != "Na") for f in bare])
    return value, rich, metal


def test_numbers_of_the_page_are_those_of_the_labels() -> None:
    value, rich, metal = labelled_phases()
    assert (len(value), len(set(metal))) == (25, 17)
    assert (rich.sum(), value[rich].mean(), value[rich].std(ddof=1)) == (
        19,
        pytest.approx(0.140, abs=5e-4),
        pytest.approx(0.072, abs=5e-4),
    )
    assert value[~rich].mean() == pytest.approx(0.64, abs=5e-3)
    assert value[~rich].std(ddof=1) == pytest.approx(0.34, abs=5e-3)
    assert value.mean() == pytest.approx(0.26, abs=5e-3)
    assert value.std(ddof=1) == pytest.approx(ALLOY_BARRIER_STD_EV, abs=5e-3)


@pytest.mark.parametrize(
    ("by_metal", "of_score", "of_mean"),
    [(False, (1.03, 0.25), (0.060, 0.038)), (True, (0.97, 0.325), (0.045, 0.046))],
)
def test_classes_predict_better_what_was_left_out(
    by_metal: bool, of_score: tuple[float, float], of_mean: tuple[float, float]
) -> None:
    value, rich, metal = labelled_phases()
    group = metal if by_metal else np.arange(len(value))
    gains = []
    for i, one in enumerate(value):
        others = group != group[i]
        pool, own = value[others], value[others & (rich == rich[i])]
        errors = [abs(one - known_ones.mean()) for known_ones in (pool, own)]
        scores = [norm.logpdf(one, x.mean(), x.std(ddof=1)) for x in (own, pool)]
        gains.append((scores[0] - scores[1], errors[0] - errors[1]))
    paired = np.array([np.mean(np.array(gains)[group == g], axis=0) for g in np.unique(group)])
    mean, error = paired.mean(axis=0), paired.std(axis=0, ddof=1) / np.sqrt(len(paired))
    for column, expected in enumerate((of_score, of_mean)):
        assert (mean[column], error[column]) == pytest.approx(expected, abs=6e-3)
    # The rule: classes, if the score says so by more than two standard errors.
    assert mean[0] > 2 * error[0]


def test_the_order_of_the_labels_changes_no_digit() -> None:
    labels = evidence()
    phases = np.array(["NaGe", "Na3Hg2", "NaB3"])
    ratio = np.array([1.0, 1.5, 1 / 3])
    table = phase_barrier(phases, 0.209)
    orders = [dict(sorted(labels.items(), key=key)) for key in (str, lambda one: str(one)[::-1])]
    first, second = (
        simulated_barrier(phases, ratio, table, "as_in_tin", order) for order in orders
    )
    assert list(orders[0]) != list(orders[1])
    assert (first.value == second.value).all()
    assert (first.std == second.std).all()
