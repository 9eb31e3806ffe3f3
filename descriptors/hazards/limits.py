"""Exposure limits in air: of a compound, and of the acid that it gives with moisture."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from maiscreen.candidates.reading.packages import package_folder

_ACIDS = {
    "F": ("HF", "7664-39-3"),
    "Cl": ("HCl", "7647-01-0"),
    "Br": ("HBr", "10035-10-6"),
    "I": ("HI", "10034-85-2"),
}
_KINDS = {"TWA": "over 8 h", "STEL": "over 15 min", "Ceiling": "at no time more"}


def exposure_limit(cas: str, halogens: Iterable[str]) -> str:
    """State the limits in the air of a workplace, of a compound and of its acids.

    Those of Ontario, which come with the package chemicals and are in part the threshold limit
    values of the ACGIH. The sums of an element's compounds that stand there are not taken: the
    table merges those of its kinds of compounds.

    Parameters
    ----------
    cas : str
        CAS number; empty for none.
    halogens : iterable of str
        In the compound.

    Examples
    --------
    >>> exposure_limit("7637-07-2", ["F"])
    'Ontario: itself 1 ppm at no time more; HF 0.5 ppm over 8 h, 2 ppm at no time more'
    """
    own = _limit(cas)
    acids = [(name, _limit(number)) for name, number in map(_ACIDS.__getitem__, halogens)]
    return "; ".join(
        [f"Ontario: itself {own or 'none'}", *(f"{name} {limit}" for name, limit in acids if limit)]
    )


def _limit(cas: str) -> str:
    """Return a limit in words, empty where the table has none; ppm before mg/m³."""
    row = _table().get(cas, {})
    limits = []
    for kind, meaning in _KINDS.items():
        unit = next((unit for unit in ("ppm", "mg/m^3") if row.get(f"{kind} ({unit})")), "")
        if unit:
            limits.append(f"{row[f'{kind} ({unit})']:g} {unit.replace('^3', '³')} {meaning}")
    return ", ".join(limits)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    path = package_folder("chemicals") / "Safety" / "Ontario Exposure Limits.json"
    table: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return table
