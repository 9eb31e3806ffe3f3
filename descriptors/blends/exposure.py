"""How long to expose: the paper's three layers, and what may be said of a time from them."""

from dataclasses import dataclass
from functools import cache
from math import exp, hypot, log

import numpy as np

from maiscreen.descriptors.blends.vapour import (
    EXPOSURE_S,
    THICKNESS_EXPONENT,
    THICKNESS_UM,
    thickness_um,
)

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


SUPPLY_EXPONENT, SUPPLY_EXPONENT_STD = 0.5, 0.5
"""Of the supply of vapour, which may limit the growth (1) or not (0). The paper has one vapour at
one pressure, so that nothing was measured; its layers grow about as fast after 30 s as at first,
which speaks for supply or reaction and against a layer that bars the way [judgement]."""

LADDER_S = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""Times to choose from, each about three times the one before."""


@dataclass(frozen=True, slots=True)
class Thickness:
    """A thickness with the ends of one standard deviation, µm."""

    value_um: float
    low_um: float
    high_um: float

    @property
    def verdict(self) -> str:
        """Whether it stays below the thickness from which on the paper's layers failed."""
        if self.value_um >= TOO_THICK_UM:
            return "too thick"
        return "within" if self.high_um < TOO_THICK_UM else "may be too thick"


def thickness_by_supply(exposure_s: float, supply: float, supply_std_log10: float) -> Thickness:
    """Estimate the thickness of a layer from a vapour that was never timed.

    Parameters
    ----------
    exposure_s : float
        Time in the vapour.
    supply : float
        Volume of layer that the vapour could bring in a time, over that which the paper's vapour
        of SnCl4 brought: ratio of the pressures times that of the volumes of layer that a molecule
        leaves. 1 is the paper's own case.
    supply_std_log10 : float
        Its standard deviation, decades.

    Notes
    -----
    d = d_tin(t) supply^(½ ± ½), d_tin being `thickness_range_um`. Errors add in quadrature in
    ln d: those of the law, ½ |ln supply| for the exponent, and half the error of the supply.
    That heavy molecules arrive more slowly is left out: by the square root of the mass, SbCl5
    1.6 times as slowly as BCl3.

    Examples
    --------
    >>> tin, more = (thickness_by_supply(10.0, supply, 0.0) for supply in (1.0, 4.0))
    >>> round(tin.value_um, 1), round(tin.low_um, 1), round(tin.high_um, 1), tin.verdict
    (6.0, 4.7, 7.7, 'within')
    >>> round(more.value_um, 1), round(more.low_um, 1), round(more.high_um, 1), more.verdict
    (12.0, 5.7, 25.1, 'too thick')
    """
    tin, low, _ = thickness_range_um(exposure_s)
    value = tin * supply**SUPPLY_EXPONENT
    spread = exp(
        hypot(
            log(tin / low),
            SUPPLY_EXPONENT_STD * log(supply),
            SUPPLY_EXPONENT * log(10.0) * supply_std_log10,
        )
    )
    return Thickness(value, value / spread, value * spread)


def times_to_try_s(thickness_um: float, supply: float) -> tuple[float, float, float]:
    """Choose three times, s: the longest that is not expected to be too thick, and its neighbours.

    Examples
    --------
    >>> times_to_try_s(6.0, 1.0), times_to_try_s(6.0, 0.05)
    ((3.0, 10.0, 30.0), (10.0, 30.0, 100.0))
    """
    ratio = thickness_um / (THICKNESS_UM * supply**SUPPLY_EXPONENT)
    seconds = EXPOSURE_S * ratio ** (1 / THICKNESS_EXPONENT)
    # What the law gives exactly, but for rounding, is not too thick.
    short = [i for i, time in enumerate(LADDER_S) if time <= seconds * (1 + 1e-6)]
    middle = min(max(short[-1] if short else 0, 1), len(LADDER_S) - 2)
    return LADDER_S[middle - 1], LADDER_S[middle], LADDER_S[middle + 1]
