"""The path against pymatgen's InterfacialReactivity on the same entries."""

import warnings
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.snapshot.snapshot import (
    formation_energies_ev_atom,
    load_snapshot,
    phase_arrays,
    phase_system,
)
from maiscreen.descriptors.reaction.path import reaction_path, reduced_formula

SNAPSHOT = load_snapshot()
COLUMNS = phase_arrays(SNAPSHOT)
HALIDES = [
    Precursor(m, x, a, b)
    for m, x, (na, a, b) in zip(
        COLUMNS.metal.tolist(), COLUMNS.halogen.tolist(), COLUMNS.counts.tolist(), strict=True
    )
    if na == 0 and m in METALS
]
COMPARED = """SnCl4 SiCl4 TiCl4 GeCl4 SnCl2 SnBr4 SnI4 SnF4 SiBr4 SiF4 TiBr4 TiF4 GeBr4 PbCl2 SbCl3
    SbF5 BiCl3 BiI3 AlCl3 GaCl3 InCl3 ZnCl2 FeCl3 FeF3 CuCl2 MoCl5 WF6 WCl6 VCl3 NbCl5 TaCl5 ZrCl4
    HfCl4 PCl3 PCl5 AsCl3 BCl3 BBr3 CCl4 HgCl2 AgCl TlCl CdI2 SeCl4 TeCl4 SCl2 MnF3 CrCl3""".split()
COMPARED = [f for f in COMPARED if f in formation_energies_ev_atom(SNAPSHOT)]


@cache
def diagram(metal: str, halogen: str) -> PhaseDiagram:
    system = phase_system(SNAPSHOT, metal, halogen)
    rows = zip(system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True)
    return PhaseDiagram([PDEntry(Composition(f), e * n.sum()) for f, n, e in rows])


def kinks(precursor: Precursor) -> list[tuple[float, float, frozenset[str]]]:
    reactivity = InterfacialReactivity(
        Composition("Na"),
        Composition(precursor.formula),
        diagram(precursor.metal, precursor.halogen),
        norm=True,
        use_hull_energy=False,
    )
    rows = [
        (
            x,
            float(e),
            frozenset(p.reduced_formula for p in r.products if abs(r.get_coeff(p)) > 1e-6),
        )
        for _, x, e, r, _ in reactivity.get_kinks()
    ]
    return sorted(rows, key=lambda row: -row[0])


def test_enough_precursors_are_compared() -> None:
    assert len(COMPARED) >= 30


@pytest.mark.parametrize("formula", COMPARED)
def test_path_is_that_of_pymatgen(formula: str) -> None:
    precursor = Precursor.parse(formula)
    steps, expected = reaction_path(SNAPSHOT, precursor).steps, kinks(precursor)
    assert len(steps) == len(expected)
    for step, (fraction, energy, products) in zip(steps, expected, strict=True):
        assert step.sodium_fraction == pytest.approx(fraction, abs=1e-9)
        assert step.energy_ev_atom == pytest.approx(energy, abs=1e-6)
        assert {Composition(f).reduced_formula for f, _ in step.products} == products


def test_endothermic_precursor_keeps_its_own_energy() -> None:
    precursor = Precursor.parse("CI4")
    own = formation_energies_ev_atom(SNAPSHOT)["CI4"]
    assert own > 0
    with warnings.catch_warnings():
        # pymatgen warns that it replaces the energy of this precursor by that of the hull.
        warnings.simplefilter("ignore")
        expected = kinks(precursor)
    for step, (fraction, energy, _) in zip(
        reaction_path(SNAPSHOT, precursor).steps, expected, strict=True
    ):
        assert step.energy_ev_atom == pytest.approx(energy - (1 - fraction) * own, abs=1e-6)


def test_path_of_tin_tetrachloride() -> None:
    steps = reaction_path(SNAPSHOT, Precursor.parse("SnCl4")).steps
    alloys = [step.products[0][0] for step in steps]
    assert alloys == ["Na", "Na15Sn4", "Na9Sn4", "NaSn", "NaSn2", "Sn", "NaSn2Cl5", "SnCl4"]
    reduction = next(step for step in steps if step.sodium == pytest.approx(4))
    assert dict(reduction.products) == pytest.approx({"Sn": 1, "NaCl": 4})
    assert reduction.energy_kj_mol == pytest.approx(-946, abs=1)


@given(st.sampled_from(HALIDES))
def test_atoms_and_energy_are_conserved(precursor: Precursor) -> None:
    steps = reaction_path(SNAPSHOT, precursor).steps
    energies = formation_energies_ev_atom(SNAPSHOT)
    own = energies[precursor.formula] * (precursor.metal_count + precursor.halogen_count)
    assert steps[0].sodium_fraction == 1
    assert steps[-1].sodium_fraction == pytest.approx(0, abs=1e-12)
    assert all(a.sodium_fraction > b.sodium_fraction for a, b in pairwise(steps))
    for step in steps:
        left = {
            "Na": step.sodium,
            precursor.metal: step.precursor * precursor.metal_count,
            precursor.halogen: step.precursor * precursor.halogen_count,
        }
        right = dict.fromkeys(left, 0.0)
        energy = -step.precursor * own
        for formula, moles in step.products:
            counts = parse_formula(formula)
            energy += moles * sum(counts.values()) * energies.get(formula, 0.0)
            for element, n in counts.items():
                right[element] += moles * n
        assert right == pytest.approx(left, abs=1e-9)
        assert step.energy_kj_mol == pytest.approx(energy * 96.48533, abs=1e-3)
        assert step.energy_kj_mol <= 1e-6


def test_polynuclear_precursor_is_counted_whole() -> None:
    once = reaction_path(SNAPSHOT, Precursor.parse("SnCl4")).steps
    twice = reaction_path(SNAPSHOT, Precursor("Sn", "Cl", 2, 8)).steps
    assert reduced_formula(Precursor("Sn", "Cl", 2, 8)) == "SnCl4"
    for one, two in zip(once[1:], twice[1:], strict=True):
        assert two.energy_kj_mol == pytest.approx(2 * one.energy_kj_mol)
        assert two.energy_ev_atom == pytest.approx(one.energy_ev_atom)
        amounts = np.array([n for _, n in one.products])
        assert [n for _, n in two.products] == pytest.approx(2 * amounts)


def test_missing_precursor_has_a_reason_and_no_path() -> None:
    path = reaction_path(SNAPSHOT, Precursor.parse("SnCl7"))
    assert path.steps == ()
    assert path.reason == "the snapshot has no energy of SnCl7"
