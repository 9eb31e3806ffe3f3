"""The scores beside the cycles that the paper measured, and what speaks against them."""

from collections.abc import Mapping
from typing import Any

from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.figure import Axis, Figure, Line, Mark, Panel, linear
from maiscreen.screen.figures.rows import label_of, point_of
from maiscreen.screen.text import finite_or_none, significant

Row = Mapping[str, Any]

CYCLES = (30.0, 100.0, 300.0, 1000.0)
"""Ends of the axis and its numbers."""

FURTHER = 1.3
"""Factor by which an arrow reaches beyond a cell that still ran."""


def paper(findings: Findings) -> Figure:
    """Show scores against the cycles that the paper measured; bars hold 90 % of the draws."""
    label = "Cycles to short circuit, measured\n(symmetric cell, 2 mA/cm², 1 mAh/cm²)"
    ticks = tuple((cycles, f"{cycles:g}") for cycles in CYCLES)
    x = Axis(label, CYCLES[0], CYCLES[-1], ticks, logarithmic=True)
    y = linear("Score (5th to 95th percentile)", 0.0, 1.0)
    marks = tuple(mark for cell in findings.measured for mark in _cell(cell))
    title = standing(findings.comparison)
    listed = "; ".join(
        f"{c['name']}: {c['cycles']} cycles, score {significant(c.get('score'))}"
        for c in findings.measured
    )
    about = f"Scores against measured cycles. {listed}. {title}".strip().replace("\n", " ")
    return Figure((Panel(x, y, marks, 56.0, title),), about)


def standing(comparison: Mapping[str, Any]) -> str:
    """State in two lines how well the orders agree; nothing of a comparison that is not whole."""
    needed = {"holds", "holds_with_controls", "probability_of_order", "kendall_tau"}
    if not needed <= {*comparison}:
        return ""
    holds, controls = (
        "holds" if comparison[key] else "fails" for key in ("holds", "holds_with_controls")
    )
    share = f"{100 * comparison['probability_of_order']:.0f} % of the draws"
    chance = f"chance: {100 * comparison['chance_probability']:.0f} %"
    return (
        f"Sn > Si > Ti {holds} ({share}; {chance});\n"
        f"with the controls the order {controls}; Kendall’s τ = {comparison['kendall_tau']:.2f}"
    )


def _cell(cell: Row) -> list[Mark]:
    score, low, high = (
        finite_or_none(cell.get(name)) for name in ("score", "score_low", "score_high")
    )
    if score is None:
        return []
    x = float(cell["cycles"])
    marks: list[Mark] = []
    if low is not None and high is not None:
        # No error bar of the score: the interval of the draws need not hold it.
        bar = (x, low), (x, high)
        marks.append(Line(bar, "error", paper=True, capped=True, apart=True))
    if str(cell.get("note", "")).startswith("more than"):
        # The cell still ran when the paper was written.
        marks.append(Line(((x, score), (x * FURTHER, score)), "running", paper=True, apart=True))
    tip, name = str(cell["name"]), label_of(cell)
    return [*marks, point_of(cell, x, score, full=True, tip=tip, name=name)]
