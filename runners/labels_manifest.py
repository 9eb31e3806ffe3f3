"""The manifest of a folder of labels: what was run, by what, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from maiscreen.models.labels import Label
from maiscreen.runners.labels_work import Done, Plan
from maiscreen.runners.provenance import installed_version, provenance

PACKAGES = ("ase", "e3nn", "sevenn", "spglib", "torch", "torch-geometric")
"""Packages that decide what a simulation gives, beside those of every result."""


def manifest(done: Done, plan: Plan, used: Mapping[str, object]) -> dict[str, object]:
    """Say what was run, from what, and what came of it.

    Parameters
    ----------
    done : Done
        The run.
    plan : Plan
        What was wanted.
    used : mapping
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
        "sources": {**sources, "simulation_packages": packages},
        **used,
        "seconds": round(done.seconds, 3),
    }


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
