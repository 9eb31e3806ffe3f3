import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.columns import SCHEMA
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot
from maiscreen.descriptors.alloys.alloying import (
    alloy_system,
    alloying,
    elemental_volume_cm3_mol,
)
from maiscreen.descriptors.alloys.records import AlloyState
from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3

SNAPSHOT = load_snapshot()
INERT = "Ti Zr Hf V Nb Ta Cr Mo W Mn Fe Co Ni Cu Al Mg".split()


@pytest.mark.parametrize(
    ("metal", "as_formed", "in_operation"),
    [
        ("Sn", "Na7Sn12", "Na15Sn4"),
        ("Si", "NaSi", "NaSi"),
        ("Ge", "NaGe", "NaGe"),
        ("Pb", "NaPb3", "Na15Pb4"),
        ("Sb", "NaSb", "Na3Sb"),
        ("Bi", "NaBi", "Na3Bi"),
        ("In", "NaIn", "Na2In"),
        ("Zn", "NaZn13", "NaZn13"),
        ("Hg", "NaHg2", "Na8Hg3"),
        ("S", "Na2S5", "Na2S"),
    ],
)
def test_states(metal: str, as_formed: str, in_operation: str) -> None:
    system = alloy_system(SNAPSHOT, metal)
    assert system.as_formed.formula == as_formed
    assert system.in_operation.formula == in_operation


@pytest.mark.parametrize("metal", INERT)
def test_metals_without_compound_say_so(metal: str) -> None:
    system = alloy_system(SNAPSHOT, metal)
    assert not system.forms_compound
    assert system.phases == ()
    assert system.as_formed.formula == system.in_operation.formula == ""
    assert math.isnan(system.delta_g_kj_mol_metal)
    assert system.in_operation.sodium_per_metal == system.in_operation.p_alloy == 0
    assert system.in_operation.volume_source == "element"
    words = f"{metal} forms no compound with sodium; the product is {metal} + NaX"
    assert words in system.note


def test_wording_of_the_paper_is_answered_for_titanium() -> None:
    assert "NaxTiy" in alloy_system(SNAPSHOT, "Ti").note


def test_phases_of_tin() -> None:
    phases = {p.formula: p for p in alloy_system(SNAPSHOT, "Sn").phases}
    assert {"NaSn5", "Na5Sn13", "NaSn2", "Na7Sn12", "NaSn", "Na9Sn4", "Na15Sn4"} <= phases.keys()
    # A phase above the hull, and yet the one that was seen (trap T5).
    assert 0.005 < phases["Na7Sn12"].energy_above_hull_ev_atom < 0.025
    assert phases["Na7Sn12"].plateau_v is None
    assert phases["Na7Sn12"].known
    assert phases["Na15Sn4"].measured_plateau_v == 0.08
    assert not phases["Na3Sn"].known


def test_observed_phase_stays_at_zero_tolerance() -> None:
    system = alloy_system(SNAPSHOT, "Sn", 0.0)
    assert [p.formula for p in system.phases] == ["NaSn2", "Na7Sn12", "NaSn", "Na9Sn4", "Na15Sn4"]
    assert system.as_formed.formula == "Na7Sn12"


def test_tolerance_bounds_the_metastable_phases() -> None:
    for metal in METALS:
        for phase in alloy_system(SNAPSHOT, metal, 0.02).phases:
            assert phase.energy_above_hull_ev_atom <= 0.02
            assert (phase.plateau_v is None) == (phase.energy_above_hull_ev_atom > 0)


@pytest.mark.parametrize(
    ("metal", "artefact"), [("In", "NaIn3"), ("Cd", "Na3Cd"), ("Hg", "NaHg3"), ("Pd", "Na3Pd")]
)
def test_artefacts_never_become_a_state(metal: str, artefact: str) -> None:
    system = alloy_system(SNAPSHOT, metal)
    assert artefact not in {system.as_formed.formula, system.in_operation.formula}
    assert artefact in system.note
    assert all(not p.known for p in system.phases if p.formula == artefact)


def test_clathrates_are_listed_but_no_state() -> None:
    phases = {p.formula: p for p in alloy_system(SNAPSHOT, "Si").phases}
    assert phases["Na3Si17"].status == phases["Na4Si23"].status == "metastable"
    assert phases["NaSi"].status == "stable"


def test_delta_g_carries_the_uncertainty_of_alloy_energies() -> None:
    silicon = alloy_system(SNAPSHOT, "Si")
    assert silicon.delta_g_kj_mol_metal == pytest.approx(-0.017355 * 2 * 96.485, rel=1e-3)
    assert silicon.std_kj_mol_metal == pytest.approx(0.04 * 2 * 96.485, rel=1e-3)
    # NaSi is in by 0.43 standard deviations only.
    assert silicon.in_operation.p_alloy == pytest.approx(0.668, abs=0.002)
    tin = alloy_system(SNAPSHOT, "Sn")
    assert tin.delta_g_kj_mol_metal == pytest.approx(-0.16115 * 4.75 * 96.485, rel=1e-3)
    assert tin.in_operation.p_alloy > 0.9999


def test_volumes() -> None:
    tin = alloy_system(SNAPSHOT, "Sn")
    # Na7Sn12: 2243.0 Å3 for 48 tin atoms; Na15Sn4: a about 13.16 Å, 16 tin atoms.
    assert tin.as_formed.volume_cm3_mol_metal == pytest.approx(2243.0 * 0.60221 / 48, rel=1e-3)
    assert tin.in_operation.volume_cm3_mol_metal == pytest.approx(13.16**3 * 0.60221 / 16, rel=0.03)
    gallium = alloy_system(SNAPSHOT, "Ga").in_operation
    assert gallium.volume_source == "V(M) + 18.0 x"
    # Without an OQMD volume; sodium takes less room than in the metal, 23.78 cm³/mol.
    assert 11.8 < gallium.volume_cm3_mol_metal < 11.8 + 7 / 13 * 23.78


def test_arrays_hold_the_single_systems() -> None:
    metals = np.array(["Sn", "Ti", "Si", "Sn", "I", "Po"])
    states = alloying(SNAPSHOT, metals)
    for k, metal in enumerate(metals.tolist()):
        system = alloy_system(SNAPSHOT, metal)
        assert states.note[k] == system.note
        for arrays, state in [
            (states.as_formed, system.as_formed),
            (states.in_operation, system.in_operation),
        ]:
            for name in AlloyState.__slots__:
                expected = getattr(state, name)
                value = getattr(arrays, name)[k]
                assert value == expected or (math.isnan(value) and math.isnan(expected))
    assert states.in_operation.formula.tolist() == ["Na15Sn4", "", "NaSi", "Na15Sn4", "", ""]


def test_all_metals_are_described_and_none_is_given_a_doubtful_state() -> None:
    states = alloying(SNAPSHOT, np.array(METALS))
    real = states.in_operation.formula != ""
    assert real.sum() >= 20
    assert (states.in_operation.formation_energy_ev_atom[real] < 0).all()
    assert (states.in_operation.p_alloy[real] > 0.5).all()
    assert (
        states.in_operation.sodium_per_metal[real] >= states.as_formed.sodium_per_metal[real]
    ).all()


def test_a_known_compound_without_energy_is_not_called_absent() -> None:
    system = alloy_system(SNAPSHOT, "Po")
    assert "no compound" not in system.note
    assert "Na2Po" in system.note
    assert math.isnan(system.in_operation.p_alloy)


def relabelled(metal: str, instead: str) -> Snapshot:
    """The phases of one metal under the name of another, of which experiment knows none."""
    rows = [row for row in SNAPSHOT.phases.to_pylist() if row["chemical_system"] == f"Na-{metal}"]
    for row in rows:
        row["metal"] = instead
        row["formula"] = row["formula"].replace(metal, instead)
    return Snapshot(pa.Table.from_pylist(rows, schema=SCHEMA), SNAPSHOT.manifest, Path())


def test_computed_phases_stand_in_where_experiment_knows_none_and_are_flagged() -> None:
    system = alloy_system(relabelled("Pb", "Rh"), "Rh")
    assert system.as_formed.formula == "NaRh3"
    assert system.in_operation.formula == "Na15Rh4"
    assert "no phase is known from experiment" in system.note
    assert not any(phase.known for phase in system.phases)
    assert {phase.status for phase in system.phases} == {"computed"}


def test_positive_formation_energy_is_no_compound_whatever_the_tolerance() -> None:
    assert not alloy_system(relabelled("K", "Rh"), "Rh", 0.2).forms_compound


def test_plateaus_of_tin_agree_with_those_measured() -> None:
    phases = [p for p in alloy_system(SNAPSHOT, "Sn").phases if p.measured_plateau_v]
    errors = np.array([p.plateau_v - p.measured_plateau_v for p in phases])
    assert len(phases) == 4
    assert np.sqrt(np.mean(errors**2)) < phases[0].plateau_std_v


def test_empty_array() -> None:
    assert alloying(SNAPSHOT, np.array([], dtype=np.str_)).in_operation.formula.shape == (0,)


@pytest.mark.parametrize("metal", ["Xx", "", "Na", "sn"])
def test_bad_metal_is_refused(metal: str) -> None:
    with pytest.raises(InputError, match="metal"):
        alloy_system(SNAPSHOT, metal)


@pytest.mark.parametrize("tolerance", [-0.01, 0.3, math.nan, math.inf])
def test_bad_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(InputError, match="hull_tolerance_ev_atom"):
        alloy_system(SNAPSHOT, "Sn", tolerance)


def test_sodium_takes_no_more_room_in_an_alloy_than_in_itself() -> None:
    """So stiffness cannot make plating stable (Ahmad & Viswanathan 2017)."""
    metals = np.array(METALS)
    alloys = alloying(SNAPSHOT, metals, 0.05)
    for state in (alloys.as_formed, alloys.in_operation):
        rows = np.flatnonzero(state.formula != "")
        own = np.array([elemental_volume_cm3_mol(m) for m in metals[rows].tolist()])
        room = (state.volume_cm3_mol_metal[rows] - own) / state.sodium_per_metal[rows]
        assert len(rows) > 20
        assert (room / SODIUM_MOLAR_VOLUME_CM3 < 1.01).all()
        assert np.median(room / SODIUM_MOLAR_VOLUME_CM3) < 0.8
