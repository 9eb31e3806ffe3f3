"""Names beside points, where nothing is yet."""

from collections.abc import Sequence
from math import hypot

from matplotlib.axes import Axes
from matplotlib.textpath import TextPath

from maiscreen.screen.figure_style import BLACK, GREY, PaperFigure

POINTS_PER_INCH = 72.0
SIZE = 7.0
"""Of the letters, in points."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""

OFFSETS = tuple(
    (side, dy) for dy in (0, 8, -8, 15, -15, 22, -22, 30, -30, 38, -38) for side in (1, -1, 0)
)
"""Places to try: at the right, the left, above or below; the nearest first."""


def name_points(
    figure: PaperFigure, axes: Axes, points: Sequence[tuple[float, float, str]], bare: int = 0
) -> list[str]:
    """Write names beside points, once the figure is settled; on a line where they had to move away.

    Parameters
    ----------
    points : sequence of (float, float, str)
        In the units of the axes; what is named first has the best places.
    bare : int
        How many of the last ones are marks without a name, which names keep clear of.

    Returns
    -------
    list of str
        Names for which there was no place.
    """
    scale = POINTS_PER_INCH / figure.dpi
    frame = _scaled(axes.get_window_extent().extents, scale)
    places = [axes.transData.transform(point[:2]) * scale for point in points]
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    left_out = []
    for number, point in enumerate(points[: len(points) - bare]):
        x, y = places[number]
        box = _free(float(x), float(y), point[2], taken, frame)
        if box is None:
            left_out.append(point[2])
            continue
        taken.append(box)
        nearest = min(places, key=lambda other: _apart(box, float(other[0]), float(other[1])))
        clear = _apart(box, float(x), float(y)) < SIZE and nearest is places[number]
        _write(axes, point, (box[0] - x, box[1] - y), not clear, box[0] < x)
    return left_out


def _free(x: float, y: float, name: str, taken: Sequence[Box], frame: Box) -> Box | None:
    width = float(TextPath((0, 0), name, size=SIZE).get_extents().width)
    for side, dy in OFFSETS:
        left = {1: x + 5, -1: x - 5 - width, 0: x - width / 2}[side]
        bottom = y + dy - SIZE / 2
        box = (left - 1, bottom - 1, left + width + 1, bottom + SIZE + 1)
        inside = frame[0] < box[0] and box[2] < frame[2] and frame[1] < box[1] and box[3] < frame[3]
        if inside and not any(_meet(box, other) for other in taken):
            return box
    return None


def _apart(box: Box, x: float, y: float) -> float:
    """Give the distance of a point from a box."""
    return hypot(max(box[0] - x, x - box[2], 0.0), max(box[1] - y, y - box[3], 0.0))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _scaled(extents: Sequence[float], scale: float) -> Box:
    left, bottom, right, top = (float(one) * scale for one in extents)
    return left, bottom, right, top


def _write(
    axes: Axes, point: tuple[float, float, str], offset: tuple[float, float], far: bool, left: bool
) -> None:
    line = {"arrowstyle": "-", "color": GREY, "lw": 0.5, "shrinkA": 0, "shrinkB": 2.5}
    line["relpos"] = (1.0 if left else 0.0, 0.5)
    written = axes.annotate(
        point[2],
        point[:2],
        (offset[0] + 1, offset[1] + 1),
        textcoords="offset points",
        va="bottom",
        color=BLACK,
        arrowprops=line if far else None,
        # Error bars pass behind a name, not through it.
        bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.3},
        zorder=5,
    )
    written.set_in_layout(False)
