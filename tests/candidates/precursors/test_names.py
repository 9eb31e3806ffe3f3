import pytest

from maiscreen.candidates.precursors.precursor import Precursor, is_readable, systematic_name


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("SnCl4", "tin tetrachloride"),
        ("SbF5", "antimony pentafluoride"),
        ("Si2Cl6", "disilicon hexachloride"),
        ("ICl", "iodine monochloride"),
        ("WF6", "tungsten hexafluoride"),
    ],
)
def test_compositional_names(formula: str, name: str) -> None:
    assert systematic_name(Precursor.parse(formula)) == name


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
