"""Labels from several sources, and which of them are as they would be made today."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maiscreen.models.labels.labels import QUANTITIES, Label
from maiscreen.models.labels.plan import Job, Origin
from maiscreen.runners.provenance import installed_version, provenance
from maiscreen.runners.runs import labels_receipts
from maiscreen.runners.runs.simulation import LabelsResult, Simulation, SimulationPlan


@dataclass(frozen=True, slots=True)
class CurrentVersions:
    """What a label made now would carry: hashes of weights, settings and crystal, and its checks.

    Attributes
    ----------
    weights : mapping of str to str
        Model → hash of its weights; of a model that is missing here any weights do.
    settings : mapping of str to str
        Property → hash of the settings.
    crystal : callable
        Phase → hash of the crystal; None if any will do.
    checks : mapping of str to int
        Property → version of the checks; of a property that is missing here any will do.
    """

    weights: Mapping[str, str]
    settings: Mapping[str, str]
    crystal: Callable[[str], str | None]
    checks: Mapping[str, int]

    def fresh(self, label: Label) -> bool:
        """Return whether a label is as it would be made today."""
        weights = self.weights.get(label.model, label.weights_sha256)
        return (
            (label.weights_sha256, label.settings) == (weights, self.settings.get(label.property))
            and _alike(label.details.get("crystal"), self.crystal(label.formula))
            and (
                label.passed_checks
                or _alike(label.details.get("checks"), self.checks.get(label.property))
            )
        )


def _alike(made: object, today: object) -> bool:
    """Compare where both are known."""
    return made is None or today is None or made == today


@dataclass(slots=True)
class Sources:
    """All labels that there are.

    Attributes
    ----------
    today : CurrentVersions
        Says which are fresh.
    embedded : tuple of Label
        Those that come with the package.
    table : tuple of Label
        Those of the table of an earlier run that are not embedded.
    receipts : dict of Job to Receipt
        Those of the folder.
    """

    today: CurrentVersions
    embedded: tuple[Label, ...]
    table: tuple[Label, ...]
    receipts: dict[Job, labels_receipts.Receipt]

    def held(self) -> tuple[Label, ...]:
        """Return what the folder holds, the fresh before the stale, the newer before the older."""
        made = (label for receipt in self.receipts.values() for label in receipt.labels)
        return self._joined([*self.table, *made])

    def labels(self, *, embedded: bool = True) -> tuple[Label, ...]:
        """Join all; nothing stale takes the place of something fresh."""
        return self._joined([*(self.embedded if embedded else ()), *self.held()])

    def made(self) -> tuple[Label, ...]:
        """Return what the folder holds and no fresher embedded label takes the place of."""
        chosen = self.labels()
        return tuple(label for label in self.held() if label in chosen)

    def aside(self) -> int:
        """Count what the folder holds and a fresher embedded label takes the place of."""
        return len(self.held()) - len(self.made())

    def used_receipts(self) -> list[labels_receipts.Receipt]:
        """List the receipts of which something is used; the others are stale."""
        made = self.made()
        return [
            receipt
            for receipt in self.receipts.values()
            if any(label in made for label in receipt.labels)
        ]

    def _joined(self, labels: Iterable[Label]) -> tuple[Label, ...]:
        return labels_receipts.merge_labels((), sorted(labels, key=self.today.fresh))


def read_sources(simulator: Simulation, origins: Mapping[str, Origin], folder: Path) -> Sources:
    """Read what a folder holds, beside what is embedded.

    Parameters
    ----------
    simulator : Simulation
        With the embedded labels and the settings of today.
    origins : mapping of str to Origin
        Of the models that are loaded; for others, the weights of the embedded labels count.
    folder : Path
        The folder.
    """
    weights = {label.model: label.weights_sha256 for label in simulator.embedded}
    weights |= {model: origin.weights_sha256 for model, origin in origins.items()}
    quantities = {name: quantity for quantity, names in QUANTITIES.items() for name in names}
    settings = {name: simulator.settings(quantity) for name, quantity in quantities.items()}
    checks = {n: simulator.checks[q] for n, q in quantities.items() if q in simulator.checks}
    table = tuple(
        label for label in labels_receipts.read_table(folder) if label not in simulator.embedded
    )
    return Sources(
        CurrentVersions(weights, settings, simulator.crystal, checks),
        simulator.embedded,
        table,
        labels_receipts.read_receipts(folder),
    )


PACKAGES = ("ase", "e3nn", "jax", "nequix", "sevenn", "spglib", "torch", "torch-geometric")
"""Packages that decide what a simulation gives, beside those of every result."""

_NOTHING = 1e-3
"""Values below, in whatever unit, are compared as if they were that: the zero of energies."""


def manifest(
    done: LabelsResult, plan: SimulationPlan, runner_info: Mapping[str, object]
) -> dict[str, object]:
    """State what was run, from what, and what came of it.

    Parameters
    ----------
    done : LabelsResult
        The run.
    plan : SimulationPlan
        What was wanted.
    runner_info : mapping
        Runner and number of workers.
    """
    sources = provenance()
    packages = {name: installed_version(name) for name in PACKAGES}
    return {
        "labels": counts(done.labels),
        "simulations": {
            "wanted": len(done.wanted),
            "run_now": len(done.run),
            "phases": sorted({job.formula for job in done.wanted}),
            "quantities": sorted({job.quantity for job in done.wanted}),
        },
        "models": {name: asdict(origin) for name, origin in plan.origins.items()},
        "settings": dict(plan.settings),
        "reproduction": reproduction(done.embedded, done.made),
        "sources": {**sources, "simulation_packages": packages},
        **runner_info,
        "seconds": round(done.seconds, 3),
    }


def reproduction(embedded: Iterable[Label], made: Iterable[Label]) -> dict[str, Any]:
    """State how far labels that were made again are from the embedded ones.

    Parameters
    ----------
    embedded, made : iterable of Label
        Those that come with the package, and those of the run.

    Returns
    -------
    dict
        ``compared`` (labels in both), ``largest_relative_difference`` of their values (None
        without any), ``worst`` (which), ``contradict`` (only one of both has a value, or may be
        used).
    """
    before = {(one.formula, one.property, one.model): one for one in embedded}
    pairs = [(before[key], one) for one in made if (key := _key(one)) in before]
    apart = {
        _key(new): abs(new.value - old.value) / max(abs(old.value), _NOTHING)
        for old, new in pairs
        if old.value is not None and new.value is not None
    }
    worst = max(apart, key=lambda key: apart[key], default=None)
    return {
        "compared": len(pairs),
        "largest_relative_difference": None if worst is None else apart[worst],
        "worst": None if worst is None else " ".join(worst),
        "contradict": [
            " ".join(_key(new))
            for old, new in pairs
            if (old.value is None, old.passed_checks) != (new.value is None, new.passed_checks)
        ],
    }


def _key(label: Label) -> tuple[str, str, str]:
    return label.formula, label.property, label.model


def counts(labels: Iterable[Label]) -> dict[str, int]:
    """Count the labels that may be used, those that failed a check, those without a value.

    Examples
    --------
    >>> counts([])
    {'passed_checks': 0, 'failed_checks': 0, 'no_value': 0}
    """
    every = list(labels)
    passed = sum(label.passed_checks for label in every)
    nothing = sum(label.value is None for label in every)
    failed = len(every) - passed - nothing
    return {"passed_checks": passed, "failed_checks": failed, "no_value": nothing}
