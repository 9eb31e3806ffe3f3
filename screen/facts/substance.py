"""What is known of one precursor beyond its row of the ranking, as columns of a shortlist."""

from collections.abc import Mapping
from functools import cache
from math import isnan, log10
from typing import Any

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, points
from maiscreen.descriptors.bench.handling import container
from maiscreen.descriptors.blends.exposure import (
    PAPER_LAYERS,
    PAPER_VESSEL,
    TOO_THICK_UM,
    growth_law,
    thickness_range_um,
)
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.descriptors.hazards.moisture import acids_of, moisture_reaction
from maiscreen.descriptors.vapour.volatility import best_estimate, temperature_for_pressure_k
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.facts.columns import expected
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

STATE_AT_C = 25.0
"""Of the column ``state_25_c``."""

_PROCESS = {
    "vapour": "expose the sodium to the vapour at {t:g} °C, under argon",
    "solution": "dip the sodium into a dilute solution in a dry ether, under argon",
    "additive": "dissolve in the electrolyte",
}


def process(route: object, temperature_c: float) -> str | None:
    """State how a precursor meets the sodium."""
    how = _PROCESS.get(str(route))
    return how and how.format(t=temperature_c)


def substance(formula: str, pressure_25_pa: object = None) -> dict[str, object]:
    """Tell state, melting and boiling point, and what they mean at the glovebox.

    Examples
    --------
    >>> substance("GeF4", 1e6)["container"][:5]
    'a gas'
    """
    facts: dict[str, object] = {
        f"{name}_point_c": None if celsius is None else round(celsius, 2)
        for name, celsius in points_c(formula).items()
    }
    state = state_of(formula, STATE_AT_C)
    if state == "not known" and (finite_or_none(pressure_25_pa) or 0.0) >= ATMOSPHERE_PA:
        state = "gas"
    if state != "not known":
        fluoride = "F" in parse_formula(formula)
        boiling = points_c(formula)["boiling"]
        facts |= {"state_25_c": state, "container": container(state, boiling, fluoride)}
    return facts


def layer(row: Row, state: str) -> str | None:
    """State what a layer is made of in a state: metal phase and salt, for an atom of metal.

    Examples
    --------
    >>> row = {"metal": "Sn", "halogen": "Cl", "metal_count": 1, "halogen_count": 4,
    ...        "alloy_as_formed": "Na7Sn12", "p_alloy_as_formed": 1.0}
    >>> layer(row, "as_formed")
    'Na7Sn12 + 4 NaCl for each Sn'
    """
    metal, halogen = row.get("metal"), row.get("halogen")
    counts = [finite_or_none(row.get(f"{what}_count")) for what in ("metal", "halogen")]
    if not metal or not halogen or not counts[0] or counts[1] is None:
        return None
    salt = f"{counts[1] / counts[0]:g} Na{halogen} for each {metal}"
    alloy, chance = row.get(f"alloy_{state}"), finite_or_none(row.get(f"p_alloy_{state}"))
    if not alloy or chance is None:
        return f"{metal} + {salt}"
    if chance > 0.98:
        return f"{alloy} + {salt}"
    first, second = (alloy, metal) if chance >= 0.5 else (metal, alloy)
    return f"{first} (or {second}; P({alloy}) = {chance:.2f}) + {salt}"


def moisture(row: Row) -> str | None:
    """State what a homoleptic halide gives with moisture."""
    metal, halogen = row.get("metal"), row.get("halogen")
    counts = [finite_or_none(row.get(f"{what}_count")) for what in ("metal", "halogen")]
    if not metal or not halogen or not counts[0] or not counts[1]:
        return None
    m, x = (int(count or 0) for count in counts)
    return moisture_reaction(str(row["formula"]), str(metal), m, str(halogen), x)


def attributes(row: Row) -> dict[str, object]:
    """Return the four attributes under the names that hold their units."""
    facts: dict[str, object] = {}
    for name in ATTRIBUTES:
        value, std = expected(name)
        facts[value] = row.get(name)
        facts[std] = row.get(f"{name}_std_log10" if name in LOGARITHMIC else f"{name}_std")
    return facts


def recipe_facts(row: Row) -> dict[str, object]:
    """Return what is known of a recipe: all of a precursor by itself, the acids of a blend."""
    recipe = str(row.get("recipe") or "")
    facts: dict[str, object] = {"with_moisture": acids_of(recipe) or None}
    if recipe and "+" not in recipe:
        facts |= substance(recipe)
    return facts


Facts = dict[str, object]

GLOVEBOX_C = 25.0
"""Temperature of the exposure in the paper, which states none [judgement]."""

WARMEST_C = 80.0
"""Sodium softens well below 97.8 °C, where it melts [judgement]."""

_TIN = "SnCl4"
_OTHERS = tuple(case.formula for case in PRECURSORS if case.formula != _TIN)


def suggest_exposure(formula: str, route: str) -> Facts:
    """Suggest how to expose sodium, with what that rests on; what nothing supports is left out.

    Parameters
    ----------
    formula : str
        Of a homoleptic halide.
    route : str
        ``vapour``, or another, for which the paper has no times.

    Examples
    --------
    >>> found = suggest_exposure("SnCl4", "vapour")
    >>> found["suggested_temperature_c"], found["suggested_exposure_s"]
    (25.0, 10.0)
    >>> "suggested_exposure_s" in suggest_exposure("GeCl4", "vapour")
    False
    """
    if route != "vapour":
        return {"suggestion": "no data: the paper's times and thicknesses are those of vapours"}
    celsius, std = _like_tin_c(formula)
    facts: Facts = {"temperature_like_sncl4_c": celsius, "temperature_like_sncl4_std_c": std}
    if formula == _TIN:
        return facts | _tin()
    if formula in _OTHERS:
        return facts | {
            "suggested_temperature_c": GLOVEBOX_C,
            "suggested_exposure_s": PAPER_LAYERS[0][0],
            "suggestion": _suggest_like_paper(formula),
        }
    return facts | _suggest_untried(celsius, std or 0.0)


def _tin() -> Facts:
    seconds, _ = PAPER_LAYERS[0]
    value, low, high = thickness_range_um(seconds)
    later = " and ".join(f"{t:g} s about {d:g} µm" for t, d in PAPER_LAYERS[1:])
    trend = growth_law()
    return {
        "suggested_temperature_c": GLOVEBOX_C,
        "suggested_exposure_s": seconds,
        "expected_thickness_um": value,
        "expected_thickness_low_um": low,
        "expected_thickness_high_um": high,
        "suggestion": (
            f"the paper: {seconds:g} s gave about {value:g} µm and cycled; {later}, and layers "
            f"from {TOO_THICK_UM:g} µm on short-circuited within a few tens of cycles. "
            f"{PAPER_VESSEL[0].upper()}{PAPER_VESSEL[1:]}, no temperature stated. Thickness grows "
            f"as time^({trend.exponent:.2f} ± {trend.exponent_std:.2f}), three layers, one degree "
            "of freedom; no finer optimum is supported"
        ),
    }


def _suggest_like_paper(formula: str) -> str:
    solution = ", over a solution of about 1 mol/L" if formula == "TiCl4" else ""
    return (
        f"the paper exposed sodium to {formula} as to SnCl4, 10 to 30 s{solution}; it does not say "
        "which time its cells had, nor a thickness: 10 s is its time for SnCl4, thickness no data"
    )


def _suggest_untried(celsius: float | None, std: float) -> Facts:
    """Suggest a temperature where it is as volatile as what the paper used; no time."""
    no_time = "exposure and thickness: no data, the paper's times hold for its own precursors"
    if celsius is None:
        return {"suggestion": f"temperature: no data; {no_time}"}
    if celsius > WARMEST_C:
        return {
            "suggestion": f"temperature: none up to {WARMEST_C:g} °C gives the vapour of SnCl4 at "
            f"25 °C; {no_time}"
        }
    if abs(celsius - GLOVEBOX_C) < std:
        text = f"as volatile as SnCl4, within the error of its vapour pressure; {no_time}"
    elif celsius > GLOVEBOX_C:
        text = f"at {celsius:.0f} °C as volatile as SnCl4 at 25 °C; {no_time}"
    else:
        text = f"more volatile than SnCl4; what that does to the time is not known; {no_time}"
    return {"suggested_temperature_c": max(GLOVEBOX_C, round(celsius)), "suggestion": text}


@cache
def _like_tin_c(formula: str) -> tuple[float | None, float | None]:
    """Return the temperature of SnCl4's vapour pressure at 25 °C with its error, °C."""
    if formula not in points():
        return None, None
    wanted = 10 ** best_estimate(_TIN, GLOVEBOX_C + ZERO_CELSIUS_K)[0].log10_pa
    kelvin = float(temperature_for_pressure_k([formula], wanted)[0])
    if isnan(kelvin):
        return None, None
    std = best_estimate(formula, kelvin)[0].std
    ends = [
        float(temperature_for_pressure_k([formula], 10 ** (log10(wanted) + sign * std))[0])
        for sign in (-1, 1)
    ]
    half = abs(ends[1] - ends[0]) / 2
    return kelvin - ZERO_CELSIUS_K, None if isnan(half) else half
