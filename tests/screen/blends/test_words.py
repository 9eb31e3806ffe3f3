"""What recipes are called, and the poison that they name."""

import numpy as np
import pytest

from maiscreen.descriptors.hazards.toxicity import HF_FIRST_AID
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.words import describe_candidate, ingredient_table
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

SPACE = BlendSpace(
    Campaign(
        metals=("Sn", "Ge"),
        halogens=("F", "Cl"),
        fidelity="F0",
        supply="any",
        space=Space(blends=2, mixed_halides=True),
    )
)


def recipe(*keys: str) -> dict[str, object]:
    """Find the first recipe of exactly these precursors."""
    mixtures, names = SPACE.mixtures, SPACE.ingredients.key
    for index in range(mixtures.full_size):
        held = mixtures.at(np.array([index], dtype=np.int64)).ingredient[:, 0]
        if {names[i] for i in held.tolist() if i >= 0} == {*keys}:
            return describe_candidate(SPACE, index)
    raise LookupError(keys)


def test_a_blend_names_the_worst_of_its_precursors() -> None:
    row = recipe("SnCl4", "GeF2Cl2")
    assert row["danger"] == "fatal if inhaled?"
    toxicity = f"GeF2Cl2: fatal if inhaled?; SnCl4: severe burns; {HF_FIRST_AID}"
    assert sorted(str(row["toxicity"]).split("; ")) == sorted(toxicity.split("; "))
    assert "SnCl4: H314" in str(row["ghs"])
    assert "listed by name" in str(row["with_sodium"])


@pytest.mark.parametrize("formula", ["SnCl4", "GeCl4"])
def test_alone_it_says_what_it_says_as_a_halide(formula: str) -> None:
    row = recipe(formula)
    assert row["danger"] == "severe burns"
    assert str(row["ghs"]).startswith(("H314", "H302"))


def test_the_table_of_precursors_leaves_no_danger_blank() -> None:
    assert all(ingredient_table(SPACE)["danger"].to_pylist())
