"""The real simulation, in a worker that is killed in the middle of one task, once."""

import os
import signal
from pathlib import Path
from threading import Timer

from maiscreen.models.labels.labels import Label
from maiscreen.models.simulation.potential import load_potential
from maiscreen.models.simulation.simulate import simulate


def killed_once(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
    trace = Path(os.environ["MAISCREEN_TEST_CALLS"])
    if (formula, quantity) == ("NaCl", "elasticity") and not trace.exists():
        load_potential(model)  # So that the simulation itself is what is killed.
        trace.write_text(str(os.getpid()))
        Timer(0.5, os.kill, (os.getpid(), signal.SIGKILL)).start()
    labels = simulate(formula, quantity, model)
    with trace.open("a") as file:
        file.write(f"\n{formula} {quantity} by {os.getpid()}")
    return labels
