"""The phases of sodium with a metal and their plateaus."""

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from maiscreen.descriptors.alloys.alloying import PLATEAU_STD_V
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.facts.plateaus import on_hull
from maiscreen.screen.figures.style import BLACK, BLUE, PALE, RED, PaperFigure, styled, text

PANEL_MM, KEYS_MM = 56.0, 10.0
"""Height of a panel, and of the keys below."""


NEAT = [1, 2, 5, 10]
"""What numbers of an axis may be multiples of."""


def draw(systems: Sequence[AlloySystem], width: str = "single") -> PaperFigure:
    """Draw the ladders of plateaus, a panel for each system that has any phase on its hull."""
    across = min(len(systems), 2 if width == "double" else 1)
    down = ceil(len(systems) / across)
    figure = PaperFigure(width, down * PANEL_MM + KEYS_MM)
    with styled():
        panels = figure.subplots(down, across, squeeze=False, sharey=True)
        for axes in panels.flat[len(systems) :]:
            axes.set_axis_off()
        for axes, system in zip(panels.flat, systems, strict=False):
            _ladder(axes, system)
        tops = [_top(step) for system in systems for step in on_hull(system)]
        panels.flat[0].set_ylim(0, 1.25 * max(*tops, 0.2) + 0.1)
        figure.legend(handles=_keys(), loc="outside lower center", ncols=3)
    figure.settle()
    metals = ", ".join(system.metal for system in systems)
    figure.about = f"Plateaus of sodium in {metals}, computed and measured"
    return figure


def _ladder(axes: Axes, system: AlloySystem) -> None:
    steps = on_hull(system)
    before = 0.0, 0.0
    for step in steps:
        _step(axes, step, before)
        right, level = step.sodium_per_metal, step.plateau_v or 0.0
        axes.annotate(
            text(step.formula),
            ((before[0] + right) / 2, _top(step) + PLATEAU_STD_V),
            (0, 1),
            textcoords="offset points",
            rotation=60,
            rotation_mode="anchor",
            va="bottom",
        )
        before = right, level
    axes.set_xlim(0, before[0] * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=NEAT))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=NEAT))
    axes.set(xlabel=f"Sodium atoms per {system.metal} atom", ylabel="Potential (V vs Na/Na⁺)")
    axes.set_title(f"Na–{system.metal}", loc="right")


def _top(step: AlloyPhase) -> float:
    return max(step.plateau_v or 0.0, step.measured_plateau_v or 0.0)


def _step(axes: Axes, step: AlloyPhase, before: tuple[float, float]) -> None:
    """Draw one plateau with its error, the fall from the last one, and what was measured."""
    left, right, level = before[0], step.sodium_per_metal, step.plateau_v or 0.0
    band = level - PLATEAU_STD_V, level + PLATEAU_STD_V
    axes.fill_between([left, right], *band, color=PALE, lw=0, zorder=1)
    if left:
        axes.plot([left, left], [before[1], level], color=BLUE, lw=0.8, zorder=2)
    axes.plot([left, right], [level] * 2, color=BLUE, lw=1.4, label=step.formula, zorder=3)
    if step.measured_plateau_v is not None:
        axes.plot(
            [left, right],
            [step.measured_plateau_v] * 2,
            color=RED,
            lw=1.2,
            ls=(0, (2.5, 1.2)),
            label=f"{step.formula} measured",
            zorder=3,
        )


def _keys() -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=BLUE, lw=1.4, label="computed"),
        Patch(facecolor=PALE, edgecolor=BLACK, lw=0.0, label=f"± {PLATEAU_STD_V:.2f} V"),
        Line2D([], [], color=RED, lw=1.2, ls=(0, (2.5, 1.2)), label="measured"),
    ]
