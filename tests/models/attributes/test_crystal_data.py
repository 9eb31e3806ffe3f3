"""Crystal data and learned values in the place of guesses: precedence, errors, sources."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.descriptors.layer.layer import Estimate, f0_estimate
from maiscreen.descriptors.reaction.reduction import GuessedEnergies, reduction
from maiscreen.models.attributes import crystal_data
from maiscreen.models.attributes.attributes import Assumptions, attributes
from maiscreen.models.attributes.crystal_data import (
    crystal_modulus,
    learned_energies,
    learned_modulus,
    with_learned_volumes,
)
from maiscreen.models.predictions import learned
from maiscreen.screen.describe.interphase import layers

PHASES = np.array(["NaGa4", "Na15Sn4", "Ti", "N", "", "Na7Sn12"])
TABLE = f0_estimate(np.full(6, 30.0), np.full(6, 10.5), "Hill mean of elements")


class Said:
    """A model that says the same of everything, by its target."""

    def __init__(self, target: str, value: float, std: float) -> None:
        self.card = SimpleNamespace(name="tiny", version="0123456789ab", target=target)
        self.value, self.std = value, std
        self.asked: list[str] = []

    def predict(self, formulas: Sequence[str]) -> Any:
        self.asked += formulas
        n = len(formulas)
        inside = np.array(["Sn12" not in one for one in formulas])
        return SimpleNamespace(
            value=np.full(n, self.value), std=np.full(n, self.std), inside=inside
        )


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Said]]:
    """Models in the place of the embedded ones."""
    all_ = (
        Said("youngs_modulus_gpa", 40.0, 8.0),
        Said("bulk_modulus_gpa", 30.0, 3.0),
        Said("shear_modulus_gpa", 15.0, 3.0),
        Said("volume_a3_atom", 24.0, 0.72),
        Said("formation_energy_ev_atom", -1.0, 0.1),
    )
    models = {one.card.target: one for one in all_}
    monkeypatch.setattr(learned, "_surrogate", lambda target, pins: models[target])
    monkeypatch.setattr(learned, "_card", lambda target, pins: models[target].card)
    monkeypatch.setattr(learned, "digest", lambda card: "of no model")
    learned._predict.cache_clear()
    yield models
    learned._predict.cache_clear()


def test_crystal_data_before_learned_values_before_tables(said: dict[str, Said]) -> None:
    found = crystal_modulus(PHASES, TABLE)
    assert found.fidelity.tolist() == ["F1", "F1", "F1", "F0", "F0", "F1"]
    assert found.value[[1, 3, 4, 5]].tolist() == [40.0, 30.0, 30.0, 40.0]
    assert found.value[0] == pytest.approx(9 * 45 * 29 / (3 * 45 + 29))
    # An element is never learned, and a phase with moduli of its own is not either.
    assert sorted(said["youngs_modulus_gpa"].asked) == ["Na15Sn4", "Na7Sn12"]


def test_each_value_says_where_it_is_from(said: dict[str, Said]) -> None:
    source = crystal_modulus(PHASES, TABLE).source.tolist()
    assert source[0] == "NaGa4: Materials Project moduli (DFT)"
    assert source[1] == "Na15Sn4: learned (tiny 0123456789ab)"
    assert source[2] == "Ti: Materials Project moduli (DFT), median of 3 crystals"
    assert source[3] == source[4] == "Hill mean of elements"
    assert source[5] == "Na7Sn12: learned (tiny 0123456789ab), outside its domain"


def test_the_error_of_a_learned_modulus_holds_that_of_its_data(said: dict[str, Said]) -> None:
    found = crystal_modulus(PHASES, TABLE)
    assert found.std[1] == pytest.approx(np.hypot(8.0, 0.25 * 40.0))
    assert found.std[3] == 10.5


def test_young_follows_from_the_campaigns_own_shear_modulus(
    said: dict[str, Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crystal_data, "own_targets", lambda models: ("shear_modulus_gpa",))
    found = learned_modulus(np.array(["Na15Sn4"]))

    def young(bulk: float, shear: float) -> float:
        return 9 * bulk * shear / (3 * bulk + shear)

    assert found.value[0] == pytest.approx(young(30, 15))
    # Both a little stiffer, in proportion to their errors: the change of E is its error.
    change = (young(30 + 3e-6, 15 + 3e-6) - young(30, 15)) / 1e-6
    assert found.std[0] == pytest.approx(np.hypot(change, 0.25 * young(30, 15)), rel=1e-4)
    assert "K learned" in found.source[0]
    assert ", G learned" in found.source[0]
    assert not said["youngs_modulus_gpa"].asked


def test_a_learned_volume_replaces_a_less_certain_guess(said: dict[str, Said]) -> None:
    before = alloying(load_snapshot(), np.array(["Ga", "Sn", "Ti"]))
    after = with_learned_volumes(before)
    gallium = after.in_operation
    assert said["volume_a3_atom"].asked == ["Na22Ga39"]
    assert gallium.volume_source[0] == "learned (tiny 0123456789ab)"
    # OQMD's volumes are 4 % low; 61 atoms hold 39 of gallium.
    assert gallium.volume_cm3_mol_metal[0] == pytest.approx(
        24 / 0.96 * 61 / 39 * 0.602214, rel=1e-5
    )
    assert gallium.volume_std_fraction[0] == pytest.approx(np.hypot(0.03, 0.04))
    for name in ("as_formed", "in_operation"):
        old, new = getattr(before, name), getattr(after, name)
        assert new.volume_cm3_mol_metal[1:].tolist() == old.volume_cm3_mol_metal[1:].tolist()
        assert new.volume_source[1:].tolist() == old.volume_source[1:].tolist()


def test_an_uncertain_learned_volume_replaces_nothing(said: dict[str, Said]) -> None:
    said["volume_a3_atom"].std = 0.1 * 24
    before = alloying(load_snapshot(), np.array(["Ga"]))
    after = with_learned_volumes(before)
    assert after.in_operation.volume_source[0] == "V(M) + 18.0 x"
    assert after.in_operation.volume_cm3_mol_metal == before.in_operation.volume_cm3_mol_metal


def test_learned_energies_are_brought_to_the_corrections_of_2020(said: dict[str, Said]) -> None:
    batch = Precursors.of([Precursor.parse("SnCl4"), Precursor.parse("Si2Cl6")])
    found = learned_energies(batch, np.array([False, True]))
    assert np.isnan(found.value[0])
    assert found.value[1] == pytest.approx(-1.0 - 0.0190 * 6 / 8, abs=1e-4)
    assert found.std.tolist()[1] == 0.22  # the least, as measured on halides
    assert found.source.tolist() == ["", "learned (tiny 0123456789ab)"]


def test_a_guessed_energy_goes_the_way_of_a_computed_one() -> None:
    batch = Precursors.of([Precursor.parse("NbCl3"), Precursor.parse("SnCl4")])
    none, one = np.full(2, np.nan), np.array([-1.0, -1.0])
    known = reduction(batch, 298.15, one)
    guess = GuessedEnergies(one, np.zeros(2), np.array(["a guess", "a guess"]))
    guessed = reduction(batch, 298.15, none, guess)
    assert guessed.potential_v[0] == known.potential_v[0]
    assert guessed.potential_std_v[0] == pytest.approx(known.potential_std_v[0])
    assert guessed.source[0].startswith("a guess with measured bias")
    # What has a table keeps it, and no guess passes for an energy of Materials Project.
    assert guessed.potential_v[1] == reduction(batch, 298.15, none).potential_v[1]
    assert np.isnan(guessed.materials_project_v).all()
    surer = reduction(batch, 298.15, one, guess)
    assert surer.source.tolist() == known.source.tolist()


def test_the_error_of_a_guessed_energy_reaches_the_potential() -> None:
    batch = Precursors.of([Precursor.parse("NbCl3")])
    values = np.array([-1.0])
    stds = [
        reduction(
            batch, 298.15, np.array([np.nan]), GuessedEnergies(values, std, np.array(["x"]))
        ).potential_std_v[0]
        for std in (np.zeros(1), np.array([0.3]))
    ]
    assert stds[1] == pytest.approx(np.hypot(stds[0], 0.3 * 4 / 3))


def _layer() -> Any:
    batch = Precursors.of([Precursor.parse(f) for f in ("SnCl4", "TiCl4", "InCl3", "GaCl3")])
    return layers(batch, alloying(load_snapshot(), batch.metal))["in_operation"]


def test_tables_alone_ask_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Estimate:
        raise AssertionError("a model was asked")

    monkeypatch.setattr(crystal_data, "predict_target", refuse)
    monkeypatch.setattr(learned, "_surrogate", refuse)
    found = attributes(_layer(), 298.15, Assumptions(fidelity="F0"))
    assert {f for each in found.values() for f in each.fidelity.tolist()} == {"F0"}


def test_measured_moduli_of_salts_stay(said: dict[str, Said]) -> None:
    layer = _layer()
    alone = replace(
        layer,
        phase=np.full(4, ""),
        metal=np.full(4, ""),
        phase_cm3=np.zeros(4),
        sodium_mol=np.zeros(4),
    )
    tables, learnt = (
        attributes(alone, 298.15, Assumptions(fidelity=f))["youngs_modulus"] for f in ("F0", "F1")
    )
    assert learnt.value.tolist() == tables.value.tolist()
    assert learnt.std.tolist() == tables.std.tolist()
    assert learnt.source.tolist() == ["salt: measured"] * 4
    assert learnt.fidelity.tolist() == ["F1"] * 4


def test_labels_before_learned_values_before_tables(said: dict[str, Said]) -> None:
    layer = _layer()
    by = {
        f: attributes(layer, 298.15, Assumptions(fidelity=f))["youngs_modulus"]
        for f in ("F0", "F1", "F2")
    }
    # Tin's phase has a label, indium's (Na2In) has none.
    assert layer.phase.tolist()[0] == "Na15Sn4"
    assert "7net" in by["F2"].source[0]
    assert "learned" in by["F1"].source[0]
    assert by["F0"].source[0].startswith("Hill mean")
    assert "Na2In: learned" in by["F2"].source[2]
    assert by["F2"].fidelity.tolist()[:3] == ["F2", "F2", "F1"]
    assert set(by["F1"].fidelity.tolist()) == {"F1"}
    # 7net-0 misses titanium's measured modulus; the next model has it.
    assert by["F1"].source[1].startswith("Ti: Materials Project")
    assert by["F2"].source[1].startswith("Ti: nequix-oam-1-pft")
    # The other attributes have nothing learned.
    for name in ("adhesion", "ionic_conductivity", "electrolyte_permeability"):
        f0, f1 = (attributes(layer, 298.15, Assumptions(fidelity=f))[name] for f in ("F0", "F1"))
        assert f0.value.tolist() == f1.value.tolist()


def test_the_error_of_a_learned_modulus_reaches_the_layer(said: dict[str, Said]) -> None:
    layer = _layer()
    stds = []
    for std in (0.0, 20.0):
        said["youngs_modulus_gpa"].std = std
        learned._predict.cache_clear()
        stds.append(attributes(layer, 298.15, Assumptions(fidelity="F1"))["youngs_modulus"].std)
    assert stds[1][0] > stds[0][0]  # tin's alloy is learned
    assert stds[1][1] == stds[0][1]  # titanium has moduli in the table
