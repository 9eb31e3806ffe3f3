"""The report: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import (
    IN_CURVES,
    IN_DETAIL,
    IN_PLOT,
    IN_TABLE,
    answer,
    explain_place,
    slider_data,
    weight_table,
)
from maiscreen.screen.facts.funnel import funnel, read_losses, reasons
from maiscreen.screen.facts.plateaus import on_hull, systems
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.figures import page_figures as figures
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.page_process import funnel_figure, ladder_figure, vapour_figure
from maiscreen.screen.paper.cells import SHAPES, cells, measured_cells
from maiscreen.screen.paper.controls import PRECURSORS

PAPER = tuple(case.formula for case in PRECURSORS)
"""The precursors of the paper, longest-lived first."""


_LEAST = {"metal": "", "halogen": "", "pareto": False}
"""What a ranking of another science than that of the stages may lack."""

Row = Mapping[str, Any]


def render(
    campaign: Campaign,
    ranking: pa.Table,
    comparison: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> str:
    """Write the report of a campaign.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        One row for each candidate.
    comparison : mapping
        The comparison with the paper, as `maiscreen.screen.paper.validate.validate` gives it;
        what it lacks is left out.
    manifest : mapping
        ``fingerprint``, ``counts`` and ``sources`` of the run.

    Returns
    -------
    str
        HTML, the same for the same arguments.
    """
    everyone = read_losses(ranking)
    shown = [{**_LEAST, **row, "label": row["formula"]} for row in _best(ranking)]
    paper = cells(campaign, ranking)
    weighted = weight_table(shown, campaign)
    html: str = template("report.html.j2").render(
        campaign=campaign,
        weights=dict(zip(ATTRIBUTES, campaign.weights.values, strict=True)),
        counts=manifest.get("counts", {}),
        passed=ranking.num_rows - ranking["rank"].null_count,
        total=len(everyone),
        rows=shown,
        paper=paper,
        shapes=SHAPES,
        answer=answer(shown, weighted, comparison, campaign),
        weighted=weighted,
        comparison=comparison,
        reasons=reasons(everyone),
        units=ATTRIBUTE_UNITS,
        attributes=ATTRIBUTES,
        value_sources=_value_sources(shown[:IN_DETAIL]),
        manifest=manifest,
        for_sliders=slider_data(shown, [(r["measured"], r["cycles"], r) for r in paper], campaign),
        **_details(campaign, shown, paper),
        **_drawings(campaign, shown, weighted, paper, comparison),
        funnel=funnel_figure(funnel(everyone)),
    )
    return html


def _best(ranking: pa.Table) -> list[dict[str, Any]]:
    """Read the rows of the table, and no others: there may be very many."""
    ranked = ranking.filter(pc.less_equal(ranking["rank"], IN_TABLE)).to_pylist()
    return sorted(ranked, key=lambda row: (row["rank"], row["key"]))


def _details(campaign: Campaign, shown: Sequence[Row], paper: Sequence[Row]) -> dict[str, Any]:
    """Give what is said of single precursors and metals."""
    inside = [row for row in paper if row["inside"] and row["key"] in PAPER]
    known = systems(campaign, [str(row["metal"]) for row in (*inside, *shown[:IN_DETAIL])])
    chosen = {str(row["key"]): row for row in (*shown[:IN_DETAIL], *inside)}
    return {
        "states": {
            row["formula"]: state_of(row["formula"], campaign.temperature_c)
            for row in (*shown, *paper)
        },
        "cards": [
            {
                "row": row,
                "points": points_c(str(row["formula"])),
                "why": explain_place(row, campaign),
                "profile": _profile(row, paper),
            }
            for row in chosen.values()
        ],
        "systems": [
            {"system": system, "figure": ladder_figure(system) if on_hull(system) else ""}
            for system in sorted(known, key=lambda one: not on_hull(one))
        ],
    }


def _profile(row: Row, paper: Sequence[Row]) -> Any:
    beside = [one for one in paper if one["key"] != row["key"]]
    return figures.profile_figure([row | {"label": row["formula"]}, *beside], SHAPES, 1)  # type: ignore[operator]


def _drawings(
    campaign: Campaign,
    shown: Sequence[Row],
    weighted: Sequence[Row],
    paper: Sequence[Row],
    comparison: Mapping[str, Any],
) -> dict[str, Any]:
    curves = list(shown[:IN_CURVES])
    curves += [row for row in paper if row["key"] in PAPER and row["key"] not in _keys(curves)]
    points = measured_cells(paper, comparison)
    return {
        "in_plot": min(IN_PLOT, len(shown)),
        "in_curves": len(curves),
        "limits": (IN_TABLE, IN_DETAIL),
        "ranks": figures.rank_figure(shown[:IN_PLOT], weighted[:IN_PLOT], SHAPES, len(shown))
        if shown
        else "",
        "profiles": figures.profile_figure([*paper, *_others(shown)], SHAPES, len(paper)),
        "front": [row for row in shown if row["pareto"]],
        "pareto": figures.pareto_figure(shown, SHAPES) if shown else "",
        "vapour": vapour_figure(curves, {key: SHAPES[key] for key in PAPER}, campaign),
        "cycles": figures.paper_figure(points, SHAPES),
    }


def _keys(rows: Sequence[Row]) -> set[str]:
    return {str(row["key"]) for row in rows}


def _others(shown: Sequence[Row]) -> list[Row]:
    return [row for row in shown[:IN_PLOT] if row["key"] not in PAPER]


def _value_sources(best: Sequence[Row]) -> dict[str, list[str]]:
    """List where the values of the best come from."""
    names = [*ATTRIBUTES, "delta_g", "vapour_pressure"]
    found = {name: {str(row.get(f"{name}_source") or "") for row in best} for name in names}
    return {name: sorted(texts - {""}) for name, texts in found.items() if texts - {""}}
