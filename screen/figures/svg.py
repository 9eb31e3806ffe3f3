"""Elements of inline SVG: text stays text, and the page decides on every colour."""

from functools import cache
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
    "left": "M-5.4 0L4.2 5.2V-5.2z",
    "star": "M0-5.6V5.6M-4.9-2.8L4.9 2.8M-4.9 2.8L4.9-2.8",
}
"""Marks around the origin: they tell series apart without colour."""


def node(name: str, *children: object, **attributes: object) -> Markup:
    """Write one element; every text is escaped, attributes that are None are left out.

    Examples
    --------
    >>> str(node("text", "a < b", x=1.25, class_="soft"))
    '<text x="1.2" class="soft">a &lt; b</text>'
    """
    written = "".join(
        f' {_dashed(key)}="{_short(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(c if isinstance(c, Markup) else escape(c) for c in children)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704


@cache
def _dashed(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _short(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else escape(value)


def drawing(width: float, height: float, label: str, *children: object, class_: str = "") -> Markup:
    """Frame a drawing, with what to say to those who cannot see it."""
    return node(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        role="img",
        aria_label=label,
        class_=class_ or None,
    )


def words(x: float, y: float, text: object, anchor: str = "start", **more: Any) -> Markup:
    """Write a line of text."""
    return node("text", text, x=x, y=y, text_anchor=None if anchor == "start" else anchor, **more)


def line(
    x1: float, y1: float, x2: float, y2: float, class_: str, *children: object, key: str = ""
) -> Markup:
    """Draw a straight line, of a candidate if there is its key."""
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return node("line", *children, **ends, class_=class_, data_key=key or None)


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Draw a rectangle, from any of its corners."""
    left, top = min(x, x + width), min(y, y + height)
    return node("rect", x=left, y=top, width=abs(width), height=abs(height), class_=class_)


def mark(
    shape: str,
    x: float,
    y: float,
    kind: str = "",
    title: str = "",
    size: float | None = None,
    key: str = "",
) -> Markup:
    """Set a mark; ``kind`` is ``full`` for a filled one, ``paper`` for one of the paper's.

    Its ``key`` is that of the candidate, by which the page knows it in every drawing.
    """
    return node(
        "path",
        *([node("title", title)] if title else []),
        d=SHAPES[shape],
        transform=f"translate({x:.1f} {y:.1f})" + (f" scale({size:g})" if size else ""),
        class_=" ".join(filter(None, ("mark", kind))),
        data_key=key or None,
    )
