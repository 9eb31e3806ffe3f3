"""Migration of sodium by vacancies: the barrier of the path that percolates (fidelity F2).

All energies of a supercell with one vacancy stand on one scale, whichever site is empty and
wherever the hopping atom is. So a hop is an edge between two sites with the energy of its saddle,
and the barrier is what lies between the lowest vacancy of a network that runs through the crystal
and the least energy at which it does (:mod:`maiscreen.models.crystals.network`).
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import hypot

import numpy as np
from pymatgen.core.structure import Structure

from maiscreen.models.crystals.network import (
    Network,
    Orbit,
    edges_of,
    network,
    restrict_action,
    site_orbits,
)
from maiscreen.models.crystals.percolation import Percolation, percolate
from maiscreen.models.labels.conduction import tensor_cm2_s
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation.band import Band, band
from maiscreen.models.simulation.migration_records import Hop, Migration, VacantSite
from maiscreen.models.simulation.potential import Potential
from maiscreen.models.simulation.relax import relax_crystal
from maiscreen.models.simulation.vacancy import (
    Host,
    Vacancy,
    build_host,
    hop_ends,
    map_vacancy,
    relax_vacancy,
)

FMAX_EV_A = 0.05
"""Forces left on a band that counts as converged."""

ROUGH_EV_A = 0.25
ROUGH_STEPS = 8
"""Every band is first relaxed to that, or for so many steps, without climbing."""

MAX_STEPS = 60
"""Steps of a climbing band."""

GOES = 4
"""How often so many steps are begun anew, the memory of the optimiser forgotten, before a band
counts as not converged. What converges at the first go is as it was."""

MARGIN_EV = 0.15
"""Bands whose rough saddle is that near to the percolating energy, or nearer, are converged
[judgement]; the others decide nothing."""


@dataclass(slots=True, eq=False)
class _Attempt:
    """A hop and the band that is laid for it."""

    orbit: Orbit
    first: Vacancy
    second: Vacancy
    band: Band
    mirrored: bool
    settled: bool = False
    converged: bool = False
    reason: str = "rough: decides nothing"


def migrate(structure: Structure, potential: Potential, mobile: str = "Na") -> Migration:
    """Compute vacancies, hops and the barrier of the percolating path.

    Every band is relaxed roughly; then those that decide at which energy the network percolates
    are converged, until no other could.

    Parameters
    ----------
    structure : Structure
        Relaxed primitive cell.
    potential : Potential
        The model.
    mobile : str
        Element that moves.

    Raises
    ------
    SimulationError
        If the structure does not hold the element, a vacancy does not relax, or the hops do not
        connect the crystal in any direction.
    """
    start = time.perf_counter()
    crystal = build_host(structure, potential, mobile)
    ways = _network(crystal)
    known = {site: relax_vacancy(crystal, site, potential) for site in _distinct(crystal)}
    attempts = [_attempt(crystal, orbit, known, potential) for orbit in ways.orbits]
    reached = _converge(attempts)
    metal_ev = _metal_ev(potential, mobile)
    return _result(crystal, ways, known, attempts, reached, metal_ev, time.perf_counter() - start)


def _distinct(crystal: Host) -> Counter[int]:
    """Count the sites of each orbit, named by its first site."""
    return Counter(site_orbits(restrict_action(crystal.acting, crystal.mobile)).tolist())


def _network(crystal: Host) -> Network:
    sites = crystal.cell.sites
    acting = restrict_action(crystal.acting, crystal.mobile)
    ways = network(sites[: crystal.mobile], sites, crystal.cell.lattice, acting)
    if not ways.dimensions:
        raise SimulationError(f"hops up to {ways.cutoff_a:.1f} Å connect nothing")
    return ways


def _attempt(
    crystal: Host, orbit: Orbit, known: Mapping[int, Vacancy], potential: Potential
) -> _Attempt:
    """Lay the band of a hop and relax it roughly."""
    start, end, _ = orbit.first
    orbits = site_orbits(crystal.acting)
    first = map_vacancy(crystal, known[int(orbits[start])], start)
    second = map_vacancy(crystal, known[int(orbits[end])], end)
    laid = hop_ends(crystal, orbit.first, first, second)
    path = band(laid.start, laid.end, potential, mirror=laid.mirror)
    path.relax(ROUGH_EV_A, ROUGH_STEPS, climb=False)
    return _Attempt(orbit, first, second, path, mirrored=laid.mirror is not None)


def _converge(attempts: Sequence[_Attempt]) -> tuple[Percolation, ...]:
    """Converge the bands that decide from which energies on the network percolates.

    Tell how it does in one, two and three dimensions, as far as it does.
    """
    while True:
        saddles_ev = [attempt.band.saddle_ev for attempt in attempts]
        ways = percolate(edges_of([attempt.orbit for attempt in attempts], saddles_ev))
        if not ways:
            raise SimulationError("the hops that could be computed connect nothing")
        open_ones = [
            a for a in attempts if not a.settled and any(_matters(a.band, way) for way in ways)
        ]
        if not open_ones:
            return ways
        _settle(min(open_ones, key=lambda attempt: attempt.band.saddle_ev))


def _matters(path: Band, way: Percolation) -> bool:
    """Return whether a rough path could change the energy at which the network percolates."""
    return abs(path.saddle_ev - way.energy_ev) < max(MARGIN_EV, path.fall_ev)


def _settle(attempt: _Attempt) -> None:
    """Converge a band, climbing if its highest point lies between its ends."""
    highest = int(attempt.band.energies_ev.argmax())
    inside = 0 < highest < len(attempt.band.energies_ev) - 1
    done = any(attempt.band.relax(FMAX_EV_A, MAX_STEPS, climb=inside) for _ in range(GOES))
    attempt.settled, attempt.converged = True, done
    attempt.reason = ""
    if not done:
        attempt.reason = f"not converged after {GOES * MAX_STEPS} steps"
    elif not inside:
        attempt.reason = "downhill: no barrier between its ends"


@cache
def _metal_ev(potential: Potential, element: str) -> float:
    """Return the energy of an atom in the relaxed bulk metal."""
    from maiscreen.models.crystals.prototypes import prototype

    metal = relax_crystal(prototype(element).structure(), potential)
    return metal.energy_ev / len(metal.structure)


def _result(
    crystal: Host,
    ways: Network,
    known: Mapping[int, Vacancy],
    attempts: Sequence[_Attempt],
    reached: Sequence[Percolation],
    metal_ev: float,
    seconds: float,
) -> Migration:
    multiplicity, orbits = _distinct(crystal), site_orbits(crystal.acting)
    lowest = min(known.values(), key=lambda vacant: vacant.energy_ev)
    starts = [
        min((known[int(orbits[site])] for site in way.sites), key=lambda vacant: vacant.energy_ev)
        for way in reached
    ]
    barriers_ev = [w.energy_ev - s.energy_ev for w, s in zip(reached, starts, strict=True)]
    top = next(a.band for a in attempts if a.band.saddle_ev == reached[-1].energy_ev)
    removed_ev = metal_ev - crystal.energy_ev
    lattice, sites = crystal.cell.lattice, crystal.cell.sites[: crystal.mobile]
    migration = Migration(
        barrier_ev=barriers_ev[-1],
        barrier_std_ev=hypot(top.change_ev, starts[-1].change_ev),
        converged=all(attempt.converged for attempt in attempts if attempt.settled),
        dimensions=reached[-1].dimensions,
        barrier_by_dimension_ev=tuple(barriers_ev),
        vacancy_formation_ev=lowest.energy_ev + removed_ev,
        vacancy_formation_std_ev=lowest.change_ev,
        vacancies=tuple(
            VacantSite(
                site,
                multiplicity[site],
                v.energy_ev + removed_ev,
                v.healed_by,
                v.largest_move_a,
                v.strays,
            )
            for site, v in known.items()
        ),
        hops=tuple(_hop(crystal, attempt, lowest.energy_ev) for attempt in attempts),
        lattice_a=tuple(map(tuple, lattice.tolist())),
        sites=tuple(map(tuple, sites.tolist())),
        equal_to=tuple(orbits[: crystal.mobile].tolist()),
        diffusivity_cm2_s=(),
        a3_per_sodium=float(abs(np.linalg.det(lattice))) / crystal.mobile,
        cutoff_a=ways.cutoff_a,
        blocked=ways.blocked,
        supercell=tuple(map(tuple, crystal.cell.matrix.tolist())),
        supercell_atoms=len(crystal.numbers),
        supercell_width_a=crystal.cell.width_a,
        seconds=seconds,
    )
    tensor = tensor_cm2_s(asdict(migration))
    return replace(migration, diffusivity_cm2_s=tuple(map(tuple, tensor.tolist())))


def _hop(crystal: Host, attempt: _Attempt, lowest_ev: float) -> Hop:
    orbits = site_orbits(crystal.acting)
    saddle_ev = attempt.band.saddle_ev
    return Hop(
        start=int(orbits[attempt.first.site]),
        end=int(orbits[attempt.second.site]),
        length_a=attempt.orbit.length_a,
        multiplicity=len(attempt.orbit.members),
        members=attempt.orbit.members,
        saddle_ev=saddle_ev - lowest_ev,
        forward_ev=saddle_ev - attempt.first.energy_ev,
        reverse_ev=saddle_ev - attempt.second.energy_ev,
        mirrored=attempt.mirrored,
        converged=attempt.converged,
        evaluations=attempt.band.shared.evaluations,
        seconds=attempt.band.seconds,
        reason=attempt.reason,
    )
