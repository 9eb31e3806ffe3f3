"""Every registered molecule of M, halogens and O, H or hydrocarbon groups, read by its structure.

The registry (PubChem's identifiers in the package chemicals) writes one bonding in several ways:
VOCl3 as ions, WOBr4 as WO with four HBr, SeOF2 as Se with OF2. What is read:

- organo- and hydrohalides: every halogen on M, every carbon group on one M by a single bond;
- oxyhalides: no bond between oxygen and halogen, so that perchlorates and hypohalites stay out;
- mixed halides: M and two or more halogens, no polyhalide.

A radical, an ion, a labelled twin and whatever holds another element is left out. ``molecules.csv``
adds what CRC lists by name alone.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS, TRANSITION_METALS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import has_odd_electrons
from maiscreen.candidates.handbook.identities import IDENTIFIER_FILES
from maiscreen.candidates.molecules.molecule import Ligands, Molecule, write_formula
from maiscreen.candidates.molecules.smiles import Group, Structure, groups_on, read_smiles
from maiscreen.candidates.precursors.precursor import is_readable
from maiscreen.candidates.reading.packages import package_folder

MOLECULE_METALS = tuple(symbol for symbol in METALS if symbol not in ("C", "N"))
"""M of these molecules: carbon and nitrogen are left to the groups."""

MAX_METALS = 4
"""Largest number of M atoms that is read."""

NAMED_GROUPS = {
    "CH3": "*C",
    "C2H5": "*CC",
    "C3H7": "*CCC",
    "i-C3H7": "*C(C)C",
    "C4H9": "*CCCC",
    "i-C4H9": "*CC(C)C",
    "s-C4H9": "*C(C)CC",
    "t-C4H9": "*C(C)(C)C",
    "C5H11": "*CCCCC",
    "C6H13": "*CCCCCC",
    "C7H15": "*CCCCCCC",
    "C8H17": "*CCCCCCCC",
    "C10H21": "*CCCCCCCCCC",
    "C12H25": "*CCCCCCCCCCCC",
    "C16H33": "*CCCCCCCCCCCCCCCC",
    "C18H37": "*CCCCCCCCCCCCCCCCCC",
    "C2H3": "*C=C",
    "C3H5": "*CC=C",
    "C2H": "*C#C",
    "c-C5H9": "*C1CCCC1",
    "c-C6H11": "*C1CCCCC1",
    "C6H5": "*C1=CC=CC=C1",
    "C6H5CH2": "*CC1=CC=CC=C1",
    "C6H5C2H4": "*CCC1=CC=CC=C1",
}
"""Groups by name, with their structure as a SMILES in which the star is M.

A group of another structure is written with ``x-``: ``x-C7H7`` may be any tolyl."""

LOST_HYDROGEN = {"4206-75-1": 2}
"""Hydrogen atoms that the registry lost: it has chlorophenylsilane, C6H5SiH2Cl, as a silylene."""

_ELEMENTS = re.compile(r"(?:[A-Z][a-z]?[0-9]*)+")
_CHARGE = re.compile(r"[+-][0-9]*$")
_TOKEN = re.compile(r"([A-Z][a-z]?)([0-9]*)")
_HALOGENS = frozenset(HALOGENS)
_ALLOWED = frozenset((*MOLECULE_METALS, *HALOGENS, "C", "H", "O"))
_READ = re.compile(
    rf"(?=.*(?:F(?!e)|Cl|Br|I(?![nr])))(?:(?:{'|'.join(sorted(_ALLOWED, key=len)[::-1])})[0-9]*)+"
    r"(?:[+-][0-9]*)?"
)
_LOOSE_OXYHALIDE = re.compile(r"\[O(-2)?\]|\[(F|Cl|Br|I)-\]|O\((F|Cl|Br|I)\)\3")


@cache
def registry_molecules() -> tuple[Molecule, ...]:
    """Every molecule of the registry and of ``molecules.csv``, sorted, each CAS number once."""
    by_cas: dict[str, Molecule] = {}
    for cas, text, smiles, name in _lines():
        molecule = _molecule(cas, text, smiles, name)
        if molecule:
            by_cas.setdefault(cas, molecule)
    for row in supplement_rows():
        # A row of a compound that the registry has adds its points alone.
        if row["cas"] in by_cas and "(" in row["formula"]:
            continue
        by_cas[row["cas"]] = _from_counts(parse_formula(row["formula"]), row["cas"], row["name"])
    return tuple(sorted(by_cas.values()))


def supplement_rows() -> list[dict[str, str]]:
    """Rows of ``data/molecules.csv``."""
    path = files("maiscreen.candidates") / "data" / "molecules.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _lines() -> Iterator[tuple[str, str, str, str]]:
    for file in IDENTIFIER_FILES:
        path = package_folder("chemicals") / "Identifiers" / file
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                # Nearly all lines are of other compounds, which their formula tells.
                _, cas, text, _ = line.split("\t", 3)
                if _READ.fullmatch(text):
                    cells = line.rstrip("\n").split("\t")
                    yield cas, text, cells[4], _readable_name(cells[7:])


def _readable_name(names: list[str]) -> str:
    """Take the common name, or else the first that a chemist would write."""
    ordered = [*names[1:], *names[:1]]
    given = [name for name in ordered if name and not name[:1].isdigit()]
    return next((name for name in given if is_readable(name)), given[0] if given else "")


def _molecule(cas: str, text: str, smiles: str, name: str) -> Molecule | None:
    formula = _CHARGE.sub("", text)
    counts = _counts(formula) if _ELEMENTS.fullmatch(formula) else {}
    if not counts.keys() & _HALOGENS:
        return None
    metals = [symbol for symbol in counts if symbol in MOLECULE_METALS]
    if counts.keys() - _ALLOWED or len(metals) != 1 or counts[metals[0]] > MAX_METALS:
        return None
    if re.search(r"\[[0-9]|\+\d*\]\.\[[A-Z].*\+", smiles):
        return None
    if "C" in counts:
        return _with_groups(cas, counts, metals[0], smiles, name)
    if "O" in counts:
        return _oxyhalide(cas, counts, metals[0], smiles, name)
    if "H" in counts:
        return _with_groups(cas, counts, metals[0], smiles, name)
    halogens = [x for x in HALOGENS if x in counts]
    if len(halogens) < 2 or "I-](" in smiles or "[I-]" in smiles.split(".")[0][1:-1]:
        return None
    return None if _is_odd(counts, metals[0]) else _from_counts(counts, cas, name)


def _counts(formula: str) -> dict[str, int]:
    return {symbol: int(n or 1) for symbol, n in _TOKEN.findall(formula)}


def _is_odd(counts: Mapping[str, int], metal: str) -> bool:
    """Tell radicals; the odd electron of a transition metal is a d electron (MoOCl3)."""
    return metal not in TRANSITION_METALS and has_odd_electrons(dict(counts))


def _oxyhalide(
    cas: str, counts: dict[str, int], metal: str, smiles: str, name: str
) -> Molecule | None:
    parts = smiles.split(".")
    acids = sum(part in HALOGENS for part in parts)
    core = [part for part in parts if part not in HALOGENS]
    if "H" in counts:
        # WOBr4 as O=[W].Br.Br.Br.Br: the hydrogen is not there.
        if not acids or counts["H"] != acids or len(core) != 1 or not _is_oxo(core[0], metal):
            return None
        counts = {symbol: n for symbol, n in counts.items() if symbol != "H"}
    elif len(parts) > 1:
        atoms = [part for part in parts if not _LOOSE_OXYHALIDE.fullmatch(part)]
        if len(atoms) != 1 or not re.fullmatch(rf"\[{metal}(\+[0-9]?)?\]", atoms[0]):
            return None
    elif not _is_oxo(smiles, metal):
        return None
    return None if _is_odd(counts, metal) else _from_counts(counts, cas, name)


def _is_oxo(smiles: str, metal: str) -> bool:
    """Tell a neutral structure in which every oxygen and every halogen hangs on M."""
    structure = read_smiles(smiles)
    if structure is None:
        return False
    atoms = structure.atoms
    return all(
        atoms[j] == metal
        for i, symbol in enumerate(atoms)
        if symbol != metal
        for j, _ in structure.neighbours(i)
    )


def _from_counts(counts: Mapping[str, int], cas: str, name: str) -> Molecule:
    metal = next(symbol for symbol in counts if symbol in MOLECULE_METALS)
    ligands: Ligands = (("H", counts["H"]),) if "H" in counts else ()
    return _build(metal, counts, counts.get("O", 0), ligands, cas, name)


def _build(
    metal: str, counts: Mapping[str, int], oxygen: int, ligands: Ligands, cas: str, name: str
) -> Molecule:
    fluorine, chlorine, bromine, iodine = (counts.get(x, 0) for x in HALOGENS)
    halogens = (fluorine, chlorine, bromine, iodine)
    carbon = [group for group, _ in ligands if group != "H"]
    kind = (
        "organohalide"
        if carbon
        else "hydrohalide"
        if ligands
        else "oxyhalide"
        if oxygen
        else "mixed_halide"
    )
    formula = write_formula(metal, counts[metal], halogens, oxygen, ligands)
    return Molecule(formula, kind, metal, counts[metal], halogens, oxygen, ligands, name, cas)


def _with_groups(
    cas: str, counts: dict[str, int], metal: str, smiles: str, name: str
) -> Molecule | None:
    structure = read_smiles(smiles)
    groups = None if structure is None else groups_on(structure, metal)
    if "O" in counts or groups is None or _is_odd(counts, metal):
        return None
    hydrogen = counts.get("H", 0) - sum(group.hydrogen for group in groups)
    hydrogen += LOST_HYDROGEN.get(cas, 0)
    names = Counter(_group_name(group) for group in groups)
    ligands = tuple(sorted(names.items(), key=lambda item: (_carbon(item[0]), item[0])))
    if hydrogen < 0 or not (groups or hydrogen):
        return None
    ligands += (("H", hydrogen),) if hydrogen else ()
    return _build(metal, counts, 0, ligands, cas, name)


def _carbon(group: str) -> int:
    return sum(int(n or 1) for n in re.findall(r"C(?![a-z])([0-9]*)", group))


def _group_name(group: Group) -> str:
    return _names().get(group, f"x-C{_count_text(group.carbon)}H{_count_text(group.hydrogen)}")


def _count_text(count: int) -> str:
    return "" if count == 1 else str(count)


@cache
def _names() -> dict[Group, str]:
    """Look names up by what the groups of :data:`NAMED_GROUPS` look like from M."""
    by_group = {}
    for name, smiles in NAMED_GROUPS.items():
        structure = read_smiles(smiles.replace("*", "[Si]"))
        assert isinstance(structure, Structure)  # noqa: S101
        by_group[(groups_on(structure, "Si") or [])[0]] = name
    return by_group
