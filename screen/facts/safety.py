"""What is known of the hazards of a candidate beyond its row of the ranking."""

from collections.abc import Mapping
from typing import Any

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.descriptors.hazards.glovebox import END, PURIFIER, SODIUM, glovebox
from maiscreen.descriptors.hazards.limits import exposure_limit
from maiscreen.descriptors.hazards.moisture import halogens_of

Row = Mapping[str, Any]


def safety(row: Row, state: str = "") -> dict[str, object]:
    """State exposure limits and what the glovebox needs, of a halide.

    Parameters
    ----------
    row : mapping
        Of a ranking, with formula, metal, halogen and CAS number.
    state : str
        At 25 °C: gas, liquid, solid or anything else.
    """
    formula, metal = str(row.get("formula") or ""), str(row.get("metal") or "")
    halogens = halogens_of(formula)
    return {
        "exposure_limit": exposure_limit(str(row.get("cas") or ""), halogens),
        "glovebox": glovebox(formula, metal, "F" in halogens, state),
    }


def recipe_safety(recipe: str) -> dict[str, object]:
    """State the same of a recipe: the acids of its halogens, and what holds for every halide."""
    halogens = [one for one in HALOGENS if one in halogens_of(recipe)]
    worst = "what is left: as for the precursor that needs the most care"
    return {
        "exposure_limit": exposure_limit("", halogens),
        "glovebox": "; ".join((PURIFIER, END, worst, SODIUM)),
    }
