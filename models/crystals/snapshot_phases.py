"""Phases whose crystal structure comes from a snapshot of the Materials Project."""

from collections.abc import Mapping
from functools import cache, lru_cache

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.columns import parse_cell
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import table
from maiscreen.models.crystals.prototypes import Prototype, prototype, prototypes
from maiscreen.models.crystals.symmetry import space_group

NEAR_HULL_EV_ATOM = 0.05
"""Phases up to this far above the hull are worth a simulation: the default hull tolerance."""


def phases(snapshot: str = "") -> dict[str, str]:
    """Return the phases that can be simulated, by formula: kind; those of the table first.

    Parameters
    ----------
    snapshot : str
        Folder of a snapshot; empty for the table alone.
    """
    known = {one.formula: one.kind for one in prototypes()}
    return known | dict.fromkeys(_structures(snapshot), "compound")


def phase_of(formula: str, snapshot: str = "") -> Prototype:
    """Return the structure of a phase: the table's, else the snapshot's.

    Raises
    ------
    InputError
        If neither has it.
    """
    found = _structures(snapshot).get(formula)
    return prototype(formula) if found is None else _from_text(formula, *found, snapshot)


@cache
def crystal_digest(formula: str, snapshot: str = "") -> str | None:
    """Return the hash of the crystal that a phase is begun from; None where there is none."""
    try:
        return phase_of(formula, snapshot).digest
    except InputError:
        return None


@lru_cache(maxsize=4)
def _structures(where: str) -> Mapping[str, tuple[str, str]]:
    """Return identifier and structure of the compounds Na–M near the hull that the table lacks."""
    if not where:
        return {}
    snapshot = load_snapshot(where)
    known = {one.formula for one in prototypes()}
    near = {
        row["formula"]
        for row in snapshot.phases.to_pylist()
        if row["na_count"]
        and row["metal"] in known  # Its energy is the reference.
        and not row["halogen"]
        and row["energy_above_hull_ev_atom"] <= NEAR_HULL_EV_ATOM
    }
    used = {row["material_id"] for row in table(snapshot, "materials").to_pylist() if row["used"]}
    return {
        row["formula"]: (row["material_id"], row["structure"])
        for row in table(snapshot, "structures").to_pylist()
        if row["formula"] in near - known and row["material_id"] in used
    }


def _from_text(formula: str, identifier: str, text: str, where: str) -> Prototype:
    cell = parse_cell(text)
    if cell is None:
        raise InputError("snapshot", formula, "has no structure that can be read; build it again")
    name = load_snapshot(where).manifest.get("name", "a snapshot")
    return Prototype(
        formula=formula,
        kind="compound",
        structure_type="of the snapshot",
        pearson="",
        space_group=space_group(cell),
        lattice=cell.lattice.parameters,
        sites=(),
        coordinates="source",
        lattice_measured=False,
        source=f"{identifier} of {name}",
        source_checked=True,
        cell=text,
        snapshot=where,
    )
