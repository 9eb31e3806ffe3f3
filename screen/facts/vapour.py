"""Melting, boiling and vapour pressure."""

from collections.abc import Mapping
from math import isnan, log10
from typing import Any

from maiscreen.candidates.handbook.points import points
from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND
from maiscreen.descriptors.vapour.volatility import best_estimate
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K

Row = Mapping[str, Any]

WINDOW_C = (20.0, 60.0)
"""A glovebox: from its room temperature to a hot plate that sodium bears without softening."""

CURVE_C = tuple(range(-60, 101, 5))
"""Temperatures of a curve, °C."""


def points_c(formula: str) -> dict[str, float | None]:
    """Return melting and boiling point in °C, None where no table has one.

    Examples
    --------
    >>> round(points_c("SnCl4")["boiling"])
    114
    """
    found = points().get(formula)
    pair = (found.melting_k, found.boiling_k) if found else (float("nan"),) * 2
    celsius = [None if isnan(t) else t - ZERO_CELSIUS_K for t in pair]
    return {"melting": celsius[0], "boiling": celsius[1]}


def state_of(formula: str, temperature_c: float) -> str:
    """Return whether a compound is ``gas``, ``liquid`` or ``solid`` at a temperature, at 1 atm.

    Examples
    --------
    >>> state_of("SnCl4", 25.0), state_of("SiF4", 25.0), state_of("XeF9", 25.0)
    ('liquid', 'gas', 'not known')
    """
    at = points_c(formula)
    if at["boiling"] is not None and at["boiling"] <= temperature_c:
        return "gas"
    if at["melting"] is None:
        return "not known"
    return "liquid" if at["melting"] <= temperature_c else "solid"


def log10_pa(formula: str, temperature_c: float) -> float:
    """Return log10(p/Pa), NaN where it is not known."""
    return best_estimate(formula, temperature_c + ZERO_CELSIUS_K)[0].log10_pa


def row_log10_pa(row: Row, temperature_c: float) -> float:
    """Return log10(p/Pa) over a row's liquid, NaN where it is not known.

    Over a recipe it is the sum of Raoult's law, each precursor by its mole fraction.
    """
    if not row.get("precursor_1"):
        return log10_pa(str(row["formula"]), temperature_c)
    poured = [
        (str(row[f"precursor_{k}"]), float(row[f"liquid_fraction_{k}"]))
        for k in range(1, MOST_IN_A_BLEND + 1)
        if row[f"precursor_{k}"]
    ]
    return log10(sum(part * 10.0 ** log10_pa(name, temperature_c) for name, part in poured))
