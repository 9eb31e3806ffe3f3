"""Critical points: above them there is no liquid, and no vapour pressure."""

from dataclasses import dataclass
from functools import cache
from math import nan

from maiscreen.candidates.handbook.points import points

ESTIMATES = ("JOBACK", "FEDORS", "WILSON_JASPERSON")
"""Methods of the package chemicals that compute a critical point from the structure."""


@dataclass(frozen=True, slots=True)
class Critical:
    """Critical temperature, K, and pressure, Pa; NaN where not tabulated."""

    temperature_k: float = nan
    pressure_pa: float = nan


@cache
def critical(formula: str) -> Critical:
    """Look up a compound in the tables of the package chemicals.

    Examples
    --------
    >>> critical("SiF4").temperature_k, critical("NpCl4").temperature_k
    (259.0, nan)
    """
    from chemicals.critical import Pc, Pc_methods, Tc, Tc_methods

    point = points().get(formula)
    if point is None:
        return Critical()
    t_methods = [m for m in Tc_methods(point.cas) if m not in ESTIMATES]
    p_methods = [m for m in Pc_methods(point.cas) if m not in ESTIMATES]
    return Critical(
        float(Tc(point.cas, method=t_methods[0])) if t_methods else nan,
        float(Pc(point.cas, method=p_methods[0])) if p_methods else nan,
    )
