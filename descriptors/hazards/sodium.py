"""What reactivity guides say of sodium together with a halide, and what the paper did."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS

Strings = NDArray[np.str_]

# Read: CAMEO Chemicals (NOAA), cameochemicals.noaa.gov/reactivity/documentation/RG46-RG21 and
# RG38-RG21, in a mirror: sodium, potassium and their alloy form mixtures that a blow explodes with
# halides of metals and metalloids but those of alkali and alkaline earth metals (citing Mellor;
# Ellern, Military and Civilian Pyrotechnics, 1968); sodium reduces many metal halides explosively
# or violently to powders that catch fire. The list: Sax's profile of sodium, in a copy
# (m.chemicalbook.com/CASEN_7440-23-5.htm). Not read: Bretherick, NFPA 491.
LISTED = frozenset(
    "AlBr3 AlCl3 AlF3 SbBr3 SbCl3 SbI3 AsCl3 BiBr3 BiCl3 BiI3 BBr3 CCl4 CrCl4 CoCl2 CuCl2 FeBr3 "
    "FeCl3 FeBr2 FeCl2 FeI2 MnCl2 HgBr2 HgCl2 HgF2 HgI2 Hg2Cl2 PF5 PBr3 PCl3 POCl3 SiCl4 AgBr AgCl "
    "AgF AgI SnCl4 SnCl2 SBr2 SCl2 TlBr ZnBr2".split()
)
"""Halides that a guide names beside sodium as violent."""

_MIXTURES = (
    "a mixture of sodium and the halide of a metal or metalloid can explode when struck (CAMEO "
    "Chemicals)"
)
_PAPER = (
    "a film from vapour is no mixture: the paper kept about 1 ml beside the sodium in 19.8 cm³, "
    "for 10 to 30 s. No drop, frost or powder of it on the sodium, do not press, scrape or heat it"
)
_HOT = "inert to cold sodium, violent with hot (Bretherick, quoted from memory)"
_OWN = {
    "SF6": "inert: even molten sodium does not react with it (liquisearch.com, Sulfur "
    "hexafluoride); metals dissolved in ammonia do (doi 10.3390/inorganics5040068)",
    "CF4": _HOT,
    "C2F6": _HOT,
}
_NONMETALS = (*HALOGENS, "C", "N", "S")
_EXPLODES = "halides of C, N, S and halogens explode with sodium (Bretherick, quoted from memory)"


def with_sodium(formula: Strings, metal: Strings) -> Strings:
    """State what the guides say of sodium and each halide, and how the paper stayed below it.

    The paper's own precursors are among those that are listed: it is a caution, and rejects nobody.

    Examples
    --------
    >>> texts = with_sodium(np.array(["SnCl4", "GeCl4", "SF6"]), np.array(["Sn", "Ge", "S"]))
    >>> [one.split(" ")[0] for one in texts.tolist()]
    ['listed', 'a', 'inert:']
    """
    named = f"listed by name as violent with sodium (Sax); {_MIXTURES}; {_PAPER}"
    text = np.where(np.isin(formula, sorted(LISTED)), named, f"{_MIXTURES}; {_PAPER}")
    text = np.where(np.isin(metal, _NONMETALS), _EXPLODES, text)
    for own, words in _OWN.items():
        text = np.where(formula == own, words, text)
    return text
