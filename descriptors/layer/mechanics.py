"""Young's modulus of the layer as a Hill mean over its phases; theirs at F0."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import molar_volume_cm3, youngs_modulus_gpa
from maiscreen.descriptors.layer.layer import (
    Attribute,
    Errors,
    Estimate,
    Layer,
    LayerEstimate,
    Volumes,
    f0_estimate,
    lower_fidelity,
)
from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3, salt

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


def hill_mean(fraction: Floats, first: Floats, second: Floats) -> Floats:
    """Mean of the Voigt and Reuss means of two phases, R. Hill, Proc. Phys. Soc. A 65, 349 (1952).

    Parameters
    ----------
    fraction : Floats
        Volume fraction of the first phase, shape (n,).
    first, second : Floats
        Moduli, shape (n,).

    Examples
    --------
    >>> hill_mean(np.array([0.5]), np.array([10.0]), np.array([30.0]))
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
    value = hill_mean(share, np.full(share.shape, SODIUM_YOUNGS_MODULUS_GPA), elements)
    fraction = np.where(
        layer.sodium_mol > 0, ALLOY_MODULUS_STD_FRACTION, METAL_MODULUS_STD_FRACTION
    )
    return f0_estimate(value, fraction * value, "Hill mean of elements")


def salt_modulus(layer: Layer) -> Estimate:
    """Young's modulus of the salt, GPa (F0): measured."""
    value = salt("youngs_modulus_gpa", layer.halogen)
    return f0_estimate(value, SALT_MODULUS_STD_FRACTION * value, "measured")


def youngs_modulus(
    layer: Layer, phase: Estimate | None = None, salts: Estimate | None = None
) -> LayerEstimate:
    """Young's modulus of the compact layer, GPa: :func:`layer_modulus_gpa` with its source.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    phase, salts : Estimate, optional
        Moduli of the metal phase and the salt, GPa; at F0 if left out.
    """
    phase, salts = phase or phase_modulus(layer), salts or salt_modulus(layer)
    volumes = layer.volumes
    modulus = layer_modulus_gpa(volumes, Stiffness.of(phase), Stiffness.of(salts))
    alone = volumes.phase_fraction == 0
    mixed = np.char.add(np.char.add(phase.source, "; salt: "), salts.source)
    source = np.where(alone, np.char.add("salt: ", salts.source), mixed)
    fidelity = np.where(alone, salts.fidelity, lower_fidelity(phase.fidelity, salts.fidelity))
    return LayerEstimate(*modulus, source, fidelity)


class Stiffness(NamedTuple):
    """Means over phases by their volume: what a Hill mean is made of, arrays of shape (n,).

    Attributes
    ----------
    voigt : Floats
        Mean of the moduli, GPa.
    reuss : Floats
        Mean of their inverses, 1/GPa.
    relative_std : Floats
        Error of the moduli, as a fraction.
    """

    voigt: Floats
    reuss: Floats
    relative_std: Floats

    @classmethod
    def of(cls, modulus: Estimate) -> "Stiffness":
        """Take the moduli of one phase."""
        return cls(modulus.value, 1 / modulus.value, modulus.std / modulus.value)


def layer_modulus_gpa(volumes: Volumes, phase: Stiffness, salts: Stiffness) -> Attribute:
    """Young's modulus of a compact layer, GPa, by :func:`hill_mean` over its phases.

    NaN where the modulus of a metal phase is not known.

    Parameters
    ----------
    volumes : Volumes
        Arrays of shape (n,).
    phase, salts : Stiffness
        Of the metal phases and the salts, shape (n,).
    """
    share = volumes.phase_fraction
    alone = share == 0
    stiff = np.where(alone, 0.0, share * phase.voigt)
    soft = np.where(alone, 0.0, share * phase.reuss)
    voigt = stiff + (1 - share) * salts.voigt
    reuss = 1 / (soft + (1 - share) * salts.reuss)
    value = (voigt + reuss) / 2
    # d ln of the phases' moduli; Hill's mean is homogeneous, so the salts' is what is left.
    of_phase = (stiff + reuss**2 * soft) / 2
    relative = np.where(alone, 0.0, phase.relative_std)
    of_salts = salts.relative_std * (value - of_phase)
    none = np.zeros_like(value)
    return Attribute(value, Errors(relative * of_phase, of_salts, none, none))
