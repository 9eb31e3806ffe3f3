"""Vacancy hops: bands with a known saddle, symmetry, and one barrier of the real potential."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from maiscreen.models.crystals import network, supercell
from maiscreen.models.crystals.percolation import Edge, percolate
from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.simulation import band, migration, vacancy
from maiscreen.models.simulation.potential import load_potential
from maiscreen.models.simulation.relax import relax_crystal

Floats = NDArray[np.float64]


@dataclass
class Valley:
    """One atom in E = h·sin²(πx/L) + t·x + k·(y − b·sin(πx/L))²: a curved, tilted path."""

    height_ev: float = 0.5
    tilt_ev_a: float = 0.06
    stiffness_ev_a2: float = 2.0
    bow_a: float = 0.4
    length_a: float = 4.0
    calls: int = 0

    def energy(self, x: float, y: float) -> float:
        phase = np.pi * x / self.length_a
        aside = y - self.bow_a * np.sin(phase)
        return float(
            self.height_ev * np.sin(phase) ** 2
            + self.tilt_ev_a * x
            + self.stiffness_ev_a2 * aside**2
        )

    def evaluate(self, images: Sequence[Any]) -> list[SimpleNamespace]:
        self.calls += len(images)
        return [self._evaluate(*image.positions[0]) for image in images]

    def _evaluate(self, x: float, y: float, z: float) -> SimpleNamespace:
        step, forces = 1e-5, np.zeros((1, 3))
        forces[0, 0] = -(self.energy(x + step, y) - self.energy(x - step, y)) / (2 * step)
        forces[0, 1] = -(self.energy(x, y + step) - self.energy(x, y - step)) / (2 * step)
        forces[0, 2] = -2 * z
        return SimpleNamespace(energy_ev=self.energy(x, y) + z**2, forces_ev_a=forces)

    def turning_points(self) -> tuple[float, float]:
        """Where d/dx of the energy along the floor vanishes: the lower minimum and the saddle."""
        slope = self.tilt_ev_a * self.length_a / (np.pi * self.height_ev)
        first = -np.arcsin(slope) * self.length_a / (2 * np.pi)
        return float(first), float(self.length_a / 2 - first)

    def floor(self, x: float) -> tuple[float, float]:
        return x, float(self.bow_a * np.sin(np.pi * x / self.length_a))


def single(place: tuple[float, float]) -> Any:
    from ase import Atoms

    return Atoms("Na", [[*place, 0.0]], cell=[20.0, 20.0, 20.0], pbc=True)


@pytest.mark.potential
@pytest.mark.parametrize("tilt_ev_a", [0.0, 0.06, -0.1])
def test_a_climbing_band_finds_the_saddle_of_a_curved_valley(tilt_ev_a: float) -> None:
    valley = Valley(tilt_ev_a=tilt_ev_a)
    low, top = valley.turning_points()
    ends = [single(valley.floor(x)) for x in (low, low + valley.length_a)]
    path = band.band(*ends, valley)
    assert path.relax(0.001, 300, climb=True)
    assert path.saddle_ev == pytest.approx(valley.energy(*valley.floor(top)), abs=1e-4)
    highest = path.neb.images[int(path.energies_ev.argmax())]
    assert highest.positions[0, :2] == pytest.approx(valley.floor(top), abs=0.01)


@pytest.mark.potential
def test_half_of_a_mirrored_band_is_not_evaluated_and_nothing_else_changes() -> None:
    whole, half = Valley(tilt_ev_a=0.0), Valley(tilt_ev_a=0.0)
    ends = [single((0.0, 0.0)), single((whole.length_a, 0.0))]
    middle = np.array([[whole.length_a / 2, 0.0, 0.0]])
    mirror = band.Mirror(np.diag([-1.0, 1.0, 1.0]), np.array([0]), middle)
    paths = [band.band(*ends, whole), band.band(*ends, half, mirror=mirror)]
    for path in paths:
        path.relax(0.001, 40, climb=True)
    assert paths[0].energies_ev == pytest.approx(paths[1].energies_ev, abs=1e-6)
    assert len(paths[0].history_ev) == len(paths[1].history_ev)
    assert (half.calls - 2) * 3 == (whole.calls - 2) * 2


@pytest.mark.potential
def test_a_band_is_the_one_of_ase() -> None:
    from ase.calculators.singlepoint import SinglePointCalculator
    from ase.mep import NEB

    valley = Valley()
    path = band.band(single((0.0, 0.1)), single((4.0, -0.1)), valley)
    path.neb.climb = True
    images = [image.copy() for image in path.neb.images]
    for image, result in zip(images, valley.evaluate(images), strict=True):
        values = {"energy": result.energy_ev, "forces": result.forces_ev_a}
        image.calc = SinglePointCalculator(image, **values)
    reference = NEB(images, k=band.SPRING_EV_A2, climb=True, method="improvedtangent")
    assert path.neb.get_forces() == pytest.approx(reference.get_forces(), abs=1e-12)


@pytest.fixture
def small_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Supercells of 16 atoms: wrong by some 0.1 eV, and soon done."""
    monkeypatch.setattr(supercell, "MOST_ATOMS", 16)


@pytest.mark.potential
@pytest.mark.parametrize("formula", ["NaTl", "Na3Bi"])
def test_vacancies_and_hops_that_symmetry_makes_equal_have_equal_energies(
    formula: str, small_cells: None
) -> None:
    """Any displacements around a vacancy, not relaxed ones, carried by the operations."""
    potential = load_potential()
    crystal = vacancy.build_host(prototype(formula).structure(), potential, "Na")
    shape = (len(crystal.numbers), 3)
    wobble = 0.05 * np.random.default_rng(1).standard_normal(shape)
    known = vacancy.Vacancy(0, 0.0, wobble, 0.0, None)
    equal = np.unique(crystal.acting.images[:, 0])
    [first, *others] = [vacancy.map_vacancy(crystal, known, int(site)) for site in equal]

    def energy(empty: vacancy.Vacancy) -> float:
        rest = np.delete(np.arange(shape[0]), empty.site * crystal.cell.copies)
        places = (crystal.cell.positions_a + empty.displacements_a)[rest]
        [result] = potential.evaluate(
            [vacancy.supercell_atoms(crystal.numbers[rest], crystal.cell, places)]
        )
        return float(result.energy_ev)

    assert others
    for other in others:
        assert energy(other) == pytest.approx(energy(first), abs=1e-3)


@pytest.mark.potential
def test_the_ends_of_a_hop_are_the_vacancies_at_its_ends(small_cells: None) -> None:
    potential = load_potential()
    crystal = vacancy.build_host(prototype("Na3Bi").structure(), potential, "Na")
    count = len(crystal.numbers)
    empty = [
        vacancy.Vacancy(site, 0.0, np.zeros((count, 3)), 0.0, None)
        for site in range(crystal.mobile)
    ]
    cell, mobile = crystal.cell, network.restrict_action(crystal.acting, crystal.mobile)
    for orbit in network.hop_orbits(cell.sites[: crystal.mobile], cell.lattice, mobile, 4.0):
        start, end, _ = orbit.first
        ends = vacancy.hop_ends(crystal, orbit.first, empty[start], empty[end])
        energies = [result.energy_ev for result in potential.evaluate([ends.start, ends.end])]
        for site, energy in zip((start, end), energies, strict=True):
            rest = np.delete(np.arange(count), site * cell.copies)
            alone = vacancy.supercell_atoms(crystal.numbers[rest], cell, cell.positions_a[rest])
            assert energy == pytest.approx(potential.evaluate([alone])[0].energy_ev, abs=1e-3)
        moved_a = np.linalg.norm(ends.end.positions - ends.start.positions, axis=1)
        assert moved_a[0] == pytest.approx(orbit.length_a, abs=1e-3)
        assert moved_a[1:] == pytest.approx(0, abs=1e-3)


@pytest.mark.potential
def test_migration_in_sodium_chloride(small_cells: None) -> None:
    potential = load_potential()
    structure = relax_crystal(prototype("NaCl").structure(), potential).structure
    before = structure.copy()
    found = migration.migrate(structure, potential)
    assert structure == before
    assert (found.dimensions, found.supercell_atoms, found.converged) == (3, 16, True)
    [hop], [site] = found.hops, found.vacancies
    assert (hop.start, hop.end, hop.multiplicity, hop.mirrored) == (0, 0, 6, True)
    assert hop.forward_ev == pytest.approx(hop.reverse_ev) == pytest.approx(found.barrier_ev)
    assert site.healed_by is None
    assert not found.rearranged
    # 0.64 eV in the paper's DFT with 64 atoms.
    assert 0.4 < found.barrier_ev < 0.9
    assert found.barrier_std_ev < 0.03


@pytest.mark.potential
def test_an_atom_that_jumps_into_the_vacancy_is_noticed(small_cells: None) -> None:
    crystal = vacancy.build_host(prototype("NaCl").structure(), load_potential(), "Na")
    cell, still = crystal.cell, np.zeros((16, 3))
    assert vacancy._healer(crystal, 0, still) is None
    neighbour = int(cell.index(np.array([0]), np.array([[1, 0, 0]]))[0])
    for share, healer in ((0.4, None), (0.6, neighbour)):
        jumped = still.copy()
        jumped[neighbour] = share * (cell.place_a(0, (0, 0, 0)) - cell.place_a(0, (1, 0, 0)))
        assert vacancy._healer(crystal, 0, jumped) == healer


def rock_salt_cell() -> tuple[NDArray[np.int64], supercell.Supercell]:
    """Sodium and chlorine in a supercell, without a potential."""
    fractions, lattice = np.array([[0.0] * 3, [0.5] * 3]), 2.8 * (np.ones((3, 3)) - np.eye(3))
    cell = supercell.Supercell(fractions, lattice, 3 * np.eye(3, dtype=np.int64))
    return np.repeat(np.array([11, 17]), cell.copies), cell


@pytest.mark.parametrize(("share", "strays"), [(0.45, 0), (0.55, 1)])
def test_an_atom_has_left_its_site_when_it_is_nearer_to_another_of_its_element(
    share: float, strays: int
) -> None:
    numbers, cell = rock_salt_cell()
    moved = np.zeros((len(numbers), 3))
    to_the_next = cell.place_a(0, (1, 0, 0)) - cell.place_a(0, (0, 0, 0))
    moved[0] = share * to_the_next
    assert vacancy.count_strays(numbers, cell, moved) == strays
    # A chlorine that comes as near to a site of sodium has left nothing.
    moved = np.zeros((len(numbers), 3))
    moved[cell.copies, 0] = 1.5  # of 2.8 Å
    assert vacancy.count_strays(numbers, cell, moved) == 0


def test_all_that_move_together_stray_no_more_than_each() -> None:
    numbers, cell = rock_salt_cell()
    assert vacancy.count_strays(numbers, cell, np.zeros((len(numbers), 3))) == 0
    moved = np.random.default_rng(1).normal(0, 0.3, (len(numbers), 3))
    direct = 0
    sites = cell.positions_a
    images = np.array([[i, j, k] for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)])
    for atom, (site, shift) in enumerate(zip(sites, moved, strict=True)):
        others = sites[(numbers == numbers[atom]) & (np.arange(len(numbers)) != atom)]
        every = (others[:, None] + (images @ cell.cell_a)[None]).reshape(-1, 3)
        nearest = np.linalg.norm(every - (site + shift), axis=1).min()
        direct += nearest < np.linalg.norm(shift)
    assert vacancy.count_strays(numbers, cell, moved) == direct


@pytest.mark.parametrize(("jumpers", "held"), [(0, []), (1, [1]), (2, [1, 2]), (9, [1, 2, 3, 4])])
def test_neighbours_that_jump_in_are_held_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, jumpers: int, held: list[int]
) -> None:
    numbers, cell = rock_salt_cell()
    crystal = vacancy.Host(1, numbers, cell, None, 0.0)  # type: ignore[arg-type]
    seen: list[list[int]] = []

    def relax(host: Any, site: int, potential: Any, fixed: list[int]) -> vacancy.Vacancy:
        seen.append(list(fixed))
        return vacancy.Vacancy(site, -float(len(fixed)), np.zeros((len(numbers), 3)), 0.0, None)

    def healer(host: Any, site: int, displacements_a: Floats) -> int | None:
        return len(seen) if len(seen) <= jumpers else None

    monkeypatch.setattr(vacancy, "_relax_vacancy", relax)
    monkeypatch.setattr(vacancy, "_healer", healer)
    found = vacancy.relax_vacancy(crystal, 0, None)  # type: ignore[arg-type]
    assert seen[-1] == held and found.energy_ev == -len(held)
    assert found.healed_by == (0 if held else None)


class Slow:
    """A band that converges at a later go."""

    def __init__(self, goes: int) -> None:
        self.goes, self.saddle_ev = goes, 1.0
        self.energies_ev = np.array([0.0, 1.0, 0.0])

    def relax(self, fmax_ev_a: float, steps: int, climb: bool) -> bool:
        self.goes -= 1
        return self.goes <= 0


@pytest.mark.parametrize(
    ("goes", "left", "reason"),
    [(1, 0, ""), (migration.GOES, 0, ""), (9, 9 - migration.GOES, "not converged after 240")],
)
def test_a_slow_band_gets_more_goes(goes: int, left: int, reason: str) -> None:
    attempt = migration._Attempt(None, None, None, Slow(goes), True)  # type: ignore[arg-type]
    migration._settle(attempt)
    assert attempt.band.goes == left  # type: ignore[attr-defined]
    assert attempt.converged is (not reason) and attempt.reason.startswith(reason)


def test_without_sodium_there_is_no_migration() -> None:
    with pytest.raises(SimulationError, match="holds no sodium"):
        migration.migrate(prototype("Si").structure(), None)  # type: ignore[arg-type]


class Rough:
    """A band that falls to its true saddle when it is converged."""

    def __init__(self, true_ev: float, excess_ev: float) -> None:
        self.true_ev, self.saddle_ev, self.fall_ev = true_ev, true_ev + excess_ev, excess_ev
        self.energies_ev = np.array([0.0, 1.0, 0.0])

    def relax(self, fmax_ev_a: float, steps: int, climb: bool) -> bool:
        self.saddle_ev = self.true_ev
        return climb


@pytest.mark.parametrize("seed", range(20))
def test_converging_the_bands_that_decide_is_enough(seed: int) -> None:
    random = np.random.default_rng(seed)
    true = random.uniform(0.1, 1.5, 8)
    attempts: list[Any] = [
        SimpleNamespace(
            orbit=SimpleNamespace(
                members=((*random.integers(0, 2, 2), random.integers(-1, 2, 3)),)
            ),
            band=Rough(value, random.uniform(0, 0.5)),
            settled=False,
            converged=False,
            reason="",
        )
        for value in true
    ]
    everything = [
        Edge(*attempt.orbit.members[0], value)
        for attempt, value in zip(attempts, true, strict=True)
    ]
    assert migration._converge(attempts) == percolate(everything)
