"""How long to expose: the paper's three layers, and what may be said of a time from them."""

from dataclasses import dataclass
from functools import cache
from math import exp, hypot, log

import numpy as np

from maiscreen.descriptors.blends.vapour import EXPOSURE_S, thickness_um

PAPER_LAYERS = ((10.0, 6.0), (20.0, 10.0), (30.0, 22.0))
"""Seconds in the vapour of SnCl4, and thickness in µm, each of about one layer ("An artificial
metal-alloy interphase for high-rate and long-life sodium–sulfur batteries"). No other precursor has
a thickness there."""

TOO_THICK_UM = 10.0
"""From there on the paper's layers short-circuited within a few tens of cycles."""

PAPER_VESSEL = "about 1 ml in a closed glass of 19.8 cm³"
"""How the paper exposed sodium."""


@dataclass(frozen=True, slots=True)
class GrowthLaw:
    """Thickness ~ time^exponent, fitted to the paper's layers by least squares of logarithms.

    Attributes
    ----------
    exponent, exponent_std : float
        With its standard error.
    scatter_ln : float
        Standard deviation of a layer about the law, in natural logarithms; one degree of freedom.
    """

    exponent: float
    exponent_std: float
    scatter_ln: float


@cache
def growth_law() -> GrowthLaw:
    """Fit the paper's layers.

    Examples
    --------
    >>> found = growth_law()
    >>> round(found.exponent, 2), round(found.exponent_std, 2), round(found.scatter_ln, 2)
    (1.13, 0.32, 0.25)
    """
    x, y = np.log(np.array(PAPER_LAYERS)).T
    x, y = x - x.mean(), y - y.mean()
    exponent = float((x * y).sum() / (x * x).sum())
    scatter = float(np.sqrt(((y - exponent * x) ** 2).sum() / (len(x) - 2)))
    return GrowthLaw(exponent, scatter / float(np.sqrt((x * x).sum())), scatter)


def thickness_range_um(exposure_s: float) -> tuple[float, float, float]:
    """Return thickness and the ends of one standard deviation, µm, of a layer of tin.

    Parameters
    ----------
    exposure_s : float
        Time in the vapour; the paper knows 10 to 30 s.

    Notes
    -----
    The value is that of :func:`maiscreen.descriptors.blends.vapour.thickness_um`, which goes
    through the layer of 10 s. The error adds in quadrature the scatter of a layer and that of the
    exponent away from 10 s; with one degree of freedom it is itself hardly known.

    Examples
    --------
    >>> [round(t, 1) for t in thickness_range_um(10.0)]
    [6.0, 4.7, 7.7]
    """
    value = float(thickness_um(np.array(exposure_s)))
    far = growth_law().exponent_std * log(exposure_s / EXPOSURE_S)
    spread = exp(hypot(growth_law().scatter_ln, far))
    return value, value / spread, value * spread
