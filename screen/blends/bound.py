"""How good a candidate may turn out: the bound that tells who need not be drawn.

A drawn score is above the optimistic one only if one of four attributes is better, measured from
its threshold, by more than :data:`OPTIMISM` standard deviations, or an alloy forms (or not)
against odds of 1 to 1/:data:`SURE`. So its chance to be above a score that the optimistic one does
not reach is at most :data:`MISSED`, whatever the errors have to do with each other (Boole's
inequality).
"""

from itertools import product
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import FARTHEST, Attribute
from maiscreen.screen.blends.blends import Blends, layer_attributes, p_formed
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import THRESHOLD_STD, desirability, score

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OPTIMISM = 2.5
"""Standard deviations by which every attribute is taken to be better."""

SURE = 1e-3
"""An alloy that is less likely than that, or more likely than all but that, is settled."""

MISSED = len(ATTRIBUTES) * erfc(OPTIMISM / sqrt(2)) / 2 + MOST_IN_A_BLEND * SURE
"""Chance that a drawn score is above the optimistic one, at most: 2.8 %."""


def optimistic_score(
    space: BlendSpace, blends: Blends, alloyed: Flags, attributes: dict[str, Attribute]
) -> Floats:
    """Score blends as if every error were in their favour, shape (n,).

    Parameters
    ----------
    space : BlendSpace
        Its data and assumptions.
    blends : Blends
        Of n candidates.
    alloyed : Flags
        Which of their metals are taken for alloyed, shape (3, n).
    attributes : dict of str to Attribute
        Their attributes with these.
    """
    best = _favour(space, attributes)
    chance = p_formed(space, blends)
    open_question = (chance > SURE) & (chance < 1 - SURE)
    for turned in product((False, True), repeat=MOST_IN_A_BLEND):
        turn = np.array(turned)
        rows = np.flatnonzero(open_question[turn].all(axis=0)) if turn.any() else np.array([], int)
        if rows.size:
            few = blends.take(rows)
            other = layer_attributes(space, few, alloyed[:, rows] ^ turn[:, None])
            best[rows] = np.fmax(best[rows], _favour(space, other))
    return best


def _favour(space: BlendSpace, found: dict[str, Attribute]) -> Floats:
    worth = {}
    for name, (value, errors) in found.items():
        # A threshold lower by so much is a value better by as much; a structure has an end.
        normal = errors._replace(structure=np.zeros_like(value)).std
        away = OPTIMISM * np.hypot(normal, THRESHOLD_STD[name])
        other = FARTHEST * errors.structure
        low = desirability(name, value - away + np.minimum(other, 0.0))
        high = desirability(name, value + away + np.maximum(other, 0.0))
        worth[name] = np.maximum(low, high)
    return score(worth, weights(space.campaign))
