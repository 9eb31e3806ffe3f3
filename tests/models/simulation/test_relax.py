import numpy as np
import pytest
from pymatgen.core.periodic_table import Element

from maiscreen.models.crystals.prototypes import orbit, prototype
from maiscreen.models.simulation.potential import load_potential
from maiscreen.models.simulation.relax import (
    CLOSEST_START_RATIO,
    projection,
    random_crystal,
    relax_crystal,
    search,
)


@pytest.mark.parametrize(
    ("group", "point", "free"),
    [
        ("P6_3/mmc", (1 / 3, 2 / 3, 0.083), (1 / 3, 2 / 3, None)),
        ("R-3m", (0.0, 0.0, 0.2), (0.0, 0.0, None)),
        ("I4_1/acd", (0.8621, 0.75, 0.375), (None, 0.75, 0.375)),
        ("Fm-3m", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ("P2_1/c", (0.1, 0.2, 0.3), (None, None, None)),
    ],
)
def test_the_projection_keeps_to_the_wyckoff_position(group, point, free):
    # Coordinates from the International Tables; None is a free one.
    project = projection(group, point)
    moved = project @ [0.123, 0.456, 0.789, 1.0]
    for value, there, fixed in zip((0.123, 0.456, 0.789), moved, free, strict=True):
        assert there == pytest.approx(value if fixed is None else fixed, abs=1e-6)
    assert len(orbit(group, tuple(moved))) == len(orbit(group, point))
    assert np.allclose(project @ [*moved, 1.0], moved)


def test_a_diagonal_position_stays_diagonal():
    x, y, z = projection("I-43d", (0.208, 0.208, 0.208)) @ [0.1, 0.2, 0.6, 1.0]
    assert x == pytest.approx(0.3)
    assert (y, z) == pytest.approx((x, x))


@pytest.mark.parametrize("formula", ["NaSb", "NaP", "Te"])
def test_random_crystals_are_legal_and_repeatable(formula):
    entry = prototype(formula)
    first = random_crystal(entry, np.random.default_rng(3))
    again = random_crystal(entry, np.random.default_rng(3))
    assert first is not None
    assert first == again
    assert first != random_crystal(entry, np.random.default_rng(4))
    cell = first.conventional()
    assert cell.composition == entry.conventional().composition
    radii = np.array([float(Element(site.specie.symbol).data["Atomic radius"]) for site in cell])
    one, other, _, distance = cell.get_neighbor_list(4.0)
    assert (distance >= CLOSEST_START_RATIO * (radii[one] + radii[other]) - 1e-6).all()


@pytest.mark.potential
def test_a_search_finds_the_chains_of_tellurium():
    potential = load_potential()
    found = search(prototype("Te"), potential, trials=4, seed=1)
    known = relax_crystal(prototype("Te").structure(), potential)
    assert found[0].energy_ev_atom == pytest.approx(known.energy_ev / 3, abs=2e-3)
    assert found[0].structure.volume == pytest.approx(known.structure.volume, rel=0.03)
