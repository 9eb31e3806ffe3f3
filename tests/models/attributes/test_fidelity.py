"""Labels in the place of tabulated values."""

import numpy as np
import pytest

from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2, adhesion, phase_adhesion
from maiscreen.descriptors.layer.layer import Estimate, Layer, f0_estimate
from maiscreen.descriptors.layer.mechanics import phase_modulus, salt_modulus, youngs_modulus
from maiscreen.descriptors.layer.transport import ionic_conductivity
from maiscreen.models.attributes.fidelity import (
    apply_labels,
    simulated_barrier,
    simulated_salt_barrier,
)
from maiscreen.models.labels.evidence import Evidence


def known(value: float, std: float, **details: float) -> Evidence:
    return Evidence(value, std, "model", ("model",), details)


LABELS = {
    ("Na", "work_of_adhesion"): known(0.20, 0.02),
    ("NaSn", "work_of_adhesion"): known(0.30, 0.05, cleavage_j_m2=0.60),
    ("NaSn", "migration_barrier"): known(0.15, 0.03),
    ("NaSn", "vacancy_formation_energy"): known(0.70, 0.10),
    ("Na3Sb", "migration_barrier"): known(0.28, 0.04),
    ("NaCl", "migration_barrier"): known(0.65, 0.02),
    ("NaCl", "youngs_modulus"): known(35.0, 2.0),
    **{(salt, "work_of_adhesion"): known(0.25, 0.06) for salt in ("NaF", "NaCl", "NaBr", "NaI")},
}
PHASES = np.array(["NaSn", "Ti", ""])
SALTS = np.array(["NaCl", "NaF", "NaCl"])
TABLE = f0_estimate(np.array([1.0, 2.0, 3.0]), 0.5, "table")


def layer(phase: str, sodium_mol: float, phase_cm3: float) -> Layer:
    symbols = (np.array([text]) for text in ("Sn", "Cl", phase))
    numbers = (4.0, sodium_mol, phase_cm3, 4 * 27.0 + phase_cm3, 0.0)
    return Layer(*symbols, *(np.array([x]) for x in numbers))


def test_labels_replace_tables_where_there_are_some() -> None:
    phase, salt = apply_labels("youngs_modulus", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    assert phase.value.tolist() == [1, 2, 3]
    assert salt.value.tolist() == [35, 2, 35]
    assert salt.std.tolist() == [2, 0.5, 2]
    assert salt.fidelity.tolist() == ["F2", "F0", "F2"]
    assert salt.source.tolist() == ["NaCl: model", "table", "NaCl: model"]


def test_salts_get_sodiums_measured_surface() -> None:
    _, salt = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    assert salt.value[0] == pytest.approx(0.25 + (0.52 - 0.20) / 2)
    assert salt.std[0] == pytest.approx(np.hypot(0.06, 0.08))


def test_salts_are_corrected_all_or_none() -> None:
    fewer = {key: label for key, label in LABELS.items() if key[0] != "NaI"}
    _, salt = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), fewer)
    assert salt.fidelity.tolist() == ["F0"] * 3


def test_metal_phases_get_what_the_interface_leaves_of_sodiums_cohesion() -> None:
    phase, _ = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    # γ_interface = 0.10 + 0.30 − 0.30
    assert phase.value[0] == pytest.approx(0.52 - 0.10)
    assert phase.std[0] == pytest.approx(np.hypot(0.05, 0.03))
    assert phase.fidelity.tolist() == ["F2", "F0", "F0"]


def test_without_sodiums_own_surface_no_work_of_adhesion_is_used() -> None:
    fewer = {key: label for key, label in LABELS.items() if key[0] != "Na"}
    both = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), fewer)
    assert all(one.fidelity.tolist() == ["F0"] * 3 for one in both)


def test_tin_keeps_the_measured_conductivity_and_others_differ_as_their_barriers() -> None:
    names = np.array(["NaSn", "Na3Sb", "NaBi"])
    barrier = simulated_barrier(names, TABLE, "as_in_tin", LABELS)
    assert barrier.value.tolist() == pytest.approx([0.36, 0.36 + 0.28 - 0.15, 3])
    assert barrier.std.tolist() == pytest.approx([np.hypot(0.03, 0.15), np.hypot(0.04, 0.15), 0.5])
    assert barrier.fidelity.tolist() == ["F2", "F2", "F0"]


def test_vacancies_of_its_own_heat_cost_their_formation() -> None:
    names = np.array(["NaSn", "Na3Sb"])
    table = f0_estimate(np.array([1.0, 2.0]), 0.5, "table")
    barrier = simulated_barrier(names, table, "of_its_own_heat", LABELS)
    # Na3Sb has no label of a vacancy.
    assert barrier.value.tolist() == pytest.approx([0.85, 2])
    everywhere = simulated_barrier(names, table, "everywhere", LABELS)
    assert everywhere.value.tolist() == pytest.approx([0.15, 0.28])


def test_salts_have_the_barrier_of_a_hop() -> None:
    barrier = simulated_salt_barrier(SALTS, TABLE, LABELS)
    assert barrier.value.tolist() == pytest.approx([0.65, 2, 0.65])


def test_tables_are_what_the_layer_has_without_labels() -> None:
    one = layer("Na15Sn4", 3.75, 95.0)
    given = youngs_modulus(one, phase_modulus(one), salt_modulus(one))
    for got, expected in zip(Estimate.__slots__, Estimate.__slots__, strict=True):
        assert getattr(given, got) == getattr(youngs_modulus(one), expected)


def test_a_mixture_has_the_lower_fidelity() -> None:
    one = layer("NaSn", 1.0, 34.0)
    best = Estimate(np.array([20.0]), np.array([1.0]), np.array(["label"]), np.array(["F2"]))
    assert youngs_modulus(one, best, salt_modulus(one)).fidelity[0] == "F0"
    assert youngs_modulus(one, best, best).fidelity[0] == "F2"
    bare = layer("", 0.0, 0.0)
    assert youngs_modulus(bare, phase_modulus(bare), best).fidelity[0] == "F2"


def test_the_carrier_gives_the_conductivity_its_fidelity_and_error() -> None:
    one = layer("NaSn", 1.0, 34.0)
    fast = Estimate(np.array([0.1]), np.array([0.02]), np.array(["label"]), np.array(["F2"]))
    got = ionic_conductivity(one, 298.15, phase=fast)
    assert got.fidelity[0] == "F2"
    assert got.std[0] == pytest.approx(0.02 / (8.617333e-5 * 298.15 * np.log(10)))
    slow = Estimate(np.array([1.5]), np.array([0.02]), np.array(["label"]), np.array(["F2"]))
    assert ionic_conductivity(one, 298.15, phase=slow).fidelity[0] == "F0"


def test_nothing_holds_better_than_sodium_at_any_fidelity() -> None:
    one = layer("NaSn", 1.0, 34.0)
    strong = Estimate(np.array([9.0]), np.array([0.1]), np.array(["label"]), np.array(["F2"]))
    assert adhesion(one, strong, strong).value[0] == pytest.approx(COHESION_OF_SODIUM_J_M2)
    assert phase_adhesion(one).value[0] < COHESION_OF_SODIUM_J_M2
