"""Plateaus against the transitions of the chemical potential in pymatgen's phase diagram."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition
from pymatgen.core.periodic_table import Element

from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays, phase_system
from maiscreen.descriptors.alloys.ladder import binary_ladder, plateaus_v

SNAPSHOT = load_snapshot()
ALLOYED = sorted({*phase_arrays(SNAPSHOT).metal[phase_arrays(SNAPSHOT).halogen == ""]} - {""})


def pymatgen_plateaus_v(metal: str) -> list[float]:
    system = phase_system(SNAPSHOT, metal)
    diagram = PhaseDiagram(
        [
            PDEntry(Composition(f), e * n.sum())
            for f, n, e in zip(
                system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True
            )
        ]
    )
    potentials = [-float(mu) for mu in diagram.get_transition_chempots(Element("Na"))]
    # The last transition, at the potential of sodium itself, is the edge to pure sodium.
    return sorted((v for v in potentials if v > 1e-9), reverse=True)


@pytest.mark.parametrize("metal", ALLOYED)
def test_plateaus_are_those_of_pymatgen(metal: str) -> None:
    plateaus = binary_ladder(SNAPSHOT, metal).plateau_v
    expected = pymatgen_plateaus_v(metal)
    assert plateaus[np.isfinite(plateaus)] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("metal", "ladder"),
    [
        ("Sn", {"NaSn2": 0.45, "NaSn": 0.44, "Na9Sn4": 0.13, "Na15Sn4": 0.10}),
        ("Ge", {"NaGe": 0.32}),
        ("Sb", {"NaSb": 0.66, "Na3Sb": 0.55}),
        ("Pb", {"NaPb3": 0.42, "NaPb": 0.32, "Na15Pb4": 0.12}),
    ],
)
def test_ladder(metal: str, ladder: dict[str, float]) -> None:
    found = binary_ladder(SNAPSHOT, metal)
    on_hull = np.isfinite(found.plateau_v)
    assert found.formula[on_hull].tolist() == list(ladder)
    assert found.plateau_v[on_hull] == pytest.approx(list(ladder.values()), abs=0.006)


@pytest.mark.parametrize("metal", ALLOYED)
def test_plateaus_fall_with_sodium_and_are_there_on_the_hull_alone(metal: str) -> None:
    ladder = binary_ladder(SNAPSHOT, metal)
    on_hull = np.isfinite(ladder.plateau_v)
    assert (np.diff(ladder.plateau_v[on_hull]) < 0).all()
    assert (ladder.plateau_v[on_hull] > 0).all()
    assert (ladder.energy_above_hull_ev_atom[on_hull] == 0).all()
    assert (np.diff(ladder.sodium_per_metal) > 0).all()


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-1, 0), st.floats(-1, 0))
def test_plateaus_add_up_to_the_energy_of_the_whole(
    first: float, step: float, e1: float, e2: float
) -> None:
    x = np.array([0.0, first, first + step])
    energy = np.array([0.0, e1, e2])
    charge = plateaus_v(x, energy) @ np.diff(x)
    assert charge == pytest.approx(-(1 + x[-1]) * e2, abs=1e-9)
