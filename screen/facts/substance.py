"""What is known of one precursor beyond its row of the ranking, as columns of a shortlist."""

from collections.abc import Mapping
from functools import cache
from math import isnan, log10
from typing import Any

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA, points
from maiscreen.descriptors.bench.handling import container
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.descriptors.hazards.moisture import acids_of, moisture_reaction
from maiscreen.descriptors.vapour.volatility import best_estimate, temperature_for_pressure_k
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.facts.columns import expected
from maiscreen.screen.facts.safety import recipe_safety, safety
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

Facts = dict[str, object]

TIN = "SnCl4"

GLOVEBOX_C = 25.0
"""Temperature of the exposure in the paper, which states none [judgement]."""

WARMEST_C = 80.0
"""Sodium softens well below 97.8 °C, where it melts [judgement]."""

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


def p_formed(row: Row, state: str) -> float | None:
    """Return the probability that the alloy of a state is stable and forms in time.

    Examples
    --------
    >>> p_formed({"p_alloy_as_formed": 0.8, "p_alloy_kinetic_as_formed": 0.5}, "as_formed")
    0.4
    """
    stable = finite_or_none(row.get(f"p_alloy_{state}"))
    in_time = finite_or_none(row.get(f"p_alloy_kinetic_{state}"))
    return None if stable is None or in_time is None else stable * in_time


def layer(row: Row, state: str) -> str | None:
    """State what a layer is made of in a state: metal phase and salt, for an atom of metal.

    Examples
    --------
    >>> row = {"metal": "Sn", "halogen": "Cl", "metal_count": 1, "halogen_count": 4,
    ...        "alloy_as_formed": "Na7Sn12", "p_alloy_as_formed": 1.0,
    ...        "p_alloy_kinetic_as_formed": 1.0}
    >>> layer(row, "as_formed")
    'Na7Sn12 + 4 NaCl for each Sn'
    """
    metal, halogen = row.get("metal"), row.get("halogen")
    counts = [finite_or_none(row.get(f"{what}_count")) for what in ("metal", "halogen")]
    if not metal or not halogen or not counts[0] or counts[1] is None:
        return None
    salt = f"{counts[1] / counts[0]:g} Na{halogen} for each {metal}"
    alloy, chance = row.get(f"alloy_{state}"), p_formed(row, state)
    if not alloy or chance is None or chance < 0.005:
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
        alone = substance(recipe)
        one = {"formula": recipe, "cas": row.get("cas"), "metal": row.get("metal")}
        return facts | alone | safety(one, str(alone.get("state_25_c")))
    return facts | recipe_safety(recipe)


def pressure_of_tin_pa() -> float:
    """Return the vapour pressure of SnCl4 at the temperature that the paper is taken to have."""
    return float(10 ** best_estimate(TIN, GLOVEBOX_C + ZERO_CELSIUS_K)[0].log10_pa)


def temperature_like_tin(formula: str) -> Facts:
    """Tell where a halide has the vapour pressure of SnCl4 at 25 °C; a property, not a process.

    Examples
    --------
    >>> round(temperature_like_tin("SnCl4")["temperature_like_sncl4_c"])
    25
    """
    celsius, std = _like_tin_c(formula)
    return {"temperature_like_sncl4_c": celsius, "temperature_like_sncl4_std_c": std}


@cache
def _like_tin_c(formula: str) -> tuple[float | None, float | None]:
    """Return the temperature of SnCl4's vapour pressure at 25 °C with its error, °C."""
    if formula not in points():
        return None, None
    wanted = pressure_of_tin_pa()
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
