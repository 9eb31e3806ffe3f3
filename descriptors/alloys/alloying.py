"""What sodium and M make of each other: phases, their two states, the free energy of alloying.

As formed, from the vapour, the layer is poor in sodium; in operation, on the metal, it is saturated
with it. Both states are chosen among the phases that experiment knows to be stable, with computed
energies deciding between them; only where experiment knows none do computed phases stand in, and
they are marked. An energy of an alloy is worth ±0.04 eV/atom (:data:`ALLOY_STD_EV_ATOM`), so that
a phase may be in or out by chance: each state carries the probability that it forms at all.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import CM3_MOL_PER_A3, KJ_MOL_PER_EV
from maiscreen.candidates.chemistry.elements import HALOGENS, METALS, periodic_table
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.section import ZERO_EV_ATOM, lower_hull
from maiscreen.candidates.snapshot.known_phases import KnownPhase, known_phases, known_phases_of
from maiscreen.candidates.snapshot.snapshot import Snapshot, phase_arrays, phase_volume_a3_atom
from maiscreen.descriptors.alloys.ladder import Ladder, binary_ladder
from maiscreen.descriptors.alloys.records import (
    AlloyPhase,
    AlloyState,
    AlloyStates,
    AlloySystem,
    StateArrays,
)
from maiscreen.descriptors.alloys.saturation import StatePhase, saturate

SODIUM_IN_ALLOYS_CM3_MOL = 18.0
"""What a mole of sodium adds to the volume of M in a compound, cm³.

Median over the 48 known compounds of the embedded snapshot that have a volume (H and O left out).
Metallic sodium takes 23.78 cm³/mol; with that, Vegard's sum comes out 20 % too large, since sodium
gives its electron away. With 18.0 the sum is right in the mean, with a spread of 9 %.
"""

VOLUME_STD_FRACTION = {
    "measured lattice": 0.01,
    "element": 0.02,
    "OQMD / 0.96": 0.04,
    "Materials Project": 0.04,
    "V(M) + 18.0 x": 0.09,
    "none": math.nan,
}
"""Relative standard deviation of a volume by its source.

The last is the spread told of in :data:`SODIUM_IN_ALLOYS_CM3_MOL`; three measured lattices lie
within 2 % of OQMD / 0.96, the median over all systems varies by 4 % (judgement for the others).
PBE's volumes, Materials Project's, lie within 5 % of the measured ones for most solids (F. Tran et
al., J. Chem. Phys. 144, 204120 (2016)).
"""


def alloy_volume_cm3_mol_metal(
    snapshot: Snapshot, metal: str, formula: str, sodium_per_metal: float
) -> tuple[float, str]:
    """Return the volume that holds one mole of M, in cm³, and where it comes from."""
    x = sodium_per_metal
    known = known_phases().get(formula)
    if known is not None and known.volume_a3_atom is not None:
        return known.volume_a3_atom * (1 + x) * CM3_MOL_PER_A3, "measured lattice"
    rows = np.flatnonzero(phase_arrays(snapshot).formula == formula)
    volume = float(phase_volume_a3_atom(snapshot)[rows[0]]) if rows.size else math.nan
    if not math.isnan(volume):
        return volume * (1 + x) * CM3_MOL_PER_A3, snapshot.volume_source
    total = elemental_volume_cm3_mol(metal) + x * SODIUM_IN_ALLOYS_CM3_MOL
    return total, "none" if math.isnan(total) else "V(M) + 18.0 x"


@lru_cache(maxsize=128)
def elemental_volume_cm3_mol(metal: str) -> float:
    """Return the molar volume of M, cm³/mol, as in pymatgen; NaN where it has none."""
    value = periodic_table()[metal].get("Molar volume")
    return float(value) if isinstance(value, int | float) else math.nan


ALLOY_STD_EV_ATOM = 0.04
"""Standard deviation of an alloy's formation energy, eV/atom.

NaSn is −0.222 with PBE, −0.266 with r2SCAN, −0.239 from experiment and −0.324 in OQMD; NaSi −0.017
with PBE and −0.069 with r2SCAN (judgement from these spreads).
"""

PLATEAU_STD_V = 0.05
"""Standard deviation of a computed plateau, V.

The four of Na–Sn (0.45, 0.44, 0.13, 0.10) against those measured at 363 K (0.53, 0.46, 0.16,
0.08; Yamamoto et al., J. Power Sources 237 (2013) 98) differ by 0.045 V in the root mean square.
Neighbours share most of their error, hence less than :data:`ALLOY_STD_EV_ATOM` would make of it.
"""

SALT_FORMERS = frozenset("C N P S Se As Te Po".split())
"""M whose compounds with sodium are salts or semiconductors, not alloys."""

MAX_TOLERANCE_EV_ATOM = 0.2
"""Largest tolerance that still means anything beside formation energies of −0.02 to −0.5."""


@lru_cache(maxsize=1024)
def alloy_system(snapshot: Snapshot, metal: str, tolerance_ev_atom: float = 0.05) -> AlloySystem:
    """Describe the alloys of one metal with sodium.

    Parameters
    ----------
    snapshot : Snapshot
        Energies and volumes.
    metal : str
        Symbol of M.
    tolerance_ev_atom : float
        Metastable phases up to this far above the hull are listed, eV/atom.

    Raises
    ------
    InputError
        If there is no such element, or the tolerance is out of range.
    """
    if metal not in METALS and metal not in HALOGENS:
        raise InputError("metal", metal, "give the symbol of an element that is screened")
    if not 0 <= tolerance_ev_atom <= MAX_TOLERANCE_EV_ATOM:
        remedy = f"give a number from 0 to {MAX_TOLERANCE_EV_ATOM} eV/atom"
        raise InputError("hull_tolerance_ev_atom", tolerance_ev_atom, remedy)
    ladder = binary_ladder(snapshot, metal)
    formed, operating = _choose_states(ladder)
    listed = _listed_rows(ladder, tolerance_ev_atom) if operating is not None else []
    as_formed = _state(snapshot, metal, _of_row(ladder, formed))
    computed = _of_row(ladder, operating)
    saturated = computed and saturate(metal, computed, ladder)
    return AlloySystem(
        metal,
        tuple(_phase(ladder, k) for k in listed),
        as_formed,
        _state(snapshot, metal, saturated),
        _note(metal, ladder, computed, saturated),
    )


def _of_row(ladder: Ladder, row: int | None) -> StatePhase | None:
    if row is None:
        return None
    x, energy = float(ladder.sodium_per_metal[row]), float(ladder.formation_energy_ev_atom[row])
    return StatePhase(str(ladder.formula[row]), x, energy * (1 + x), ALLOY_STD_EV_ATOM * (1 + x))


def _known_phases(ladder: Ladder) -> list[KnownPhase | None]:
    table = known_phases()
    return [table.get(formula) for formula in ladder.formula.tolist()]


def _choose_states(ladder: Ladder) -> tuple[int | None, int | None]:
    """Choose the phase as formed and in operation; None where there is no compound."""
    known = _known_phases(ladder)
    exothermic = ladder.formation_energy_ev_atom < -ZERO_EV_ATOM
    stable = np.array([k is not None and k.status == "stable" for k in known], dtype=bool)
    if not any(k is not None and k.is_known for k in known):
        # Experiment knows nothing of this metal: computed phases, but no recognised artefact.
        stable = np.array([k is None for k in known], dtype=bool)
    chosen = _keep_on_hull(ladder, np.flatnonzero(stable & exothermic))
    if not chosen:
        return None, None
    observed = [i for i, k in enumerate(known) if k is not None and k.observed_as_formed]
    return (observed or chosen)[0], chosen[-1]


def _keep_on_hull(ladder: Ladder, rows: NDArray[np.int64]) -> list[int]:
    """Keep the phases on the hull of these phases alone, so that no artefact unseats a real one."""
    x = ladder.sodium_per_metal[rows]
    fraction = np.concatenate([[0.0], x / (1 + x), [1.0]])
    energy = np.concatenate([[0.0], ladder.formation_energy_ev_atom[rows], [0.0]])
    return [int(rows[k - 1]) for k in lower_hull(fraction, energy).tolist() if 0 < k <= len(rows)]


def _listed_rows(ladder: Ladder, tolerance_ev_atom: float) -> list[int]:
    """List what lies within the tolerance and was seen or has a negative formation energy.

    The phase observed as formed is listed whatever the tolerance: a measurement beats an energy.
    """
    rows = []
    for i, known in enumerate(_known_phases(ladder)):
        real = known is not None and known.is_known
        near = ladder.energy_above_hull_ev_atom[i] <= tolerance_ev_atom
        seen = known is not None and known.observed_as_formed
        if seen or (near and (real or ladder.formation_energy_ev_atom[i] < -ZERO_EV_ATOM)):
            rows.append(i)
    return rows


def _phase(ladder: Ladder, row: int) -> AlloyPhase:
    formula = str(ladder.formula[row])
    known = known_phases().get(formula)
    plateau = float(ladder.plateau_v[row])
    return AlloyPhase(
        formula,
        float(ladder.sodium_per_metal[row]),
        float(ladder.formation_energy_ev_atom[row]),
        float(ladder.energy_above_hull_ev_atom[row]),
        None if math.isnan(plateau) else plateau,
        None if math.isnan(plateau) else PLATEAU_STD_V,
        known.measured_plateau_v if known else None,
        known is not None and known.is_known,
        known.status if known else "computed",
        known.source if known else "computed prototype of the snapshot",
    )


def _state(snapshot: Snapshot, metal: str, phase: StatePhase | None) -> AlloyState:
    if phase is None:
        return _bare_metal_state(metal)
    x = phase.sodium_per_metal
    volume, source = alloy_volume_cm3_mol_metal(snapshot, metal, phase.formula, x)
    return AlloyState(
        phase.formula,
        x,
        phase.energy_ev_metal / (1 + x),
        phase.energy_ev_metal * KJ_MOL_PER_EV,
        phase.std_ev_metal * KJ_MOL_PER_EV,
        volume,
        VOLUME_STD_FRACTION[source],
        source,
        _probability_negative(phase.energy_ev_metal / phase.std_ev_metal),
    )


def _bare_metal_state(metal: str) -> AlloyState:
    """Describe the state without an alloy: M beside NaX."""
    volume = elemental_volume_cm3_mol(metal)
    source = "none" if math.isnan(volume) else "element"
    # A compound that experiment knows, without an energy here, is unknown; its absence is zero.
    lacking = any(k.status == "stable" for k in known_phases_of(metal))
    return AlloyState(
        "",
        0.0,
        math.nan,
        math.nan,
        math.nan,
        volume,
        VOLUME_STD_FRACTION[source],
        source,
        math.nan if lacking else 0.0,
    )


def _probability_negative(standard_deviations: float) -> float:
    return 0.5 * math.erfc(standard_deviations / math.sqrt(2))


def _note(
    metal: str, ladder: Ladder, computed: StatePhase | None, saturated: StatePhase | None
) -> str:
    words = _why_no_compound(metal, ladder) if saturated is None else []
    if saturated is not None and not any(k.is_known for k in known_phases_of(metal)):
        words.append("no phase is known from experiment; the states are computed prototypes")
    if saturated is not None and metal in SALT_FORMERS:
        words.append("the product with sodium is a salt or semiconductor, not an alloy")
    if computed is not None and saturated is not None and computed != saturated:
        words.append(
            f"{saturated.formula}, the most sodium-rich compound known, has no energy here: it is "
            f"bounded by that of {computed.formula}"
        )
    return "; ".join(words + _remarks(metal, ladder))


def _why_no_compound(metal: str, ladder: Ladder) -> list[str]:
    """Explain why there is no compound, and on what this rests."""
    known = [k.formula for k in known_phases_of(metal) if k.status == "stable"]
    if metal in HALOGENS:
        return [f"{metal} is a halogen: with sodium it makes the salt Na{metal}"]
    if known:
        return [f"no state is given: the snapshot holds no usable energy of {', '.join(known)}"]
    words = [f"{metal} forms no compound with sodium; the product is {metal} + NaX"]
    if metal == "Ti":
        words.append("the paper speaks of NaxTiy, but no compound of sodium and Ti is known")
    if not len(ladder.formula):
        words.append("the snapshot holds no phase of the two elements, not even a computed one")
    return words


def _remarks(metal: str, ladder: Ladder) -> list[str]:
    """Name phases that are known but not here, not stable, or here but not believed."""
    here, phases = set(ladder.formula.tolist()), known_phases_of(metal)
    picked = {
        "known, but without an energy here": [
            k.formula for k in phases if k.is_known and k.formula not in here
        ],
        "made, but not stable at 25 °C": [k.formula for k in phases if k.status == "metastable"],
        "artefact of the computation, not a compound": [
            k.formula for k in phases if not k.is_known
        ],
    }
    return [f"{text}: {', '.join(formulas)}" for text, formulas in picked.items() if formulas]


def alloying(
    snapshot: Snapshot, metals: NDArray[np.str_], tolerance_ev_atom: float = 0.05
) -> AlloyStates:
    """Describe both states for an array of metals; each distinct metal is worked out once.

    Parameters
    ----------
    snapshot : Snapshot
        Energies and volumes.
    metals : NDArray
        Symbols, shape (n,).
    tolerance_ev_atom : float
        As in :func:`alloy_system`.
    """
    distinct, rows = np.unique(metals, return_inverse=True)
    systems = [alloy_system(snapshot, m, tolerance_ev_atom) for m in distinct.tolist()]
    rows = rows.ravel()
    return AlloyStates(
        _gather_states([s.as_formed for s in systems], rows),
        _gather_states([s.in_operation for s in systems], rows),
        np.array([s.note for s in systems], dtype=np.str_)[rows],
    )


def _gather_states(states: list[AlloyState], rows: NDArray[np.int64]) -> StateArrays:
    names = AlloyState.__slots__
    columns = {n: np.array([getattr(s, n) for s in states])[rows] for n in names}
    return StateArrays(**columns)
