"""Sodium, the glovebox and limits in air: what is said of whom."""

import json

import numpy as np
import pytest

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.reading.packages import package_folder
from maiscreen.descriptors.hazards.glovebox import END, PURIFIER, SODIUM, glovebox
from maiscreen.descriptors.hazards.hazards import EXPLOSIVE, TOXIC_HYDRIDE, cautions, hazards
from maiscreen.descriptors.hazards.limits import exposure_limit
from maiscreen.descriptors.hazards.sodium import LISTED, with_sodium


def of(*formulas: str) -> Precursors:
    return Precursors.of([Precursor.parse(one) for one in formulas])


def test_guides_name_the_papers_own_and_reject_nobody() -> None:
    batch = of("SnCl4", "SiCl4", "TiCl4", "BBr3", "SbCl3", "BiCl3", "AsCl3", "GeCl4")
    told = with_sodium(batch.formula, batch.metal)
    named = ["listed by name" in one for one in told]
    assert named == [formula in LISTED for formula in batch.formula]
    assert named == [True, True, False, True, True, True, True, False]
    assert all("explode when struck" in one and "19.8 cm³" in one for one in told)
    assert hazards(batch)[0][[0, 1, 2]].tolist() == ["", "", ""]


def test_sulfur_hexafluoride_is_no_explosive() -> None:
    batch = of("SF6", "SF4", "S2Cl2", "SCl2", "S2Br2")
    names, why = hazards(batch)
    assert names.tolist() == [TOXIC_HYDRIDE] * 2 + [EXPLOSIVE] * 3
    assert why[0].startswith("inert")
    assert with_sodium(batch.formula, batch.metal)[0].startswith("inert")


def test_what_leaves_a_poisonous_hydride_with_plain_moisture_is_rejected() -> None:
    names, why = hazards(of("SeF6", "TeF6", "TeCl4", "SbF5", "GeF4"))
    assert names.tolist() == [TOXIC_HYDRIDE] * 3 + ["", ""]
    assert why[1] == "sodium telluride gives H2Te with moisture"
    assert all("with acid moisture" in one for one in cautions(of("SbF5", "GeF4")))


def test_reasons_are_not_cut() -> None:
    batch = of("SF6", "CF4", "S2F10", "C2F6")
    assert all(one.endswith(("moisture", "alloy")) for one in hazards(batch)[1])


def test_what_hexachlorodisilane_leaves_stands_among_the_hazards() -> None:
    told = cautions(of("Si2Cl6", "SiCl4"))
    assert "sensitive to shock" in told[0]
    assert "sensitive to shock" not in told[1]
    assert "no alkali" in glovebox("Si2Cl6", "Si", False, "liquid")


@pytest.mark.parametrize("state", ["gas", "liquid", "solid", ""])
@pytest.mark.parametrize("formula", ["SnCl4", "SiCl4", "GeF4", "Si2Cl6", "SbF5", "BCl3"])
def test_every_halide_has_a_purifier_an_end_and_a_rest(formula: str, state: str) -> None:
    text = glovebox(formula, formula[:2].rstrip("F"), "F" in formula, state)
    vessel = "the cylinder" if state == "gas" else "the bottle"
    parts = [part.replace("the bottle", vessel) for part in (PURIFIER, END, SODIUM)]
    assert all(part in text for part in (*parts, "what is left"))
    assert "the bottle" not in text or state != "gas"


def test_fluorides_meet_no_glass_and_chlorides_no_lime() -> None:
    assert "no glass" in glovebox("SbF5", "Sb", True, "liquid")
    assert "lime water" not in glovebox("SnCl4", "Sn", False, "liquid")


@pytest.mark.parametrize("halogen", HALOGENS)
def test_limits_are_those_of_the_package(halogen: str) -> None:
    acid = {"F": "7664-39-3", "Cl": "7647-01-0", "Br": "10035-10-6"}.get(halogen)
    text = exposure_limit("", [halogen])
    assert text.startswith("Ontario: itself none")
    if acid:
        path = package_folder("chemicals") / "Safety" / "Ontario Exposure Limits.json"
        row = json.loads(path.read_text(encoding="utf-8"))[acid]
        assert f"H{halogen} " in text
        assert f"{row['Ceiling (ppm)']:g} ppm at no time more" in text
    else:
        assert "HI" not in text


def test_a_compound_has_its_own_limit() -> None:
    assert "itself 0.1 ppm at no time more" in exposure_limit("7783-60-0", ["F"])
    assert np.char.find(exposure_limit("7646-78-8", ["Cl"]), "itself none") > 0
