"""The saturated state where the most sodium-rich compound has no energy."""

import math
from dataclasses import replace

import numpy as np
import pytest

from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloy_system
from maiscreen.descriptors.alloys.ladder import binary_ladder
from maiscreen.descriptors.alloys.saturation import StatePhase, saturate

SNAPSHOT = load_snapshot()


@pytest.mark.parametrize(
    ("metal", "known", "computed", "x"),
    [("Cd", "NaCd2", "Na26Cd141", 0.5), ("Tl", "Na6Tl", "Na2Tl", 6), ("Ga", "Na22Ga39", "Na7Ga13",
                                                                      22 / 39)],
)  # fmt: skip
def test_the_richest_known_compound_is_the_state(
    metal: str, known: str, computed: str, x: float
) -> None:
    system = alloy_system(SNAPSHOT, metal)
    state = system.in_operation
    assert state.formula == known
    assert state.sodium_per_metal == pytest.approx(x)
    assert state.volume_source == "V(M) + 18.0 x"
    assert f"{known}, the most sodium-rich compound known, has no energy here" in system.note
    assert computed in system.note
    assert system.as_formed.formula != known


@pytest.mark.parametrize("metal", ["Hg", "In", "Pb", "Sn", "Ge", "Si", "Sb", "Bi", "P"])
def test_nothing_changes_where_it_has_one(metal: str) -> None:
    system = alloy_system(SNAPSHOT, metal)
    assert system.in_operation.formula in binary_ladder(SNAPSHOT, metal).formula.tolist()
    assert "has no energy here: it is bounded" not in system.note


def test_energy_lies_between_its_bounds() -> None:
    """Cadmium: from nothing gained to the plateau before, 0.553 V over 0.5 − 26/141."""
    ladder = binary_ladder(SNAPSHOT, "Cd")
    row = ladder.formula.tolist().index("Na26Cd141")
    x = float(ladder.sodium_per_metal[row])
    before = float(ladder.formation_energy_ev_atom[row]) * (1 + x)
    plateau = -before / x
    found = saturate("Cd", StatePhase("Na26Cd141", x, before, 0.04 * (1 + x)), ladder)
    most = before - (0.5 - x) * plateau
    assert found.energy_ev_metal == pytest.approx((before + most) / 2)
    assert found.std_ev_metal == pytest.approx(
        math.hypot(0.04 * (1 + x), (before - most) / math.sqrt(12))
    )
    # And so for the arrays of the layer: never less stable than what it is made from.
    state = alloy_system(SNAPSHOT, "Cd").in_operation
    assert state.p_alloy > 0.984


def test_a_lower_plateau_before_it_counts() -> None:
    """The hull's last step: NaTl to Na2Tl at 0.09 V, not Tl to Na2Tl at 0.16 V."""
    ladder = binary_ladder(SNAPSHOT, "Tl")
    x, e = ladder.sodium_per_metal, ladder.formation_energy_ev_atom
    energy = dict(zip(ladder.formula.tolist(), (e * (1 + x)).tolist(), strict=True))
    found = saturate("Tl", StatePhase("Na2Tl", 2.0, energy["Na2Tl"], 0.12), ladder)
    step = energy["NaTl"] - energy["Na2Tl"]
    assert energy["Na2Tl"] - found.energy_ev_metal == pytest.approx(4 * step / 2)


def test_an_energy_of_its_own_is_used() -> None:
    ladder = binary_ladder(SNAPSHOT, "Cd")
    richer = replace(ladder, formula=np.append(ladder.formula[:-1], "NaCd2"))
    own = StatePhase("Na26Cd141", 26 / 141, -0.1, 0.04)
    assert saturate("Cd", own, richer) is own
