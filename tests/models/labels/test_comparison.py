import pytest

from maiscreen.models.labels.comparison import (
    NEAREST,
    PAPERS_PHASE,
    Row,
    against_references,
    references,
    seconds,
)
from maiscreen.models.labels.labels import UNITS, Label
from maiscreen.models.labels.potentials import DEFAULT

SECOND = "7net-l3i5"


def label(
    formula: str, name: str, value: float | None, model: str = DEFAULT, **details: object
) -> Label:
    passed, reason = value is not None, "" if value is not None else "no result"
    unit = UNITS[name]
    more = ("0.13.0", "ab", "MIT", "settings")
    return Label(
        formula, name, value, unit, 0.0, model, passed, 2.5, reason, *more, details=details
    )


def row(labels: list[Label], formula: str, name: str, high: float | None = None) -> Row:
    (found,) = [
        row
        for row in against_references(labels)
        if (row.reference.formula, row.reference.property) == (formula, name)
        and high in (None, row.reference.high)
    ]
    return found


def test_every_number_of_the_paper_is_there() -> None:
    paper = {(r.formula, r.property, r.low, r.high) for r in references() if r.aim is not None}
    assert paper >= {
        ("NaCl", "youngs_modulus", 37.6, 37.6),
        ("Na7Sn12", "youngs_modulus", 21.2, 21.2),
        ("NaCl", "migration_barrier", 0.64, 0.64),
        ("Na7Sn12", "migration_barrier", 0.11, 0.46),
    }
    shown = {(r.formula, r.property, r.high) for r in references()}
    assert shown >= {
        ("Na", "youngs_modulus", 10.9),
        ("Na7Sn12", "migration_barrier", 0.83),
        ("Na7Sn12", "vacancy_formation_energy", 1.1),
    }


@pytest.mark.parametrize(
    ("formula", "kj_mol"), [("NaF", -576.6), ("NaCl", -411.2), ("NaBr", -361.1), ("NaI", -287.8)]
)
def test_salts_are_compared_with_their_handbook_enthalpy(formula: str, kj_mol: float) -> None:
    reference = row([], formula, "formation_energy").reference
    # CRC Handbook, per mole of NaX, two atoms; handbooks differ by a kJ/mol or so.
    assert reference.low == pytest.approx(kj_mol / 96.485 / 2, abs=0.01)
    at = reference.low
    near = row([label(formula, "formation_energy", at + 0.014)], formula, "formation_energy")
    far = row([label(formula, "formation_energy", at - 0.016)], formula, "formation_energy")
    assert near.compared[DEFAULT].met is True
    assert far.compared[DEFAULT].met is False
    assert far.compared[DEFAULT].deviation == pytest.approx(-0.016)
    assert (near.reason, bool(far.reason)) == ("", True)


@pytest.mark.parametrize(
    ("value", "met"), [(31.9, False), (32.0, True), (43.2, True), (43.3, False)]
)
def test_a_modulus_is_to_be_within_15_percent(value: float, met: bool) -> None:
    found = row([label("NaCl", "youngs_modulus", value)], "NaCl", "youngs_modulus")
    assert found.compared[DEFAULT].met is met
    assert found.compared[DEFAULT].deviation == pytest.approx(value / 37.6 - 1)
    other = label("NaF", "youngs_modulus", 1.0, SECOND)
    beside = row([label("NaCl", "youngs_modulus", value), other], "NaCl", "youngs_modulus")
    assert set(beside.compared) == {DEFAULT, SECOND}
    assert beside.compared[SECOND].label is None
    assert beside.compared[SECOND].met is None


def test_a_simulation_without_a_value_misses_its_aim() -> None:
    found = row([label("NaCl", "migration_barrier", None)], "NaCl", "migration_barrier")
    assert found.compared[DEFAULT].met is False
    assert found.reason


def test_a_range_is_compared_from_its_nearer_end() -> None:
    for value, off in ((0.60, -0.09), (0.69, 0.0), (0.75, 0.0), (0.9, 0.07)):
        found = row([label(PAPERS_PHASE, "migration_barrier", value)], PAPERS_PHASE, *WAY)
        assert found.compared[DEFAULT].deviation == pytest.approx(off)


WAY, BARRIER = ("migration_barrier", 0.83), ("migration_barrier", 0.46)


def test_the_papers_phase_is_said_to_be_missing_and_its_neighbours_stand_in() -> None:
    labels = [label("NaSn", "youngs_modulus", 16.9)]
    missing = row(labels, PAPERS_PHASE, "youngs_modulus")
    assert "no coordinates" in missing.reason
    for formula in NEAREST:
        found = row(labels, formula, "youngs_modulus")
        assert found.reference.high == 21.2
        assert "another phase" in found.reason
        assert found.compared[DEFAULT].met is None
    assert row(labels, "NaSn", "youngs_modulus").compared[DEFAULT].deviation == pytest.approx(
        16.9 / 21.2 - 1
    )


def test_single_hops_come_from_the_details_and_the_way_from_the_label() -> None:
    hops = [
        {"forward_ev": 0.05, "reverse_ev": 0.02, "converged": False},
        {"forward_ev": 0.20, "reverse_ev": 0.30, "converged": True},
        {"forward_ev": 0.75, "reverse_ev": 0.75, "converged": True},
    ]
    one = label(PAPERS_PHASE, "migration_barrier", 0.75, hops=hops)
    assert row([one], PAPERS_PHASE, *BARRIER).compared[DEFAULT].value == 0.30
    assert row([one], PAPERS_PHASE, *WAY).compared[DEFAULT].value == 0.75


def test_a_simulation_is_timed_once() -> None:
    labels = [label("NaCl", name, 1.0) for name in ("bulk_modulus", "youngs_modulus")]
    assert seconds(labels) == {("NaCl", "elasticity", DEFAULT): 2.5}
