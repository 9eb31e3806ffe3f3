"""Climbing-image nudged elastic bands whose images are evaluated together."""

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.labels.labels import SimulationError

if TYPE_CHECKING:
    from ase import Atoms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

IMAGES = 3
"""Moving images. Odd, so that one sits at the middle, where symmetry puts most saddles."""

SPRING_EV_A2 = 0.1
"""Between images; ASE's default. The barrier does not depend on it."""

IDPP_STEPS = 20
"""Of the interpolation by distances; a rough start is enough."""

MAX_MOVE_A = 0.1
"""Farthest that an atom moves in a step."""


def remaining_energy(energies_ev: Sequence[float]) -> float:
    """Estimate how much a relaxation would still have moved the energy.

    The last two steps are continued as a geometric series (Aitken's Δ² process), but no further
    than they went themselves.

    Parameters
    ----------
    energies_ev : sequence of float
        At each step, eV.

    Examples
    --------
    >>> remaining_energy([9.0, 1.0, 0.5, 0.25])
    0.25
    """
    steps = np.abs(np.diff(energies_ev[-3:]))
    if len(steps) < 2 or steps[1] >= steps[0]:
        return float(steps.sum())
    return float(min(steps[1] ** 2 / (steps[0] - steps[1]), steps.sum()))


class Evaluator(Protocol):
    """What is asked of a potential: :class:`maiscreen.models.simulation.potential.Potential`."""

    @property
    def calculator(self) -> Any:
        """For ASE."""

    def evaluate(self, images: "Sequence[Atoms]") -> Sequence[Any]:
        """Return the energy and forces of each image."""


@dataclass(frozen=True, slots=True, eq=False)
class Mirror:
    """An operation that turns a path round: image k becomes image −1−k.

    Attributes
    ----------
    rotation : Floats
        On Cartesian columns, shape (3, 3).
    partner : Ints
        The atom that each atom becomes, shape (n,).
    fixed_a : Floats
        For each atom a point, shape (n, 3), that the operation takes to that of its partner.
    """

    rotation: Floats
    partner: Ints
    fixed_a: Floats

    def positions(self, positions_a: Floats) -> Floats:
        """Turn positions, shape (n, 3)."""
        turned = np.empty_like(positions_a)
        turned[self.partner] = (
            self.fixed_a[self.partner] + (positions_a - self.fixed_a) @ self.rotation.T
        )
        return turned

    def forces(self, forces_ev_a: Floats) -> Floats:
        """Turn vectors, shape (n, 3)."""
        turned = np.empty_like(forces_ev_a)
        turned[self.partner] = forces_ev_a @ self.rotation.T
        return turned


class _Shared:
    """Evaluates all images of a band at once, and half of them where a mirror gives the rest."""

    def __init__(self, images: "list[Atoms]", potential: Evaluator, mirror: Mirror | None) -> None:
        self._images, self._potential, self._mirror = images, potential, mirror
        self._seen: Floats | None = None
        self.energies_ev = np.zeros(len(images))
        self.forces_ev_a = np.zeros((len(images), len(images[0]), 3))
        self.evaluations = 0
        self._compute([0, len(images) - 1])

    def update(self) -> None:
        """Evaluate the moving images if they have moved."""
        now = np.array([image.positions for image in self._images[1:-1]])
        if self._seen is not None and np.array_equal(now, self._seen):
            return
        self._seen = now
        last = len(self._images) - 1
        if self._mirror is None:
            self._compute(range(1, last))
            return
        self._compute(range(1, last // 2 + 1))
        for k in range(1, last // 2 + 1):
            turned = self._mirror.forces(self.forces_ev_a[k])
            middle = last == 2 * k
            self.forces_ev_a[last - k] = (turned + self.forces_ev_a[k]) / 2 if middle else turned
            self.energies_ev[last - k] = self.energies_ev[k]

    def _compute(self, which: Sequence[int]) -> None:
        # Copies without calculators: what evaluates them may set its own.
        bare = [self._images[k].copy() for k in which]
        for k, result in zip(which, self._potential.evaluate(bare), strict=True):
            self.energies_ev[k] = result.energy_ev
            self.forces_ev_a[k] = result.forces_ev_a
        self.evaluations += len(bare)
        if not np.isfinite(self.energies_ev).all():
            raise SimulationError("an energy on the path is not a number")


class _Image:
    """The calculator of one image: it asks for the whole band."""

    def __init__(self, shared: _Shared, number: int) -> None:
        self._shared, self._number = shared, number

    def get_potential_energy(self, atoms: "Atoms") -> float:
        self._shared.update()
        return float(self._shared.energies_ev[self._number])

    def get_forces(self, atoms: "Atoms") -> Floats:
        self._shared.update()
        return np.array(self._shared.forces_ev_a[self._number])


@dataclass(slots=True, eq=False)
class Band:
    """A path between two minima, to be relaxed in as many goes as it takes.

    Attributes
    ----------
    neb : ase.mep.NEB
        Images with the two ends.
    shared : object
        What evaluates them, and counts.
    history_ev : list[float]
        Energy of the highest image at each step.
    seconds : float
        Spent on it.
    """

    neb: Any
    shared: _Shared
    history_ev: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def saddle_ev(self) -> float:
        """Energy of the highest image, ends included, eV."""
        return float(self.energies_ev.max())

    @property
    def energies_ev(self) -> Floats:
        """Of all images, shape (images + 2,), eV."""
        self.shared.update()
        return self.shared.energies_ev

    @property
    def change_ev(self) -> float:
        """Estimate of how much the highest energy would still have moved, eV."""
        return remaining_energy(self.history_ev)

    @property
    def fall_ev(self) -> float:
        """How much the highest energy moved over the second half of its steps, eV.

        Relaxations converge geometrically or faster, so that no more than that is to come.
        """
        return abs(self.history_ev[-1] - self.history_ev[len(self.history_ev) // 2])

    def relax(self, fmax_ev_a: float, steps: int, climb: bool) -> bool:
        """Relax the band; say whether it converged."""
        from ase.optimize import LBFGS

        start = time.perf_counter()
        self.neb.climb = climb
        with LBFGS(self.neb, logfile=io.StringIO(), maxstep=MAX_MOVE_A) as optimizer:
            optimizer.attach(lambda: self.history_ev.append(self.saddle_ev))
            done = bool(optimizer.run(fmax=fmax_ev_a, steps=steps))
        self.seconds += time.perf_counter() - start
        return done


def band(
    start: "Atoms",
    end: "Atoms",
    potential: Evaluator,
    images: int = IMAGES,
    mirror: Mirror | None = None,
) -> Band:
    """Lay a band between two minima.

    Images are interpolated so that distances change evenly (IDPP: S. Smidstrup et al., J. Chem.
    Phys. 140, 214106 (2014)); tangents are the improved ones and the highest image climbs
    (G. Henkelman, B. Uberuaga, H. Jónsson, J. Chem. Phys. 113, 9901 and 9978 (2000)).

    Parameters
    ----------
    start, end : ase.Atoms
        Atoms in the same order, not folded back into the cell.
    potential : Evaluator
        Gives energies and forces.
    images : int
        How many between the ends.
    mirror : Mirror or None
        An operation that takes `start` to `end` and back: half of the images are then not
        evaluated but turned.
    """
    from ase.mep import NEB
    from ase.mep.neb import idpp_interpolate

    row = [start.copy() for _ in range(images + 1)] + [end.copy()]
    neb = NEB(row, k=SPRING_EV_A2, method="improvedtangent")
    neb.interpolate(mic=False)
    idpp_interpolate(neb, traj=None, log=io.StringIO(), mic=True, steps=IDPP_STEPS)
    if mirror is not None:
        _symmetrise(row, mirror)
    shared = _Shared(row, potential, mirror)
    for number, image in enumerate(row):
        image.calc = _Image(shared, number)
    return Band(neb, shared)


def _symmetrise(row: "list[Atoms]", mirror: Mirror) -> None:
    """Make the two halves of a band equal to the last digit."""
    for k in range((len(row) + 1) // 2):
        turned = mirror.positions(row[-1 - k].positions)
        row[k].positions = (row[k].positions + turned) / 2
        row[-1 - k].positions = mirror.positions(row[k].positions)
