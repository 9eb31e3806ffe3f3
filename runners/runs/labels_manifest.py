"""The manifest of a folder of labels: what was run, by what, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from maiscreen.models.labels.labels import Label
from maiscreen.runners.provenance import installed_version, provenance
from maiscreen.runners.runs.simulation import Done, Plan

PACKAGES = ("ase", "e3nn", "sevenn", "spglib", "torch", "torch-geometric")
"""Packages that decide what a simulation gives, beside those of every result."""

_NOTHING = 1e-3
"""Values below, in whatever unit, are compared as if they were that: the zero of energies."""


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
        "reproduction": reproduction(done.embedded, done.made),
        "sources": {**sources, "simulation_packages": packages},
        **used,
        "seconds": round(done.seconds, 3),
    }


def reproduction(embedded: Iterable[Label], made: Iterable[Label]) -> dict[str, Any]:
    """Say how far labels that were made again are from the embedded ones.

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
