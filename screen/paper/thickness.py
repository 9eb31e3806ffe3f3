"""The paper's layers of one chemistry and three thicknesses, scored as every layer is."""

from itertools import pairwise
from typing import Any

import numpy as np

from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.blends.exposure import PAPER_LAYERS
from maiscreen.descriptors.blends.vapour import decades_lost
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.comparison import CASES, Comparison
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import desirability, score

MEASURED_UM = tuple(thickness_um for _, thickness_um in PAPER_LAYERS)
"""Of the layers from SnCl4. The first lived for 650 cycles, the others short "within few tens of
cycles"; which of these two lived longer the paper does not say."""

FEW_TENS = 50
"""Cycles up to which a life may be called a few tens [judgement]. No cell of the paper has between
41 and 99, so that any of these numbers would do."""


def judge_thickness(campaign: Campaign, comparison: Comparison) -> dict[str, Any]:
    """Ask whether a layer from SnCl4 scores less the thicker it is.

    Thickness acts by the voltage lost alone, so that scores fall as long as conductivity has a
    weight: the order tests the sign of a rule. Whether the thick layers also score less than the
    cells that outlived them is the harder question.

    Returns
    -------
    dict
        ``verdict`` (``holds``, ``tie`` or ``fails``) of ``order``, which is no test that chance
        could pass; ``scores``; and ``scored_above``: by thick layer, the cells that lived longer
        and score less.
    """
    tin = {name: np.full(len(MEASURED_UM), comparison.values[name][0]) for name in ATTRIBUTES}
    tin["ionic_conductivity"] = tin["ionic_conductivity"] - decades_lost(np.array(MEASURED_UM))
    worth = {name: desirability(name, value) for name, value in tin.items()}
    scores = significant(score(worth, weights(campaign)))
    names = [f"{thickness:g} µm" for thickness in MEASURED_UM]
    others = significant(comparison.scores)
    longer = [i for i, case in enumerate(CASES) if i > 0 and (case.cycles or 0) > FEW_TENS]
    return {
        "measured": f"{CASES[0].name}: 6 µm lives, 10 and 22 µm short within a few tens of cycles",
        "order": _order(names, scores.tolist()),
        "verdict": _verdict(scores.tolist()),
        "scores": dict(zip(names, scores.tolist(), strict=True)),
        "scored_above": {
            name: [CASES[i].name for i in longer if others[i] < own]
            for name, own in zip(names[1:], scores[1:].tolist(), strict=True)
        },
    }


def _order(names: list[str], scores: list[float]) -> str:
    best_first = sorted(range(len(names)), key=lambda i: -scores[i])
    signs = [" > " if scores[a] > scores[b] else " = " for a, b in pairwise(best_first)]
    rest = (sign + names[i] for sign, i in zip(signs, best_first[1:], strict=True))
    return names[best_first[0]] + "".join(rest)


def _verdict(scores: list[float]) -> str:
    if any(a < b for a, b in pairwise(scores)):
        return "fails"
    return "holds" if all(a > b for a, b in pairwise(scores)) else "tie"
