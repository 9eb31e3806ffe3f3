"""What forms with moisture, against balances of atoms."""

import re
from collections import Counter

import pytest

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.descriptors.hazards.moisture import ACIDS, acids_of, hydrolysis, moisture_reaction


def atoms(side: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for term in side.split(" + "):
        times, _, formula = term.rpartition(" ")
        for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
            found[symbol] += int(times or 1) * int(count or 1)
    return found


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("halogen", HALOGENS)
def test_every_hydrolysis_is_balanced(count: int, halogen: str) -> None:
    for metal in METALS:
        left, right = hydrolysis(metal, 1, halogen, count).split(" → ")
        assert atoms(left) == atoms(right)


def test_the_acid_is_that_of_the_halogen_and_said_to_be_derived() -> None:
    for halogen in HALOGENS:
        text = moisture_reaction(f"Ti{halogen}4", "Ti", 1, halogen, 4)
        assert text.startswith("derived: ")
        assert f"4 H{halogen} " in text
        assert ACIDS[halogen] in text
        assert "hydrogen and NaOH" in text


def test_bonds_between_metals_forbid_an_equation() -> None:
    text = moisture_reaction("Si2Cl6", "Si", 2, "Cl", 6)
    assert "→" not in text
    assert "6 HCl for each Si2Cl6" in text
    assert "sensitive to shock" in text


@pytest.mark.parametrize(
    ("text", "acids"),
    [("FeCl3", "HCl"), ("0.5 SnBr4 + 0.5 TiI4", "HBr, HI"), ("InI3", "HI"), ("IF5", "HF, HI")],
)
def test_acids_of_any_formula(text: str, acids: str) -> None:
    assert acids_of(text) == f"derived: {acids}"


def test_no_halogen_no_acid() -> None:
    assert acids_of("Fe In Br2".replace("Br2", "")) == ""
