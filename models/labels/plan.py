"""Which simulations there are to run, and the labels of one that gave no result."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pymatgen.core.composition import Composition

from maiscreen.models.labels.labels import QUANTITIES, Label


class Job(NamedTuple):
    """One simulation: one quantity of one phase by one model."""

    formula: str
    quantity: str
    model: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the labels of a model come from.

    Attributes
    ----------
    version, weights_sha256, licence : str
        Of the potential.
    """

    version: str
    weights_sha256: str
    licence: str


def meaningful_quantities(formula: str, kind: str) -> tuple[str, ...]:
    """Find which quantities mean something for a phase of the interphase.

    Parameters
    ----------
    formula : str
        The phase.
    kind : str
        ``salt``, ``compound`` or ``element``.

    Returns
    -------
    tuple of str
        Of :data:`~maiscreen.models.labels.labels.QUANTITIES`, in their order. Without sodium
        nothing migrates; sodium on sodium is what adhesion is compared with; an element that is
        neither metal nor metalloid is there for its energy alone.

    Examples
    --------
    >>> meaningful_quantities("NaSn", "compound")
    ('structure', 'elasticity', 'migration', 'adhesion')
    >>> meaningful_quantities("Na", "element"), meaningful_quantities("Cl", "element")
    (('structure', 'elasticity', 'migration', 'adhesion'), ('structure',))
    """
    if kind != "element" or formula == "Na":
        return tuple(QUANTITIES)
    (element,) = Composition(formula).elements
    solid = element.is_metal or element.is_metalloid
    return ("structure", "elasticity", "adhesion") if solid else ("structure",)


def jobs(
    phases: Mapping[str, str], quantities: Sequence[str], models: Sequence[str]
) -> tuple[Job, ...]:
    """List the simulations, the most wanted first: by model, then quantity, then phase.

    Parameters
    ----------
    phases : mapping of str to str
        Formula → kind, in the order wanted.
    quantities, models : sequence of str
        In the order wanted.

    Examples
    --------
    >>> jobs({"NaCl": "salt", "Sn": "element"}, ("structure", "migration"), ("a",))[1:]
    (Job(formula='Sn', quantity='structure', model='a'), \
Job(formula='NaCl', quantity='migration', model='a'))
    """
    return tuple(
        Job(formula, quantity, model)
        for model in models
        for quantity in quantities
        for formula, kind in phases.items()
        if quantity in meaningful_quantities(formula, kind)
    )


def labels_of_job(job: Job, labels: Iterable[Label]) -> tuple[Label, ...]:
    """Choose the labels of a simulation."""
    names = QUANTITIES[job.quantity]
    return tuple(
        label
        for label in labels
        if (label.formula, label.model) == (job.formula, job.model) and label.property in names
    )


def is_complete(job: Job, labels: Iterable[Label], origin: Origin, settings: str) -> bool:
    """Return whether labels are all those of a simulation as it would be run now.

    Parameters
    ----------
    job : Job
        The simulation.
    labels : iterable of Label
        Labels that are there, of any simulation.
    origin : Origin
        Of the model as installed.
    settings : str
        Hash of the settings of the quantity.
    """
    made = {
        label.property
        for label in labels_of_job(job, labels)
        if (label.weights_sha256, label.settings) == (origin.weights_sha256, settings)
    }
    return made == set(QUANTITIES[job.quantity])


def without_result(
    job: Job, reason: str, seconds: float, origin: Origin, settings: str
) -> tuple[Label, ...]:
    """Return the labels of a simulation that gave no result.

    Examples
    --------
    >>> job, origin = Job("NaSn", "structure", "a"), Origin("1", "ab", "MIT")
    >>> [(l.property, l.value, l.reason) for l in without_result(job, "why", 1.0, origin, "s")]
    [('formation_energy', None, 'why'), ('volume', None, 'why')]
    """
    return tuple(
        Label(
            formula=job.formula,
            property=name,
            value=None,
            unit=unit,
            std=None,
            model=job.model,
            passed_checks=False,
            seconds=seconds,
            reason=reason,
            model_version=origin.version,
            weights_sha256=origin.weights_sha256,
            licence=origin.licence,
            settings=settings,
        )
        for name, unit in QUANTITIES[job.quantity].items()
    )


def check_labels(job: Job, labels: Sequence[Label], origin: Origin, settings: str) -> None:
    """Refuse labels that are not the ones of the simulation that was asked for.

    Raises
    ------
    ValueError
        If properties are missing or others are there, a number is not finite, or a value is
        missing or may not be used and nothing says why.
    """
    names = sorted(label.property for label in labels)
    if names != sorted(QUANTITIES[job.quantity]) or not is_complete(job, labels, origin, settings):
        raise ValueError(f"{job} gave labels of something else: {', '.join(names) or 'none'}")
    for label in labels:
        numbers = (label.value, label.std, label.seconds)
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError(f"{label.property} is not finite: {label.value} ± {label.std}")
        if not label.reason and not (label.passed_checks and label.value is not None):
            raise ValueError(f"{label.property} may not be used, and nothing says why")
