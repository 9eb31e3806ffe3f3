"""Simulated laboratories: layers of known desirabilities, cells of known weights."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.screen.lab_learning.trials import Worths
from maiscreen.screen.lab_sheet.record import LabRecord

Floats = NDArray[np.float64]

LEAST = 0.05
"""Desirability of the worst of these layers."""

TRUE = np.array([0.1, 0.6, 0.1, 0.2])
"""Weights far from equal: by 0.7 in the sum of the differences."""


def layers(count: int = 120, draws: int = 512, error: float = 0.2) -> Worths:
    """Layers ``L000`` and on, whose attributes are good or bad independently of each other."""
    rng = np.random.default_rng(1)
    middle = rng.uniform(np.log(LEAST), 0.0, (count, 4))
    drawn = middle + error * rng.standard_normal((draws, count, 4))
    return Worths(tuple(f"L{i:03d}" for i in range(count)), np.clip(drawn, np.log(LEAST), 0.0))


def cell(precursor: str, cycles: int, censored: bool = False, **more: object) -> LabRecord:
    given = {"current_density_ma_cm2": 2.0, "capacity_mah_cm2": 1.0, "cell": "symmetric"} | more
    return LabRecord(row=2, precursor=precursor, cycles=cycles, censored=censored, **given)  # type: ignore[arg-type]


def lab(
    known: Worths,
    count: int,
    seed: int,
    weights: Floats = TRUE,
    slope: float = 2.0,
    misfit: float = 0.3,
    scatter: float = 0.3,
    limit: int = 1000,
) -> list[LabRecord]:
    """One cell each of some layers, taken at random; nobody waits longer than for the limit."""
    rng = np.random.default_rng([seed, 7])
    chosen = rng.choice(len(known.keys), count, replace=False)
    truth = known.drawn[rng.integers(len(known.drawn)), chosen]
    life = np.log(300) + slope * truth @ weights
    life += misfit * rng.standard_normal(count) + scatter * rng.standard_normal(count)
    cycles = np.maximum(np.exp(life), 1).astype(int)
    keys = [known.keys[i] for i in chosen]
    return [cell(k, min(int(n), limit), bool(n > limit)) for k, n in zip(keys, cycles, strict=True)]
