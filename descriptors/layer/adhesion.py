"""Adhesion: work of adhesion between sodium and the layer; that of its phases at F0."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import TRANSITION_METALS, miedema, surface_energy_j_m2
from maiscreen.descriptors.layer.layer import (
    Attribute,
    Errors,
    Estimate,
    Layer,
    LayerEstimate,
    Uncertain,
    Volumes,
    f0_estimate,
    lower_fidelity,
)
from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3, salt

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


def phase_adhesion(layer: Layer) -> Estimate:
    """Work of adhesion of sodium to the metal phase, J/m² (F0).

    W = γ_Na + γ_phase − γ_int (A. Dupré, Théorie mécanique de la chaleur (1869)). Only the M atoms
    in the phase's surface differ from sodium's: their share has the surface energy of M, and meets
    sodium with the interface energy of M.
    """
    foreign = _metal_share_of_surface(layer)
    excess = surface_energy_j_m2(layer.metal) - SODIUM_SURFACE_ENERGY_J_M2
    work = COHESION_OF_SODIUM_J_M2 + (excess - interface_energy_j_m2(layer.metal)) * foreign
    return f0_estimate(work, INTERFACE_ENERGY_STD_J_M2, "Miedema interface energy of Na|Na_xM")


def salt_adhesion(layer: Layer) -> Estimate:
    """Work of adhesion of sodium to the salt, J/m² (F0)."""
    value, std = (salt(f, layer.halogen) for f in ("adhesion_j_m2", "adhesion_std_j_m2"))
    return f0_estimate(value, std, "table")


def adhesion(
    layer: Layer, phase: Estimate | None = None, salts: Estimate | None = None
) -> LayerEstimate:
    """Work of adhesion of sodium to the layer, J/m²: :func:`adhesion_j_m2` with its source.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    phase, salts : Estimate, optional
        Works of adhesion to the metal phase and the salt, J/m²; at F0 if left out.
    """
    phase, salts = phase or phase_adhesion(layer), salts or salt_adhesion(layer)
    volumes = layer.volumes
    work = adhesion_j_m2(volumes, phase.numbers, salts.numbers)
    alone = volumes.phase_fraction == 0
    mixed = np.char.add(np.char.add(phase.source, "; salt: "), salts.source)
    source = np.where(alone, np.char.add("salt: ", salts.source), mixed)
    fidelity = np.where(alone, salts.fidelity, lower_fidelity(phase.fidelity, salts.fidelity))
    return LayerEstimate(*work, source, fidelity)


def limit_work(work_j_m2: Floats) -> Floats:
    """Return the work that an interface can hold: sodium tears before more, and less is none."""
    return np.clip(work_j_m2, 0.0, COHESION_OF_SODIUM_J_M2)


def adhesion_j_m2(volumes: Volumes, phase: Uncertain, salts: Uncertain) -> Attribute:
    """Work of adhesion of sodium to a layer, J/m².

    Metal phases and salts by their share of the area, which is the share of the volume. Nothing
    holds better than sodium itself (2γ_Na) or worse than not at all.

    Parameters
    ----------
    volumes : Volumes
        Arrays of shape (n,).
    phase, salts : Uncertain
        Works of adhesion to the metal phases and the salts, J/m², shape (n,).
    """
    share = volumes.phase_fraction
    alone = share == 0
    of_phase = np.where(alone, 0.0, share * limit_work(phase.value))
    value = of_phase + (1 - share) * limit_work(salts.value)
    own, shared = (np.where(alone, 0.0, share * std) for std in (phase.std, phase.shared))
    shared = shared + (1 - share) * salts.shared
    return Attribute(value, Errors(own, (1 - share) * salts.std, shared, np.zeros_like(value)))
