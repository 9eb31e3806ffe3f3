"""Tables for reactions with an excess of sodium: energies of the products, and where these hold."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.chemistry.formula import ELEMENTS
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
    salt = np.array([_row(columns.formula, f"Na{x}") for x in HALOGENS])
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


def _row(formulas: NDArray[np.str_], formula: str) -> int:
    rows = np.flatnonzero(formulas == formula)
    return int(rows[0]) if len(rows) else -1


def _metals(
    snapshot: Snapshot, columns: PhaseArrays, total: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Give g_M and the row of its phase by element, as in :class:`ExcessTables`."""
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
    """See that no phase of both M and X lies below M's own phase and NaX."""
    holds = ~np.isnan(metal_ev)[:, None] & ~np.isnan(salt_ev)
    z, x = element_places(columns)
    both = np.flatnonzero((z >= 0) & (x >= 0))
    below = below_line_ev_atom(columns, total, metal_ev, salt_ev, both) < 0
    holds[z[both][below], x[both][below]] = False
    return holds


def element_places(columns: PhaseArrays) -> tuple[Integers, Integers]:
    """Give the places of M and X of each phase, −1 where it has none, shape (p,)."""
    places = {m: ELEMENTS.index(m) for m in set(columns.metal.tolist()) - {""}}
    metal = [places.get(m, -1) for m in columns.metal.tolist()]
    halogens = {x: k for k, x in enumerate(HALOGENS)}
    return np.array(metal), np.array([halogens.get(x, -1) for x in columns.halogen.tolist()])


def below_line_ev_atom(
    columns: PhaseArrays, total: Floats, metal_ev: Floats, salt_ev: Floats, rows: Integers
) -> Floats:
    """Give the energy against M's own phase and NaX, eV/atom of M and X; 0 for what is equal."""
    z, x = element_places(columns)
    metal_count, halogen_count = columns.counts[rows, 1], columns.counts[rows, 2]
    line = metal_count * metal_ev[z[rows]] + halogen_count * salt_ev[x[rows]]
    energy = total[rows] - line
    # The rounding of a table is in every atom of the phase, sodium too.
    noise = ZERO_EV_ATOM * columns.counts[rows].sum(axis=1)
    energy = np.where(energy < -noise, energy, 0.0)
    return np.asarray(energy / (metal_count + halogen_count), dtype=np.float64)
