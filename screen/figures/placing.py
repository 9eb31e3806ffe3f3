"""Where names stand: beside points where nothing is yet, and at the ends of curves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from math import cos, hypot, pi, sin

from maiscreen.screen.figures.figure import Line, Panel, Point

Box = tuple[float, float, float, float]
"""Least x, least y, most x, most y, in the units of a pen."""

Place = tuple[float, float]

STEPS = tuple(
    (side, sign * step / 7)
    for step in range(0, 48, 4)
    for sign in ((1, -1) if step else (1,))
    for side in (1, -1, 0)
)
"""Places to try, in heights of letters: right, left, above or below; the nearest first."""


RING = 16
"""Places to try around a mark at each distance."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that has a place: of which point, where that is, and what the name covers."""

    point: Point
    place: Place
    box: Box
    far: bool
    """Whether it could be taken for that of another point, and needs a line to its own."""


def place_names(
    panel: Panel,
    place: Callable[[float, float], Place],
    width: Callable[[str], float],
    frame: Box,
    size: float,
) -> list[Name]:
    """Find places for the names of a panel's points; a name for which there is none is left out.

    Parameters
    ----------
    panel : Panel
        Of its points what is named first has the best places; names keep clear of all marks.
    place, width : callable
        Where data stand, and how long a name is, in the units of the pen.
    frame : Box
        What holds all names.
    size : float
        Height of the letters.
    """
    points = [mark for mark in panel.marks if isinstance(mark, Point)]
    named = [point for point in points if point.name]
    places = [place(one.x, one.y) for one in (*named, *(p for p in points if not p.name))]
    places += [place(x, y) for x, y in _along_lines(panel)]
    room = 3 * size / 7
    taken = [(x - room, y - room, x + room, y + room) for x, y in places]
    names = []
    for number, point in enumerate(named):
        boxes = _around(places[number], width(point.name), size)
        free = (
            box
            for box in boxes
            if _within(box, frame) and not any(_meet(box, other) for other in taken)
        )
        first, clear = None, None
        for box in free:
            first = first or box
            if _is_clear(box, places, number, size):
                clear = box
                break
        chosen = clear or first
        if chosen is not None:
            taken.append(chosen)
            names.append(Name(point, places[number], chosen, clear is None))
    return names


def _along_lines(panel: Panel) -> list[Place]:
    """Return places along the lines that names keep clear of."""
    lines = [mark.points for mark in panel.marks if isinstance(mark, Line) and mark.apart]
    return [
        (a[0] + (b[0] - a[0]) * k / 24, a[1] + (b[1] - a[1]) * k / 24)
        for line in lines
        for a, b in pairwise(line)
        for k in range(25)
    ]


def _around(place: Place, width: float, size: float) -> list[Box]:
    """Return boxes for a name around a point, the nearest first."""
    (x, y), edge = place, size / 7
    lefts = {1: x + 5 * edge, -1: x - 5 * edge - width, 0: x - width / 2}
    half = size / 2 + edge
    return [
        (lefts[side] - edge, y + dy * size - half, lefts[side] + width + edge, y + dy * size + half)
        for side, dy in STEPS
    ]


def _is_clear(box: Box, places: Sequence[Place], number: int, size: float) -> bool:
    """Return whether nobody would take the name for that of another point."""
    own = _apart(box, *places[number])
    return own < size and own == min(_apart(box, *other) for other in places)


def _within(box: Box, frame: Box) -> bool:
    return frame[0] < box[0] and box[2] < frame[2] and frame[1] < box[1] and box[3] < frame[3]


def _apart(box: Box, x: float, y: float) -> float:
    """Return the distance of a point from a box."""
    return hypot(max(box[0] - x, x - box[2], 0.0), max(box[1] - y, y - box[3], 0.0))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def set_apart(places: Sequence[Place], apart: float) -> list[Place]:
    """Move places to where they are at least so far from those before them, as near as can be.

    Examples
    --------
    >>> set_apart([(0.0, 0.0), (20.0, 0.0), (0.0, 0.0)], 9.0)[:2]
    [(0.0, 0.0), (20.0, 0.0)]
    """
    taken: list[Place] = []
    for place in places:
        taken.append(next(near for near in _rings(place, apart) if _is_free(near, taken, apart)))
    return taken


def _rings(place: Place, apart: float) -> Iterator[Place]:
    """Yield a place and those around it, ring after ring without an end."""
    yield place
    for ring in count(1):
        for step in range(RING):
            angle = 2 * pi * step / RING
            radius = ring * apart / 4
            yield place[0] + radius * cos(angle), place[1] + radius * sin(angle)


def _is_free(place: Place, taken: Sequence[Place], apart: float) -> bool:
    return all(hypot(place[0] - x, place[1] - y) >= apart - 1e-9 for x, y in taken)


def spread(places: Sequence[float], apart: float) -> list[float]:
    """Move places up until each is at least so far from the one before it.

    Examples
    --------
    >>> spread([5.0, 0.0, 1.0], 2.0)
    [5.0, 0.0, 2.0]
    """
    moved, last = list(places), float("-inf")
    for i in sorted(range(len(places)), key=places.__getitem__):
        moved[i] = last = max(places[i], last + apart)
    return moved
