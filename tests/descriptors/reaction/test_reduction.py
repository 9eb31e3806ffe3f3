"""Potentials against reference tables and identities."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.constants import FARADAY_C_MOL
from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.handbook.thermochemistry import experiment
from maiscreen.candidates.precursors.precursor import MAX_HALOGENS, Precursor, Precursors
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays
from maiscreen.descriptors.reaction.bias import (
    MEASURED_BIAS,
    corrected_potential_v,
    is_covalent,
    measure_bias,
    raw_potential_v,
)
from maiscreen.descriptors.reaction.control import control_reduction
from maiscreen.descriptors.reaction.reduction import (
    ESTIMATED,
    SUBLIMATION_KJ_MOL,
    condensed_or_gas,
    potential_in_phase,
    reduction,
)
from maiscreen.descriptors.reaction.steps import limiting_potential_v, reduction_steps
from maiscreen.descriptors.reaction.thermodynamics import (
    potential_v,
    reaction_gibbs_kj_mol,
    vaporisation_gibbs_kj_mol,
)
from maiscreen.descriptors.vapour.evaporation import stable_phase
from maiscreen.descriptors.vapour.volatility import vapour_pressure

DATA = Path(__file__).parents[2] / "data"
ROOM_K = 298.15


def read(name: str) -> list[dict[str, str]]:
    lines = (DATA / name).read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def of(*formulas: str) -> Precursors:
    return Precursors.of(Precursor.parse(formula) for formula in formulas)


REFERENCE = read("reduction_potential.csv")
REFERENCE_V = np.array([float(row["E_V_vs_Na"]) for row in REFERENCE])
PHASES = phase_arrays(load_snapshot())
HALIDES = (PHASES.counts[:, 0] == 0) & np.isin(PHASES.metal, METALS)
HALIDES &= PHASES.counts.max(axis=1) <= MAX_HALOGENS  # the rest are computed giants
MP = dict(
    zip(PHASES.formula[HALIDES].tolist(), PHASES.energy_ev_atom[HALIDES].tolist(), strict=True)
)


def energies(precursors: Precursors) -> np.ndarray:
    return np.array([MP.get(formula, np.nan) for formula in precursors.formula.tolist()])


def test_the_three_precursors_of_the_paper() -> None:
    three = of("SnCl4", "SiCl4", "TiCl4")
    found = reduction(three, ROOM_K, energies(three))
    assert found.potential_v == pytest.approx([2.86, 2.38, 2.10], abs=0.02)
    assert found.delta_g_kj_mol[0] == pytest.approx(-1104, abs=3)
    # T4: the quoted potentials stand beside, and are not the computed ones.
    assert found.paper_quoted_v.tolist() == [2.7, 0.3, 0.8]
    assert (np.argsort(-found.potential_v) == [0, 1, 2]).all()
    assert (found.phase == "g").all()
    assert (found.materials_project_v < found.potential_v).all()


def test_reference_table_in_its_own_phases() -> None:
    formulas = [row["formula"] for row in REFERENCE]
    found = potential_in_phase(formulas, [row["phase"] for row in REFERENCE], ROOM_K)
    error = np.abs(found.potential_v - REFERENCE_V)
    covered = ~np.isnan(error)
    assert len(REFERENCE) == 183
    # SbCl3(g) is in none of the tables; SiBr3(l) is tribromosilane.
    missing = [(r["formula"], r["phase"]) for r, c in zip(REFERENCE, covered, strict=True) if not c]
    assert missing == [("SiBr3", "l"), ("SbCl3", "g")]
    assert error[covered].mean() < 0.006
    assert error[covered].max() < 0.1


def test_materials_project_route_on_the_reference() -> None:
    precursors = of(*(row["formula"] for row in REFERENCE))
    stable = np.array([row["stable_phase_298"] == "True" for row in REFERENCE])
    raw = raw_potential_v(precursors, energies(precursors))
    corrected, std = corrected_potential_v(precursors, raw)
    raw_error, error = (raw - REFERENCE_V)[stable], (corrected - REFERENCE_V)[stable]
    seen = ~np.isnan(error)
    assert seen.sum() > 95
    assert 0.2 < np.abs(raw_error[seen]).mean() < 0.3
    assert np.abs(error[seen]).mean() < 0.17
    # The standard deviation says how wrong it is.
    assert 0.6 < np.sqrt(np.mean((error[seen] / std[stable][seen]) ** 2)) < 1.4


def test_bias_constants_are_what_is_measured() -> None:
    precursors = of(*MP)
    formulas = precursors.formula.tolist()
    phases = []
    for formula in formulas:
        stable = stable_phase(formula, ROOM_K)
        has = not np.isnan(condensed_or_gas(formula, stable).enthalpy_kj_mol)
        phases.append(stable if has else "l" if stable == "s" else "s")
    handbook = potential_in_phase(formulas, phases, ROOM_K).potential_v
    measured = measure_bias(precursors, raw_potential_v(precursors, energies(precursors)), handbook)
    assert measured.keys() == MEASURED_BIAS.keys()
    for key, bias in measured.items():
        assert bias.median_v == pytest.approx(MEASURED_BIAS[key].median_v, abs=0.01), key
        assert bias.std_v == pytest.approx(MEASURED_BIAS[key].std_v, abs=0.01), key


def test_route_through_the_vapour_pressure_meets_the_gas_table() -> None:
    formulas = ["SnCl4", "SiCl4", "TiCl4", "GeCl4", "PCl3", "BCl3"]
    three = of(*formulas)
    liquid = potential_in_phase(formulas, ["l"] * 6, ROOM_K).delta_g_kj_mol
    pressure = vapour_pressure(formulas, ROOM_K).log10_pa
    gas = liquid - vaporisation_gibbs_kj_mol(pressure, ROOM_K)
    known = reduction(three, ROOM_K, energies(three)).delta_g_kj_mol
    assert gas == pytest.approx(known, abs=7)


def test_sources_in_order_and_reasons() -> None:
    five = of("SnCl4", "SbCl3", "CrCl3", "AsCl5", "NpCl4")
    found = reduction(five, ROOM_K, np.array([np.nan, np.nan, np.nan, -0.95, np.nan]))
    assert found.source[0] == "CRC, gas"
    assert found.source[1].startswith("CRC, solid and Antoine, WebBook")
    assert found.source[1].endswith(", as a gas")
    assert found.phase.tolist() == ["g", "g", "s", "s", ""]
    assert "Materials Project" in found.source[3]
    assert found.potential_std_v[3] > 0.1 > found.potential_std_v[0]
    assert np.isnan(found.potential_v[4])
    assert np.isnan(found.delta_g_std_kj_mol[4])
    assert found.reason[4].startswith("neither handbook")
    assert found.source[4] == ""


def test_additive_is_condensed() -> None:
    additive = Precursors.of([Precursor("Sn", "Cl", 1, 2, route="additive", origin="control")])
    found = reduction(additive, ROOM_K, np.array([np.nan]))
    assert found.phase[0] == "s"
    assert found.potential_v[0] == pytest.approx(2.50, abs=0.02)


def test_steps_of_titanium_and_tin() -> None:
    # T20: the average of VCl4 hides that VCl2 → V has 1.88 V.
    titanium = reduction_steps(Precursor.parse("TiCl4"), ROOM_K)
    assert [s.value_v for s in titanium] == pytest.approx([3.24, 2.03, 1.57], abs=0.02)
    assert titanium[-1].equation == "TiCl2(s) + 2 Na → Ti + 2 NaCl"
    tin = reduction_steps(Precursor.parse("SnCl4"), ROOM_K)
    assert limiting_potential_v(tin) == pytest.approx(2.50, abs=0.02)
    vanadium = reduction_steps(Precursor.parse("VCl4"), ROOM_K)
    assert limiting_potential_v(vanadium) == pytest.approx(1.88, abs=0.02)


@pytest.mark.parametrize("formula", "TiCl4 SnCl4 WCl6 UF6 HgCl2 PCl5 WF6 S2Cl2".split())
def test_steps_add_up_and_fall(formula: str) -> None:
    one = Precursor.parse(formula)
    steps = reduction_steps(one, ROOM_K)
    values = [s.value_v for s in steps]
    assert values == sorted(values, reverse=True)
    n = sum(s.electrons for s in steps)
    assert n == pytest.approx(one.halogen_count / one.metal_count)
    mean = sum(s.value_v * s.electrons for s in steps) / n
    whole = reduction(Precursors.of([one]), ROOM_K, np.array([np.nan])).potential_v[0]
    assert mean == pytest.approx(whole)


def test_no_steps_without_a_value() -> None:
    assert reduction_steps(Precursor.parse("NpCl4"), ROOM_K) == ()
    assert np.isnan(limiting_potential_v(()))


def test_chloropropane_beats_tin_and_must_not_count() -> None:
    # T3: 3.92 V from enthalpies alone, about 3.5 V with entropies.
    control = control_reduction(ROOM_K)
    assert control.potential_v == pytest.approx(3.5, abs=0.05)
    assert -1000 * control.delta_h_kj_mol / FARADAY_C_MOL == pytest.approx(3.92, abs=0.02)


FORMULAS = sorted(
    formula
    for formula, phase in experiment().chosen
    if phase == "g" and formula in {"SnCl4", "SiCl4", "TiCl4", "WF6", "S2Cl2", "Al2Cl6", "GeBr4"}
)


@given(st.sampled_from(FORMULAS), st.integers(1, 5), st.floats(250, 370.95))
def test_potential_does_not_depend_on_scaling(formula: str, k: int, t: float) -> None:
    p = Precursor.parse(formula)
    best = experiment().chosen[formula, "g"]
    potentials = []
    for m in (1, k):
        gibbs = reaction_gibbs_kj_mol(
            np.array([p.metal]),
            np.array([p.halogen]),
            np.array([m * p.metal_count]),
            np.array([m * p.halogen_count]),
            np.array([m * best.enthalpy_kj_mol]),
            np.array([m * best.entropy_j_mol_k]),
            t,
        )
        potentials.append(potential_v(gibbs, np.array([m * p.halogen_count]))[0])
    assert potentials[0] == pytest.approx(potentials[1])


@given(st.sampled_from(["SnCl4", "SiCl4", "GeBr4", "TiBr4"]), st.floats(250, 370.95))
def test_hess_cycle_gas_minus_liquid_is_evaporation(formula: str, t: float) -> None:
    found = potential_in_phase([formula, formula], ["g", "l"], t)
    gas, liquid = (experiment().chosen[formula, phase] for phase in "gl")
    entropy = gas.entropy_j_mol_k - liquid.entropy_j_mol_k
    evaporation = gas.enthalpy_kj_mol - liquid.enthalpy_kj_mol - t * entropy / 1000
    assert found.delta_g_kj_mol[1] - found.delta_g_kj_mol[0] == pytest.approx(evaporation, abs=1e-6)


@given(st.floats(1, 1e5))
def test_pressure_term_is_nernst(pressure_pa: float) -> None:
    one = of("SnCl4")
    best = experiment().chosen["SnCl4", "g"]
    h, s = np.array([best.enthalpy_kj_mol]), np.array([best.entropy_j_mol_k])
    fields = (one.metal, one.halogen, one.metal_count, one.halogen_count, h, s, ROOM_K)
    shift = reaction_gibbs_kj_mol(*fields, pressure_pa) - reaction_gibbs_kj_mol(*fields)
    assert shift[0] == pytest.approx(8.314462618e-3 * ROOM_K * np.log(1e5 / pressure_pa), abs=1e-6)


def test_batch_equals_single() -> None:
    formulas = ["SnCl4", "SbCl5", "UF6", "AsCl5", "NpCl4"]
    batch = reduction(of(*formulas), ROOM_K, energies(of(*formulas)))
    for i, formula in enumerate(formulas):
        single = reduction(of(formula), ROOM_K, energies(of(formula)))
        np.testing.assert_equal(single.potential_v[0], batch.potential_v[i])
        assert str(single.source[0]) == str(batch.source[i])
    empty = reduction(Precursors.of([]), ROOM_K, np.array([]))
    assert len(empty.potential_v) == 0


def test_a_solid_of_unknown_vapour_reacts_as_a_solid() -> None:
    # MoI2 had 3.99 V as a gas that nobody evaporates.
    formulas = ["MoI2", "GeBr2", "GeCl2", "PbBr4", "SnCl4", "SF2", "SiCl3"]
    halides = of(*formulas)
    found = reduction(halides, ROOM_K, energies(halides))
    assert found.phase.tolist() == ["s", "s", "s", "s", "g", "g", "g"]
    assert found.potential_v[0] == pytest.approx(2.41, abs=0.05)
    assert found.source[0] == "WebBook + estimated entropy, solid"
    assert found.source[1].startswith("Materials Project")
    assert found.source[2].endswith("gas less an estimated sublimation, solid")
    gas = potential_in_phase(["GeCl2"], ["g"], ROOM_K)
    sublimation, error = SUBLIMATION_KJ_MOL[True, 2]
    assert found.delta_g_kj_mol[2] == pytest.approx(gas.delta_g_kj_mol[0] + sublimation)
    assert found.delta_g_std_kj_mol[2] >= error
    # Radicals and molecules without a solid say whose value it is.
    assert (
        found.reason[5:].tolist()
        == ["no vapour pressure, and no solid known; value of the free molecule"] * 2
    )


def test_every_potential_names_its_phase() -> None:
    space = halide_space()
    halides = space.slice(0, space.size)
    found = reduction(halides, ROOM_K, energies(halides))
    pressure = vapour_pressure(halides.formula, ROOM_K).log10_pa
    known = ~np.isnan(found.potential_v)
    assert set(found.phase[known].tolist()) <= {"s", "l", "g"}
    words = {"g": (", gas", ", as a gas"), "s": (", solid",), "l": (", liquid",)}
    for source, phase in zip(found.source[known], found.phase[known], strict=True):
        assert str(source).endswith(words[str(phase)]), (source, phase)
    # What has no vapour pressure is a gas only where no solid is known.
    lone = known & (found.phase == "g") & np.isnan(pressure)
    assert {"free molecule" in str(why) for why in found.reason[lone]} == {True}
    assert "MgCl" not in set(halides.formula[lone].tolist())


def test_estimated_sublimation_is_what_tables_of_both_phases_have() -> None:
    space = halide_space()
    halides = space.slice(0, space.size)
    covalent = is_covalent(halides).tolist()
    by_class: dict[tuple[bool, int], dict[str, float]] = {}
    for p, mine in zip(halides, covalent, strict=True):
        gas, solid = (condensed_or_gas(p.formula, phase) for phase in "gs")
        both = gas.enthalpy_kj_mol - solid.enthalpy_kj_mol
        both -= ROOM_K / 1000 * (gas.entropy_j_mol_k - solid.entropy_j_mol_k)
        if not np.isnan(both) and not solid.source.endswith(ESTIMATED):
            key = mine, round(p.halogen_count / p.metal_count)
            by_class.setdefault(key, {})[p.formula] = both / p.metal_count
    for key, (median, std) in SUBLIMATION_KJ_MOL.items():
        values = np.array(list(by_class[key].values()))
        assert median == pytest.approx(np.median(values), abs=1), key
        assert std == pytest.approx(max(values.std(), 30), abs=1), key
