"""Which precursor a question means: one that is known, whatever it is called, or a refusal."""

import pytest

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.screen.facts.meant import CAPITALS, halide_meant_by, meant_by
from maiscreen.screen.facts.precursors import Catalogue


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return Catalogue()


def is_formula(text: str) -> bool:
    try:
        parse_formula(text)
    except InputError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "formula", "rule"),
    [
        ("SnCl4", "SnCl4", "formula"),
        (" SnCl4 ", "SnCl4", "formula"),
        ("Cl4Sn", "SnCl4", "formula"),
        ("sncl4", "SnCl4", CAPITALS),
        ("SNCL4", "SnCl4", CAPITALS),
        ("Sncl4", "SnCl4", CAPITALS),
        ("7646-78-8", "SnCl4", "CAS number"),
        ("tin tetrachloride", "SnCl4", "name"),
        ("Tin Tetrachloride", "SnCl4", "name"),
        ("tin(IV) chloride", "SnCl4", "name"),
        ("Tin (iv) Chloride", "SnCl4", "name"),
        ("tin tetrabromide", "SnBr4", "name"),
        (" CHCl3", "CHCl3", "formula"),
        ("potassium chloride", "KCl", "name"),
        ("aluminum chloride", "AlCl3", "name"),
        ("1-chloropropane", "C3H7Cl", "name"),
        ("C3H7Cl", "C3H7Cl", "formula"),
    ],
)
def test_what_means_one_thing_is_read(text: str, formula: str, rule: str) -> None:
    found = halide_meant_by(text)
    assert (found.precursor, found.rule) == (formula, rule)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "give a formula, a name or a CAS number"),
        ("  ", "give a formula, a name or a CAS number"),
        ("HCl", "is an acid"),
        ("HI", "gives NaI and hydrogen"),
        ("NH4Cl", "ammonium"),
        ("NH4Br", "gives NaBr and ammonia"),
        ("PH4I", "phosphonium"),
        ("CH3Cl", "organic group"),
        ("NOCl", "a group of N, O"),
        ("Cl2", "a halogen"),
        ("NaCl", "every reaction here leaves NaCl"),
        ("NaSnCl3", "holds sodium already"),
        ("ammonium chloride", "is ammonium chloride, and is not a homoleptic"),
        ("hydrogen chloride", "is an acid"),
        ("sodium chloride", "what sodium turns into"),
        ("7647-01-0", "is of ClH, which is an acid"),
        ("12125-02-9", "ammonium"),
        ("7646-78-9", "check digit"),
        ("64-17-5", "no halide"),
        ("tin chloride", "may be SnCl, SnCl2 or SnCl4"),
        ("COCl2", "did you mean CoCl2?"),
        ("SnCI4", "did you mean SnCl4?"),
        ("SiHCl3", "not a homoleptic halide"),
        ("10025-78-2", "is SiHCl3, which is not a homoleptic halide"),
        ("0.5 SnCl4 + 0.5 SiCl4", "no halide by itself"),
        ("CH3Br", "organic"),
        ("water", "no halide that is known"),
        ("XX9", "no element 'X'"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        halide_meant_by(text)
    assert words in str(caught.value)
    assert (caught.value.field, caught.value.value) == ("formula", text)


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
def test_capitals_are_mended_to_the_formula_or_not_at_all(known: Catalogue, change) -> None:  # type: ignore[no-untyped-def]
    space = halide_space()
    formulas = space.slice(0, space.size).formula.tolist()
    read = 0
    for formula in formulas:
        text = change(formula)
        if is_formula(text):
            # A formula as it stands, which may be another one: NbCl5 is no NBCl5.
            continue
        try:
            found = meant_by(text, known)
        except InputError:
            continue
        assert found.precursor == formula, text
        read += 1
    assert read > len(formulas) / 2


def test_every_registered_halide_is_read_by_its_number(known: Catalogue) -> None:
    space = halide_space()
    among = set(space.slice(0, space.size).formula.tolist())
    registered = [i for i in identities().values() if i.formula in among]
    assert len(registered) > 300
    for identity in registered:
        assert meant_by(identity.cas, known).precursor == identity.formula


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("stannic chloride", "SnCl4"),
        ("Stannous Chloride", "SnCl2"),
        ("titanic chloride", "TiCl4"),
        ("ferric bromide", "FeBr3"),
        ("cuprous iodide", "CuI"),
        ("mercuric chloride", "HgCl2"),
    ],
)
def test_names_on_old_bottles_are_known(name: str, formula: str) -> None:
    assert meant_by(name, Catalogue()).precursor == formula
