"""A figure as a value: axes, marks, legend and words, from which each pen draws.

Positions are data in the units of their axes; of a logarithmic one too. A pen knows how large a
millimetre is, how marks and roles look, and where names find a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

Role = Literal[
    # Lines of data:
    "error", "interval", "weightings", "usual", "step", "measured", "curve", "running",
    # Lines that explain:
    "grid", "limit", "process", "divider",
    # Areas:
    "good", "bad", "window", "band", "left", "lost", "span",
]  # fmt: skip
"""What a line or an area means; each pen has a look for it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a panel."""

    label: str
    """Quantity with its unit, ``Adhesion (J/m²)``; empty where rows have names."""
    low: float
    high: float
    """Ends, in the unit; rows run downwards, ``low`` is the last."""
    ticks: tuple[tuple[float, str], ...]
    """Places and what is written there, if anything."""
    logarithmic: bool = False
    rows: bool = False
    """Whether the ticks are names of rows, and no numbers."""

    def share(self, value: float) -> float:
        """Return where a value stands between the ends, from 0 to 1; outside it is beyond them.

        Examples
        --------
        >>> Axis("p (Pa)", 1.0, 1e4, (), logarithmic=True).share(100.0)
        0.5
        """
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(max(value, 1e-300))
        return (value - low) / ((high - low) or 1.0)

    def value(self, share: float) -> float:
        """Return the value at a share of the way between the ends; :meth:`share` turned round.

        Examples
        --------
        >>> Axis("p (Pa)", 1.0, 1e4, (), logarithmic=True).value(0.5)
        100.0
        """
        if self.logarithmic:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)

    def nearest(self, value: float) -> float:
        """Return a value, or of what lies outside the nearer end."""
        return min(max(value, min(self.low, self.high)), max(self.low, self.high))

    def ends(self, pair: tuple[float | None, float | None]) -> tuple[float, float]:
        """Return two ends, those of the axis in the place of None."""
        low, high = pair
        return self.low if low is None else low, self.high if high is None else high

    def holds(self, value: float) -> bool:
        """Return whether a value lies between the ends."""
        return self.nearest(value) == value


@dataclass(frozen=True, slots=True)
class Point:
    """A mark, filled or open; its name is written beside it, where nothing is."""

    x: float
    y: float
    shape: str = "circle"
    """A name of `maiscreen.screen.figures.svg.SHAPES`."""
    full: bool = True
    series: Literal["candidate", "paper", "otherwise"] = "candidate"
    """A candidate, one of the paper's cells, or what a rank would be otherwise."""
    key: str = ""
    """Of which candidate."""
    tip: str = ""
    """What the page says of it when it is pointed at."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points: an interval, a step, a curve, whose name stands at its end."""

    points: tuple[tuple[float, float], ...]
    role: Role
    number: int = 0
    """Of a curve, by which its dashes and colour are chosen; 0 is a whole line."""
    paper: bool = False
    """Whether it belongs to one of the paper's cells."""
    shape: str | None = None
    """Small marks along it."""
    capped: bool = False
    """Whether its ends are closed, or tell by an arrow that it goes on beyond the axis."""
    apart: bool = False
    """Whether names keep clear of it."""
    key: str = ""
    tip: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the panel, at one place of one axis."""

    role: Role
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: a bar, or what is shaded; where an end is None it is the panel's."""

    role: Role
    x: tuple[float | None, float | None] = (None, None)
    y: tuple[float | None, float | None] = (None, None)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place, on one side of it and above, below or beside; None is the middle."""

    words: str
    x: float | None = None
    y: float | None = None
    side: Literal["left", "middle", "right"] = "middle"
    level: Literal["above", "middle", "below"] = "middle"
    turn: int = 0
    """Degrees to the left; turned words begin at the place."""
    soft: bool = False
    """Whether they are pale."""


Mark = Point | Line | Rule | Area | Text


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the legend: marks as they are drawn, and what they mean."""

    words: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Axes with marks, drawn in their order."""

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    height_mm: float
    """Between the axes' ends, of a figure one column wide."""
    title: str = ""
    """Above it, at the left; may have several lines."""
    notes: tuple[tuple[float, str], ...] = ()
    """Words right of rows, such as a number."""
    crowded: bool = False
    """Whether marks that would cover each other stand side by side; on a page alone."""

    @property
    def headed(self) -> bool:
        """Whether something stands on top of it, between its end and the title."""
        texts = [m for m in self.marks if isinstance(m, Text) and m.level == "above"]
        heads = [*(text.y for text in texts), *(y for y, _ in self.notes)]
        return self.y.rows and any(y is not None and y <= self.y.high for y in heads)


@dataclass(frozen=True, slots=True)
class Figure:
    """Panels, row by row, and what explains them."""

    panels: tuple[Panel, ...]
    about: str
    """What it shows, in words: for those who cannot see it, and in the file."""
    columns: tuple[int, int] = (1, 1)
    """Panels side by side in one column of a paper, and where there is more room."""
    legend: tuple[Key, ...] = ()

    def across(self, wide: bool) -> int:
        """Count the panels side by side."""
        return min(len(self.panels), self.columns[wide])


def round_numbers(low: float, high: float, most: int = 5) -> list[float]:
    """Choose at most so many steps of round numbers between two ends.

    Examples
    --------
    >>> round_numbers(0, 10, 3), round_numbers(0.1, 0.45)
    ([0.0, 5.0, 10.0], [0.1, 0.2, 0.3, 0.4])
    """
    span = (high - low) or 1.0
    size = 10.0 ** floor(log10(span / most))
    step = next(k * size for k in (1, 2, 5, 10) if span / (k * size) <= most)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def tick_text(value: float) -> str:
    """Write the number at a tick.

    Examples
    --------
    >>> tick_text(-0.5), tick_text(1000.0)
    ('−0.5', '1000')
    """
    return f"{value:g}".replace("-", "−")


def power_text(exponent: int) -> str:
    """Write a power of ten.

    Examples
    --------
    >>> power_text(-2), power_text(0), power_text(1)
    ('10⁻²', '1', '10')
    """
    return {0: "1", 1: "10"}.get(exponent, f"10{str(exponent).translate(_RAISED)}")


def linear(label: str, low: float, high: float, most: int = 5) -> Axis:
    """Make an axis with round numbers."""
    ticks = tuple((t, tick_text(t)) for t in round_numbers(low, high, most))
    return Axis(label, low, high, ticks)


def decades(label: str, low: float, high: float, step: int = 1, named: int = 1) -> Axis:
    """Make a logarithmic axis from the exponents of its ends.

    Parameters
    ----------
    label : str
        Quantity with its unit.
    low, high : float
        log10 of its ends.
    step, named : int
        Of what the exponents are multiples that have a tick, and that have a number.
    """
    places = [t for t in range(ceil(low), floor(high) + 1) if t % step == 0]
    ticks = tuple((10.0**t, power_text(t) if t % named == 0 else "") for t in places)
    return Axis(label, 10.0**low, 10.0**high, ticks, logarithmic=True)


def rows_axis(names: Sequence[str], places: Sequence[float] | None = None) -> Axis:
    """Make an axis of rows with names, the first on top."""
    at = list(range(len(names))) if places is None else list(places)
    low, high = max(at, default=0) + 0.6, min(at, default=0) - 0.6
    return Axis("", low, high, tuple(zip(at, names, strict=True)), rows=True)
