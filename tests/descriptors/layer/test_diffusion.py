"""Diffusion tensors against linear algebra, random walks and closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_walk import walk

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K
from maiscreen.descriptors.layer.diffusion import CM2_PER_A2, Hops, diffusivity_cm2_s, of_grains

KT_EV = BOLTZMANN_EV_K * 300


def tensor(site_ev: list[float], hops: Hops) -> np.ndarray:
    """Diffusivity at 300 K in Å² times the attempt frequency."""
    return diffusivity_cm2_s(np.array(site_ev), hops, 300.0, 1.0) / CM2_PER_A2


def hops_of(*rows: tuple[int, int, list[float], float]) -> Hops:
    start, end, way, saddle = zip(*rows, strict=True)
    return Hops(np.array(start), np.array(end), np.array(way, float), np.array(saddle, float))


def by_linear_algebra(site_ev: np.ndarray, hops: Hops) -> np.ndarray:
    """Solve the cell problem as it stands, with a pseudo-inverse."""
    n = len(site_ev)
    weight = np.exp(-hops.saddle_ev / KT_EV) / np.exp(-site_ev / KT_EV).sum()
    laplacian, drift = np.zeros((n, n)), np.zeros((n, 3))
    for i, j, way, c in zip(hops.start, hops.end, hops.way_a, weight, strict=True):
        laplacian[[i, j], [i, j]] += c * (i != j)
        laplacian[[i, j], [j, i]] -= c * (i != j)
        drift[i] += c * way
        drift[j] -= c * way
    u = np.linalg.pinv(laplacian, rcond=1e-13) @ drift
    moved = hops.way_a + u[hops.end] - u[hops.start]
    return np.einsum("h,ha,hb->ab", weight, moved, moved)


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, Hops]:
    n = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    h = draw(st.integers(1, 12))
    place = rng.random((n, 3)) * 4
    start, end = rng.integers(0, n, (2, h))
    way = place[end] - place[start] + 4.0 * rng.integers(-1, 2, (h, 3))
    energy = rng.random(n) * 0.1
    return energy, Hops(start, end, way, 0.1 + rng.random(h) * 0.2)


@given(networks())
def test_star_to_mesh_is_the_cell_problem(network: tuple[np.ndarray, Hops]) -> None:
    energy, hops = network
    expected = by_linear_algebra(energy, hops)
    assert tensor(list(energy), hops) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(networks(), st.integers(0, 2**32 - 1))
def test_neither_names_of_sites_nor_axes_matter(
    network: tuple[np.ndarray, Hops], seed: int
) -> None:
    energy, hops = network
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(energy))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    place = np.argsort(order)
    back = rng.random(len(hops.start)) < 0.5
    start, end = np.where(
        back, [place[hops.end], place[hops.start]], [place[hops.start], place[hops.end]]
    )
    way = np.where(back[:, None], -hops.way_a, hops.way_a) @ turn.T
    other = tensor(list(energy[order]), Hops(start, end, way, hops.saddle_ev))
    expected = turn @ tensor(list(energy), hops) @ turn.T
    assert other == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_random_walkers_come_as_far() -> None:
    # Two sites of unlike energy, three unlike hops: a chain with steps aside.
    energy = np.array([0.0, 0.03])
    hops = hops_of(
        (0, 1, [1.5, 0.5, 0], 0.05), (1, 0, [2.5, -0.5, 0], 0.08), (0, 0, [0, 3, 0], 0.1)
    )  # fmt: skip
    expected = tensor(list(energy), hops)
    assert walk(energy, hops, 300.0, 4000, 400) == pytest.approx(
        expected, abs=0.05 * expected.max()
    )


def test_the_weakest_direction_is_exact_whatever_the_others_are() -> None:
    # Planes at 0.05 eV; across them 1.5 eV, 24 decades slower.
    hops = hops_of(
        (0, 0, [3, 0, 0], 0.05), (0, 0, [0, 3, 0], 0.05), (0, 1, [0, 0, 2], 1.5),
        (1, 0, [0, 0, 2], 1.5), (1, 1, [3, 0, 0], 0.05), (1, 1, [0, 3, 0], 0.05),
    )  # fmt: skip
    across = tensor([0.0, 0.0], hops)[2, 2]
    # Two equal resistances in series over 4 Å, half of the vacancies on each site.
    assert across == pytest.approx(np.exp(-1.5 / KT_EV) / 2 / 2 * 16, rel=1e-12)


def test_what_leads_nowhere_conducts_nothing() -> None:
    cage = hops_of((0, 1, [1, 0, 0], 0.1), (1, 2, [0, 1, 0], 0.1), (2, 0, [-1, -1, 0], 0.1))
    assert tensor([0.0, 0.0, 0.0], cage) == pytest.approx(np.zeros((3, 3)), abs=1e-20)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(0, 2**32 - 1))
def test_grains_obey_the_self_consistent_medium(principal: list[float], seed: int) -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    value = float(of_grains(turn @ np.diag(principal) @ turn.T))
    ordered = sorted(principal)
    assert 0 <= value <= np.mean(principal) * (1 + 1e-9) + 1e-12
    if ordered[1] > 1e-3:
        balance = sum((p - value) / (p + 2 * value) for p in principal)
        assert balance == pytest.approx(0, abs=1e-6)
