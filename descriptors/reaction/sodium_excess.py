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

from maiscreen.candidates.chemistry.constants import KJ_MOL_PER_EV
from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.chemistry.formula import ELEMENTS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.facets import (
    Decomposition,
    Facets,
    decompose,
    join_facets,
    lower_facets,
)
from maiscreen.candidates.hulls.section import ZERO_EV_ATOM
from maiscreen.candidates.snapshot.snapshot import PhaseArrays, Snapshot, phase_arrays

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ExcessTables:
    """What the closed form needs of a snapshot, by element (Z − 1) and halogen (F, Cl, Br, I).

    Attributes
    ----------
    salt_ev : Floats
        Formation energy of NaX for a formula unit, NaN where the snapshot has none, shape (4,).
    metal_ev : Floats
        g_M, eV for each atom of M, NaN for elements that the snapshot does not cover, (118,).
    limit_holds : NDArray[np.bool_]
        Whether M and X end as the Na–M phase and NaX, shape (118, 4); false where not known.
    salt, metal : Integers
        The products as rows of :attr:`formula`, shapes (4,) and (118,): the element itself where
        no Na–M phase binds, of equal ones the richest in sodium.
    formula : NDArray[np.str_]
        The 118 elements, then the phases of the snapshot, shape (p,).
    counts : Integers
        Atoms of Na, M and X in them, shape (p, 3); an element, sodium too, counts as one M.
    """

    salt_ev: Floats
    metal_ev: Floats
    limit_holds: NDArray[np.bool_]
    salt: Integers
    metal: Integers
    formula: NDArray[np.str_]
    counts: Integers


@lru_cache(maxsize=8)
def excess_tables(snapshot: Snapshot) -> ExcessTables:
    """Prepare what the closed form needs; once for a snapshot.

    Examples
    --------
    >>> from maiscreen.candidates.snapshot.snapshot import load_snapshot
    >>> tables = excess_tables(load_snapshot())
    >>> tin, calcium = ELEMENTS.index("Sn"), ELEMENTS.index("Ca")
    >>> str(tables.formula[tables.metal[tin]]), tables.limit_holds[[tin, calcium]].tolist()
    ('Na15Sn4', [[True, True, True, True], [False, True, True, True]])
    """
    columns = phase_arrays(snapshot)
    total = columns.energy_ev_atom * columns.counts.sum(axis=1)
    salt = np.array([_phase_row(columns.formula, f"Na{x}") for x in HALOGENS])
    salt_ev = np.where(salt < 0, np.nan, total[salt])
    metal_ev, metal = _metals(snapshot, columns, total)
    # A halogen in the place of M, as in IF5, ends as its own salt.
    own = [ELEMENTS.index(x) for x in HALOGENS]
    metal_ev[own], metal[own] = salt_ev, np.where(salt < 0, own, salt + len(ELEMENTS))
    elements = np.tile([0, 1, 0], (len(ELEMENTS), 1))
    return ExcessTables(
        salt_ev,
        metal_ev,
        _limit_holds(columns, total, metal_ev, salt_ev),
        np.where(salt < 0, -1, salt + len(ELEMENTS)),
        metal,
        np.concatenate([np.array(ELEMENTS, dtype=np.str_), columns.formula]),
        np.concatenate([elements, columns.counts]),
    )


def _phase_row(formulas: NDArray[np.str_], formula: str) -> int:
    rows = np.flatnonzero(formulas == formula)
    return int(rows[0]) if len(rows) else -1


def _metals(
    snapshot: Snapshot, columns: PhaseArrays, total: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Return g_M and the row of its phase by element, as in :class:`ExcessTables`."""
    covered = {*snapshot.manifest.get("query", {}).get("metals", METALS), *columns.metal.tolist()}
    energy = np.array([0.0 if m in covered else np.nan for m in ELEMENTS])
    phase = np.arange(len(ELEMENTS))
    binary = np.flatnonzero((columns.halogen == "") & (columns.metal != ""))
    sodium, metal_count = columns.counts[binary, :2].T
    per_metal, per_sodium = total[binary] / metal_count, sodium / metal_count
    elements = [ELEMENTS.index(m) for m in columns.metal[binary].tolist()]
    # By rising sodium, so that of equal phases the richer one stands.
    for k in np.argsort(per_sodium, kind="stable").tolist():
        z, tie = elements[k], ZERO_EV_ATOM * (1 + per_sodium[k])
        if per_metal[k] < -tie and per_metal[k] <= energy[z] + tie:
            energy[z], phase[z] = min(energy[z], per_metal[k]), binary[k] + len(ELEMENTS)
    return energy, phase


def _limit_holds(
    columns: PhaseArrays, total: Floats, metal_ev: Floats, salt_ev: Floats
) -> NDArray[np.bool_]:
    """Check that no phase of both M and X lies below M's own phase and NaX."""
    holds = ~np.isnan(metal_ev)[:, None] & ~np.isnan(salt_ev)
    z, x = element_places(columns)
    both = np.flatnonzero((z >= 0) & (x >= 0))
    below = below_line_ev_atom(columns, total, metal_ev, salt_ev, both) < 0
    holds[z[both][below], x[both][below]] = False
    return holds


def element_places(columns: PhaseArrays) -> tuple[Integers, Integers]:
    """Return the places of M and X of each phase, −1 where it has none, shape (p,)."""
    places = {m: ELEMENTS.index(m) for m in set(columns.metal.tolist()) - {""}}
    metal = [places.get(m, -1) for m in columns.metal.tolist()]
    halogens = {x: k for k, x in enumerate(HALOGENS)}
    return np.array(metal), np.array([halogens.get(x, -1) for x in columns.halogen.tolist()])


def below_line_ev_atom(
    columns: PhaseArrays, total: Floats, metal_ev: Floats, salt_ev: Floats, rows: Integers
) -> Floats:
    """Return the energy against M's own phase and NaX, eV/atom of M and X; 0 for what is equal."""
    z, x = element_places(columns)
    metal_count, halogen_count = columns.counts[rows, 1], columns.counts[rows, 2]
    line = metal_count * metal_ev[z[rows]] + halogen_count * salt_ev[x[rows]]
    energy = total[rows] - line
    # The rounding of a table is in every atom of the phase, sodium too.
    noise = ZERO_EV_ATOM * columns.counts[rows].sum(axis=1)
    energy = np.where(energy < -noise, energy, 0.0)
    return np.asarray(energy / (metal_count + halogen_count), dtype=np.float64)


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
    """Return ΔE in the limit of the module's docstring, eV for a formula unit, shape (n,).

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
    """Return ΔE with an excess of sodium: in closed form where it holds, from the hull elsewhere.

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
        products = _decompose_on_hulls(
            snapshot, metal[rows], metal_count[rows], halogen_count[rows]
        )[0]
        atoms = metal_count[rows] + halogen_count[rows].sum(axis=1)
        energy[rows] += products.energy_ev_atom * atoms
    return ReactionEnergies(energy, energy * KJ_MOL_PER_EV, holds)


def reaction_products(
    snapshot: Snapshot, metal: Integers, metal_count: Integers, halogen_count: Integers
) -> ReactionProducts:
    """Return the products with an excess of sodium; no phase where M or X is not covered.

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
        products, names = _decompose_on_hulls(
            snapshot, metal[rows], metal_count[rows], halogen_count[rows]
        )
        phase[rows] = np.where(products.phase < 0, -1, names[products.phase])
        amount[rows] = products.amount / np.where(products.phase < 0, 1, others[phase[rows]])
    there = known[:, None] & (amount > 0)
    phase, amount = np.where(there, phase, -1), np.where(there, amount, 0.0)
    sodium = np.einsum("ij,ij->i", amount, tables.counts[:, 0][phase])
    return ReactionProducts(tables.formula, phase, amount, np.where(known, sodium, np.nan))


def _check(metal: Integers, metal_count: Integers, halogen_count: Integers) -> None:
    if len(metal) and not 0 <= metal.min() <= metal.max() < len(ELEMENTS):
        raise InputError("metal", int(metal.min()), f"give Z - 1, 0 to {len(ELEMENTS) - 1}")
    if len(metal) and (metal_count.min() < 1 or halogen_count.min() < 0):
        raise InputError("counts", "below", "give 1 or more of M and 0 or more of each halogen")


def _decompose_on_hulls(
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
    return join_facets([one for one, _ in found]), np.concatenate([names for _, names in found])


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
    hull = lower_facets(
        np.concatenate([corners, counts]), np.concatenate([np.zeros(len(corners)), energy])
    )
    return hull, np.concatenate([[tables.metal[metal]], tables.salt, rows + len(ELEMENTS)])
