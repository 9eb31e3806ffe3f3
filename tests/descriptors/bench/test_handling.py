"""Bottles and cylinders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, points
from maiscreen.descriptors.bench.handling import (
    HANDLINGS,
    container,
    handling,
    hardest,
)

KNOWN = {
    "SnCl4": "bottle",
    "SiCl4": "bottle",
    "TiCl4": "bottle",
    "BBr3": "bottle",
    "SbCl3": "bottle",
    "AlCl3": "bottle",
    "MoF6": "bottle",  # boils at 34 °C
    "GeF4": "cylinder",
    "SiF4": "cylinder",
    "BF3": "cylinder",
    "BCl3": "cylinder",
    "WF6": "cylinder",
}


def test_known_ones() -> None:
    at = [points()[formula] for formula in KNOWN]
    boiling, melting = (np.array([getattr(p, n) for p in at]) for n in ("boiling_k", "melting_k"))
    assert handling(boiling, melting, np.full(len(at), np.nan)).tolist() == list(KNOWN.values())


numbers = st.one_of(st.just(float("nan")), st.floats(20, 2000))


@given(numbers, numbers, st.one_of(st.just(float("nan")), st.floats(0, 1e7)))
def test_one_word_and_the_boiling_point_decides(b: float, m: float, p: float) -> None:
    word = str(handling(np.array([b]), np.array([m]), np.array([p]))[0])
    assert word in (*HANDLINGS, "")
    if b == b:
        assert word == ("cylinder" if b <= ROOM_K else "bottle")
    elif p == p:
        assert word == ("cylinder" if p >= ATMOSPHERE_PA else "bottle")


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["bottle", "bottle"], "bottle"),
        (["bottle", "cylinder"], "cylinder"),
        (["", "cylinder"], "cylinder"),
        (["bottle", ""], ""),
    ],
)
def test_a_blend_with_a_gas_is_one_of_cylinders(parts: list[str], whole: str) -> None:
    assert hardest(parts) == whole


def test_containers_say_what_a_fluoride_does_to_glass() -> None:
    assert container("not known") is None
    assert container("liquid", 114.0) == (
        "a liquid: can be poured beside the sodium in a closed glass, as in the paper"
    )
    fluoride = str(container("liquid", 33.7, fluoride=True))
    assert "in a closed glass" not in fluoride and "eats glass" in fluoride
    assert "holds pressure" in fluoride
