"""Known ways to get the screen wrong, each tried on the whole pipeline.

Numbers: handbook values and the paper ("An artificial metal-alloy interphase for high-rate and
long-life sodium–sulfur batteries").
"""

import numpy as np
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloy_system
from maiscreen.descriptors.reaction.control import control_reduction
from maiscreen.descriptors.reaction.reduction import potential_in_phase
from maiscreen.descriptors.vapour.volatility import vapour_pressure
from maiscreen.screen.advice.explain import explain
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.validate import validate

TORR_PA = 133.322
Rows = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def comparison() -> dict[str, object]:
    return validate()


def gate(formula: str, name: str) -> dict[str, object]:
    return next(g for g in explain(formula)["gates"] if g["name"] == name)


def torr(formula: str) -> float:
    return float(10 ** vapour_pressure([formula], 298.15).log10_pa[0]) / TORR_PA


@pytest.mark.parametrize("radical", ["WCl", "WF", "CBr", "MoF", "TaCl", "SnCl3", "SiCl3"])
def test_t1_radicals_are_no_precursors(radical: str) -> None:
    assert not gate(radical, "compound")["passed"]


def test_t2_potential_alone_does_not_lead(default_rows: Rows) -> None:
    beaten = ["CCl4", "SCl2", "S2Cl2", "SF6", "PCl5", "MoCl6", "WCl6", "HgCl2"]
    tin = default_rows["SnCl4"]
    for formula in beaten:
        row = default_rows[formula]
        assert not row["passed"]
        assert row["rejected_reason"]
    # Every one of those that has a potential beats SnCl4 by it.
    assert all(
        default_rows[f]["reduction_potential_v"] > tin["reduction_potential_v"]
        for f in ("CCl4", "SCl2", "SF6", "WCl6", "HgCl2")
    )


def test_t3_chloropropane_beats_tin_in_potential_not_in_score(default_rows: Rows) -> None:
    assert control_reduction().potential_v == pytest.approx(3.5, abs=0.1)
    assert default_rows["C3H7Cl"]["score"] < default_rows["SnCl4"]["score"]


def test_t4_paper_potentials_stand_beside_the_computed_ones(comparison: dict) -> None:
    quoted = {f: explain(f)["reduction_potential_v"] for f in ("SnCl4", "SiCl4", "TiCl4")}
    assert [e["paper_quoted"] for e in quoted.values()] == [2.7, 0.3, 0.8]
    assert [e["value"] for e in quoted.values()] == pytest.approx([2.86, 2.38, 2.10], abs=0.02)
    orders = {c["descriptor"]: c["order"] for c in comparison["contradictions"]}
    assert orders["reduction potential as the paper quotes it"] == "Sn > Ti > Si"
    assert "reduction potential, gas tables" not in orders


def test_t5_the_papers_own_phase_is_above_the_hull_and_kept() -> None:
    phases = {p["formula"]: p for p in explain("SnCl4")["alloying"]["phases"]}
    assert 0.005 < phases["Na7Sn12"]["energy_above_hull_ev_atom"] < 0.025
    assert phases["Na7Sn12"]["known"]


def test_t6_prototypes_of_computation_are_not_known() -> None:
    for metal, artefact in (("In", "NaIn3"), ("Cd", "Na3Cd"), ("Hg", "NaHg3"), ("Pd", "Na3Pd")):
        system = alloy_system(load_snapshot(), metal)
        assert artefact not in {p.formula for p in system.phases if p.known}
        assert artefact not in (system.as_formed.formula, system.in_operation.formula)


def test_t7_one_scheme_of_energies(default_rows: Rows) -> None:
    # Mixed functionals put BiCl3 3.6 V, TaCl5 11 V and TlCl 54 V off; solids against solids.
    formulas = ["BiCl3", "TaCl5", "TlCl"]
    solid = potential_in_phase(formulas, ["s"] * 3, 298.15).potential_v
    computed = [default_rows[f]["reduction_potential_materials_project_v"] for f in formulas]
    assert np.abs(solid - computed).max() < 0.7


def test_t8_titanium_tetrachloride_boils_where_it_does() -> None:
    assert torr("TiCl4") == pytest.approx(12, rel=0.3)


def test_t9_gas_values_do_not_pass_for_solids() -> None:
    potential = potential_in_phase(["RbCl"], ["s"], 298.15).potential_v[0]
    assert potential == pytest.approx(-0.25, abs=0.1)


def test_t10_dimers_evaporate_as_dimers() -> None:
    # Measured: AlCl3 1 Torr at 100 °C (sublimes); a monomer would be decades lower at 25 °C.
    assert 1e-5 < torr("AlCl3") < 1e-3
    assert torr("GaCl3") == pytest.approx(0.1, rel=1.0)


def test_t11_solids_sublime() -> None:
    assert torr("UF6") == pytest.approx(110, rel=0.25)


def test_t12_titanium_forms_no_alloy() -> None:
    alloying = explain("TiCl4")["alloying"]
    assert alloying["phases"] == []
    assert alloying["in_operation"] is None
    assert "Ti + NaX" in alloying["note"]
    assert "NaxTiy" in alloying["note"]


def test_t13_stiffer_is_not_better_without_end(comparison: dict, default_rows: Rows) -> None:
    orders = {c["descriptor"]: c["order"] for c in comparison["contradictions"]}
    assert orders["Young's modulus, in operation"] == "Si > Ti > Sn"
    stiff = explain("TiCl4")["attributes"]["youngs_modulus"]
    assert stiff["desirability"] == explain("SnCl4")["attributes"]["youngs_modulus"]["desirability"]
    passed = [row for row in default_rows.values() if row["passed"]]
    assert {row["desirability_youngs_modulus"] for row in passed} == {stiff["desirability"]}


def test_t14_strong_metals_do_not_adhere_best(default_rows: Rows) -> None:
    adhesion = {k: r["adhesion"] for k, r in default_rows.items() if r["adhesion"] is not None}
    assert max(adhesion.values()) <= 0.52
    best = sorted(adhesion, key=lambda k: -adhesion[k])[:20]
    assert not {"W", "B", "Ta", "Mo", "Re"} & {default_rows[k]["metal"] for k in best}


def test_t15_fluoride_layers_are_porous(default_rows: Rows) -> None:
    open_share = "electrolyte_permeability"
    assert default_rows["SnF4"][open_share] > default_rows["SnCl4"][open_share]
    assert default_rows["TiF4"][open_share] > 0.2


def test_t16_iodide_layers_dissolve(default_rows: Rows) -> None:
    assert default_rows["SiI4"]["electrolyte_permeability"] > 0.5


@pytest.mark.parametrize("formula", ["CCl4", "PCl5", "S2Cl2", "ICl", "CBr4", "NCl3"])
def test_t17_explosive_with_sodium(formula: str) -> None:
    assert "explosive" in gate(formula, "hazard")["reason"]


@pytest.mark.parametrize("formula", ["CHCl3", "CH2Cl2"])
def test_t17_organic_halides_are_refused_with_a_warning(formula: str) -> None:
    with pytest.raises(InputError, match="explodes with sodium"):
        explain(formula)


@pytest.mark.parametrize("formula", ["AsCl3", "PCl3", "PBr3", "AsF5"])
def test_t18_toxic_hydrides(formula: str) -> None:
    assert "toxic hydride" in gate(formula, "hazard")["reason"]


def test_t19_the_process_stays_below_the_melting_point_of_sodium(default_rows: Rows) -> None:
    with pytest.raises(InputError, match="temperature_c"):
        Campaign(temperature_c=97.8)
    for formula in ("AlCl3", "HgCl2", "NbCl5", "MoCl5", "ZrCl4", "WCl6"):
        assert not default_rows[formula]["passed"]


def test_t20_the_limiting_step_is_reported() -> None:
    for formula, limiting in (("TiCl4", 1.57), ("VCl4", 1.88)):
        entry = explain(formula)["reduction_potential_v"]
        assert entry["limiting"] == pytest.approx(limiting, abs=0.1)
        assert entry["limiting"] < entry["value"]


def test_t21_the_order_comes_with_its_chance(comparison: dict) -> None:
    assert comparison["chance_probability"] == pytest.approx(1 / 6)
    assert comparison["chance_probability_with_controls"] == pytest.approx(1 / 120)


def test_t22_titanium_against_salt_alone_is_shown(default_rows: Rows, comparison: dict) -> None:
    assert default_rows["TiCl4"]["alloy_in_operation"] is None
    scores = comparison["states"]["in_operation"]["scores"]
    assert scores["TiCl4 vapour"] != scores["1-chloropropane vapour"]


def test_t23_exposure_is_named_as_a_confounder(comparison: dict) -> None:
    assert any(c["descriptor"] == "exposure" for c in comparison["contradictions"])


def test_every_candidate_passed_or_has_a_reason(default_rows: Rows) -> None:
    for row in default_rows.values():
        assert row["passed"] == (row["rejected_reason"] is None)
        assert row["passed"] == (row["rank"] is not None)


def test_hypothetical_compounds_are_told_apart(default_rows: Rows) -> None:
    batch = Precursors.of([Precursor.parse(f) for f in ("SnCl4", "SnF3", "TcI7")])
    known = {f: default_rows[f]["known"] for f in batch.formula.tolist() if f in default_rows}
    assert known["SnCl4"] == "experiment"
    assert set(known.values()) > {"experiment"}
    assert np.mean([r["known"] == "hypothetical" for r in default_rows.values()]) < 0.6
