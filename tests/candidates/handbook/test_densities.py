"""Densities of liquid halides against values typed in from elsewhere, and their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.handbook.densities import liquid_density

# g/cm³ near 20 °C, quoted from memory of suppliers' data sheets.
ELSEWHERE = {
    "SnCl4": 2.226,
    "TiCl4": 1.726,
    "SiCl4": 1.483,
    "GeCl4": 1.879,
    "BBr3": 2.643,
    "SbCl5": 2.336,
    "SiBr4": 2.772,
    "VCl4": 1.816,
    "PCl3": 1.574,
}


@pytest.mark.parametrize(("formula", "g_cm3"), ELSEWHERE.items())
def test_the_tables_agree_with_data_sheets(formula: str, g_cm3: float) -> None:
    found = liquid_density(formula, 293.15)
    assert found is not None
    assert abs(found.g_cm3 - g_cm3) < 2 * found.std_g_cm3, (found, g_cm3)
    assert found.source


@given(st.sampled_from(["SnCl4", "TiCl4", "SbCl5", "SiCl4"]), st.floats(280, 345), st.floats(1, 5))
def test_liquids_expand(formula: str, kelvin: float, step: float) -> None:
    cold, warm = (liquid_density(formula, t) for t in (kelvin, kelvin + step))
    assert cold is not None and warm is not None
    assert 0 < (cold.g_cm3 - warm.g_cm3) / cold.g_cm3 / step < 2e-3


def test_a_density_without_a_temperature_is_less_certain_away_from_it() -> None:
    room, warm = (liquid_density("GeCl4", t) for t in (298.15, 333.15))
    assert room is not None and warm is not None
    assert warm.g_cm3 == room.g_cm3
    assert warm.std_g_cm3 > 1.5 * room.std_g_cm3


def test_what_no_table_has_stays_missing() -> None:
    assert [liquid_density(f, 298.15) for f in ("Si2Cl6", "GeF4", "XeF9", "")] == [None] * 4


def test_beyond_a_line_the_next_table_is_taken() -> None:
    beyond = liquid_density("SbCl5", 360.0)  # CRC's line ends at 350 K
    assert beyond is not None
    assert beyond.source == "CRC, at room temperature"
