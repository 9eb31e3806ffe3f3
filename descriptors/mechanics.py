"""Young's modulus of the layer as a Hill mean over its phases (F0)."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.element_data import molar_volume_cm3, youngs_modulus_gpa
from maiscreen.descriptors.layer import Estimate, Layer
from maiscreen.descriptors.salts import SODIUM_MOLAR_VOLUME_CM3, salt

Floats = NDArray[np.float64]

SODIUM_YOUNGS_MODULUS_GPA = 10.0
"""Young's modulus of polycrystalline sodium, GPa (pymatgen's table; the paper computes 10.9)."""

SODIUM_SHEAR_MODULUS_GPA = 3.3
"""Shear modulus of polycrystalline sodium, GPa (pymatgen's table)."""

ALLOY_MODULUS_STD_FRACTION = 0.35
"""Error of the Hill mean of the elements as a Na–M compound's modulus: root mean square 0.37 of
the logarithm (14 % low in the mean) against the paper's DFT of Na7Sn12 and two interatomic
potentials (7net-0, 7net-l3i5) of seven other compounds; see the tests."""

METAL_MODULUS_STD_FRACTION = 0.35
"""Error of an element's modulus, as a fraction: the table has Si 105 GPa (measured about 160) and
Ge 101 (about 130)."""

SALT_MODULUS_STD_FRACTION = 0.05
"""Error of a measured modulus of a salt, as a fraction: spread between handbooks."""


def hill(fraction: Floats, first: Floats, second: Floats) -> Floats:
    """Mean of the Voigt and Reuss means of two phases, R. Hill, Proc. Phys. Soc. A 65, 349 (1952).

    Parameters
    ----------
    fraction : Floats
        Volume fraction of the first phase, shape (n,).
    first, second : Floats
        Moduli, shape (n,).

    Examples
    --------
    >>> hill(np.array([0.5]), np.array([10.0]), np.array([30.0]))
    array([17.5])
    """
    voigt = fraction * first + (1 - fraction) * second
    reuss = 1 / (fraction / first + (1 - fraction) / second)
    return (voigt + reuss) / 2


def phase_modulus_gpa(layer: Layer) -> Floats:
    """Young's modulus of Na_xM, GPa: the Hill mean of its elements by their volumes."""
    sodium = layer.sodium_mol * SODIUM_MOLAR_VOLUME_CM3
    share = sodium / (sodium + molar_volume_cm3(layer.metal))
    elements = youngs_modulus_gpa(layer.metal)
    return hill(share, np.full(share.shape, SODIUM_YOUNGS_MODULUS_GPA), elements)


def youngs_modulus(layer: Layer) -> Estimate:
    """Young's modulus of the compact layer, GPa; NaN where the metal's modulus is not known."""
    share = layer.phase_fraction
    alone = share == 0
    salts = salt("youngs_modulus_gpa", layer.halogen)
    phase = np.where(alone, salts, phase_modulus_gpa(layer))
    value = hill(share, phase, salts)
    fraction = np.where(
        layer.sodium_mol > 0, ALLOY_MODULUS_STD_FRACTION, METAL_MODULUS_STD_FRACTION
    )
    step = 1e-4
    sensitivity = (hill(share, phase * (1 + step), salts) - value) / step
    of_salt = SALT_MODULUS_STD_FRACTION * (value - sensitivity)
    variance = (fraction * sensitivity) ** 2 + of_salt**2
    source = np.where(alone, "salt, measured", "Hill mean of elements and salt")
    return Estimate(value, np.sqrt(variance), source)
