"""What is known of a substance by itself: where it is as volatile as the paper's vapour."""

import pytest

from maiscreen.descriptors.vapour.volatility import best_estimate
from maiscreen.screen.facts.substance import GLOVEBOX_C, recipe_facts, temperature_like_tin


@pytest.mark.parametrize("formula", ["Si2Cl6", "VCl4", "GeBr4", "GeCl4", "SbCl5"])
def test_it_has_the_vapour_of_tin_there(formula: str) -> None:
    celsius = temperature_like_tin(formula)["temperature_like_sncl4_c"]
    assert isinstance(celsius, float)
    here, tin = (
        best_estimate(one, t + 273.15)[0].log10_pa
        for one, t in ((formula, celsius), ("SnCl4", GLOVEBOX_C))
    )
    assert here == pytest.approx(tin, abs=0.03)


def test_what_is_not_known_stays_missing() -> None:
    assert set(temperature_like_tin("NpCl4").values()) == {None}


@pytest.mark.parametrize("recipe", ["CH3Cl3Si", "(CH3)2SiCl2", "SiCl4"])
def test_what_is_left_of_a_recipe_goes_by_its_metal(recipe: str) -> None:
    """Silicon's chlorides go into alkali, whatever their formula begins with."""
    assert "2.5 M NaOH" in str(recipe_facts({"recipe": recipe, "metal": "Si"})["glovebox"])
    assert "ice water" in str(recipe_facts({"recipe": recipe, "metal": "Sn"})["glovebox"])
