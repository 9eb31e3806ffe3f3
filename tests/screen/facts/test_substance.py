"""What the paper supports on temperature and time, and what it does not."""

import pytest

from maiscreen.descriptors.vapour.volatility import best_estimate
from maiscreen.screen.facts.substance import GLOVEBOX_C, WARMEST_C, suggest_exposure


def test_tin_has_the_papers_time_with_the_error_of_its_law() -> None:
    found = suggest_exposure("SnCl4", "vapour")
    assert (found["suggested_exposure_s"], found["suggested_temperature_c"]) == (10.0, 25.0)
    assert found["expected_thickness_um"] == 6.0
    assert found["expected_thickness_low_um"] == pytest.approx(4.68, abs=0.01)
    assert found["expected_thickness_high_um"] == pytest.approx(7.70, abs=0.01)
    assert "time^(1.13 ± 0.32)" in str(found["suggestion"])
    assert "no temperature stated" in str(found["suggestion"])


@pytest.mark.parametrize("formula", ["SiCl4", "TiCl4"])
def test_the_papers_others_have_its_time_and_no_thickness(formula: str) -> None:
    found = suggest_exposure(formula, "vapour")
    assert found["suggested_exposure_s"] == 10.0
    assert "expected_thickness_um" not in found
    assert ("solution" in str(found["suggestion"])) == (formula == "TiCl4")


@pytest.mark.parametrize("formula", ["GeCl4", "GeF4", "Si2Cl6", "SbCl5", "WF6", "NpCl4"])
def test_nobody_else_has_a_time(formula: str) -> None:
    found = suggest_exposure(formula, "vapour")
    assert "suggested_exposure_s" not in found
    assert "no data" in str(found["suggestion"])


@pytest.mark.parametrize("formula", ["Si2Cl6", "VCl4", "GeBr4"])
def test_a_warmer_one_has_the_vapour_of_tin_there(formula: str) -> None:
    celsius = suggest_exposure(formula, "vapour")["suggested_temperature_c"]
    assert isinstance(celsius, float | int)
    assert GLOVEBOX_C < celsius <= WARMEST_C
    here, tin = (
        best_estimate(one, t + 273.15)[0].log10_pa
        for one, t in ((formula, celsius), ("SnCl4", GLOVEBOX_C))
    )
    assert here == pytest.approx(tin, abs=0.03)


def test_what_needs_molten_sodium_has_no_temperature() -> None:
    found = suggest_exposure("AlCl3", "vapour")
    assert "suggested_temperature_c" not in found
    assert "none up to 80 °C" in str(found["suggestion"])


def test_other_routes_have_nothing() -> None:
    assert list(suggest_exposure("SnCl2", "additive")) == ["suggestion"]
