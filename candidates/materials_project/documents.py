"""Documents of the Materials Project as rows of a snapshot, and what is refused of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.materials_project.fetch import Fetched
from maiscreen.candidates.materials_project.query import PBE, R2SCAN, Query
from maiscreen.candidates.materials_project.service import Document
from maiscreen.candidates.snapshot.columns import cell_text, read_cell, row_fault
from maiscreen.candidates.snapshot.phases import Row, material_order, roles, round_to_micro
from maiscreen.candidates.snapshot.tables import SERVICE

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


CORRECTION_TOLERANCE_EV = 0.005
"""How far a correction may be from that of the scheme, eV for each halogen atom: energies come
with many digits, the smallest correction (Br) is 0.379 eV."""


def correction_fault(counts: Mapping[str, int], change_ev: float, thermo_type: str) -> str:
    """Describe what is wrong with the correction of a halide; empty where it is that of the scheme.

    The compatibility scheme leaves the correction of an anion out where it can't tell oxidation
    states (pymatgen, issues 2529 and 4636), and such a chloride then lies 0.6 eV too high for each
    chlorine atom.

    Parameters
    ----------
    counts : Mapping of str to int
        Atoms in the formula.
    change_ev : float
        Corrected minus uncorrected energy of that formula, eV.
    thermo_type : str
        Scheme.

    Examples
    --------
    >>> correction_fault({"Sn": 1, "Cl": 4}, 4 * -0.614, "GGA_GGA+U")
    ''
    >>> correction_fault({"Sn": 1, "Cl": 4}, 0.0, "GGA_GGA+U")
    'correction of Cl missing: 0.000 eV per formula, -2.456 in the scheme'
    """
    halogens = [e for e in counts if e in HALOGENS]
    if len(halogens) != 1 or len(counts) == 1:
        return ""
    tolerance = CORRECTION_TOLERANCE_EV * counts[halogens[0]]
    if thermo_type != PBE:
        wrong = abs(change_ev) > tolerance
        return f"carries a correction of {change_ev:.3f} eV, r2SCAN has none" if wrong else ""
    sums = _allowed_corrections(counts, halogens[0])
    if any(abs(change_ev - one) <= tolerance for one in sums):
        return ""
    word = "missing" if change_ev > sums[0] + tolerance else "wrong"
    found = f"{change_ev + 0.0:.3f} eV per formula, {sums[0]:.3f} in the scheme"
    return f"correction of {halogens[0]} {word}: {found}"


def _allowed_corrections(counts: Mapping[str, int], halogen: str) -> list[float]:
    """Return what MP2020 may add: for the halide, with or without Hubbard's U and M as an anion."""
    anions, hubbard = mp2020_corrections_ev()
    sums = [anions[halogen] * counts[halogen]]
    for element, count in counts.items():
        if element == halogen:
            continue
        if halogen == "F" and element in hubbard:
            sums += [one + hubbard[element] * count for one in sums]
        if element in anions:
            sums += [one + anions[element] * count for one in sums]
    return sums


@cache
def mp2020_corrections_ev() -> tuple[dict[str, float], dict[str, float]]:
    """Read MP2020 from the installed pymatgen: eV by anion, and by metal of a +U fluoride."""
    from importlib.resources import files

    from monty.serialization import loadfn

    folder = files("pymatgen.analysis.compatibility")
    all_of_it = loadfn(str(folder / "MP2020Compatibility.yaml"))["Corrections"]
    return all_of_it["CompositionCorrections"], all_of_it["GGAUMixingCorrections"]["F"]


R2SCAN_TYPES = {R2SCAN, "r2SCAN"}
"""Both spellings are in use by the service."""


SAME_VOLUME = 0.001
"""How far volumes of one cell may be apart, relative: functionals differ by some per cent."""


class UnusableDocumentError(Exception):
    """A document that can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Materials:
    """What was made of the documents.

    Attributes
    ----------
    rows : list of Row
        As :data:`maiscreen.candidates.snapshot.tables.MATERIALS`, sorted by composition, energy
        and identifier.
    elasticity, structures : list of Row
        As the tables of that name.
    refused : list of dict
        ``material_id``, ``formula`` and ``reason`` of the thermo documents not used.
    unread : dict of str to int
        How many structures and elastic documents could not be read.
    """

    rows: list[Row]
    elasticity: list[Row]
    structures: list[Row]
    refused: list[dict[str, str]]
    unread: dict[str, int] = field(default_factory=dict)


def parse_documents(fetched: Fetched, query: Query) -> Materials:
    """Parse every thermo document and join its summary and elasticity documents."""
    documents = fetched.documents
    about = {str(one.get("material_id")): one for one in documents["summary"]}
    cells = {str(one.get("material_id")): one.get("structure") for one in documents["structures"]}
    rows: dict[str, Row] = {}
    structures, refused, unread = [], [], 0
    for document in documents["thermo"]:
        identifier = str(document.get("material_id"))
        try:
            row = _row(document, about.get(identifier, {}), query)
            _check_sound(row)
            _check_twin(row, rows.get(identifier))
        except UnusableDocumentError as unfit:
            formula = _formula_text(document.get("composition"))
            refused.append({"material_id": identifier, "formula": formula, "reason": str(unfit)})
            continue
        if identifier not in rows:
            rows[identifier] = row
            cell = read_cell(_structure(document)) or _matching_structure(
                cells.get(identifier), row
            )
            unread += cell is None
            if cell is not None:
                named = {"material_id": identifier, "formula": row["formula"]}
                structures.append({**named, "structure": cell_text(cell)})
    ordered = sorted(rows.values(), key=material_order)
    place = {row["material_id"]: k for k, row in enumerate(ordered)}
    structures.sort(key=lambda one: place[one["material_id"]])
    elasticity, broken = _elasticity(documents["elasticity"], rows)
    elasticity.sort(key=lambda one: place[one["material_id"]])
    refused.sort(key=lambda one: (one["formula"], one["material_id"], one["reason"]))
    mark_used(ordered)
    return Materials(
        ordered, elasticity, structures, refused, {"structures": unread, "elasticity": broken}
    )


def mark_used(rows: list[Row]) -> None:
    """Mark the lowest material of each composition."""
    best: dict[str, Row] = {}
    for row in rows:
        lower = best.get(row["formula"])
        if lower is None or row["formation_energy_ev_atom"] < lower["formation_energy_ev_atom"]:
            best[row["formula"]] = row
    for row in rows:
        row["used"] = best[row["formula"]] is row


def _text(value: object) -> str:
    """Take a text that fits into a cell; nothing of one that a spreadsheet would act on."""
    text = str(value or "")
    return text if is_cell_text(text) else ""


def is_cell_text(text: str) -> bool:
    r"""Tell a text of a table from a formula of a spreadsheet, control characters, or a novel.

    Examples
    --------
    >>> [is_cell_text(one) for one in ("mp-1", "=1+1", "@x", "a\x1b", "x" * 201)]
    [True, False, False, False, False]
    """
    return text.isprintable() and len(text) <= 200 and not text.startswith(tuple("=+-@"))


def _check_sound(row: Row) -> None:
    """Refuse what no snapshot would be read with."""
    if not is_cell_text(row["material_id"]):
        raise UnusableDocumentError("has a name that no table should hold")
    fault = row_fault(row)
    if fault:
        raise UnusableDocumentError(fault)


def _subdocument(document: Document, name: str) -> Mapping[str, Any]:
    """Return a part of a document that holds others; nothing where it is none."""
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _row(document: Document, about: Document, query: Query) -> Row:
    counts = _counts(document.get("composition"))
    named = _role_columns(counts, query)
    kind = str(document.get("thermo_type"))
    if kind != query.thermo_type and not {kind, query.thermo_type} <= R2SCAN_TYPES:
        raise UnusableDocumentError(f"is of thermo type {kind:.40}, not {query.thermo_type}")
    if document.get("deprecated"):
        raise UnusableDocumentError("is deprecated")
    atoms = sum(counts.values())
    row = named | {
        "material_id": str(document.get("material_id")),
        "origin": SERVICE,
        "formation_energy_ev_atom": round_to_micro(_number(document, "formation_energy_per_atom")),
        "energy_ev_atom": _number(document, "energy_per_atom"),
        "uncorrected_energy_ev_atom": _number(document, "uncorrected_energy_per_atom"),
        "reported_above_hull_ev_atom": _number(document, "energy_above_hull"),
        "energy_type": _text(document.get("energy_type")),
        "volume_a3_atom": _volume(document),
        "space_group": _text(_subdocument(document, "symmetry").get("symbol")),
        "theoretical": _flag(about.get("theoretical")),
        "band_gap_ev": _optional(about.get("band_gap")),
        "licence": _text(_subdocument(document, "builder_meta").get("license")),
    }
    change = (row["energy_ev_atom"] - row["uncorrected_energy_ev_atom"]) * atoms
    fault = correction_fault(counts, change, query.thermo_type)
    if fault:
        raise UnusableDocumentError(fault)
    return row


def _role_columns(counts: Mapping[str, int], query: Query) -> Row:
    """Name Na, M and X; an element is its own M or X."""
    if len(counts) == 1:
        element = next(iter(counts))
        named: Row | None = {
            "formula": element,
            "metal": "" if element == "Na" or element in HALOGENS else element,
            "halogen": element if element in HALOGENS else "",
            "na_count": int(element == "Na"),
            "metal_count": int(element != "Na" and element not in HALOGENS),
            "halogen_count": int(element in HALOGENS),
        }
    else:
        named = roles(counts)
    if (
        named is None
        or named["metal"] not in ("", *query.metals)
        or named["halogen"] not in ("", *query.halogens)
    ):
        raise UnusableDocumentError("is of none of the systems that were asked for")
    return named


def _counts(composition: object) -> dict[str, int]:
    """Read a composition; the service writes counts as decimals."""
    if not isinstance(composition, Mapping) or not composition:
        raise UnusableDocumentError("has no composition")
    numbers = {str(e): _optional(n) for e, n in composition.items()}
    if not all(n is not None and 0 < n < 1e9 for n in numbers.values()):
        raise UnusableDocumentError("has no sound composition")
    counts = {e: round(n) for e, n in numbers.items() if n is not None}
    if any(abs(counts[e] - n) > 1e-6 for e, n in numbers.items() if n is not None):
        raise UnusableDocumentError("has fractions of atoms")
    return counts


def _formula_text(composition: object) -> str:
    if not isinstance(composition, Mapping):
        return ""
    numbers = ((e, _optional(n)) for e, n in composition.items())
    return "".join(f"{e}{n:g}" for e, n in numbers if n is not None)


def _number(document: Document, name: str) -> float:
    value = _optional(document.get(name))
    if value is None:
        raise UnusableDocumentError(f"has no {name}")
    return value


def _optional(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Whole numbers may be beyond any float.
    return float(value) if abs(value) < 1e300 and isfinite(value) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _volume(document: Document) -> float | None:
    volume, sites = (_optional(document.get(name)) for name in ("volume", "nsites"))
    return volume / sites if volume and sites else None


def _check_twin(row: Row, twin: Row | None) -> None:
    if twin is not None and twin["formation_energy_ev_atom"] != row["formation_energy_ev_atom"]:
        raise UnusableDocumentError(
            "was given twice, with different energies; the first one is used"
        )


def _structure(document: Document) -> object:
    """Return the calculated cell of the entry that the energy is of."""
    entries = document.get("entries")
    if not isinstance(entries, Mapping) or not entries:
        return None
    entry = entries.get(str(document.get("energy_type"))) or next(iter(entries.values()))
    return entry.get("structure") if isinstance(entry, Mapping) else None


def _matching_structure(structure: object, row: Row) -> "Structure | None":
    """Return a summary's structure if it has the volume of the energy's cell.

    It may be of another functional, and then is no structure of this material here.
    """
    cell = read_cell(structure)
    if cell is None or row["volume_a3_atom"] is None:
        return None
    excess = cell.volume / len(cell) / row["volume_a3_atom"] - 1
    return cell if abs(excess) < SAME_VOLUME else None


def _elasticity(documents: list[Document], rows: Mapping[str, Row]) -> tuple[list[Row], int]:
    """Take K, G and the tensor out of the documents; count those without."""
    moduli: dict[str, Row] = {}
    broken = 0
    for document in documents:
        identifier = str(document.get("material_id"))
        bulk, shear = (
            _optional(_subdocument(document, f"{kind}_modulus").get("vrh"))
            for kind in ("bulk", "shear")
        )
        if bulk is None or shear is None or document.get("state") == "failed":
            broken += 1
        elif identifier in rows and identifier not in moduli:
            tensor = _subdocument(document, "elastic_tensor").get("ieee_format")
            moduli[identifier] = {
                "material_id": identifier,
                "formula": rows[identifier]["formula"],
                "bulk_modulus_gpa": bulk,
                "shear_modulus_gpa": shear,
                "tensor_gpa": "" if tensor is None else json.dumps(tensor),
            }
    return list(moduli.values()), broken
