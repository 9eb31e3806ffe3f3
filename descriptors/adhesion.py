"""Adhesion: work of adhesion between sodium and the layer, at stoichiometry level (F0)."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.element_data import miedema, surface_energy_j_m2
from maiscreen.candidates.elements import TRANSITION_METALS
from maiscreen.descriptors.layer import Estimate, Layer
from maiscreen.descriptors.salts import SODIUM_MOLAR_VOLUME_CM3, salt

Floats = NDArray[np.float64]

SODIUM_SURFACE_ENERGY_J_M2 = 0.26
"""Surface energy of solid sodium, J/m² (Tyson & Miller, Surf. Sci. 62, 267 (1977))."""

COHESION_OF_SODIUM_J_M2 = 2 * SODIUM_SURFACE_ENERGY_J_M2
"""Work that tears sodium itself, 0.52 J/m²: no interface needs to hold better than this."""

INTERFACE_ENERGY_STD_J_M2 = 0.15
"""Error of Miedema's interface energies, J/m² [judgement: half the spread between Sn and Si]."""

_P_WITH_TRANSITION_METAL, _P_WITHOUT = 12.35, 10.7  # sodium is none (de Boer et al. 1988)
_Q_OVER_P = 9.4
_CHEMICAL_SCALE_J_M2 = 1e3 / (4.5e8 * 1e-4)  # kJ/cm² to J/m² through c₀ = 4.5e8 mol^(-1/3)
_MISMATCH = 0.15  # incoherent boundary: 0.15 (γ_A + γ_B), Miedema & den Broeder (1979)


def interface_energy_j_m2(metal: NDArray[np.str_]) -> Floats:
    """Energy of the interface between solid sodium and a metal M, J/m², shape (n,).

    Miedema & den Broeder, Z. Metallkd. 70, 14 (1979): a chemical part, the interface enthalpy
    for each area of contact, and a structural part 0.15 (γ_Na + γ_M). NaN where a parameter of
    M is missing.

    Examples
    --------
    >>> interface_energy_j_m2(np.array(["Sn", "Si", "Ti"])).round(2)
    array([0.03, 0.32, 1.35])
    """
    structural = _MISMATCH * (SODIUM_SURFACE_ENERGY_J_M2 + surface_energy_j_m2(metal))
    return _CHEMICAL_SCALE_J_M2 * _contact_enthalpy(metal) + structural


def _contact_enthalpy(metal: NDArray[np.str_]) -> Floats:
    """Enthalpy of Na–M contact for each area of cell, kJ/cm² (de Boer et al. 1988, ch. II)."""
    sodium = np.array(["Na"])
    transition = np.isin(metal, list(TRANSITION_METALS))
    p = np.where(transition, _P_WITH_TRANSITION_METAL, _P_WITHOUT)
    phi = miedema("work_function_v", metal) - miedema("work_function_v", sodium)
    n_m = np.cbrt(miedema("electron_density", metal))
    n_na = np.cbrt(miedema("electron_density", sodium))
    # R is a transition × non-transition term, and sodium's own R is zero.
    enthalpy: Floats = p * (-(phi**2) + _Q_OVER_P * (n_m - n_na) ** 2) * 2 / (1 / n_m + 1 / n_na)
    return enthalpy


def _metal_share_of_surface(layer: Layer) -> Floats:
    """Share of M in the surface of the phase Na_xM, by the cells' areas V^⅔."""
    metal = miedema("molar_volume_cm3", layer.metal) ** (2 / 3)
    share: Floats = metal / (metal + layer.sodium_mol * SODIUM_MOLAR_VOLUME_CM3 ** (2 / 3))
    return share


def adhesion(layer: Layer, dupre: bool = False) -> Estimate:
    """Work of adhesion of sodium to the layer, J/m².

    The metal phase holds with 2γ_Na − γ_int [judgement: sodium's own cohesion less what the
    foreign contact costs], where only the M atoms in its surface meet sodium as strangers; the
    salt with its own value; both by their share of the area, which is the share of the volume.
    Nothing holds better than sodium itself (2γ_Na) or worse than not at all. A layer that swells
    after it was formed keeps (V_formed/V)^⅔ of its contact.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    dupre : bool
        Take Dupré's γ_Na + γ_phase − γ_int instead, with the same cap. It rewards a metal for
        being hard to cut (W, B), which is no merit of the bond; `validate` reports the order
        with it as a sensitivity.
    """
    strain = np.minimum(1.0, layer.formed_cm3 / layer.solid_cm3) ** (2 / 3)
    foreign = _metal_share_of_surface(layer)
    gamma = interface_energy_j_m2(layer.metal) * foreign
    excess = surface_energy_j_m2(layer.metal) - SODIUM_SURFACE_ENERGY_J_M2 if dupre else 0.0
    work = COHESION_OF_SODIUM_J_M2 + excess * foreign - gamma
    phase = np.clip(work, 0.0, COHESION_OF_SODIUM_J_M2)
    share = layer.phase_fraction
    alone = share == 0
    value = (1 - share) * salt("adhesion_j_m2", layer.halogen)
    value = (value + np.where(alone, 0.0, share * phase)) * strain
    variance = ((1 - share) * salt("adhesion_std_j_m2", layer.halogen)) ** 2
    variance += (share * INTERFACE_ENERGY_STD_J_M2) ** 2
    source = np.where(alone, "salt", "Miedema interface energy of Na|Na_xM, and salt")
    return Estimate(value, np.sqrt(variance) * strain, source)
