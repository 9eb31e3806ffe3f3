"""The report: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES
from maiscreen.screen.facts.answer import IN_DETAIL, IN_TABLE, explain_place, slider_data
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.figures import page_figures as figures
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.page_process import funnel_figure, ladder_figure, vapour_figure
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.paper.controls import PRECURSORS

IN_PLOT, IN_CURVES = 25, 10
"""Rows and curves of a drawing."""

PAPER = tuple(case.formula for case in PRECURSORS)
"""The precursors of the paper, longest-lived first."""

Row = Mapping[str, Any]


def render(findings: Findings) -> str:
    """Write the report of a campaign.

    Parameters
    ----------
    findings : Findings
        Of the campaign; what its comparison with the paper lacks is left out.

    Returns
    -------
    str
        HTML, the same for the same findings.
    """
    campaign, rows, paper = findings.campaign, findings.shown, findings.cells
    html: str = template("report.html.j2").render(
        campaign=campaign,
        weights=dict(zip(ATTRIBUTES, campaign.weights.values, strict=True)),
        counts=findings.manifest.get("counts", {}),
        passed=len(findings.ranked),
        total=len(findings.losses),
        rows=rows,
        paper=paper,
        shapes=SHAPES,
        answer=findings.answer,
        weighted=findings.weight_table,
        comparison=findings.comparison,
        reasons=findings.reasons,
        units=ATTRIBUTE_UNITS,
        attributes=ATTRIBUTES,
        value_sources=_value_sources(rows[:IN_DETAIL]),
        manifest=findings.manifest,
        for_sliders=slider_data(rows, [(r["measured"], r["cycles"], r) for r in paper], campaign),
        **_details(findings),
        **_drawings(findings),
        funnel=funnel_figure(findings.funnel),
    )
    return html


def _details(findings: Findings) -> dict[str, Any]:
    """Give what is said of single precursors and metals."""
    campaign, shown, paper = findings.campaign, findings.shown, findings.cells
    inside = [row for row in paper if row["inside"] and row["key"] in PAPER]
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
            for system in sorted(findings.systems, key=lambda one: not on_hull(one))
        ],
    }


def _profile(row: Row, paper: Sequence[Row]) -> Any:
    beside = [one for one in paper if one["key"] != row["key"]]
    return figures.profile_figure([row | {"label": row["formula"]}, *beside], SHAPES, 1)  # type: ignore[operator]


def _drawings(findings: Findings) -> dict[str, Any]:
    shown, paper, campaign = findings.shown, findings.cells, findings.campaign
    curves = list(shown[:IN_CURVES])
    curves += [row for row in paper if row["key"] in PAPER and row["key"] not in _keys(curves)]
    return {
        "in_plot": min(IN_PLOT, len(shown)),
        "in_curves": len(curves),
        "limits": (IN_TABLE, IN_DETAIL),
        "ranks": figures.rank_figure(
            shown[:IN_PLOT], findings.weight_table[:IN_PLOT], SHAPES, len(shown)
        )
        if shown
        else "",
        "profiles": figures.profile_figure([*paper, *_others(shown)], SHAPES, len(paper)),
        "front": [row for row in shown if row["pareto"]],
        "pareto": figures.pareto_figure(shown, SHAPES) if shown else "",
        "vapour": vapour_figure(curves, {key: SHAPES[key] for key in PAPER}, campaign),
        "cycles": figures.paper_figure(findings.measured, SHAPES),
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
