"""Mixed halides, oxyhalides, organo- and hydrohalides: what they are and what is known of them."""

from collections import Counter
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.molecules.data import atoms, molecule_points, molecule_thermochemistry
from maiscreen.candidates.molecules.molecule import Molecule, Molecules, write_formula
from maiscreen.candidates.molecules.registry import (
    LOST_HYDROGEN,
    NAMED_GROUPS,
    registry_molecules,
    supplement_rows,
)
from maiscreen.candidates.molecules.smiles import groups_on, read_smiles
from maiscreen.candidates.molecules.space import (
    hydrohalides,
    mixed_halides,
    molecules,
    organohalides,
    oxyhalides,
)
from maiscreen.candidates.precursors.space import halogen_counts
from maiscreen.candidates.snapshot.snapshot import load_snapshot

NAMED = {m.formula: m for m in (*oxyhalides(), *organohalides(), *hydrohalides())}


def count_by_pymatgen(formula: str) -> dict[str, int]:
    from pymatgen.core import Composition

    plain = formula
    for prefix in ("i-", "s-", "t-", "c-", "x-"):
        plain = plain.replace(prefix, "")
    return {str(e): round(n) for e, n in Composition(plain).items()}


@pytest.mark.parametrize(
    ("formula", "celsius"),
    [
        ("VOCl3", 127), ("POCl3", 105.5), ("CrO2Cl2", 117), ("SOCl2", 75.6), ("SeOCl2", 177),
        ("WOCl4", 230), ("MoOF4", 186), ("ReO3Cl", 128), ("(CH3)3SiCl", 57.6),
        ("(CH3)2SiCl2", 70.2), ("CH3SiCl3", 66), ("SiHCl3", 32.5), ("SiH2Cl2", 8.3),
        ("C2H5SiCl3", 99), ("C6H5SiCl3", 201), ("(CH3)2SnCl2", 188), ("SiHBr3", 109),
    ],
)  # fmt: skip
def test_boiling_points_are_those_of_experiment(formula: str, celsius: float) -> None:
    point = molecule_points()[NAMED[formula].cas]
    assert point.boiling_k - 273.15 == pytest.approx(celsius, abs=1.5)


def test_trimethyltin_chloride_boils_within_the_spread_of_handbooks() -> None:
    """CRC has 148 °C, most textbooks 154 °C."""
    assert 420 < molecule_points()[NAMED["(CH3)3SnCl"].cas].boiling_k < 428


@pytest.mark.parametrize(
    ("formula", "enthalpy", "entropy"),
    [("VOCl3", -695.6, 344.3), ("POCl3", -558.5, 325.5), ("SiHCl3", -513.0, 313.9)],
)
def test_gas_enthalpies_are_those_of_handbooks(
    formula: str, enthalpy: float, entropy: float
) -> None:
    best = molecule_thermochemistry()[NAMED[formula].cas, "g"]
    assert abs(best.enthalpy_kj_mol - enthalpy) < max(2 * best.enthalpy_std_kj_mol, 2.0)
    assert best.entropy_j_mol_k == pytest.approx(entropy, abs=1)


def test_vacuum_boiling_points_are_refused() -> None:
    for formula in ("(C4H9)2SnBr2", "(C4H9)3SnCl", "C6H5SnCl3", "CH3BBr2", "(C2H5)2SnCl2"):
        point = molecule_points()[NAMED[formula].cas]
        assert np.isnan(point.boiling_k), formula


def test_formulas_hold_the_atoms_that_are_counted() -> None:
    for molecule in registry_molecules():
        assert count_by_pymatgen(molecule.formula) == atoms(molecule), molecule


@pytest.mark.slow
def test_atoms_are_those_of_the_registry() -> None:
    """The registry's own Hill formula, but for the H of oxyhalides that it writes as HX adducts."""
    from chemicals.identifiers import search_chemical

    own = {row["cas"] for row in supplement_rows()} | LOST_HYDROGEN.keys()
    checked = 0
    for molecule in registry_molecules():
        if molecule.kind == "organohalide" and molecule.cas not in own:
            text = search_chemical(molecule.cas).formula
            assert count_by_pymatgen(text.split("-")[0].split("+")[0]) == atoms(molecule), molecule
            checked += 1
    assert checked > 300


def test_every_cas_number_has_a_right_check_digit() -> None:
    for molecule in registry_molecules():
        digits = molecule.cas.replace("-", "")
        total = sum(i * int(d) for i, d in enumerate(reversed(digits[:-1]), start=1))
        assert total % 10 == int(digits[-1]), molecule


VALENCES = {"Si": {4}, "Ge": {4}, "Sn": {4}, "B": {3}, "Al": {3}, "P": {3, 5}, "As": {3, 5},
            "Sb": {3, 5}, "Hg": {2}, "Pb": {4}}  # fmt: skip


def test_every_bond_of_an_atom_is_there() -> None:
    for m in NAMED.values():
        if m.metal_count == 1 and not m.oxygen and m.metal in VALENCES:
            assert sum(m.halogens) + sum(n for _, n in m.ligands) in VALENCES[m.metal], m


def test_no_two_molecules_share_formula_and_name() -> None:
    keys = Counter((m.formula, m.cas) for m in NAMED.values())
    assert max(keys.values()) == 1
    every = [m.formula for m in organohalides() if "x-" not in m.formula]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("total", [2, 3, 4, 5, 6])
def test_mixed_halides_are_all_ways_to_share_the_halogens(total: int) -> None:
    mixed = mixed_halides()
    of_total = mixed.take(mixed.halogens.sum(axis=1) == total)
    per_pair = comb(total + 3, 3) - 4
    pairs = sum(total in halogen_counts(load_snapshot(), m) for m in METALS if m not in ("C", "N"))
    assert len(of_total) == per_pair * pairs
    assert ((mixed.halogens > 0).sum(axis=1) >= 2).all()
    assert len(set(mixed.formula.tolist())) == len(mixed)


def test_registered_mixed_halides_are_found() -> None:
    mixed = mixed_halides(metals=["Si"])
    known = dict(zip(mixed.formula.tolist(), mixed.cas.tolist(), strict=True))
    assert known["SiCl3Br"] == "13465-74-2"
    assert known["SiCl2Br2"] == "13465-75-3"
    assert known["SiF2ClBr"] == ""


def test_only_the_halogens_asked_for() -> None:
    for found in (
        mixed_halides(metals=["Sn", "Ti"], halogens=["Cl", "Br"]),
        Molecules.of(organohalides(halogens=["Cl", "Br"])),
    ):
        assert len(found)
        assert not found.halogens[:, [0, 3]].any()


def test_kinds_hold_what_they_say() -> None:
    for m in oxyhalides():
        assert m.oxygen
        assert not m.ligands
    for m in organohalides():
        assert not m.oxygen
        assert any("C" in group for group, _ in m.ligands)
    for m in hydrohalides():
        assert [group for group, _ in m.ligands] == ["H"]
    for m in NAMED.values():
        assert sum(m.halogens)
        assert m.metal not in ("C", "N", "Na")


def test_perchlorates_and_acids_are_no_oxyhalides() -> None:
    assert not {m.cas for m in registry_molecules()} & {
        "7616-83-3",
        "7790-69-4",
        "16872-11-0",
        "7778-54-3",
    }


def test_records_and_arrays_hold_the_same() -> None:
    found = Molecules.of(NAMED.values())
    assert list(found) == list(NAMED.values())
    assert list(molecules(metals=["V"]).take(slice(0, 0))) == []


@given(
    st.sampled_from(["Sn", "Si", "V", "P"]),
    st.integers(1, 3),
    st.tuples(*[st.integers(0, 6)] * 4),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(["CH3", "C2H5", "C6H5", "i-C4H9", "H"]), st.integers(1, 3)),
)
def test_a_formula_holds_its_counts(
    metal: str,
    metal_count: int,
    halogens: tuple[int, int, int, int],
    oxygen: int,
    groups: dict[str, int],
) -> None:
    ligands = tuple(sorted(groups.items()))
    formula = write_formula(metal, metal_count, halogens, oxygen, ligands)
    kind = "organohalide"
    molecule = Molecule(formula, kind, metal, metal_count, halogens, oxygen, ligands)
    assert count_by_pymatgen(formula) == atoms(molecule)
    assert list(Molecules.of([molecule])) == [molecule]


def test_named_groups_are_told_apart() -> None:
    found = []
    for smiles in NAMED_GROUPS.values():
        structure = read_smiles(smiles.replace("*", "[Ge]"))
        assert structure is not None
        found += groups_on(structure, "Ge") or []
    assert len(set(found)) == len(NAMED_GROUPS)


def test_one_group_is_read_from_several_smiles() -> None:
    for left, right in (
        ("C1=CC=C(C=C1)[Si](Cl)(Cl)Cl", "[Si](Cl)(Cl)(Cl)C1=CC=CC=C1"),
        ("CC(C)C[Si](Cl)(Cl)Cl", "[Si](Cl)(Cl)(CC(C)C)Cl"),
    ):
        a, b = (groups_on(read_smiles(text) or pytest.fail(text), "Si") for text in (left, right))
        assert a == b


def test_halogens_on_carbon_are_not_read() -> None:
    structure = read_smiles("C(Cl)[Si](C)(C)C")
    assert structure is not None
    assert groups_on(structure, "Si") is None


def test_halogens_come_in_the_order_of_the_periodic_table() -> None:
    assert HALOGENS == ("F", "Cl", "Br", "I")
    assert write_formula("Si", 1, (1, 1, 2, 0), 0) == "SiFClBr2"
