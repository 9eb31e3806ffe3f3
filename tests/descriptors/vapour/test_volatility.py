"""Vapour pressures against reference values, physics and each other."""

import csv
from math import isnan, log, log10
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import R

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, points
from maiscreen.descriptors.vapour.equations import measured_pressure
from maiscreen.descriptors.vapour.evaporation import (
    BOILING_RULE_STD_DEX,
    from_boiling_point,
    from_tables,
    fusion_from_k,
    ln_pressure_atm_boiling_rule,
)
from maiscreen.descriptors.vapour.volatility import (
    estimates,
    temperature_for_pressure_k,
    vapour_pressure,
)

ROOM_K = 298.15
TORR_PA = ATMOSPHERE_PA / 760
LINES = (Path(__file__).parents[2] / "data" / "vapour_pressure.csv").read_text().splitlines()
REFERENCE = list(csv.DictReader(line for line in LINES if not line.startswith("#")))
CERTAIN = [row for row in REFERENCE if row["certainty"] in ("A", "B")]


def torr(formula: str, temperature_k: float = ROOM_K) -> float:
    return float(10 ** vapour_pressure([formula], temperature_k).log10_pa[0] / TORR_PA)


@pytest.mark.parametrize("row", CERTAIN, ids=lambda row: row["formula"])
def test_certain_values_within_a_factor_of_two(row: dict[str, str]) -> None:
    assert 0.5 < torr(row["formula"]) / float(row["p25_torr"]) < 2


def test_all_certain_rows_are_there() -> None:
    assert len(CERTAIN) == 17


def test_uranium_hexafluoride_sublimes() -> None:
    # T11: the liquid's equation ends at the triple point; 110 Torr at 25 °C, not 272.
    assert torr("UF6") == pytest.approx(110, rel=0.15)
    assert measured_pressure("UF6", ROOM_K) is None


def test_dimers() -> None:
    # T10: AlCl3 and its like evaporate as M2X6; 1 Torr at 100 °C for AlCl3 (Stull 1947).
    for formula in ("AlCl3", "FeCl3", "GaCl3", "InCl3"):
        found = estimates(formula, ROOM_K)
        assert "dimer" in found[0].source or formula == "InCl3", formula
    assert torr("AlCl3", 373.15) == pytest.approx(1.0, rel=0.6)


def test_ticl4_has_12_torr_not_433() -> None:
    # T8, by tables alone.
    tables = from_tables("TiCl4", ROOM_K)
    assert tables is not None
    assert 6 < 10**tables.log10_pa / TORR_PA < 18


def test_outlier_is_refused_when_two_agree() -> None:
    found = vapour_pressure(["CBr4"], ROOM_K)
    assert "refused" in found.reason[0]
    assert 10 ** found.log10_pa[0] / TORR_PA == pytest.approx(0.72, rel=0.1)


def test_missing_is_nan_with_a_reason() -> None:
    found = vapour_pressure(["NpCl4", "SnCl4"], ROOM_K)
    assert isnan(found.log10_pa[0])
    assert isnan(found.std_log10[0])
    assert found.reason[0]
    assert found.source[0] == ""
    assert isnan(temperature_for_pressure_k(["NpCl4"], 1000)[0])


def test_every_pressure_has_std_and_source() -> None:
    found = vapour_pressure(sorted(points()), ROOM_K)
    known = ~np.isnan(found.log10_pa)
    assert known.sum() > 250
    assert (found.std_log10[known] >= 0.1).all()
    assert (found.source[known] != "").all()
    assert (found.reason[~known] != "").all()


def test_temperature_for_pressure_turns_the_pressure_round() -> None:
    formulas = ["SnCl4", "TiCl4", "GeBr4", "AlCl3"]
    for t in temperature_for_pressure_k(formulas, 1000.0):
        assert 200 < t < 500
    for formula, t in zip(formulas, temperature_for_pressure_k(formulas, 1000.0), strict=True):
        assert log10(torr(formula, t) * TORR_PA) == pytest.approx(3, abs=0.2)


@given(
    st.sampled_from(["SnCl4", "TiCl4", "UF6", "AlCl3", "WCl6", "SiCl4", "GeBr4", "SbCl5", "BCl3"]),
    st.floats(280, 360),
    st.floats(0.5, 10),
)
def test_pressure_rises_with_temperature(formula: str, t: float, step: float) -> None:
    cold, warm = estimates(formula, t), estimates(formula, t + step)
    for one in cold:
        same = [other for other in warm if other.source == one.source]
        assert all(other.log10_pa > one.log10_pa for other in same)


@given(st.floats(250, 700), st.floats(150, 700))
def test_boiling_rule_has_one_atmosphere_where_it_boils(boiling: float, melting: float) -> None:
    assert ln_pressure_atm_boiling_rule(boiling, boiling, melting) == pytest.approx(0, abs=1e-9)


def test_boiling_rule_owns_up_where_it_fails() -> None:
    wrong = []
    for formula, point in points().items():
        known, rule = from_tables(formula, ROOM_K), from_boiling_point(formula, ROOM_K)
        if len(parse_formula(formula)) == 2 and known and rule and point.boiling_k > 700:
            wrong.append((known.log10_pa - rule.log10_pa) / rule.std)
    assert len(wrong) > 40
    assert 0.6 < np.sqrt(np.mean(np.square(wrong))) < 1.8


def test_error_of_the_boiling_rule() -> None:
    """Repeat the measurement that the constant's docstring tells."""
    rows = []
    for formula, point in points().items():
        if len(parse_formula(formula)) < 2 or not point.boiling_k <= 700:
            continue
        known = measured_pressure(formula, ROOM_K) or from_tables(formula, ROOM_K)
        rule = from_boiling_point(formula, ROOM_K)
        if known is None or rule is None or "dimer" in known.source:
            continue
        melting = fusion_from_k(point.boiling_k, point.melting_k)
        y = known.log10_pa * log(10) - log(ATMOSPHERE_PA)
        x = [-(point.boiling_k / ROOM_K - 1) / R, -max(0.0, melting / ROOM_K - 1) / R]
        rows.append((known.log10_pa - rule.log10_pa, y, *x))
    table = np.array(rows)
    near = table[np.abs(table[:, 0]) < 1.2]
    assert (len(near), len(table)) == pytest.approx((52, 59), abs=3)
    assert np.sqrt(np.mean(near[:, 0] ** 2)) == pytest.approx(0.33, abs=0.03)
    left_out = []
    for i in range(len(near)):
        rest = np.delete(near, i, axis=0)
        fit = np.linalg.lstsq(rest[:, 2:], rest[:, 1], rcond=None)[0]
        left_out.append((near[i, 1] - near[i, 2:] @ fit) / log(10))
    # Left one out, a free fit does no better than the constants.
    assert np.sqrt(np.mean(np.square(left_out))) == pytest.approx(0.33, abs=0.03)
    assert BOILING_RULE_STD_DEX > 0.33


def test_tables_yield_to_a_boiling_point_that_forbids_so_much_vapour() -> None:
    pressure = vapour_pressure(["SbBr3"], 298.15)
    assert 10 ** pressure.log10_pa[0] < 12  # Trouton's bound for T_b = 561 K
    assert pressure.std_log10[0] > 1
    assert "refused" in pressure.reason[0]
