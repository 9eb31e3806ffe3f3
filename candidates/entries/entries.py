"""pymatgen's computed entries as rows of a snapshot, in its scheme."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.documents import (
    UnusableDocumentError,
    correction_fault,
    is_cell_text,
)
from maiscreen.candidates.materials_project.query import PBE, R2SCAN
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.columns import cell_text, read_cell
from maiscreen.candidates.snapshot.phases import Row, roles, round_to_micro
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
    """Make a row of the table of materials, the user's own; energies in eV/atom."""
    if not is_cell_text(identifier):
        raise UnusableDocumentError("has an entry_id that no table should hold")
    own = {"material_id": identifier, "origin": USER, "licence": "the user's own"}
    row = dict.fromkeys(MATERIALS.names) | {"energy_type": "", "space_group": ""}
    return row | roles | own | {"formation_energy_ev_atom": round_to_micro(formation)} | more


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


RUN_TYPES = {PBE: ("GGA", "GGA+U"), R2SCAN: ("R2SCAN", "r2SCAN")}
"""Functionals (``parameters.run_type``) that a scheme is made of."""


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
        Corrected energies of the elements; those in the text come before.

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
    references = dict(references_ev_atom) | _element_energies(parsed)
    rows: list[Row] = []
    structures: list[Row] = []
    for identifier, entry in parsed:
        formula = entry.composition.reduced_formula
        if len(entry.composition) == 1:
            continue
        try:
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
    cell, energy = read_cell(document.get("structure")), document.get("energy")
    if cell is None:
        raise UnusableDocumentError("has no structure that can be read")
    if not isinstance(energy, int | float) or isinstance(energy, bool) or not isfinite(energy):
        raise UnusableDocumentError("has no energy")
    parameters = document.get("parameters")
    parameters = dict(parameters) if isinstance(parameters, Mapping) else {}
    run_type = parameters.get("run_type")
    if run_type not in RUN_TYPES[scheme]:
        says = "says no functional" if run_type is None else f"is of functional {run_type!s:.40}"
        raise UnusableDocumentError(
            f"{says}: parameters.run_type must be {' or '.join(RUN_TYPES[scheme])}"
        )
    # Before any correction is looked for: oxidation states of many elements take long to guess.
    assign_roles({str(e): round(n) for e, n in cell.composition.items()}, elements=True)
    known = ("run_type", "hubbards", "potcar_symbols", "potcar_spec")
    kept = {name: parameters[name] for name in known if name in parameters}
    entry = ComputedStructureEntry(cell, float(energy), parameters=kept)
    return _apply_corrections(entry) if scheme == PBE else entry


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
