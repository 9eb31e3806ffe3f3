"""The report: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from maiscreen.descriptors.alloys.records import AlloySystem
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES
from maiscreen.screen.facts.answer import IN_DETAIL, IN_TABLE, explain_place, slider_data
from maiscreen.screen.facts.compare import chances
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.figures.attributes import all_pairs, profile, profile_of
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.paper import paper
from maiscreen.screen.figures.process import funnel, plateaus_of, vapour
from maiscreen.screen.figures.ranks import ranks, weights
from maiscreen.screen.figures.svg_pen import draw
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.paper.controls import PRECURSORS

IN_LIST = 10
"""Rows of what comes out of bottles, and of what comes from cylinders."""

IN_PLOT, IN_CURVES, IN_CHANCES = 25, 10, 10
"""Rows and curves of a drawing; candidates of which it is said who beats whom."""

LADDER_PX, PAIRS_PX, PAPER_PX = 372.0, 910.0, 420.0
"""Widths of those that are no usual one."""

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
    campaign, rows, cells = findings.campaign, findings.shown, findings.cells
    html: str = template("report.html.j2").render(
        campaign=campaign,
        weights=dict(zip(ATTRIBUTES, campaign.weights.values, strict=True)),
        counts=findings.manifest.get("counts", {}),
        passed=len(findings.ranked),
        total=len(findings.losses),
        rows=rows,
        from_a={"bottle": "Out of a bottle", "cylinder": "From a cylinder", "": "State not known"},
        lists=[(name, listed[:IN_LIST]) for name, listed in findings.lists.items()],
        paper=cells,
        shapes=SHAPES,
        answer=findings.answer,
        decision=findings.decision,
        weighted=findings.weightings(rows),
        comparison=findings.comparison,
        reasons=findings.reasons,
        units=ATTRIBUTE_UNITS,
        attributes=ATTRIBUTES,
        value_sources=_value_sources(rows[:IN_DETAIL]),
        manifest=findings.manifest,
        for_sliders=slider_data(rows, [(r["measured"], r["cycles"], r) for r in cells], campaign),
        chance_table=chance_table(findings, rows),
        **_details(findings),
        limits=(IN_TABLE, IN_DETAIL),
        **drawings(findings),
    )
    return html


def chance_table(findings: Findings, rows: Sequence[Row]) -> list[list[float]]:
    """Return P(A > B) of the first rows; nothing where their errors cannot be drawn."""
    first = rows[:IN_CHANCES]
    table: list[list[float]] = chances(findings, first).tolist() if first else []
    return table


def _details(findings: Findings) -> dict[str, Any]:
    """Return what is said of single precursors and metals."""
    campaign, shown, cells = findings.campaign, findings.shown, findings.cells
    inside = [row for row in cells if row["inside"] and row["key"] in PAPER]
    chosen = {str(row["key"]): row for row in (*shown[:IN_DETAIL], *inside)}
    return {
        "states": {
            row["formula"]: state_of(row["formula"], campaign.temperature_c)
            for row in (*shown, *cells)
        },
        "cards": [
            {
                "row": row,
                "points": points_c(str(row["formula"])),
                "why": explain_place(row, campaign),
                "profile": _profile(row, cells),
            }
            for row in chosen.values()
        ],
        "systems": [
            {"system": system, "figure": ladder(system) if on_hull(system) else ""}
            for system in sorted(findings.systems, key=lambda one: not on_hull(one))
        ],
    }


def _profile(row: Row, cells: Sequence[Row]) -> Markup:
    return draw(profile_of([row], [one for one in cells if one["key"] != row["key"]]))


def ladder(system: AlloySystem) -> Markup:
    """Draw the plateaus of sodium in one metal."""
    return draw(plateaus_of([system]), LADDER_PX)


def drawings(findings: Findings) -> dict[str, Any]:
    """Draw the figures of a page by name; those of ranks are empty where nothing passed."""
    any_rank = bool(findings.ranked)
    return {
        "in_plot": min(IN_PLOT, len(findings.distinct)),
        "in_curves": IN_CURVES,
        "front": [row for row in findings.shown if row["pareto"]],
        "ranks": draw(ranks(findings, most=IN_PLOT)) if any_rank else "",
        "weightings": draw(weights(findings, most=IN_PLOT)) if any_rank else "",
        "pareto": draw(all_pairs(findings), PAIRS_PX) if any_rank else "",
        "profiles": draw(profile(findings, most=IN_PLOT)),
        "vapour": draw(vapour(findings, most=IN_CURVES)),
        "funnel": draw(funnel(findings)),
        "cycles": draw(paper(findings), PAPER_PX),
    }


def _value_sources(best: Sequence[Row]) -> dict[str, list[str]]:
    """List where the values of the best come from."""
    names = [*ATTRIBUTES, "delta_g", "vapour_pressure"]
    found = {name: {str(row.get(f"{name}_source") or "") for row in best} for name in names}
    return {name: sorted(texts - {""}) for name, texts in found.items() if texts - {""}}
