"""Numbers of laboratory sheets: read as meant, or refused, never guessed."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.numbers import (
    Notation,
    notation,
    read_number,
    read_numbers,
    split_number,
)
from maiscreen.screen.lab_sheet.columns import IMPEDANCE, LENGTH, unit_key


def read(text: str, others: list[str]) -> float:
    return read_number(split_number(text).number, notation([text, *others]))[0]


@pytest.mark.parametrize(
    ("text", "others", "meant"),
    [
        ("0,5", [], 0.5),
        ("1.234,5", [], 1234.5),
        ("1,234.5", [], 1234.5),
        ("1.234.567", [], 1234567),
        ("1.234", ["0,5"], 1234),
        ("1.234", ["0.5"], 1.234),
        ("1,234", ["0,5"], 1.234),
        ("1 234,5", [], 1234.5),
        ("1'234", [], 1234),
        ("1.5E-3", [], 0.0015),
        (",5", [], 0.5),
        ("0.123", [], 0.123),
        ("−10", [], -10),
    ],
)
def test_numbers_are_read_by_the_marks_of_the_file(
    text: str, others: list[str], meant: float
) -> None:
    assert read(text, others) == meant


@pytest.mark.parametrize("others", [[], ["0,5", "0.5"]])
def test_what_may_mean_two_things_is_refused(others: list[str]) -> None:
    with pytest.raises(InputError, match=r"may be 1\.234 or 1234.*write 1234, or 1\.2340"):
        read("1.234", others)


def test_where_commas_divide_cells_dots_are_no_thousands() -> None:
    style = notation(["11,2", "9.123"], dot=True)
    assert read_number("11,2", style)[0] == 11.2
    with pytest.raises(InputError, match=r"may be 9\.123 or 9123, and the file has both marks"):
        read_number("9.123", style)


@pytest.mark.parametrize("text", ["2 mA/cm²", "2 mA cm⁻²", "25 ℃", "２ Ω·cm²", "12 µm"])
def test_powers_of_units_are_no_footnotes(text: str) -> None:
    assert split_number(text).number in ("2", "25", "12")


@pytest.mark.parametrize("cell", [True, False])
def test_truth_is_no_number(cell: bool) -> None:
    values, reasons = read_numbers([cell, 3], Notation())
    assert np.isnan(values[0]) and values[1] == 3
    assert "is true or false" in reasons[0]


@pytest.mark.parametrize(
    "text",
    ["", "twelve", "12-15", "12 ± 2", "10 bis 12", "650²", "10³", "=1+1", "1,2,3", "1.2.3", "<40",
     "1.234.56", "nan", "inf", "+", "12,"],
)  # fmt: skip
def test_what_is_no_single_number_is_refused_or_has_a_strange_unit(text: str) -> None:
    try:
        found = split_number(text)
        read_number(found.number, Notation(comma=1))
    except InputError:
        return
    assert unit_key(found.unit) not in LENGTH
    assert found.unit


@pytest.mark.parametrize(
    "text", ["> 650", ">650", "≥650", ">= 650", "650+", "650 +", "mehr als 650", "at least 650",
             "650 (still running)", "650 läuft noch", "＞650"],
)  # fmt: skip
def test_lower_bounds(text: str) -> None:
    found = split_number(text)
    assert (found.number, found.at_least, found.unit) == ("650", True, "")


@pytest.mark.parametrize(
    ("text", "key"),
    [("12 µm", "μm"), ("12μm", "μm"), ("12 microns", "micron"), ("12 nm", "nm"), ("3 Å", "å")],
)
def test_units_of_length(text: str, key: str) -> None:
    assert unit_key(split_number(text).unit) == key
    assert key in LENGTH


@pytest.mark.parametrize("text", ["Ω cm²", "Ω·cm²", "Ohm cm2", "ohm*cm^2", "ohms cm²", "(Ω cm2)"])
def test_units_of_impedance(text: str) -> None:
    assert unit_key(text) in IMPEDANCE


def shown(number: float, mark: str, thousands: str, decimals: int) -> str:
    swap = {",": thousands, ".": mark}
    return "".join(swap.get(c, c) for c in f"{number:,.{decimals}f}")


LOCALES = [(".", ","), (",", "."), (",", " "), (".", "'"), (".", ""), (",", "")]
NUMBERS = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 4)), min_size=1, max_size=8).map(
    lambda pairs: [(n / 10**d, d) for n, d in pairs]
)


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(LOCALES))
def test_a_file_of_one_locale_is_never_read_wrongly(
    numbers: list[tuple[float, int]], locale: tuple[str, str]
) -> None:
    texts = [shown(number, *locale, decimals) for number, decimals in numbers]
    style = notation(texts)
    for (number, _), text in zip(numbers, texts, strict=True):
        try:
            found = read_number(split_number(text).number, style)[0]
        except InputError as refused:
            assert "may be" in str(refused)
            assert not style.decimal
        else:
            assert found == pytest.approx(number, rel=1e-12)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_number(split_number(text).number, Notation(point=1))
    except InputError as error:
        assert "\n" not in str(error)


def test_long_texts_take_no_longer_than_their_length() -> None:
    """A time that grew with the square of the length would be more than an hour here."""
    code = """
from maiscreen.candidates.reading.numbers import notation
for piece in ("1.", "1", "1,1 ", "1 111", " ", ">", "1e1", ".,", "+1", "a1"):
    notation([piece * 1_000_000])
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


@pytest.mark.parametrize(
    "text", ["650*", "650 **", "650 (*)", "650†", "650 cycles*", "12 µm*", "650* (cell 3)", "650 #"]
)
def test_marks_of_footnotes_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="has the mark"):
        split_number(text)


def test_a_mark_that_is_explained_beside_it_is_read() -> None:
    assert split_number("650* (still running)").at_least
    assert split_number("650 mA*cm-2").unit == "mA*cm-2"
