"""Rows that the user's own entries become."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.documents import UnfitError, is_cell_text
from maiscreen.candidates.snapshot.phases import Row, micro, roles
from maiscreen.candidates.snapshot.tables import MATERIALS, USER

LARGEST_EV_ATOM = 10.0
"""No formation energy is larger: CaF2, among the largest, has 4.2 eV/atom."""


@dataclass(frozen=True, slots=True)
class Entries:
    """What was read.

    Attributes
    ----------
    rows : list of Row
        As :data:`maiscreen.candidates.snapshot.tables.MATERIALS`, volumes as calculated.
    structures : list of Row
        As the table of structures.
    refused : list of dict
        ``entry`` (its place or name), ``formula`` and ``reason`` of those not taken.
    """

    rows: list[Row]
    structures: list[Row]
    refused: list[dict[str, str]]


def named(counts: Mapping[str, int], *, elements: bool = False) -> Row:
    """Tell Na, M and X apart.

    Parameters
    ----------
    counts : Mapping of str to int
        Atoms by element.
    elements : bool
        Let elements pass, which have none of them.

    Raises
    ------
    UnfitError
        If it is no compound of the screen.
    """
    if elements and len(counts) == 1:
        return {}
    found = roles(counts)
    metal_known = found is not None and found["metal"] in ("", *METALS)
    if found is None or not metal_known or found["halogen"] not in ("", *HALOGENS):
        raise UnfitError("is neither a halide MX, nor NaX, Na–M or Na–M–X")
    return found


def entry_row(roles: Row, identifier: str, formation: float, **more: object) -> Row:
    """Make a row of the table of materials, the user's own; energies in eV/atom."""
    if not is_cell_text(identifier):
        raise UnfitError("has an entry_id that no table should hold")
    own = {"material_id": identifier, "origin": USER, "licence": "the user's own"}
    row = dict.fromkeys(MATERIALS.names) | {"energy_type": "", "space_group": ""}
    return row | roles | own | {"formation_energy_ev_atom": micro(formation)} | more


def distinct(rows: list[Row]) -> list[Row]:
    """See that no two entries have one name, and give them back.

    Raises
    ------
    InputError
        If two have.
    """
    counted = Counter(row["material_id"] for row in rows)
    twice = next((name for name, count in counted.items() if count > 1), None)
    if twice is not None:
        raise InputError("entry_id", twice, "names two entries; give each its own")
    return rows
