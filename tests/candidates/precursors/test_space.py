import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.handbook.points import points
from maiscreen.candidates.handbook.thermochemistry import experiment
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.precursors.space import (
    POLYNUCLEAR,
    HalideSpace,
    halide_space,
    halogen_counts,
    why_outside,
)
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


def homoleptic_halides() -> set[str]:
    """Every halide of one element that a registry or a table of the package chemicals names."""
    named = {one.formula for one in identities().values()} | set(points())
    named |= {formula for formula, _ in experiment().chosen}
    return {f for f in named if len(parse_formula(f)) == 2}


def outside(formula: str) -> str:
    try:
        precursor = Precursor.parse(formula)
    except InputError as refused:
        return "product" if "what sodium turns into" in str(refused) else "noble"
    return why_outside(precursor)


def test_every_halide_of_the_tables_is_in_the_space_or_has_a_reason() -> None:
    space = set(SPACE.slice(0, SPACE.size).formula.tolist())
    reasons = {f: outside(f) for f in homoleptic_halides() - space}
    assert [f for f, word in reasons.items() if not word] == []
    words = {word: sorted(f for f in reasons if reasons[f] == word) for word in reasons.values()}
    assert words.keys() == {
        "product", "noble", "halogen", "organic", "azide", "radical", "oligomer", "gaseous",
        "unmeasured",
    }  # fmt: skip
    assert words["noble"] == ["KrF2", "XeBr2", "XeF2", "XeF4", "XeF6"]
    assert "Fe2Cl6" in words["oligomer"] and "Ga2I4" in words["oligomer"]
    assert words["azide"] == ["N3Br", "N3Cl", "N3F", "N3I"]
    # What has a melting or a boiling point is left out only for what it is.
    measured = {f: word for f, word in reasons.items() if f in points()}
    assert set(measured.values()) <= {"product", "noble", "halogen", "organic", "azide", "radical"}


def test_no_molecule_of_the_space_has_a_reason_to_be_outside() -> None:
    assert {"Si3F8", "N2F2", "C2F4"} < set(POLYNUCLEAR)
    found = {f: why_outside(Precursor.parse(f)) for f in POLYNUCLEAR}
    # Hexachlorodigermane is in CRC by its name alone.
    assert {f: word for f, word in found.items() if word} == {"Ge2Cl6": "unmeasured"}
