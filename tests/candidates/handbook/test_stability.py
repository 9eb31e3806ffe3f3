"""The table of what falls apart, typed in by hand."""

from math import isnan

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.stability import (
    DECOMPOSES,
    INERT,
    KINDS,
    SLOW,
    known_instabilities,
)


def test_rows_are_whole() -> None:
    table = known_instabilities()
    assert len(table) >= 15
    for formula, row in table.items():
        assert row.formula == formula and parse_formula(formula)
        assert row.kind in KINDS, formula
        assert row.what and row.source, formula
        assert isnan(row.temperature_c) or -273 < row.temperature_c < 1000, formula


def test_a_temperature_stands_where_the_kind_needs_one() -> None:
    for formula, row in known_instabilities().items():
        if row.kind == SLOW:
            assert not isnan(row.temperature_c), formula
        if row.kind not in (DECOMPOSES, SLOW, INERT):
            assert isnan(row.temperature_c), formula


def test_what_everybody_knows() -> None:
    table = known_instabilities()
    assert table["PbCl4"].temperature_c <= 25 and table["B2Cl4"].temperature_c <= 25
    assert table["SbCl5"].temperature_c > 97.7  # sodium melts before
    assert {"SnCl4", "SiCl4", "TiCl4", "GeCl4", "BBr3"}.isdisjoint(table)
