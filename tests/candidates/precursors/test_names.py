import pytest

from maiscreen.candidates.precursors.precursor import (
    MAX_HALOGENS,
    MULTIPLIERS,
    Precursor,
    is_readable,
    systematic_name,
)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("SnCl4", "tin tetrachloride"),
        ("SbF5", "antimony pentafluoride"),
        ("Si2Cl6", "disilicon hexachloride"),
        ("ICl", "iodine monochloride"),
        ("WF6", "tungsten hexafluoride"),
        ("Si5Cl12", "pentasilicon dodecachloride"),
        ("Si10Cl22", "decasilicon docosachloride"),
        ("Mo6Cl12", "hexamolybdenum dodecachloride"),
    ],
)
def test_compositional_names(formula: str, name: str) -> None:
    assert systematic_name(Precursor.parse(formula)) == name


def test_every_count_that_is_read_has_a_prefix() -> None:
    assert len(MULTIPLIERS) == MAX_HALOGENS + 1 == len(set(MULTIPLIERS))
    for count in range(1, MAX_HALOGENS + 1):
        name = systematic_name(Precursor("Si", "Cl", count, count))
        assert name.replace(" ", "").isalpha(), name


@pytest.mark.parametrize(
    "name",
    [
        "pentakis(fluoranyl)-$l^{5}-stibane",
        "bis(chloranyl)nickel",
        "13768-60-0",
        "iron(2+);difluoride",
        "silane, tetrafluoro-",
        "mof5",
        "",
    ],
)
def test_registry_names_are_not_for_reading(name: str) -> None:
    assert not is_readable(name)


def test_every_candidate_has_a_name(default_rows: dict) -> None:
    assert all(row["name"] for row in default_rows.values())
    assert default_rows["SiF4"]["name"] == "silicon tetrafluoride"
