"""How formulas are written: what may mean two things is refused with both, decimals are read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.formula import compositions, parse_formula, parse_formulas
from maiscreen.candidates.chemistry.notation import JOINTS, plain_formula
from maiscreen.candidates.errors import InputError

SALTS = ("MgCl2", "CuSO4", "SnCl2", "SnCl4", "Na2CO3", "NaOH", "LiCl", "VO2", "KAl(SO4)2", "Cl2",
         "Mg1Cl2", "Na0.3CoO2", "(NH4)2SO4")  # fmt: skip
ADDUCTS = {
    "AlCl3.6NH3": "AlCl3(NH3)6",
    "AlF3.3NaF": "AlF3(NaF)3",
    "Al2O3.2SiO2": "Al2O3(SiO2)2",
    "MgCl2.6H2O.2KCl": "MgCl2(H2O)6(KCl)2",
    "NiCl2.6H2O1": "NiCl2(H2O)6",
    "KCl.MgCl2.6H2O": "KClMgCl2(H2O)6",
    "CaSO4.0.5H2O": "CaSO4(H2O)0.5",
    "K2CO3.1.5H2O": "K2CO3(H2O)1.5",
    "MgCl2.(H2O)6": "MgCl2(H2O)6",
    "NaCl.H2O": "NaClH2O",
    "Na0.5CoO2.2NH3": "Na0.5CoO2(NH3)2",
    "MgCl2.6H20": "MgCl2(H20)6",
    "CuSO4.5(H2O)": "CuSO4(H2O)5",
    "MgCl2．6H2O": "MgCl2(H2O)6",
}
SUMS = {
    "MgCl₂·6H₂O": "MgCl2(H2O)6",
    "MgCl2 · 6 H2O": "MgCl2(H2O)6",
    "SnCl4 x 5 H2O": "SnCl4(H2O)5",
    "CaSO4·0.5H2O": "CaSO4(H2O)0.5",
    "2NaCl·AlCl3": "(NaCl)2AlCl3",
    "Na2O · Al2O3 · 2 SiO2": "Na2OAl2O3(SiO2)2",
    "K4[Fe(CN)6]·3H2O": "K4[Fe(CN)6](H2O)3",
    "Na0.5CoO2·2NH3": "Na0.5CoO2(NH3)2",
    "MgCl2･6H2O": "MgCl2(H2O)6",
    "Na15 Sn4": "Na15Sn4",
    "Na0.5 Co1 O2": "Na0.5Co1O2",
}
JOINED_OR_NOT = (
    "Na2·5Sn", "Na2·5H2O", "WO2·9", "MgCl2·6H20", "MgCl2·.5H2O", "Na1.5CoO2·2H2O", "NaCl.5·H2O",
    "MgCl2·6H2O.2KCl", "SnCl4·2THF", "MgCl2··6H2O", "·6H2O", "Na·Sn", "CuSO4 5H2O", "Na Cl", "Fe I",
    "Sn Cl 4", "NaSn *",
)  # fmt: skip
DECIMALS = (
    "Na0.5CoO2", "Na3.75Sn", "Na1.17Sn2", "Na3.75Sn1.0", "Na.5CoO2", "LaO.5F.5FeAs", "YBa2Cu3O6.9",
    "Li1.2Ni0.2Mn0.6O2", "Bi2Te2.7Se0.3", "CsPbI1.5Br1.5", "Na3PS3.5Cl0.5", "La1.4Sr1.6Mn2O7",
    "CaMn1.5Ti0.5O3", "Bi2Sr2Ca1.2Cu2O8", "Cu2.33V4O11", "Al0.3CoCrFeNi1.5", "Ca(NO3)2.0",
    "Li6.4La3Zr1.4Ta0.6O12", "(MgCl2)0.5(H2O)6", "Ti0.5Fe0.5O2", "NaSn.2",
)  # fmt: skip
REFUSED = {
    "D2O": "no element 'D': deuterium is not told apart",
    "NaT": "no element 'T': tritium is not told apart",
    "Na1e2Sn": "exponent",
    "Na1E2Sn": "exponent",
    "Na1e-2Sn": "exponent|holds",
    "Na0Sn1": "amount of zero to Na",
    "Na0.0Sn": "amount of zero to Na",
    "Na(Sn2)0": "amount of zero to what is in brackets",
    "Na02": "02 to Na: an O",
    "Ca(NO3)02": "02 to what is in brackets",
    "2NaCl": "begins with a number",
    "SnCl4(l)": r"\(l\) is a state of matter",
    "NaCl(aq)": r"\(aq\) is a state of matter",
    "Sn(II)Cl2": "oxidation state",
    "Fe(III)2O3": "oxidation state",
    "Cu2(I)O": "oxidation state",
    "NaxCoO2": "no element 'Nax'; give a number for 'x'",
    "Na2-xCoO2": "holds '-'",
    "Na0.67±0.1CoO2": "PLUS-MINUS",
    "YBa2Cu3O7δ": "GREEK SMALL LETTER DELTA",
    "Na⁺": "SUPERSCRIPT PLUS",
    "NaSn²": "SUPERSCRIPT TWO",
    "²³Na": "SUPERSCRIPT TWO",
    "CО2": "CYRILLIC CAPITAL LETTER O",
    "SO4^2-": "holds",
    "Ca0.5.5": "is no formula",
    "·6H2O": "holds '·'",
    "NaCl.": "is no formula",
    "Na.": "is no formula",
    "(2H2O)NaCl": "is no formula",
    "MgCl2.(6H2O)": "is no formula",
}


def refusal(text: str) -> str:
    """Give the reason why a formula is refused, which both readers share."""
    reason = parse_formulas([text])[1][0]
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert caught.value.remedy == reason or "out of range" in caught.value.remedy
    return reason


def fractions(formula: str) -> dict[str, float]:
    return dict(Composition(formula).fractional_composition.get_el_amt_dict())


def written(reason: str) -> list[str]:
    """Pick the spellings that a reason offers, and read them."""
    offered = re.findall(r"\S+", reason.rpartition("; write ")[2])
    return [one for one in offered if one != "or"]


@given(st.sampled_from(SALTS), st.integers(1, 24))
def test_no_hydrate_is_taken_for_a_decimal(salt: str, n: int) -> None:
    reason = refusal(f"{salt}.{n}H2O")
    times = f"{n} " if n > 1 else ""
    assert f"{salt} + {times}H2O" in reason
    hydrate, *decimal = written(reason)
    assert fractions(hydrate) == pytest.approx(fractions(f"{salt}(H2O){n}"))
    assert compositions([hydrate]).key.tolist() == compositions([f"{salt}(H2O){n}"]).key.tolist()
    assert len(decimal) == 1
    for spelling in decimal:
        assert fractions(spelling) == pytest.approx(fractions(f"{salt}.{n}H2O"))
        assert parse_formulas([spelling])[1] == {}


@given(
    st.sampled_from([salt for salt in SALTS if salt != "Cl2"]),
    st.integers(1, 24),
    st.sampled_from(sorted(JOINTS)),
)
def test_middle_dots_of_hydrates_are_read(salt: str, n: int, sign: str) -> None:
    expected = compositions([f"{salt}(H2O){n}"]).key.tolist()
    for text in (f"{salt}{sign}{n}H2O", f"{salt} {sign} {n} H2O"):
        assert compositions([text]).key.tolist() == expected


@pytest.mark.parametrize("text", SUMS)
def test_sums_that_mean_one_thing_are_read(text: str) -> None:
    assert plain_formula(text) == SUMS[text]
    assert compositions([text]).key.tolist() == compositions([SUMS[text]]).key.tolist()


@pytest.mark.parametrize("text", JOINED_OR_NOT)
def test_other_sums_stay_as_they_are_and_are_refused(text: str) -> None:
    assert plain_formula(text) == text
    assert refusal(text)


@pytest.mark.parametrize("text", ADDUCTS)
def test_adducts_are_refused_with_what_to_write(text: str) -> None:
    hydrate = written(refusal(text))[0]
    assert fractions(hydrate) == pytest.approx(fractions(ADDUCTS[text]))


@pytest.mark.parametrize("text", DECIMALS)
def test_decimals_that_mean_one_thing_are_read(text: str) -> None:
    made = compositions([text])
    expected = fractions(text)
    assert dict(zip(made.chemical_system[0].split("-"), made.fraction.tolist(), strict=True)) == (
        pytest.approx({e: expected[e] for e in sorted(expected)})
    )


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_formula_says_why(text: str) -> None:
    assert re.search(REFUSED[text], refusal(text))


def test_small_and_wide_characters_are_usual_ones() -> None:
    texts = ["Na₁₅Sn₄", "ＮａＣｌ", "\u00a0SnCl₄ "]
    assert [plain_formula(text) for text in texts] == ["Na15Sn4", "NaCl", "SnCl4"]
    assert compositions(texts).key.tolist() == ["Na15Sn4", "ClNa", "Cl4Sn"]
    assert parse_formula("SnCl₄") == {"Sn": 1, "Cl": 4}


def test_brackets_and_decimals_are_not_for_whole_numbers() -> None:
    for text in ("Ca(NO3)2", "Na0.5Sn"):
        with pytest.raises(InputError, match="whole numbers alone"):
            parse_formula(text)
