"""Work of adhesion with the real potential, where it is known otherwise."""

import numpy as np
import pytest

from maiscreen.models.labels.labels import SimulationError

pytestmark = pytest.mark.potential


def relaxed(formula: str):  # type: ignore[no-untyped-def]
    from maiscreen.models.crystals.prototypes import prototype
    from maiscreen.models.simulation import relax
    from maiscreen.models.simulation.potential import load_potential

    potential = load_potential()
    return relax.relax_crystal(prototype(formula).structure(), potential).structure, potential


def test_sodium_on_sodium_is_twice_its_surface_energy() -> None:
    from ase.build import bcc110
    from ase.optimize import LBFGS

    from maiscreen.models.simulation.adhesion import EV_A2_TO_J_M2, compute_adhesion

    sodium, potential = relaxed("Na")
    found = compute_adhesion(sodium, sodium, potential)
    assert found.plane == found.sodium_plane == (1, 1, 0)
    assert found.strain == pytest.approx(0, abs=1e-6)
    slab = bcc110("Na", (1, 1, 7), a=2 * sodium.lattice.a / np.sqrt(3), vacuum=8.0)
    slab.calc = potential.calculator
    LBFGS(slab, logfile=None).run(fmax=0.002, steps=60)
    bulk = potential.evaluate([_atoms(sodium)])[0].energy_ev / len(sodium)
    area = np.linalg.norm(np.cross(*slab.cell[:2]))
    surface = (slab.get_potential_energy() - 7 * bulk) / (2 * area) * EV_A2_TO_J_M2
    assert found.work_j_m2 == pytest.approx(2 * surface, abs=0.01)


def _atoms(structure):  # type: ignore[no-untyped-def]
    from maiscreen.models.simulation.potential import to_atoms

    return to_atoms(structure)


def test_strain_of_the_sodium_is_no_part_of_the_work() -> None:
    from maiscreen.models.simulation.adhesion import (
        SETTINGS,
        _both,
        _match,
        _settle,
        compute_adhesion,
    )

    salt, potential = relaxed("NaCl")
    sodium, _ = relaxed("Na")
    found = compute_adhesion(salt, sodium, potential)
    assert 0 < found.work_j_m2 < 0.6
    assert 0.01 < found.strain < SETTINGS.max_strain
    # Far apart, the slabs have the energies that the work is counted from.
    match, _ = _match(salt, sodium, potential, SETTINGS)
    apart = _both(match, 7.0, np.zeros(2), SETTINGS.vacuum_a)
    area, count = match.substrate.area_a2, len(match.substrate.symbols)
    parts = apart[:count], apart[count:]
    together, *alone = (one.energy_ev for one in potential.evaluate([apart, *parts]))
    assert together == pytest.approx(sum(alone), abs=1e-3)
    # Relaxed one by one or together, they end within what the relaxation leaves.
    settled = [_settle(one, area, potential, SETTINGS).energy_j_m2 for one in (apart, *parts)]
    assert settled[0] == pytest.approx(settled[1] + settled[2], abs=0.03)


def test_no_match_is_a_reason() -> None:
    from dataclasses import replace

    from maiscreen.models.simulation.adhesion import SETTINGS, compute_adhesion

    salt, potential = relaxed("NaCl")
    with pytest.raises(SimulationError, match="no face matches sodium within 1%"):
        compute_adhesion(
            salt, salt, potential, replace(SETTINGS, max_strain=0.01, max_area_a2=10.0)
        )
