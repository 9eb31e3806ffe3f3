"""The volume that one mole of M takes up in an alloy with sodium."""

import math
import warnings
from functools import lru_cache

import numpy as np
from scipy.constants import N_A

from maiscreen.candidates.snapshot.known_phases import known_phases
from maiscreen.candidates.snapshot.snapshot import Snapshot, phase_arrays, phase_volume_a3_atom

SODIUM_IN_ALLOYS_CM3_MOL = 18.0
"""What a mole of sodium adds to the volume of M in a compound, cm³.

Median over the 48 known compounds of the embedded snapshot that have a volume (H and O left out).
Metallic sodium takes 23.78 cm³/mol; with that, Vegard's sum comes out 20 % too large, since sodium
gives its electron away. With 18.0 the sum is right in the mean, with a spread of 9 %.
"""

CM3_MOL_PER_A3 = N_A * 1e-24
"""cm³/mol in an Å3 for each particle."""

VOLUME_STD_FRACTION = {
    "measured lattice": 0.01,
    "element": 0.02,
    "OQMD / 0.96": 0.04,
    "Materials Project": 0.04,
    "V(M) + 18.0 x": 0.09,
    "none": math.nan,
}
"""Relative standard deviation of a volume by its source.

The last is the spread told of in :data:`SODIUM_IN_ALLOYS_CM3_MOL`; three measured lattices lie
within 2 % of OQMD / 0.96, the median over all systems varies by 4 % (judgement for the others).
PBE's volumes, Materials Project's, lie within 5 % of the measured ones for most solids (F. Tran et
al., J. Chem. Phys. 144, 204120 (2016)).
"""


def alloy_volume_cm3_mol_metal(
    snapshot: Snapshot, metal: str, formula: str, sodium_per_metal: float
) -> tuple[float, str]:
    """Give the volume that holds one mole of M, in cm³, and where it comes from."""
    x = sodium_per_metal
    known = known_phases().get(formula)
    if known is not None and known.volume_a3_atom is not None:
        return known.volume_a3_atom * (1 + x) * CM3_MOL_PER_A3, "measured lattice"
    rows = np.flatnonzero(phase_arrays(snapshot).formula == formula)
    volume = float(phase_volume_a3_atom(snapshot)[rows[0]])
    if not math.isnan(volume):
        return volume * (1 + x) * CM3_MOL_PER_A3, snapshot.volume_source
    total = elemental_volume_cm3_mol(metal) + x * SODIUM_IN_ALLOYS_CM3_MOL
    return total, "none" if math.isnan(total) else "V(M) + 18.0 x"


@lru_cache(maxsize=128)
def elemental_volume_cm3_mol(metal: str) -> float:
    """Give the molar volume of M, cm³/mol, as in pymatgen; NaN where it has none."""
    from pymatgen.core.periodic_table import Element

    with warnings.catch_warnings():
        # pymatgen warns for elements without data, which is answered by NaN here.
        warnings.filterwarnings("ignore", message="No data available", category=UserWarning)
        value = Element(metal).molar_volume
    return math.nan if value is None else float(value)
