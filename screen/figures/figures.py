"""Figures for papers from the ranking of a campaign, each a `matplotlib.figure.Figure`.

Every function takes the ranking and, where it is not the default one, its campaign; ``of`` names
precursors by formula or name, ``width`` is ``single`` (89 mm) or ``double`` (183 mm). Pyplot is not
used: nothing is kept open, no setting of Matplotlib is changed.

Examples
--------
>>> from maiscreen.screen.campaign.campaign import Campaign
>>> from maiscreen.screen.describe.describe import describe_precursors, halides_of
>>> from maiscreen.screen.paper.comparison import rank_with_controls
>>> campaign = Campaign(metals=("Sn", "Si", "Ti"), halogens=("Cl",), fidelity="F0")
>>> described = describe_precursors(campaign, halides_of(campaign))
>>> figure = ranks(rank_with_controls(campaign, described), campaign)
>>> figure.get_size_inches().round(2).tolist()[0], len(figure.content("pdf")) > 1000
(3.5, True)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import IN_TABLE, weight_table
from maiscreen.screen.facts.funnel import funnel as steps_of
from maiscreen.screen.facts.funnel import read_losses
from maiscreen.screen.facts.plateaus import on_hull, systems
from maiscreen.screen.figures import paper as paper_figure
from maiscreen.screen.figures import pareto as pareto_figure
from maiscreen.screen.figures import process as process_figures
from maiscreen.screen.figures import ranks as rank_figures
from maiscreen.screen.figures.rows import WIDE, check, check_ranked, find_rows, ranked_rows
from maiscreen.screen.figures.style import PaperFigure, check_width
from maiscreen.screen.paper.cells import cells, measured_cells
from maiscreen.screen.paper.controls import PRECURSORS

Row = dict[str, Any]

BEST, IN_RANKS, METALS = 8, 20, 4
"""How many are shown if nobody says which."""

_ATTRIBUTES = f"give two of {', '.join(ATTRIBUTES)}"


def profile(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "double",
) -> PaperFigure:
    """Draw the four attributes with standard deviations, above those of the paper's cells."""
    paper = cells(_check_campaign(ranking, campaign), ranking)
    known = {row["key"] for row in paper}
    rows = find_rows(ranking, of) if of else _best_rows(ranking, BEST + len(paper))
    apart = [row for row in rows if row["key"] not in known][: None if of else BEST]
    return rank_figures.draw(apart, paper, check_width(width))


def ranks(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "single",
) -> PaperFigure:
    """Draw rank intervals over the errors of the inputs and over all weightings."""
    campaign = _check_campaign(ranking, campaign)
    rows, weighted = _rows_with_weightings(ranking, campaign, of, IN_RANKS)
    count = ranking.num_rows - ranking["rank"].null_count
    return rank_figures.draw_intervals(rows, weighted, count, campaign.top_k, check_width(width))


def weights(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "single",
) -> PaperFigure:
    """Draw the ranks that other weights would give, and those without each attribute."""
    rows, weighted = _rows_with_weightings(
        ranking, _check_campaign(ranking, campaign), of, BEST + 2
    )
    count = min(ranking.num_rows - ranking["rank"].null_count, IN_TABLE)
    return rank_figures.draw_weights(rows, weighted, count, check_width(width))


def pareto(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "single",
    attributes: Sequence[str] = pareto_figure.PAIR,
) -> PaperFigure:
    """Draw all that passed by two attributes; ``of`` is named, else the front of all four."""
    _check_campaign(ranking, campaign)
    pair = tuple(attributes)
    if len({*pair}) != 2 or not {*pair} <= {*ATTRIBUTES}:
        raise InputError("--attributes", ",".join(pair), _ATTRIBUTES)
    rows, asked = ranked_rows(ranking, IN_TABLE), find_rows(ranking, of)
    there = {row["key"] for row in rows}
    rows += [row for row in asked if row["key"] not in there]
    named = [row["key"] for row in asked]
    return pareto_figure.draw(rows, (pair[0], pair[1]), named, check_width(width))


def funnel(
    ranking: pa.Table, campaign: Campaign | None = None, *, width: str = "single"
) -> PaperFigure:
    """Draw how many candidates are left after each gate."""
    _check_campaign(ranking, campaign)
    return process_figures.draw_funnel(steps_of(read_losses(ranking)), check_width(width))


def vapour(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "single",
) -> PaperFigure:
    """Draw vapour pressures against temperature, the paper's precursors among them."""
    campaign = _check_campaign(ranking, campaign)
    rows = find_rows(ranking, of) if of else _best_rows(ranking, BEST)
    there, paper = {row["key"] for row in rows}, {case.key for case in PRECURSORS}
    beside = [row for row in cells(campaign, ranking) if row["key"] in paper - there]
    return process_figures.draw_vapour([*rows, *beside], campaign, check_width(width))


def plateaus(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    of: Sequence[str] = (),
    width: str = "single",
) -> PaperFigure:
    """Draw the plateaus of sodium in metals; ``of`` holds metals or precursors of them."""
    campaign = _check_campaign(ranking, campaign)
    if of:
        metals = [m if m in campaign.metals else find_rows(ranking, [m])[0]["metal"] for m in of]
    else:
        metals = [row["metal"] for row in _best_rows(ranking, BEST)] or ["Sn"]
    known = [system for system in systems(campaign, metals) if on_hull(system)]
    if not known:
        told = ", ".join(dict.fromkeys(metals))
        raise InputError("--of", told, "no phase with sodium is known; give metals such as Sn,Ge")
    return process_figures.draw_plateaus(known if of else known[:METALS], check_width(width))


def paper(
    ranking: pa.Table,
    campaign: Campaign | None = None,
    *,
    width: str = "single",
    comparison: Mapping[str, Any] | None = None,
) -> PaperFigure:
    """Draw scores against the cycles that the paper measured.

    Parameters
    ----------
    comparison : mapping, optional
        Of `maiscreen.screen.paper.validate.validate`, if it was computed already.
    """
    from maiscreen.screen.paper.validate import validate

    campaign = _check_campaign(ranking, campaign)
    comparison = comparison or validate(campaign)
    points = measured_cells(cells(campaign, ranking), comparison)
    return paper_figure.draw(points, comparison, check_width(width))


FIGURES: Mapping[str, Callable[..., PaperFigure]] = {
    "profile": profile,
    "ranks": ranks,
    "pareto": pareto,
    "funnel": funnel,
    "vapour": vapour,
    "plateaus": plateaus,
    "paper": paper,
    "weights": weights,
}
"""All of them by name."""


def _check_campaign(ranking: pa.Table, campaign: Campaign | None) -> Campaign:
    """Take a ranking and its campaign; one of blends has no precursors to draw."""
    campaign = campaign or Campaign()
    if campaign.space.is_wide:
        raise InputError("campaign", campaign.name, WIDE)
    check(ranking)
    return campaign


def _best_rows(ranking: pa.Table, most: int) -> list[Row]:
    """Give the best, or nobody."""
    nobody = ranking.num_rows == ranking["rank"].null_count
    return [] if nobody else ranked_rows(ranking, most)[:most]


def _rows_with_weightings(
    ranking: pa.Table, campaign: Campaign, of: Sequence[str], most: int
) -> tuple[list[Row], list[Row]]:
    """Give rows, and what other weights would make of them among the first of the ranking."""
    first = ranked_rows(ranking, IN_TABLE)
    rows = find_rows(ranking, of) if of else first[:most]
    check_ranked(rows)
    first += [row for row in rows if row["rank"] > IN_TABLE]
    table = dict(zip((r["key"] for r in first), weight_table(first, campaign), strict=True))
    return rows, [table[row["key"]] for row in rows]
