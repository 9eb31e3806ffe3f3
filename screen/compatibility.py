"""What must not be poured together: precursors that exchange their halogens with a great gain.

    M1X + M2Y → M1Y + M2X,   ΔG = r(M1X) + r(M2Y) − r(M1Y) − r(M2X)  for one halogen each

with r the ΔG of reduction by sodium for each halogen, in the same state of oxidation; the salts
cancel. Where ΔG is near zero the halogens mix at random (redistribution), which is no danger and is
not gated; where it is large, as for SbF5 and SiCl4, what is poured is not what evaporates.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.elements import HALOGENS
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.ingredients import ingredients

Floats = NDArray[np.float64]

GAIN_KJ_MOL = 20.0
"""ΔG for one halogen each beyond which two precursors count as reacting [judgement: the statistical
gain of mixing is 1 to 3 kJ/mol, and ΔG of a halide is worth ±5 kJ/mol for each halogen]."""


@lru_cache(maxsize=2)
def reacting(campaign: Campaign) -> NDArray[np.bool_]:
    """Tell which precursors react with each other, shape (v + 1, v + 1); the last is nothing.

    Only homoleptic halides are judged, where both exchanged ones are known too; the rest counts
    as compatible, which is no proof.
    """
    found = ingredients(campaign)
    per_halogen = _reduction_per_halogen(campaign)
    place = {kind: row for row, kind in enumerate(per_halogen)}
    table = np.array([*per_halogen.values(), [np.nan] * len(HALOGENS)])
    counts = found.salt_mol[: len(HALOGENS)]
    single = (counts > 0).sum(axis=0) == 1
    homoleptic = single & (found.kind == "homoleptic") & (found.metal_count == 1)
    kinds = zip(found.metal.tolist(), counts.sum(axis=0).round().astype(int).tolist(), strict=True)
    rows = np.array([place.get(kind, -1) for kind in kinds])
    rows = np.append(np.where(homoleptic, rows, -1), -1)
    halogen = np.append(counts.argmax(axis=0), 0)
    own = table[rows, halogen]
    exchanged = table[rows][:, halogen]  # the first precursor's metal with the second's halogen
    gain = own[:, None] + own[None, :] - exchanged - exchanged.T
    return np.asarray(gain < -GAIN_KJ_MOL)


def _reduction_per_halogen(campaign: Campaign) -> dict[tuple[int, int], Floats]:
    """Give ΔG of reduction for each halogen, kJ/mol, by metal and count: one value a halogen."""
    found = ingredients(campaign)
    values: dict[tuple[int, int], Floats] = {}
    simple = np.flatnonzero((found.kind == "homoleptic") & (found.metal_count == 1))
    for row in simple.tolist():
        counts = found.salt_mol[: len(HALOGENS), row]
        kind = int(found.metal[row]), int(counts.sum())
        line = values.setdefault(kind, np.full(len(HALOGENS), np.nan))
        line[int(counts.argmax())] = found.delta_g_kj_mol[0, row] / kind[1]
    return values
