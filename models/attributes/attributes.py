"""The four attributes of an interphase, each at the best fidelity that there is."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.layer.adhesion import adhesion, phase_adhesion, salt_adhesion
from maiscreen.descriptors.layer.anchor import (
    MEASURED_PHASE,
    anchored_barrier_ev,
    measured_layer,
    phase_barrier,
)
from maiscreen.descriptors.layer.layer import Estimate, Layer, LayerEstimate
from maiscreen.descriptors.layer.mechanics import phase_modulus, salt_modulus, youngs_modulus
from maiscreen.descriptors.layer.permeability import electrolyte_permeability
from maiscreen.descriptors.layer.transport import (
    BRUGGEMAN_THRESHOLD,
    PERCOLATION_THRESHOLD,
    ionic_conductivity,
    salt_barrier,
)
from maiscreen.models.attributes.barriers import simulated_barrier
from maiscreen.models.attributes.computed_moduli import prefer_computed
from maiscreen.models.attributes.crystal_data import crystal_modulus, measured_at
from maiscreen.models.attributes.fidelity import apply_labels, simulated_salt_barrier
from maiscreen.models.labels.evidence import evidence_of

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Choices that could have been made otherwise; `validate` reports what they decide.

    Attributes
    ----------
    percolation_threshold : float
        Volume fraction where the better conductor connects.
    salt_share : float
        How much of the salt of the stoichiometry lies in a layer with a metal phase.
    fidelity : str
        Highest fidelity of the attributes: ``F2`` (labels of the interatomic potential wherever
        there are some, then F1), ``F1`` (crystal data and learned models, then F0) or ``F0``
        (stoichiometry and tables alone).
    vacancies : str
        How many vacancies a metal phase has at F2, one of
        :data:`maiscreen.models.attributes.barriers.VACANCIES`.
    models : tuple of str
        Folders of learned models that take the place of the embedded ones, by their target.
    snapshot : str
        Folder of a snapshot that takes the place of the embedded one.
    labels : str
        Folder of labels that take the place of the embedded ones.
    """

    percolation_threshold: float = PERCOLATION_THRESHOLD
    salt_share: float = 1.0
    fidelity: str = "F2"
    vacancies: str = "as_in_tin"
    models: tuple[str, ...] = ()
    snapshot: str = ""
    labels: str = ""


THIN_SALT = 0.1
"""Share of the salt that stays in a layer of which the paper sees alloy under a thin top of NaCl
[judgement]."""


def built_otherwise(assumptions: Assumptions) -> Assumptions:
    """Return the other end of how layers may be built: little salt, Bruggeman's threshold."""
    threshold = max(assumptions.percolation_threshold, BRUGGEMAN_THRESHOLD)
    return replace(assumptions, salt_share=THIN_SALT, percolation_threshold=threshold)


DEFAULT = Assumptions()
"""What every campaign starts from. How many vacancies a metal phase has was changed after a first
look at the paper's order (docs/validation.md), and once more when the layer became the anchor, by a
rule that stood before its ranking; the others were fixed before any ranking."""


@dataclass(frozen=True, slots=True)
class LayerProperties:
    """What the attributes of a layer are made of: of the metal phase, and of the salt.

    Attributes
    ----------
    works : tuple of Estimate
        Work of adhesion of sodium, J/m².
    barriers : tuple of Estimate
        Migration barrier of sodium, eV.
    moduli : tuple of Estimate
        Young's modulus, GPa.
    """

    works: tuple[Estimate, Estimate]
    barriers: tuple[Estimate, Estimate]
    moduli: tuple[Estimate, Estimate]


def estimate_properties(layer: Layer, assumptions: Assumptions = DEFAULT) -> LayerProperties:
    """Estimate the properties of metal phases and salts, each at the best fidelity there is."""
    works = phase_adhesion(layer), salt_adhesion(layer)
    barriers = (
        metal_barriers(layer.phase, layer.sodium_mol, assumptions),
        salt_barriers(layer, assumptions),
    )
    moduli = phase_modulus(layer), salt_modulus(layer)
    if assumptions.fidelity != "F0":
        crystal = crystal_modulus(layer.phase, moduli[0], assumptions.models, assumptions.snapshot)
        moduli = crystal, measured_at("F1", moduli[1])
    if assumptions.fidelity == "F2":
        both, labels = (layer.phase, layer.salt), evidence_of(assumptions.labels)
        works = apply_labels("work_of_adhesion", both, works, labels)
        labelled, _ = apply_labels("youngs_modulus", both, moduli, labels)
        alloys = prefer_computed(layer.phase, moduli[0], labelled, labels, assumptions.snapshot)
        moduli = alloys, measured_at("F2", moduli[1])
    return LayerProperties(works, barriers, moduli)


def salt_barriers(layer: Layer, assumptions: Assumptions) -> Estimate:
    """Estimate the migration barriers of salts, eV."""
    table = salt_barrier(layer)
    if assumptions.fidelity != "F2":
        return table
    return simulated_salt_barrier(layer.salt, table, evidence_of(assumptions.labels))


def metal_barriers(phase: Strings, sodium_per_metal: Floats, assumptions: Assumptions) -> Estimate:
    """Estimate the migration barriers of metal phases, eV.

    Parameters
    ----------
    phase : Strings
        Formulas, shape (n,).
    sodium_per_metal : Floats
        Sodium for each M, shape (n,).
    assumptions : Assumptions
        Choices behind the equations.

    Raises
    ------
    InputError
        If the percolation threshold leaves nothing to anchor them on: :func:`anchor_fault`.
    """
    anchored_ev = _anchored_ev(assumptions)
    if np.isnan(anchored_ev):
        threshold = assumptions.percolation_threshold
        raise InputError(
            "percolation_threshold", threshold, f"give less: {anchor_fault(assumptions)}"
        )
    table = phase_barrier(phase, anchored_ev)
    if assumptions.fidelity != "F2":
        return table
    labels = evidence_of(assumptions.labels)
    return simulated_barrier(phase, sodium_per_metal, table, assumptions.vacancies, labels)


def anchor_fault(assumptions: Assumptions) -> str:
    """Explain why no barrier gives the measured layer its conductivity; nothing if one does."""
    if np.isfinite(_anchored_ev(assumptions)):
        return ""
    share = 100 * float(measured_layer(assumptions.salt_share).volumes.phase_fraction[0])
    return (
        f"the paper's layer from SnCl4 would not conduct, since {MEASURED_PHASE}, {share:.0f} % of "
        "its volume, would not connect"
    )


def _anchored_ev(assumptions: Assumptions) -> float:
    [salt_ev] = salt_barriers(measured_layer(), assumptions).value.tolist()
    return anchored_barrier_ev(assumptions.percolation_threshold, salt_ev, assumptions.salt_share)


def attributes(
    layer: Layer, temperature_k: float, assumptions: Assumptions = DEFAULT
) -> dict[str, LayerEstimate]:
    """Estimate the four attributes of a layer.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    temperature_k : float
        Temperature of the cell.
    assumptions : Assumptions
        Choices behind the equations.

    Returns
    -------
    dict[str, LayerEstimate]
        By name, in the paper's order; logarithmic ones as log10.
    """
    of = estimate_properties(layer, assumptions)
    threshold = assumptions.percolation_threshold
    return {
        "adhesion": adhesion(layer, *of.works),
        "ionic_conductivity": ionic_conductivity(layer, temperature_k, threshold, *of.barriers),
        "youngs_modulus": youngs_modulus(layer, *of.moduli),
        "electrolyte_permeability": electrolyte_permeability(layer),
    }


def mix_outcomes(first: LayerEstimate, second: LayerEstimate, p_first: Floats) -> Estimate:
    """Merge the estimates of two possible outcomes, the first with a probability.

    The value is that of the likelier outcome; the variance is that of the mixture about it.

    Parameters
    ----------
    first, second : LayerEstimate
        Arrays of shape (n,).
    p_first : Floats
        Probability of the first, shape (n,).
    """
    likelier = p_first >= 0.5
    value = np.where(likelier, first.value, second.value)
    variance = np.zeros_like(value)
    for estimate, p in ((first, p_first), (second, 1 - p_first)):
        square = estimate.std**2 + (estimate.value - value) ** 2
        variance += np.where(p > 0, p * square, 0.0)
    source = np.where(likelier, first.source, second.source)
    fidelity = np.where(likelier, first.fidelity, second.fidelity)
    return Estimate(value, np.sqrt(variance), source, fidelity, np.zeros_like(value))
