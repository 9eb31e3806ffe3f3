"""How to do it: one temperature a row, doses by the gas law, and what is missing stays missing."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.runners.folder.ownership import read_findings
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.how_to import how_to
from maiscreen.screen.facts.how_to_columns import HOW_TO, as_amounts
from maiscreen.screen.facts.how_to_words import THICKNESS, measure_first, temperature_advice
from maiscreen.screen.facts.jar import BOUNDS, JarSetup
from maiscreen.screen.facts.reasons import RankCause
from maiscreen.screen.facts.substance import GLOVEBOX_C, Facts, temperature_like_tin
from maiscreen.screen.paper.comparison import rank_with_controls
from maiscreen.screen.scoring.draws import Source
from maiscreen.screen.shortlist import blends
from maiscreen.screen.shortlist.shortlist import Shortlist, of_campaign
from maiscreen.screen.shortlist.workbook import template_rows

MANIFEST = {"fingerprint": "f" * 64, "counts": {}, "sources": {}}

# Columns that tell of the substance at other temperatures than that of the process, or of advice.
PROPERTIES = {
    "temperature_advice", "container", "alloy_kinetics", "stability_reason", "hazards", "caution",
    "with_moisture", "why",
    "vapour_pressure_source", "measurement", "rank_variance",
}  # fmt: skip

HANGS = RankCause(
    "NaGe", "NaCl", {Source("threshold", "adhesion"): 0.6, Source("phase", "youngs_modulus"): 0.2}
)


def one(formula: str, celsius: float = 25.0, setup: JarSetup | None = None) -> Facts:
    campaign = replace(Campaign(), temperature_c=celsius)
    row = {"formula": formula, "route": "vapour"}
    return how_to([row], campaign, setup or JarSetup())[0]


def temperatures(row: Mapping[str, object]) -> set[float]:
    """Gather every temperature of a row that is no property and no advice."""
    texts = [str(v) for name, v in row.items() if isinstance(v, str) and name not in PROPERTIES]
    said = {float(t) for text in texts for t in re.findall(r"(-?[0-9.]+) °C", text)}
    numbers = (row.get(n) for n in ("process_temperature_c", "temperature_c"))
    return said | {float(n) for n in numbers if isinstance(n, int | float)}


def check_one_temperature(table: Shortlist, celsius: float | None = None) -> None:
    """Look through rows and templates; the row decides if no temperature is given."""
    assert len(table) > 0
    for row, sheet in zip(table.rows, template_rows(table.rows), strict=True):
        own = celsius if celsius is not None else float(str(row["temperature_c"]))
        assert temperatures(row) == {own}, row.get("formula")
        suggested = re.findall(r"(-?[0-9.]+) °C", str(sheet["suggested"]))
        assert {float(t) for t in suggested} == {own}


@pytest.mark.parametrize("celsius", [25.0, 60.0])
def test_a_row_has_one_temperature(celsius: float) -> None:
    campaign = Campaign(halogens=("F", "Cl", "Br"), temperature_c=celsius, samples=100)
    ranking = rank_with_controls(campaign, describe_precursors(campaign, halides_of(campaign)))
    table = of_campaign(Findings(campaign, ranking, MANIFEST), 100)
    assert len(table) > 15
    check_one_temperature(table, celsius)


def test_a_recipe_has_one_temperature(tmp_path: Path) -> None:
    space = Space(blends=2, ratio_steps=4, temperatures_c=(25.0, 60.0))
    campaign = Campaign(metals=("Sn", "Si", "Ge"), halogens=("Cl",), space=space, samples=100)
    run(campaign, tmp_path / "out", serially=True)
    table = of_campaign(read_findings(tmp_path / "out"), 20)
    check_one_temperature(table)
    assert {row["temperature_c"] for row in table.rows} == {25.0, 60.0}
    for row in table.rows:
        assert f"at {row['temperature_c']:g} °C" in str(row["dose"])
        assert f"{float(str(row['exposure_s'])):g} s: " in str(row["times_to_try"])


def test_past_the_table_a_recipe_says_that_nobody_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = Space(blends=2, ratio_steps=2)
    campaign = Campaign(metals=("Sn", "Si", "Ge"), halogens=("Cl",), space=space, samples=100)
    run(campaign, tmp_path / "out", serially=True)
    monkeypatch.setattr(blends, "IN_TABLE", 2)
    said = [str(row["measure_first"]) for row in of_campaign(read_findings(tmp_path / "out"), 4)]
    assert [one == blends.NOT_DRAWN for one in said] == [False, False, True, True]


def test_tin_has_what_the_paper_found() -> None:
    found = one("SnCl4")
    assert (found["suggested_exposure_s"], found["expected_thickness_um"]) == (10.0, 6.0)
    assert found["expected_thickness_low_um"] == pytest.approx(4.68, abs=0.01)
    assert found["expected_thickness_high_um"] == pytest.approx(7.70, abs=0.01)
    assert str(found["times_to_try"]).startswith("3 s: ")
    assert "30 s: 21 µm (14–32), too thick" in str(found["times_to_try"])
    assert "time^(1.13 ± 0.32)" in str(found["suggestion"])
    # By hand: 3177 Pa in 19.8 cm³ at 298.15 K are 25.4 µmol of 260.52 g/mol.
    assert found["jar_fill_mg"] == pytest.approx(6.61, rel=0.01)
    # By hand: Na7Sn12 + 48 NaCl of 12 SnCl4 are 136 cm³ for each Sn, with the alloy's 28 cm³.
    assert found["layer_takes_mg"] == pytest.approx(6e-4 / 136 * 260.52e3, rel=0.03)


@pytest.mark.parametrize(("formula", "metal_cm3", "molar_mass"),
                         [("SiCl4", 12.06, 169.9), ("GeCl4", 13.63, 214.4)])  # fmt: skip
def test_a_dose_is_for_the_layer_that_forms_in_time(
    formula: str, metal_cm3: float, molar_mass: float
) -> None:
    # By hand: no alloy in ten seconds at 25 °C, so M and 4 NaCl of 27.0 cm³.
    takes = 6e-4 / (metal_cm3 + 4 * 27.0) * molar_mass * 1e3
    assert one(formula)["layer_takes_mg"] == pytest.approx(takes, rel=0.02)


@given(st.sampled_from(["SnCl4", "SbCl5", "SiCl4", "GeF4", "GeBr4"]), st.floats(0.01, 1e3))
@hypothesis_settings(max_examples=30, deadline=None)
def test_no_time_is_suggested_that_is_too_thick_if_a_shorter_one_is_not(
    formula: str, thick: float
) -> None:
    found = one(formula, 25.0, JarSetup(thickness_um=thick))
    times = [float(text.split(" s: ")[0]) for text in str(found["times_to_try"]).split("; ")]
    assert found["suggested_exposure_s"] in times
    fits = float(str(found["expected_thickness_um"])) <= thick * (1 + 1e-5)
    assert fits or found["suggested_exposure_s"] == times[0]


@given(st.sampled_from(["SnCl4", "SbCl5", "SiCl4", "GeF4", "GeBr4", "Si2Cl6", "WF6"]),
       st.floats(1, 1e3), st.floats(0.1, 30), st.floats(0.1, 50))  # fmt: skip
@hypothesis_settings(max_examples=40, deadline=None)
def test_doses_scale_as_volumes_and_areas(
    formula: str, jar: float, thick: float, area: float
) -> None:
    found = one(formula, 25.0, JarSetup(jar, thick, area))
    unit = one(formula, 25.0, JarSetup(jar, 1.0, 1.0))
    takes, fills = float(str(found["layer_takes_mg"])), float(str(found["jar_fill_mg"]))
    assert takes == pytest.approx(float(str(unit["layer_takes_mg"])) * thick * area)
    assert found["jar_fillings"] == pytest.approx(takes / fills)
    pressure = float(str(found["jar_pressure_pa"]))
    assert pressure <= ATMOSPHERE_PA * (1 + 1e-9)
    if "cylinder" in str(found["dose"]):
        # What is dosed holds the layer, unless an atmosphere does not.
        assert takes <= fills * (1 + 1e-9) or pressure == pytest.approx(ATMOSPHERE_PA)


def test_a_liquid_has_millilitres_where_its_density_is_known() -> None:
    tin, silicon, gas, solid = (one(f) for f in ("SnCl4", "Si2Cl6", "GeF4", "GeBr4"))
    grams = float(str(tin["jar_fill_ml"])) * float(str(tin["density_g_cm3"]))
    assert grams * 1e3 == pytest.approx(float(str(tin["jar_fill_mg"])))
    for other in (silicon, gas, solid):
        assert not {"density_g_cm3", "jar_fill_ml", "layer_takes_ml"} & other.keys()
        assert other["layer_takes_mg"]
    assert "no table read here has its density" in str(silicon["dose"])
    assert str(gas["dose"]).startswith("from the cylinder, dose 3.2 kPa")
    assert str(solid["dose"]).startswith("weigh in more than")


@pytest.mark.parametrize(
    ("setup", "ml", "beside"),
    [
        (JarSetup(), "1", ", as the paper did for each 19.8 cm³"),
        (JarSetup(jar_cm3=99.0), "5", ", as the paper poured 1 ml for each 19.8 cm³"),
        (JarSetup(area_cm2=1e5, thickness_um=50.0), "430", ", since less would all evaporate"),
    ],
)
def test_what_is_poured_is_the_papers_only_for_its_volume(
    setup: JarSetup, ml: str, beside: str
) -> None:
    dose = str(one("SnCl4", setup=setup)["dose"])
    assert dose.startswith(f"pour {ml} ml") and beside in dose
    assert dose.count("as the paper did") == (setup == JarSetup())


def test_what_boils_in_the_process_alone_comes_out_of_a_bottle() -> None:
    # SiCl4 boils at 57.6 °C.
    assert str(one("SiCl4", 60.0)["dose"]).startswith("from the warmed bottle, dose")
    assert str(one("BCl3", 60.0)["dose"]).startswith("from the cylinder, dose")


def test_one_filling_that_does_not_hold_the_layer_is_said() -> None:
    antimony = one("SbCl5")
    assert float(str(antimony["jar_fillings"])) > 2
    assert "leave it in the jar" in str(antimony["dose"])
    assert "leave it in the jar" not in str(one("SnCl4")["dose"])


def test_without_a_vapour_pressure_there_is_no_dose() -> None:
    found = one("NpCl4")
    assert not {"dose", "times_to_try", "jar_fill_mg", "suggested_exposure_s"} & found.keys()


def test_other_routes_have_no_jar() -> None:
    found = how_to([{"formula": "SnCl2", "route": "additive"}], Campaign())[0]
    assert "dose" not in found and "times_to_try" not in found
    assert "no data" in str(found["suggestion"])


@pytest.mark.parametrize("formula", ["SnCl4", "GeF4", "Si2Cl6", "SbCl5", "NpCl4"])
def test_every_amount_has_unit_error_and_source(formula: str) -> None:
    amounts = as_amounts(one(formula))["amounts"]
    assert isinstance(amounts, dict)
    for name, entry in amounts.items():
        assert entry["error"] and entry["source"], name
        assert entry["unit"] or name == "jar_fillings"
        assert math.isfinite(entry["value"])


def test_columns_are_all_filled_by_somebody() -> None:
    filled = {name for f in ("SnCl4", "GeF4") for name in one(f)} | measure_first(HANGS, "").keys()
    assert filled == {column.name for column in HOW_TO}


def test_what_to_measure_first_is_input_and_experiment() -> None:
    """A threshold is passed over; the thickness of tin's layer is known."""
    settle = {
        "settle_first": "Young's modulus of NaGe",
        "settle_first_by": "nanoindentation of the layer under argon",
    }
    said = ": ".join(settle.values())
    assert measure_first(HANGS, "SnCl4") == settle | {"measure_first": said}
    assert measure_first(HANGS, "GeCl4") == settle | {"measure_first": f"{said}; {THICKNESS}"}
    nothing = replace(HANGS, shares={Source("threshold", "adhesion"): 0.6})
    for cause in (nothing, None):
        assert measure_first(cause, "GeCl4") == {"measure_first": THICKNESS}


def test_advice_keeps_to_words() -> None:
    like = temperature_like_tin("Si2Cl6")
    celsius, std = (float(str(v)) for v in like.values())
    said = str(temperature_advice("Si2Cl6", "liquid", GLOVEBOX_C, celsius, std))
    assert f"{celsius:.0f} °C" in said and "a campaign of its own" in said
    assert "none needed" in str(temperature_advice("Si2Cl6", "liquid", 60.0, celsius, std))
    assert temperature_advice("XeF9", "not known", 25.0, None, None) is None
    assert "80 °C" in str(temperature_advice("AlCl3", "solid", 25.0, 130.0, 5.0))
    assert "none needed" in str(temperature_advice("GeF4", "gas", 25.0, -80.0, 5.0))


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 1e9, "6", True, None])
def test_setups_out_of_range_are_refused(name: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        JarSetup(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{name} = ")


def test_the_shortlist_takes_a_setup(finished: pa.Table) -> None:
    findings = Findings(Campaign(), finished, MANIFEST)
    usual = of_campaign(findings, 5)
    other = of_campaign(findings, 5, setup=JarSetup(99.0, 3.0, 2.0))
    for a, b in zip(usual.rows, other.rows, strict=True):
        assert (b["jar_cm3"], b["asked_thickness_um"], b["asked_area_cm2"]) == (99.0, 3.0, 2.0)
        # 3 µm on 2 cm² is 6 µm on 1.
        assert b["layer_takes_mg"] == pytest.approx(a["layer_takes_mg"])
    assert dict(other.provenance)["jar"] == "99 cm³"
