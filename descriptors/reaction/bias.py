"""Potentials from Materials Project energies, and the bias measured on halides that have both.

The anion corrections of the Materials Project are fitted to ionic halides; it over-binds molecular
ones, so that their potential comes out too low. The bias is the median difference, per halogen
and class, between the potential of the solid (or liquid) from handbooks and the one from the
energies; its standard deviation is the leave-one-out error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, molar_mass_g
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import (
    Snapshot,
    formation_energies_ev_atom,
    load_snapshot,
)

COVALENT_FORMERS = frozenset("B C N Si P S Ge As Se Sb Te Sn".split())
"""Elements whose halides are molecular at any valence."""

COVALENT_VALENCE = 3.5
"""Halogens per metal from which halides are molecular (TiCl4, WCl6) [judgement; of five ways to
split the halides this one left the smallest leave-one-out error, 0.20 V]."""


@dataclass(frozen=True, slots=True)
class Bias:
    """Handbook minus Materials Project potential of one class of halides."""

    median_v: float
    std_v: float
    count: int


MEASURED_BIAS: dict[tuple[str, bool], Bias] = {
    ("F", True): Bias(0.312, 0.220, 21),
    ("F", False): Bias(0.010, 0.261, 49),
    ("Cl", True): Bias(0.401, 0.157, 36),
    ("Cl", False): Bias(0.174, 0.260, 68),
    ("Br", True): Bias(0.386, 0.108, 21),
    ("Br", False): Bias(0.199, 0.220, 46),
    ("I", True): Bias(0.356, 0.149, 14),
    ("I", False): Bias(0.197, 0.213, 42),
}
"""By halogen and covalent or not, V. Measured with ``measure_bias`` at 298.15 K on the 297 halides
of the embedded snapshot whose solid or liquid is in the
handbooks. Part of it is the entropy, which the energies at 0 K leave out."""


def is_covalent(precursors: Precursors) -> NDArray[np.bool_]:
    """Tell molecular halides from ionic ones, shape (n,)."""
    former = np.isin(precursors.metal, list(COVALENT_FORMERS))
    return former | (precursors.halogens_per_metal >= COVALENT_VALENCE)


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """The scheme of computed energies.

    Attributes
    ----------
    salt_ev : Mapping
        Formation energy of NaX in it by halogen, eV per formula unit.
    bias : Mapping
        Its bias by halogen and covalent or not.
    """

    salt_ev: Mapping[str, float]
    bias: Mapping[tuple[str, bool], Bias]


def salts_ev(snapshot: Snapshot) -> dict[str, float]:
    """Return the formation energy of each NaX in a snapshot, eV per formula unit."""
    energies = formation_energies_ev_atom(snapshot)
    return {x: 2 * energies[f"Na{x}"] for x in HALOGENS if f"Na{x}" in energies}


@cache
def embedded_scheme() -> Scheme:
    """Return the scheme of the embedded energies, and of those that were learned from them."""
    return Scheme(salts_ev(load_snapshot()), MEASURED_BIAS)


def raw_potential_v(
    precursors: Precursors,
    mp_formation_energy_ev_atom: NDArray[np.float64],
    salt_ev: Mapping[str, float] | None = None,
) -> NDArray[np.float64]:
    """Return E from energies alone, 0 K, solid halide: (E_f(MX) − b E_f(NaX)) / b, shape (n,).

    Energies of NaX are those of the embedded snapshot, if no others are given.
    """
    atoms = precursors.metal_count + precursors.halogen_count
    salts = embedded_scheme().salt_ev if salt_ev is None else salt_ev
    salt = np.array([salts.get(x, nan) for x in precursors.halogen.tolist()], dtype=np.float64)
    energy = np.asarray(mp_formation_energy_ev_atom, dtype=np.float64)
    return np.asarray(energy * atoms / precursors.halogen_count - salt, dtype=np.float64)


def corrected_potential_v(
    precursors: Precursors,
    raw_v: NDArray[np.float64],
    measured: Mapping[tuple[str, bool], Bias] = MEASURED_BIAS,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add the measured bias; potential and standard deviation, shape (n,) each.

    NaN where the bias of a class is not known.
    """
    keys = zip(precursors.halogen.tolist(), is_covalent(precursors).tolist(), strict=True)
    classes = [measured.get(key, Bias(nan, nan, 0)) for key in keys]
    corrected = raw_v + np.array([bias.median_v for bias in classes])
    std = np.array([bias.std_v for bias in classes], dtype=np.float64)
    return corrected, np.where(np.isnan(corrected), nan, std)


def measure_bias(
    precursors: Precursors, raw_v: NDArray[np.float64], handbook_v: NDArray[np.float64]
) -> dict[tuple[str, bool], Bias]:
    """Measure the bias of each class, with its leave-one-out standard deviation."""
    difference, covalent = handbook_v - raw_v, is_covalent(precursors)
    measured = {}
    for halogen in ("F", "Cl", "Br", "I"):
        for kind in (True, False):
            mine = (precursors.halogen == halogen) & (covalent == kind) & ~np.isnan(difference)
            if mine.sum() > 2:
                measured[halogen, kind] = _leave_one_out(difference[mine])
    return measured


def _leave_one_out(difference: NDArray[np.float64]) -> Bias:
    left = [difference[i] - np.median(np.delete(difference, i)) for i in range(len(difference))]
    rms = float(np.sqrt(np.mean(np.square(left))))
    return Bias(float(np.median(difference)), rms, len(difference))


METAL_ENTROPY_J_MOL_K = 53.9
METAL_MASS_ENTROPY_J_MOL_K = 16.5
HALOGEN_ENTROPY_J_MOL_K = {"F": 21.3, "Cl": 33.0, "Br": 44.4, "I": 54.1}
"""S°(298 K) of a solid M_aX_b = a (53.9 + 16.5 ln(M/100 g/mol)) + b s_X, the form of Latimer's
rule (J. Am. Chem. Soc. 1951, 73, 1480), fitted to the 171 solid halides of the table."""

SOLID_ENTROPY_STD_J_MOL_K = 15.3
"""Leave-one-out error of that fit; 4.6 kJ/mol at 298 K."""


LIQUID_ENTROPY_J_MOL_K = 71.6
"""How far the liquid halides of the table that melt below 300 K lie above the solid's estimate:
27 of them, 71.6 ± 13.1 J/(mol K)."""


def condensed_entropy(formula: str, phase: str) -> tuple[float, float]:
    """Estimate the entropy of a solid or liquid and its standard deviation, J/(mol K).

    Examples
    --------
    >>> [round(value) for value in condensed_entropy("SnCl4", "l")]  # 258.6 in CRC
    [260, 15]
    """
    entropy, std = solid_entropy(formula)
    return entropy + (LIQUID_ENTROPY_J_MOL_K if phase == "l" else 0.0), std


@cache
def solid_entropy(formula: str) -> tuple[float, float]:
    """Estimate the entropy of a solid halide and its standard deviation, J/(mol K)."""
    p = Precursor.parse(formula)
    mass = molar_mass_g({p.metal: 1}) / 100
    metal = METAL_ENTROPY_J_MOL_K + METAL_MASS_ENTROPY_J_MOL_K * log(mass)
    entropy = p.metal_count * metal + p.halogen_count * HALOGEN_ENTROPY_J_MOL_K[p.halogen]
    return entropy, SOLID_ENTROPY_STD_J_MOL_K * p.metal_count
