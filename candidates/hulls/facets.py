"""The lower hull of formation energies in any number of elements, as arrays of facets.

A facet is d phases that are stable beside each other. The share of each in a composition is linear
in it, so one matrix for each facet answers for any number of compositions, and for whole lines of
them (``benchmarks/kinks.py``), without a loop. Facets of many systems are joined and
asked at once. The hull is that of ``scipy.spatial.ConvexHull`` (Qhull), the answers are those of
pymatgen's ``PhaseDiagram``. The exact section through Na–M–X,
:mod:`maiscreen.candidates.hulls.section`, explains single precursors; it and this agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BELOW_ZERO_EV_ATOM = 1e-9
"""A phase binds by at least this, or the elements stand for it: less is rounding."""

SMALLEST_DETERMINANT = 1e-13
"""Of the compositions of a facet; below it the phases lie on a line or a plane [judgement].

Phases of up to 50 atoms give at least 1e-7 in a ternary system, rounding 1e-16.
"""

SMALLEST_SHARE = 1e-9
"""Shares of atoms, and distances along a line, that are taken for zero [judgement]."""

_SHARE_DIGITS = 9
"""Decimals of atoms by which facets are compared."""

_PAIRS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """The lower hulls of s systems of d elements each, with p phases and f facets in all.

    Attributes
    ----------
    start : Integers
        Facets of system k are ``start[k]`` up to ``start[k + 1]``, shape (s + 1,).
    vertices : Integers
        Phases of each facet, rows into the two below, shape (f, d).
    inverse : Floats
        A composition times this gives the atoms in each of the d phases, shape (f, d, d).
    fraction : Floats
        Atomic fractions of each phase, shape (p, d).
    energy_ev_atom : Floats
        Formation energy of each phase, shape (p,).
    first_phase : Integers
        Phases of system k are rows from ``first_phase[k]``, in the order given, shape (s,).
    """

    start: Integers
    vertices: Integers
    inverse: Floats
    fraction: Floats
    energy_ev_atom: Floats
    first_phase: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """What m compositions turn into.

    Attributes
    ----------
    energy_ev_atom : Floats
        Of the hull, shape (m,).
    phase : Integers
        Row into the phases, −1 where there is none, shape (m, d).
    amount : Floats
        Atoms held by each phase, in the unit of the composition, 0 where there is none, (m, d).
    """

    energy_ev_atom: Floats
    phase: Integers
    amount: Floats


def lower_facets(counts: NDArray[np.int64] | Floats, energy_ev_atom: Floats) -> Facets:
    """Span the lower hull of one system.

    Parameters
    ----------
    counts : NDArray
        Atoms of each element in a phase, shape (p, d) with d of 2 or more. The first d phases are
        the elements themselves, in order.
    energy_ev_atom : Floats
        Formation energies, shape (p,), 0 for the elements. Of phases of one composition the
        lowest counts, of equal ones the first; NaN is out.

    Raises
    ------
    InputError
        If the elements do not come first, or not at zero.

    Examples
    --------
    >>> one = lower_facets(np.array([[1, 0], [0, 1], [1, 1]]), np.array([0.0, 0.0, -2.0]))
    >>> sorted(sorted(v) for v in one.vertices.tolist())
    [[0, 2], [1, 2]]
    """
    fraction = np.asarray(counts / counts.sum(axis=1, keepdims=True), dtype=np.float64)
    dimension = fraction.shape[1]
    if not np.array_equal(fraction[:dimension], np.eye(dimension)):
        raise InputError("counts", counts[:dimension].tolist(), "give the elements first, in order")
    if energy_ev_atom[:dimension].any():
        raise InputError("energy", energy_ev_atom[:dimension].tolist(), "give elements at zero")
    kept = _hull_candidates(fraction, energy_ev_atom)
    vertices = kept[_lower_simplices(fraction[kept], energy_ev_atom[kept])]
    return Facets(
        np.array([0, len(vertices)]),
        vertices,
        np.linalg.inv(fraction[vertices]).astype(np.float64),
        fraction,
        energy_ev_atom,
        np.zeros(1, dtype=np.int64),
    )


def join_facets(systems: Sequence[Facets]) -> Facets:
    """Put facets of systems with equally many elements behind each other.

    Examples
    --------
    >>> bare = lower_facets(np.eye(2), np.zeros(2))
    >>> join_facets([bare, bare]).vertices.tolist()
    [[0, 1], [2, 3]]
    """
    phases = np.cumsum([0] + [len(one.energy_ev_atom) for one in systems])
    numbers = np.cumsum([0] + [len(one.vertices) for one in systems])
    return Facets(
        np.concatenate([[0], *(a.start[1:] + n for a, n in zip(systems, numbers, strict=False))]),
        np.concatenate([a.vertices + n for a, n in zip(systems, phases, strict=False)]),
        np.concatenate([one.inverse for one in systems]),
        np.concatenate([one.fraction for one in systems]),
        np.concatenate([one.energy_ev_atom for one in systems]),
        np.concatenate([a.first_phase + n for a, n in zip(systems, phases, strict=False)]),
    )


def _hull_candidates(fraction: Floats, energy: Floats) -> Integers:
    """Keep the elements, and of each composition the lowest phase if it binds at all."""
    dimension = fraction.shape[1]
    rows = np.flatnonzero(energy < -BELOW_ZERO_EV_ATOM)
    # Rounded, so that Na2Sn2 and NaSn are one composition; the lowest comes first, then the first.
    keys = fraction[rows].round(10)
    order = np.lexsort((energy[rows], *keys.T))
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = np.diff(keys[order], axis=0).any(axis=1)
    return np.concatenate([np.arange(dimension), np.sort(rows[order[new]])])


def _lower_simplices(fraction: Floats, energy: Floats) -> Integers:
    """Return the lower facets, coplanar ones cut into simplices, shape (f, d)."""
    from scipy.spatial import ConvexHull

    if len(fraction) == fraction.shape[1]:
        return np.arange(len(fraction))[None, :]
    hull = ConvexHull(np.column_stack([fraction[:, 1:], energy]))
    # The normal points outwards: down in energy. What is left of the walls has no volume.
    lower: Integers = hull.simplices[hull.equations[:, -2] < 0].astype(np.int64)
    solid: NDArray[np.bool_] = np.abs(np.linalg.det(fraction[lower])) > SMALLEST_DETERMINANT
    return lower[solid]


def decompose(
    hulls: Facets, composition: Floats | Integers, system: Integers | None = None
) -> Decomposition:
    """Return the hull energy of compositions, and the phases that they turn into.

    Parameters
    ----------
    hulls : Facets
        Of one system, or of several.
    composition : NDArray
        Atoms of each element, not all zero, shape (m, d).
    system : Integers, optional
        Number of the system of each composition, shape (m,); the first one if left out.

    Raises
    ------
    InputError
        If an amount is negative or no number, or a composition holds nothing.

    Examples
    --------
    >>> one = lower_facets(np.array([[1, 0], [0, 1], [1, 1]]), np.array([0.0, 0.0, -2.0]))
    >>> found = decompose(one, np.array([[3.0, 1.0]]))
    >>> found.energy_ev_atom.tolist(), found.phase.tolist(), found.amount.tolist()
    ([-1.0], [[2, 0]], [[2.0, 2.0]])
    """
    amounts = normalise_amounts(composition)
    place = np.zeros(len(amounts), dtype=np.int64) if system is None else system
    facet = np.zeros(len(amounts), dtype=np.int64)
    for rows, row, pair in blocks(hulls, place):
        share = facet_atoms(hulls, amounts[rows][row], pair)
        # On the border of two facets rounding alone would say which.
        least = share.min(axis=0).round(_SHARE_DIGITS)
        facet[rows] = pair[_argmax_rows(least, row, rows.stop - rows.start)]
    return Decomposition(*drop_rounding(hulls, facet, facet_atoms(hulls, amounts, facet)))


def normalise_amounts(composition: Floats | Integers) -> Floats:
    """Return compositions as amounts that can be asked for, shape (m, d).

    Raises
    ------
    InputError
        If an amount is negative or no number, or a composition holds nothing.
    """
    amounts = np.asarray(composition, dtype=np.float64)
    total = amounts @ np.ones(amounts.shape[1])
    if not ((amounts >= 0).all() and np.isfinite(total).all() and total.all()):
        good = (amounts >= 0).all(axis=1) & np.isfinite(total) & (total > 0)
        worst = amounts[np.argmin(good)].tolist()
        raise InputError("composition", worst, "give amounts of 0 or more, not all zero")
    return amounts


def blocks(hulls: Facets, system: Integers) -> Iterator[tuple[slice, Integers, Integers]]:
    """Pair rows with the facets of their systems, in blocks that fit into a cache.

    Yields a slice of rows, and for each pair its row within the slice and its facet.
    """
    counts = np.diff(hulls.start)[system]
    blocks = np.cumsum(counts) // _PAIRS_AT_ONCE
    edges = np.flatnonzero(np.diff(blocks, prepend=-1)).tolist()
    for first, last in pairwise([*edges, len(system)]):
        number = counts[first:last]
        row = np.repeat(np.arange(last - first), number)
        shift = hulls.start[system[first:last]] - (np.cumsum(number) - number)
        yield slice(first, last), row, np.arange(len(row)) + shift[row]


def facet_atoms(hulls: Facets, composition: Floats, facet: Integers) -> Floats:
    """Return the atoms in each phase of a facet, shape (d, p).

    Sums run element by element, not through a library of matrices, so that an answer is the same
    to the last digit whatever is asked beside it.
    """
    dimension = composition.shape[1]
    coefficients = np.ascontiguousarray(hulls.inverse.transpose(1, 2, 0))
    elements = np.ascontiguousarray(composition.T)
    atoms = np.zeros((dimension, len(facet)))
    for i, j in np.ndindex(dimension, dimension):
        atoms[j] += elements[i] * coefficients[i, j, facet]
    return atoms


def _argmax_rows(value: Floats, row: Integers, rows: int) -> Integers:
    """Return the place of the largest value of each row, the first of equals, shape (rows,)."""
    begin = np.searchsorted(row, np.arange(rows))
    best = np.flatnonzero(value == np.maximum.reduceat(value, begin)[row])
    places = np.empty(rows, dtype=np.int64)
    places[row[best[::-1]]] = best[::-1]
    return places


def drop_rounding(hulls: Facets, facet: Integers, atoms: Floats) -> tuple[Floats, Integers, Floats]:
    """Leave out what is there by rounding alone; energy, phases and amounts."""
    vertices, total = hulls.vertices[facet].T, atoms.sum(axis=0)
    there = atoms > SMALLEST_SHARE * total
    amount = np.where(there, atoms, 0.0)
    energy = (amount * hulls.energy_ev_atom[vertices]).sum(axis=0) / total
    return energy, np.where(there, vertices, -1).T, amount.T
