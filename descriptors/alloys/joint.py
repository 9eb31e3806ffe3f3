"""The metals of a blend in an excess of sodium: each in its own phase, or two or three in one.

At μ_Na = 0 a phase counts with its formation energy for each metal atom, whatever its sodium. The
metals of a blend lie beside each other in their own phases with sodium, unless an intermetallic
M–M′(–M″) or an alloy Na–M–M′ lies below the line, or plane, between these: then the lower hull says
what holds the metals (:mod:`maiscreen.candidates.hulls.facets`), as pymatgen's
``GrandPotentialPhaseDiagram`` does. Metals' own phases are given, since experiment has a say in
them (:func:`maiscreen.descriptors.alloys.alloying.alloying`).

The joint compounds are those of :func:`maiscreen.candidates.snapshot.training_data.energies`:
energies of the Materials Project at 0 K with its legacy corrections, volumes of OQMD. The salt
formers :data:`SALT_FORMERS` are left out: legacy corrections move compounds of S and N, those of
2020 also Se and Te, C and P make salts and no alloys, Po has no data worth speaking of. What
remains has no legacy correction, and is on one scale with the alloys Na–M of the embedded
snapshot, which have none either. The corrections of 2020 move Sb and Si where they are anions
(:data:`CORRECTION_2020_EV`): own energies from a snapshot that has them must be freed of them
before they are compared. A compound below the line may be one that was never made: the data do not
say, and an alloy's energy is worth ±0.04 eV/atom.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import CM3_MOL_PER_A3
from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.chemistry.formula import ELEMENTS, Compositions, compositions
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.facets import Facets, decompose, join_facets, lower_facets
from maiscreen.candidates.hulls.section import ZERO_EV_ATOM
from maiscreen.candidates.snapshot.snapshot import VOLUME_RATIO
from maiscreen.candidates.snapshot.training_data import energies

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SALT_FORMERS = frozenset("C N P S Se Te Po".split())
"""M without joint compounds here, see above [judgement]."""

CORRECTION_2020_EV = {"Sb": -0.192, "Si": 0.071}
"""What pymatgen's ``MP2020Compatibility.yaml`` adds for each atom of these as an anion, eV; the
legacy scheme, ``MPCompatibility.yaml``, adds nothing. As has no correction in either."""

MAX_METALS = 3
"""Metals of a blend, and of a joint compound."""

_SODIUM = ELEMENTS.index("Na")


@dataclass(frozen=True, slots=True, eq=False)
class JointPhases:
    """The compounds of two or three of m metals, with sodium or without, p in all.

    Attributes
    ----------
    formula : NDArray[np.str_]
        Reduced, sodium first, then the metals by alphabet, shape (p,).
    metal_fraction : Floats
        Share of each metal among the metal atoms, shape (p, m).
    sodium_per_metal : Floats
        Atoms of sodium for each metal atom, shape (p,).
    energy_ev_metal : Floats
        Formation energy from the elements for each metal atom, shape (p,).
    volume_cm3_mol_metal : Floats
        Volume that holds one mole of metal atoms, NaN where unknown, shape (p,).
    """

    formula: NDArray[np.str_]
    metal_fraction: Floats
    sodium_per_metal: Floats
    energy_ev_metal: Floats
    volume_cm3_mol_metal: Floats


@lru_cache(maxsize=64)
def joint_phases(metals: tuple[str, ...]) -> JointPhases:
    """Gather the joint compounds among a set of metals, by the alphabet of their formulas.

    Parameters
    ----------
    metals : tuple of str
        Symbols, each once; salt formers are taken and have no compounds.

    Raises
    ------
    InputError
        If one is no element that is screened, or is there twice.

    Examples
    --------
    >>> found = joint_phases(("Sn", "Sb"))
    >>> found.formula.tolist(), found.sodium_per_metal.tolist()
    (['Na5Sb3Sn', 'Na8Sb4Sn', 'NaSbSn', 'SbSn', 'SbSn3'], [1.25, 1.6, 0.5, 0.0, 0.0])
    """
    _check(metals)
    table, total, volume = _intermetallics()
    column = np.full(len(ELEMENTS), -1)
    for place, metal in enumerate(metals):
        column[ELEMENTS.index(metal)] = -1 if metal in SALT_FORMERS else place
    inside = np.ones(len(table), dtype=np.bool_)
    inside[table.row[(column[table.element] < 0) & (table.element != _SODIUM)]] = False
    rows = np.flatnonzero(inside)
    chosen = table.take(rows)
    sodium = chosen.element == _SODIUM
    count = np.zeros((len(rows), len(metals)))
    count[chosen.row[~sodium], column[chosen.element[~sodium]]] = chosen.amount[~sodium]
    metal_atoms = count.sum(axis=1)
    atoms = np.bincount(chosen.row, weights=chosen.amount, minlength=len(rows))
    return JointPhases(
        _sodium_first(chosen),
        count / metal_atoms[:, None],
        (atoms - metal_atoms) / metal_atoms,
        total[rows] * atoms / metal_atoms,
        volume[rows] * atoms / metal_atoms,
    )


def _check(metals: tuple[str, ...]) -> None:
    for metal in metals:
        if metal not in METALS or metals.count(metal) > 1:
            raise InputError("metals", metal, "give the symbols of elements screened, each once")


@cache
def _intermetallics() -> tuple[Compositions, Floats, Floats]:
    """Return all joint compounds: compositions, energies in eV/atom, volumes in cm³/mol atoms."""
    table = energies()
    every = compositions(table["formula"].to_pylist())
    allowed = np.array([e == "Na" or (e in METALS and e not in SALT_FORMERS) for e in ELEMENTS])
    metals = np.diff(every.start) - every.contains("Na")
    good = np.logical_and.reduceat(allowed[every.element], every.start[:-1])
    rows = np.flatnonzero(good & (metals >= 2) & (metals <= MAX_METALS))
    rows = rows[np.argsort(every.key[rows], kind="stable")]
    volume = table["volume_a3_atom"].to_numpy()[rows] / VOLUME_RATIO["alloy"] * CM3_MOL_PER_A3
    return every.take(rows), table["formation_energy_ev_atom"].to_numpy()[rows], volume


def _sodium_first(table: Compositions) -> NDArray[np.str_]:
    parts: list[list[str]] = [[] for _ in range(len(table))]
    entries = zip(table.row.tolist(), table.element.tolist(), table.amount.tolist(), strict=True)
    for row, element, amount in entries:
        text = ELEMENTS[element] + ("" if amount == 1 else str(amount))
        parts[row].insert(0 if element == _SODIUM else len(parts[row]), text)
    return np.array(["".join(texts) for texts in parts], dtype=np.str_)


def joint_products(
    metal: NDArray[np.int64], amount: Floats, own_energy_ev_metal: Floats, joint: JointPhases
) -> tuple[NDArray[np.int64], Floats]:
    """Find which phases hold the metals of each row at μ_Na = 0, and how much of them.

    Parameters
    ----------
    metal : NDArray
        Places among the m metals, −1 where there is none, shape (n, 3). One may be there twice.
    amount : Floats
        Moles of metal atoms, 0 or more, shape (n, 3); those without a metal do not count.
    own_energy_ev_metal : Floats
        Formation energy of each metal's own phase with sodium for each metal atom, 0 for the bare
        metal; with NaN, unknown, the metal is in no joint compound. Shape (m,).
    joint : JointPhases
        Of the same metals.

    Returns
    -------
    tuple
        Phase, shape (n, 3): below m the own phase of that metal, from m on a joint compound (m +
        its row), −1 none. And moles of metal atoms that it holds, shape (n, 3), 0 where none. Where
        no joint compound is on the hull of the row's metals, these are the metals in the order in
        which they come first, with the amounts as given. Otherwise own phases come first, then
        compounds in the order of their rows.

    Raises
    ------
    InputError
        If a place is out of range.
    """
    if len(metal) and not -1 <= metal.min() <= metal.max() < len(own_energy_ev_metal):
        remedy = f"give places of the {len(own_energy_ev_metal)} metals, or -1"
        raise InputError("metal", [int(metal.min()), int(metal.max())], remedy)
    phase, held = _merge_repeats(metal, amount)
    hulls = _joint_hulls(joint, np.asarray(own_energy_ev_metal, dtype=np.float64).tobytes())
    if not hulls.binding:
        return phase, held
    codes, system = np.unique(
        _set_codes(phase, held, len(own_energy_ev_metal)), return_inverse=True
    )
    system = system.ravel()
    # By system, and each system once: the hulls of millions of rows are those of a few thousand.
    by_system = [hulls.of(code) for code in codes.tolist()]
    asked = np.array([one is not None for one in by_system], dtype=np.bool_)
    rows = np.flatnonzero(asked[system])
    if len(rows):
        spanned = [one for one in by_system if one is not None]
        number = (np.cumsum(asked) - 1)[system[rows]]
        phase[rows], held[rows] = _decompose_on_hulls(spanned, number, phase[rows], held[rows])
    return phase, held


def _merge_repeats(metal: Integers, amount: Floats) -> tuple[Integers, Floats]:
    """Gather each metal once, in the order of the first, from the left."""
    phase = np.full(metal.shape, -1, dtype=np.int64)
    held = np.zeros(metal.shape)
    filled = np.zeros(len(metal), dtype=np.int64)
    for k in range(metal.shape[1]):
        there, new = metal[:, k] >= 0, metal[:, k] >= 0
        for slot in range(k):
            same = there & (phase[:, slot] == metal[:, k])
            held[:, slot] += np.where(same, amount[:, k], 0.0)
            new = new & ~same
        rows = np.flatnonzero(new)
        phase[rows, filled[rows]] = metal[rows, k]
        held[rows, filled[rows]] = amount[rows, k]
        filled[rows] += 1
    return phase, held


def _set_codes(phase: Integers, held: Floats, metals: int) -> Integers:
    """Assign a number to each set of metals that is really there: three digits, 0 for none."""
    digits = np.where(held > 0, phase + 1, 0)
    # A row with an amount that is no number has no set: it passes through.
    digits[~np.isfinite(held @ np.ones(held.shape[1]))] = 0
    first, second, third = digits.T
    high, low = np.maximum(first, second), np.minimum(first, second)
    top, bottom = np.maximum(high, third), np.minimum(low, third)
    middle = first + second + third - top - bottom
    return np.asarray((top * (metals + 1) + middle) * (metals + 1) + bottom, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Hull:
    """The hull of two or three metals: their places, its phases and its facets."""

    metals: Integers
    phase: Integers
    facets: Facets


class _JointHulls:
    """Hulls of sets of metals, each spanned when it is first asked for."""

    def __init__(self, joint: JointPhases, own_energy_ev_metal: Floats) -> None:
        self._joint, self._metals = joint, len(own_energy_ev_metal)
        line = np.where(joint.metal_fraction > 0, own_energy_ev_metal, 0.0) * joint.metal_fraction
        self._below = joint.energy_ev_metal - line.sum(axis=1)
        tie = ZERO_EV_ATOM * (1 + joint.sodium_per_metal)
        rows = np.flatnonzero(self._below < -tie)  # of a NaN nothing is below
        self._rows: dict[tuple[int, ...], list[int]] = {}
        for row in rows.tolist():
            inside = tuple(np.flatnonzero(joint.metal_fraction[row]).tolist())
            self._rows.setdefault(inside, []).append(row)
        self._hulls: dict[int, _Hull | None] = {}

    @property
    def binding(self) -> bool:
        """Whether any joint compound is below the line of its metals."""
        return bool(self._rows)

    def of(self, code: int) -> _Hull | None:
        """Return the hull of a set of metals; None where it has no joint compound."""
        if code not in self._hulls:
            self._hulls[code] = self._spanned(code)
        return self._hulls[code]

    def _spanned(self, code: int) -> _Hull | None:
        digits = [code // (self._metals + 1) ** k % (self._metals + 1) for k in range(MAX_METALS)]
        metals = sorted(digit - 1 for digit in digits if digit)
        subsets = [tuple(m for m in metals if m != left) for left in metals]
        sets = {tuple(metals), *(subsets if len(metals) == MAX_METALS else [])}
        rows = sorted(row for one in sets for row in self._rows.get(one, []))
        if not rows:
            return None
        corners = np.eye(len(metals))
        fraction = self._joint.metal_fraction[np.ix_(rows, metals)]
        hull = lower_facets(
            np.concatenate([corners, fraction]),
            np.concatenate([np.zeros(len(metals)), self._below[rows]]),
        )
        phase = np.concatenate([metals, np.array(rows) + self._metals])
        return _Hull(np.array(metals), phase, hull)


@lru_cache(maxsize=16)
def _joint_hulls(joint: JointPhases, own_energy_ev_metal: bytes) -> _JointHulls:
    return _JointHulls(joint, np.frombuffer(own_energy_ev_metal, dtype=np.float64))


def _decompose_on_hulls(
    hulls: list[_Hull], number: Integers, phase: Integers, held: Floats
) -> tuple[Integers, Floats]:
    """Decompose rows on their hulls, those of two metals and those of three apart."""
    sizes = np.array([len(one.metals) for one in hulls])
    products = np.full(phase.shape, -1, dtype=np.int64)
    amounts = np.zeros(phase.shape)
    for size in np.unique(sizes).tolist():
        same = np.flatnonzero(sizes == size)
        rows = np.flatnonzero(sizes[number] == size)
        system = (np.cumsum(sizes == size) - 1)[number[rows]]
        metals = np.array([hulls[k].metals for k in same.tolist()])[system]
        composition = np.zeros((len(rows), size))
        for slot in range(phase.shape[1]):
            match = phase[rows, slot][:, None] == metals
            composition += np.where(match, held[rows, slot][:, None], 0.0)
        decomposed = decompose(
            join_facets([hulls[k].facets for k in same.tolist()]), composition, system
        )
        names = np.concatenate([hulls[k].phase for k in same.tolist()])
        there = decomposed.phase >= 0
        named = np.where(there, names[decomposed.phase], np.iinfo(np.int64).max)
        order = np.argsort(named, axis=1, kind="stable")
        products[rows, :size] = np.take_along_axis(np.where(there, named, -1), order, axis=1)
        amounts[rows, :size] = np.take_along_axis(decomposed.amount, order, axis=1)
    return products, amounts
