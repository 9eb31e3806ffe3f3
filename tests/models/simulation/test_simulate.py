"""From a prototype to labels: checks, reasons, settings; and a real simulation."""

from dataclasses import replace
from typing import Any

import pytest
from monty.serialization import loadfn
from pymatgen.core.composition import Composition

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import formation_energies_ev_atom, load_snapshot
from maiscreen.models.crystals.prototypes import Prototype, prototype
from maiscreen.models.crystals.symmetry import silence_spglib
from maiscreen.models.labels.labels import QUANTITIES, Label, SimulationError, from_lines, to_lines
from maiscreen.models.simulation import simulate as module
from maiscreen.models.simulation.checks import (
    CHECKS,
    elastic_faults,
    settings_hash,
    structure_faults,
)
from maiscreen.models.simulation.energetics import (
    FormationEnergy,
    correction_ev_atom,
    legacy_correction_ev_atom,
)
from maiscreen.models.simulation.potential import Potential
from maiscreen.models.simulation.simulate import Finding, simulate

FAKE = Potential("fake", "1.0", "ab", "MIT", "cpu", None)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(module, "load_potential", lambda name, own: replace(FAKE, name=name))
    return monkeypatch


def test_labels_have_name_and_origin_of_the_potential(fake: pytest.MonkeyPatch) -> None:
    def work(phase: Prototype, potential: Potential) -> module.Findings:
        return {"work_of_adhesion": Finding(0.2, 0.01, (), {"plane": (1, 0, 0)})}

    fake.setitem(module._SIMULATIONS, "adhesion", work)
    (label,) = simulate("NaCl", "adhesion", "some")
    assert (label.formula, label.property, label.unit) == ("NaCl", "work_of_adhesion", "J/m2")
    assert (label.value, label.std, label.passed_checks, label.reason) == (0.2, 0.01, True, "")
    assert (label.model, label.model_version, label.weights_sha256) == ("some", "1.0", "ab")
    assert label.settings == settings_hash("adhesion") and label.seconds >= 0
    assert from_lines(to_lines([label])) == (label,)
    assert label.details == {
        "plane": [1, 0, 0],
        "crystal": prototype("NaCl").digest,
        "checks": CHECKS["adhesion"],
    }


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_simulation_that_fails_gives_labels_with_the_reason(
    fake: pytest.MonkeyPatch, quantity: str
) -> None:
    def fails(phase: Prototype, potential: Potential) -> Any:
        raise SimulationError("not converged\nafter 9 steps")

    fake.setitem(module._SIMULATIONS, quantity, fails)
    labels = simulate("NaCl", quantity, "some")
    assert {label.property for label in labels} == set(QUANTITIES[quantity])
    for label in labels:
        assert (label.value, label.std, label.passed_checks) == (None, None, False)
        assert label.reason == "not converged after 9 steps"
        assert label.details["crystal"] == prototype("NaCl").digest


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("NaCl", "colour", "7net-0"), "quantity"),
        (("Na9Cl", "structure", "7net-0"), "phase"),
        (("NaCl", "structure", "no-model"), "--models"),
    ],
)
def test_bad_input_is_said_at_once(given: tuple[str, str, str], field: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(*given)
    assert caught.value.field == field


def test_settings_are_seen_in_their_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {quantity: settings_hash(quantity) for quantity in QUANTITIES}
    assert len(set(before.values())) == len(QUANTITIES)
    monkeypatch.setattr("maiscreen.models.simulation.elasticity.STRAIN", 0.02)
    assert settings_hash("elasticity") != before["elasticity"]
    assert settings_hash("structure") == before["structure"]
    monkeypatch.setattr("maiscreen.models.simulation.band.IMAGES", 5)
    assert settings_hash("migration") != before["migration"]
    monkeypatch.setattr("maiscreen.models.simulation.relax.MAX_STRESS_GPA", 0.5)
    assert all(settings_hash(quantity) != before[quantity] for quantity in QUANTITIES)


def test_what_a_relaxed_structure_does_wrong_is_told_with_its_size() -> None:
    faults = structure_faults(("Fm-3m", "Fm-3m"), 0.079, "measured", -0.151, -0.2)
    assert faults == ()
    faults = structure_faults(("Cmcm", "Pm-3m"), -0.1234, "measured", -0.1, -0.2)
    assert faults == (
        "space group went from Cmcm to Pm-3m",
        "volume -12.3% from the measured one",
        "formation energy +0.100 eV/atom from the snapshot's",
    )
    nan = float("nan")  # no reference volume, no energy in the snapshot: nothing to check against
    assert structure_faults(("P1", "P1"), nan, "snapshot's", 5.0, None) == ()


def test_moduli_are_checked_against_measured_ones_where_there_are_any() -> None:
    (fault,) = elastic_faults(prototype("Na"), 2.3, 0.01)
    assert "2.3 GPa, measured" in fault and fault.endswith("take the measured value")
    assert elastic_faults(prototype("NaCl"), 35.2, 0.01) == ()
    assert elastic_faults(prototype("Na3Bi"), 1e4, 0.01) == ()
    assert elastic_faults(prototype("Na3Bi"), 15.0, 0.2) == (
        "numerical error of the stiffness 20%",
    )


@pytest.mark.parametrize("anion", ["F", "Cl", "Br", "I", "S", "Se", "Te", "Sb", "Si"])
def test_corrections_are_those_of_the_file_that_pymatgen_installs(anion: str) -> None:
    import pymatgen.analysis.compatibility as folder

    path = f"{next(iter(folder.__path__))}/MP2020Compatibility.yaml"
    table = loadfn(path)["Corrections"]["CompositionCorrections"]
    assert correction_ev_atom(f"Na3{anion}") == pytest.approx(table[anion] / 4, abs=1e-12)
    assert correction_ev_atom(anion) == 0


def test_only_sulfides_were_corrected_before_2020() -> None:
    with silence_spglib():
        found = {f: legacy_correction_ev_atom(prototype(f).structure()) for f in ("Na2S", "Na3Sb")}
    assert found["Na2S"] == pytest.approx(-0.66346 / 3) and found["Na3Sb"] == 0
    # The shift that SOURCES names: Na2S is 0.053 eV/atom higher under the corrections of 2020.
    assert correction_ev_atom("Na2S") - found["Na2S"] == pytest.approx(0.053, abs=1e-3)


def test_the_value_has_the_corrections_of_2020() -> None:
    assert FormationEnergy(-1.8, -0.3, -9.0).value_ev_atom == pytest.approx(-2.1)


@pytest.mark.potential
def test_a_salt_is_simulated() -> None:
    labels = simulate("NaI", "structure")
    energy, volume = labels
    assert all(isinstance(label, Label) and label.passed_checks for label in labels), labels
    assert energy.value is not None and volume.value is not None and volume.std is not None
    snapshot = formation_energies_ev_atom(load_snapshot())["NaI"]
    assert energy.value == pytest.approx(snapshot, abs=0.02)
    assert volume.value == pytest.approx(prototype("NaI").volume_a3_atom, rel=0.04)
    assert 0 <= volume.std < 1e-3 * volume.value
    assert from_lines(to_lines(labels)) == labels


@pytest.mark.potential
def test_an_alloy_is_as_deep_as_the_snapshot_says_before_corrections() -> None:
    energy, _ = simulate("Na3Sb", "structure")
    assert energy.value is not None
    plain = energy.details["plain_ev_atom"]
    snapshot = formation_energies_ev_atom(load_snapshot())["Na3Sb"]
    assert plain == pytest.approx(snapshot, abs=0.02)
    share = Composition("Na3Sb").get_atomic_fraction("Sb")
    assert energy.value == pytest.approx(plain - 0.192 * share, abs=1e-9)


@pytest.mark.potential
def test_moduli_come_with_their_numerical_error() -> None:
    bulk, shear, youngs = simulate("NaCl", "elasticity")
    assert bulk.value and shear.value and youngs.value and youngs.std
    mean = 9 * bulk.value * shear.value / (3 * bulk.value + shear.value)
    assert youngs.value == pytest.approx(mean)
    assert 0 < youngs.std < 0.02 * youngs.value
    assert youngs.details["space_group"] == "Fm-3m"
