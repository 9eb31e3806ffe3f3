"""One curve for each substance: no step, always rising, through the boiling point."""

from math import hypot, isnan, log, log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import R

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, critical, equations, points
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.descriptors.vapour.curve import (
    MEASURED_STD_DEX,
    Average,
    Curve,
    Known,
    Source,
    average,
    corrected,
    grid_k,
    rising,
)
from maiscreen.descriptors.vapour.equations import (
    EQUATION_STD_DEX,
    equation_source,
    equations_of,
)
from maiscreen.descriptors.vapour.evaporation import (
    BOILING_ENTROPY_J_MOL_K,
    MELTING_ENTROPY_J_MOL_K,
    known_at_boiling_point,
)
from maiscreen.descriptors.vapour.volatility import (
    best_estimate,
    temperature_for_pressure_k,
    vapour_curve,
)

SPACE = halide_space()
COMPOUNDS = {f for f in points() if len(parse_formula(f)) > 1}
HALIDES = set(SPACE.slice(0, SPACE.size).formula.tolist())
FORMULAS = sorted(COMPOUNDS | HALIDES)
CURVES = {f: curve for f in FORMULAS if (curve := vapour_curve(f)) is not None}
COLD_K = 223.15
GREATEST_HEAT = 3.0
"""Times the heat by Trouton's rule and the rule of fusion: a dimer takes two units along."""


def heat_kj_mol(curve: Curve) -> np.ndarray:
    """Heat of evaporation between the nodes, by Clausius and Clapeyron."""
    step = np.diff(curve.log10_pa) * log(10) / np.diff(-1 / curve.temperature_k)
    return np.asarray(R * step / 1000)


def most_heat_kj_mol(formula: str) -> float:
    point = points().get(formula)
    if point is None or isnan(point.boiling_k):
        return 700.0  # ScF3 and its like, from solids that melt above 1800 K
    melting = point.boiling_k if isnan(point.melting_k) else min(point.melting_k, point.boiling_k)
    heat = BOILING_ENTROPY_J_MOL_K * point.boiling_k + MELTING_ENTROPY_J_MOL_K * melting
    return GREATEST_HEAT * heat / 1000


def test_many_substances_have_a_curve() -> None:
    assert len(CURVES) > 300


@pytest.mark.parametrize("formula", CURVES)
def test_curve_of_every_substance(formula: str) -> None:
    curve, point, end = CURVES[formula], points().get(formula), critical(formula)
    boils = point.boiling_k if point else float("nan")
    # From −50 °C, or from below what boils there, to where it boils, or to the end.
    top = boils if boils < curve.temperature_k[-1] else curve.temperature_k[-1]
    mine = (curve.temperature_k >= min(COLD_K, 0.8 * top)) & (curve.temperature_k <= top)
    heat = heat_kj_mol(curve)[mine[1:] & mine[:-1]]
    warm = curve.temperature_k[1:][mine[1:] & mine[:-1]]
    assert (heat < most_heat_kj_mol(formula)).all()
    # Less than 4 RT is no liquid's, and a curve that falls has less than none.
    assert (heat > 0.99 * 4 * R * warm / 1000).all() or (heat > 5).all()
    assert (np.diff(curve.log10_pa) >= 0).all()
    assert np.isfinite(curve.std).all() and (curve.std >= MEASURED_STD_DEX).all()
    assert len(curve.label) == len(curve.temperature_k) and "" not in curve.label
    if not isnan(end.pressure_pa):
        assert curve.log10_pa.max() <= log10(end.pressure_pa) + 1e-9


@pytest.mark.parametrize("formula", [f for f in CURVES if f in points()])
def test_one_atmosphere_where_it_boils(formula: str) -> None:
    point = points()[formula]
    if isnan(point.boiling_k):
        return
    found = CURVES[formula].at(point.boiling_k)
    off = abs(found[0] - log10(ATMOSPHERE_PA))
    # A lone boiling point (CAS has S2Br2's at 11 °C) may be contradicted by what was measured.
    errors = hypot(found[1], known_at_boiling_point(point).std)
    assert off < (2 * errors if point.lone else min(errors, 0.15))


@pytest.mark.parametrize(
    ("formula", "celsius", "before"),
    [("SnBr4", 58, 684 / 339), ("TiCl4", -24, 91 / 47), ("SnCl4", -23, 1.3), ("GeCl4", 86, 1.2)],
)
def test_no_step_where_sources_change(formula: str, celsius: float, before: float) -> None:
    low, high = (best_estimate(formula, celsius + 273.15 + d)[0] for d in (0.0, 1.0))
    assert 1 < 10 ** (high.log10_pa - low.log10_pa) < 1.11 < before
    assert abs(high.std - low.std) < 0.01


@pytest.mark.parametrize(
    ("chosen", "count", "half"), [(HALIDES, 67, 0.006), (COMPOUNDS, 88, 0.006)]
)
def test_fitted_equations_have_an_atmosphere_where_their_compound_boils(
    chosen: set[str], count: int, half: float
) -> None:
    """The selections on which EQUATION_STD_DEX rests."""
    boils = {f: point.boiling_k for f, point in points().items() if f in chosen}
    holding = [e for e in equations() if e.t_min_k <= boils.get(e.formula, 0.0) <= e.t_max_k]
    off = [abs(e.ln_pressure(boils[e.formula]) - log(ATMOSPHERE_PA)) / log(10) for e in holding]
    assert len(off) == count
    assert np.percentile(off, 90) < (0.04 if count == 67 else EQUATION_STD_DEX)
    assert np.median(off) == pytest.approx(half, abs=0.0005)


def test_germanium_tetrachloride_boils_where_it_boils() -> None:
    # It had 117 kPa at 84 °C.
    assert 9e4 < 10 ** best_estimate("GeCl4", 357.15)[0].log10_pa < 9.8e4


@given(st.sampled_from(sorted(CURVES)), st.floats(COLD_K, 450.0), st.floats(0.01, 5.0))
def test_pressure_error_and_inverse_are_smooth(formula: str, kelvin: float, step: float) -> None:
    low, high = best_estimate(formula, kelvin)[0], best_estimate(formula, kelvin + step)[0]
    rise = high.log10_pa - low.log10_pa
    most = 1000 * most_heat_kj_mol(formula) / R / log(10) * (1 / kelvin - 1 / (kelvin + step))
    assert -1e-12 <= rise <= most
    # Errors that are a fraction of the heat change with it.
    assert abs(high.std - low.std) < 0.1 * step * max(low.std, high.std)
    needed = temperature_for_pressure_k([formula], 10**low.log10_pa)[0]
    end = critical(formula).temperature_k
    if not isnan(needed) and not kelvin >= end - 0.1 and rise > 0:
        assert needed == pytest.approx(kelvin, abs=1e-6)


def _flat(value: float, std: float, nodes: int = 3) -> Average:
    return Average(np.full(nodes, value), np.full(nodes, std), np.full(nodes, f"{value}"))


def test_average_of_parts() -> None:
    both = average([_flat(1.0, 0.1), _flat(2.0, 0.1)])
    assert both.log10_pa == pytest.approx(1.5)
    # Two that disagree by ten errors: the variance of the mixture, 0.01 + 0.25.
    assert both.std == pytest.approx(0.26**0.5)
    assert both.label.tolist() == ["1.0; 2.0"] * 3
    unequal = average([_flat(1.0, 0.2), _flat(2.0, 0.1)])
    assert unequal.log10_pa == pytest.approx((1 + 16 * 2) / 17)
    assert unequal.label.tolist() == ["2.0"] * 3


def test_parts_that_agree_are_no_proof() -> None:
    assert average([_flat(1.0, 0.2), _flat(1.0, 0.2)]).std == pytest.approx(0.2)


def test_correction_by_a_known_point() -> None:
    """Against the formulas of a normal distribution of two numbers, written out."""
    kelvin = np.array([300.0, 400.0])
    source = Source(np.array([1.0, 3.0]), np.array([[0.2, 0.3]]), np.array(["x", "x"]))
    found = corrected(source, kelvin, [Known(400.0, 3.5, 0.1)])
    gain = 0.3 / (0.3**2 + 0.1**2)
    assert found.log10_pa == pytest.approx([1.0 + 0.2 * gain * 0.5, 3.0 + 0.3 * gain * 0.5])
    left = [0.2**2 - (0.2 * 0.3) ** 2 / 0.1, 0.3**2 - 0.3**4 / 0.1]
    assert found.std == pytest.approx(np.sqrt(left))


def test_irregular_errors_are_corrected_nearby_alone() -> None:
    kelvin = grid_k(300.0, 400.0)
    nothing = np.zeros((0, len(kelvin)))
    source = Source(np.zeros(len(kelvin)), nothing, np.full(len(kelvin), "x"), 0.05)
    found = corrected(source, kelvin, [Known(400.0, 0.1, 1e-3)])
    at = np.searchsorted(kelvin, [300.0, 400.0])
    assert found.log10_pa[at] == pytest.approx([0.0, 0.1], abs=2e-3)
    assert found.std[at] == pytest.approx([0.05, 1e-3], rel=0.05)


def test_equation_is_itself_inside_its_range_and_goes_on_with_its_heat() -> None:
    (equation,) = equations_of("TiCl4")
    low, high = equation.t_min_k, equation.t_max_k
    inside, outside = np.linspace(low, high, 7), np.array([0.9 * high, high, 1.05 * high])
    source = equation_source(equation, inside, points()["TiCl4"].melting_k)
    assert source.log10_pa == pytest.approx([equation.ln_pressure(t) / log(10) for t in inside])
    assert (source.modes == 0).all()
    assert set(source.label.tolist()) == {equation.source}
    beyond = equation_source(equation, outside, 1.0)
    a, b, c = equation.coefficients
    heat = b * high**2 / (high + c) ** 2
    expected = (equation.ln_pressure(high) - heat * (1 / outside[2] - 1 / high)) / log(10)
    assert beyond.log10_pa[2] == pytest.approx(expected, abs=1e-5)
    assert a > 0 and beyond.modes[1, 2] > 0
    assert beyond.label[2].endswith(f"extended from {high:.0f} K")


def test_extended_over_a_melting_point_it_meets_the_solid() -> None:
    (equation,) = equations_of("SnBr4")
    melting = points()["SnBr4"].melting_k
    around = np.array([melting - 10, melting - 1e-6, melting + 1e-6, melting + 10])
    with_solid = equation_source(equation, around, melting).log10_pa
    liquid = equation_source(equation, around, float("nan")).log10_pa
    assert with_solid[1:] == pytest.approx(liquid[1:], abs=1e-6)
    fusion = MELTING_ENTROPY_J_MOL_K / R / log(10) * (melting / (melting - 10) - 1)
    assert liquid[0] - with_solid[0] == pytest.approx(fusion)


@given(st.integers(0, 2**32 - 1))
def test_rising_holds_what_it_promises(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kelvin = grid_k()
    truth = 10 - 2000 / kelvin
    broken = truth + rng.normal(0, 0.5, len(kelvin))
    held = rising(broken, rng.uniform(0.1, 1, len(kelvin)), np.array([truth]), kelvin)
    heat = np.diff(held) / np.diff(-1 / kelvin)
    low = np.maximum(2000 / 1.5, 4 * np.diff(np.log10(kelvin)) / np.diff(-1 / kelvin))
    assert (heat >= low * (1 - 1e-9)).all()
    assert (heat <= np.maximum(2000 * 1.5, low) * (1 + 1e-9)).all()


def test_beyond_its_ends_a_curve_says_nothing() -> None:
    curve = CURVES["SnCl4"]
    assert isnan(curve.at(1.0)[0]) and isnan(curve.at(1e5)[0])
    assert isnan(curve.temperature_for_k(9.0))
