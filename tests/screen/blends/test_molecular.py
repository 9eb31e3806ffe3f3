from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.screen.blends.ingredients import Ingredients
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.scoring.draws import ANIONS

spaces = cache(BlendSpace)

CAMPAIGN = Campaign(
    metals=("Si", "V", "Ge", "Sn"),
    fidelity="F1",
    supply="any",  # SiCl2Br2 and its like are on no inventory
    space=Space(
        mixed_halides=True, oxyhalides=True, organohalides=True, temperatures_c=(25.0, 80.0)
    ),
)


@pytest.fixture(scope="module")
def found() -> Ingredients:
    """All kinds of ingredients of four metals."""
    return spaces(CAMPAIGN).ingredients


def test_every_kind_is_there_and_every_key_once(found: Ingredients) -> None:
    kinds = {"homoleptic", "mixed_halide", "oxyhalide", "organohalide", "hydrohalide"}
    assert set(found.kind.tolist()) == kinds
    assert len(set(found.key.tolist())) == len(found)


def test_known_volatile_ones_pass(found: Ingredients) -> None:
    chosen = set(found.key[list(spaces(CAMPAIGN).blended)].tolist())
    assert {"VOCl3", "SiCl3Br", "SnCl4"} <= chosen
    assert "SnCl2Br2" not in chosen  # redistributes


def test_groups_stay_unless_told_otherwise(found: Ingredients) -> None:
    keys = found.key.tolist()
    for key in ("(CH3)3SiCl", "SiHCl3"):
        at = keys.index(key)
        assert found.rejected[-1][at].startswith("attributes: no value for a layer of M")
    asked = replace(CAMPAIGN, space=replace(CAMPAIGN.space, groups_leave=True))
    other = spaces(asked).ingredients
    assert other.rejected[-1][other.key.tolist().index("(CH3)3SiCl")] == ""


def test_salts_follow_from_the_formula(found: Ingredients) -> None:
    def salts(key: str) -> dict[str, float]:
        column = found.salt_mol[:, found.key.tolist().index(key)]
        return {s: x for s, x in zip(ANIONS, column.tolist(), strict=True) if x}

    assert salts("VOCl3") == {"Cl": 3.0, "O": 2.0}
    assert salts("SiCl3Br") == {"Cl": 3.0, "Br": 1.0}
    assert salts("SnCl4") == {"Cl": 4.0}
    electrons = dict(zip(found.key.tolist(), found.electrons.tolist(), strict=True))
    assert (electrons["VOCl3"], electrons["SiCl3Br"]) == (5.0, 4.0)


def test_a_mixed_halide_lies_between_its_parents(found: Ingredients) -> None:
    table = describe_blends(spaces(CAMPAIGN), 0, spaces(CAMPAIGN).mixtures.size)
    rows = {row["precursor_1"]: row for row in table.to_pylist() if row["temperature_c"] == 80.0}
    for name in ("reduction_potential_v", "vapour_pressure_pa"):
        one, other = (rows[key][name] for key in ("SiCl4", "SiBr4"))
        between = [rows[key][name] for key in ("SiCl3Br", "SiCl2Br2", "SiClBr3")]
        assert all(min(one, other) < x < max(one, other) for x in between), name
    alike = [rows[key]["youngs_modulus"] for key in ("SiCl4", "SiCl2Br2", "SiBr4")]
    assert alike == sorted(alike, reverse=True)


def test_metals_are_places_among_all(found: Ingredients) -> None:
    assert {METALS[m] for m in np.unique(found.metal).tolist()} == set(CAMPAIGN.metals)
