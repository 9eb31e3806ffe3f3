"""Crystal cells as text: read from anybody's JSON, written as pymatgen's."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

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
        species = [{one["element"]: one.get("occu", 1) for one in s["species"]} for s in sites]
        matrix, places = given["lattice"]["matrix"], [site["abc"] for site in sites]
        found = Structure(matrix, species, places)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if found.is_valid() and found.volume > 0 else None


def cell_text(cell: "Structure") -> str:
    """Write a structure as pymatgen's JSON."""
    return json.dumps(cell.as_dict(), sort_keys=True)
