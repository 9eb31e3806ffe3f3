"""Vacancies that hop at random through a crystal: what its diffusivity is by brute force."""

import numpy as np

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K
from maiscreen.descriptors.layer.diffusion import Hops


def walk(
    energy: np.ndarray, hops: Hops, temperature_k: float, walkers: int, steps: int
) -> np.ndarray:
    """Diffusivity, Å² times the attempt frequency, from how far walkers come, hop after hop."""
    rng, kt_ev = np.random.default_rng(5), BOLTZMANN_EV_K * temperature_k
    # Every hop in both directions.
    start, end = np.append(hops.start, hops.end), np.append(hops.end, hops.start)
    way = np.concatenate([hops.way_a, -hops.way_a])
    rate = np.exp(-(np.tile(hops.saddle_ev, 2) - energy[start]) / kt_ev)
    out = [np.flatnonzero(start == site) for site in range(len(energy))]
    share = np.exp(-energy / kt_ev)
    site = rng.choice(len(energy), walkers, p=share / share.sum())
    far, time = np.zeros((walkers, 3)), 0.0
    for _ in range(steps):
        chosen = np.empty(walkers, dtype=int)
        for at, mine in enumerate(out):
            here = np.flatnonzero(site == at)
            leaving = rate[mine].sum()
            chosen[here] = rng.choice(mine, here.size, p=rate[mine] / leaving)
            time += rng.exponential(1 / leaving, here.size).sum()
        far += way[chosen]
        site = end[chosen]
    return np.asarray(far.T @ far / 2 / time)
