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

from maiscreen.models.labels import SimulationError
from maiscreen.models.potential import Potential, to_atoms, to_structure
from maiscreen.models.prototypes import Prototype, Site, operations, orbit
from maiscreen.models.relax import check_sane

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
        None if the sites do not fit in after a hundred beginnings.
    """
    for _ in range(100):
        sites: list[Site] = []
        for site in start.sites:
            placed = _placed(start, sites, site, random)
            if placed is None:
                break
            sites.append(placed)
        else:
            return replace(start, sites=tuple(sites), coordinates="searched")
    return None


def _placed(
    start: Prototype, before: list[Site], site: Site, random: np.random.Generator
) -> Site | None:
    """Give a site a random place that is far enough from the sites before, or None."""
    project = projection(start.space_group, site.position)
    for _ in range(ATTEMPTS):
        # A point per attempt: two points of the cell mixed would not be uniform in it.
        position = tuple((project @ [*random.random(3), 1.0]) % 1.0)
        moved = replace(site, position=position)
        if _fits(start, [*before, moved]):
            return moved
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


def _fits(start: Prototype, sites: list[Site]) -> bool:
    """Say whether the last site keeps its distance to itself and the others."""
    lattice = Lattice.from_parameters(*start.lattice)
    last = sites[-1]
    images = orbit(start.space_group, last.position)
    if len(images) != last.multiplicity:
        return False
    for site in sites:
        least = CLOSEST_RATIO * (_radius_a(site.element) + _radius_a(last.element))
        others = orbit(start.space_group, site.position) if site is not last else images
        distances = lattice.get_all_distances(images[:1], others)[0]
        if site is last:
            distances = distances[1:]
        if (distances < least).any():
            return False
    return True


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
