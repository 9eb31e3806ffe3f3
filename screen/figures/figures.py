"""The figures of a campaign by name: each a function of its findings that gives a description.

Examples
--------
>>> from maiscreen.screen.campaign.campaign import Campaign
>>> from maiscreen.screen.describe.describe import describe_precursors, halides_of
>>> from maiscreen.screen.facts.findings import Findings
>>> from maiscreen.screen.paper.comparison import rank_with_controls
>>> campaign = Campaign(metals=("Sn", "Si", "Ti"), halogens=("Cl",), fidelity="F0")
>>> described = describe_precursors(campaign, halides_of(campaign))
>>> findings = Findings(campaign, rank_with_controls(campaign, described))
>>> FIGURES["ranks"](findings).about
'Places and tiers of 3 of the 3 that have a rank'
"""

from collections.abc import Callable, Mapping

from maiscreen.screen.figures.attributes import pareto, profile
from maiscreen.screen.figures.figure import Figure
from maiscreen.screen.figures.paper import paper
from maiscreen.screen.figures.process import funnel, plateaus, vapour
from maiscreen.screen.figures.ranks import ranks, weights

FIGURES: Mapping[str, Callable[..., Figure]] = {
    "profile": profile,
    "ranks": ranks,
    "pareto": pareto,
    "funnel": funnel,
    "vapour": vapour,
    "plateaus": plateaus,
    "paper": paper,
    "weights": weights,
}
"""All that `maiscreen plot` draws, by name."""
