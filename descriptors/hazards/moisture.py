"""What forms when a precursor meets moisture: derived from its formula, not measured.

Complete hydrolysis exchanges every halogen for oxygen, MXₙ + n/2 H2O → MO(n/2) + n HX. How fast and
how far it goes is not said: gases fume at once, salts may stop at an oxyhalide, and the oxide comes
with water in it. Facts of single substances have their source beside them.
"""

from collections.abc import Mapping

from maiscreen.candidates.chemistry.elements import HALOGENS

ACIDS: Mapping[str, str] = {
    "F": "HF poisons by breath and through the skin, burns deep and eats glass: calcium gluconate "
    "gel at hand, no glassware",
    "Cl": "HCl is a corrosive gas that fumes",
    "Br": "HBr is a corrosive gas that fumes",
    "I": "HI is a corrosive gas that fumes and gives iodine in air",
}
"""The acid of each halogen, in plain words (Sax's Dangerous Properties of Industrial Materials,
quoted from memory)."""

# Greenwood & Earnshaw, Chemistry of the Elements, quoted from memory, but for hexachlorodisilane:
# Zhou et al., Ind. Eng. Chem. Res. 57 (2018), doi 10.1021/acs.iecr.8b01241; AIP Conf. Proc. (2023),
# doi 10.1063/5.0132299 (titles and abstracts read).
_OWN = {
    "SiF4": "first silica and fluorosilicic acid: 3 SiF4 + 2 H2O → SiO2 + 2 H2SiF6",
    "BF3": "first fluoroboric and boric acid",
    "GeF4": "first fluorogermanic acid and GeO2",
    "SnCl4": "first the solid hydrate SnCl4·5H2O",
    "TiCl4": "a dense white smoke of TiO2",
    "SbCl3": "first the oxychloride SbOCl",
    "BiCl3": "first the oxychloride BiOCl",
    "VCl4": "first VOCl2",
    "Si2Cl6": "the white deposit keeps Si–Si bonds, is sensitive to shock and can catch fire: no "
    "alkaline quench, never scrape it dry (doi 10.1021/acs.iecr.8b01241, 10.1063/5.0132299)",
}

SHOCK_SENSITIVE = ("Si2Cl6", "Si3Cl8", "Si2Br6")
"""What leaves hydrolysis products that are sensitive to shock; Si3Cl8 and Si2Br6 by their Si–Si
bonds [judgement]."""

LAYER = "the layer and the sodium below it give hydrogen and NaOH with moisture"
"""Of every layer on sodium."""


def hydrolysis(metal: str, metal_count: int, halogen: str, halogen_count: int) -> str:
    """Write the complete hydrolysis of a homoleptic halide; empty where M–M bonds forbid it.

    Examples
    --------
    >>> hydrolysis("Sn", 1, "Cl", 4)
    'SnCl4 + 2 H2O → SnO2 + 4 HCl'
    >>> hydrolysis("B", 1, "Br", 3), hydrolysis("Si", 2, "F", 6)
    ('2 BBr3 + 3 H2O → B2O3 + 6 HBr', '')
    """
    if metal_count != 1 or halogen_count < 1:
        return ""
    twice = 1 if halogen_count % 2 == 0 else 2
    water = halogen_count * twice // 2
    halide = metal + _with_count(halogen, halogen_count)
    oxide = _with_count(metal, twice) + _with_count("O", water)
    left = f"{_times(twice)}{halide} + {_times(water)}H2O"
    return f"{left} → {oxide} + {_times(2 * water)}H{halogen}"


def moisture_reaction(
    formula: str, metal: str, metal_count: int, halogen: str, halogen_count: int
) -> str:
    """State what a homoleptic halide gives with moisture, and what its acid does.

    Examples
    --------
    >>> moisture_reaction("SnCl4", "Sn", 1, "Cl", 4).split("; ")[0]
    'derived: SnCl4 + 2 H2O → SnO2 + 4 HCl if complete, the oxide hydrated'
    """
    equation = hydrolysis(metal, metal_count, halogen, halogen_count)
    if equation:
        derived = f"derived: {equation} if complete, the oxide hydrated"
    else:
        derived = (
            f"derived: {halogen_count} H{halogen} for each {formula}, and oxides or hydroxides of "
            f"{metal} in which {metal}–{metal} bonds may stay and give hydrogen later"
        )
    return "; ".join(filter(None, (derived, _OWN.get(formula), ACIDS.get(halogen), LAYER)))


def acids_of(formulas: str) -> str:
    """Name the acids of all halogens in formulas, whatever else is in them.

    Examples
    --------
    >>> acids_of("0.7 SnCl4 + 0.3 SiFBr3")
    'derived: HF, HCl, HBr'
    """
    found = [f"H{one}" for one in halogens_of(formulas)]
    return f"derived: {', '.join(found)}" if found else ""


def halogens_of(formulas: str) -> list[str]:
    """List the halogens in formulas, whatever else is in them.

    Examples
    --------
    >>> halogens_of("0.7 SnCl4 + 0.3 SiFBr3"), halogens_of("FeI3")
    (['F', 'Cl', 'Br'], ['I'])
    """
    return [symbol for symbol in HALOGENS if _contains_element(formulas, symbol)]


def _contains_element(text: str, symbol: str) -> bool:
    """Return whether an element stands in a formula: F, and not Fe."""
    places = [i for i in range(len(text)) if text.startswith(symbol, i)]
    return any(not text[i + len(symbol) : i + len(symbol) + 1].islower() for i in places)


def _with_count(symbol: str, count: int) -> str:
    return symbol if count == 1 else f"{symbol}{count}"


def _times(count: int) -> str:
    return "" if count == 1 else f"{count} "
