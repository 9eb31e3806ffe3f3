"""Simulations small enough to see through: each property follows from the names alone."""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from maiscreen.models.labels.labels import QUANTITIES, Label, SimulationError, from_lines
from maiscreen.models.labels.plan import Origin
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.simulation import LabelRequest, LabelsResult, Simulation

PHASES: Mapping[str, str] = {"NaCl": "salt", "Na": "element", "NaSn": "compound", "Sn": "element"}
MODELS = ("first", "second")
SETTINGS = {quantity: f"settings of {quantity}" for quantity in QUANTITIES}
SIMULATIONS = 2 * (4 + 4 + 4 + 3)
"""All of them, seven or eight for a phase."""


def origin(model: str) -> Origin:
    return Origin("1.0", f"weights of {model}", "MIT")


def other_here_than_there(model: str) -> Origin:
    """As if this process had other weights than the workers."""
    return Origin("1.0", str(os.getpid()), "MIT")


def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    if (formula, quantity) == ("NaSn", "migration"):
        raise SimulationError("no hop\nconverged")
    begun = time.perf_counter()
    return tuple(
        Label(
            formula=formula,
            property=name,
            value=crc32(f"{formula} {name} {model}".encode()) / 1e9,
            unit=unit,
            std=0.01,
            model=model,
            passed_checks=True,
            seconds=time.perf_counter() - begun,
            reason="",
            model_version="1.0",
            weights_sha256=origin(model).weights_sha256,
            licence="MIT",
            settings=SETTINGS[quantity],
            details={"hops": [1.5, None]},
        )
        for name, unit in QUANTITIES[quantity].items()
    )


def counted(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    """As simulate, and leave a trace of the call."""
    with Path(os.environ["MAISCREEN_TEST_CALLS"]).open("a") as file:
        file.write(f"{formula} {quantity} {model}\n")
    return simulate(formula, quantity, model)


def raising(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    if (formula, quantity, model) == ("NaCl", "elasticity", "first"):
        raise ZeroDivisionError("a bad\nsimulation")
    return counted(formula, quantity, model)


def dying(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    if (formula, quantity, model) == ("NaCl", "elasticity", "first"):
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(formula, quantity, model)


def dying_once(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    """End the worker in the middle of a task, but not when it is repeated."""
    trace = Path(os.environ["MAISCREEN_TEST_CALLS"])
    if (formula, quantity, model) == ("NaCl", "elasticity", "first") and not trace.exists():
        trace.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(formula, quantity, model)


def interrupted(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    if quantity == "migration":
        raise KeyboardInterrupt
    return counted(formula, quantity, model)


def slow(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    time.sleep(0.5)
    return counted(formula, quantity, model)


SERIAL = RunnerOptions(serially=True)


def run(
    out: Path, how: object = simulate, by: RunnerOptions = SERIAL, **wanted: object
) -> LabelsResult:
    """Simulate into a folder."""
    return run_labels(LabelRequest(**wanted), out, by, simulator=parts(how))  # type: ignore[arg-type]


def table_of(out: Path) -> list[Label]:
    """The labels that a run wrote, less the time that they took."""
    labels = from_lines((out / "labels.jsonl").read_text(encoding="utf-8"))
    return [replace(label, seconds=0.0) for label in labels]


def parts(how: object = simulate, embedded: tuple[Label, ...] = ()) -> Simulation:
    return Simulation(PHASES, MODELS, origin, SETTINGS.__getitem__, how, embedded)  # type: ignore[arg-type]
