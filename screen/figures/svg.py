"""Drawings as inline SVG: text stays text, and the page decides on every colour."""

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from markupsafe import Markup, escape

SHAPES = {
    "circle": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "square": "M-4.2-4.2h8.4v8.4h-8.4z",
    "triangle": "M0-5.4L5.2 4.2H-5.2z",
    "diamond": "M0-6L5.4 0L0 6L-5.4 0z",
    "cross": "M-4.6-4.6L4.6 4.6M-4.6 4.6L4.6-4.6",
    "plus": "M0-5.6V5.6M-5.6 0H5.6",
    "down": "M0 5.4L5.2-4.2H-5.2z",
}
"""Marks around the origin: they tell series apart without colour."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a value stands in a drawing; what lies outside is drawn at the nearer end.

    Examples
    --------
    >>> axis = Axis(0, 10, 100, 200)
    >>> axis(5), axis(99), axis.ticks(3)
    (150.0, 200.0, [0.0, 5.0, 10.0])
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value."""
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)

    def holds(self, value: float) -> bool:
        """Return whether a value lies between the ends."""
        return self.low <= value <= self.high

    def ticks(self, most: int = 5) -> list[float]:
        """Choose round numbers between the ends."""
        span = (self.high - self.low) or 1.0
        size = 10.0 ** floor(log10(span / most))
        step = next(k * size for k in (1, 2, 5, 10) if span / (k * size) <= most)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [round(k * step, 12) for k in range(first, last + 1)]


def node(name: str, *children: object, **attributes: object) -> Markup:
    """Write one element; every text is escaped, attributes that are None are left out.

    Examples
    --------
    >>> str(node("text", "a < b", x=1.25, class_="soft"))
    '<text x="1.2" class="soft">a &lt; b</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(escape(child) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def drawing(width: float, height: float, label: str, *children: object) -> Markup:
    """Frame a drawing, with what to say to those who cannot see it."""
    return node(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        role="img",
        aria_label=label,
    )


def words(x: float, y: float, text: object, anchor: str = "start", **more: Any) -> Markup:
    """Write a line of text."""
    return node("text", text, x=x, y=y, text_anchor=None if anchor == "start" else anchor, **more)


def line(x1: float, y1: float, x2: float, y2: float, class_: str = "line") -> Markup:
    """Draw a straight line."""
    return node("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Draw a rectangle, from any of its corners."""
    left, top = min(x, x + width), min(y, y + height)
    return node("rect", x=left, y=top, width=abs(width), height=abs(height), class_=class_)


def mark(shape: str, x: float, y: float, kind: str = "", title: str = "") -> Markup:
    """Set a mark; ``kind`` is ``full`` for a filled one, ``paper`` for one of the paper's."""
    tip = [node("title", title)] if title else []
    place = f"translate({x:.1f} {y:.1f})"
    return node(
        "path",
        *tip,
        d=SHAPES[shape],
        transform=place,
        class_=" ".join(filter(None, ("mark", kind))),
    )


def bottom_axis(axis: Axis, y: float, logarithmic: bool = False, most: int = 5) -> Markup:
    """Draw a horizontal axis with its numbers below."""
    parts = [line(axis.start, y, axis.end, y, "axis")]
    for tick in _ticks(axis, logarithmic, most):
        parts.append(line(axis(tick), y, axis(tick), y + 4, "axis"))
        text = tick_text(tick, logarithmic)
        parts.append(words(axis(tick), y + 16, text, "middle", class_="soft"))
    return node("g", *parts)


def left_axis(axis: Axis, x: float, logarithmic: bool = False, most: int = 5) -> Markup:
    """Draw a vertical axis with its numbers at the left."""
    parts = [line(x, axis.start, x, axis.end, "axis")]
    for tick in _ticks(axis, logarithmic, most):
        parts.append(line(x - 4, axis(tick), x, axis(tick), "axis"))
        text = tick_text(tick, logarithmic)
        parts.append(words(x - 6, axis(tick) + 4, text, "end", class_="soft"))
    return node("g", *parts)


def _ticks(axis: Axis, logarithmic: bool, most: int) -> list[float]:
    ticks = axis.ticks(most)
    return [t for t in ticks if not logarithmic or t == round(t)]


def tick_text(value: float, logarithmic: bool = False) -> str:
    """Write the number at a tick; of a logarithmic axis the power of ten.

    Examples
    --------
    >>> tick_text(-2, logarithmic=True), tick_text(-0.5)
    ('10⁻²', '−0.5')
    """
    if logarithmic:
        return {0: "1", 1: "10"}.get(int(value), f"10{str(int(value)).translate(_RAISED)}")
    return f"{value:g}".replace("-", "−")
