from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K
from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING, Recipes
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.descriptors.layer.transport import hop_conductivity_ms_cm
from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.screen.blends.blends import (
    REJECTIONS,
    blend_score,
    evaluate_recipes,
    layer_attributes,
    likely_alloys,
    metal_phases,
    metal_sets,
)
from maiscreen.screen.blends.front_runners import rank_front_runners
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.blends.tables import joint_table
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.describe import describe
from maiscreen.screen.paper import comparison
from maiscreen.screen.scoring.front import BINS, BestCandidates

spaces = cache(BlendSpace)

EXACT = (
    "delta_g_kj_mol",
    "reduction_potential_v",
    "vapour_pressure_pa",
    *ATTRIBUTES,
    "adhesion_std",
    "ionic_conductivity_std_log10",
    "youngs_modulus_std",
    "electrolyte_permeability_std",
    "score",
    "score_std",
    "score_low",
    "score_median",
    "score_high",
)

BLENDS = Campaign(
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    space=Space(blends=3, ratio_steps=5, temperatures_c=(25, 60)),
)


def recipe(
    fractions: dict[str, float], campaign: Campaign = BLENDS, temperature: int = 1
) -> Recipes:
    """Pour precursors, by their formulas."""
    keys = spaces(campaign).ingredients.key.tolist()
    places = [keys.index(key) for key in fractions] + [NOTHING] * (3 - len(fractions))
    shares = [*fractions.values()] + [0.0] * (3 - len(fractions))
    whole = np.array([1])
    return Recipes(np.array([0]), np.array([places]).T, np.array([shares]).T, whole, np.array([0]))


def ranked(campaign: Campaign) -> pa.Table:
    """Rank the precursors by themselves, the other way."""
    return comparison.rank_with_controls(
        campaign, describe.describe_precursors(campaign, describe.halides_of(campaign))
    )


def attributes_at(campaign: Campaign, recipes: Recipes) -> dict[str, float]:
    blends = evaluate_recipes(spaces(campaign), recipes)
    found = layer_attributes(spaces(campaign), blends, likely_alloys(spaces(campaign), blends))
    return {name: float(one.value[0]) for name, one in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fidelity", "state"), [("F0", "in_operation"), ("F1", "as_formed"), ("F2", "in_operation")]
)
def test_a_blend_of_one_is_the_precursor_to_the_last_digit(fidelity: str, state: str) -> None:
    campaign = Campaign(fidelity=fidelity, state=state, temperature_c=60.0)
    space = spaces(campaign).mixtures
    table = describe_blends(spaces(campaign), 0, space.size)
    index, score = table["index"].to_numpy(), table["score"].to_numpy()
    group = metal_sets(spaces(campaign), space.slice(0, space.size).ingredient)
    front = BestCandidates.of(index, score, group, 1000)
    found, bound = rank_front_runners(spaces(campaign), front, np.zeros(BINS, dtype=np.int64))
    ranking = comparison.rank_with_controls(
        campaign, describe.describe_precursors(campaign, describe.halides_of(campaign))
    )
    pure = {row["key"]: row for row in ranking.to_pylist() if row["passed"]}
    rows = {row["precursor_1"]: row for row in found.to_pylist()}
    assert rows.keys() == pure.keys()
    assert len(rows) > 20
    for key, row in rows.items():
        assert {n: row[n] for n in EXACT} == {n: pure[key][n] for n in EXACT}, key
    assert (bound.open, bound.drawn) == (0, len(pure))


def test_what_is_rejected_by_itself_is_rejected_here_by_the_same_gate() -> None:
    campaign = Campaign()
    found = describe_blends(spaces(campaign), 0, spaces(campaign).mixtures.size)
    ranking = comparison.rank_with_controls(
        campaign, describe.describe_precursors(campaign, describe.halides_of(campaign))
    )
    pure = {row["key"]: row["rejected_reason"] for row in ranking.to_pylist()}
    rows = zip(found["precursor_1"].to_pylist(), found["rejected"].to_pylist(), strict=True)
    assert {key: gate or "" for key, gate in rows} == {
        key: (pure[key] or "").split(":")[0] for key in spaces(campaign).ingredients.key.tolist()
    }


def test_all_that_is_asked_for_passes_its_gates_when_it_is_warmest() -> None:
    found = spaces(BLENDS).ingredients
    assert all(found.rejected[-1][i] == "" for i in spaces(BLENDS).blended)
    assert {"SnCl4", "SiCl4", "TiCl4"} <= set(found.key[list(spaces(BLENDS).blended)].tolist())


def test_order_of_pouring_changes_nothing() -> None:
    one = attributes_at(BLENDS, recipe({"SnCl4": 0.5, "TiCl4": 0.3, "SiCl4": 0.2}))
    other = attributes_at(BLENDS, recipe({"SiCl4": 0.2, "SnCl4": 0.5, "TiCl4": 0.3}))
    assert one == pytest.approx(other, rel=1e-12)


def test_a_trace_changes_little() -> None:
    pure = attributes_at(BLENDS, recipe({"SnCl4": 1.0}))
    blend = attributes_at(BLENDS, recipe({"SnCl4": 1 - 1e-9, "TiCl4": 1e-9}))
    assert blend == pytest.approx(pure, rel=1e-6)


def test_two_halides_of_one_metal_make_one_phase() -> None:
    half = recipe({"SnCl4": 0.5, "SnBr4": 0.5})
    blends = evaluate_recipes(spaces(BLENDS), half)
    phase, amount = metal_phases(spaces(BLENDS), blends, likely_alloys(spaces(BLENDS), blends))
    names = [
        spaces(BLENDS).phase_formulas[p]
        for p, x in zip(phase[:, 0], amount[:, 0], strict=True)
        if x
    ]
    assert set(names) == {"Na15Sn4"}
    assert amount.sum() == pytest.approx(1)


def test_a_blend_by_hand() -> None:
    """Volumes, Hill's mean and adhesion of SnCl4 + TiBr4, from the tables and the textbook."""
    campaign = replace(BLENDS, state="as_formed", fidelity="F0")
    blends = evaluate_recipes(spaces(campaign), recipe({"SnCl4": 0.5, "TiBr4": 0.5}, campaign))
    found = layer_attributes(spaces(campaign), blends, likely_alloys(spaces(campaign), blends))
    phases, m = spaces(campaign).tables.built.phases, len(METALS)
    tin, titanium = METALS.index("Sn"), METALS.index("Ti") + m
    w = dict(zip(("Sn", "Ti"), blends.metal_share[:2, 0].tolist(), strict=True))
    volume = {
        "NaCl": 4 * w["Sn"] * 27.0,
        "NaBr": 4 * w["Ti"] * 32.1,
        "tin": w["Sn"] * phases.cm3[tin],
        "titanium": w["Ti"] * phases.cm3[titanium],
    }
    whole = sum(volume.values())
    share = {name: v / whole for name, v in volume.items()}
    modulus = {
        "NaCl": 36.9,
        "NaBr": 29.4,
        "tin": phases.voigt[tin],
        "titanium": phases.voigt[titanium],
    }
    voigt = sum(share[n] * modulus[n] for n in share)
    reuss = 1 / sum(share[n] / modulus[n] for n in share)
    assert found["youngs_modulus"].value[0] == pytest.approx((voigt + reuss) / 2, rel=1e-12)
    work = {
        "NaCl": 0.15,
        "NaBr": 0.15,
        "tin": phases.work[tin],
        "titanium": phases.work[titanium],
    }
    assert found["adhesion"].value[0] == pytest.approx(
        sum(share[n] * work[n] for n in share), rel=1e-12
    )
    sodium = 4 + w["Sn"] * phases.sodium_mol[tin]
    ratio = whole / (sodium * 23.78)
    gaps = max(0, 1 - ratio) + max(0, 1 - 2 / ratio)
    dissolved = 0.10 * share["NaBr"]
    permeable = 1 - (1 - gaps) * (1 - dissolved)
    assert found["electrolyte_permeability"].value[0] == pytest.approx(permeable, rel=1e-9)


def test_longer_exposure_costs_conductivity_by_its_thickness() -> None:
    campaign = replace(BLENDS, space=replace(BLENDS.space, exposures_s=(10.0, 30.0)))
    short = recipe({"SnCl4": 1.0}, campaign)
    long = replace(short, exposure=np.array([1]))
    values = [attributes_at(campaign, one)["ionic_conductivity"] for one in (short, long)]
    assert values[0] - values[1] == pytest.approx(1.13 * np.log10(3))


def test_gates_of_blends() -> None:
    def gate(fractions: dict[str, float], campaign: Campaign = BLENDS) -> str:
        return REJECTIONS[
            evaluate_recipes(spaces(campaign), recipe(fractions, campaign)).rejected[0]
        ]

    assert gate({"SnCl4": 0.5, "SiCl4": 0.5}) == ""
    assert gate({"SiCl4": 0.98, "SnBr4": 0.02}) == "blend"
    lofty = replace(BLENDS, min_vapour_pressure_pa=1e5)
    keys = {"SnCl4": 0.5, "TiCl4": 0.5}
    assert gate(keys, lofty) == "volatility"


def test_tin_and_titanium_share_a_compound_when_sodium_is_in_excess() -> None:
    blends = evaluate_recipes(spaces(BLENDS), recipe({"SnCl4": 0.5, "TiCl4": 0.5}))
    phase, amount = metal_phases(spaces(BLENDS), blends, likely_alloys(spaces(BLENDS), blends))
    names = [
        spaces(BLENDS).phase_formulas[p]
        for p, x in zip(phase[:, 0], amount[:, 0], strict=True)
        if x
    ]
    assert any("Sn" in name and "Ti" in name for name in names)
    assert amount.sum() == pytest.approx(1)
    formed = replace(BLENDS, state="as_formed")
    blends = evaluate_recipes(spaces(formed), recipe({"SnCl4": 0.5, "TiCl4": 0.5}, formed))
    phase, _ = metal_phases(spaces(formed), blends, likely_alloys(spaces(formed), blends))
    assert spaces(formed).phase_formulas[phase[1, 0]] == "Ti"


def test_slices_of_any_size_are_the_same_table() -> None:
    whole = describe_blends(spaces(BLENDS), 0, spaces(BLENDS).mixtures.size)
    edges = [0, 1, 777, 40_000, spaces(BLENDS).mixtures.size]
    pieces = [describe_blends(spaces(BLENDS), a, b) for a, b in pairwise(edges)]
    assert pa.concat_tables(pieces).unify_dictionaries().to_pylist() == whole.to_pylist()


def test_what_passes_has_every_number_and_what_does_not_has_none() -> None:
    table = describe_blends(spaces(BLENDS), 0, spaces(BLENDS).mixtures.size)
    passed = np.array([one is None for one in table["rejected"].to_pylist()])
    assert 0 < passed.sum() < len(passed)
    for name in (*ATTRIBUTES, "score", "score_optimistic"):
        there = ~np.isnan(table[name].to_numpy())
        assert (there == passed).all(), name


def test_score_is_that_of_the_attributes() -> None:
    table = describe_blends(spaces(BLENDS), 0, spaces(BLENDS).mixtures.size)
    values = {name: table[name].to_numpy() for name in ATTRIBUTES}
    values |= {name: np.log10(values[name]) for name in LOGARITHMIC}
    assert blend_score(spaces(BLENDS), values) == pytest.approx(
        table["score"].to_numpy(), rel=1e-12, nan_ok=True
    )


def test_another_snapshot_is_a_wide_space_too_but_without_joint_compounds(fetched: Path) -> None:
    """The energies of joint compounds are in the scheme of the embedded snapshot."""
    four = {"metals": ("Si", "Ti", "Sn"), "halogens": ("Cl",), "fidelity": "F0"}
    own = describe.pin_own_data(Campaign(**four, snapshot=str(fetched), space=Space(blends=2)))  # type: ignore[arg-type]
    embedded = Campaign(**four, space=Space(blends=2))  # type: ignore[arg-type]
    assert (
        len(spaces(own).tables.joint.phases.formula)
        == 0
        < len(spaces(embedded).tables.joint.phases.formula)
    )
    table = describe_blends(spaces(own), 0, spaces(own).mixtures.size)
    other = describe_blends(spaces(embedded), 0, spaces(embedded).mixtures.size)
    assert table["score"].null_count == other["score"].null_count < table.num_rows


@pytest.mark.parametrize(
    ("fidelity", "rich", "poor"),
    # Mean and spread of labelled phases and what vacancies cost; one barrier for all alloys.
    [("F2", (0.245, 0.072), (0.74, 0.345)), ("F0", (0.209, 0.27), (0.209, 0.27))],
)
def test_joint_compounds_have_the_barriers_of_alloys_without_a_label(
    fidelity: str, rich: tuple[float, float], poor: tuple[float, float]
) -> None:
    metals = ("Ag", "As", "In", "Sb", "Sn")
    joint = joint_table(metals, np.zeros(len(metals)), Assumptions(fidelity=fidelity))
    sodium, solids = joint.phases.sodium_per_metal, joint.solids
    free = hop_conductivity_ms_cm(sodium / solids.cm3, np.zeros(len(sodium)), 298.15)
    barrier = BOLTZMANN_EV_K * 298.15 * (np.log(free) - solids.ln_sigma)
    for kind, (value, std) in ((sodium >= 1, rich), ((sodium > 0) & (sodium < 1), poor)):
        assert kind.any()
        assert barrier[kind] == pytest.approx(value, abs=2e-3)
        assert solids.barrier_std[kind] == pytest.approx(std, abs=2e-3)
        assert solids.barrier_shared[kind] == pytest.approx(0.0663, abs=2e-3)
