"""Names of halides, made from their formulas."""

import re
from functools import cache

from maiscreen.candidates.precursors.precursor import Precursor

MULTIPLIERS = ("", "mono", "di", "tri", "tetra", "penta", "hexa", "hepta", "octa", "nona", "deca")
"""Multiplicative prefixes of IUPAC's Nomenclature of Inorganic Chemistry (2005), IR-2.7."""

_HALIDE = {"F": "fluoride", "Cl": "chloride", "Br": "bromide", "I": "iodide"}

# A name fit to be read: words, and an oxidation state in brackets. Registries also hold numbers,
# inverted names and generated ones ("13768-60-0", "silane, fluoro-", "tris(chloranyl)vanadium").
_READABLE = re.compile(r"[a-z]+( \([ivIV]+\))?( [a-z]+)*")
_GENERATED = re.compile(r"(an|lambda)yl|^ctk|^[a-z]+\d|^[a-z]{1,5}$")


@cache
def systematic_name(precursor: Precursor) -> str:
    """Give the compositional name of a halide (IUPAC 2005, IR-5.2).

    Examples
    --------
    >>> systematic_name(Precursor.parse("SbF5")), systematic_name(Precursor.parse("S2Cl2"))
    ('antimony pentafluoride', 'disulfur dichloride')
    """
    from pymatgen.core.periodic_table import Element

    metal = Element(precursor.metal).long_name.lower()
    several = _times(precursor.metal_count) if precursor.metal_count > 1 else ""
    return f"{several}{metal} {_times(precursor.halogen_count)}{_HALIDE[precursor.halogen]}"


def is_readable(name: str) -> bool:
    """Tell a chemist's name from a registry's.

    Examples
    --------
    >>> [is_readable(n) for n in ("tin tetrachloride", "silane, fluoro-", "ctk4c5965", "")]
    [True, False, False, False]
    """
    return bool(_READABLE.fullmatch(name)) and not _GENERATED.search(name)


def _times(count: int) -> str:
    return MULTIPLIERS[count] if count < len(MULTIPLIERS) else f"{count}-"
