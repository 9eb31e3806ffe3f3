"""Crystal cells as text: read from anybody's JSON, written as pymatgen's."""

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.reading import limits

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


def read_cell(given: object) -> "Structure | None":
    """Read lattice, elements and coordinates of a structure's dictionary; None if it has none.

    Nothing else is read: pymatgen's own reader makes an object of whatever class a property of a
    site names, which no file from elsewhere should decide.

    Parameters
    ----------
    given : object
        As pymatgen writes it: ``lattice.matrix`` in Å, ``sites`` with ``species`` and ``abc``.
    """
    from pymatgen.core.structure import Structure

    if not isinstance(given, Mapping):
        return None
    try:
        sites: list[Mapping[str, Any]] = list(given["sites"])
        if not 0 < len(sites) <= limits.SITES:
            return None
        species = [{one["element"]: one.get("occu", 1) for one in s["species"]} for s in sites]
        matrix = [_three(vector) for vector in _three_of(given["lattice"]["matrix"])]
        found = Structure(matrix, species, [_three(site["abc"]) for site in sites])
        sound = found.volume > _LEAST_VOLUME_A3 and found.is_valid()
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError):
        return None
    return found if sound else None


def parsed_cell(text: str) -> "Structure | None":
    """Read a structure as :func:`cell_text` wrote it; None if it is none."""
    try:
        return read_cell(limits.parsed_json(text))
    except ValueError:
        return None


_LEAST_VOLUME_A3 = 1.0
"""No atom is smaller; a flat cell has endless neighbours."""

_LARGEST_A = 1000.0
"""No vector of a cell is longer, and no atom lies so many cells away."""


def _three_of(given: Any) -> list[Any]:
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise ValueError("not three")
    return list(given)


def _three(given: Any) -> list[float]:
    """Take three finite numbers of a size that cells have."""
    numbers = [float(one) for one in _three_of(given)]
    if not all(math.isfinite(one) and abs(one) <= _LARGEST_A for one in numbers):
        raise ValueError("out of range")
    return numbers


def cell_text(cell: "Structure") -> str:
    """Write a structure as pymatgen's JSON."""
    return json.dumps(cell.as_dict(), sort_keys=True)
