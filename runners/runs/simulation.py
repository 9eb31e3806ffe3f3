"""One simulation: what a worker does, and what it needs to know."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from maiscreen.models.labels.labels import Label, SimulationError, to_lines
from maiscreen.models.labels.plan import Job, Origin, check_labels, without_result
from maiscreen.models.labels.potentials import PotentialEntry

Simulate = Callable[[str, str, str], Sequence[Label]]
"""Formula, quantity, model → labels; a worker can import it."""


def _any_crystal(formula: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a run carries out.

    Attributes
    ----------
    phases : mapping of str to str
        Formula → ``salt``, ``compound`` or ``element``.
    models : tuple of str
        Names of the models, the default first.
    origin : callable
        Model → where its labels come from; says how to install what is missing.
    settings : callable
        Quantity → hash of its settings.
    crystal : callable
        Phase → hash of the crystal that it is begun from; None if labels of any will do.
    checks : mapping of str to int
        Quantity → version of its checks; without it, labels by any will do.
    simulate : callable
        Does it.
    embedded : tuple of Label
        The labels that come with the package.
    snapshot : str
        Pinned folder with more phases, if any.
    usual : tuple of str
        Models that are asked if the user names none; all of them if empty.
    own : tuple of PotentialEntry
        Potentials of the user's.
    """

    phases: Mapping[str, str]
    models: tuple[str, ...]
    origin: Callable[[str], Origin]
    settings: Callable[[str], str]
    simulate: Simulate
    embedded: tuple[Label, ...] = ()
    snapshot: str = ""
    usual: tuple[str, ...] = ()
    own: tuple[PotentialEntry, ...] = ()
    crystal: Callable[[str], str | None] = _any_crystal
    checks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """What the user asks for: everything of a kind, if left empty.

    Attributes
    ----------
    phases, quantities, models : tuple of str
        Names.
    retry_failed : bool
        Repeat what gave no result.
    again : bool
        Repeat what is embedded, but not what the folder holds.
    """

    phases: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    retry_failed: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What the workers get: the simulations by their number, and how to do them."""

    jobs: tuple[Job, ...]
    simulate: Simulate
    origins: Mapping[str, Origin]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelsResult:
    """What a run did.

    Attributes
    ----------
    labels : tuple of Label
        All that are there now: embedded ones, and those of the folder.
    wanted, run : tuple of Job
        Simulations that were wanted, and those that were run now.
    embedded, made : tuple of Label
        Labels that come with the package, and those that the folder holds.
    seconds : float
        Time that the run took.
    aside : int
        Labels of the folder, of other weights or settings than those of today, that fresh
        embedded ones take the place of.
    """

    labels: tuple[Label, ...]
    wanted: tuple[Job, ...]
    run: tuple[Job, ...]
    embedded: tuple[Label, ...]
    made: tuple[Label, ...]
    seconds: float
    aside: int = 0


def simulation(snapshot: str = "", own: PotentialEntry | None = None) -> Simulation:
    """Return the simulations of maiscreen, those of a snapshot's phases included.

    Parameters
    ----------
    snapshot : str
        Pinned folder with more phases, if any.
    own : PotentialEntry, optional
        A potential of the user's, which is then the only one that is asked unless more are named.
    """
    from maiscreen.models.crystals.snapshot_phases import crystal_digest, phases
    from maiscreen.models.labels.labels import load_labels
    from maiscreen.models.labels.potentials import USUAL, register
    from maiscreen.models.simulation.checks import CHECKS, settings_hash
    from maiscreen.models.simulation.simulate import simulate

    return Simulation(
        phases=phases(snapshot),
        models=tuple(register([] if own is None else [own])),
        origin=partial(origin, own=own),
        settings=settings_hash,
        simulate=partial(simulate, snapshot=snapshot, own=own),
        embedded=load_labels(),
        snapshot=snapshot,
        usual=USUAL if own is None else (own.name,),
        own=() if own is None else (own,),
        crystal=partial(crystal_digest, snapshot=snapshot),
        checks=CHECKS,
    )


def origin(model: str, own: PotentialEntry | None = None) -> Origin:
    """Load a model and say where its labels come from."""
    from maiscreen.models.simulation.potential import load_potential

    loaded = load_potential(model, own)
    return Origin(loaded.version, loaded.weights_sha256, loaded.licence)


def describe(given: SimulationPlan, start: int, stop: int) -> pa.Table:
    """Run the simulations start … stop − 1; each is a row with its labels as JSON Lines."""
    return pa.table({"labels": [to_lines(_simulate_job(given, j)) for j in given.jobs[start:stop]]})


def _simulate_job(plan: SimulationPlan, job: Job) -> Sequence[Label]:
    origin, settings = plan.origins[job.model], plan.settings[job.quantity]
    begun = time.perf_counter()
    try:
        labels = plan.simulate(*job)
    except SimulationError as error:
        reason = " ".join(str(error).split())
        return without_result(job, reason, time.perf_counter() - begun, origin, settings)
    check_labels(job, labels, origin, settings)
    return labels
