"""Where candidates were lost, gate by gate."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from maiscreen.screen.figures.figure_axes import rows_axis
from maiscreen.screen.figures.style import BLUE, GREY, PaperFigure, styled, text

ROW_MM, FRAME_MM = 6.0, 13.0
"""Height of a row, and of what stands above and below the rows."""


def draw(steps: Sequence[tuple[str, int]], width: str = "single") -> PaperFigure:
    """Draw how many candidates are left after each gate, and how many it takes, hatched.

    Parameters
    ----------
    steps : sequence of (str, int)
        Of `maiscreen.screen.facts.funnel.funnel`.
    """
    figure = PaperFigure(width, ROW_MM * len(steps) + FRAME_MM)
    with styled():
        axes = figure.subplots()
        rows_axis(axes, range(len(steps)), [text(name) for name, _ in steps])
        for y, (name, left) in enumerate(steps):
            before = steps[max(y - 1, 0)][1]
            axes.barh(y, left, height=0.66, color=BLUE, lw=0, label=f"{name} left")
            if y:
                _lost(axes, y, name, left, before)
            told = f"{left:,} left" + (f", {before - left:,} lost" if y else "")
            axes.annotate(told, (before, y), (3, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, max(steps[0][1], 1) * 1.02)
        axes.set_xlabel("Candidates")
        axes.spines["left"].set_visible(False)
    figure.settle()
    figure.about = "; ".join(f"{name}: {left:,} left" for name, left in steps)
    return figure


def _lost(axes: Axes, y: int, name: str, left: int, before: int) -> None:
    axes.barh(
        y,
        before - left,
        left=left,
        height=0.66,
        facecolor="white",
        edgecolor=GREY,
        hatch="/////",
        lw=0.5,
        label=f"{name} lost",
    )
