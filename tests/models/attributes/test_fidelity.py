"""Labels in the place of tabulated values."""

from dataclasses import replace

import numpy as np
import pytest

from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2, adhesion
from maiscreen.descriptors.layer.layer import Estimate, Layer, f0_estimate
from maiscreen.descriptors.layer.mechanics import phase_modulus, salt_modulus, youngs_modulus
from maiscreen.descriptors.layer.transport import ionic_conductivity, salt_barrier
from maiscreen.models.attributes.fidelity import (
    apply_labels,
    simulated_salt_barrier,
)
from maiscreen.models.labels.evidence import Evidence


def known(value: float, std: float, **details: float) -> Evidence:
    return Evidence(value, std, "model", ("model",), details)


LABELS = {
    ("Na", "work_of_adhesion"): known(0.20, 0.02),
    ("NaSn", "work_of_adhesion"): known(0.30, 0.05),
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
    numbers = (4.0, sodium_mol, phase_cm3, 0.0)
    return Layer(*symbols, *(np.array([x]) for x in numbers))


def test_labels_replace_tables_where_there_are_some() -> None:
    phase, salt = apply_labels("youngs_modulus", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    assert phase.value.tolist() == [1, 2, 3]
    assert salt.value.tolist() == [35, 2, 35]
    assert salt.std.tolist() == [2, 0.5, 2]
    assert salt.fidelity.tolist() == ["F2", "F0", "F2"]
    assert salt.source.tolist() == ["NaCl: model", "table", "NaCl: model"]


def label(value: float, std: float) -> Estimate:
    return Estimate(
        np.array([value]), np.array([std]), np.array(["label"]), np.array(["F2"]), np.zeros(1)
    )


def test_salts_get_sodiums_measured_surface() -> None:
    _, salt = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    assert salt.value[0] == pytest.approx(0.25 + (0.52 - 0.20) / 2)
    assert (salt.std[0], salt.shared[0]) == (pytest.approx(0.06), pytest.approx(0.08))


def test_salts_are_corrected_all_or_none() -> None:
    fewer = {key: label for key, label in LABELS.items() if key[0] != "NaI"}
    _, salt = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), fewer)
    assert salt.fidelity.tolist() == ["F0"] * 3


def test_metal_phases_are_read_as_salts_are() -> None:
    phase, _ = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), LABELS)
    assert phase.value[0] == pytest.approx(0.30 + (0.52 - 0.20) / 2)
    assert (phase.std[0], phase.shared[0]) == (pytest.approx(0.05), pytest.approx(0.08))
    assert phase.fidelity.tolist() == ["F2", "F0", "F0"]
    # One label, whatever it is of: a metal and a salt that part alike from sodium are worth alike.
    same = LABELS | {("Ti", "work_of_adhesion"): LABELS["NaCl", "work_of_adhesion"]}
    phase, salt = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), same)
    assert phase.value[1] == salt.value[0]


def test_metal_phases_are_corrected_whatever_salts_have_labels() -> None:
    fewer = {key: label for key, label in LABELS.items() if key[0] != "NaI"}
    phase, _ = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), fewer)
    assert phase.fidelity.tolist() == ["F2", "F0", "F0"]


def test_without_sodiums_own_surface_no_work_of_adhesion_is_used() -> None:
    fewer = {key: label for key, label in LABELS.items() if key[0] != "Na"}
    both = apply_labels("work_of_adhesion", (PHASES, SALTS), (TABLE, TABLE), fewer)
    assert all(one.fidelity.tolist() == ["F0"] * 3 for one in both)


def test_salts_have_the_barrier_of_a_hop() -> None:
    barrier = simulated_salt_barrier(SALTS, TABLE, LABELS)
    assert barrier.value.tolist() == pytest.approx([0.65, 2, 0.65])


def test_tables_are_what_the_layer_has_without_labels() -> None:
    one = layer("Na15Sn4", 3.75, 95.0)
    given = youngs_modulus(one, phase_modulus(one), salt_modulus(one))
    assert given == youngs_modulus(one)


def test_a_mixture_has_the_lower_fidelity() -> None:
    one = layer("NaSn", 1.0, 34.0)
    best = label(20.0, 1.0)
    assert youngs_modulus(one, best, salt_modulus(one)).fidelity[0] == "F0"
    assert youngs_modulus(one, best, best).fidelity[0] == "F2"
    bare = layer("", 0.0, 0.0)
    assert youngs_modulus(bare, phase_modulus(bare), best).fidelity[0] == "F2"


def test_the_carrier_gives_the_conductivity_its_fidelity_and_error() -> None:
    one = layer("NaSn", 1.0, 34.0)
    fast, slow = label(0.1, 0.02), label(1.5, 0.02)
    got = ionic_conductivity(one, 298.15, 0.16, fast, salt_barrier(one))
    assert got.fidelity[0] == "F2"
    assert got.std[0] == pytest.approx(0.02 / (8.617333e-5 * 298.15 * np.log(10)))
    got = ionic_conductivity(one, 298.15, 0.16, slow, salt_barrier(one))
    assert got.fidelity[0] == "F0"


def test_what_all_barriers_have_in_common_stays_apart_from_the_carriers_own_error() -> None:
    one = layer("NaSn", 1.0, 34.0)
    common = replace(label(0.1, 0.03), shared=np.array([0.04]))
    errors = ionic_conductivity(one, 298.15, 0.16, common, salt_barrier(one)).errors
    decade_ev = 8.617333e-5 * 298.15 * np.log(10)
    expected = 0.03 / decade_ev, 0.0, 0.04 / decade_ev, 0.0
    assert tuple(part[0] for part in errors) == pytest.approx(expected)


def test_nothing_holds_better_than_sodium_at_any_fidelity() -> None:
    one = layer("NaSn", 1.0, 34.0)
    strong = label(9.0, 0.1)
    assert adhesion(one, strong, strong).value[0] == pytest.approx(COHESION_OF_SODIUM_J_M2)
    assert adhesion(one).value[0] < COHESION_OF_SODIUM_J_M2
