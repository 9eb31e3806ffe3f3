"""Published hops of sodium, and what potentials make of them (decision 48, measure E).

models/data/hops.jsonl has a line for each path and model, made by benchmarks/bench_hops.py; SOURCES
says where the paths are from.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Hop:
    """A published path by a potential.

    Attributes
    ----------
    path : str
        Compound of the path.
    model : str
        Name of the potential.
    published_ev : float
        Barrier by density functional theory, eV.
    barrier_ev : float or None
        By the potential, from the lower end, eV; None where it has none.
    converged : bool
        Whether the band fell below 0.05 eV/Å; a rough one counts as it stands.
    seconds : float
        Time that it took.
    reason : str
        Why it has none.
    """

    path: str
    model: str
    published_ev: float
    barrier_ev: float | None
    converged: bool
    seconds: float
    reason: str = ""


@cache
def load_hops() -> tuple[Hop, ...]:
    """Return the embedded hops."""
    text = files("maiscreen.models").joinpath("data/hops.jsonl").read_text(encoding="utf-8")
    return tuple(Hop(**json.loads(line)) for line in text.splitlines())


def hop_values(hops: Iterable[Hop], models: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return path → model → barrier, eV, in the order of the models given."""
    found = {(hop.path, hop.model): hop.barrier_ev for hop in hops}
    order = tuple(models)
    values: dict[str, dict[str, float]] = {}
    for path in dict.fromkeys(path for path, _ in found):
        by_model = {model: found.get((path, model)) for model in order}
        values[path] = {model: ev for model, ev in by_model.items() if ev is not None}
    return {path: by_model for path, by_model in values.items() if by_model}
