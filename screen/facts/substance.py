"""What is known of one precursor beyond its row of the ranking, as columns of a shortlist."""

from collections.abc import Mapping
from typing import Any

from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.descriptors.hazards.moisture import acids_of, with_moisture
from maiscreen.screen.facts.columns import expected
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.text import finite

Row = Mapping[str, Any]

STATE_AT_C = 25.0
"""Of the column ``state_25_c``."""

_PROCESS = {
    "vapour": "expose the sodium to the vapour at {t:g} °C, under argon",
    "solution": "dip the sodium into a dilute solution in a dry ether, under argon",
    "additive": "dissolve in the electrolyte",
}

_HANDLING = {
    "gas": "a gas: cylinder, regulator and a closed line; cannot be poured as in the paper",
    "liquid": "a liquid: can be poured beside the sodium in a closed glass, as in the paper",
    "solid": "a solid: sublimes or needs warmth; closed vessel, keep the sodium below 80 °C",
}


def process(route: object, temperature_c: float) -> str | None:
    """Say how a precursor meets the sodium."""
    how = _PROCESS.get(str(route))
    return how and how.format(t=temperature_c)


def substance(formula: str, pressure_25_pa: object = None) -> dict[str, object]:
    """Tell state, melting and boiling point, and what they mean at the glovebox.

    Examples
    --------
    >>> substance("GeF4", 1e6)["handling"][:5]
    'a gas'
    """
    found: dict[str, object] = {
        f"{name}_point_c": None if celsius is None else round(celsius, 2)
        for name, celsius in points_c(formula).items()
    }
    state = state_of(formula, STATE_AT_C)
    if state == "not known" and (finite(pressure_25_pa) or 0.0) >= ATMOSPHERE_PA:
        state = "gas"
    if state != "not known":
        found |= {"state_25_c": state, "handling": _HANDLING[state]}
    return found


def layer(row: Row, state: str) -> str | None:
    """Say what a layer is made of in a state: metal phase and salt, for an atom of metal.

    Examples
    --------
    >>> row = {"metal": "Sn", "halogen": "Cl", "metal_count": 1, "halogen_count": 4,
    ...        "alloy_as_formed": "Na7Sn12", "p_alloy_as_formed": 1.0}
    >>> layer(row, "as_formed")
    'Na7Sn12 + 4 NaCl for each Sn'
    """
    metal, halogen = row.get("metal"), row.get("halogen")
    counts = [finite(row.get(f"{what}_count")) for what in ("metal", "halogen")]
    if not metal or not halogen or not counts[0] or counts[1] is None:
        return None
    salt = f"{counts[1] / counts[0]:g} Na{halogen} for each {metal}"
    alloy, chance = row.get(f"alloy_{state}"), finite(row.get(f"p_alloy_{state}"))
    if not alloy or chance is None:
        return f"{metal} + {salt}"
    if chance > 0.98:
        return f"{alloy} + {salt}"
    first, second = (alloy, metal) if chance >= 0.5 else (metal, alloy)
    return f"{first} (or {second}; P({alloy}) = {chance:.2f}) + {salt}"


def moisture(row: Row) -> str | None:
    """Say what a homoleptic halide gives with moisture."""
    metal, halogen = row.get("metal"), row.get("halogen")
    counts = [finite(row.get(f"{what}_count")) for what in ("metal", "halogen")]
    if not metal or not halogen or not counts[0] or not counts[1]:
        return None
    m, x = (int(count or 0) for count in counts)
    return with_moisture(str(row["formula"]), str(metal), m, str(halogen), x)


def attributes(row: Row) -> dict[str, object]:
    """Give the four attributes under the names that hold their units."""
    found: dict[str, object] = {}
    for name in ATTRIBUTES:
        value, std = expected(name)
        found[value] = row.get(name)
        found[std] = row.get(f"{name}_std_log10" if name in LOGARITHMIC else f"{name}_std")
    return found


def of_a_recipe(row: Row) -> dict[str, object]:
    """Give what is known of a recipe: all of a precursor by itself, the acids of a blend."""
    recipe = str(row.get("recipe") or "")
    found: dict[str, object] = {"with_moisture": acids_of(recipe) or None}
    if recipe and "+" not in recipe:
        found |= substance(recipe)
    return found
