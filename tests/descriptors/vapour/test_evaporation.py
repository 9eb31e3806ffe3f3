"""The pieces of the vapour pressure: they rise, they meet, and they own up."""

from dataclasses import replace
from math import isnan, log10

import numpy as np
import pytest

from maiscreen.candidates.handbook.points import critical, points
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.descriptors.vapour import volatility
from maiscreen.descriptors.vapour.evaporation import (
    BOILING_RULE_STD_DEX,
    from_boiling_point,
    from_tables,
    fusion_from_k,
    stable_phase,
    vapour_tables,
)
from maiscreen.descriptors.vapour.volatility import (
    best_estimate,
    estimates,
    temperature_for_pressure_k,
    vapour_curve,
    vapour_pressure,
)

ROOM_K = 298.15
SPACE = halide_space()
FORMULAS = sorted(set(SPACE.slice(0, SPACE.size).formula.tolist()))


def test_no_pressure_falls_with_temperature() -> None:
    celsius = np.append(np.arange(0, 97, 5), 97)
    log10_pa = np.array([vapour_pressure(FORMULAS, 273.15 + t).log10_pa for t in celsius])
    step = np.diff(log10_pa, axis=0)
    falls = (step < -0.02).any(axis=0)
    assert [f for f, fall in zip(FORMULAS, falls, strict=True) if fall] == []
    assert (~np.isnan(log10_pa)).any(axis=0).sum() > 270


@pytest.mark.parametrize("formula", "Si2F6 C2Cl6 S2F10 S2Br2 SbCl5 CBr4 SF6 UF6 TiBr4".split())
def test_pressure_never_falls_from_cold_to_hot(formula: str) -> None:
    log10_pa = np.array([best_estimate(formula, t)[0].log10_pa for t in np.arange(180, 700, 1.0)])
    assert np.isfinite(log10_pa).all()
    assert np.diff(log10_pa).min() > -1e-9


def test_phases_meet_at_the_melting_point() -> None:
    met = 0
    for formula in FORMULAS:
        t = vapour_tables(formula)
        if t and 250 < t.melting_k < 900:
            below, above = (from_tables(formula, t.melting_k + d) for d in (-0.001, 0.001))
            assert below and above
            assert below.log10_pa == pytest.approx(above.log10_pa, abs=1e-3)
            met += 1
    assert met > 50


def test_nothing_is_solid_above_its_boiling_point_unless_it_melts_higher() -> None:
    for formula, point in points().items():
        if isnan(point.melting_k) and not isnan(point.boiling_k):
            assert stable_phase(formula, point.boiling_k + 1) == "l"
    assert stable_phase("Si2F6", ROOM_K) == "l"


def test_no_vapour_pressure_above_the_critical_temperature() -> None:
    # CRC Handbook, "Critical Constants of Inorganic Compounds": 259.0 K and 3.72 MPa.
    found = vapour_pressure(["SiF4", "BF3", "PF3", "NF3", "CF4"], ROOM_K)
    assert found.log10_pa[0] == pytest.approx(log10(3.72e6), abs=0.01)
    assert found.source[0].startswith("gas: above its critical temperature 259 K")
    assert all(s.startswith("gas: above its critical temperature") for s in found.source)
    assert (found.log10_pa < 7).all()


def test_a_gas_above_its_critical_temperature_has_the_error_of_its_curve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = vapour_curve("SiF4")
    assert known is not None
    wide = replace(known, std=np.full(len(known.std), 0.3))
    monkeypatch.setattr(volatility, "vapour_curve", lambda formula: wide)
    # A temperature that nobody else asks for: answers are kept.
    assert best_estimate("SiF4", 300.123)[0].std == 0.3


def test_no_pressure_exceeds_the_critical_one() -> None:
    for t in (ROOM_K, 350.0):
        for formula, log10_pa in zip(FORMULAS, vapour_pressure(FORMULAS, t).log10_pa, strict=True):
            if not isnan(critical(formula).pressure_pa) and not isnan(log10_pa):
                assert 10**log10_pa <= critical(formula).pressure_pa * (1 + 1e-9), formula
            assert not log10_pa > 7, formula


def test_temperature_for_pressure_without_a_hot_estimate() -> None:
    # These had none above their melting points, or at 1500 K.
    found = temperature_for_pressure_k(["TiF4", "UCl6", "WCl4", "WBr6"], 100.0)
    assert ((found > 350) & (found < 500)).all()
    for formula, t in zip(["TiF4", "UCl6"], found[:2], strict=True):
        assert best_estimate(formula, t)[0].log10_pa == pytest.approx(2, abs=0.01)


def test_temperature_for_pressure_reaches_it() -> None:
    for pressure in (1.0, 100.0):
        needed = temperature_for_pressure_k(FORMULAS, pressure)
        for formula, t in zip(FORMULAS, needed, strict=True):
            if not isnan(t):
                assert best_estimate(formula, t + 0.1)[0].log10_pa >= log10(pressure), formula


def test_unknown_melting_point_means_solid_where_the_boiling_point_is_high() -> None:
    assert fusion_from_k(596.0, np.nan) == 596.0
    assert fusion_from_k(254.0, np.nan) == 0.0
    # HfCl4 sublimes with 1 Torr at 463 K (Stull, Ind. Eng. Chem. 39, 540 (1947)); its heavier
    # sisters boil higher and cannot have more vapour at 25 °C.
    room = vapour_pressure(["HfCl4", "HfBr4", "HfI4"], ROOM_K)
    assert room.log10_pa[0] > room.log10_pa[1] > room.log10_pa[2]
    assert (room.std_log10[1:] > 1).all()


def test_gold_trichloride_is_not_volatile() -> None:
    found = vapour_pressure(["AuCl3"], 353.15)
    assert 10 ** found.log10_pa[0] < 10
    assert found.std_log10[0] > 1


def test_lone_points_widen() -> None:
    for formula in ("SeCl4", "PCl5", "S2Br2"):
        rule = from_boiling_point(formula, ROOM_K)
        assert rule is not None
        assert rule.std > 2 * BOILING_RULE_STD_DEX


def test_disulfur_dibromide_follows_its_measured_vapour() -> None:
    # CAS has 284 K for its boiling point; the equation from 365 K up has it boil near 500 K.
    rule, best = from_boiling_point("S2Br2", ROOM_K), best_estimate("S2Br2", ROOM_K)[0]
    assert rule is not None
    assert best.log10_pa < rule.log10_pa - 2
    assert best.std >= (rule.log10_pa - best.log10_pa) / 2
    assert best.source.endswith("extended from 365 K")


def test_vanadium_pentafluoride() -> None:
    found = vapour_pressure(["VF5"], ROOM_K)
    assert 2.5e4 < 10 ** found.log10_pa[0] < 4e4
    rule = next(one for one in estimates("VF5", ROOM_K) if "boiling" in one.source)
    assert found.log10_pa[0] == pytest.approx(rule.log10_pa, abs=0.3)
