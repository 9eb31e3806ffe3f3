"""The report of a wide campaign: one HTML file that needs nothing else."""

from collections.abc import Mapping
from math import log10
from typing import Any

import numpy as np

from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.words import best_of_each_set
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.page_figures import score_figure
from maiscreen.screen.report.page import PAPER
from maiscreen.screen.scoring.score import desirability
from maiscreen.screen.screens.screen import Ranked

Row = dict[str, Any]

IN_TABLE, IN_PLOT = 10, 20
"""Rows of the tables, points of the plot."""

ASKS = {
    "compound": "is it known as a substance that can be kept?",
    "hazard": "does it endanger whoever tries it, beyond what the campaign accepts?",
    "volatility": "does it, or the blend, give enough vapour at this temperature?",
    "reaction": "is its energy of reaction with sodium known, and negative?",
    "route": "does it come through the vapour?",
    "attributes": "are all four attributes known?",
    "compatibility": "do its components keep their halogens to themselves?",
    "blend": "is every component more than a trace of the vapour?",
}
"""What each gate asks."""


def render_wide(
    blends: BlendSpace,
    ranked: Ranked,
    comparison: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> str:
    """Write the report.

    Parameters
    ----------
    blends : BlendSpace
        What was screened.
    ranked : Ranked
        The front-runners, best first, who else could be among the first, and what each gate
        rejected.
    comparison : mapping
        The comparison with the paper, as `maiscreen.screen.paper.validate.validate` gives it.
    manifest : mapping
        ``fingerprint``, ``counts`` and ``sources`` of the run.
    """
    best = [_figure_row(row) for row in best_of_each_set(ranked.table.to_pylist())[:IN_PLOT]]
    campaign, space = blends.campaign, blends.mixtures
    html: str = template("wide_report.html.j2").render(
        campaign=campaign,
        weights=dict(zip(ATTRIBUTES, campaign.weights.values, strict=True)),
        counts=manifest["counts"],
        total=space.size,
        size={
            "ingredients": space.ingredients,
            "blended": len(space.blended),
            "full": space.full_size,
        },
        temperatures=[f"{t:g}" for t in blends.temperatures_c],
        exposures=[f"{t:g}" for t in campaign.space.exposures_s],
        best=best[:IN_TABLE],
        marked=PAPER,
        bound=ranked.bound,
        gates=sorted(ranked.gates.items(), key=lambda item: -item[1]),
        asks=ASKS,
        standing=standing(comparison),
        manifest=manifest,
        attributes=ATTRIBUTES,
        scores=score_figure(best, PAPER) if best else "",
    )
    return html


def standing(comparison: Mapping[str, Any]) -> str:
    """Say how the paper's precursors come out by themselves, with the chance level."""
    holds = "holds" if comparison["holds"] else "does not hold"
    controls = "holds" if comparison["holds_with_controls"] else "does not hold"
    return (
        f"By themselves, with these settings, the order Sn > Si > Ti of the published cycle lives "
        f"{holds} (by chance it would once in six; over the errors of the inputs with probability "
        f"{comparison['probability_of_order']:.2f}); the order with the paper's controls "
        f"{controls}. Nothing is known of blends to compare with."
    )


def _figure_row(row: Row) -> Row:
    """Give a row as the figures want it."""
    worth = {
        f"desirability_{name}": float(desirability(name, np.array(_value(row, name))))
        for name in ATTRIBUTES
    }
    return {**row, **worth, "formula": row["recipe"]}


def _value(row: Row, name: str) -> float:
    return log10(row[name]) if name in LOGARITHMIC else float(row[name])
