"""How much of a halide: what fills a jar as vapour, and what a layer takes."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import R

Floats = NDArray[np.float64]

PAPER_JAR_CM3, PAPER_POURED_CM3 = 19.8, 1.0
"""The paper's glass, and about how much liquid was poured into it ("An artificial metal-alloy
interphase for high-rate and long-life sodium–sulfur batteries", section 4.2)."""

SALT_VOLUME_STD = 0.01
"""Relative standard deviation of the molar volume of a sodium halide [judgement: rock-salt
lattices are known better than that]."""

LAYER_STD = 0.1
"""Relative standard deviation of how much a layer of a thickness holds: pores make it less, rough
sodium more [judgement: the paper calls its layer compact, and made of particulates]."""


def moles_in_jar(pressure_pa: Floats, temperature_k: Floats | float, jar_cm3: float) -> Floats:
    """Return how much vapour a jar holds, mol: n = p V / (R T), an ideal gas.

    Parameters
    ----------
    pressure_pa : Floats
        Partial pressure of the halide, shape (n,).
    temperature_k : Floats or float
        Of the jar, shape (n,) or one for all.
    jar_cm3 : float
        Its gas space.

    Examples
    --------
    >>> float(moles_in_jar(np.array([101325.0]), 273.15, 22413.97)[0].round(4))
    1.0
    """
    return np.asarray(pressure_pa * (jar_cm3 * 1e-6) / (R * temperature_k))


def pressure_of_moles_pa(moles: Floats, temperature_k: Floats | float, jar_cm3: float) -> Floats:
    """Return the partial pressure of so much gas in a jar, Pa: p = n R T / V, shape (n,).

    Examples
    --------
    >>> float(pressure_of_moles_pa(np.array([1.0]), 273.15, 22413.97)[0].round())
    101325.0
    """
    return np.asarray(moles * R * temperature_k / (jar_cm3 * 1e-6))


def moles_for_layer(
    thickness_um: float, area_cm2: float, layer_cm3_mol: Floats, metal_count: Floats
) -> Floats:
    """Return how much of a halide a layer without pores takes, mol, shape (n,).

    Parameters
    ----------
    thickness_um, area_cm2 : float
        Of the layer.
    layer_cm3_mol : Floats
        Volume of salt and metal phase that one mole of M leaves, cm³, shape (n,).
    metal_count : Floats
        Atoms of M in a molecule, shape (n,).

    Examples
    --------
    >>> moles_for_layer(10.0, 1.0, np.array([100.0]), np.array([2.0]))  # 10⁻³ cm³
    array([5.e-06])
    """
    return np.asarray(thickness_um * 1e-4 * area_cm2 / (layer_cm3_mol * metal_count))
