import pytest

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.snapshot.known_phases import known_phases, known_phases_of


def test_only_na7sn12_was_observed_as_formed() -> None:
    assert [f for f, k in known_phases().items() if k.observed_as_formed] == ["Na7Sn12"]


def test_every_phase_has_a_status_and_a_source() -> None:
    for formula, known in known_phases().items():
        counts = parse_formula(formula)
        assert next(iter(counts)) == "Na"
        assert len(counts) == 2
        assert known.status in {"stable", "metastable", "hypothetical"}
        assert known.source


@pytest.mark.parametrize("formula", ["NaIn3", "Na3Cd", "NaHg3", "Na3Pd", "NaMg149"])
def test_artefacts_of_the_computation_are_not_known(formula: str) -> None:
    assert not known_phases()[formula].is_known


@pytest.mark.parametrize("metal", "Ti Zr Hf V Nb Ta Cr Mo W Mn Fe Co Ni Cu Al".split())
def test_immiscible_metals_have_no_phase(metal: str) -> None:
    assert known_phases_of(metal) == ()


def test_volume_of_na7sn12_is_that_of_its_cell() -> None:
    # V = 2243.0 Å3 for four formula units (Inorg. Chem. 42 (2003) 5474).
    assert known_phases()["Na7Sn12"].volume_a3_atom == pytest.approx(2243.0 / 76, abs=1e-3)
