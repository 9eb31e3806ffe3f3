"""The reaction of halides with an excess of sodium, over arrays.

Where sodium is in excess its chemical potential is that of the metal, μ_Na = 0, and the products
of M_aX_b… are those with the lowest energy at this potential: as a rule the Na–M phase that is
lowest for each atom of M, and NaX. Then

    ΔE = a·g_M + Σ_X b_X·2·e(NaX) − n·e(precursor)

with e in eV/atom, n atoms in the precursor, and g_M the lowest formation energy for each atom of M
of all Na–M phases, 0 if none binds: sodium counts nothing at μ_Na = 0. The limit holds for M and X
unless a phase M–X or Na–M–X lies below the line between these two. Where one does, as with metals
that bind X more strongly than sodium, a hull at μ_Na = 0 says what there is instead
(:mod:`maiscreen.candidates.hulls.facets`); of a mixture of halogens all pairs with M must hold,
since a snapshot has no phase of two halogens. Energies are those of solids at 0 K, as in
:mod:`maiscreen.descriptors.reaction.path`, and the answers are those of pymatgen's
``InterfacialReactivity`` at its kink nearest to sodium.

In the embedded snapshot the limit fails for 33 of the 356 pairs of a metal and a halogen:

- F: Li Ca Sr Y Ba La Pr Nd Sm Eu Gd Tb Dy Ho Er Yb
- Cl: Li K Rb Sr Cs Ba Yb
- Br: K Rb Sr Cs Ba
- I: K Rb Sr Cs Ba
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.chemistry.formula import ELEMENTS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.facets import Decomposition, Facets, decompose, facets, joined
from maiscreen.candidates.snapshot.snapshot import Snapshot, phase_arrays
from maiscreen.descriptors.alloys.alloying import KJ_MOL_PER_EV
from maiscreen.descriptors.reaction.excess_tables import (
    ExcessTables,
    below_line_ev_atom,
    element_places,
    excess_tables,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ReactionEnergies:
    """Reaction energies with an excess of sodium, shape (n,); NaN where something is unknown.

    Attributes
    ----------
    energy_ev, energy_kj_mol : Floats
        For a formula unit, and a mole, of the precursor.
    closed_form : NDArray[np.bool_]
        True where the limit holds, false where the hull was asked.
    """

    energy_ev: Floats
    energy_kj_mol: Floats
    closed_form: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ReactionProducts:
    """Products with an excess of sodium.

    Attributes
    ----------
    formula : NDArray[np.str_]
        Names of phases, shape (p,).
    phase : Integers
        Row of :attr:`formula`, −1 where there is none, shape (n, 5). Where the limit holds M's
        phase is first, and NaF, NaCl, NaBr, NaI follow.
    amount : Floats
        Moles of formula units for a mole of the precursor, shape (n, 5).
    sodium : Floats
        Moles of sodium that are used up, shape (n,).
    """

    formula: NDArray[np.str_]
    phase: Integers
    amount: Floats
    sodium: Floats


def closed_form_ev(
    tables: ExcessTables,
    metal: Integers,
    metal_count: Integers,
    halogen_count: Integers,
    energy_ev_atom: Floats,
) -> Floats:
    """Give ΔE in the limit of the module's docstring, eV for a formula unit, shape (n,).

    Parameters
    ----------
    tables : ExcessTables
    metal : Integers
        M as Z − 1, shape (n,).
    metal_count : Integers
        a, shape (n,).
    halogen_count : Integers
        Atoms of F, Cl, Br and I, shape (n, 4).
    energy_ev_atom : Floats
        Formation energy of the precursor, NaN where it is unknown, shape (n,).

    Examples
    --------
    Of SnCl4: 946 kJ/mol to Sn, the rest from the alloy.

    >>> from maiscreen.candidates.snapshot.snapshot import formation_energies_ev_atom, load_snapshot
    >>> snapshot = load_snapshot()
    >>> own = np.array([formation_energies_ev_atom(snapshot)["SnCl4"]])
    >>> tin = np.array([ELEMENTS.index("Sn")])
    >>> counts = np.array([1]), np.array([[0, 4, 0, 0]])
    >>> closed_form_ev(excess_tables(snapshot), tin, *counts, own).round(2).tolist()
    [-10.57]
    """
    energy = tables.metal_ev[metal] * metal_count
    atoms = metal_count.astype(np.int64)
    for count, salt in zip(halogen_count.T, tables.salt_ev.tolist(), strict=True):
        # A salt that is not known spoils what holds its halogen alone.
        energy += np.where(count > 0, salt, 0.0) if np.isnan(salt) else count * salt
        atoms += count
    return np.asarray(energy - atoms * energy_ev_atom, dtype=np.float64)


def limit_holds(
    tables: ExcessTables, metal: Integers, halogen_count: Integers
) -> NDArray[np.bool_]:
    """Tell where the closed form is right: for M with each of its halogens, shape (n,).

    Parameters are those of :func:`closed_form_ev`.
    """
    holds = np.ones(len(metal), dtype=np.bool_)
    for count, pair in zip(halogen_count.T, tables.limit_holds.T, strict=True):
        holds &= pair[metal] | (count == 0)
    return holds


def reaction_energies(
    snapshot: Snapshot,
    metal: Integers,
    metal_count: Integers,
    halogen_count: Integers,
    energy_ev_atom: Floats,
) -> ReactionEnergies:
    """Give ΔE with an excess of sodium: in closed form where it holds, from the hull elsewhere.

    Parameters are those of :func:`closed_form_ev`.

    Raises
    ------
    InputError
        If an element or a count is out of range.
    """
    _check(metal, metal_count, halogen_count)
    tables = excess_tables(snapshot)
    energy = closed_form_ev(tables, metal, metal_count, halogen_count, energy_ev_atom)
    holds = limit_holds(tables, metal, halogen_count)
    rows = np.flatnonzero(~holds & ~np.isnan(energy))
    if len(rows):
        found = _decomposed(snapshot, metal[rows], metal_count[rows], halogen_count[rows])[0]
        atoms = metal_count[rows] + halogen_count[rows].sum(axis=1)
        energy[rows] += found.energy_ev_atom * atoms
    return ReactionEnergies(energy, energy * KJ_MOL_PER_EV, holds)


def reaction_products(
    snapshot: Snapshot, metal: Integers, metal_count: Integers, halogen_count: Integers
) -> ReactionProducts:
    """Give the products with an excess of sodium; no phase where M or X is not covered.

    Parameters are those of :func:`closed_form_ev`, errors those of :func:`reaction_energies`.

    Examples
    --------
    >>> from maiscreen.candidates.snapshot.snapshot import load_snapshot
    >>> counts = np.array([1]), np.array([[0, 4, 0, 0]])
    >>> found = reaction_products(load_snapshot(), np.array([ELEMENTS.index("Sn")]), *counts)
    >>> there = found.phase[0] >= 0
    >>> found.formula[found.phase[0, there]].tolist(), found.amount[0, there].tolist()
    (['Na15Sn4', 'NaCl'], [0.25, 4.0])
    """
    _check(metal, metal_count, halogen_count)
    tables = excess_tables(snapshot)
    others = tables.counts[:, 1:].sum(axis=1)
    phase = np.column_stack([tables.metal[metal], np.tile(tables.salt, (len(metal), 1))])
    amount = np.column_stack([metal_count, halogen_count]).astype(np.float64)
    amount[:, 0] /= others[phase[:, 0]]
    known = ~np.isnan(tables.metal_ev[metal])
    for count in halogen_count.T[np.isnan(tables.salt_ev)]:
        known &= count == 0
    rows = np.flatnonzero(known & ~limit_holds(tables, metal, halogen_count))
    if len(rows):
        found, names = _decomposed(snapshot, metal[rows], metal_count[rows], halogen_count[rows])
        phase[rows] = np.where(found.phase < 0, -1, names[found.phase])
        amount[rows] = found.amount / np.where(found.phase < 0, 1, others[phase[rows]])
    there = known[:, None] & (amount > 0)
    phase, amount = np.where(there, phase, -1), np.where(there, amount, 0.0)
    sodium = np.einsum("ij,ij->i", amount, tables.counts[:, 0][phase])
    return ReactionProducts(tables.formula, phase, amount, np.where(known, sodium, np.nan))


def _check(metal: Integers, metal_count: Integers, halogen_count: Integers) -> None:
    if len(metal) and not 0 <= metal.min() <= metal.max() < len(ELEMENTS):
        raise InputError("metal", int(metal.min()), f"give Z - 1, 0 to {len(ELEMENTS) - 1}")
    if len(metal) and (metal_count.min() < 1 or halogen_count.min() < 0):
        raise InputError("counts", "below", "give 1 or more of M and 0 or more of each halogen")


def _decomposed(
    snapshot: Snapshot, metal: Integers, metal_count: Integers, halogen_count: Integers
) -> tuple[Decomposition, Integers]:
    """Ask the hulls at μ_Na = 0; five phases a row, and their rows in ``ExcessTables.formula``.

    Energies are against M's own phase and NaX, eV/atom of M and X.
    """
    metals, system = np.unique(metal, return_inverse=True)
    hulls, names = _hulls(snapshot, tuple(metals.tolist()))
    composition = np.column_stack([metal_count, halogen_count])
    return decompose(hulls, composition, system.ravel()), names


@lru_cache(maxsize=64)
def _hulls(snapshot: Snapshot, metals: tuple[int, ...]) -> tuple[Facets, Integers]:
    """Join the hulls of some metals with all halogens, and name their phases."""
    found = [_hull(snapshot, metal) for metal in metals]
    return joined([one for one, _ in found]), np.concatenate([names for _, names in found])


@lru_cache(maxsize=256)
def _hull(snapshot: Snapshot, metal: int) -> tuple[Facets, Integers]:
    """Span the hull of M and all halogens at μ_Na = 0, with M's own phase and NaX at zero."""
    tables, columns = excess_tables(snapshot), phase_arrays(snapshot)
    z, x = element_places(columns)
    rows = np.flatnonzero((z == metal) & (x >= 0))
    total = columns.energy_ev_atom * columns.counts.sum(axis=1)
    counts = np.zeros((len(rows), 1 + len(HALOGENS)))
    counts[:, 0] = columns.counts[rows, 1]
    counts[np.arange(len(rows)), 1 + x[rows]] = columns.counts[rows, 2]
    energy = below_line_ev_atom(columns, total, tables.metal_ev, tables.salt_ev, rows)
    corners = np.eye(1 + len(HALOGENS))
    hull = facets(
        np.concatenate([corners, counts]), np.concatenate([np.zeros(len(corners)), energy])
    )
    return hull, np.concatenate([[tables.metal[metal]], tables.salt, rows + len(ELEMENTS)])
