from functools import cache
from itertools import permutations

import numpy as np
import pytest

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL
from maiscreen.candidates.molecules.mixtures import NOTHING
from maiscreen.descriptors.reaction.reduction import potential_in_phase
from maiscreen.screen.blends.compatibility import GAIN_KJ_MOL
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

spaces = cache(BlendSpace)

CAMPAIGN = Campaign(temperature_c=80.0, space=Space(blends=2))


def verdict(first: str, second: str) -> bool:
    keys = spaces(CAMPAIGN).ingredients.key.tolist()
    three = np.array([[keys.index(first)], [keys.index(second)], [NOTHING]])
    answers = [
        spaces(CAMPAIGN).reacting.any_of(three[list(order)]) for order in permutations(range(3))
    ]
    assert len({bool(one[0]) for one in answers}) == 1
    return bool(answers[0][0])


def test_a_fluorinating_agent_does_not_go_with_chlorides() -> None:
    assert verdict("SbF5", "SiCl4")
    assert verdict("WF6", "SiCl4")


def test_halides_that_only_redistribute_go_together() -> None:
    assert not verdict("SnCl4", "SnBr4")
    assert not verdict("SiCl4", "TiCl4")
    assert not verdict("SiCl4", "GeCl4")


def test_nobody_reacts_with_the_same_halogen_or_with_nothing() -> None:
    table = spaces(CAMPAIGN).reacting.pairs
    assert (table == table.T).all()
    assert not table[-1].any()
    same = spaces(CAMPAIGN).ingredients.salt_mol[:4, list(spaces(CAMPAIGN).blended)].argmax(axis=0)
    assert not table[:-1, :-1][same[:, None] == same[None]].any()


@pytest.mark.parametrize(("one", "other"), [("SiF4", "TiCl4"), ("SiCl4", "TiBr4")])
def test_by_hand_from_the_gas_tables(one: str, other: str) -> None:
    """Exchange of all four halogens, from the potentials of the four gases."""
    x, y = one[2:-1], other[2:-1]
    formulas = [one, other, f"Si{y}4", f"Ti{x}4"]
    volts = potential_in_phase(formulas, ["g"] * 4, 298.15).potential_v
    r = -volts * FARADAY_C_MOL / 1000
    gain = r[0] + r[1] - r[2] - r[3]
    assert np.isfinite(gain)
    assert abs(gain + GAIN_KJ_MOL) > 2  # not a close call
    assert verdict(one, other) == (gain < -GAIN_KJ_MOL)
