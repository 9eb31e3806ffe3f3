"""The scores beside the cycles that the paper measured, and what speaks against them."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from maiscreen.screen.figures.labels import name_points
from maiscreen.screen.figures.style import RED, PaperFigure, apply_style, label, mark
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

CYCLES = (30.0, 1000.0)
FURTHER = 1.3
"""Factor by which an arrow reaches beyond a cell that still ran."""

TICKS = (30, 100, 300, 1000)


def draw(cells: Sequence[Row], comparison: Mapping[str, Any], width: str = "single") -> PaperFigure:
    """Draw scores against cycles; bars hold 90 % of the draws.

    Parameters
    ----------
    cells : sequence of mapping
        Of `maiscreen.screen.paper.cells.measured_cells`.
    comparison : mapping
        Of `maiscreen.screen.paper.validate.validate`.
    """
    figure = PaperFigure(width, 78.0)
    with apply_style():
        axes = figure.subplots()
        axes.set(xscale="log", xlim=CYCLES, ylim=(0, 1.0), ylabel="Score (5th to 95th percentile)")
        axes.set_xlabel("Cycles to short circuit, measured\n(symmetric cell, 2 mA/cm², 1 mAh/cm²)")
        axes.set_xticks(TICKS, [str(tick) for tick in TICKS])
        axes.xaxis.minorticks_off()
        for cell in cells:
            _cell(axes, cell)
        axes.set_title(standing(comparison), fontsize=7, loc="left")
        figure.settle()
        points = [
            (c["cycles"], score, label(c)) for c in cells if (score := finite_or_none(c["score"]))
        ]
        busy = [(x, y, "") for cell in cells for x, y in _covered_places(cell)]
        name_points(figure, axes, [*points, *busy], len(busy))
    figure.about = f"Scores against measured cycles. {standing(comparison)}"
    return figure


def standing(comparison: Mapping[str, Any]) -> str:
    """Say in two lines how well the orders agree."""
    holds, controls = (
        "holds" if comparison[key] else "fails" for key in ("holds", "holds_with_controls")
    )
    share = f"{100 * comparison['probability_of_order']:.0f} % of the draws"
    chance = f"chance: {100 * comparison['chance_probability']:.0f} %"
    return (
        f"Sn > Si > Ti {holds} ({share}; {chance});\n"
        f"with the controls the order {controls}; Kendall’s τ = {comparison['kendall_tau']:.2f}"
    )


def _covered_places(cell: Row) -> list[tuple[float, float]]:
    """Give places that names keep clear of: along the bar, and where the arrow points."""
    low, high = finite_or_none(cell.get("score_low")), finite_or_none(cell.get("score_high"))
    x, score = float(cell["cycles"]), finite_or_none(cell["score"])
    bar = [] if low is None or high is None else [low + (high - low) * k / 24 for k in range(25)]
    beside = [(x * FURTHER**k, score) for k in (0.5, 1.0) if score and _is_running(cell)]
    return [*((x, y) for y in bar), *beside]


def _is_running(cell: Row) -> bool:
    """Return whether the cell still ran when the paper was written."""
    return str(cell.get("note", "")).startswith("more than")


def _cell(axes: Axes, cell: Row) -> None:
    score, low, high = (
        finite_or_none(cell.get(name)) for name in ("score", "score_low", "score_high")
    )
    if score is None:
        return
    look = mark({**cell, "rank": 1})
    x = float(cell["cycles"])
    if low is not None and high is not None:
        # No error bar of the score: the interval of the draws need not hold it.
        axes.plot([x, x], [low, high], color=RED, lw=0.8, marker="_", ms=5, zorder=2)
    if _is_running(cell):
        line = {"arrowstyle": "->", "lw": 0.8, "color": RED, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (x * FURTHER, score), (x, score), arrowprops=line)
    axes.plot([x], [score], **look, linestyle="none", label=str(cell["key"]), zorder=3)
