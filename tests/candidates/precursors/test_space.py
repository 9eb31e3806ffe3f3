import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.candidates.precursors.space import HalideSpace, halide_space, halogen_counts
from maiscreen.candidates.snapshot.snapshot import load_snapshot

SPACE = halide_space()


def records(space: HalideSpace, start: int, stop: int) -> list[object]:
    return list(space.slice(start, stop))


def test_size_is_the_number_of_distinct_precursors() -> None:
    everything = records(SPACE, 0, SPACE.size)
    assert len(everything) == SPACE.size == len(set(everything))


@given(st.integers(0, SPACE.size), st.integers(0, SPACE.size))
def test_slices_join_to_the_whole(a: int, b: int) -> None:
    start, stop = sorted((a, b))
    whole = records(SPACE, 0, SPACE.size)
    assert records(SPACE, start, stop) == whole[start:stop]


def test_the_papers_precursors_and_control_are_there() -> None:
    batch = SPACE.slice(0, SPACE.size)
    keys = set(zip(batch.formula.tolist(), batch.route.tolist(), strict=True))
    for formula in ("SnCl4", "SiCl4", "TiCl4", "SnCl2", "S2Cl2", "WF6", "PCl5", "AsF5"):
        assert (formula, "vapour") in keys
    assert ("SnCl2", "additive") in keys


def test_every_metal_and_halogen_occurs() -> None:
    batch = SPACE.slice(0, SPACE.size)
    missing = set(METALS) - set(batch.metal.tolist())
    # No positive oxidation state is known of these to pymatgen, and no halide to the snapshot.
    assert missing <= {"Fm", "Md", "No", "Lr", "Fr"}
    assert set(batch.halogen.tolist()) == set(HALOGENS)


def test_no_sodium_halide_and_no_impossible_count() -> None:
    batch = SPACE.slice(0, SPACE.size)
    assert "Na" not in batch.metal
    assert batch.halogens_per_metal.max() <= 8


@pytest.mark.parametrize(("metal", "expected"), [("Sn", {2, 4}), ("Ti", {2, 3, 4}), ("W", {6})])
def test_known_oxidation_states(metal: str, expected: set[int]) -> None:
    assert expected <= set(halogen_counts(load_snapshot(), metal))


def test_a_campaign_can_ask_for_less() -> None:
    few = halide_space(metals=("Sn",), halogens=("Cl",))
    assert set(few.slice(0, few.size).metal.tolist()) == {"Sn"}
    assert isinstance(few.slice(0, 0), Precursors)
