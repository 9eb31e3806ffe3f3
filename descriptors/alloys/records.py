"""Records of alloys with sodium: a phase, a state, the system of one metal, states as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AlloyPhase:
    """One phase NaₓM on the hull or within the tolerance above it.

    Attributes
    ----------
    formula : str
        Reduced formula, sodium first.
    sodium_per_metal : float
        x.
    formation_energy_ev_atom, energy_above_hull_ev_atom : float
        Against the elements and against the hull.
    plateau_v, plateau_std_v : float or None
        Potential vs Na/Na⁺ at which the phase forms from its sodium-poorer neighbour on the hull,
        and its standard deviation; None for a phase above the hull.
    measured_plateau_v : float or None
        The same from experiment, where it was measured.
    known : bool
        Whether experiment knows the phase.
    status : str
        ``stable``, ``metastable``, ``hypothetical`` or ``computed``.
    source : str
        Where the knowledge of the phase is from.
    """

    formula: str
    sodium_per_metal: float
    formation_energy_ev_atom: float
    energy_above_hull_ev_atom: float
    plateau_v: float | None
    plateau_std_v: float | None
    measured_plateau_v: float | None
    known: bool
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class AlloyState:
    """The phase of one state; without one, ``formula`` is empty and the volume that of bare M.

    Attributes
    ----------
    formula : str
        Reduced formula, or empty.
    sodium_per_metal : float
        x of NaₓM, 0 without a phase.
    formation_energy_ev_atom, delta_g_kj_mol_metal, std_kj_mol_metal : float
        Of x Na + M → NaₓM; NaN without a phase.
    volume_cm3_mol_metal, volume_std_fraction : float
        Volume that holds one mole of M, and its relative standard deviation.
    volume_source : str
        ``measured lattice``, ``OQMD / 0.96``, ``V(M) + 18.0 x``, ``element`` or ``none``.
    p_alloy : float
        Probability that the formation energy is negative, given its standard deviation. Without a
        phase 0, since its absence is a finding and no missing number; NaN where experiment knows a
        compound of which the snapshot has no energy.
    """

    formula: str
    sodium_per_metal: float
    formation_energy_ev_atom: float
    delta_g_kj_mol_metal: float
    std_kj_mol_metal: float
    volume_cm3_mol_metal: float
    volume_std_fraction: float
    volume_source: str
    p_alloy: float


@dataclass(frozen=True, slots=True)
class AlloySystem:
    """The alloys of one metal with sodium.

    Attributes
    ----------
    metal : str
        M.
    phases : tuple of AlloyPhase
        By rising sodium content; empty where M forms no compound with sodium.
    as_formed, in_operation : AlloyState
        The sodium-poor state of the vapour side and the sodium-saturated one.
    note : str
        What a reader has to know of this system.
    """

    metal: str
    phases: tuple[AlloyPhase, ...]
    as_formed: AlloyState
    in_operation: AlloyState
    note: str

    @property
    def forms_compound(self) -> bool:
        """Whether sodium and M form a compound."""
        return self.in_operation.formula != ""

    @property
    def delta_g_kj_mol_metal(self) -> float:
        """ΔG of alloying to sodium saturation, kJ per mole of M; NaN without a compound."""
        return self.in_operation.delta_g_kj_mol_metal

    @property
    def std_kj_mol_metal(self) -> float:
        """Return the standard deviation of :attr:`delta_g_kj_mol_metal`."""
        return self.in_operation.std_kj_mol_metal


@dataclass(frozen=True, slots=True, eq=False)
class StateArrays:
    """One state of many metals: the fields of :class:`AlloyState` as arrays of shape (n,)."""

    formula: NDArray[np.str_]
    sodium_per_metal: NDArray[np.float64]
    formation_energy_ev_atom: NDArray[np.float64]
    delta_g_kj_mol_metal: NDArray[np.float64]
    std_kj_mol_metal: NDArray[np.float64]
    volume_cm3_mol_metal: NDArray[np.float64]
    volume_std_fraction: NDArray[np.float64]
    volume_source: NDArray[np.str_]
    p_alloy: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AlloyStates:
    """Both states of many metals, and the note on each, shape (n,)."""

    as_formed: StateArrays
    in_operation: StateArrays
    note: NDArray[np.str_]
