"""Formulas as arrays, against pymatgen's Composition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.formula import (
    ELEMENTS,
    Compositions,
    compositions,
    parse_formulas,
    read_simple,
)
from maiscreen.candidates.chemistry.notation import plain_formula
from maiscreen.candidates.errors import InputError

SYMBOLS = st.sampled_from(ELEMENTS)
COUNTS = st.one_of(st.just(""), st.integers(1, 999_999).map(str))
DECIMALS = st.decimals("0.001", "999", places=3).map(lambda d: format(d.normalize(), "f"))
SIMPLE = st.lists(st.tuples(SYMBOLS, COUNTS).map("".join), min_size=1, max_size=8).map("".join)
DECIMAL = st.lists(st.tuples(SYMBOLS, DECIMALS).map("".join), min_size=1, max_size=6).map("".join)
BRACKETED = st.tuples(SIMPLE, DECIMAL, st.sampled_from(["", "2", "0.5", "12"])).map(
    lambda t: f"{t[0]}({t[1]}){t[2]}"
)


def in_range(text: str) -> bool:
    """Tell formulas that are taken: neither too long, nor with an amount out of range in all."""
    return len(text) <= 200 and max(Composition(text).values()) <= 999_999


FORMULA = st.one_of(SIMPLE, DECIMAL, BRACKETED).filter(in_range)
JUNK = {
    "Xx2": "no element 'Xx'",
    "": "is empty",
    "  ": "is empty",
    "na": "no formula",
    "nan": "no formula",
    "(NaCl]2": "no formula",
    "NaCl)": "no formula",
    "(NaCl": "no formula",
    "2NaCl": "no formula",
    "Na()2": "no formula",
    "Na1.2.3": "no formula",
    "Na0": "amount of zero to Na",
    "Na0Cl0": "amount of zero to Na",
    "Na1000000": "out of range",
    "Na1e999Cl": "exponent",
    "H999999(H0.001)": "out of range",
    "NA": "no element 'A'",
    "None": "no element 'None'",
    "Uue": "no element 'Uue'",
    "Fe3+": r"holds '\+'",
    "Na Cl": "holds ' '",
    "Na\nCl": r"holds '\\n'",
    "Na-1Cl": "holds '-'",
    "Na٣": "holds '٣'",
    "CuSO4·nH2O": "holds '·'",
    "FeIII": "III is an oxidation state",
    "FeIICl2": "II is an oxidation state",
    "Na" * 50_000: "more than 200",
    "(" * 100_000: "more than 200",
}


def entries(c: Compositions, row: int) -> dict[str, float]:
    """Fractions by symbol of one composition."""
    inside = c.row == row
    symbols = [ELEMENTS[z] for z in c.element[inside].tolist()]
    return dict(zip(symbols, c.fraction[inside].tolist(), strict=True))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(FORMULA, min_size=1, max_size=6))
def test_fractions_are_those_of_pymatgen(formulas: list[str]) -> None:
    c = compositions(formulas)
    assert c.formula.tolist() == formulas
    for row, formula in enumerate(formulas):
        known = Composition(formula)
        expected = {e.symbol: known.get_atomic_fraction(e) for e in known}
        assert entries(c, row) == pytest.approx(expected, rel=1e-7, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SYMBOLS, st.integers(1, 99)), min_size=1, max_size=5), st.integers(1, 9),
       st.randoms())  # fmt: skip
def test_spellings_of_a_composition_share_everything(
    parts: list[tuple[str, int]], factor: int, random: object
) -> None:
    shuffled = sorted(parts, key=lambda _: random.random())  # type: ignore[attr-defined]
    one = "".join(f"{s}{n}" for s, n in parts)
    other = "".join(f"{s}{n * factor}" for s, n in shuffled)
    bracketed = f"({one})0.5"
    c = compositions([one, other, bracketed])
    assert len(set(c.key.tolist())) == 1
    for row in (1, 2):
        assert entries(c, row) == entries(c, 0)  # to the last bit
    again = compositions(c.key.tolist())
    assert again.key.tolist() == c.key.tolist()
    assert (again.fraction == c.fraction).all() and (again.amount == c.amount).all()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_no_text_makes_it_stumble(text: str) -> None:
    good, refused = parse_formulas(["NaCl", text, "Sn"])
    assert len(good) + len(refused) == 3 and set(refused) <= {1}
    assert np.bincount(good.row, good.fraction, len(good)) == pytest.approx(np.ones(len(good)))
    if 1 not in refused:
        assert entries(good, 1).keys() == {e.symbol for e in Composition(plain_formula(text))}


@pytest.mark.parametrize("text", JUNK, ids=lambda t: t[:12].strip() or "blank")
def test_junk_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(InputError, match=JUNK[text]) as caught:
        compositions(["NaSn", text])
    assert caught.value.field == "formula"
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


@pytest.mark.parametrize("value", [None, float("nan"), 3, b"NaCl"])
def test_what_is_no_text_is_refused(value: object) -> None:
    found, refused = parse_formulas(["NaCl", value])  # type: ignore[list-item]
    assert len(found) == 1 and refused == {1: "is no text; write it like NaSn2"}


def test_good_rows_stay_in_order_beside_bad_ones() -> None:
    found, refused = parse_formulas(["Xx", "SnCl4", "", "Ca3(PO4)2", "NaN", "Na)", "H2O"])
    assert found.formula.tolist() == ["SnCl4", "Ca3(PO4)2", "NaN", "H2O"]
    assert found.key.tolist() == ["Cl4Sn", "Ca3O8P2", "NNa", "H2O"]
    assert sorted(refused) == [0, 2, 5]


def test_nothing_gives_nothing() -> None:
    found, refused = parse_formulas([])
    assert len(found) == len(found.key) == len(found.chemical_system) == 0 and not refused
    assert not len(found.take(np.array([], dtype=np.int64)))
    assert len(parse_formulas(["", ""])[0]) == 0


def test_plain_formulas_need_no_second_reader() -> None:
    *_, simple = read_simple(
        ["NaSn2", "Na1.5Sn", "Og999999", "Na0", "", "H2O\n", "Xx", "Na1000000", "Na02"]
    )
    assert simple.tolist() == [True, False, True, *6 * [False]]


def test_systems_and_elements() -> None:
    c = compositions(["SnNa2Cl6", "NaSn", "Sn", "NSn"])
    assert c.chemical_system.tolist() == ["Cl-Na-Sn", "Na-Sn", "Sn", "N-Sn"]
    assert c.contains("Na").tolist() == [True, True, False, False]
    assert c.contains("N").tolist() == [False, False, False, True]
    with pytest.raises(InputError, match="is none"):
        c.contains("na")


@settings(max_examples=50, deadline=None)
@given(st.lists(SIMPLE, min_size=1, max_size=6), st.data())
def test_take_is_reading_the_taken(formulas: list[str], data: st.DataObject) -> None:
    index = data.draw(st.lists(st.integers(-len(formulas), len(formulas) - 1), max_size=8))
    taken = compositions(formulas).take(np.array(index, dtype=np.int64))
    read = compositions([formulas[k] for k in index])
    for name in ("formula", "row", "element", "amount", "fraction", "start", "key"):
        assert getattr(taken, name).tolist() == getattr(read, name).tolist()


def test_take_by_mask_and_out_of_range() -> None:
    c = compositions(["Na", "NaCl", "SnCl4"])
    assert c.take(np.array([True, False, True])).key.tolist() == ["Na", "Cl4Sn"]
    with pytest.raises(IndexError):
        c.take([3])
    with pytest.raises(IndexError):
        c.take(np.array([True]))
