"""How a network of hops percolates: in which directions, and from which energy on."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np

Shift = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """A way between two sites of a crystal.

    Attributes
    ----------
    start, end : int
        Sites of the cell.
    shift : Shift
        The cell in which the way ends, when it starts in cell (0, 0, 0).
    energy_ev : float
        What must be had to go it: the saddle, on a scale common to all edges.
    """

    start: int
    end: int
    shift: Shift
    energy_ev: float


@dataclass(frozen=True, slots=True)
class Percolation:
    """A component of the network that runs through the crystal.

    Attributes
    ----------
    dimensions : int
        In how many independent directions, 1 to 3.
    energy_ev : float
        The least energy at which a component does.
    sites : frozenset[int]
        The sites of that component, or of all that do at the same energy.
    """

    dimensions: int
    energy_ev: float
    sites: frozenset[int]


class _Forest:
    """Union–find whose nodes know in which cell they lie relative to their root.

    A ring of edges that closes in another cell than it began in is a way through the crystal;
    the rank of such lattice vectors is the dimension of the component (the quotient-graph
    method: S. J. Chung, T. Hahn, W. E. Klee, Acta Cryst. A 40, 42 (1984)).
    """

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._offset: dict[int, np.ndarray] = {}
        self._ways: dict[int, list[np.ndarray]] = {}

    def _find(self, site: int) -> tuple[int, np.ndarray]:
        if site not in self._parent:
            self._parent[site] = site
            self._offset[site] = np.zeros(3, dtype=np.int64)
            self._ways[site] = []
        total = np.zeros(3, dtype=np.int64)
        while self._parent[site] != site:
            total = total + self._offset[site]
            site = self._parent[site]
        return site, total

    def join(self, edge: Edge) -> None:
        """Add an edge."""
        (first, start), (second, end) = self._find(edge.start), self._find(edge.end)
        way = start + np.array(edge.shift) - end
        if first == second:
            self._add(first, way)
            return
        self._parent[second], self._offset[second] = first, way
        for known in self._ways.pop(second):
            self._add(first, known)

    def _add(self, root: int, way: np.ndarray) -> None:
        wider = [*self._ways[root], way]
        if np.linalg.matrix_rank(np.array(wider)) == len(wider):
            self._ways[root] = wider

    def widest(self) -> tuple[int, frozenset[int]]:
        """Return the highest dimension that a component has, and the sites of those that do."""
        most = max(len(ways) for ways in self._ways.values())
        roots = {root for root, ways in self._ways.items() if len(ways) == most}
        return most, frozenset(site for site in self._parent if self._find(site)[0] in roots)


def percolate(edges: Iterable[Edge]) -> tuple[Percolation, ...]:
    """Find the least energies at which a network percolates.

    Parameters
    ----------
    edges : iterable of Edge
        Undirected: each is given once, in either direction.

    Returns
    -------
    tuple[Percolation, ...]
        For each dimension that is reached, in order; empty if the network never leaves its cell.

    Examples
    --------
    A chain at 0.1 eV, joined to a plane at 0.3 eV:

    >>> chain, rung = Edge(0, 0, (0, 0, 1), 0.1), Edge(0, 0, (1, 0, 0), 0.3)
    >>> [(way.dimensions, way.energy_ev) for way in percolate([rung, chain])]
    [(1, 0.1), (2, 0.3)]
    """
    forest, thresholds = _Forest(), list[Percolation]()
    by_energy = attrgetter("energy_ev")
    for energy, group in groupby(sorted(edges, key=by_energy), key=by_energy):
        for edge in group:
            forest.join(edge)
        reached, sites = forest.widest()
        for dimensions in range(len(thresholds) + 1, reached + 1):
            thresholds.append(Percolation(dimensions, energy, sites))
    return tuple(thresholds)
