import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursors.precursor import MAX_HALOGENS, Precursor, Precursors


@given(
    st.sampled_from(METALS),
    st.sampled_from(HALOGENS),
    st.integers(1, MAX_HALOGENS),
    st.integers(1, MAX_HALOGENS),
)
def test_formula_reads_back(metal: str, halogen: str, a: int, b: int) -> None:
    precursor = Precursor(metal, halogen, a, b, origin="user")
    assert Precursor.parse(precursor.formula) == precursor


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "is empty"),
        ("sncl4", "is no formula"),
        ("Sn Cl4", "holds ' '"),
        ("Sn(Cl2)2", "has brackets"),
        ("SnCl4.5H2O", "may be SnCl4 + 5 H2O"),
        ("SnCl4(l)", "state of matter"),
        ("DCl", "no element 'D'"),
        ("=SnCl4", "holds '='"),
        ("XxCl4", "no element 'Xx'"),
        ("OgF4", "holds Og, which is not screened"),
        ("RfCl4", "holds Rf, which is not screened"),
        ("SnO2", "not a halide"),
        ("Sn", "not a halide"),
        ("OF2", "not a halide"),
        ("CHCl3", "homoleptic"),
        ("Cl2", "homoleptic"),
        ("NaCl", "what sodium turns into"),
        ("HCl", "not screened"),
        ("SnCl0", "amount of zero"),
        ("SnCl99", "out of range"),
        ("SnCl99999", "out of range"),
    ],
)
def test_bad_formula_names_field_value_and_remedy(text: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        Precursor.parse(text)
    message = str(caught.value)
    assert message.startswith("formula = ")
    assert repr(text) in message
    assert word in message
    assert "\n" not in message


def test_interhalogen_is_named_by_its_lighter_halogen() -> None:
    assert Precursor.parse("ICl").halogen == "Cl"


def test_arrays_hold_the_records() -> None:
    records = [Precursor.parse(f) for f in ("SnCl4", "S2Cl2", "WF6")]
    arrays = Precursors.of(records)
    assert list(arrays) == records
    assert arrays.formula.tolist() == ["SnCl4", "S2Cl2", "WF6"]
    assert arrays.halogens_per_metal.tolist() == [4, 1, 6]
    assert len(Precursors.of([])) == 0


def test_input_error_survives_the_way_back_from_a_worker() -> None:
    error = InputError("formula", "Xx", "give another")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_input_error_stays_short() -> None:
    assert len(str(InputError("formula", "A" * 100_000, "write it like SnCl4"))) < 400
    assert "thousands of digits" in str(InputError("seed", 10**5000, "give less"))
