"""Rows for the learned models: conductivities with their errors, and nothing invented."""

from typing import Any

import pytest

from maiscreen.models.learning.targets import TARGETS
from maiscreen.models.training_files.units import factor
from maiscreen.screen.lab_learning.feed import TARGET, feed
from maiscreen.screen.lab_sheet.record import LabRecord

KNOWN: dict[str, dict[str, Any]] = {
    "SnCl4": {"metal": "Sn", "alloy_in_operation": "Na15Sn4", "p_alloy_in_operation": 1.0},
    "TiCl4": {"metal": "Ti", "alloy_in_operation": "", "p_alloy_in_operation": 0.0},
    "Si2Cl6": {"metal": "Si", "alloy_in_operation": "NaSi", "p_alloy_in_operation": 0.67},
    "C3H7Cl": {"metal": None},
}
for known in KNOWN.values():
    known["p_alloy_kinetic_in_operation"] = 1.0


def fed(*records: LabRecord) -> Any:
    return feed([(f"import 1, row {r.row}", r) for r in records], KNOWN, "in_operation")


def layer(precursor: str, **more: Any) -> LabRecord:
    return LabRecord(
        row=2, precursor=precursor, **({"thickness_nm": 6000.0, "impedance_ohm_cm2": 2.7475} | more)
    )


def test_the_papers_layer() -> None:
    """6 µm over 3.5 Ω times 0.785 cm² is the 0.22 mS/cm that the paper gives."""
    (row,) = fed(layer("SnCl4", phases=("Na7Sn12",))).rows
    assert row.ionic_conductivity_ms_cm == pytest.approx(0.2184, abs=1e-4)
    assert row.uncertainty == pytest.approx(0.2184 * 0.08**0.5, rel=1e-2)
    assert row.formula == "Na55Sn12Cl48"
    assert "as seen" in row.composition_from
    assert row.source == "import 1, row 2: 6000 nm / 2.7475 Ω cm²"
    (rough,) = fed(layer("SnCl4", approximate=("thickness_nm",))).rows
    assert rough.uncertainty > row.uncertainty
    assert rough.formula == "Na31Sn4Cl16"


@pytest.mark.parametrize(("precursor", "formula"), [("TiCl4", "Na4TiCl4"), ("Si2Cl6", "Na4SiCl3")])
def test_compositions(precursor: str, formula: str) -> None:
    (row,) = fed(layer(precursor)).rows
    assert row.formula == formula


def test_an_alloy_that_hardly_forms_in_time_is_not_reckoned_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(KNOWN["Si2Cl6"], "p_alloy_kinetic_in_operation", 0.35)
    (row,) = fed(layer("Si2Cl6")).rows
    assert row.formula == "Na3SiCl3"


def test_what_cannot_be_had_is_said() -> None:
    found = fed(
        layer("SnCl4", thickness_nm=None),
        layer("SnCl4", impedance_ohm_cm2=None),
        layer("SnCl2", route="additive"),
        layer("C3H7Cl"),
        layer("0.7 SnCl4 + 0.3 SiCl4"),
        layer("SnCl4", thickness_nm=None, impedance_ohm_cm2=None, cycles=5, phases=("NaSn",)),
    )
    assert found.rows == ()
    assert found.cycled == 1
    assert {why for _, why, _ in found.left_out} == {
        "has no thickness beside it",
        "has no impedance beside it",
        "is made of electrolyte as well: its composition is not known",
        "is no candidate of this campaign: its layer's composition is not known",
    }
    assert found.phases == ("SnCl4: NaSn seen; Na15Sn4, which the campaign has, is not among them",)


@pytest.mark.parametrize(
    ("unit", "expected"), [("S/cm", 1e3), ("µS/cm", 1e-3), ("S/m", 10.0), ("mS/cm", 1.0)]
)
def test_units_of_conductivity(unit: str, expected: float) -> None:
    assert factor(TARGETS[TARGET], unit) == expected
