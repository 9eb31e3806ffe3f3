"""Young's moduli of phases from Materials Project moduli (fidelity F1).

Those of the embedded table, and before them those of the campaign's own snapshot, which knows the
crystal that they are of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import table
from maiscreen.candidates.snapshot.training_data import moduli

Floats = NDArray[np.float64]

CLIPPED_GPA = 1.0
"""The table has no modulus below: 1 stands for whatever was less."""

POISSON_RANGE = (0.01, 0.45)
"""Poisson's ratios of isotropic solids [judgement; beryllium has 0.03, gold 0.44]. What lies
outside in the table is a fault of one of the moduli (Na3Tl with 2 and 8 GPa, Na2Te with 10 and
15)."""

GASES = frozenset({"N"})
"""M that is left as a gas: the table's crystal is one of high pressure."""

DFT_STD_FRACTION = 0.25
"""Error of a tabulated modulus beside the spread over polymorphs, as a fraction.

Measured on the 49 elements whose Young's moduli agree within 20 % in two handbooks (Miedema's
table, pymatgen): the medians of the table lie 9 % above the handbooks in the mean; they differ by
31 % in the root mean square and by 11 % in the median (of the logarithm). A few that PBE or the
choice of the crystal gets wrong make the tail (Nb, V, Fe, Tl, Pb, Pu). With 25 %, joined
with the half-spread of the polymorphs, the 90 % interval covers 90 % of these elements; see the
tests. The four salts, compounds with measured moduli, lie within 7 %.
"""


@dataclass(frozen=True, slots=True)
class Tabulated:
    """Young's modulus of one composition.

    Attributes
    ----------
    value, std : float
        GPa.
    crystals : int
        Rows of the table that it is the median of.
    material_id : str
        The crystal, where it is known.
    """

    value: float
    std: float
    crystals: int
    material_id: str = ""


def usable(bulk_gpa: Floats, shear_gpa: Floats) -> NDArray[np.bool_]:
    """Tell the rows that a solid can have, shape (n,).

    Examples
    --------
    >>> usable(np.array([23.0, 1.0, 2.0]), np.array([14.0, 1.0, 8.0])).tolist()
    [True, False, False]
    """
    poisson = (3 * bulk_gpa - 2 * shear_gpa) / (2 * (3 * bulk_gpa + shear_gpa))
    inside = (poisson >= POISSON_RANGE[0]) & (poisson <= POISSON_RANGE[1])
    return np.asarray((bulk_gpa > CLIPPED_GPA) & (shear_gpa > CLIPPED_GPA) & inside)


@lru_cache(maxsize=8)
def tabulated_moduli(snapshot: str = "") -> Mapping[str, Tabulated]:
    """Give Young's modulus of every composition that has a usable one.

    Parameters
    ----------
    snapshot : str
        Folder of a snapshot, whose moduli come before those of the embedded table.

    Returns
    -------
    mapping of str to Tabulated
        By :attr:`~maiscreen.descriptors.composition.features.Compositions.key`.
    """
    return MappingProxyType({**_embedded_moduli(), **_snapshot_moduli(snapshot)})


def _snapshot_moduli(where: str) -> dict[str, Tabulated]:
    """Give Young's modulus of the material that stands for each composition of a snapshot."""
    snapshot = load_snapshot(where)
    used = {row["material_id"] for row in table(snapshot, "materials").to_pylist() if row["used"]}
    rows = [r for r in table(snapshot, "elasticity").to_pylist() if r["material_id"] in used]
    if not rows:
        return {}
    bulk, shear = (np.array([r[f"{k}_modulus_gpa"] for r in rows]) for k in ("bulk", "shear"))
    young = 9 * bulk * shear / (3 * bulk + shear)
    keys = compositions([row["formula"] for row in rows]).key.tolist()
    return {
        keys[i]: Tabulated(
            float(young[i]), float(DFT_STD_FRACTION * young[i]), 1, rows[i]["material_id"]
        )
        for i in np.flatnonzero(usable(bulk, shear)).tolist()
    }


@cache
def _embedded_moduli() -> Mapping[str, Tabulated]:
    """Give Young's modulus of every composition of the embedded table.

    E = 9KG/(3K + G). The table knows compositions, not crystals: of several rows the median is
    taken, since which of them is the crystal at hand is not said, and a mean would follow the one
    odd crystal (diamond among graphites). Half of the range between them joins the error.
    """
    embedded = moduli()
    bulk, shear = (embedded[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    good = np.flatnonzero(usable(bulk, shear))
    keys = compositions(embedded["formula"].to_pylist()).key[good]
    young = (9 * bulk * shear / (3 * bulk + shear))[good]
    order = np.lexsort((young, keys))
    distinct, first, count = np.unique(keys[order], return_index=True, return_counts=True)
    # Each composition's moduli lie side by side, rising.
    young = young[order]
    median = (young[first + (count - 1) // 2] + young[first + count // 2]) / 2
    half_range = (young[first + count - 1] - young[first]) / 2
    std = np.hypot(DFT_STD_FRACTION * median, half_range)
    columns = (median.tolist(), std.tolist(), count.tolist())
    rows = map(Tabulated, *columns)
    return MappingProxyType(dict(zip(distinct.tolist(), rows, strict=True)))
