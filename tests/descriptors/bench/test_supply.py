"""Classes of supply, held against what chemists buy."""

from itertools import pairwise
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.handbook.inventories import INVENTORIES, Listing
from maiscreen.candidates.handbook.thermochemistry import identity
from maiscreen.descriptors.bench.supply import (
    ASKED,
    CLASSES,
    NO_NUMBER,
    NOWHERE,
    accepted_classes,
    class_of,
    evidence,
    scarcest,
    supply,
    tonnes_from,
)

KNOWN = {
    # Catalysts, pigments, glass fibres and chips: by the thousand tonnes.
    "TiCl4": "bulk",
    "SiCl4": "bulk",
    "SnCl4": "bulk",
    "AlCl3": "bulk",
    "FeCl3": "bulk",
    "BF3": "bulk",
    "ZrCl4": "bulk",
    "SF6": "bulk",
    # Tens or hundreds of tonnes.
    "GeCl4": "reported",
    "VCl4": "reported",
    "BCl3": "reported",
    "WF6": "reported",
    "SbCl3": "reported",
    # Laboratory chemicals of every large catalogue.
    "SbCl5": "inventoried",
    "SbF5": "inventoried",
    "BBr3": "inventoried",
    "SnBr4": "inventoried",
    "GeBr4": "inventoried",
    "Si2Cl6": "inventoried",
    # Made where they are used, if at all.
    "Si2F6": "unlisted",
    "Si4F10": "unlisted",
    "B2Cl4": "unlisted",
    "B2F4": "unlisted",
    "PbCl4": "unlisted",
    "AlCl": "unlisted",
}

listed = st.builds(
    Listing,
    st.lists(st.sampled_from([name for name, _ in INVENTORIES]), max_size=3).map(tuple),
    st.booleans(),
    st.lists(
        st.sampled_from(
            ["1,000 - 10,000 tonnes per annum", "0 - 10 tonnes per annum", "Intermediate Use Only"]
        ),
        max_size=2,
    ).map(tuple),
    st.sampled_from([nan, 0.0, 32.0, 999.9, 1000.0, 5e5]),
)


def test_compounds_that_chemists_know() -> None:
    cas, _ = identity(list(KNOWN))
    classes, told = supply(cas.tolist())
    assert dict(zip(KNOWN, classes.tolist(), strict=True)) == KNOWN
    assert all(told)
    assert told[list(KNOWN).index("Si2F6")] == NOWHERE


def test_evidence_names_volume_and_year() -> None:
    cas, _ = identity(["GeCl4", "VCl4", "TiCl4"])
    germanium, vanadium, titanium = supply(cas.tolist())[1].tolist()
    assert "EPA 2012: 32 t made or imported" in germanium
    assert "EPA 2012: 39 t" in vanadium
    assert "OECD 2015: high production volume" in titanium
    assert "100,000 - 1,000,000 t a year" in titanium


def test_without_a_number_nothing_can_be_asked() -> None:
    classes, told = supply(["", "7646-78-8", "50-00-0"])
    assert classes.tolist() == ["unlisted", "bulk", "bulk"]
    assert told[0] == NO_NUMBER
    assert [column.shape for column in supply([])] == [(0,), (0,)]


@given(listed, listed)
def test_more_evidence_never_makes_it_worse(one: Listing, other: Listing) -> None:
    both = Listing(
        one.inventories + other.inventories,
        one.is_high_volume or other.is_high_volume,
        one.bands + other.bands,
        max((t for t in (one.us_tonnes, other.us_tonnes) if t == t), default=nan),
    )
    assert CLASSES.index(class_of(both)) <= min(
        CLASSES.index(class_of(one)), CLASSES.index(class_of(other))
    )
    assert (class_of(one) == "unlisted") == (evidence(one) == NOWHERE)


@given(st.lists(st.sampled_from(CLASSES), min_size=1))
def test_a_blend_is_as_hard_to_have_as_its_hardest_part(classes: list[str]) -> None:
    found = scarcest(classes)
    assert found in classes
    assert all(CLASSES.index(found) >= CLASSES.index(one) for one in classes)


def test_asking_for_more_takes_fewer() -> None:
    taken = [set(accepted_classes(asked)) for asked in ASKED]
    assert taken[0] == set(CLASSES)
    assert all(later < earlier for earlier, later in pairwise(taken))
    assert taken[-1] == {"bulk"}


@pytest.mark.parametrize(
    ("band", "low"),
    [("0 - 10 tonnes per annum", 0.0), ("1+ tonnes per annum", 1.0), ("Tonnage Data x", nan)],
)
def test_lower_ends_of_bands(band: str, low: float) -> None:
    assert tonnes_from(band) == pytest.approx(low, nan_ok=True)
