"""pymatgen's computed entries as rows of a snapshot, in its scheme."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, TypeGuard

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.documents import (
    UnusableDocumentError,
    correction_fault,
    is_cell_text,
)
from maiscreen.candidates.materials_project.query import PBE, R2SCAN
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.columns import (
    LARGEST_EV_ATOM,
    UnreadableCellError,
    cell_text,
    ordered_cell,
    row_fault,
)
from maiscreen.candidates.snapshot.phases import Row, roles, round_to_micro
from maiscreen.candidates.snapshot.tables import MATERIALS, USER

SAME_ELEMENT_EV_ATOM, OTHER_SETTINGS_EV_ATOM = 0.001, 0.05
"""How far above the snapshot's an element of the file is the same form of it, and how far below
it was calculated with the same settings [judgement]."""


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
    unread : tuple of str
        Headings of a table that are not known.
    """

    rows: list[Row]
    structures: list[Row]
    refused: list[dict[str, str]]
    unread: tuple[str, ...] = ()


def assign_roles(counts: Mapping[str, int], *, elements: bool = False) -> Row:
    """Tell Na, M and X apart.

    Parameters
    ----------
    counts : Mapping of str to int
        Atoms by element.
    elements : bool
        Let elements pass, which have none of them.

    Raises
    ------
    UnusableDocumentError
        If it is no compound of the screen.
    """
    if elements and len(counts) == 1:
        return {}
    row = roles(counts)
    metal_known = row is not None and row["metal"] in ("", *METALS)
    if row is None or not metal_known or row["halogen"] not in ("", *HALOGENS):
        raise UnusableDocumentError("is neither a halide MX, nor NaX, Na–M or Na–M–X")
    return row


def entry_row(roles: Row, identifier: str, formation: float, **more: object) -> Row:
    """Make a row of the table of materials, the user's own; energies in eV/atom.

    Raises
    ------
    UnusableDocumentError
        If no snapshot would be read with it.
    """
    if not is_cell_text(identifier):
        raise UnusableDocumentError("has an entry_id that no table should hold")
    own = {"material_id": identifier, "origin": USER, "licence": "the user's own"}
    none = dict.fromkeys(MATERIALS.names) | {"energy_type": "", "space_group": ""}
    row = none | roles | own | {"formation_energy_ev_atom": round_to_micro(formation)} | more
    fault = row_fault(row)
    if fault:
        raise UnusableDocumentError(fault)
    return row


def check_distinct(rows: list[Row]) -> list[Row]:
    """Refuse two entries of the same name; otherwise return them.

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


RUN_TYPES = {
    PBE: {"GGA": "GGA", "GGA+U": "GGA+U", "PBE": "GGA", "PBE+U": "GGA+U"},
    R2SCAN: {"R2SCAN": "R2SCAN", "r2SCAN": "r2SCAN"},
}
"""Functionals (``parameters.run_type``) that a scheme is made of, and what pymatgen calls them:
the service's newer calculations name PBE, which its GGA has always been."""


def from_json(
    text: str, file: Path, scheme: str, references_ev_atom: Mapping[str, float]
) -> Entries:
    """Read entries, correct them by the scheme, and form them from the elements.

    Parameters
    ----------
    text : str
        One entry, or a list of them, as pymatgen writes them.
    file : Path
        Where the text is from.
    scheme : str
        Thermo type.
    references_ev_atom : Mapping of str to float
        Corrected energies of the elements. Of these and those in the text the lower is taken:
        the reference is the ground state, and a file may hold another form alone.

    Raises
    ------
    InputError
        If the text is no JSON.
    """
    try:
        document = limits.parse_json(text, lenient=True)
    except ValueError as error:
        remedy = (
            f"is no JSON ({str(error)[:80]}); give ComputedStructureEntry as pymatgen writes it"
        )
        raise InputError("--entries", str(file), remedy) from None
    listed = document if isinstance(document, list) else [document]
    parsed: list[tuple[str, Any]] = []
    refused = []
    for number, one in enumerate(listed, 1):
        try:
            parsed.append((_identifier(one, number), _computed_entry(one, scheme)))
        except UnusableDocumentError as unfit:
            refused.append({"entry": str(number), "formula": "", "reason": str(unfit)})
    own, known = _element_energies(parsed), references_ev_atom
    references = own | {e: min(own.get(e, lowest), lowest) for e, lowest in known.items()}
    rows: list[Row] = []
    structures: list[Row] = []
    for identifier, entry in parsed:
        formula = entry.composition.reduced_formula
        try:
            if len(entry.composition) == 1:
                _check_element(entry, known)
                continue
            _check_settings(entry, references, known)
            row = _entry_row(identifier, entry, scheme, references)
        except UnusableDocumentError as unfit:
            refused.append({"entry": identifier, "formula": formula, "reason": str(unfit)})
            continue
        rows.append(row)
        cell = {"material_id": identifier, "formula": row["formula"]}
        structures.append({**cell, "structure": cell_text(entry.structure)})
    return Entries(check_distinct(rows), structures, refused)


def _identifier(given: object, number: int) -> str:
    own = given.get("entry_id") if isinstance(given, Mapping) else None
    return str(own) if own else f"user-{number}"


def _computed_entry(document: object, scheme: str) -> Any:
    """Make a corrected entry of a dictionary; its own corrections are not looked at."""
    from pymatgen.entries.computed_entries import ComputedStructureEntry

    if not isinstance(document, Mapping):
        raise UnusableDocumentError("is no ComputedStructureEntry")
    try:
        cell = ordered_cell(document.get("structure"))
    except UnreadableCellError as error:
        raise UnusableDocumentError(str(error)) from None
    energy = document.get("energy")
    if not _is_number(energy):
        raise UnusableDocumentError("has no energy")
    atoms = {str(element): round(n) for element, n in cell.composition.items()}
    _check_composition(document.get("composition"), atoms)
    parameters = document.get("parameters")
    parameters = dict(parameters) if isinstance(parameters, Mapping) else {}
    # Before any correction is looked for: oxidation states of many elements take long to guess.
    assign_roles(atoms, elements=True)
    parameters["run_type"] = _run_type(parameters.get("run_type"), scheme)
    known = ("run_type", "hubbards", "potcar_symbols", "potcar_spec")
    kept = {name: parameters[name] for name in known if name in parameters}
    entry = ComputedStructureEntry(cell, float(energy), parameters=kept)
    return _apply_corrections(entry) if scheme == PBE else entry


def _check_composition(stated: object, atoms: Mapping[str, int]) -> None:
    """Check that the energy is that of the cell, not of one formula unit of it."""
    if not isinstance(stated, Mapping):
        return
    counts: dict[str, float] = {}
    for species, amount in stated.items():  # Sn2+ and Sn4+ are Sn
        element = str(species).rstrip("+-.0123456789")
        counts[element] = counts.get(element, 0.0) + (amount if _is_number(amount) else 0.0)
    if counts != atoms:
        remedy = "give composition and energy of the whole cell"
        raise UnusableDocumentError(f"has another composition than its structure: {remedy}")


def _is_number(value: object) -> TypeGuard[float]:
    # Whole numbers may be beyond any float, and NaN is below nothing.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _run_type(stated: object, scheme: str) -> str:
    """Return what pymatgen calls a functional of the scheme."""
    known = RUN_TYPES[scheme]
    if isinstance(stated, str) and stated in known:
        return known[stated]
    says = "says no functional" if stated is None else f"is of functional {stated!s:.40}"
    raise UnusableDocumentError(f"{says}: parameters.run_type must be {' or '.join(known)}")


def _apply_corrections(entry: Any) -> Any:
    """Apply the corrections of 2020; pseudopotentials are checked where the entry names them."""
    import warnings

    from pymatgen.entries.compatibility import (
        CompatibilityError,
        MaterialsProject2020Compatibility,
    )

    check = bool({"potcar_symbols", "potcar_spec"} & set(entry.parameters))
    scheme = MaterialsProject2020Compatibility(check_potcar=check)
    with warnings.catch_warnings():
        # It warns where it guesses oxidation states; what comes out is checked.
        warnings.simplefilter("ignore")
        try:
            done = scheme.process_entry(entry, on_error="raise")
        except (
            CompatibilityError,
            LookupError,
            ValueError,
            TypeError,
            AttributeError,
            ArithmeticError,
        ) as error:
            text = " ".join(str(error).split())
            raise UnusableDocumentError(
                f"does not fit the corrections of 2020: {text:.200}"
            ) from None
    if done is None:
        raise UnusableDocumentError("does not fit the corrections of 2020")
    return done


def _element_energies(parsed: list[tuple[str, Any]]) -> dict[str, float]:
    """Return the lowest energy of each element in the file, eV/atom."""
    lowest: dict[str, float] = {}
    for _, entry in parsed:
        if len(entry.composition) == 1:
            symbol = next(iter(entry.composition)).symbol
            lowest[symbol] = min(lowest.get(symbol, entry.energy_per_atom), entry.energy_per_atom)
    return lowest


def _check_element(entry: Any, known_ev_atom: Mapping[str, float]) -> None:
    """Say so where an element is not the ground state, and so no reference."""
    symbol = next(iter(entry.composition)).symbol
    above = entry.energy_per_atom - known_ev_atom.get(symbol, entry.energy_per_atom)
    if above > SAME_ELEMENT_EV_ATOM:
        raise UnusableDocumentError(
            f"lies {above:.3f} eV/atom above the {symbol} of the snapshot, which is the reference"
        )


def _check_settings(
    entry: Any, references: Mapping[str, float], known_ev_atom: Mapping[str, float]
) -> None:
    """Refuse compounds of an element that lies far below that of the snapshot's phases."""
    for symbol in map(str, entry.composition):
        below = known_ev_atom.get(symbol, -inf) - references.get(symbol, inf)
        if below > OTHER_SETTINGS_EV_ATOM:
            raise UnusableDocumentError(
                f"is formed with a {symbol} of the file {below:.3f} eV/atom below that of the "
                "snapshot: other settings?"
            )


def _entry_row(identifier: str, entry: Any, scheme: str, references: Mapping[str, float]) -> Row:
    counts = {str(e): round(n) for e, n in entry.composition.items()}
    roles = assign_roles(counts)
    fault = correction_fault(counts, entry.correction, scheme)
    if fault:
        raise UnusableDocumentError(fault)
    missing = [e for e in counts if e not in references]
    if missing:
        remedy = "add an entry of the element to the file, or use a Materials Project snapshot"
        raise UnusableDocumentError(f"has no reference energy of {missing[0]}: {remedy}")
    atoms = sum(counts.values())
    formation = (entry.energy - sum(references[e] * n for e, n in counts.items())) / atoms
    if abs(formation) > LARGEST_EV_ATOM:
        raise UnusableDocumentError(
            f"gives a formation energy of {formation:.1f} eV/atom: other settings?"
        )
    return entry_row(
        roles,
        identifier,
        formation,
        volume_a3_atom=entry.structure.volume / atoms,
        energy_ev_atom=entry.energy_per_atom,
        uncorrected_energy_ev_atom=entry.uncorrected_energy / atoms,
        energy_type=str(entry.parameters["run_type"]),
    )
