"""Figures drawn as inline SVG for a page that stands alone; roles are classes of its style."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from maiscreen.screen.figures.figure import (
    Area,
    Axis,
    Figure,
    Key,
    Line,
    Mark,
    Panel,
    Point,
    Rule,
    Text,
)
from maiscreen.screen.figures.placing import place_names, set_apart, spread
from maiscreen.screen.figures.svg import box, drawing, line, mark, node, words

WIDTH = 860.0
"""Of a figure, if nothing else is said."""

LETTER, SIZE, LINE = 6.6, 11.5, 15.0
"""Width of a letter, height of the letters of names, distance of lines."""

ROW_PX_MM, PX_MM, ACROSS_MM = 4.6, 5.7, 71.0
"""Pixels to a millimetre of rows and, at most, of other panels; these are so high as in a column
of a paper whose axes span so many millimetres."""

DASHES = 4
"""Kinds of dashed curves in the page's style."""


MARK_PX = 9.5
"""Least distance of marks that do not cover each other."""


class _Frame:
    """Where the data of a panel stand in the drawing."""

    def __init__(self, panel: Panel, left: float, top: float, width: float) -> None:
        self.panel, self.named = panel, True
        self.left, self.right = left, left + width
        self.top, self.bottom = top, top + _height(panel, width)
        if panel.crowded:
            self.panel = _set_marks_apart(self)

    def x(self, value: float | None) -> float:
        """Return the place of a value across, within the axis; of None the middle."""
        return self.left + _share(self.panel.x, value) * (self.right - self.left)

    def y(self, value: float | None) -> float:
        """Return the place of a value up, within the axis; of None the middle."""
        return self.bottom + _share(self.panel.y, value) * (self.top - self.bottom)


def _set_marks_apart(frame: _Frame) -> Panel:
    """Move marks that would cover each other, each with a line to where it belongs."""
    panel = frame.panel
    points = [mark for mark in panel.marks if isinstance(mark, Point)]
    # Those drawn last have names: they stay.
    places = [(frame.x(point.x), frame.y(point.y)) for point in reversed(points)]
    moved = reversed(set_apart(places, MARK_PX))
    marks: list[Mark] = [mark for mark in panel.marks if not isinstance(mark, Point)]
    for point, (x, y) in zip(points, moved, strict=True):
        there = replace(
            point,
            x=panel.x.value((x - frame.left) / (frame.right - frame.left)),
            y=panel.y.value((frame.bottom - y) / (frame.bottom - frame.top)),
        )
        ends = (point.x, point.y), (there.x, there.y)
        if (x, y) != (frame.x(point.x), frame.y(point.y)):
            marks.append(Line(ends, "error", key=point.key))
        marks.append(there)
    return replace(panel, marks=tuple(marks))


def _share(axis: Axis, value: float | None) -> float:
    return 0.5 if value is None else min(max(axis.share(value), 0.0), 1.0)


def _height(panel: Panel, width: float) -> float:
    if panel.y.rows:
        return panel.height_mm * ROW_PX_MM
    return min(panel.height_mm / ACROSS_MM * width, panel.height_mm * PX_MM)


def draw(figure: Figure, width: float = WIDTH, class_: str = "") -> Markup:
    """Draw a figure.

    Parameters
    ----------
    figure : Figure
        Its description.
    width : float
        In pixels; a narrow page shows it smaller.
    class_ : str
        What the page does with it: ``brushed`` if boxes can be drawn over its marks.
    """
    across = figure.across(wide=True)
    lefts = [max(_left(one, k) for one in figure.panels[k::across]) for k in range(across)]
    rights = [max(_right(one, width) for one in figure.panels[k::across]) for k in range(across)]
    plot = (width - sum(lefts) - sum(rights)) / across
    parts: list[Markup] = []
    top = 0.0
    for first in range(0, len(figure.panels), across):
        row, left, bottom = figure.panels[first : first + across], 0.0, top
        for k, panel in enumerate(row):
            frame = _Frame(panel, left + lefts[k], top + _head(panel), plot)
            frame.named = not k or row[k - 1].y != panel.y
            parts.append(node("g", *_axes(frame), *_marks(frame)))
            left += lefts[k] + plot + rights[k]
            bottom = max(bottom, frame.bottom + 24 + LINE * len(panel.x.label.splitlines()))
        top = bottom + 6
    keys, below = _legend(figure.legend, lefts[0], top + 10, width)
    return drawing(width, below if keys else top, figure.about, *parts, *keys, class_=class_)


def _left(panel: Panel, column: int) -> float:
    """Return the room that a panel needs at its left; rows have their names in the first column."""
    if column and panel.y.rows:
        return 22.0
    letters = max((len(text) for _, text in panel.y.ticks), default=0)
    return 14 + LETTER * letters + (0 if panel.y.rows else 18)


def _right(panel: Panel, width: float) -> float:
    """Return the room that a panel needs at its right."""
    notes = [14 + LETTER * len(text) for _, text in panel.notes]
    names = [34 + LETTER * len(m.name) for m in panel.marks if isinstance(m, Line) and m.name]
    room = width - _left(panel, 0)
    for text in (m for m in panel.marks if isinstance(m, Text) and m.side == "right"):
        share = _share(panel.x, text.x)
        if text.x is not None and share > 0:
            names.append((10 + LETTER * len(text.words) - room * (1 - share)) / share)
    return max([14.0, *notes, *names])


def _head(panel: Panel) -> float:
    return 12 + LINE * len(panel.title.splitlines()) + (LINE if panel.headed else 0.0)


def _axes(frame: _Frame) -> Iterator[Markup]:
    """Draw both axes with numbers and labels, the title, and what stands right of rows."""
    panel = frame.panel
    yield line(frame.left, frame.bottom, frame.right, frame.bottom, "axis")
    for place, text in panel.x.ticks:
        at = frame.x(place)
        yield line(at, frame.bottom, at, frame.bottom + 4, "axis")
        yield words(at, frame.bottom + 16, text, "middle", class_="soft")
    for i, text in enumerate(panel.x.label.splitlines()):
        middle = (frame.left + frame.right) / 2
        yield words(middle, frame.bottom + 34 + LINE * i, text, "middle")
    for i, text in enumerate(panel.title.splitlines()):
        yield words(frame.left, frame.top - _head(panel) + LINE * (i + 1), text)
    for y, text in panel.notes:
        # What heads the column stands above the panel.
        at = frame.y(y) + 4 if panel.y.holds(y) else frame.top - 4
        yield words(frame.right + 12, at, text, class_="soft")
    yield from _rows(frame) if panel.y.rows else _numbers(frame)


def _rows(frame: _Frame) -> Iterator[Markup]:
    for place, text in frame.panel.y.ticks if frame.named else ():
        yield words(frame.left - 10, frame.y(place) + 4, text, "end")


def _numbers(frame: _Frame) -> Iterator[Markup]:
    axis, letters = frame.panel.y, 0
    yield line(frame.left, frame.bottom, frame.left, frame.top, "axis")
    for place, text in axis.ticks:
        at = frame.y(place)
        yield line(frame.left - 4, at, frame.left, at, "axis")
        if frame.named:
            letters = max(letters, len(text))
            yield words(frame.left - 6, at + 4, text, "end", class_="soft")
    if frame.named:
        x, y = frame.left - 16 - LETTER * letters, (frame.top + frame.bottom) / 2
        yield words(x, y, axis.label, "middle", transform=f"rotate(-90 {x:.1f} {y:.1f})")


def _marks(frame: _Frame) -> Iterator[Markup]:
    """Draw what is in a panel: areas below lines, lines below marks, words on top."""
    marks = frame.panel.marks
    for one in sorted(marks, key=lambda one: _LAYERS.index(type(one))):
        yield from _mark(frame, one)
    yield from _curve_names(frame, [m for m in marks if isinstance(m, Line) and m.name])
    yield from _point_names(frame)


_LAYERS = (Area, Rule, Line, Point, Text)


def _mark(frame: _Frame, item: Mark) -> Iterator[Markup]:
    match item:
        case Point():
            at = frame.x(item.x), frame.y(item.y)
            yield mark(item.shape, *at, _point_class(item), item.tip, key=item.key)
        case Line():
            yield from _line(frame, item)
        case Text():
            yield from _text(frame, item)
        case Area():
            left, right = map(frame.x, frame.panel.x.ends(item.x))
            low, high = map(frame.y, frame.panel.y.ends(item.y))
            yield box(left, low, right - left, high - low, item.role)
        case Rule(role, x, y):
            if x is not None:
                yield line(frame.x(x), frame.bottom, frame.x(x), frame.top, role)
            if y is not None:
                yield line(frame.left, frame.y(y), frame.right, frame.y(y), role)


def _point_class(point: Point) -> str:
    series = "" if point.series == "candidate" else point.series
    return " ".join(filter(None, ("full" if point.full else "", series)))


def _line(frame: _Frame, curve: Line) -> Iterator[Markup]:
    places = [(frame.x(x), frame.y(y)) for x, y in curve.points]
    title = [node("title", curve.tip)] if curve.tip else []
    if len(places) == 2:
        yield line(*places[0], *places[1], _line_class(curve), *title, key=curve.key)
    else:
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        key = curve.key or None
        yield node("path", *title, d=path, class_=_line_class(curve), data_key=key)
    for x, y in places[1::4] if curve.shape else ():
        yield mark(str(curve.shape), x, y, "full paper", size=0.55)
    if curve.capped or curve.role == "running":
        yield from _ends(frame, curve, places)


def _line_class(one: Line) -> str:
    dash = f"dash{(one.number - 1) % DASHES + 1}" if one.number else ""
    faint = "faint" if one.role == "error" and not one.capped else ""
    return " ".join(filter(None, (one.role, dash, faint, "paper" if one.paper else "")))


def _ends(frame: _Frame, curve: Line, places: Sequence[tuple[float, float]]) -> Iterator[Markup]:
    """Close the ends of a line, or tell by an arrow that it goes on."""
    pairs = zip(curve.points, places, reversed(places), strict=True)
    for number, ((x, y), (px, py), other) in enumerate(pairs):
        held = frame.panel.x.holds(x) and frame.panel.y.holds(y)
        if curve.role == "running" and not number:
            continue
        across = py == other[1]
        # An arrow opens towards the other end.
        back = 0 if held and curve.capped else 5 if other[0] + other[1] > px + py else -5
        dx, dy = (back, 4) if across else (4, back)
        first = (px + dx, py - dy) if across else (px - dx, py + dy)
        last = (px + dx, py + dy)
        path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in (first, (px, py), last))
        yield node("path", d=path, class_=_line_class(curve))


def _text(frame: _Frame, text: Text) -> Iterator[Markup]:
    x, y = frame.x(text.x), frame.y(text.y)
    style = "soft" if text.soft else "tag"
    if text.turn:
        x, y = x - 3, y - 4
        yield words(
            x, y, text.words, class_=style, transform=f"rotate(-{text.turn} {x:.1f} {y:.1f})"
        )
        return
    anchor, offset = {"left": ("end", -4), "right": ("start", 7), "middle": ("middle", 0)}[
        text.side
    ]
    lines = text.words.split("\n")
    first = {
        "above": -5 - LINE * (len(lines) - 1),
        "middle": 4 - LINE / 2 * (len(lines) - 1),
        "below": 14,
    }[text.level]
    for i, row in enumerate(lines):
        yield words(x + offset, y + first + LINE * i, row, anchor, class_=style)


def _curve_names(frame: _Frame, curves: Sequence[Line]) -> Iterator[Markup]:
    """Name curves right of their ends, moved apart where these are close to each other."""
    ends = [(frame.x(one.points[-1][0]), frame.y(one.points[-1][1])) for one in curves]
    for one, (x, y), at in zip(curves, ends, spread([y for _, y in ends], LINE), strict=True):
        path = f"M{x:.1f} {y:.1f}L{frame.right + 12:.1f} {at:.1f}h6"
        yield node("path", d=path, class_="leader")
        yield words(frame.right + 22, at + 4, one.name)


def _point_names(frame: _Frame) -> Iterator[Markup]:
    """Name points where nothing is yet, on a leader if far; else their tooltips tell."""
    room = (frame.left, frame.top, frame.right + 40, frame.bottom)
    names = place_names(
        frame.panel, lambda x, y: (frame.x(x), frame.y(y)), lambda t: LETTER * len(t), room, SIZE
    )
    for name in names:
        (x, y), (left, top, right, bottom) = name.place, name.box
        if name.far:
            near = min(max(x, left), right), min(max(y, top), bottom)
            yield line(x, y, *near, "leader")
        middle = (left + right) / 2, (top + bottom) / 2 + 4
        yield words(*middle, name.point.name, "middle", class_="tag")


def _legend(
    legend: Sequence[Key], left: float, top: float, width: float
) -> tuple[list[Markup], float]:
    """Explain marks below the panels, as many on a line as fit; give where they end, too."""
    parts: list[Markup] = []
    x = left
    for key in legend:
        signs = 14 * len(key.marks) + (14 if not isinstance(key.marks[0], Point) else 0)
        needed = signs + 24 + LETTER * len(key.words)
        if x > left and x + needed > width:
            x, top = left, top + 20
        for i, one in enumerate(key.marks):
            parts.append(_sign(one, x + 14 * i, top))
        parts.append(words(x + signs + 6, top + 4, key.words))
        x += needed
    return parts, top + 12


def _sign(item: Mark, x: float, y: float) -> Markup:
    match item:
        case Point():
            return mark(item.shape, x + 7, y, _point_class(item))
        case Line():
            return line(x, y, x + 28, y, _line_class(item))
        case Area(role):
            return box(x, y - 6, 28, 12, role)
    raise TypeError(item)
