import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.models.labels.errors import (
    FEWEST_PAIRS,
    SALTS,
    UNTESTED,
    differences,
    spreads,
    standard_deviation,
)

NAME = "migration_barrier"


def pairs(values: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    return {f"Na{n}Sn": {"a": a, "b": b} for n, (a, b) in enumerate(values, start=2)}


def test_a_phase_that_is_left_out_says_nothing_of_others_nor_of_itself() -> None:
    values = pairs([(0.5, 0.6)] * FEWEST_PAIRS + [(0.5, 1.5)])
    without = spreads(NAME, values, left_out=list(values)[-1])
    assert without["Na2Sn"].value == pytest.approx(0.1)
    assert without[list(values)[-1]].value == pytest.approx(math.sqrt((1 + 0.01) / 2))
    assert spreads(NAME, values)["Na2Sn"].value > 0.1


def test_what_a_spread_stands_on_is_said() -> None:
    few = {"NaSn": {"a": 0.4, "b": 0.5, "c": 0.6}, "NaGe": {"a": 0.4}}
    found = spreads(NAME, few)
    assert (found["NaSn"].source, found["NaGe"].source) == ("b, c differ", "untested")
    many = pairs([(0.5, 0.6)] * FEWEST_PAIRS) | {"NaGe": {"a": 0.4}}
    assert spreads(NAME, many)["NaGe"].source == "as models differ over all phases"


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)), min_size=1, max_size=9))
def test_in_another_unit_moduli_are_as_uncertain(values: list[tuple[float, float]]) -> None:
    gpa = pairs(values)
    mpa = {f: {m: 1000 * v for m, v in by.items()} for f, by in gpa.items()}
    here, there = spreads("bulk_modulus", gpa), spreads("bulk_modulus", mpa)
    for formula in gpa:
        assert there[formula].value == pytest.approx(here[formula].value)
        one = standard_deviation("bulk_modulus", 20.0, here[formula].value)
        assert standard_deviation("bulk_modulus", 2e4, here[formula].value) == pytest.approx(
            1000 * one
        )


def test_salts_and_other_phases_have_pools_of_their_own() -> None:
    alloys = pairs([(0.5, 0.9)] * FEWEST_PAIRS)
    salts = {salt: {"a": 0.6, "b": 0.6} for salt in SALTS}
    found = spreads(NAME, alloys | salts)
    assert found["NaCl"].value == pytest.approx(UNTESTED[NAME] / math.sqrt(2))
    assert found["Na2Sn"].value == pytest.approx(0.4)
    assert differences(NAME, salts)["NaF"] == {"b": 0.0}
