"""The block of a card that tells how to do it."""

from collections.abc import Callable, Mapping

from maiscreen.descriptors.blends.exposure import TOO_THICK_UM
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, object]

TITLE = "How to do it"

LINES = (
    ("Dose", "dose"),
    (f"Times (within: below {TOO_THICK_UM:g} µm)", "times_to_try"),
    ("Measure first", "measure_first"),
    ("Another temperature", "temperature_advice"),
    ("What that rests on", "suggestion"),
)
"""What a line begins with, and the column that it tells."""


def how_to_text(row: Row, written: Callable[[object], str]) -> str:
    """Return the block, a line for each thing that is known; empty where nothing is.

    Parameters
    ----------
    row : mapping
        Of a shortlist, narrow or wide.
    written : callable
        How the card writes a value: what its font lacks left out, and not too long.

    Examples
    --------
    >>> print(how_to_text({"process_temperature_c": 25.0, "dose": "pour 1 ml"}, str))
    At 25 °C.
    Dose: pour 1 ml.
    """
    lines = [f"{name}: {written(row[column])}." for name, column in LINES if row.get(column)]
    celsius = _celsius(row)
    if not lines or celsius is None:
        return "\n".join(lines)
    how = written(row["process"]) if row.get("process") else f"at {celsius:g} °C"
    return "\n".join([f"{how[:1].upper()}{how[1:]}.", *lines])


def _celsius(row: Row) -> float | None:
    """Return the one temperature of a row: that of the campaign, or of the recipe."""
    own = finite_or_none(row.get("temperature_c"))
    return finite_or_none(row.get("process_temperature_c")) if own is None else own
