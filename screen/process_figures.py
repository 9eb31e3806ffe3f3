"""Figures of the page: what the gates remove, plateaus of alloys, vapour over temperature."""

from collections.abc import Sequence
from typing import Any

from maiscreen.screen.svg import Axis, box, drawing, words


def funnel_figure(steps: Sequence[tuple[str, int]]) -> Any:
    """Draw how many candidates are left after each gate, and how many it takes, hatched."""
    axis = Axis(0, max(steps[0][1], 1), 130, 640)
    parts = []
    for place, (name, left) in enumerate(steps):
        y, before = 8 + 28 * place, steps[max(place - 1, 0)][1]
        parts.append(words(120, y + 14, name, "end"))
        parts.append(box(130, y, axis(left) - 130, 20, "bar"))
        parts.append(box(axis(left), y, axis(before) - axis(left), 20, "hatched"))
        gone = f"{left:,} left" + (f", {before - left:,} lost" if place else "")
        parts.append(words(axis(before) + 8, y + 14, gone))
    label = "; ".join(f"{name}: {left:,} left" for name, left in steps)
    return drawing(800, 16 + 28 * len(steps), f"Candidates left after each gate. {label}.", *parts)
