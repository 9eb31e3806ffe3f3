"""The four attributes of an interphase, each at its best fidelity so far: F0."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.adhesion import adhesion
from maiscreen.descriptors.layer import Estimate, Layer
from maiscreen.descriptors.mechanics import youngs_modulus
from maiscreen.descriptors.permeability import electrolyte_permeability
from maiscreen.descriptors.transport import PERCOLATION_THRESHOLD, ionic_conductivity

Floats = NDArray[np.float64]


FIDELITY = "F0"
"""Stoichiometry and tables: the level of every value so far."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Choices that could have been made otherwise; `validate` reports what they decide.

    Attributes
    ----------
    percolation_threshold : float
        Volume fraction where the better conductor connects.
    dupre : bool
        Dupré's work of adhesion instead of sodium's cohesion less the interface energy.
    """

    percolation_threshold: float = PERCOLATION_THRESHOLD
    dupre: bool = False


DEFAULT = Assumptions()
"""The assumptions that were fixed before any ranking."""


def attributes(
    layer: Layer, temperature_k: float, assumptions: Assumptions = DEFAULT
) -> dict[str, Estimate]:
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
    dict[str, Estimate]
        By name, in the paper's order; logarithmic ones as log10.
    """
    return {
        "adhesion": adhesion(layer, assumptions.dupre),
        "ionic_conductivity": ionic_conductivity(
            layer, temperature_k, assumptions.percolation_threshold
        ),
        "youngs_modulus": youngs_modulus(layer),
        "electrolyte_permeability": electrolyte_permeability(layer),
    }


def either(first: Estimate, second: Estimate, p_first: Floats) -> Estimate:
    """Merge the estimates of two possible outcomes, the first with a probability.

    The value is that of the likelier outcome; the variance is that of the mixture about it.

    Parameters
    ----------
    first, second : Estimate
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
    return Estimate(value, np.sqrt(variance), np.where(likelier, first.source, second.source))
