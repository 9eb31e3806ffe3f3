"""What must not be poured together: precursors that exchange their halogens with a great gain.

    M1X + M2Y → M1Y + M2X,   ΔG = r(M1X) + r(M2Y) − r(M1Y) − r(M2X)  for one halogen each

with r the ΔG of reduction by sodium for each halogen, in the same state of oxidation; the salts
cancel. Where ΔG is near zero the halogens mix at random (redistribution), which is no danger and is
not gated; where it is large, as for SbF5 and SiCl4, what is poured is not what evaporates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.screen.blends.ingredients import Ingredients

Floats = NDArray[np.float64]

GAIN_KJ_MOL = 20.0
"""ΔG for one halogen each beyond which two precursors count as reacting [judgement: the statistical
gain of mixing is 1 to 3 kJ/mol, and ΔG of a halide is worth ±5 kJ/mol for each halogen]."""


@dataclass(frozen=True, slots=True, eq=False)
class ReactingPairs:
    """Which of the precursors that are blended react with each other.

    Attributes
    ----------
    place : NDArray[np.int64]
        Row of each ingredient in ``pairs``, the last one's for nothing, shape (v + 1,); what is not
        blended has the row of nothing.
    pairs : NDArray[np.bool_]
        Shape (b + 1, b + 1); symmetric, nothing reacts with nothing.
    """

    place: NDArray[np.int64]
    pairs: NDArray[np.bool_]

    def any_of(self, ingredient: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether any two of three precursors react, shape (n,), from (3, n)."""
        first, second, third = self.place[ingredient]
        pairs = self.pairs
        return np.asarray(pairs[first, second] | pairs[first, third] | pairs[second, third])


def find_reacting_pairs(precursors: Ingredients, blended: tuple[int, ...]) -> ReactingPairs:
    """Find which of the blended precursors react with each other.

    Only homoleptic halides are judged, where both exchanged ones are known too; the rest counts
    as compatible, which is no proof.
    """
    chosen = np.array(blended, dtype=np.int64)
    place = np.full(len(precursors) + 1, len(chosen))
    place[chosen] = np.arange(len(chosen))
    pairs = np.zeros((len(chosen) + 1, len(chosen) + 1), dtype=bool)
    pairs[:-1, :-1] = _gain_kj_mol(precursors, chosen) < -GAIN_KJ_MOL
    return ReactingPairs(place, pairs)


def _gain_kj_mol(precursors: Ingredients, chosen: NDArray[np.int64]) -> Floats:
    """Return ΔG of exchanging one halogen each, shape (b, b); NaN where it is not known."""
    per_halogen = _reduction_per_halogen(precursors)
    counts = precursors.salt_mol[: len(HALOGENS), chosen]
    halogen = counts.argmax(axis=0)
    kinds = zip(precursors.metal[chosen].tolist(), counts.sum(axis=0).round().tolist(), strict=True)
    table = np.array([per_halogen.get(kind, _UNKNOWN) for kind in kinds]).reshape(-1, len(HALOGENS))
    table[(precursors.kind[chosen] != "homoleptic") | (precursors.metal_count[chosen] != 1)] = (
        np.nan
    )
    own = table[np.arange(len(chosen)), halogen]
    exchanged = table[:, halogen]  # the first precursor's metal with the second's halogen
    return np.asarray(own[:, None] + own[None, :] - exchanged - exchanged.T)


_UNKNOWN = np.full(len(HALOGENS), np.nan)


def _reduction_per_halogen(precursors: Ingredients) -> dict[tuple[int, float], Floats]:
    """Return ΔG of reduction for each halogen, kJ/mol, by metal and count: one value a halogen."""
    values: dict[tuple[int, float], Floats] = {}
    simple = np.flatnonzero((precursors.kind == "homoleptic") & (precursors.metal_count == 1))
    for row in simple.tolist():
        counts = precursors.salt_mol[: len(HALOGENS), row]
        kind = int(precursors.metal[row]), float(counts.sum())
        line = values.setdefault(kind, np.full(len(HALOGENS), np.nan))
        line[int(counts.argmax())] = precursors.delta_g_kj_mol[0, row] / kind[1]
    return values
