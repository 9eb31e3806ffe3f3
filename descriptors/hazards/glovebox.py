"""What a halide vapour needs at the glovebox: purifier, trap, the end, and what is left."""

from collections.abc import Mapping

from maiscreen.descriptors.hazards.moisture import SHOCK_SENSITIVE

PURIFIER = (
    "purifier off and valves shut before the bottle is opened, until the box has been purged: "
    "halides bind to its copper and sieve for good"
)
"""Gloveboxes remove oxygen by copper and water by molecular sieve, and are run without circulation
and purged afterwards where a vapour binds to the copper: Wikipedia, Glovebox, in a copy
(tickerdossier.com/wiki/glovebox), of solvents; of halides: makers' manuals, quoted from memory."""

END = (
    "to end it: take the sodium out of the vapour, close the bottle, then purge or evacuate the "
    "vessel through a cold trap or soda lime, not through the pump alone"
)
"""[judgement]: soda lime takes the acids, a cold trap the halide."""

_METALS = (
    "what is left: pour it slowly into well-stirred ice water in a hood, never water onto it; "
    "neutralise, and give it to waste by its metal"
)
_NONMETALS = (
    "what is left: pour it slowly into well-stirred, cooled 2.5 M NaOH in a hood, never water onto "
    "it; neutralise"
)
"""National Research Council, Prudent Practices in the Laboratory (1995), page 166, sections 7.D.3.6
and 7.D.3.7 (nap.edu, record 4911), read: liquid halides of metals, such as TiCl4 and SnCl4, into
stirred water with ice; those of nonmetals, such as SiCl4 and PCl3, into 2.5 M NaOH."""

_FLUORIDES = (
    "what is left: no glass; vapour through soda lime, liquid and solid slowly into cold lime "
    "water in plastic, in a hood; give it to waste as fluoride"
)
"""[judgement]: calcium fluoride is hardly soluble."""

_GAS = "what is left: back to the supplier in its cylinder; vent lines through a scrubber"
"""[judgement]."""

_OWN: Mapping[str, str] = dict.fromkeys(
    SHOCK_SENSITIVE,
    "what is left: no water, no alkali, let nothing dry up; its hydrolysis products are sensitive "
    "to shock and can catch fire, hydrogen comes with alkali: ask the supplier for the procedure",
)
"""As of moisture.py."""

SODIUM = "sodium that is left: small pieces into 2-propanol, in a hood, away from the halide"
"""McMaster University, Appendix 3, Methods for destroying small quantities of some common reactive
materials (chemistry.mcmaster.ca), read."""

NONMETALS = frozenset(("B", "Si", "Ge", "P", "As", "S", "Se"))
"""Elements whose halides are hydrolysed by alkali: those of nonmetals, by Prudent Practices; Ge, As
and Se by their acidic oxides [judgement]."""


def glovebox(formula: str, metal: str, fluoride: bool, state: str = "") -> str:
    """State how to keep the purifier, end the exposure and get rid of what is left.

    Parameters
    ----------
    formula, metal : str
        Of a halide.
    fluoride : bool
        Whether there is fluorine in it.
    state : str
        At 25 °C: gas, liquid, solid or anything else.

    Examples
    --------
    >>> "ice water" in glovebox("SnCl4", "Sn", False), "NaOH" in glovebox("SiCl4", "Si", False)
    (True, True)
    >>> "no alkali" in glovebox("Si2Cl6", "Si", False, "liquid")
    True
    >>> "bottle" in glovebox("GeF4", "Ge", True, "gas")
    False
    """
    text = "; ".join((PURIFIER, END, _left(formula, metal, fluoride, state), SODIUM))
    return text.replace("the bottle", "the cylinder") if state == "gas" else text


def _left(formula: str, metal: str, fluoride: bool, state: str) -> str:
    if formula in _OWN:
        return _OWN[formula]
    if state == "gas":
        return f"{_GAS} of soda lime" if fluoride else _GAS
    if fluoride:
        return _FLUORIDES
    return _NONMETALS if metal in NONMETALS else _METALS
