"""The report of a wide campaign: one HTML file that needs nothing else."""

from collections.abc import Mapping
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.ranks import scores
from maiscreen.screen.figures.svg_pen import draw
from maiscreen.screen.report.page import PAPER, chance_table, drawings, ladder

IN_TABLE = 10
"""Rows of the tables."""

ASKS = {
    "compound": "is it known as a substance that can be kept?",
    "stability": "does it last, at the process and at 25 °C, and does sodium take it?",
    "hazard": "does it endanger whoever tries it, beyond what the campaign accepts?",
    "volatility": "does it, or the blend, give enough vapour at this temperature?",
    "supply": "is it on the inventories that the campaign asks for?",
    "handling": "does it come in what the campaign takes, bottle or cylinder?",
    "reaction": "is its energy of reaction with sodium known, and negative?",
    "route": "does it come through the vapour?",
    "attributes": "are all four attributes known?",
    "compatibility": "do its components keep their halogens to themselves?",
    "blend": "is every component more than a trace of the vapour?",
}
"""What each gate asks."""


def render_wide(findings: Findings, blends: BlendSpace) -> str:
    """Write the report.

    Parameters
    ----------
    findings : Findings
        Of a wide campaign: its ranking has its words, its manifest ``gates`` and ``bound``.
    blends : BlendSpace
        Its space.
    """
    campaign, manifest = findings.campaign, findings.manifest
    best = findings.distinct[:IN_TABLE]
    space = blends.mixtures
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
        best=best,
        decision=findings.decision,
        marked=PAPER,
        bound=manifest["bound"],
        gates=sorted(manifest["gates"].items(), key=lambda item: -item[1]),
        asks=ASKS,
        standing=standing(findings.comparison),
        manifest=manifest,
        attributes=ATTRIBUTES,
        scores=draw(scores(findings)) if best else "",
        chance_table=chance_table(findings, best),
        systems=[ladder(one) for one in findings.systems if on_hull(one)],
        **drawings(findings),
    )
    return html


def standing(comparison: Mapping[str, Any]) -> str:
    """State how the paper's precursors come out by themselves, with the chance level."""
    holds = "holds" if comparison["holds"] else "does not hold"
    controls = "holds" if comparison["holds_with_controls"] else "does not hold"
    return (
        f"By themselves, with these settings, the order Sn > Si > Ti of the published cycle lives "
        f"{holds} (by chance it would once in six; over the errors of the inputs with probability "
        f"{comparison['probability_of_order']:.2f}); the order with the paper's controls "
        f"{controls}. Nothing is known of blends to compare with."
    )
