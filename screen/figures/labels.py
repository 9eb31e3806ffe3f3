"""Names beside points, where nothing is yet."""

from collections.abc import Sequence
from math import hypot

from matplotlib.axes import Axes
from matplotlib.textpath import TextPath

from maiscreen.screen.figures.style import BLACK, GREY, PaperFigure

POINTS_PER_INCH = 72.0
SIZE = 7.0
"""Of the letters, in points."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""

OFFSETS = tuple(
    (side, sign * step)
    for step in range(0, 48, 4)
    for sign in ((1, -1) if step else (1,))
    for side in (1, -1, 0)
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
    places = [_place(axes, point, scale) for point in points]
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in places]
    left_out = []
    for number, point in enumerate(points[: len(points) - bare]):
        free = [
            box
            for box in _around(places[number], point[2])
            if _within(box, frame) and not any(_meet(box, other) for other in taken)
        ]
        if not free:
            left_out.append(point[2])
            continue
        clear = [box for box in free if _is_clear(box, places, number)]
        box = (clear or free)[0]
        taken.append(box)
        _write(axes, point, places[number], box, not clear)
    return left_out


def _place(axes: Axes, point: tuple[float, float, str], scale: float) -> tuple[float, float]:
    x, y = axes.transData.transform(point[:2]) * scale
    return float(x), float(y)


def _around(place: tuple[float, float], name: str) -> list[Box]:
    """Give boxes for a name around a point, the nearest first."""
    width = float(TextPath((0, 0), name, size=SIZE).get_extents().width)
    x, y = place
    lefts = {1: x + 5, -1: x - 5 - width, 0: x - width / 2}
    return [
        (lefts[side] - 1, y + dy - SIZE / 2 - 1, lefts[side] + width + 1, y + dy + SIZE / 2 + 1)
        for side, dy in OFFSETS
    ]


def _is_clear(box: Box, places: Sequence[tuple[float, float]], number: int) -> bool:
    """Return whether nobody would take the name for that of another point."""
    own = _apart(box, *places[number])
    return own < SIZE and own == min(_apart(box, *other) for other in places)


def _within(box: Box, frame: Box) -> bool:
    return frame[0] < box[0] and box[2] < frame[2] and frame[1] < box[1] and box[3] < frame[3]


def _apart(box: Box, x: float, y: float) -> float:
    """Give the distance of a point from a box."""
    return hypot(max(box[0] - x, x - box[2], 0.0), max(box[1] - y, y - box[3], 0.0))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _scaled(extents: Sequence[float], scale: float) -> Box:
    left, bottom, right, top = (float(one) * scale for one in extents)
    return left, bottom, right, top


def _write(
    axes: Axes,
    point: tuple[float, float, str],
    place: tuple[float, float],
    box: Box,
    far: bool,
) -> None:
    (left, bottom, right, top), (x, y) = box, place
    beside = min(max((x - left) / (right - left), 0.0), 1.0)
    level = 0.0 if bottom > y else 1.0 if top < y else 0.5
    line = {"arrowstyle": "-", "color": GREY, "lw": 0.5, "shrinkA": 0, "shrinkB": 2.5}
    written = axes.annotate(
        point[2],
        point[:2],
        (left + 1 - x, bottom + 1 - y),
        textcoords="offset points",
        va="bottom",
        color=BLACK,
        arrowprops=line | {"relpos": (beside, level)} if far else None,
        # Error bars pass behind a name, not through it.
        bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 0.3},
        zorder=5,
    )
    written.set_in_layout(False)
