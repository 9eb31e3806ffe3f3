"""What handbooks say of the registered molecules: points, vapour-pressure equations, enthalpies.

The same tables of the package chemicals, read and judged by the same rules as those of the binary
halides (``boiling.py``, ``handbook.py``, ``faults.py``, ``choice.py``), but by CAS number: isomers
share a formula. NASA Glenn's gases have no CAS number; they are taken where one registered molecule
alone has the composition, and never for organic groups, where it may be an isomer's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from math import nan

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.files import table_rows
from maiscreen.candidates.handbook.points import (
    UNCONFIRMED,
    Equation,
    Points,
    equations_of_compounds,
    points_of,
    tabulated_points,
)
from maiscreen.candidates.handbook.rules import MISSING, BestValue, choose_best, judge
from maiscreen.candidates.handbook.tables import (
    CRC_TABLE,
    JANAF_TABLE,
    T_REFERENCE_K,
    Record,
    read_row,
    read_species,
)
from maiscreen.candidates.molecules.molecule import Molecule
from maiscreen.candidates.molecules.registry import registry_molecules, supplement_rows
from maiscreen.candidates.reading.packages import package_folder

ZERO_CELSIUS_K = 273.15

WRONG_POINTS = {
    "13520-87-1": "CRC gives VOCl, a polymeric solid, the boiling point of VOCl3, 127 °C",
}
"""CAS numbers whose boiling point in the tables is another compound's."""

CARBON_STEP_K = 8.0
"""Least rise of the boiling point for each carbon atom [judgement]: 18 to 30 K among
trialkylchlorosilanes up to tripropyl, with a margin for branching."""

LIQUID_RANGE_K = 15.0
"""Least distance of boiling and melting point [judgement]."""

BOILING_RANGE_K = (180.0, 900.0)
"""Where organohalides boil at 1 atm [judgement]: (CH3)2BF at 231 K is among the lowest."""

_THERMOCHEMISTRY = (
    (CRC_TABLE, "slg", "CRC"),
    (JANAF_TABLE, "lg", "JANAF"),
    ("Misc/webbook_constants.tsv", "slg", "WebBook"),
    ("Reactions/Yaws Hf S0 (g).tsv", "g", "Yaws"),
    ("Reactions/ATcT 1.112 (g).tsv", "g", "ATcT"),
    ("Reactions/ATcT 1.112 (l).tsv", "l", "ATcT"),
)


@cache
def _compositions() -> dict[str, str]:
    """CAS number → elements and counts as one formula without brackets."""
    return {m.cas: composition(m) for m in registry_molecules()}


def composition(molecule: Molecule) -> str:
    """Write the atoms of a molecule in Hill's order.

    Examples
    --------
    >>> composition(next(m for m in registry_molecules() if m.formula == "(CH3)3SnCl"))
    'C3H9ClSn'
    """
    return _hill(atoms(molecule))


def atoms(molecule: Molecule) -> dict[str, int]:
    """Count the atoms of a molecule."""
    counts: dict[str, int] = defaultdict(int)
    counts[molecule.metal] += molecule.metal_count
    counts["O"] += molecule.oxygen
    for symbol, n in zip(("F", "Cl", "Br", "I"), molecule.halogens, strict=True):
        counts[symbol] += n
    for group, n in molecule.ligands:
        for symbol, each in group_atoms(group).items():
            counts[symbol] += n * each
    return {symbol: n for symbol, n in counts.items() if n}


def group_atoms(group: str) -> dict[str, int]:
    """Count the atoms of a group by its name.

    Examples
    --------
    >>> group_atoms("i-C4H9"), group_atoms("C6H5CH2"), group_atoms("H")
    ({'C': 4, 'H': 9}, {'C': 7, 'H': 7}, {'H': 1})
    """
    return parse_formula(group.split("-")[-1])


def _hill(counts: dict[str, int]) -> str:
    carbon = [symbol for symbol in ("C", "H") if symbol in counts and "C" in counts]
    order = carbon + sorted(symbol for symbol in counts if symbol not in carbon)
    return "".join(symbol + (str(counts[symbol]) if counts[symbol] > 1 else "") for symbol in order)


@cache
def molecule_points() -> dict[str, Points]:
    """Melting and boiling points by CAS number; ``data/molecules.csv`` goes before the tables."""
    known = _compositions()
    melting, boiling = tabulated_points(frozenset(known))
    for row in supplement_rows():
        for key, found in (("melting_c", melting), ("boiling_c", boiling)):
            if row[key]:
                found[row["cas"]].insert(0, (float(row[key]) + ZERO_CELSIUS_K, row["source"]))
    table = {
        cas: points_of(
            known[cas],
            cas,
            melting.get(cas, []),
            [] if cas in WRONG_POINTS else boiling.get(cas, []),
        )
        for cas in sorted(melting.keys() | boiling.keys())
    }
    return _drop_reduced_pressure(table)


def _drop_reduced_pressure(points: dict[str, Points]) -> dict[str, Points]:
    """Refuse unevaluated boiling points of organohalides that cannot hold at 1 atm.

    The unevaluated tables give many organotin and organosilicon halides the temperature at which
    they were distilled in vacuum: dibutyltin dibromide 91 °C, where dimethyltin dibromide boils at
    about 210 °C. A boiling point from an unevaluated table is refused if it lies less than
    ``CARBON_STEP_K`` for each further carbon atom above that of another molecule of the same M with
    as many halogens, none of them heavier (fluorides, which may be polymers, set aside), if it lies
    within ``LIQUID_RANGE_K`` of the melting point, or outside ``BOILING_RANGE_K``.
    """
    boils = [m for m in registry_molecules() if m.kind == "organohalide" and m.cas in points]
    boils = [m for m in boils if points[m.cas].boiling_k > 0]
    series: dict[tuple[str, int, int, int], list[Molecule]] = defaultdict(list)
    for m in boils:
        series[_series(m)].append(m)
    low, high = BOILING_RANGE_K
    refused = set()
    for m in boils:
        point = points[m.cas]
        least = (
            _minimum_boiling_k(m, other, points[other.cas].boiling_k)
            for other in series[_series(m)]
        )
        bound = max(low, point.melting_k + LIQUID_RANGE_K, *least)
        unevaluated = point.boiling_source in UNCONFIRMED
        if unevaluated and not bound < point.boiling_k < high:
            refused.add(m.cas)
    return {cas: _drop_boiling_point(p) if cas in refused else p for cas, p in points.items()}


def _series(molecule: Molecule) -> tuple[str, int, int, int]:
    hydrogen = dict(molecule.ligands).get("H", 0)
    return molecule.metal, molecule.metal_count, sum(molecule.halogens), hydrogen


def _minimum_boiling_k(molecule: Molecule, other: Molecule, boiling_k: float) -> float:
    """Return the least boiling point that another molecule's allows; 0 if it allows any."""
    mine, others = atoms(molecule), atoms(other)
    further = mine["C"] - others["C"]
    # Aryl halides boil higher than alkyl halides with as many carbon atoms.
    open_bonds = (2 * mine["C"] - mine["H"]) - (2 * others["C"] - others["H"])
    heavier = _halogen_rank(molecule) - _halogen_rank(other)
    same = other.halogens == molecule.halogens
    comparable = min(heavier, further, open_bonds) >= 0 and (same or not other.halogens[0])
    return boiling_k + CARBON_STEP_K * further if comparable and (further or heavier) else 0.0


def _halogen_rank(molecule: Molecule) -> int:
    return sum(i * n for i, n in enumerate(molecule.halogens))


def _drop_boiling_point(point: Points) -> Points:
    return replace(point, boiling_k=nan, boiling_std_k=nan, boiling_source="")


@cache
def molecule_equations() -> dict[str, tuple[Equation, ...]]:
    """Vapour-pressure equations by CAS number."""
    known = _compositions()
    by_cas: dict[str, list[Equation]] = defaultdict(list)
    melting = {cas: one.melting_k for cas, one in molecule_points().items()}
    for one in equations_of_compounds({cas: cas for cas in known}, melting):
        by_cas[one.cas].append(one)
    return {cas: tuple(each) for cas, each in by_cas.items()}


@cache
def molecule_thermochemistry() -> dict[tuple[str, str], BestValue]:
    """Chosen enthalpy and entropy by CAS number and phase."""
    return _best((*tabulated_records(_compositions()), *_glenn()))


@cache
def product_thermochemistry(
    compositions: tuple[tuple[str, str], ...],
) -> dict[tuple[str, str], BestValue]:
    """Look up other compounds by CAS number and phase: what a reaction leaves behind.

    Parameters
    ----------
    compositions : tuple of (CAS number, formula in Hill's order)
    """
    return _best(tuple(tabulated_records(dict(compositions))))


def _best(records: Sequence[Record]) -> dict[tuple[str, str], BestValue]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[record.cas].append(record)
    by_phase: dict[tuple[str, str], BestValue] = {}
    for cas, mine in groups.items():
        point = molecule_points().get(cas)
        boiling = {mine[0].formula: point.boiling_k} if point and point.boiling_k > 0 else {}
        judged = judge(mine, boiling)
        for phase in "slg":
            best = choose_best((cas, phase), [row for row in judged if row.record.phase == phase])
            if best != BestValue(cas, phase):
                by_phase[cas, phase] = best
    return by_phase


def thermochemistry_of(cas: str, phase: str) -> BestValue:
    """Look one phase up, with NaN where nothing is known."""
    return molecule_thermochemistry().get((cas, phase), MISSING)


def tabulated_records(compositions: Mapping[str, str]) -> Iterator[Record]:
    """Read what the tables say of compounds given by CAS number and composition."""
    for file, phases, source in _THERMOCHEMISTRY:
        for cas, row in table_rows(file, compositions):
            # Where JANAF prints another composition, its CAS number is a slip.
            if source == "JANAF" and _hill(parse_formula(row["formula"])) != compositions[cas]:
                continue
            for phase in phases:
                for record in read_row(compositions[cas], phase, cas, source, row):
                    # Exactly zero is a blank, but for elements (C6H5HgCl in WebBook).
                    if record.enthalpy_kj_mol != 0 or len(parse_formula(record.formula)) == 1:
                        yield record


def _glenn() -> Iterator[Record]:
    owners: dict[str, set[str]] = defaultdict(set)
    for molecule in registry_molecules():
        if molecule.kind != "organohalide":
            owners[composition(molecule)].add(molecule.cas)
    for species in read_species(package_folder("pyglenn") / "data" / "thermo.inp"):
        if not species.gas or species.t_min_k > T_REFERENCE_K or "E" in species.counts:
            continue
        formula = _hill({symbol: int(n) for symbol, n in species.counts.items()})
        for cas in owners.get(formula, ()) if len(owners.get(formula, ())) == 1 else ():
            yield Record(
                formula, "g", cas, "Glenn", species.enthalpy_kj_mol, species.entropy_j_mol_k, nan,
                species.comment,
            )  # fmt: skip
