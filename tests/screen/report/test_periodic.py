from typing import Any

import pyarrow as pa
import pytest

from maiscreen.candidates.chemistry.elements import METALS, SYMBOLS
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.report.others import MOST, nearness, read_all, search_data
from maiscreen.screen.report.periodic import Element, elements, place_of

# Rows of the periodic table as IUPAC prints it, f elements apart.
PRINTED = """
H . . . . . . . . . . . . . . . . He
Li Be . . . . . . . . . . B C N O F Ne
Na Mg . . . . . . . . . . Al Si P S Cl Ar
K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe
Cs Ba . Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn
Fr Ra . . . . . . . . . . . . . . . .
. . . . . . . . . . . . . . . . . .
. . La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu .
. . Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr .
"""


def test_every_element_is_at_its_place() -> None:
    printed = {
        symbol: (row, column)
        for row, line in enumerate(PRINTED.strip().splitlines(), 1)
        for column, symbol in enumerate(line.split(), 1)
        if symbol != "."
    }
    assert {symbol: place_of(number) for number, symbol in enumerate(SYMBOLS, 1)} == printed


@pytest.fixture(scope="module")
def rows(finished: pa.Table) -> list[Any]:
    return read_all(finished)


@pytest.fixture(scope="module")
def table(rows: list[Any]) -> dict[str, Element]:
    return {one.symbol: one for one in elements(rows)}


def test_squares_tell_the_best_or_the_nearest(table: dict[str, Element]) -> None:
    fluoride, chloride, bromide, _ = table["Sn"].squares
    assert (chloride.tier, chloride.gate, chloride.mark) == (1, "", "Cl I")
    assert chloride.told.startswith("SnCl4: passed, tier I, rank 1; ")
    assert (bromide.tier, bromide.gate, bromide.mark) == (0, "volatility", "Br")
    assert bromide.told.startswith("SnBr4: volatility: 87.3 Pa at 25 °C, 100 Pa asked for")
    assert fluoride.gate == "volatility"
    assert {symbol for symbol, one in table.items() if one.squares} == {*METALS}


def test_every_tier_and_no_other_is_in_the_table(
    table: dict[str, Element], finished: pa.Table
) -> None:
    passed = {
        (row["metal"], row["halogen"], row["tier"]) for row in finished.to_pylist() if row["rank"]
    }
    best = {(m, x): min(t for a, b, t in passed if (a, b) == (m, x)) for m, x, _ in passed}
    shown = {
        (one.symbol, square.halogen): square.tier
        for one in table.values()
        for square in one.squares
        if square.tier
    }
    assert shown == best


def test_every_candidate_is_in_the_table_or_can_be_searched(
    rows: list[Any], finished: pa.Table
) -> None:
    shown = {row["key"] for row in rows if row["rank"]}
    data = search_data(rows, shown)
    assert data["total"] == len(data["rows"]) == candidates_of(finished).num_rows - len(shown)
    by_formula: dict[str, list[str]] = {}
    for formula, *_, reason in data["rows"]:
        by_formula.setdefault(formula, []).append(data["reasons"][reason])
    for row in rows:
        if row["key"] not in shown:
            assert row["rejected_reason"] in by_formula[row["formula"]]


def test_of_many_those_that_came_nearest_are_kept(rows: list[Any]) -> None:
    many = [{**row, "key": f"{row['key']}-{copy}"} for copy in range(3) for row in rows]
    data = search_data(many, set())
    assert data["total"] == 3 * len(rows) > len(data["rows"]) == MOST
    nearest = sorted(many, key=nearness)[:MOST]
    assert [row[0] for row in data["rows"]] == [row["formula"] for row in nearest]
    assert data["reasons"][data["rows"][0][5]] == "passed: rank 1, beyond the table"
