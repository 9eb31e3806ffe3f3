"""From an attribute to its desirability, and from four of those to a score."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer.mechanics import SODIUM_SHEAR_MODULUS_GPA

Floats = NDArray[np.float64]

FLOOR = 0.05
"""Least desirability that enters the score [judgement]: a failed attribute costs a factor, and
candidates that fail alike can still be told apart (a zero would tie them all)."""

CURRENT_DENSITY_A_CM2 = 2e-3
"""Current density of the paper's long test, A/cm²."""

THICKNESS_CM = 6e-4
"""Thickness of the paper's best layer, cm."""

OVERPOTENTIALS_V = (1.0, 0.01)
"""Voltage lost in the layer at which its conductivity is worth 0 and 1 [judgement]."""

MONROE_NEWMAN_RATIO = 2.2
"""Shear modulus over that of the metal that keeps a plating front flat: Monroe & Newman,
J. Electrochem. Soc. 152, A396 (2005)."""

POISSON_RATIO = 0.25
"""Of the layer, to turn a shear into a Young's modulus [judgement; salts have 0.25]."""

CONDUCTIVITY_LOG10_MS_CM = tuple(
    float(np.log10(1e3 * CURRENT_DENSITY_A_CM2 * THICKNESS_CM / v)) for v in OVERPOTENTIALS_V
)
YOUNGS_MODULUS_GPA = tuple(
    2 * (1 + POISSON_RATIO) * SODIUM_SHEAR_MODULUS_GPA * r for r in (1.0, MONROE_NEWMAN_RATIO)
)

THRESHOLDS = {
    "adhesion": (0.0, COHESION_OF_SODIUM_J_M2),
    "ionic_conductivity": CONDUCTIVITY_LOG10_MS_CM,
    "youngs_modulus": YOUNGS_MODULUS_GPA,
    "electrolyte_permeability": (1.0, 0.0),
}
"""Value worth 0 and value worth 1; logarithms where the attribute is logarithmic."""


def desirability(attribute: str, value: Floats) -> Floats:
    """Turn values of an attribute into desirabilities between 0 and 1.

    Parameters
    ----------
    attribute : str
        One of the four.
    value : Floats
        Any shape; the logarithm where the attribute is logarithmic. NaN stays NaN.

    Examples
    --------
    >>> desirability("electrolyte_permeability", np.array([0.0, 0.25, 1.0]))
    array([1.  , 0.75, 0.  ])
    """
    worst, best = THRESHOLDS[attribute]
    # Adding zero turns a negative zero into a plain one.
    return np.clip((value - worst) / (best - worst), 0.0, 1.0) + 0.0


def score(desirabilities: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """Combine desirabilities by their weighted geometric mean.

    Derringer & Suich, J. Qual. Technol. 12, 214 (1980), with :data:`FLOOR`.

    Parameters
    ----------
    desirabilities : dict[str, Floats]
        By attribute, all of one shape.
    weights : dict[str, float]
        By attribute; 0 or more, not all zero. An attribute without weight is not looked at, so
        that it may be missing.

    Examples
    --------
    >>> score({"a": np.array([0.25]), "b": np.array([1.0])}, {"a": 1, "b": 1})
    array([0.5])
    """
    total = sum(weights.values())
    logarithm = sum(
        (w / total) * np.log(np.maximum(desirabilities[name], FLOOR))
        for name, w in weights.items()
        if w > 0
    )
    return np.exp(np.asarray(logarithm, dtype=np.float64))
