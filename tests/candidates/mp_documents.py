"""Made-up documents of the Materials Project, filled from the embedded snapshot.

Formation energies and energies above hull are the snapshot's own, bit by bit; what the snapshot
has no word on (band gaps, total energies of elements, most structures) is a stand-in. Each
document is accepted by the model of emmet-core of its route.
"""

import copy
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import gcd
from typing import Any, Literal, cast

import orjson
from emmet.core.elasticity import ElasticityDoc
from emmet.core.summary import SummaryDoc
from emmet.core.thermo import ThermoDoc
from mp_structures import space_group, structure
from pydantic import BaseModel
from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
from pymatgen.core.composition import Composition
from pymatgen.core.entries import ComputedStructureEntry
from pymatgen.core.periodic_table import Element
from pymatgen.core.structure import Structure
from pymatgen.io.vasp.sets import MPRelaxSet

from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import moduli

Document = dict[str, Any]
Route = Literal["thermo", "summary", "elasticity"]

VERSION = "2026.11.01"
"""Version of the database that the documents were built for."""

GGA, R2SCAN, MIXED = "GGA_GGA+U", "r2SCAN", "GGA_GGA+U_R2SCAN"
"""Thermo types; the client asks for ``r2SCAN`` where its user says R2SCAN."""

SCALE = {R2SCAN: 1.05, MIXED: 1.02}
"""Formation energies of the other thermo types / those of GGA: their hulls scale alike."""

POLYMORPH_EV_ATOM = 0.03
"""How far the second material of a composition lies above the first."""

DEFAULT_VOLUME_A3_ATOM = 20.0
ELASTIC_PHASES = 60
MODELS: dict[Route, type[BaseModel]] = {
    "thermo": ThermoDoc,
    "summary": SummaryDoc,
    "elasticity": ElasticityDoc,
}
HUBBARD_METALS = ("V", "Cr", "Mn", "Fe", "Co", "Ni", "Mo", "W")
_UPDATED = "2026-10-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents by route, in the order of their material ids."""

    thermo: tuple[Document, ...]
    summary: tuple[Document, ...]
    elasticity: tuple[Document, ...]

    def of(self, route: Route) -> tuple[Document, ...]:
        """Give those of one route."""
        return cast(tuple[Document, ...], getattr(self, route))

    def find(self, route: Route, formula: str, thermo_type: str = GGA) -> Document:
        """Give the first of a formula that is not deprecated, of one thermo type."""
        return next(doc for doc in self.of(route) if _is(doc, formula, thermo_type))

    def changed(
        self, route: Route, formula: str, change: Callable[[Document], Document], every: bool = True
    ) -> "Documents":
        """Change the documents of a formula; the first of its GGA ones alone without ``every``."""
        first = self.find(route, formula)
        wanted = Composition(formula).reduced_formula
        docs = tuple(
            change(doc) if doc is first or (every and doc["formula_pretty"] == wanted) else doc
            for doc in self.of(route)
        )
        return replace(self, **{route: docs})


@dataclass(frozen=True, slots=True)
class _Material:
    """What a material is made of, before the documents are."""

    number: int
    composition: Composition
    energy_ev_atom: float
    above_hull_ev_atom: float
    volume_a3_atom: float
    deprecated: bool = False

    @property
    def id(self) -> str:
        return f"mp-{self.number}"

    @property
    def formula(self) -> str:
        return str(self.composition.reduced_formula)


def documents(metals: Iterable[str], halogens: Iterable[str]) -> Documents:
    """Make the documents of all Na–M–X systems, with their edges and elements.

    Parameters
    ----------
    metals, halogens : iterable of str
        M and X.

    Notes
    -----
    Ids do not depend on what is asked for: an element has its atomic number, a phase of the
    snapshot 10000 + its row, a polymorph 20000 + its row, a deprecated material 30000 + its row.
    Every Na–X phase and each 80th row has a polymorph; the first Na–X phase asked for has a
    deprecated double of far too low an energy. Elements, Na–X phases and those of the first metal
    have documents of the other thermo types, too (:data:`SCALE`).
    """
    metals, halogens = tuple(metals), tuple(halogens)
    materials = sorted(_materials(metals, halogens), key=lambda material: material.number)
    also = {"Na", *metals[:1], *halogens}
    moduli_gpa = _chosen_moduli(materials)
    thermo: list[Document] = []
    summary, elasticity = [], []
    for material in materials:
        cell = structure(material.formula, material.volume_a3_atom)
        more = len(material.composition) == 1 or {*map(str, material.composition)} <= also
        docs = [_thermo(material, cell, kind) for kind in ((GGA, *SCALE) if more else (GGA,))]
        thermo += docs
        k_g = moduli_gpa.get(material.id)
        summary.append(_summary(material, cell, docs[0], k_g))
        if k_g is not None:
            elasticity.append(_elasticity(material, cell, *k_g))
    return Documents(tuple(thermo), tuple(summary), tuple(elasticity))


def _is(doc: Document, formula: str, thermo_type: str) -> bool:
    same = doc["formula_pretty"] == Composition(formula).reduced_formula
    return same and not doc["deprecated"] and doc.get("thermo_type", thermo_type) == thermo_type


# Materials of the snapshot


def _materials(metals: Sequence[str], halogens: Sequence[str]) -> Iterator[_Material]:
    for symbol in dict.fromkeys(("Na", *metals, *halogens)):
        if symbol not in MPRelaxSet.CONFIG["POTCAR"]:
            continue  # polonium and the like: not calculated by the Materials Project
        yield _Material(Element(symbol).Z, Composition(symbol), 0.0, 0.0, DEFAULT_VOLUME_A3_ATOM)
    withdrawn = False
    for row, phase in enumerate(load_snapshot().phases.to_pylist()):
        if phase["metal"] not in ("", *metals) or phase["halogen"] not in ("", *halogens):
            continue
        first = _Material(
            10000 + row,
            Composition(phase["formula"]),
            phase["formation_energy_ev_atom"],
            phase["energy_above_hull_ev_atom"],
            phase["volume_a3_atom"] or DEFAULT_VOLUME_A3_ATOM,
        )
        yield first
        if not phase["metal"] or row % 80 == 0:
            yield replace(
                first,
                number=20000 + row,
                energy_ev_atom=first.energy_ev_atom + POLYMORPH_EV_ATOM,
                above_hull_ev_atom=first.above_hull_ev_atom + POLYMORPH_EV_ATOM,
                volume_a3_atom=first.volume_a3_atom * 1.03,
            )
        if not phase["metal"] and not withdrawn:
            withdrawn = True
            low = first.energy_ev_atom - 0.2
            yield replace(first, number=30000 + row, energy_ev_atom=low, deprecated=True)


def reference_ev_atom(symbol: str) -> float:
    """Give the made-up total energy of an element, eV/atom."""
    return -1.0 - 0.05 * (37 * int(Element(symbol).Z) % 149)


# Entries


@cache
def _scheme() -> MaterialsProject2020Compatibility:
    return MaterialsProject2020Compatibility()


def _run_type(composition: Composition) -> str:
    symbols = [str(element) for element in composition]
    return "GGA+U" if "F" in symbols and {*symbols} & {*HUBBARD_METALS} else "GGA"


def _oxidation_states(composition: Composition) -> dict[str, float]:
    """Halogens −1, sodium +1 and the metal the rest; none where that is no salt."""
    halogens = [str(el) for el in composition if str(el) in ("F", "Cl", "Br", "I")]
    metals = [str(el) for el in composition if str(el) not in ("Na", *halogens)]
    if not halogens or len(composition) < 2:
        return {}
    states = {**dict.fromkeys(halogens, -1.0), **({"Na": 1.0} if "Na" in composition else {})}
    left = sum(composition[x] for x in halogens) - composition["Na"]
    if metals:
        states[metals[0]] = float(left / composition[metals[0]])
    return states if not metals or left > 0 else {}


def _entry(material: _Material, cell: Structure, kind: str) -> ComputedStructureEntry:
    """The calculation of a material with the corrections that pymatgen gives it."""
    run_type = R2SCAN if kind != GGA else _run_type(material.composition)
    symbols = [str(element) for element in cell.composition]
    config = MPRelaxSet.CONFIG
    values = config["INCAR"]["LDAUU"]["F"] if run_type == "GGA+U" else {}
    entry = ComputedStructureEntry(
        cell,
        0.0,
        entry_id=f"{material.id}-{run_type}",
        parameters={
            "run_type": run_type,
            "is_hubbard": run_type == "GGA+U",
            "hubbards": {el: values.get(el, 0.0) for el in symbols} if values else {},
            "potcar_spec": [{"titel": f"PAW_PBE {config['POTCAR'][el]}"} for el in symbols],
        },
        data={
            "oxide_type": "None",
            "aspherical": True,
            "last_updated": _UPDATED,
            "task_id": material.id,
            "material_id": material.id,
            "oxidation_states": _oxidation_states(material.composition),
            "license": "BY-C",
            "run_type": run_type,
        },
    )
    if kind == GGA:
        with warnings.catch_warnings():
            # The stand-in has no oxidation states of alloys, nor has the real service of all.
            warnings.filterwarnings("ignore", "Failed to guess oxidation states", UserWarning)
            _scheme().process_entry(entry, on_error="raise")
    atoms = len(cell)
    entry._energy = atoms * _energy_ev_atom(material, kind) - entry.correction
    return entry


def _energy_ev_atom(material: _Material, kind: str) -> float:
    elements = sum(
        fraction * reference_ev_atom(el.symbol)
        for el, fraction in material.composition.fractional_composition.items()
    )
    return SCALE.get(kind, 1.0) * material.energy_ev_atom + elements


# Documents


@cache
def _blank(route: Route) -> bytes:
    """All fields of a route at their defaults, as its model writes them, in JSON."""
    model = MODELS[route].model_construct()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
        names = {name for name, field in MODELS[route].model_fields.items() if field.exclude}
        return orjson.dumps(model.model_dump(mode="json", exclude=names))


def _mass_u(cell: Structure) -> float:
    return sum(n * _atomic_mass_u(str(element)) for element, n in cell.composition.items())


@cache
def _atomic_mass_u(symbol: str) -> float:
    return float(Element(symbol).atomic_mass)


def _document(route: Route, material: _Material, cell: Structure, **fields: Any) -> Document:
    """Fill a document and let the model of its route check it."""
    symbols = sorted(element.symbol for element in material.composition)
    head = {
        "material_id": material.id,
        "nsites": len(cell),
        "elements": symbols,
        "nelements": len(symbols),
        "composition": cell.composition.as_dict(),
        "composition_reduced": material.composition.reduced_composition.as_dict(),
        "formula_pretty": material.formula,
        "formula_anonymous": material.composition.anonymized_formula,
        "chemsys": "-".join(symbols),
        "volume": cell.volume,
        "density": 1.66053906660 * _mass_u(cell) / cell.volume,
        "density_atomic": cell.volume / len(cell),
        "symmetry": _symmetry(material.formula),
        "deprecated": material.deprecated,
        "last_updated": _UPDATED,
        "origins": [{"name": "energy", "task_id": material.id, "last_updated": _UPDATED}],
        "builder_meta": {
            "emmet_version": None,
            "pymatgen_version": None,
            "run_id": None,
            "batch_id": None,
            "database_version": VERSION,
            "build_date": _UPDATED,
            "license": "BY-C",
        },
    }
    doc = {**orjson.loads(_blank(route)), **head, **fields}
    doc["warnings"] = []
    MODELS[route].model_validate({"structure": cell, **doc})
    if "entries" in doc:
        doc["entries"] = {name: entry.as_dict() for name, entry in doc["entries"].items()}
    if "structure" in doc:
        doc["structure"] = cell.as_dict()
    return cast(Document, orjson.loads(orjson.dumps(doc)))  # lists for tuples, as a client sees it


def _symmetry(formula: str) -> Document | None:
    known = space_group(formula)
    return None if known is None else {"symbol": known[0], "number": known[1], "symprec": 0.1}


def _thermo(material: _Material, cell: Structure, kind: str) -> Document:
    entry = _entry(material, cell, kind)
    scale, run_type = SCALE.get(kind, 1.0), entry.parameters["run_type"]
    energy = _energy_ev_atom(material, kind)
    above_hull = scale * material.above_hull_ev_atom
    return _document(
        "thermo",
        material,
        cell,
        thermo_type=kind,
        uncorrected_energy_per_atom=energy - entry.correction_per_atom,
        energy_per_atom=energy,
        energy_uncertainy_per_atom=entry.correction_uncertainty_per_atom,
        formation_energy_per_atom=scale * material.energy_ev_atom,
        energy_above_hull=above_hull,
        is_stable=above_hull < 1e-6,
        energy_type=run_type,
        entry_types=[run_type],
        entries={run_type: entry},
    )


def _summary(
    material: _Material, cell: Structure, thermo: Document, k_g: tuple[float, float] | None
) -> Document:
    """A summary: band gap and ``theoretical`` are stand-ins that rise with the energies."""
    same = ("energy_per_atom", "uncorrected_energy_per_atom", "formation_energy_per_atom",
            "energy_above_hull", "is_stable")  # fmt: skip
    salt = bool(_oxidation_states(material.composition))
    gap = round(max(0.0, -2.5 * material.energy_ev_atom), 3) if salt else 0.0
    halves = ("voigt", "reuss", "vrh")
    return _document(
        "summary",
        material,
        cell,
        structure=cell,
        task_ids=[material.id],
        **{name: thermo[name] for name in same},
        band_gap=gap,
        is_metal=gap == 0.0,
        theoretical=material.above_hull_ev_atom > 0.025,
        bulk_modulus=k_g and dict.fromkeys(halves, k_g[0]),
        shear_modulus=k_g and dict.fromkeys(halves, k_g[1]),
        has_props={"materials": True, "thermo": True, "elasticity": k_g is not None},
    )


def _elasticity(
    material: _Material, cell: Structure, bulk_gpa: float, shear_gpa: float
) -> Document:
    """An isotropic solid of two moduli."""
    c11, c12 = bulk_gpa + 4 * shear_gpa / 3, bulk_gpa - 2 * shear_gpa / 3
    cubic = [[c11 if i == j else c12 for j in range(3)] + [0.0] * 3 for i in range(3)]
    tensor = cubic + [[shear_gpa if j == i else 0.0 for j in range(6)] for i in range(3, 6)]
    halves = ("voigt", "reuss", "vrh")
    return _document(
        "elasticity",
        material,
        cell,
        structure=cell,
        order=2,
        elastic_tensor={"raw": tensor, "ieee_format": tensor},
        bulk_modulus=dict.fromkeys(halves, bulk_gpa),
        shear_modulus=dict.fromkeys(halves, shear_gpa),
        young_modulus=9e9 * bulk_gpa * shear_gpa / (3 * bulk_gpa + shear_gpa),
        universal_anisotropy=0.0,
        homogeneous_poisson=(3 * bulk_gpa - 2 * shear_gpa) / (6 * bulk_gpa + 2 * shear_gpa),
        state="successful",
    )


def _chosen_moduli(materials: Sequence[_Material]) -> dict[str, tuple[float, float]]:
    """Moduli in GPa by material id: elements and the first phases of the table that have some."""
    table, chosen, phases = _moduli(), {}, 0
    for material in materials:
        found = table.get(_key(material.composition.formula.replace(" ", "")))
        is_phase = len(material.composition) > 1
        if found and material.number < 20000 and (not is_phase or phases < ELASTIC_PHASES):
            chosen[material.id] = found
            phases += is_phase
    return chosen


def _key(formula: str) -> str:
    counts = {el: int(n or 1) for el, n in re.findall(r"([A-Z][a-z]?)(\d*)", formula)}
    divisor = gcd(*counts.values())
    return "".join(f"{el}{counts[el] // divisor}" for el in sorted(counts))


@cache
def _moduli() -> dict[str, tuple[float, float]]:
    """The first positive moduli of each composition of the training table, GPa."""
    table: dict[str, tuple[float, float]] = {}
    for row in moduli().to_pylist():
        bulk, shear = row["bulk_modulus_gpa"], row["shear_modulus_gpa"]
        if bulk > 0 and shear > 0 and "(" not in row["formula"]:
            table.setdefault(_key(row["formula"]), (bulk, shear))
    return table


# Spoilt documents


def without_correction(doc: Document) -> Document:
    """Take the corrections from a thermo document: its energies are those of the calculation."""
    doc = copy.deepcopy(doc)
    shift = doc["uncorrected_energy_per_atom"] - doc["energy_per_atom"]
    doc["energy_per_atom"] = doc["uncorrected_energy_per_atom"]
    doc["formation_energy_per_atom"] += shift
    for entry in doc["entries"].values():
        entry["correction"], entry["energy_adjustments"] = 0.0, []
    return doc


def with_none_energy(doc: Document) -> Document:
    """Leave the formation energy open; in a summary that above the hull, too."""
    doc = copy.deepcopy(doc)
    doc["formation_energy_per_atom"] = None
    if doc["property_name"] == "summary":
        doc["energy_above_hull"] = None
    return doc


def with_unknown_field(doc: Document) -> Document:
    """Add fields that no model knows, at the top and further down."""
    doc = copy.deepcopy(doc)
    doc["field_of_tomorrow"] = {"value": 1.0}
    doc["builder_meta"]["field_of_tomorrow"] = "yes"
    return doc


def with_alpha_id(doc: Document) -> Document:
    """Write the material id the new way: letters, padded to eight."""
    from emmet.core.types.typing import format_identifier

    return {**doc, "material_id": format_identifier(doc["material_id"], legacy=False)}
