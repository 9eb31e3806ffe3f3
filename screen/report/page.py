"""The report: one HTML file that needs nothing else."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.descriptors.alloys.records import AlloySystem
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES
from maiscreen.screen.facts.answer import IN_DETAIL, IN_TABLE, explain_place
from maiscreen.screen.facts.compare import chances
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.figures.attributes import all_pairs, heading, profile, profile_of
from maiscreen.screen.figures.page import template
from maiscreen.screen.figures.paper import paper
from maiscreen.screen.figures.parallel import parallel
from maiscreen.screen.figures.process import funnel, plateaus_of, vapour
from maiscreen.screen.figures.ranks import ranks, weights
from maiscreen.screen.figures.svg_pen import draw
from maiscreen.screen.paper.cells import SHAPES
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.report.others import read_all
from maiscreen.screen.report.page_data import page_data, shared_ranks
from maiscreen.screen.report.periodic import elements

IN_LIST = 10
"""Rows of what comes out of bottles, and of what comes from cylinders."""

FIRST_COLUMNS = (
    ("rank", "Rank"), ("formula", "Precursor"), ("tier", "Tier"), ("p", "P"),
    ("place", "Expected place"), ("score", "Score"),
)  # fmt: skip
LAST_COLUMNS = (
    ("potential", "E / V"), ("vapour_25", "Vapour 25 °C / Pa"), ("vapour_60", "Vapour 60 °C / Pa"),
    ("state", "State"), ("handling", "From"), ("alloy", "Alloy in operation"), ("front", "Front"),
)  # fmt: skip
"""Names and headings of the columns of the table, before the attributes and after them."""

MOST_IS_BEST = (
    *("p", "score", "adhesion", "ionic_conductivity", "youngs_modulus", "potential"),
    *("vapour_25", "vapour_60", "front"),
)
"""Columns whose highest value is the best; of the others the lowest is, or the first letter."""

IN_PLOT, IN_CURVES, IN_CHANCES = 25, 10, 10
"""Rows and curves of a drawing; candidates of which it is said who beats whom."""

LADDER_PX, PAIRS_PX, PAPER_PX = 372.0, 1180.0, 420.0
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
    campaign, cells = findings.campaign, findings.cells
    rows = findings.shown
    data = page_data(findings, rows)
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
        data=data,
        draws=data["draws"],
        shared_ranks=shared_ranks(rows),
        columns=table_columns(),
        most_is_best=MOST_IS_BEST,
        chance_table=chance_table(findings, rows),
        **_elements(findings),
        **_details(findings),
        limits=(IN_TABLE, IN_DETAIL),
        **drawings(findings),
    )
    return html


def table_columns() -> list[tuple[str, str]]:
    """List the columns of the table, each with its heading."""
    attributes = [(name, heading(name)) for name in ATTRIBUTES]
    return [*FIRST_COLUMNS, *attributes, *LAST_COLUMNS]


def _elements(findings: Findings) -> dict[str, Any]:
    """Return what the periodic table is made of, and what the filters offer."""
    rows = read_all(findings.ranking)
    laid_out = elements(rows)
    lost = Counter(s.gate for one in laid_out for s in one.squares if s.gate)
    return {
        "elements": laid_out,
        "first_element": next((one.symbol for one in laid_out if one.squares), ""),
        "squares_lost": lost.most_common(),
        "metals": sorted({str(row["metal"]) for row in rows if row["metal"]}),
        "halogens": [x for x in HALOGENS if any(row["halogen"] == x for row in rows)],
    }


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
    """Draw one candidate above the paper's cells, which are the last and in the same order."""
    chosen = [] if row["key"] in {one["key"] for one in cells} else [row]
    return draw(profile_of(chosen, cells))


def ladder(system: AlloySystem) -> Markup:
    """Draw the plateaus of sodium in one metal."""
    return draw(plateaus_of([system]), LADDER_PX)


def drawings(findings: Findings) -> dict[str, Any]:
    """Draw the figures of a page by name; those of ranks are empty where nothing passed."""
    any_rank = bool(findings.ranked)
    return {
        "parallel": draw(parallel(findings, most=IN_PLOT), PAIRS_PX, "brushed") if any_rank else "",
        "in_plot": min(IN_PLOT, len(findings.distinct)),
        "in_curves": IN_CURVES,
        "front": [row for row in findings.shown if row["pareto"]],
        "ranks": draw(ranks(findings, most=IN_PLOT)) if any_rank else "",
        "weightings": draw(weights(findings, most=IN_PLOT)) if any_rank else "",
        "pareto": draw(all_pairs(findings), PAIRS_PX, "brushed") if any_rank else "",
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
