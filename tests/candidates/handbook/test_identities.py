"""CAS numbers, formulas and names."""

import pytest

from maiscreen.candidates.handbook.identities import halide_by_name, identities, read_formula

LOST_BEFORE = {
    "7783-72-4": "VF5",
    "13465-77-5": "Si2Cl6",
    "13693-05-5": "PtF6",
    "30937-52-1": "ReF5",
    "14355-29-4": "B2Br4",
    "53214-07-6": "Te2F10",
    "14521-15-4": "Si4F10",
    "54804-32-9": "Si3Br8",
    "13510-43-5": "Si2I6",
    "31052-14-9": "TcF5",
    "54120-05-7": "OsF4",
    "24415-00-7": "GeBr2",
    "10049-12-4": "VF3",
    "13842-80-3": "VF2",
    "15192-42-4": "ReF4",
    "23370-59-4": "IrF3",
    "13842-75-6": "NbBr4",
    "33689-81-5": "AcBr3",
}


@pytest.mark.parametrize(("cas", "formula"), LOST_BEFORE.items())
def test_formulas_that_registries_write_with_a_charge_or_not_at_all(cas: str, formula: str) -> None:
    assert identities()[cas].formula == formula


@pytest.mark.parametrize("cas", ["19964-11-5", "14911-67-2", "21559-03-5", "14024-34-1"])
def test_true_ions_are_no_halides(cas: str) -> None:
    # HgI3-, BCl4-, AlF2+, HgCl4 2-.
    assert cas not in identities()


def test_names() -> None:
    assert halide_by_name("Platinum(VI) fluoride") == "PtF6"
    assert halide_by_name("Octabromotrisilane") == "Si3Br8"
    assert halide_by_name("Mercury(I) bromide") == "Hg2Br2"
    for other in ("Lead(II) chloride fluoride", "Vanadyl trichloride", "Hexamethyldisilane", ""):
        assert halide_by_name(other) is None


def test_formulas() -> None:
    assert read_formula("F5V") == "VF5"
    assert read_formula("Cl6Si2") == "Si2Cl6"
    assert read_formula("C2H5Cl") is None
    assert read_formula("F5V-5") is None


def test_names_and_registries_agree() -> None:
    """Where CRC names a compound that a registry has too, both mean the same formula."""
    from maiscreen.candidates.handbook.identities import _crc_identities

    told = _crc_identities()
    assert len(told) > 300
    assert [cas for cas, (formula, _) in told.items() if identities()[cas].formula != formula] == []
