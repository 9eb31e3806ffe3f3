"""Electrolytes are what is in them, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.screen.lab_sheet.conditions import conditions_of, nearest, unequal
from maiscreen.screen.lab_sheet.electrolytes import (
    SALTS,
    SOLVENTS,
    Electrolyte,
    differences,
    read_electrolyte,
)
from maiscreen.screen.lab_sheet.record import LabRecord

SPELLINGS = {
    "1 mol/L NaPF6 in diglyme": (
        "1 M NaPF6 in diglyme", "1M NaPF6 diglyme", "1 mol/L NaPF6 in G2", "1.0 M NaPF6/Diglyme",
        "1,0 mol/l NaPF6 in DEGDME", "NaPF₆ (1 mol l⁻¹) in Diglym", "1 mol·L−1 NaPF6 in diglyme",
        "1000 mM NaPF6, diglyme", "NaPF6 1M in bis(2-methoxyethyl) ether", " 1-M  NaPF6 in  G2 ",
        "1 mol dm-3 sodium hexafluorophosphate in diethylene glycol dimethyl ether",
    ),
    "1 mol/L NaOTf in diglyme": (
        "1 M NaCF3SO3 in diglyme", "1M NaSO3CF3 DEGDME", "1 M sodium triflate in G2",
    ),
    "1 mol/L NaClO4 in DEC:EC 50:50 by volume + 5 wt% FEC": (
        "1 M NaClO4 in EC:DEC (1:1 v/v) + 5 wt% FEC",
        "1M NaClO4 in DEC/EC 50/50 vol% with 5 wt.% FEC",
        "1 mol/L NaClO4 in EC-DEC 1:1, 5 wt% fluoroethylene carbonate",
        "1 M NaClO4 EC DEC 1:1 by volume plus FEC (5 wt%)",
    ),
    "0.5 mol/L NaFSI + 0.5 mol/L NaPF6 in DME": (
        "0.5 M NaPF6 + 0.5 M NaFSI in DME", "500 mM NaN(SO2F)2 and 0,5 M NaPF6 in monoglyme",
    ),
    "1 mol/L NaPF6 in diglyme + 0.05 mol/L SnCl2": ("1 M NaPF6 in diglyme + 50 mM SnCl2",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "text"), [(kept, text) for kept, texts in SPELLINGS.items() for text in texts]
)
def test_spellings_are_one_electrolyte(kept: str, text: str) -> None:
    assert str(read_electrolyte(text)) == kept
    assert read_electrolyte(text) == read_electrolyte(kept)


@pytest.mark.parametrize(
    "text",
    ["the usual one", "1 M NaPF6 in diglyme and something", "80 µL 1 M NaPF6 in diglyme",
     "1 M NaPF6 in EC:DEC:FEC 1:1", "1 M NaPF6 1 M in diglyme", "1 M NaPF6 in EC:EC 1:1",
     "1 M NaPF6 in EC:DEC 0:0", "1 M in diglyme + 2", "x" * 400, "1 M LiPF6 in EC"],
)  # fmt: skip
def test_what_is_not_read_word_by_word_stays_text(text: str) -> None:
    electrolyte = read_electrolyte(text)
    assert electrolyte.text == " ".join(text.replace("µ", "μ").split())
    assert str(electrolyte) == electrolyte.text
    assert electrolyte != read_electrolyte("1 M NaPF6 in diglyme")


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("1 M NaPF6 in G2", "1M NaPF6 diglyme", []),
        ("1 M NaPF6 in G2", "1 m NaPF6 in G2", ["concentration of NaPF6: 1 mol/L, 1 mol/kg"]),
        ("1 M NaPF6 in G2", "NaPF6 in G2", ["concentration of NaPF6: 1 mol/L, not given"]),
        ("1 M NaPF6 in G2", "1 M NaOTf in DME", ["salt: NaPF6, NaOTf", "solvent: diglyme, DME"]),
        ("1 M NaPF6 in G2", "", ["electrolyte: 1 mol/L NaPF6 in diglyme, not given"]),
        ("1 M NaPF6 in G2", "odd", ["electrolyte: 1 mol/L NaPF6 in diglyme, odd"]),
        ("1 M NaPF6 in EC:DEC", "1 M NaPF6 in EC:DEC 1:1",
         ["solvent: DEC:EC, DEC:EC 50:50 by volume"]),
        ("1 M NaPF6 in EC:DEC 1:1 v/v", "1 M NaPF6 in EC:DEC 1:1 w/w",
         ["solvent: DEC:EC 50:50 by volume, DEC:EC 50:50 by weight"]),
        ("1 M NaPF6 in G2 + 2% FEC", "1 M NaPF6 in G2", ["additive: 2 % FEC, none"]),
    ],
)  # fmt: skip
def test_what_makes_two_unequal_is_said(one: str, other: str, said: list[str]) -> None:
    assert differences(read_electrolyte(one), read_electrolyte(other)) == said


AMOUNTS = st.integers(1, 4000).map(lambda n: n / 1000)


@given(
    st.dictionaries(st.sampled_from(sorted(SALTS)), AMOUNTS, min_size=1, max_size=2),
    st.lists(st.sampled_from(sorted(SOLVENTS)), min_size=1, max_size=3, unique=True),
    st.data(),
)
def test_what_is_written_is_read(
    salts: dict[str, float], solvents: list[str], data: st.DataObject
) -> None:
    shares = [data.draw(st.integers(1, 9)) for _ in solvents]
    mixture = ":".join(solvents) + f" {':'.join(map(str, shares))}" * (len(solvents) > 1)
    text = f"{' + '.join(f'{n:g} M {salt}' for salt, n in salts.items())} in {mixture}"
    electrolyte = read_electrolyte(text)
    assert electrolyte.text == ""
    assert {name: amount for name, amount, _ in electrolyte.salts} == salts
    total = sum(shares)
    expected = {
        n: pytest.approx(s / total, abs=6e-4) for n, s in zip(solvents, shares, strict=True)
    }
    assert dict(electrolyte.solvents) == expected
    assert read_electrolyte(str(electrolyte)) == electrolyte


@given(st.text(max_size=60))
def test_any_text_is_read_or_kept(text: str) -> None:
    electrolyte = read_electrolyte(text)
    assert (
        electrolyte.text
        or electrolyte.salts
        or electrolyte.solvents
        or electrolyte == (Electrolyte())
    )
    assert read_electrolyte(str(electrolyte)) == electrolyte


def record(**fields: object) -> LabRecord:
    told = {"current_density_ma_cm2": 2.0, "capacity_mah_cm2": 1.0, "cell": "symmetric"} | fields
    return LabRecord(row=2, precursor="SnCl4", cycles=650, replicate="1", **told)  # type: ignore[arg-type]


def test_cells_of_one_electrolyte_are_equal_and_the_same_measurement() -> None:
    first = record(electrolyte="1 M NaPF6 in diglyme")
    other = record(electrolyte="1M NaPF6 diglyme")
    assert conditions_of(first) == conditions_of(other)
    assert first.content == other.content
    assert first.same_cell == other.same_cell
    third = record(electrolyte="1 M NaPF6 in DME", current_density_ma_cm2=5.0)
    assert first.content != third.content
    said = unequal(conditions_of(first), conditions_of(third))
    assert said == ("current density: 2, 5 mA/cm²", "solvent: diglyme, DME")
    close = record(electrolyte="1 M NaPF6 in DME")
    assert nearest(conditions_of(first), [conditions_of(c) for c in (third, close)]) == (
        "solvent: diglyme, DME",
    )
    assert nearest(conditions_of(first), []) == ()
