"""Young's modulus of the layer as a Hill mean over its phases; theirs at F0."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.element_data import molar_volume_cm3, youngs_modulus_gpa
from maiscreen.descriptors.layer import Estimate, Layer, lowest, tabulated
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


def phase_modulus(layer: Layer) -> Estimate:
    """Young's modulus of the metal phase Na_xM, GPa (F0): the Hill mean of its elements by volume.

    NaN where the metal's modulus is not known.
    """
    sodium = layer.sodium_mol * SODIUM_MOLAR_VOLUME_CM3
    share = sodium / (sodium + molar_volume_cm3(layer.metal))
    elements = youngs_modulus_gpa(layer.metal)
    value = hill(share, np.full(share.shape, SODIUM_YOUNGS_MODULUS_GPA), elements)
    fraction = np.where(
        layer.sodium_mol > 0, ALLOY_MODULUS_STD_FRACTION, METAL_MODULUS_STD_FRACTION
    )
    return tabulated(value, fraction * value, "Hill mean of elements")


def salt_modulus(layer: Layer) -> Estimate:
    """Young's modulus of the salt, GPa (F0): measured."""
    value = salt("youngs_modulus_gpa", layer.halogen)
    return tabulated(value, SALT_MODULUS_STD_FRACTION * value, "measured")


def youngs_modulus(
    layer: Layer, phase: Estimate | None = None, salts: Estimate | None = None
) -> Estimate:
    """Young's modulus of the compact layer, GPa; NaN where the metal's modulus is not known.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    phase, salts : Estimate, optional
        Moduli of the metal phase and the salt, GPa; at F0 if left out.
    """
    phase, salts = phase or phase_modulus(layer), salts or salt_modulus(layer)
    share = layer.phase_fraction
    alone = share == 0
    stiffness = np.where(alone, salts.value, phase.value)
    value = hill(share, stiffness, salts.value)
    step = 1e-4
    of_phase = (hill(share, stiffness * (1 + step), salts.value) - value) / step
    # Hill's mean is homogeneous, so that the two sensitivities make up the value.
    relative = np.where(alone, 0.0, phase.std / phase.value)
    variance = (relative * of_phase) ** 2 + (salts.std / salts.value * (value - of_phase)) ** 2
    mixed = np.char.add(np.char.add(phase.source, "; salt: "), salts.source)
    source = np.where(alone, np.char.add("salt: ", salts.source), mixed)
    fidelity = np.where(alone, salts.fidelity, lowest(phase.fidelity, salts.fidelity))
    return Estimate(value, np.sqrt(variance), source, fidelity)
