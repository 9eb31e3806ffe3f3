"""The hull against pymatgen's phase diagrams and against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition

from maiscreen.candidates.hulls.section import System, energy_above_hull, hull_along, lower_hull
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays, phase_system

SNAPSHOT = load_snapshot()
ALLOYED = sorted({*phase_arrays(SNAPSHOT).metal[phase_arrays(SNAPSHOT).halogen == ""]} - {""})


def pymatgen_above_hull(system: System) -> list[float]:
    entries = [
        PDEntry(Composition(formula), energy * counts.sum())
        for formula, counts, energy in zip(
            system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True
        )
    ]
    diagram = PhaseDiagram(entries)
    return [float(diagram.get_e_above_hull(entry)) for entry in entries]


@pytest.mark.parametrize("metal", ALLOYED)
def test_every_binary_is_that_of_pymatgen(metal: str) -> None:
    system = phase_system(SNAPSHOT, metal)
    assert energy_above_hull(system) == pytest.approx(pymatgen_above_hull(system), abs=1e-6)


@pytest.mark.parametrize(
    ("metal", "halogen"),
    [("Sn", "Cl"), ("Si", "F"), ("Ti", "Cl"), ("Bi", "I"), ("Cs", "Br"), ("Al", "F"), ("Fe", "F"),
     ("Au", "Cl"), ("Hg", "I"), ("Mo", "Br"), ("P", "Cl"), ("C", "I")],
)  # fmt: skip
def test_ternary_is_that_of_pymatgen(metal: str, halogen: str) -> None:
    system = phase_system(SNAPSHOT, metal, halogen)
    assert energy_above_hull(system) == pytest.approx(pymatgen_above_hull(system), abs=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(-20, 20)), min_size=2, max_size=15).filter(
        lambda points: len({x for x, _ in points}) > 1
    )
)
def test_lower_hull_is_that_of_brute_force(points: list[tuple[int, int]]) -> None:
    x, energy = np.array(points, dtype=float).T
    corners = lower_hull(x, energy)
    assert (np.diff(x[corners]) > 0).all()
    for xk, ek in points:
        lowest = min(
            e1 if x1 == x2 else e1 + (e2 - e1) * (xk - x1) / (x2 - x1)
            for x1, e1 in points
            for x2, e2 in points
            if min(x1, x2) <= xk <= max(x1, x2) and (x1 != x2 or x1 == xk)
        )
        hull = np.interp(xk, x[corners], energy[corners])
        assert hull == pytest.approx(lowest, abs=1e-6)
        assert ek >= hull - 1e-6


def test_stable_phases_span_the_same_hull() -> None:
    whole = hull_along(phase_system(SNAPSHOT, "Sn", "F"), 1, 4)
    fast = hull_along(phase_system(SNAPSHOT, "Sn", "F", stable_only=True), 1, 4)
    assert whole.energy_ev_atom == pytest.approx(fast.energy_ev_atom)
    assert whole.sodium_fraction == pytest.approx(fast.sodium_fraction)
