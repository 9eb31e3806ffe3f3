"""How to do it with a recipe of a wide campaign: what to pour, times about its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isnan
from typing import Any

import numpy as np

from maiscreen.candidates.chemistry.elements import molar_mass_g
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.densities import liquid_density
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND
from maiscreen.descriptors.blends.dose import PAPER_JAR_CM3, PAPER_POURED_CM3, moles_in_jar
from maiscreen.descriptors.blends.exposure import Thickness, thickness_range_um
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.facts import how_to_words as words
from maiscreen.screen.facts.jar import PAPER_SETUP, JarSetup
from maiscreen.screen.facts.reasons import RankCause
from maiscreen.screen.facts.substance import Facts
from maiscreen.screen.facts.vapour import state_of
from maiscreen.screen.text import finite_or_none, significant

Row = Mapping[str, Any]

STEP = 3.0
"""Times to try are the recipe's own, and so many times less and more."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A precursor of a recipe: mole fractions in liquid and vapour, g/mol, g/cm³ (NaN: unknown)."""

    formula: str
    liquid: float
    vapour: float
    g_mol: float
    g_cm3: float


def blend_how_to(row: Row, setup: JarSetup = PAPER_SETUP, cause: RankCause | None = None) -> Facts:
    """Tell how to do a recipe, at its own temperature.

    Parameters
    ----------
    row : mapping
        Of the ranking of a wide campaign.
    setup : JarSetup
        Jar.
    cause : RankCause, optional
        What its score hangs on.

    Returns
    -------
    dict
        Columns of :data:`maiscreen.screen.facts.how_to_columns.HOW_TO_BLEND`. How much the layer of
        a recipe takes is left out: what a mixture leaves depends on its vapour all along.
    """
    facts: Facts = {"jar_cm3": setup.jar_cm3} | words.measure_first(cause, "")
    exposure = finite_or_none(row.get("exposure_s"))
    if exposure and exposure > 0:
        tries = [(t, Thickness(*thickness_range_um(t)))
                 for t in (exposure / STEP, exposure, exposure * STEP)]  # fmt: skip
        facts["times_to_try"] = words.times(tries)
    celsius = float(row["temperature_c"])
    parts = _parts(row, celsius)
    pressure = finite_or_none(row.get("vapour_pressure_pa"))
    if not parts or pressure is None:
        return facts
    gases = [part.formula for part in parts if state_of(part.formula, celsius) == "gas"]
    if gases or pressure >= ATMOSPHERE_PA:
        what = " and ".join(gases) or "the mixture"
        return facts | {"dose": f"{what}: a gas at {celsius:g} °C, which cannot be poured"}
    moles = moles_in_jar(np.array([pressure]), celsius + ZERO_CELSIUS_K, setup.jar_cm3)[0].item()
    fill = 1e3 * moles * fsum(part.vapour * part.g_mol for part in parts)
    solid = len(parts) == 1 and state_of(parts[0].formula, celsius) == "solid"
    begin = f"weigh in more than {significant(fill)} mg" if solid else _pour(parts, setup)
    dose = f"{begin}. {significant(fill)} mg of vapour fill {setup.jar_cm3:g} cm³ at {celsius:g} °C"
    return facts | {"jar_fill_mg": fill, "dose": dose}


def _parts(row: Row, celsius: float) -> list[_Part]:
    """Read the precursors of a recipe; none if the mass of one is not known."""
    parts = []
    for k in range(1, MOST_IN_A_BLEND + 1):
        formula = row.get(f"precursor_{k}")
        if not formula:
            continue
        try:
            g_mol = molar_mass_g(parse_formula(str(formula)))
        except InputError:
            return []
        density = liquid_density(str(formula), celsius + ZERO_CELSIUS_K)
        liquid, vapour = (float(row[f"{what}_fraction_{k}"]) for what in ("liquid", "vapour"))
        g_cm3 = density.g_cm3 if density else float("nan")
        parts.append(_Part(str(formula), liquid, vapour, g_mol, g_cm3))
    return parts


def _pour(parts: list[_Part], setup: JarSetup) -> str:
    """State volumes of the parts of 1 ml for each 19.8 cm³, or their masses for 1 g."""
    masses = [part.liquid * part.g_mol for part in parts]
    volumes = [mass / part.g_cm3 for mass, part in zip(masses, parts, strict=True)]
    total = PAPER_POURED_CM3 * setup.jar_cm3 / PAPER_JAR_CM3
    like = f"as the paper poured 1 ml for each {PAPER_JAR_CM3:g} cm³"
    if any(isnan(volume) for volume in volumes):
        named = _list(parts, [mass / fsum(masses) for mass in masses], "g")
        mixed = f"mix {named} for each gram; " if len(parts) > 1 else ""
        return f"{mixed}pour {significant(total)} ml, {like}"
    named = _list(parts, [volume / fsum(volumes) * total for volume in volumes], "ml")
    return f"pour {named}, {like}"


def _list(parts: list[_Part], amounts: list[float], unit: str) -> str:
    pairs = zip(parts, amounts, strict=True)
    return " + ".join(f"{significant(amount)} {unit} {part.formula}" for part, amount in pairs)
