"""From an attribute to its desirability, and from four of those to a score."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.blends.vapour import THICKNESS_UM
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer.mechanics import SODIUM_SHEAR_MODULUS_GPA

Floats = NDArray[np.float64]

WORTHS = (1 / 11, 10 / 11)
"""Desirabilities of the worst and the best value of :data:`THRESHOLDS`: odds of 1:10 and of 10:1
[judgement]. What lies beyond is worth less or more, never 0 or 1."""

CURRENT_DENSITY_A_CM2 = 2e-3
"""Current density of the paper's long test, A/cm²."""

THICKNESS_CM = THICKNESS_UM / 1e4
"""Thickness of the paper's best layer, cm."""

OVERPOTENTIALS_V = (1.0, 0.01)
"""Voltage lost in a layer of the worst and of the best conductivity [judgement]; what a voltage V
is worth is 0.1/(0.1 + V), 0.1 V being their geometric mean."""

MONROE_NEWMAN_RATIO = 2.2
"""Shear modulus over that of the metal that keeps a plating front flat: Monroe & Newman,
J. Electrochem. Soc. 152, A396 (2005), of polymers. Inorganic solids, stiff and with less room for a
cation than its metal has, are saved by no stiffness (Ahmad & Viswanathan, Phys. Rev. Lett. 119,
056003 (2017)): what exceeds this ratio is worth the same. docs/attributes.md."""

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
"""Worst and best value; logarithms where the attribute is logarithmic."""

BARE_SODIUM_WORTHS = (WORTHS[1], 1.0, WORTHS[0], WORTHS[0])
"""Of sodium without a layer, in the order of the attributes, an upper bound: it holds on to itself
and no layer resists, but nothing is stiffer than sodium or tight."""

assert tuple(THRESHOLDS) == ATTRIBUTES  # noqa: S101

THRESHOLD_STD = {
    "adhesion": 0.05,
    "ionic_conductivity": 0.5,
    "youngs_modulus": 3.0,
    "electrolyte_permeability": 0.1,
}
"""Error of both thresholds as one, common to all candidates, in the unit of the attribute (decades
for the conductivity) [judgement]: 2γ_Na; a factor of three in the voltage that a cell bears; the
shear modulus of sodium and Poisson's ratio; how open a layer may be."""

ENDLESS = frozenset({"ionic_conductivity"})
"""Attributes that count for more beyond their best value. The others end there: sodium tears at
2γ_Na, no layer is less open than closed, and a stiffer one blocks no better."""

_LN_10 = np.log(10.0)
_LARGEST_EXPONENT = 700.0  # of what a double can hold


def desirability(attribute: str, value: Floats, shift: Floats | float = 0.0) -> Floats:
    """Turn values of an attribute into desirabilities between 0 and 1, never one of these.

    d = 1/(1 + 10^(1 − 2t)) with t = (value − worst)/(best − worst): the logistic desirability of
    Gibb, Carter & Myers (2001), through :data:`WORTHS`. docs/attributes.md.

    Parameters
    ----------
    attribute : str
        One of the four.
    value : Floats
        Any shape; the logarithm where the attribute is logarithmic. NaN stays NaN.
    shift : Floats or float
        Added to both thresholds, a shape that broadcasts against that of the values.

    Examples
    --------
    >>> desirability("electrolyte_permeability", np.array([0.0, 0.5, 1.0])).round(3)
    array([0.909, 0.5  , 0.091])
    """
    worst, best = THRESHOLDS[attribute]
    along = (value - (worst + shift)) / (best - worst)
    if attribute not in ENDLESS:
        along = np.minimum(along, 1.0)
    against = np.minimum(_LN_10 * (1 - 2 * along), _LARGEST_EXPONENT)
    return np.asarray(1 / (1 + np.exp(against)))


def log_desirability(desirability: Floats) -> Floats:
    """Return the logarithms of desirabilities; of 0, which only a stranger's table has, finite."""
    return np.log(np.maximum(desirability, np.finfo(np.float64).tiny))


def score(desirabilities: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """Combine desirabilities by their weighted geometric mean.

    Derringer & Suich, J. Qual. Technol. 12, 214 (1980).

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
        (w / total) * log_desirability(desirabilities[name]) for name, w in weights.items() if w > 0
    )
    return np.exp(np.asarray(logarithm, dtype=np.float64))
