"""Percolation against walks through the unrolled crystal."""

from collections import deque
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.models.crystals.percolation import Edge, percolate

WINDOW = 4
SITES = 2
shifts = st.tuples(*[st.integers(-1, 1)] * 3)
edges = st.builds(
    Edge, st.integers(0, SITES - 1), st.integers(0, SITES - 1), shifts, st.sampled_from([0.1, 0.2])
)


def walked_dimensions(network: list[Edge], site: int) -> int:
    """Rank of the cells where copies of a site are reached by walking."""
    ways = [(e.start, e.end, e.shift) for e in network]
    ways += [(e.end, e.start, tuple(-x for x in e.shift)) for e in network]
    seen, queue = {(site, (0, 0, 0))}, deque([(site, (0, 0, 0))])
    while queue:
        here, (x, y, z) = queue.popleft()
        for start, end, (dx, dy, dz) in ways:
            there = (end, (x + dx, y + dy, z + dz))
            if start == here and max(map(abs, there[1])) <= WINDOW and there not in seen:
                seen.add(there)
                queue.append(there)
    return int(np.linalg.matrix_rank([cell for where, cell in seen if where == site]))


@settings(max_examples=40, deadline=None)
@given(st.lists(edges, min_size=1, max_size=5))
def test_agrees_with_walking_through_the_crystal(network: list[Edge]) -> None:
    expected = []
    for energy in (0.1, 0.2):
        open_ones = [edge for edge in network if edge.energy_ev <= energy]
        reached = max(walked_dimensions(open_ones, site) for site in range(SITES))
        expected += [energy] * (reached - len(expected))
    assert [way.energy_ev for way in percolate(network)] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(edges, min_size=1, max_size=6), st.lists(shifts, min_size=SITES, max_size=SITES))
def test_does_not_depend_on_which_copy_stands_for_a_site(
    network: list[Edge], origins: list[tuple[int, int, int]]
) -> None:
    def move(edge: Edge) -> Edge:
        shift = np.array(edge.shift) + origins[edge.start] - np.array(origins[edge.end])
        x, y, z = (int(value) for value in shift)
        return Edge(edge.start, edge.end, (x, y, z), edge.energy_ev)

    assert percolate(map(move, network)) == percolate(network)


@settings(max_examples=60, deadline=None)
@given(st.lists(edges, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_does_not_depend_on_order_and_direction(network: list[Edge], random: Random) -> None:
    def turned(edge: Edge) -> Edge:
        x, y, z = edge.shift
        return Edge(edge.end, edge.start, (-x, -y, -z), edge.energy_ev)

    shuffled = [turned(edge) if random.random() < 0.5 else edge for edge in network]
    random.shuffle(shuffled)
    assert percolate(shuffled) == percolate(network)


def test_diamond_needs_all_four_bonds_of_a_site() -> None:
    cells = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    bonds = [Edge(0, 1, cell, 0.1 * (number + 1)) for number, cell in enumerate(cells)]
    ways = percolate(bonds)
    assert [(way.dimensions, round(way.energy_ev, 3)) for way in ways] == [
        (1, 0.2),
        (2, 0.3),
        (3, 0.4),
    ]


def test_two_chains_that_never_meet_stay_chains() -> None:
    ways = percolate([Edge(0, 0, (1, 0, 0), 0.1), Edge(1, 1, (0, 1, 0), 0.1)])
    assert [way.dimensions for way in ways] == [1]


def test_the_component_holds_the_sites_that_it_joins_and_no_others() -> None:
    network = [Edge(0, 0, (0, 0, 1), 0.2), Edge(0, 1, (0, 0, 0), 0.1), Edge(2, 3, (0, 0, 0), 0.1)]
    assert percolate(network)[0].sites == {0, 1}


def test_a_ring_inside_the_cell_leads_nowhere() -> None:
    assert percolate([Edge(0, 1, (0, 0, 0), 0.1), Edge(1, 0, (0, 0, 0), 0.1)]) == ()
    assert percolate([]) == ()
