"""A shortlist in a notebook: one table that needs nothing else, with the details of each row."""

from typing import Any

from maiscreen.screen.facts.columns import BY_NAME
from maiscreen.screen.shortlist.shortlist import Shortlist

IN_TABLE = (
    ("rank", "formula", "name", "state_25_c", "vapour_pressure_25_pa", "suggested_temperature_c",
     "suggested_exposure_s", "layer_in_operation", "score", "p_top_k"),
    ("rank", "recipe", "name", "temperature_c", "exposure_s", "thickness_um",
     "vapour_pressure_pa", "expected_phases", "score", "p_top_k"),
)  # fmt: skip
"""Columns in sight, of a narrow and of a wide campaign; all others unfold below their row."""

_DIGITS = {"score": 2, "p_top_k": 2}


def as_html(table: Shortlist) -> str:
    """Write the table; every text is escaped."""
    from maiscreen.screen.figures.page import template

    shown = [BY_NAME[name] for name in IN_TABLE[table.is_wide]]
    inside = {one.name for one in shown}
    html: str = template("shortlist.html.j2").render(
        table=table,
        shown=shown,
        others=[one for one in table.columns if one.name not in inside],
        told=_told,
    )
    return html


def _told(row: Any, name: str) -> str:
    """Give a value as text."""
    from maiscreen.screen.text import number, significant

    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return number(value, _DIGITS[name]) if name in _DIGITS else significant(value, 3)
    return "–" if value is None or value == "" else str(value)
