"""What is known of the sodium halides that every reaction leaves behind, and of sodium oxide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS

Floats = NDArray[np.float64]

SODIUM_MOLAR_VOLUME_CM3 = 23.78
"""Molar volume of bcc sodium at 298 K, cm³/mol (CRC Handbook)."""


@dataclass(frozen=True, slots=True)
class Salt:
    """One sodium halide, or sodium oxide.

    Attributes
    ----------
    molar_volume_cm3 : float
        From the density of the rock-salt crystal (CRC Handbook), cm³/mol.
    barrier_ev, barrier_std_ev : float
        Migration energy of a sodium ion next to a cation vacancy, eV.
    youngs_modulus_gpa : float
        Hill average of the single-crystal constants of Haussühl, Z. Phys. 159, 223 (1960).
    adhesion_j_m2, adhesion_std_j_m2 : float
        Work of adhesion of sodium on the salt's (001) face, J/m².
    soluble_fraction, soluble_std : float
        Share of the layer that 80 µL of diglyme takes away.
    """

    molar_volume_cm3: float
    barrier_ev: float
    barrier_std_ev: float
    youngs_modulus_gpa: float
    adhesion_j_m2: float
    adhesion_std_j_m2: float
    soluble_fraction: float
    soluble_std: float


# Barriers. NaCl: 0.64 eV, the paper's CI-NEB (PBE); measured 0.65 to 0.80 eV (Dreyfus & Nowick,
# J. Appl. Phys. 33, 473 (1962): 0.80). NaI: 0.47 eV, measured on doped single crystals ("Self-
# diffusion in single crystals of sodium iodide", J. Phys. C 4 (1971)). NaBr: midway between its
# neighbours [judgement]. NaF: not below NaCl, whose lattice is wider [judgement; the paper names
# NaF for its high barrier], so 0.80 with a wide error.
# Adhesion. NaCl 0.15 and NaF 0.10 J/m²: relaxed Na(110) slabs, interatomic potential 7net-0, no
# measured reference; NaBr and NaI as NaCl, with a wider error [judgement].
# Solubility. A layer of 6 µm on a 7.6 mm disc holds about 5 µmol of NaX, 0.06 mol/L in the cell's
# 80 µL: sodium iodide dissolves in glymes beyond that, fluoride and chloride do not; bromide is
# between, and not known to us [judgement].
SALTS = {
    "F": Salt(15.0, 0.80, 0.20, 77.0, 0.10, 0.10, 0.00, 0.01),
    "Cl": Salt(27.0, 0.64, 0.10, 36.9, 0.15, 0.10, 0.00, 0.02),
    "Br": Salt(32.1, 0.56, 0.15, 29.4, 0.15, 0.15, 0.10, 0.10),
    "I": Salt(40.8, 0.47, 0.10, 21.6, 0.15, 0.15, 1.00, 0.20),
}
"""The sodium halides by halogen."""

# Molar volume: 61.98 g/mol over 2.27 g/cm³ (CRC). The others are not measured where a layer would
# need them, and have wide errors [judgement]. Barrier: sodium moves in Na2O by vacancies, as
# lithium in Li2O, 0.3 to 0.5 eV next to a vacancy by computation. Modulus: an antifluorite oxide
# with two thirds of the ionic density of Li2O, whose modulus is 140 GPa. Adhesion: as NaCl, for
# want of a simulation. Na2O does not dissolve in ethers.
OXIDE = Salt(27.3, 0.45, 0.20, 85.0, 0.15, 0.20, 0.00, 0.01)
"""Sodium oxide, Na2O, one mole of formula units, with the fields of a sodium halide."""


def salt(field: str, halogen: NDArray[np.str_]) -> Floats:
    """Look up one attribute of :class:`Salt` for an array of halogens.

    Parameters
    ----------
    field : str
        Name of an attribute of :class:`Salt`.
    halogen : NDArray[np.str_]
        F, Cl, Br or I, shape (n,).

    Returns
    -------
    Floats
        Shape (n,).

    Examples
    --------
    >>> salt("molar_volume_cm3", np.array(["Cl", "I"]))
    array([27. , 40.8])
    """
    order = np.array(HALOGENS)
    values = np.array([getattr(SALTS[x], field) for x in HALOGENS], dtype=np.float64)
    at = np.argsort(order)[np.searchsorted(order, halogen, sorter=np.argsort(order))]
    return np.asarray(values[at])
