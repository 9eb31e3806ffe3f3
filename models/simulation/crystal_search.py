"""Free coordinates of a crystal whose cell, space group and Wyckoff positions are known.

Random points on the positions, relaxed under a potential at fixed symmetry; the lowest energy is
kept (as C. J. Pickard, R. J. Needs, J. Phys.: Condens. Matter 23 (2011) 053201 do without a cell).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pymatgen.core.lattice import Lattice
from pymatgen.core.periodic_table import Element
from pymatgen.core.structure import Structure

from maiscreen.models.crystals.prototypes import Prototype, Site, operations, orbit
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation.potential import Potential, to_atoms, to_structure
from maiscreen.models.simulation.relax import check_sane

Floats = NDArray[np.float64]

CLOSEST_RATIO = 0.85
"""Least distance in a random structure, in sums of atomic radii (Slater's, as pymatgen has them)
[judgement]: bonds between like metalloids reach 0.9 of theirs."""

COARSE_STEPS = 20
"""Steps of the first relaxation, of all trials in the given cell [judgement]."""

PROMISING = 0.3
"""Share of the trials, the lowest, that relax further [judgement]."""

FINE_STEPS = 80
"""Steps of the second relaxation, with the cell [judgement]."""

BEGINNINGS = 100
"""How often a random structure is begun anew before it is given up [judgement]."""

ATTEMPTS = 400
"""Points tried for one site before the structure is begun anew [judgement]."""


@dataclass(frozen=True, slots=True)
class Found:
    """A structure that a search came upon.

    Attributes
    ----------
    energy_ev_atom : float
        Energy of the potential, eV/atom.
    structure : Structure
        Its primitive cell, relaxed; the sites of each orbit together, in the order of the sites.
    trial : int
        Which trial it came from.
    """

    energy_ev_atom: float
    structure: Structure
    trial: int


def search(
    start: Prototype, potential: Potential, trials: int, seed: int = 0, keep: int = 3
) -> tuple[Found, ...]:
    """Search the free coordinates of a crystal.

    Parameters
    ----------
    start : Prototype
        Its positions need only lie on the right Wyckoff positions: they are moved at random.
    potential : Potential
        The energy surface.
    trials : int
        Random structures to relax.
    seed : int
        Of the random numbers; the same seed gives the same structures.
    keep : int
        How many to give, the lowest first.

    Raises
    ------
    SimulationError
        If no structure survives.
    """
    random = np.random.default_rng(seed)
    drawn = [random_crystal(start, random) for _ in range(trials)]
    coarse = [
        _descend(candidate.structure(), potential, trial, cell=False)
        for trial, candidate in enumerate(drawn)
        if candidate is not None
    ]
    best = _lowest(coarse)[: max(keep, round(trials * PROMISING))]
    fine = [_descend(one.structure, potential, one.trial, cell=True) for one in best]
    found = _lowest(fine)
    if not found:
        raise SimulationError(f"{start.formula}: no structure of {trials} survived")
    return tuple(found[:keep])


def _lowest(found: Iterable[Found | None]) -> list[Found]:
    return sorted((one for one in found if one is not None), key=lambda one: one.energy_ev_atom)


def random_crystal(start: Prototype, random: np.random.Generator) -> Prototype | None:
    """Move every site at random within its Wyckoff position, away from the others.

    Returns
    -------
    Prototype or None
        None if the sites do not fit in after :data:`BEGINNINGS`.
    """
    for _ in range(BEGINNINGS):
        sites: list[Site] = []
        points: list[tuple[str, Floats]] = []
        for site in start.sites:
            placed = _placed(start, points, site, random)
            if placed is None:
                break
            sites.append(placed[0])
            points.append((site.element, placed[1]))
        else:
            return replace(start, sites=tuple(sites), coordinates="searched")
    return None


def _placed(
    start: Prototype, before: list[tuple[str, Floats]], site: Site, random: np.random.Generator
) -> tuple[Site, Floats] | None:
    """Give a site a random place that is far enough from the orbits before, or None."""
    project = projection(start.space_group, site.position)
    lattice = Lattice.from_parameters(*start.lattice)
    for _ in range(ATTEMPTS):
        x, y, z = (project @ [*random.random(3), 1.0]) % 1.0
        moved = replace(site, position=(float(x), float(y), float(z)))
        points = orbit(start.space_group, moved.position)
        if len(points) == site.multiplicity and _fits(lattice, before, site.element, points):
            return moved, points
    return None


def projection(space_group: str, position: tuple[float, float, float]) -> Floats:
    """Give the projector onto the Wyckoff position of a point, shape (3, 4).

    The mean of the operations that leave the point where it is: it takes any point (x, y, z, 1)
    to one that they all leave, so onto a point, axis or plane of the same site symmetry.
    """
    kept = []
    for matrix in operations(space_group):
        image = matrix[:3, :3] @ position + matrix[:3, 3]
        shift = np.round(np.asarray(position) - image)
        if (abs(image + shift - position) < 1e-3).all():
            kept.append(np.column_stack([matrix[:3, :3], matrix[:3, 3] + shift]))
    return np.asarray(np.mean(kept, axis=0), dtype=np.float64)


def _fits(lattice: Lattice, before: list[tuple[str, Floats]], element: str, points: Floats) -> bool:
    """Say whether an orbit keeps its distance to itself and to those before."""
    radius_a = _radius_a(element)
    own = lattice.get_all_distances(points[:1], points)[0][1:]
    if (own < CLOSEST_RATIO * 2 * radius_a).any():
        return False
    return not any(
        (lattice.get_all_distances(points[:1], others) < least).any()
        for other, others in before
        for least in [CLOSEST_RATIO * (radius_a + _radius_a(other))]
    )


def _radius_a(element: str) -> float:
    return float(Element(element).data["Atomic radius"])


def _descend(structure: Structure, potential: Potential, trial: int, cell: bool) -> Found | None:
    """Relax a crystal at fixed symmetry; None if it falls into a hole."""
    from ase.constraints import FixSymmetry
    from ase.filters import FrechetCellFilter
    from ase.optimize import LBFGS

    atoms = to_atoms(structure)
    atoms.calc = potential.calculator
    atoms.set_constraint(FixSymmetry(atoms, symprec=0.01))
    target = FrechetCellFilter(atoms) if cell else atoms
    steps = FINE_STEPS if cell else COARSE_STEPS
    LBFGS(target, logfile=None, maxstep=0.2).run(fmax=0.03, steps=steps)
    relaxed = to_structure(atoms)
    try:
        check_sane(relaxed, structure.volume)
    except SimulationError:
        return None
    return Found(float(atoms.get_potential_energy()) / len(atoms), relaxed, trial)
