"""Everything about one precursor: complete, consistent, and honest about gaps."""

import json

import pytest

from maiscreen.screen.advice.explain import explain

KEYS = {
    "formula", "name", "cas", "route", "reaction", "reduction_potential_v", "alloying",
    "vapour_pressure_pa", "attributes", "gates", "score",
}  # fmt: skip


@pytest.mark.parametrize("formula", ["SnCl4", "SiCl4", "TiCl4", "TeCl4", "ICl", "S2Cl2", "SnF3"])
def test_is_json_with_every_key(formula: str) -> None:
    found = explain(formula)
    assert set(found) >= KEYS
    assert json.loads(json.dumps(found, allow_nan=False))["formula"] == formula


def test_control_can_be_explained() -> None:
    found = explain("C3H7Cl")
    assert set(found) >= KEYS
    json.dumps(found, allow_nan=False)
    assert found["reduction_potential_v"]["value"] == pytest.approx(3.5, abs=0.1)
    assert found["alloying"]["phases"] == []


def test_missing_values_come_with_a_reason() -> None:
    found = explain("SnF3")
    assert found["vapour_pressure_pa"]["25"] is None
    assert found["vapour_pressure_pa"]["reasons"]["25"]
    americium = explain("AmCl3")
    assert americium["score"]["value"] is None
    assert "adhesion" in americium["score"]["reasons"]["value"]


def test_reaction_potential_and_score_agree() -> None:
    found = explain("SnCl4")
    energy = found["reaction"]["delta_g_kj_mol"]
    assert found["reduction_potential_v"]["value"] == pytest.approx(-energy / (4 * 96.48533212))
    steps = found["reduction_potential_v"]["steps"]
    total = sum(s["value"] * s["electrons"] for s in steps)
    assert total / 4 == pytest.approx(found["reduction_potential_v"]["value"])
    parts = [a["desirability"] for a in found["attributes"].values()]
    product = 1.0
    for part in parts:
        product *= part
    assert found["score"]["value"] == pytest.approx(product**0.25)


def test_temperature_changes_the_reaction() -> None:
    cold, warm = explain("SnCl4", 25.0), explain("SnCl4", 60.0)
    assert warm["reaction"]["temperature_k"] == pytest.approx(333.15)
    # The vapour loses entropy, so heat costs driving force.
    assert warm["reaction"]["delta_g_kj_mol"] > cold["reaction"]["delta_g_kj_mol"]
    assert warm["vapour_pressure_pa"]["60"] > warm["vapour_pressure_pa"]["25"]


def test_path_ends_on_sodium_saturation() -> None:
    steps = explain("SnCl4")["path"]["steps"]
    assert set(steps[1]["products"]) == {"Na15Sn4", "NaCl"}


def test_solution_route_of_what_does_not_evaporate() -> None:
    assert explain("SnCl2")["route"] == "solution"
    assert explain("BiCl3")["route"] == "solution"
    assert explain("ZnCl2")["route"] == "solution"


@pytest.mark.parametrize(("formula", "solid_v"), [("BaF2", -0.35), ("LiF", -0.45), ("KCl", -0.26)])
def test_what_does_not_evaporate_reacts_as_a_solid(formula: str, solid_v: float) -> None:
    found = explain(formula)
    assert found["route"] == "solution"
    assert found["reduction_potential_v"]["value"] == pytest.approx(solid_v, abs=0.02)
    assert not next(g for g in found["gates"] if g["name"] == "reaction")["passed"]


def nulls_without_reason(value: object, path: str = "") -> list[str]:
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in nulls_without_reason(v, f"{path}[{i}]")]
    if not isinstance(value, dict):
        return []
    reasons = value.get("reasons", {})
    bare = [f"{path}.{k}" for k, v in value.items() if v is None and not reasons.get(k)]
    return bare + [p for k, v in value.items() for p in nulls_without_reason(v, f"{path}.{k}")]


@pytest.mark.parametrize(
    "formula", ["SnCl4", "TiCl4", "TeF6", "PoCl4", "SnF3", "ICl", "AuF5", "C3H7Cl", "SCl2", "BI3"]
)
def test_no_null_without_a_reason(formula: str) -> None:
    assert nulls_without_reason(explain(formula)) == []
