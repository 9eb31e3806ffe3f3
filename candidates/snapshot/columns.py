"""The columns of the table of phases, their cells, and whether the values are sound."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from math import gcd, isfinite
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from maiscreen.candidates.chemistry.elements import HALOGENS, SUPERHEAVY, SYMBOLS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


_ENERGY = "Materials Project through crabnet 2.0.8 (CritExam)"
COLUMNS: tuple[tuple[str, pa.DataType, str, str, str], ...] = (
    ("formula", pa.string(), "", "reduced formula: Na, then M, then X", "computed"),
    ("chemical_system", pa.string(), "", "elements in the order of the formula", "computed"),
    ("metal", pa.string(), "", "M; empty for NaX", "computed"),
    ("halogen", pa.string(), "", "X; empty for Na–M", "computed"),
    ("na_count", pa.int64(), "", "atoms of sodium in the formula", "computed"),
    ("metal_count", pa.int64(), "", "atoms of M in the formula", "computed"),
    ("halogen_count", pa.int64(), "", "atoms of X in the formula", "computed"),
    (
        "formation_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "formation energy from the elements at 0 K, corrections of 2020",
        _ENERGY,
    ),
    (
        "legacy_formation_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "the same before the shift to the corrections of 2020",
        _ENERGY,
    ),
    (
        "energy_above_hull_ev_atom",
        pa.float64(),
        "eV/atom",
        "above the hull of the phases of this table, elements at zero; 0 on the hull",
        "computed",
    ),
    (
        "legacy_decomposition_energy_ev_atom",
        pa.float64(),
        "eV/atom",
        "signed distance to the hull of the other phases, legacy corrections",
        _ENERGY,
    ),
    (
        "volume_a3_atom",
        pa.float64(),
        "Å3/atom",
        "volume as in the source, low by a known bias: see phase_volume_a3_atom",
        "OQMD through crabnet 2.0.8",
    ),
)
"""Name, type, unit, meaning and source of each column of the table of phases."""

SCHEMA = pa.schema(
    [
        pa.field(name, kind, metadata={"unit": unit, "doc": doc, "source": source})
        for name, kind, unit, doc, source in COLUMNS
    ]
)
"""The table of phases as an Arrow schema, with unit, doc and source in the fields' metadata."""


LARGEST_EV_ATOM = 10.0
"""No formation energy is larger, in either direction: CaF2, among the largest, has 4.2 eV/atom."""

LEAST_A3_ATOM, LARGEST_A3_ATOM = 4.0, 300.0
"""No solid has less or more for an atom [judgement]: diamond has 5.7, caesium 117."""

_COUNTS = ("na_count", "metal_count", "halogen_count")
_ENERGIES = ("formation_energy_ev_atom", "energy_above_hull_ev_atom")
_OTHER_ENERGIES = (
    "legacy_formation_energy_ev_atom",
    "legacy_decomposition_energy_ev_atom",
    "reported_above_hull_ev_atom",
)
_METALS = frozenset({*SYMBOLS, *SUPERHEAVY, ""} - {"Na"})
_HALOGENS = frozenset({*HALOGENS, ""})


def check_rows(rows: Sequence[Mapping[str, Any]], name: str, *, alone: bool) -> None:
    """Check that every row of a table is a composition with an energy.

    Parameters
    ----------
    rows : sequence of mapping
        Phases or materials.
    name : str
        Of the file, for errors.
    alone : bool
        Whether each composition may stand there once only, and no element.

    Raises
    ------
    InputError
        At the first that is not, or if there are more rows than are read.
    """
    if len(rows) > limits.PHASES:
        raise InputError("snapshot", name, f"has more than {limits.PHASES:,} rows")
    for number, row in enumerate(rows, 2):
        fault = row_fault(row)
        if fault:
            raise InputError("snapshot", name, f"row {number} {fault}; build it again")
    systems = Counter((row["metal"], row["halogen"]) for row in rows)
    if alone and systems and max(systems.values()) > limits.PHASES_OF_A_SYSTEM:
        remedy = f"has more than {limits.PHASES_OF_A_SYSTEM} phases of one M and X; build it again"
        raise InputError("snapshot", name, remedy)
    formulas = Counter(row["formula"] for row in rows)
    if alone and len(formulas) < len(rows):
        twice = formulas.most_common(1)[0][0]
        raise InputError("snapshot", name, f"has {twice} twice; build it again")


def row_fault(row: Mapping[str, Any]) -> str:
    """Describe what is wrong with a row of phases or materials; nothing if it is sound.

    Whatever a snapshot is made of passes here before it is written, and when it is read.
    """
    if row["metal"] not in _METALS or row["halogen"] not in _HALOGENS:
        return "names no M or X"
    counts = [row[name] for name in _COUNTS]
    if any(n is None or not 0 <= n <= limits.ATOMS_OF_A_FORMULA for n in counts) or not any(counts):
        return "has no sound number of atoms"
    symbols = ("Na", row["metal"], row["halogen"])
    if any(bool(n) != bool(s) for s, n in zip(symbols[1:], counts[1:], strict=True)):
        return "has atoms of other elements than it names"
    if gcd(*counts) != 1 or row["formula"] != _formula(symbols, counts):
        return "has another formula than its atoms"
    if any(not _is_bounded(row[name], LARGEST_EV_ATOM) for name in _ENERGIES if name in row):
        return f"has no energy within ±{LARGEST_EV_ATOM:g} eV/atom"
    more = [row[name] for name in _OTHER_ENERGIES if row.get(name) is not None]
    if any(not _is_bounded(value, 10 * LARGEST_EV_ATOM) for value in more):
        return "has an energy that none has"
    volume = row["volume_a3_atom"]
    if volume is not None and not (_is_bounded(volume, LARGEST_A3_ATOM) and volume > LEAST_A3_ATOM):
        bounds = f"{LEAST_A3_ATOM:g} to {LARGEST_A3_ATOM:g}"
        return f"has a volume that none has, {volume:.3g} Å3/atom; give {bounds}"
    return ""


def _formula(symbols: tuple[str, ...], counts: list[int]) -> str:
    pairs = zip(symbols, counts, strict=True)
    return "".join(s if n == 1 else f"{s}{n}" for s, n in pairs if n)


def _is_bounded(value: object, most: float) -> bool:
    return isinstance(value, float) and isfinite(value) and abs(value) <= most


class UnreadableCellError(ValueError):
    """A structure that can't be read; the text says why."""


def ordered_cell(document: object) -> "Structure":
    """Read lattice, elements and coordinates of a structure's dictionary.

    Nothing else is read: pymatgen's own reader makes an object of whatever class a property of a
    site names, which no file from elsewhere should decide.

    Parameters
    ----------
    document : object
        As pymatgen writes it: ``lattice.matrix`` in Å, ``sites`` with ``species`` and ``abc``.

    Raises
    ------
    UnreadableCellError
        If it has none that is sound, or an atom is not where a site is: no energy was calculated
        with half an atom, or with two on one site.
    """
    from pymatgen.core.structure import Structure

    unreadable = UnreadableCellError("has no structure that can be read")
    if not isinstance(document, Mapping):
        raise unreadable
    try:
        sites: list[Mapping[str, Any]] = list(document["sites"])
        if not 0 < len(sites) <= limits.SITES:
            raise unreadable
        elements = [_only_element(site["species"]) for site in sites]
        matrix = [_three_floats(vector) for vector in _three_items(document["lattice"]["matrix"])]
        cell = Structure(matrix, elements, [_three_floats(site["abc"]) for site in sites])
        sound = cell.volume > _LEAST_VOLUME_A3 and cell.is_valid()
    except UnreadableCellError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError):
        raise unreadable from None
    if not sound:
        raise unreadable
    return cell


def _only_element(species: Any) -> str:
    """Return the element of a site that holds one whole atom."""
    (first, *others) = species
    occupied = float(first.get("occu", 1))
    if others or abs(occupied - 1) > _WHOLE_ATOM:
        text = " ".join(f"{one['element']!s:.8}:{one.get('occu', 1)!s:.8}" for one in species[:3])
        raise UnreadableCellError(
            f"has a site that is not occupied by one atom ({text}); give an ordered structure"
        )
    return str(first["element"])


_WHOLE_ATOM = 1e-6
"""How far an occupancy may be from 1."""


def read_cell(document: object) -> "Structure | None":
    """Read a structure's dictionary as :func:`ordered_cell` does; None if it has none."""
    try:
        return ordered_cell(document)
    except UnreadableCellError:
        return None


def parse_cell(text: str) -> "Structure | None":
    """Read a structure as :func:`cell_text` wrote it; None if it is none."""
    try:
        return read_cell(limits.parse_json(text))
    except ValueError:
        return None


_LEAST_VOLUME_A3 = 1.0
"""No atom is smaller; a flat cell has endless neighbours."""

_LARGEST_A = 1000.0
"""No vector of a cell is longer, and no atom lies so many cells away."""


def _three_items(values: Any) -> list[Any]:
    if not isinstance(values, list | tuple) or len(values) != 3:
        raise ValueError("not three")
    return list(values)


def _three_floats(given: Any) -> list[float]:
    """Take three finite numbers of a size that cells have."""
    numbers = [float(one) for one in _three_items(given)]
    if not all(math.isfinite(one) and abs(one) <= _LARGEST_A for one in numbers):
        raise ValueError("out of range")
    return numbers


def cell_text(cell: "Structure") -> str:
    """Write a structure as pymatgen's JSON."""
    return json.dumps(cell.as_dict(), sort_keys=True)
